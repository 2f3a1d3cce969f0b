/* lock.c - see lock.h.  The ranks that a thread holds are kept in a bit set. */
#include "base/lock.h"

static _Thread_local uint32_t held;

void lock_init(struct lock *l, enum lock_rank rank)
{
    pthread_mutex_init(&l->mutex, NULL);
    l->rank = rank;
}

void lock_deinit(struct lock *l)
{
    pthread_mutex_destroy(&l->mutex);
}

void lock_take(struct lock *l)
{
    slow_assert(held >> l->rank == 0); /* nothing of this rank or a higher one */
    pthread_mutex_lock(&l->mutex);
    held |= 1U << l->rank;
}

void lock_drop(struct lock *l)
{
    assert((held & 1U << l->rank) != 0);
    held &= ~(1U << l->rank);
    pthread_mutex_unlock(&l->mutex);
}
