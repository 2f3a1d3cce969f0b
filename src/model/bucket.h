/* bucket.h - a token bucket in one word: the moment at which it will be full.
 *
 * It fills at a rate of capacity units per second and holds what `burst_ns` of
 * filling bring.  Paying comes afterwards: whoever finds anything in it may go
 * on, and then takes what was used, also more than there was.  Debts are at most
 * as large as the bucket.  Because the word is a time, a change of the rate
 * needs no other bookkeeping.
 *
 * Any number of threads; a full bucket costs a load.  A clock that jumps back
 * fills the bucket. */
#ifndef MODEL_BUCKET_H
#define MODEL_BUCKET_H

#include <stdatomic.h>

#include "base/base.h"

struct bucket {
    _Atomic int64_t full_ns; /* 0, or any time in the past: full */
};

static inline bool bucket_has(const struct bucket *b, int64_t now_ns, int64_t burst_ns)
{
    int64_t missing = atomic_load_explicit(&b->full_ns, memory_order_relaxed) - now_ns;
    return missing < burst_ns || missing > 2 * burst_ns;
}

/* Takes half units at `rate` units per second, which is positive. */
static inline void bucket_take(struct bucket *b, int64_t now_ns, int64_t burst_ns, uint64_t halves,
                               int64_t rate)
{
    int64_t full = atomic_load_explicit(&b->full_ns, memory_order_relaxed), next;
    double wanted = (double)halves * 5e8 / (double)rate;
    int64_t cost = wanted < (double)(2 * burst_ns) ? (int64_t)wanted : 2 * burst_ns;
    cost += (double)cost < wanted && cost < 2 * burst_ns; /* never more than the rate */
    assert(rate > 0);
    do {
        int64_t from = full < now_ns || full > now_ns + 2 * burst_ns ? now_ns : full;
        next = from + cost < now_ns + 2 * burst_ns ? from + cost : now_ns + 2 * burst_ns;
    } while (!atomic_compare_exchange_weak_explicit(&b->full_ns, &full, next, memory_order_relaxed,
                                                    memory_order_relaxed));
}

#endif
