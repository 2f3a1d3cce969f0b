/* user_pools.h - the service of user pools: what its operations share.
 *
 * A request runs on a thread of its own from beginning to end (cloud.h).  An
 * operation loads whom it is about, calculates, and changes documents in a write
 * transaction that looks at the documents again. */
#ifndef CLOUD_USER_POOLS_H
#define CLOUD_USER_POOLS_H

#include <semaphore.h>

#include "cloud/cloud.h"
#include "cloud/outbox.h"
#include "cloud/pool_doc.h"
#include "cloud/pool_limits.h"
#include "cloud/pool_seal.h"

struct user_pools {
    struct pool_limits *limits;
    struct outbox *outbox;
    sem_t calculations; /* how many may run at once: the data's own requests need the processor */
    unsigned char session_key[POOL_SEAL_KEY_BYTES]; /* sign-ins under way end with the process */
};
struct user_pools *user_pools_new(const struct outbox_options *o);
void user_pools_free(struct user_pools **p); /* NULL is fine */

bool user_pools_match(const struct http_head *h);
void user_pools_serve(struct cloud_request *rq);

struct pool_rq {
    struct cloud *cloud;
    struct user_pools *pools;
    const struct pool_op *op;
    struct arena *mem;
    void *in;            /* by op->in */
    struct json_out out; /* the braces of the answer are written around it */
    struct str source;   /* the client's address */
    int64_t now_ms;
    struct err *e;
    /* Whom it is about, as far as it was looked for. */
    struct pool pool;
    struct pool_key key;
    struct pool_client client;
    struct user user;
    bool found; /* the user */
    void *arg;  /* the operation's, for its write transaction */
};

struct pool_op {
    const char *name;
    bool is_public; /* needs no signature */
    const struct shape *in;
    bool (*run)(struct pool_rq *rq);
};
const struct pool_op *pool_op_find(struct str name); /* pool_table.c */

/* Loads into rq; each fails with the service's text when there is no such thing. */
MUST_CHECK bool pool_load(struct pool_rq *rq, struct str pool_id);
MUST_CHECK bool pool_load_client(struct pool_rq *rq, struct str client_id);
/* The pool, and one of its clients. */
MUST_CHECK bool pool_load_both(struct pool_rq *rq, struct str pool_id, struct str client_id);
/* By user name or alias; sets rq->found, fails only when the store does. */
MUST_CHECK bool pool_look_for_user(struct pool_rq *rq, struct str name);
/* The same, for operations of administrators: UserNotFoundException. */
MUST_CHECK bool pool_load_user(struct pool_rq *rq, struct str pool_id, struct str name);

bool pool_hides_users(const struct pool_rq *rq);                 /* PreventUserExistenceErrors */
struct str pool_fold(const struct pool_rq *rq, struct str name); /* as names are compared */
struct str pool_short_id(struct str pool_id);                    /* behind its '_' */
struct str pool_uuid(struct pool_rq *rq);
/* Who is guessing, for limits: the user when there is one, else the name. */
struct str pool_limit_name(struct pool_rq *rq, struct str name);
/* Refuses a source that asks too often. */
MUST_CHECK bool pool_limit_source(struct pool_rq *rq, enum pool_limit kind);

/* Runs `change` on the user's current document in a write transaction and saves it;
 * it may run more than once.  `force` takes aliases away from others. */
typedef bool pool_change(struct pool_rq *rq, struct user *u, struct err *e);
MUST_CHECK bool pool_change_user(struct pool_rq *rq, pool_change *change, bool force);
MUST_CHECK bool pool_create_user(struct pool_rq *rq, struct user *u, bool force);
MUST_CHECK bool pool_delete_user(struct pool_rq *rq);

/* Calculations of milliseconds stand between these. */
void pool_calculate(struct pool_rq *rq);
void pool_calculated(struct pool_rq *rq);

#endif
