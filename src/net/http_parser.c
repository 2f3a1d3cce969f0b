/* http_parser.c - one pass over the head of a request; see http_parser.h.
 *
 * Every byte is checked against a table of what may stand there, so what is
 * accepted has exactly one reading: (1) lines end with CRLF only, (2) a name is
 * followed directly by its colon, (3) the length of the body is said once. */
#include "net/http_parser.h"

enum { TOKEN = 1, VALUE = 2, TARGET = 4, METHOD_BYTES_MAX = 32, VERSION_BYTES = 8 };

static const uint8_t kind[256] = {
    ['\t'] = VALUE,
    [' '] = VALUE,
    ['!'] = TOKEN | VALUE | TARGET,
    ['"'] = VALUE | TARGET,
    ['#' ... '\''] = TOKEN | VALUE | TARGET,
    ['(' ... ')'] = VALUE | TARGET,
    ['*' ... '+'] = TOKEN | VALUE | TARGET,
    [','] = VALUE | TARGET,
    ['-' ... '.'] = TOKEN | VALUE | TARGET,
    ['/'] = VALUE | TARGET,
    ['0' ... '9'] = TOKEN | VALUE | TARGET,
    [':' ... '@'] = VALUE | TARGET,
    ['A' ... 'Z'] = TOKEN | VALUE | TARGET,
    ['[' ... ']'] = VALUE | TARGET,
    ['^' ... 'z'] = TOKEN | VALUE | TARGET,
    ['{'] = VALUE | TARGET,
    ['|'] = TOKEN | VALUE | TARGET,
    ['}'] = VALUE | TARGET,
    ['~'] = TOKEN | VALUE | TARGET,
    [0x80 ... 0xFF] = VALUE,
};

/* What the parser learns from headers on the way. */
struct seen {
    bool host, close, keep_alive;
};

static const char *span(const char *p, const char *end, int what)
{
    while (p < end && (kind[(uint8_t)*p] & what) != 0)
        p++;
    return p;
}

/* The same for values, which are long: eight bytes at once while none is a control character. */
static const char *span_value(const char *p, const char *end)
{
    const uint64_t ones = 0x0101010101010101U, highs = ones << 7;
    for (; end - p >= 8; p += 8) {
        uint64_t w, deleted;
        memcpy(&w, p, sizeof(w));
        deleted = w ^ ones * 0x7F;
        if ((((w - ones * ' ') & ~w) | ((deleted - ones) & ~deleted)) & highs)
            break;
    }
    return span(p, end, VALUE);
}

static enum http_parse line_end(const char **at, const char *end)
{
    const char *p = *at;
    if (p == end)
        return HTTP_MORE;
    if (p[0] != '\r')
        return HTTP_BAD;
    if (p + 1 == end)
        return HTTP_MORE;
    if (p[1] != '\n')
        return HTTP_BAD;
    *at = p + 2;
    return HTTP_DONE;
}

/* target -> path and query.  The absolute form (http://host/path) is what a proxy sends. */
static bool split_target(struct http_head *h)
{
    struct str t = h->target;
    if (str_starts_with(t, STR("http://")) || str_starts_with(t, STR("https://"))) {
        size_t scheme = t.p[4] == 's' ? 8 : 7;
        const char *slash = memchr(t.p + scheme, '/', t.n - scheme);
        t = slash != NULL ? (struct str){slash, (size_t)(t.p + t.n - slash)} : STR("/");
    } else if (t.p[0] != '/' && !str_eq(t, STR("*"))) {
        return false;
    }
    const char *mark = memchr(t.p, '?', t.n);
    h->path = t;
    h->query = (struct str){0};
    if (mark != NULL) {
        h->path.n = (size_t)(mark - t.p);
        h->query = str_from(t, h->path.n + 1);
    }
    return true;
}

static enum http_parse parse_version(const char **at, const char *end, struct http_head *h)
{
    static const char prefix[] = "HTTP/1.";
    size_t have = size_min((size_t)(end - *at), VERSION_BYTES);
    if (memcmp(*at, prefix, size_min(have, VERSION_BYTES - 1)) != 0)
        return HTTP_BAD;
    if (have < VERSION_BYTES)
        return HTTP_MORE;
    char minor = (*at)[VERSION_BYTES - 1];
    if (minor != '0' && minor != '1')
        return HTTP_BAD;
    h->minor_version = minor - '0';
    *at += VERSION_BYTES;
    return line_end(at, end);
}

