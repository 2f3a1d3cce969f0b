/* swar_int.h - eight bytes at once in a 64-bit word, byte 0 lowest on any machine. */
#ifndef CODEC_SWAR_INT_H
#define CODEC_SWAR_INT_H

#include "base/str.h"

#define SWAR_ONES  0x0101010101010101ULL
#define SWAR_HIGHS 0x8080808080808080ULL

static inline uint64_t swar_load(const char *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof(w));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    w = __builtin_bswap64(w);
#endif
    return w;
}

static inline void swar_store(char *p, uint64_t w)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    w = __builtin_bswap64(w);
#endif
    memcpy(p, &w, sizeof(w));
}

/* The high bit of each byte that is 0, or below n (n <= 128).  Only the lowest
 * bit set is exact: a borrow may mark the bytes above it too. */
static inline uint64_t swar_zero(uint64_t w)
{
    return (w - SWAR_ONES) & ~w & SWAR_HIGHS;
}
static inline uint64_t swar_below(uint64_t w, unsigned char n)
{
    return (w - SWAR_ONES * n) & ~w & SWAR_HIGHS;
}

static inline size_t swar_first(uint64_t marks)
{
    return (size_t)__builtin_ctzll(marks) / 8;
}

#endif
