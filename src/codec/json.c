/* json.c - a pull reader: the position in the text is the whole state.
 *
 * (1) `first` belongs to the innermost open collection.  One flag is enough: when
 *     an inner collection closes, the outer one has just taken an element.
 * (2) After a failure `at` stands at `end`, so nothing more is read. */
#include "codec/json.h"

#include "codec/json_scan_int.h"
#include "codec/utf8.h"

void json_init(struct json *j, struct arena *mem, struct str in, uint32_t depth_max)
{
    const char *p = in.p != NULL ? in.p : "";
    *j = (struct json){.start = p, .at = p, .end = p + in.n, .mem = mem, .depth_max = depth_max};
}

static bool fail(struct json *j)
{
    j->failed = true;
    j->at = j->end;
    j->text = (struct str){0};
    return false;
}

static enum json_type fail_value(struct json *j)
{
    fail(j);
    return JSON_ERROR;
}

/* The next byte after white space; 0 at the end, where no token starts. */
static inline char peek(struct json *j)
{
    for (; j->at < j->end; j->at++) {
        char c = *j->at;
        if (LIKELY(c != ' ' && c != '\n' && c != '\r' && c != '\t'))
            return c;
    }
    return 0;
}

static bool hex4(const char *p, const char *end, uint32_t *out)
{
    uint32_t v = 0;
    if (end - p < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        unsigned char c = (unsigned char)p[i];
        unsigned digit = c - '0', letter = (c | 0x20U) - 'a';
        if (digit > 9 && letter > 5)
            return false;
        v = v << 4 | (digit <= 9 ? digit : letter + 10);
    }
    *out = v;
    return true;
}

/* What follows "\u"; NULL when it is no scalar value. */
static const char *unescape_unicode(const char *p, const char *end, char **out)
{
    uint32_t c, low;
    if (!hex4(p, end, &c))
        return NULL;
    p += 4;
    if (c >= 0xD800 && c <= 0xDFFF) {
        if (c > 0xDBFF || end - p < 2 || p[0] != '\\' || p[1] != 'u' || !hex4(p + 2, end, &low) ||
            low < 0xDC00 || low > 0xDFFF)
            return NULL;
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        p += 6;
    }
    *out += utf8_put(c, *out);
    return p;
}

/* `raw` is what stands between the quotes.  No escape is shorter than what it
 * stands for, so the result fits in as many bytes. */
