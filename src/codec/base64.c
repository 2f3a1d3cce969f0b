/* base64.c - see base64.h.  Two alphabets that differ in their last two characters. */
#include "codec/base64.h"

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Value + 1; 0: not of the alphabet. */
static const unsigned char values[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
    ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64,
};
static const unsigned char url_values[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
    ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['-'] = 63, ['_'] = 64,
};

static void encode(struct buf *out, struct str s, const char *alphabet, bool pad)
{
    size_t rest = s.n % 3;
    char *p = buf_room(out, (s.n + 2) / 3 * 4), *from = p;
    if (p == NULL)
        return;
    const unsigned char *in = (const unsigned char *)s.p;
    for (size_t i = 0; i + 2 < s.n; i += 3) {
        uint32_t v = (uint32_t)in[i] << 16 | (uint32_t)in[i + 1] << 8 | in[i + 2];
        *p++ = alphabet[v >> 18];
        *p++ = alphabet[v >> 12 & 63];
        *p++ = alphabet[v >> 6 & 63];
        *p++ = alphabet[v & 63];
    }
    if (rest > 0) {
        const unsigned char *last = in + s.n - rest;
        uint32_t v = (uint32_t)last[0] << 16 | (rest == 2 ? (uint32_t)last[1] << 8 : 0);
        *p++ = alphabet[v >> 18];
        *p++ = alphabet[v >> 12 & 63];
        if (rest == 2)
            *p++ = alphabet[v >> 6 & 63];
        for (size_t i = rest; pad && i < 3; i++)
            *p++ = '=';
    }
    out->n += (size_t)(p - from);
}

/* `s` without padding; s.n % 4 != 1.  strict: bits beyond the last byte must be 0. */
static bool decode(struct buf *out, struct str s, const unsigned char *value, bool strict)
{
    size_t rest = s.n % 4, n = s.n / 4 * 3 + (rest > 0 ? rest - 1 : 0);
    if (s.n == 0)
        return true;
    unsigned char *p = (unsigned char *)buf_room(out, n);
    if (p == NULL)
        return false;
    const unsigned char *in = (const unsigned char *)s.p, *end = in + (s.n - rest);
    for (; in < end; in += 4, p += 3) {
        uint32_t a = value[in[0]], b = value[in[1]], c = value[in[2]], d = value[in[3]];
        if (a == 0 || b == 0 || c == 0 || d == 0)
            return false;
        uint32_t v = (a - 1) << 18 | (b - 1) << 12 | (c - 1) << 6 | (d - 1);
        p[0] = (unsigned char)(v >> 16);
        p[1] = (unsigned char)(v >> 8);
        p[2] = (unsigned char)v;
    }
    if (rest > 0) {
        uint32_t a = value[in[0]], b = value[in[1]], c = rest == 3 ? value[in[2]] : 1;
        if (a == 0 || b == 0 || c == 0)
            return false;
        uint32_t v = (a - 1) << 18 | (b - 1) << 12 | (c - 1) << 6;
        if (strict && (v & (rest == 3 ? 0xFF : 0xFFFF)) != 0)
            return false;
        p[0] = (unsigned char)(v >> 16);
        if (rest == 3)
            p[1] = (unsigned char)(v >> 8);
    }
    out->n += n;
    return true;
}

void base64_encode(struct buf *out, struct str bytes)
{
    encode(out, bytes, letters, true);
}

bool base64_decode(struct buf *out, struct str text)
{
    if (text.n % 4 != 0)
        return false;
    for (int pad = 0; pad < 2 && text.n > 0 && text.p[text.n - 1] == '='; pad++)
        text.n--;
    return decode(out, text, values,
                  true); /* "=" and "x===" are left with a '=' or one character */
}

void base64url_encode(struct buf *out, struct str bytes)
{
    encode(out, bytes, url_letters, false);
}

bool base64url_decode(struct buf *out, struct str text)
{
    return text.n % 4 != 1 && decode(out, text, url_values, false);
}
