/* json_scan_int.h - where the plain characters of a string end; the inner loop
 * of both reading and writing JSON. */
#ifndef CODEC_JSON_SCAN_INT_H
#define CODEC_JSON_SCAN_INT_H

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "codec/swar_int.h"

static inline uint64_t json_marks(uint64_t w, bool ascii)
{
    return swar_zero(w ^ SWAR_ONES * '"') | swar_zero(w ^ SWAR_ONES * '\\') | swar_below(w, 0x20) |
           (ascii ? w & SWAR_HIGHS : 0);
}

/* The first byte at or after `p` that is a quote, a backslash, a control
 * character or, if `ascii`, above 0x7F; `end` when there is none. */
static inline const char *json_scan(const char *p, const char *end, bool ascii)
{
    const char *start = p;
#ifdef __SSE2__
    for (; end - p >= 16; p += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i stop = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')),
                                    _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
        stop = _mm_or_si128(stop, _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1F)), v));
        if (ascii)
            stop = _mm_or_si128(stop, v); /* the mask takes the high bit of each byte */
        int marks = _mm_movemask_epi8(stop);
        if (marks != 0)
            return p + __builtin_ctz((unsigned)marks);
    }
#endif
    for (; end - p >= 8; p += 8) {
        uint64_t marks = json_marks(swar_load(p), ascii);
        if (marks != 0)
            return p + swar_first(marks);
    }
    if (p < end && end - start >= 8) {
        /* The last word again: what overlaps is known to be plain. */
        uint64_t marks = json_marks(swar_load(end - 8), ascii);
        return marks != 0 ? end - 8 + swar_first(marks) : end;
    }
    for (; p < end; p++) {
        unsigned char c = (unsigned char)*p;
        if (c == '"' || c == '\\' || c < 0x20 || (ascii && c > 0x7F))
            break;
    }
    return p;
}

#endif
