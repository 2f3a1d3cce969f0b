/* api_post.c - writing and deleting posts and replies. */
#include <stdio.h>

#include "base/env.h"
#include "cruddur/api.h"
#include "cruddur/times.h"

enum { MENTIONS_MAX = 10 };

static const struct {
    const char *name;
    int hours;
} lifetimes[] = {{"30-days", 720}, {"7-days", 168}, {"3-days", 72}, {"1-day", 24},
                 {"12-hours", 12}, {"3-hours", 3},  {"1-hour", 1}};

static struct str uuid_new(struct ask *a)
{
    char uuid[37];
    env_uuid(env_system(), uuid);
    return arena_dup(a->mem, str_from_c(uuid));
}

/* When a post of that ttl ends; refuses an unknown one. */
static struct str expiry(struct ask *a, struct str ttl)
{
    char at[TIMES_SQL_MAX];
    for (size_t i = 0; i < COUNT_OF(lifetimes); i++) {
        if (!str_eq(ttl, str_from_c(lifetimes[i].name)))
            continue;
        times_sql(times_now_us() + lifetimes[i].hours * 3600LL * 1000000, at);
        return arena_dup(a->mem, str_from_c(at));
    }
    ask_code(a, ttl.n == 0 ? "ttl_blank" : "ttl_invalid");
    return (struct str){0};
}

static bool handle_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

struct mentions {
    int n;
    struct str user[MENTIONS_MAX];
};

/* People named as @handle, each once, neither me nor `except`. */
static bool find_mentions(struct ask *a, struct str text, struct str except, struct mentions *out)
{
    for (size_t i = 0; i < text.n && out->n < MENTIONS_MAX; i++) {
        struct err e = {0};
        struct user u;
        if (text.p[i] != '@' || (i > 0 && handle_char(text.p[i - 1])))
            continue;
        struct str name = str_from(text, i + 1);
        size_t n = 0;
        while (n < name.n && n < USERS_HANDLE_MAX && handle_char(name.p[n]))
            n++;
        if (n == 0)
            continue;
        if (!users_by_handle(a->sql, a->mem, (struct str){name.p, n}, &u, &e)) {
            ask_unavailable(a, e.msg);
            return false;
        }
        bool known = u.uuid.n == 0 || str_eq(u.uuid, a->me.uuid) || str_eq(u.uuid, except);
        for (int k = 0; k < out->n; k++)
            known |= str_eq(out->user[k], u.uuid);
        if (!known)
            out->user[out->n++] = u.uuid;
    }
    return true;
}

struct post {
    struct str message, expires_at, reply_to, reply_to_user, uuid;
};

static bool insert(struct ask *a, const struct post *p, struct mentions *mentions)
{
    struct sql_rows rows;
    const struct str args[] = {p->uuid,       a->me.uuid,  p->message,
                               p->expires_at, p->reply_to, api_now(a)};
    if (!ask_sql(a,
                 "INSERT INTO activities (uuid, user_uuid, message, expires_at, "
                 "reply_to_activity_uuid, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
                 args, COUNT_OF(args), &rows))
        return false;
    if (p->reply_to.p != NULL &&
        (!ask_sql(a, "UPDATE activities SET replies_count = replies_count + 1 WHERE uuid = $1",
                  &p->reply_to, 1, &rows) ||
         !api_notify(a, p->reply_to_user, "reply", p->uuid, (struct str){0}, (struct str){0})))
        return false;
    if (!find_mentions(a, p->message, p->reply_to_user, mentions))
        return false;
    for (int i = 0; i < mentions->n; i++)
        if (!api_notify(a, mentions->user[i], "mention", p->uuid, (struct str){0}, (struct str){0}))
            return false;
    return true;
}

static void write_post(struct ask *a, const struct post *p)
{
    struct mentions mentions = {0};
    if (!ask_begin(a) || !insert(a, p, &mentions) || !ask_commit(a))
        return;
    api_notified(a);
    api_activity(a, p->uuid, (struct str){0});
}

void api_create(struct ask *a)
{
    struct str author = ask_field(a, "user_handle");
    struct post p = {.message = ask_message(a, API_POST_CHARS_MAX, "message_exceed_max_chars"),
                     .expires_at = expiry(a, ask_field(a, "ttl")),
                     .uuid = uuid_new(a)};
    if (author.n > 0 && !str_eq_nocase(author, a->me.handle))
        ask_refuse(a, 403, "not_yours");
    if (!ask_refused(a))
        write_post(a, &p);
}

void api_reply(struct ask *a)
{
    struct sql_rows rows;
    struct post p = {.message =
                         ask_message(a, API_MESSAGE_CHARS_MAX, "message_exceed_max_chars_1024"),
                     .reply_to = a->match.param[0],
                     .uuid = uuid_new(a)};
    const struct str args[] = {p.reply_to, api_now(a)};
    if (ask_refused(a) ||
        !ask_sql(a,
                 "SELECT user_uuid, expires_at FROM activities WHERE uuid = $1 AND "
                 "(expires_at IS NULL OR expires_at > $2)",
                 args, 2, &rows))
        return;
    if (rows.n == 0) {
        ask_refuse(a, 404, "activity_not_found");
        return;
    }
    p.reply_to_user = sql_cell(&rows, 0, 0);
    p.expires_at = sql_cell(&rows, 0, 1);
    write_post(a, &p);
}

void api_delete(struct ask *a)
{
    struct sql_rows rows;
    struct str uuid = a->match.param[0];
    if (!ask_begin(a) ||
        !ask_sql(a, "SELECT user_uuid, reply_to_activity_uuid FROM activities WHERE uuid = $1",
                 &uuid, 1, &rows))
        return;
    if (rows.n == 0) {
        ask_refuse(a, 404, "activity_not_found");
        return;
    }
    if (!str_eq(sql_cell(&rows, 0, 0), a->me.uuid)) {
        ask_refuse(a, 403, "not_yours");
        return;
    }
    struct str parent = sql_cell(&rows, 0, 1);
    /* RETURNING tells whether it was us: of two who delete at once one counts. */
    if (!ask_sql(a, "DELETE FROM activities WHERE uuid = $1 RETURNING uuid", &uuid, 1, &rows))
        return;
    if (rows.n > 0 && parent.p != NULL &&
        !ask_sql(a, "UPDATE activities SET replies_count = replies_count - 1 WHERE uuid = $1",
                 &parent, 1, &rows))
        return;
    if (ask_commit(a))
        json_out_raw(&a->out, STR("{}"));
}
