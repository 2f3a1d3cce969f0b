/* utf8.c - see utf8.h. */
#include "codec/utf8.h"

#include "codec/swar_int.h"

bool utf8_valid(struct str s)
{
    const char *p = s.p, *end = s.n > 0 ? s.p + s.n : s.p;
    while (p < end) {
        if (end - p >= 8 && (swar_load(p) & SWAR_HIGHS) == 0) {
            p += 8;
            continue;
        }
        size_t n = utf8_sequence(p, end);
        if (n == 0)
            return false;
        p += n;
    }
    return true;
}

size_t utf8_put(uint32_t c, char out[4])
{
    assert(c < 0x110000);
    assert(c < 0xD800 || c > 0xDFFF);
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

size_t utf8_utf16_units(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        n += (size_t)((c & 0xC0) != 0x80) + (size_t)(c >= 0xF0); /* beyond U+FFFF: a pair */
    }
    return n;
}
