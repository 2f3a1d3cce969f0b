/* pool_limits.h - how often somebody may try: buckets and lock-outs by name or
 * address, in a table of fixed size, in memory.
 *
 * The table is hashed with a secret, so that nobody can choose whom he shares a place
 * with; when it is full the place that was idle longest is taken.  Safe for threads. */
#ifndef CLOUD_POOL_LIMITS_H
#define CLOUD_POOL_LIMITS_H

#include "base/str.h"

struct pool_limits;

enum pool_limit {
    POOL_LIMIT_REQUESTS,     /* of one address: what is public and costs calculation */
    POOL_LIMIT_MESSAGES,     /* of one address: what sends a message */
    POOL_LIMIT_USER_CODES,   /* codes sent to one user */
    POOL_LIMIT_USER_GUESSES, /* codes tried for one user */
    POOL_LIMIT_SESSION,      /* one step of a sign-in: once */
    POOL_LIMIT_COUNT
};

struct pool_limits *pool_limits_new(void);
void pool_limits_free(struct pool_limits **l);

/* May `who` do it (again) now?  If so, it counts. */
MUST_CHECK bool pool_limits_take(struct pool_limits *l, enum pool_limit kind, struct str who,
                                 int64_t now_ms);
void pool_limits_forget(struct pool_limits *l, enum pool_limit kind, struct str who);

/* Wrong passwords: from the fifth on each one locks the user out, for 1 s, 2 s, 4 s,
 * up to a quarter of an hour; after that long without any all is forgotten.  Asking
 * claims the attempt: until it succeeded it counts as failed. */
MUST_CHECK bool pool_limits_password(struct pool_limits *l, struct str who, int64_t now_ms);
void pool_limits_password_right(struct pool_limits *l, struct str who);

#endif
