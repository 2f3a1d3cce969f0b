/* json_out.c - see json_out.h. */
#include "codec/json_out.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "codec/base64.h"
#include "codec/json_scan_int.h"

#define E_FROM_MS INT64_C(10000000000) /* 1E7 seconds: from there Java writes an exponent */

static void comma(struct json_out *o)
{
    if (o->comma)
        buf_byte(o->to, ',');
    o->comma = true;
}

/* A run of bytes that is one value. */
static void value(struct json_out *o, struct str s)
{
    char *p = buf_room(o->to, s.n + 1);
    if (p == NULL)
        return;
    if (o->comma)
        *p++ = ',';
    memcpy(p, s.p, s.n);
    o->to->n += s.n + o->comma;
    o->comma = true;
}

void json_out_open(struct json_out *o, char bracket)
{
    assert(bracket == '{' || bracket == '[');
    value(o, (struct str){&bracket, 1});
    o->comma = false;
}

void json_out_close(struct json_out *o, char bracket)
{
    assert(bracket == '}' || bracket == ']');
    buf_byte(o->to, bracket);
    o->comma = true;
}

static void escape_byte(struct buf *to, unsigned char c)
{
    static const char letter[128] = {['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
                                     ['\n'] = 'n', ['\r'] = 'r',  ['\t'] = 't'};
    static const char hex[] = "0123456789abcdef";
    assert(c < 128);
    if (letter[c] != 0) {
        buf_add(to, (struct str){(char[]){'\\', letter[c]}, 2});
        return;
    }
    buf_add(to, (struct str){(char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6});
}

void json_escape(struct buf *to, struct str s)
{
    const char *p = s.p, *end = s.n > 0 ? s.p + s.n : s.p;
    while (p < end) {
        const char *stop = json_scan(p, end, false);
        buf_add(to, (struct str){p, (size_t)(stop - p)});
        if (stop == end)
            break;
        escape_byte(to, (unsigned char)*stop);
        p = stop + 1;
    }
}

/* comma, quote, characters, quote, `after` (a colon, or nothing when 0) */
static void quoted(struct json_out *o, struct str s, char after)
{
    struct buf *to = o->to;
    if (UNLIKELY(s.n > 0 && json_scan(s.p, s.p + s.n, false) != s.p + s.n)) {
        if (o->comma)
            buf_byte(to, ',');
        buf_byte(to, '"');
        json_escape(to, s);
        buf_byte(to, '"');
        if (after != 0)
            buf_byte(to, after);
        return;
    }
    char *p = buf_room(to, s.n + 4), *from = p;
    if (p == NULL)
        return;
    if (o->comma)
        *p++ = ',';
    *p++ = '"';
    if (s.n > 0)
        memcpy(p, s.p, s.n);
    p += s.n;
    *p++ = '"';
    if (after != 0)
        *p++ = after;
    to->n += (size_t)(p - from);
}

void json_out_name(struct json_out *o, struct str name)
{
    quoted(o, name, ':');
    o->comma = false;
}

void json_out_str(struct json_out *o, struct str s)
{
    quoted(o, s, 0);
    o->comma = true;
}

void json_out_int(struct json_out *o, int64_t v)
{
    char text[20], *p = text + sizeof(text);
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do {
        *--p = (char)('0' + u % 10);
        u /= 10;
    } while (u != 0);
    if (v < 0)
        *--p = '-';
    value(o, (struct str){p, (size_t)(text + sizeof(text) - p)});
}

/* The shortest decimal that reads back as v: its digits, without trailing zeros,
 * and the power of ten of the first. */
static int shortest(double v, char digit[17], int *exponent)
{
    char text[40];
    for (int precision = 0; precision < 17; precision++) {
        snprintf(text, sizeof(text), "%.*e", precision, v);
        if (strtod(text, NULL) == v)
            break;
    }
    int n = 0;
    char *p = text;
    for (; *p != 'e'; p++)
        if (*p >= '0' && *p <= '9') /* not the sign, nor the locale's point */
            digit[n++] = *p;
    *exponent = (int)strtol(p + 1, NULL, 10);
    return n;
}

enum { PLAIN_EXPONENT_MIN = -6, PLAIN_EXPONENT_MAX = 20 };

static size_t lay_out(char *to, const char *digit, int n, int exponent)
{
    bool plain = exponent >= PLAIN_EXPONENT_MIN && exponent <= PLAIN_EXPONENT_MAX;
    int whole = plain ? exponent + 1 : 1; /* digits in front of the point; <= 0: zeros behind it */
    char *p = to;
    if (whole <= 0)
        *p++ = '0';
    for (int i = 0; i < whole; i++)
        *p++ = i < n ? digit[i] : '0';
    *p++ = '.';
    for (int i = whole; i < 0; i++)
        *p++ = '0';
    for (int i = whole > 0 ? whole : 0; i < n; i++)
        *p++ = digit[i];
    if (whole >= n)
        *p++ = '0';
    if (!plain)
        p += snprintf(p, 8, "E%d", exponent);
    return (size_t)(p - to);
}

void json_out_double(struct json_out *o, double v)
{
    char text[48], digit[17];
    size_t n = 0;
    int exponent;
    if (!isfinite(v)) {
        json_out_null(o);
        return;
    }
    if (signbit(v))
        text[n++] = '-';
    if (fabs(v) < 1e9 && v * 2 == (double)(int64_t)(v * 2)) { /* capacity units */
        int64_t twice = (int64_t)(fabs(v) * 2);
        n += (size_t)snprintf(text + n, sizeof(text) - n, "%lld.%d", (long long)(twice / 2),
                              (int)(twice % 2) * 5);
    } else {
        int digits = shortest(v, digit, &exponent);
        n += lay_out(text + n, digit, digits, exponent);
    }
    value(o, (struct str){text, n});
}

void json_out_seconds(struct json_out *o, int64_t ms)
{
    char text[32];
    uint64_t u = ms < 0 ? 0 - (uint64_t)ms : (uint64_t)ms;
    int n = snprintf(text, sizeof(text), "%s%llu.%03u", ms < 0 ? "-" : "",
                     (unsigned long long)(u / 1000), (unsigned)(u % 1000));
    while (text[n - 1] == '0' && text[n - 2] != '.')
        n--;
    value(o, (struct str){text, (size_t)n});
}

/* The spelling of Java's Double.toString(), which the service's answers have. */
void json_out_seconds_e(struct json_out *o, int64_t ms)
{
    char digits[24], text[32];
    if (ms < E_FROM_MS) {
        json_out_seconds(o, ms);
        return;
    }
    int n = snprintf(digits, sizeof(digits), "%lld", (long long)ms), used = n;
    while (used > 2 && digits[used - 1] == '0')
        used--;
    int all = snprintf(text, sizeof(text), "%c.%.*sE%d", digits[0], used - 1, digits + 1, n - 4);
    value(o, (struct str){text, (size_t)all});
}

void json_out_bool(struct json_out *o, bool v)
{
    value(o, v ? STR("true") : STR("false"));
}

void json_out_null(struct json_out *o)
{
    value(o, STR("null"));
}

void json_out_raw(struct json_out *o, struct str json)
{
    assert(json.n > 0);
    value(o, json);
}

void json_out_base64(struct json_out *o, struct str bytes)
{
    comma(o);
    buf_byte(o->to, '"');
    base64_encode(o->to, bytes);
    buf_byte(o->to, '"');
}
