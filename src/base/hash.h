/* hash.h - the 64-bit hash that places partitions.  It is part of the format
 * on disk and must never change: XXH3 of the bytes, seed 0. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/str.h"

static inline uint64_t hash_bytes(struct str s)
{
    return XXH3_64bits(s.p != NULL ? s.p : "", s.n);
}

#endif
