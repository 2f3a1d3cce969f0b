/* env.h - everything that is not deterministic, behind one interface, so that
 * a whole server can be run again from a seed.
 *
 * env_system() is the real world; tests make their own with a clock that they
 * move by hand and a seeded generator. */
#ifndef BASE_ENV_H
#define BASE_ENV_H

#include "base/base.h"

struct env {
    int64_t (*now_ms)(struct env *);  /* wall clock, ms since 1970: ages, dates, TTL */
    uint64_t (*random)(struct env *); /* ids, jitter; not for secrets */
};

struct env *env_system(void);

static inline int64_t env_now_ms(struct env *e)
{
    return e->now_ms(e);
}

static inline uint64_t env_random(struct env *e)
{
    return e->random(e);
}

/* A version 4 UUID, lower case, NUL-terminated. */
void env_uuid(struct env *e, char out[37]);

#endif
