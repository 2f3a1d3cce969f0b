/* ask.h - one call of the API: who asks for what, and the answer.
 *
 * A handler runs on a worker thread and fills the answer: with ask_*_json
 * writers into a->out (status 200), or by a refusal, of which the first counts.
 * Everything lives in the request's arena. */
#ifndef CRUDDUR_ASK_H
#define CRUDDUR_ASK_H

#include "codec/json_out.h"
#include "cruddur/app.h"
#include "cruddur/router.h"
#include "cruddur/users.h"

enum { ASK_CODES_MAX = 8, ASK_CURSOR_MAX = 96, ASK_NOTIFIED_MAX = 16 };

struct ask {
    struct job job; /* first member */
    struct app *app;
    struct http_request *http;
    struct arena *mem;
    struct route_match match;
    struct ask_body *body; /* members of the body, read when first asked for */

    struct tools *tools; /* while the handler runs */
    struct sql *sql;     /* NULL until ask_sql() */
    bool signed_in;
    struct user me;
    int64_t token_exp_s;

    struct {
        struct str user;
        const char *kind;
    } notified[ASK_NOTIFIED_MAX]; /* in this transaction */
    int notified_n;

    int status; /* 0 until refused */
    const char *codes[ASK_CODES_MAX];
    int codes_n;
    struct buf body_out;
    struct json_out out;
    bool marks;                    /* activities say whether I like them */
    char cursor[ASK_CURSOR_MAX];   /* of the next page, or "" */
    void (*stream)(struct ask *a); /* on the loop, instead of an answer; see hub.h */
    void *stream_arg;
};

struct ask *ask_new(struct app *app, struct http_request *http, const struct route_match *m);
/* Sends what the handler left; on the loop. */
void ask_answer(struct ask *a);

/* --- in ------------------------------------------------------------------ */
/* A text of the body without white space around it.  Absent and null: p == NULL.
 * Anything but a text refuses the request. */
struct str ask_field(struct ask *a, const char *name);
struct str ask_query(struct ask *a, const char *name); /* absent: p == NULL */
size_t ask_chars(struct str s);                        /* code points */

/* --- refusals -------------------------------------------------------------- */
void ask_refuse(struct ask *a, int status, const char *code);
void ask_code(struct ask *a, const char *code); /* 422, one more */
static inline bool ask_refused(const struct ask *a)
{
    return a->status != 0;
}
/* The message between 1 and max characters, or a code. */
struct str ask_message(struct ask *a, size_t max, const char *too_long);

/* --- SQL ------------------------------------------------------------------- */
/* False after refusing with 503. */
MUST_CHECK bool ask_sql(struct ask *a, const char *statement, const struct str *args, size_t n,
                        struct sql_rows *out);
MUST_CHECK bool ask_begin(struct ask *a);
MUST_CHECK bool ask_commit(struct ask *a);
void ask_rollback(struct ask *a); /* no-op outside a transaction */
/* 503 with the reason in the log. */
void ask_unavailable(struct ask *a, const char *why);

/* One row as an object.  The kind of a value follows from the column's name:
 * ..._count and unread are integers, liked, reposted and read are booleans,
 * ..._at are times, the rest are texts; names come in the order of the columns,
 * which statements keep sorted.  Without a->marks liked and reposted are left out. */
void ask_row(struct ask *a, const struct sql_rows *r, uint32_t row);
/* A text of ours as a member. */
void ask_member(struct ask *a, const char *name, struct str value);
void ask_member_c(struct ask *a, const char *name, const char *value); /* NULL: null */

#endif
