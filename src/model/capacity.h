/* capacity.h - what requests cost in capacity units, counted in half units so
 * that sums stay exact. */
#ifndef MODEL_CAPACITY_H
#define MODEL_CAPACITY_H

#include "base/base.h"
#include "model/limits.h"

enum { CAPACITY_READ_BYTES = 4096 }; /* a block: what one unit reads */

/* Read of `bytes` evaluated together: as many blocks as they begin, at least one;
 * half of that when eventually consistent. */
static inline uint64_t capacity_read_halves(uint64_t bytes, bool consistent)
{
    uint64_t blocks = (bytes + CAPACITY_READ_BYTES - 1) / CAPACITY_READ_BYTES;
    blocks = blocks == 0 ? 1 : blocks;
    return consistent ? 2 * blocks : blocks;
}

/* Write of an item or index entry of `bytes`: ceil(bytes / 1024), at least one unit. */
static inline uint64_t capacity_write_halves(uint64_t bytes)
{
    uint64_t units = (bytes + 1023) / 1024;
    return 2 * (units == 0 ? 1 : units);
}

/* What one request consumed of one table, per arm; index arms by position in
 * table_def.index.  `touched` tells which index arms appear under INDEXES. */
struct capacity_use {
    uint64_t table_halves;
    uint64_t index_halves[LIMIT_INDEXES];
    bool touched[LIMIT_INDEXES];
    bool table_touched;
};

static inline void capacity_use_add(struct capacity_use *to, const struct capacity_use *u)
{
    to->table_halves += u->table_halves;
    to->table_touched |= u->table_touched;
    for (size_t i = 0; i < LIMIT_INDEXES; i++) {
        to->index_halves[i] += u->index_halves[i];
        to->touched[i] |= u->touched[i];
    }
}

static inline uint64_t capacity_total_halves(const struct capacity_use *u)
{
    uint64_t sum = u->table_halves;
    for (size_t i = 0; i < LIMIT_INDEXES; i++)
        sum += u->index_halves[i];
    return sum;
}

#endif
