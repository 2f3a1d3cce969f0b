/* lock.h - mutexes with ranks: a thread may only take a lock of a higher rank
 * than the highest it holds.  Builds with slow asserts check it.
 *
 * Prefer handing memory over to sharing it; there are few locks on purpose. */
#ifndef BASE_LOCK_H
#define BASE_LOCK_H

#include <pthread.h>

#include "base/base.h"

/* The order in which locks may be taken, lowest first. */
enum lock_rank {
    LOCK_WRITER_QUEUE,
    LOCK_CLOUD,      /* user pools, functions, groups */
    LOCK_CATALOG,    /* which version of the table list is current */
    LOCK_CACHE,      /* one shard of the item cache; never two */
    LOCK_STORE,      /* memory of a wrapper store */
    LOCK_COMPLETION, /* answers on their way back to a loop */
    LOCK_CREDENTIALS
};

struct lock {
    pthread_mutex_t mutex;
    enum lock_rank rank;
};

void lock_init(struct lock *l, enum lock_rank rank);
void lock_deinit(struct lock *l);
void lock_take(struct lock *l);
void lock_drop(struct lock *l);

#endif
