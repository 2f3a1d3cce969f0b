/* http_coding.c - whole bodies through libdeflate; see http_coding.h. */
#include "net/http_coding.h"

#include <libdeflate.h>
#include <stdlib.h>

/* Level 1: a page of 1 MiB costs the loop a few milliseconds, not twenty. */
enum { LEVEL = 1, FIRST_BYTES = 16 * 1024, MEMBERS_MAX = 1000 };

enum http_coding http_coding_parse(struct str v)
{
    if (v.n == 0 || str_eq_nocase(v, STR("identity")))
        return HTTP_CODING_NONE;
    if (str_eq_nocase(v, STR("gzip")))
        return HTTP_CODING_GZIP;
    if (str_eq_nocase(v, STR("deflate")))
        return HTTP_CODING_DEFLATE;
    return HTTP_CODING_UNKNOWN;
}

static struct str trim(struct str s)
{
    while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
        s = str_from(s, 1);
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
        s.n--;
    return s;
}

/* The part of *rest before the next `sep`, trimmed; *rest moves behind it. */
static struct str cut(struct str *rest, char sep)
{
    const char *at = rest->n > 0 ? memchr(rest->p, sep, rest->n) : NULL;
    size_t n = at != NULL ? (size_t)(at - rest->p) : rest->n;
    struct str part = {rest->p, n};
    *rest = str_from(*rest, at != NULL ? n + 1 : n);
    return trim(part);
}

/* q=0, q=0.5, q=1.000 in thousandths; 0 for what is not a weight. */
static int weight(struct str v)
{
    if (v.n < 3 || (v.p[0] | 0x20) != 'q' || v.p[1] != '=')
        return 0;
    int q = v.p[2] == '1' ? 1000 : 0, unit = 100;
    for (size_t i = 4; q < 1000 && i < v.n && unit > 0; i++, unit /= 10) {
        if (v.p[i] < '0' || v.p[i] > '9')
            return 0;
        q += (v.p[i] - '0') * unit;
    }
    return q;
}

enum http_coding http_coding_accepted(struct str accept)
{
    int best_q = 0;
    enum http_coding best = HTTP_CODING_NONE;

    while (accept.n > 0) {
        struct str one = cut(&accept, ',');
        enum http_coding coding = http_coding_parse(cut(&one, ';'));
        if (coding != HTTP_CODING_GZIP && coding != HTTP_CODING_DEFLATE)
            continue;
        int q = one.n > 0 ? weight(trim(one)) : 1000;
        if (q > best_q || (q == best_q && q > 0 && coding == HTTP_CODING_GZIP)) {
            best_q = q;
            best = coding;
        }
    }
    return best;
}

/* One gzip member or zlib stream from *in. */
static enum http_decoded decode_one(struct libdeflate_decompressor *d, enum http_coding coding,
                                    struct str *in, struct buf *out)
{
    enum libdeflate_result r;
    size_t used = 0, made = 0;

    for (size_t want = size_max(FIRST_BYTES, in->n);; want *= 2) {
        size_t left = out->max - out->n;
        char *to = buf_room(out, size_min(want, left));
        if (to == NULL)
            return HTTP_DECODE_TOO_BIG;
        size_t room = out->cap - out->n;
        r = coding == HTTP_CODING_GZIP
                ? libdeflate_gzip_decompress_ex(d, in->p, in->n, to, room, &used, &made)
                : libdeflate_zlib_decompress_ex(d, in->p, in->n, to, room, &used, &made);
        if (r != LIBDEFLATE_INSUFFICIENT_SPACE)
            break;
        if (room >= left)
            return HTTP_DECODE_TOO_BIG;
    }
    if (r != LIBDEFLATE_SUCCESS)
        return HTTP_DECODE_BAD;
    assert(used <= in->n);
    *in = str_from(*in, used);
    out->n += made;
    return HTTP_DECODED;
}

static bool is_gzip(struct str in)
{
    return in.n >= 2 && (uint8_t)in.p[0] == 0x1F && (uint8_t)in.p[1] == 0x8B;
}

enum http_decoded http_decode(enum http_coding coding, struct str in, struct buf *out)
{
    assert(coding == HTTP_CODING_GZIP || coding == HTTP_CODING_DEFLATE);
    assert(out->max != 0);
    if (in.n == 0)
        return HTTP_DECODE_BAD;
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    if (d == NULL)
        abort();
    int members = 0;
    enum http_decoded r = decode_one(d, coding, &in, out);
    if (coding == HTTP_CODING_DEFLATE && r == HTTP_DECODED && in.n > 0)
        r = HTTP_DECODE_BAD;
    /* Members without content cost time but no memory: their number is bounded too. */
    while (coding == HTTP_CODING_GZIP && r == HTTP_DECODED && is_gzip(in))
        r = ++members < MEMBERS_MAX ? decode_one(d, coding, &in, out) : HTTP_DECODE_TOO_BIG;
    libdeflate_free_decompressor(d);
    return r;
}

void http_encode(struct libdeflate_compressor **compressor, enum http_coding coding, struct str in,
                 struct buf *out)
{
    assert(coding == HTTP_CODING_GZIP || coding == HTTP_CODING_DEFLATE);
    if (*compressor == NULL)
        *compressor = libdeflate_alloc_compressor(LEVEL);
    if (*compressor == NULL)
        abort();
    bool gzip = coding == HTTP_CODING_GZIP;
    size_t bound = gzip ? libdeflate_gzip_compress_bound(*compressor, in.n)
                        : libdeflate_zlib_compress_bound(*compressor, in.n);
    char *to = buf_room(out, bound);
    if (to == NULL)
        return;
    size_t n = gzip ? libdeflate_gzip_compress(*compressor, in.p, in.n, to, bound)
                    : libdeflate_zlib_compress(*compressor, in.p, in.n, to, bound);
    assert(n > 0);
    out->n += n;
}

void http_encoder_free(struct libdeflate_compressor **compressor)
{
    if (*compressor != NULL)
        libdeflate_free_compressor(*compressor);
    *compressor = NULL;
}
