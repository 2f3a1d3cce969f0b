/* utf8.h - strict UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef CODEC_UTF8_H
#define CODEC_UTF8_H

#include "base/str.h"

bool utf8_valid(struct str s);

/* Length of the well-formed sequence at `p` (p < end), or 0. */
static inline size_t utf8_sequence(const char *p, const char *end)
{
    const unsigned char *u = (const unsigned char *)p;
    size_t left = (size_t)(end - p);
    if (u[0] < 0x80)
        return 1;
    if (u[0] < 0xC2)
        return 0; /* a continuation byte, or the start of an overlong form */
    if (u[0] < 0xE0)
        return left >= 2 && (u[1] & 0xC0) == 0x80 ? 2 : 0;
    /* The second byte alone tells overlong forms, surrogates and what is above U+10FFFF. */
    if (u[0] < 0xF0) {
        unsigned lo = u[0] == 0xE0 ? 0xA0 : 0x80, hi = u[0] == 0xED ? 0x9F : 0xBF;
        return left >= 3 && u[1] >= lo && u[1] <= hi && (u[2] & 0xC0) == 0x80 ? 3 : 0;
    }
    if (u[0] > 0xF4)
        return 0;
    unsigned lo = u[0] == 0xF0 ? 0x90 : 0x80, hi = u[0] == 0xF4 ? 0x8F : 0xBF;
    bool fine =
        left >= 4 && u[1] >= lo && u[1] <= hi && (u[2] & 0xC0) == 0x80 && (u[3] & 0xC0) == 0x80;
    return fine ? 4 : 0;
}

size_t utf8_put(uint32_t code_point, char out[4]); /* returns 1..4; a valid scalar value */
/* Length in UTF-16 code units, which is what size() counts.  `s` is valid. */
size_t utf8_utf16_units(struct str s);

#endif