static bool unescape(struct json *j, struct str raw)
{
    static const char plain[128] = {['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
                                    ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t'};
    char *to = arena_bytes(j->mem, raw.n), *out = to;
    const char *p = raw.p, *end = raw.p + raw.n;
    while (p < end) {
        const char *slash = memchr(p, '\\', (size_t)(end - p));
        size_t run = (size_t)((slash != NULL ? slash : end) - p);
        memcpy(out, p, run);
        out += run;
        p += run;
        if (slash == NULL)
            break;
        assert(end - p >= 2); /* scan_string() never ends after a lone backslash */
        unsigned char c = (unsigned char)p[1];
        p += 2;
        if (c == 'u') {
            p = unescape_unicode(p, end, &out);
            if (p == NULL)
                return fail(j);
        } else if (c < 128 && plain[c] != 0) {
            *out++ = plain[c];
        } else {
            return fail(j);
        }
    }
    assert(out <= to + raw.n);
    j->text = (struct str){to, (size_t)(out - to)};
    return true;
}

/* The string whose opening quote is at `at`, into `text`. */
static bool scan_string(struct json *j)
{
    const char *start = j->at + 1, *p = start;
    bool escaped = false;
    for (;;) {
        p = json_scan(p, j->end, true);
        if (p == j->end)
            return fail(j);
        unsigned char c = (unsigned char)*p;
        if (LIKELY(c == '"'))
            break;
        if (c == '\\') {
            /* What follows is judged by unescape(); here it must only not end the string. */
            if (j->end - p < 2 || (unsigned char)p[1] < 0x20 || (unsigned char)p[1] > 0x7E)
                return fail(j);
            escaped = true;
            p += 2;
            continue;
        }
        if (c < 0x20)
            return fail(j);
        while (p < j->end && (unsigned char)*p > 0x7F) { /* non-ASCII comes in runs */
            size_t n = utf8_sequence(p, j->end);
            if (n == 0)
                return fail(j);
            p += n;
        }
    }
    j->at = p + 1;
    struct str raw = {start, (size_t)(p - start)};
    if (UNLIKELY(escaped))
        return unescape(j, raw);
    j->text = raw;
    return true;
}

static const char *digits(const char *p, const char *end)
{
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p;
}

/* [ "-" ] int [ "." digits ] [ e [ sign ] digits ] */
static enum json_type scan_number(struct json *j)
{
    const char *p = j->at, *end = j->end, *from;
    if (*p == '-')
        p++;
    from = p;
    p = digits(p, end);
    if (p == from || (*from == '0' && p - from > 1))
        return fail_value(j);
    if (p < end && *p == '.') {
        from = ++p;
        p = digits(p, end);
        if (p == from)
            return fail_value(j);
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        if (p < end && (*p == '+' || *p == '-'))
            p++;
        from = p;
        p = digits(p, end);
        if (p == from)
            return fail_value(j);
    }
    j->text = (struct str){j->at, (size_t)(p - j->at)};
    j->at = p;
    return JSON_NUMBER;
}

static enum json_type literal(struct json *j, struct str word, enum json_type type)
{
    if ((size_t)(j->end - j->at) < word.n || memcmp(j->at, word.p, word.n) != 0)
        return fail_value(j);
    j->at += word.n;
    return type;
}

static enum json_type open(struct json *j, enum json_type type)
{
    if (j->depth == j->depth_max)
        return fail_value(j);
    j->depth++;
    j->first = true;
    j->at++;
    return type;
}

enum json_type json_next(struct json *j)
{
    char c = peek(j);
    switch (c) {
    case '"':
        return LIKELY(scan_string(j)) ? JSON_STRING : JSON_ERROR;
    case '{':
        return open(j, JSON_OBJECT);
    case '[':
        return open(j, JSON_ARRAY);
    case 't':
        return literal(j, STR("true"), JSON_TRUE);
    case 'f':
        return literal(j, STR("false"), JSON_FALSE);
    case 'n':
        return literal(j, STR("null"), JSON_NULL);
    default:
        return c == '-' || (c >= '0' && c <= '9') ? scan_number(j) : fail_value(j);
    }
}

/* Past the comma to the next element, or past the closing bracket. */
static inline bool advance(struct json *j, char close)
{
    char c = peek(j);
    if (j->failed)
        return false;
    assert(j->depth > 0);
    if (c == close) {
        j->at++;
        j->depth--;
        j->first = false; /* (1) */
        return false;
    }
    if (!j->first) {
        if (c != ',')
            return fail(j);
        j->at++;
    }
    j->first = false;
    return true;
}

bool json_member(struct json *j, struct str *name)
{
    if (!advance(j, '}'))
        return false;
    if (peek(j) != '"')
        return fail(j);
    if (!scan_string(j))
        return false;
    if (peek(j) != ':')
        return fail(j);
    j->at++;
    *name = j->text;
    return true;
}

bool json_element(struct json *j)
{
    return advance(j, ']');
}

void json_skip_rest(struct json *j, enum json_type type)
{
    struct str name;
    if (type == JSON_OBJECT) {
        while (json_member(j, &name))
            json_skip(j);
    } else if (type == JSON_ARRAY) {
        while (json_element(j))
            json_skip(j);
    }
}

/* Recursion is bounded by depth_max. */
void json_skip(struct json *j)
{
    json_skip_rest(j, json_next(j));
}

bool json_is_integer(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '.' || s.p[i] == 'e' || s.p[i] == 'E')
            return false;
    return true;
}

bool json_end(struct json *j)
{
    if (j->failed)
        return false;
    peek(j);
    return j->depth == 0 && j->at == j->end ? true : fail(j);
}

struct str json_raw(struct json *j)
{
    peek(j);
    const char *from = j->at;
    json_skip(j);
    return j->failed ? (struct str){0} : (struct str){from, (size_t)(j->at - from)};
}
