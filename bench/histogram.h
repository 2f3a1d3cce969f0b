/* histogram.h - latencies in buckets of constant relative width (1/64), so that
 * a percentile is exact to 1.6 % from 1 ns to hours, in 4 KiB. */
#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H

#include "base/base.h"

enum { HISTOGRAM_SUB = 64, HISTOGRAM_BUCKETS = HISTOGRAM_SUB * 48 };

struct histogram {
    uint64_t n;
    uint32_t count[HISTOGRAM_BUCKETS];
};

static inline unsigned histogram_bucket(uint64_t v)
{
    if (v < HISTOGRAM_SUB)
        return (unsigned)v;
    unsigned shift = 63 - 6 - (unsigned)__builtin_clzll(v);
    unsigned b = (shift + 1) * HISTOGRAM_SUB + (unsigned)((v >> shift) & (HISTOGRAM_SUB - 1));
    return b < HISTOGRAM_BUCKETS ? b : HISTOGRAM_BUCKETS - 1;
}

static inline void histogram_add(struct histogram *h, uint64_t v)
{
    h->count[histogram_bucket(v)]++;
    h->n++;
}

/* The lower edge of the bucket that holds the given share (0..1) of all values. */
static inline uint64_t histogram_at(const struct histogram *h, double share)
{
    uint64_t want = (uint64_t)((double)h->n * share), seen = 0;
    for (unsigned b = 0; b < HISTOGRAM_BUCKETS; b++) {
        seen += h->count[b];
        if (seen > want || (seen == h->n && h->n > 0 && h->count[b] > 0)) {
            if (b < HISTOGRAM_SUB)
                return b;
            unsigned shift = b / HISTOGRAM_SUB - 1;
            return (uint64_t)(HISTOGRAM_SUB + b % HISTOGRAM_SUB) << shift;
        }
    }
    return 0;
}

#endif