/* request-line = method SP target SP version CRLF; one empty line before it is forgiven. */
static enum http_parse parse_request_line(const char **at, const char *end, struct http_head *h)
{
    const char *p = *at;
    if (p < end && *p == '\r') {
        enum http_parse r = line_end(&p, end);
        if (r != HTTP_DONE)
            return r;
    }
    h->method.p = p;
    p = span(p, end, TOKEN);
    h->method.n = (size_t)(p - h->method.p);
    if (h->method.n > METHOD_BYTES_MAX)
        return HTTP_BAD;
    if (p == end)
        return HTTP_MORE;
    if (*p++ != ' ' || h->method.n == 0)
        return HTTP_BAD;
    h->target.p = p;
    p = span(p, end, TARGET);
    h->target.n = (size_t)(p - h->target.p);
    if (p == end)
        return HTTP_MORE;
    if (*p++ != ' ' || h->target.n == 0 || !split_target(h))
        return HTTP_BAD;
    *at = p;
    return parse_version(at, end, h);
}

static bool note_length(struct http_head *h, struct str v)
{
    if (h->has_length || v.n == 0 || v.n > 18)
        return false;
    uint64_t n = 0;
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] < '0' || v.p[i] > '9')
            return false;
        n = n * 10 + (uint64_t)(v.p[i] - '0');
    }
    h->has_length = true;
    h->length = n;
    return true;
}

static struct str trim(struct str s)
{
    while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
        s = str_from(s, 1);
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
        s.n--;
    return s;
}

/* Connection = token *( "," token ) */
static void note_connection(struct seen *seen, struct str v)
{
    while (v.n > 0) {
        const char *comma = memchr(v.p, ',', v.n);
        size_t n = comma != NULL ? (size_t)(comma - v.p) : v.n;
        struct str token = trim((struct str){v.p, n});
        seen->close |= str_eq_nocase(token, STR("close"));
        seen->keep_alive |= str_eq_nocase(token, STR("keep-alive"));
        v = str_from(v, comma != NULL ? n + 1 : n);
    }
}

/* The few headers that say how to read the rest; told apart by length first. */
static bool note_header(struct http_head *h, struct seen *seen, struct str name, struct str v)
{
    switch (name.n) {
    case 4:
        if (str_eq_nocase(name, STR("host"))) {
            if (seen->host)
                return false;
            seen->host = true;
        }
        return true;
    case 6:
        if (str_eq_nocase(name, STR("expect")) && str_eq_nocase(v, STR("100-continue")))
            h->expect_continue = true;
        return true;
    case 10:
        if (str_eq_nocase(name, STR("connection")))
            note_connection(seen, v);
        return true;
    case 14:
        return !str_eq_nocase(name, STR("content-length")) || note_length(h, v);
    case 17:
        if (!str_eq_nocase(name, STR("transfer-encoding")))
            return true;
        if (h->chunked || !str_eq_nocase(v, STR("chunked")))
            return false;
        h->chunked = true;
        return true;
    default:
        return true;
    }
}

/* header = token ":" *ws value *ws CRLF */
static enum http_parse parse_header(const char **at, const char *end, struct http_head *h,
                                    struct seen *seen)
{
    struct str name, value;
    name.p = *at;
    const char *p = span(name.p, end, TOKEN);
    name.n = (size_t)(p - name.p);
    if (p == end)
        return HTTP_MORE;
    if (*p++ != ':' || name.n == 0 || h->headers_n == HTTP_HEADERS_MAX)
        return HTTP_BAD;
    value.p = p;
    p = span_value(p, end);
    value.n = (size_t)(p - value.p);
    value = trim(value);
    enum http_parse r = line_end(&p, end);
    if (r != HTTP_DONE)
        return r;
    if (!note_header(h, seen, name, value))
        return HTTP_BAD;
    h->header[h->headers_n++] = (struct http_header){name, value};
    *at = p;
    return HTTP_DONE;
}

static bool check_head(struct http_head *h, const struct seen *seen)
{
    if (h->chunked && (h->has_length || h->minor_version == 0))
        return false;
    if (h->minor_version == 1 && !seen->host)
        return false;
    h->keep_alive = !seen->close && (h->minor_version == 1 || seen->keep_alive);
    h->expect_continue &= h->minor_version == 1;
    return true;
}

enum http_parse http_parse_request(struct str in, struct http_head *h, size_t *used)
{
    struct seen seen = {0};
    const char *p = in.p, *end = in.p + in.n;

    if (in.n == 0)
        return HTTP_MORE;
    h->chunked = h->expect_continue = h->has_length = false; /* the array stays as it was */
    h->length = 0;
    h->headers_n = 0;
    enum http_parse r = parse_request_line(&p, end, h);
    while (r == HTTP_DONE) {
        if (p == end)
            return HTTP_MORE;
        if (*p == '\r') {
            r = line_end(&p, end);
            break;
        }
        r = parse_header(&p, end, h, &seen);
    }
    if (r != HTTP_DONE)
        return r;
    if (!check_head(h, &seen))
        return HTTP_BAD;
    *used = (size_t)(p - in.p);
    return HTTP_DONE;
}

struct str http_header(const struct http_head *h, struct str name)
{
    for (uint32_t i = 0; i < h->headers_n; i++) {
        const struct http_header *x = &h->header[i];
        if (x->name.n == name.n && str_eq_nocase(x->name, name))
            return x->value;
    }
    return (struct str){0};
}
