#include "base/buf.h"
#include "base/tap.h"
#include "net/http_parser.h"

#define HOST "Host: h\r\n"

static const struct {
    const char *in, *want; /* "MORE", "BAD" or method path query version flags length */
} heads[] = {
    {"GET / HTTP/1.1\r\n" HOST "\r\n", "GET / - 1.1 keep"},
    {"GET / HTTP/1.1\r\n\r\n", "BAD"},
    {"GET / HTTP/1.1\r\n" HOST HOST "\r\n", "BAD"},
    {"GET / HTTP/1.0\r\n\r\n", "GET / - 1.0"},
    {"GET / HTTP/1.0\r\nConnection: x, Keep-Alive\r\n\r\n", "GET / - 1.0 keep"},
    {"GET / HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", "GET / - 1.1"},
    {"GET / HTTP/1.1\r\n" HOST "Connection: keep-alive,\tClose\r\n\r\n", "GET / - 1.1"},
    {"\r\nGET / HTTP/1.1\r\n" HOST "\r\n", "GET / - 1.1 keep"},
    {"\r\n\r\nGET / HTTP/1.1\r\n" HOST "\r\n", "BAD"},
    {"GET /a/b?c=d?e HTTP/1.1\r\n" HOST "\r\n", "GET /a/b c=d?e 1.1 keep"},
    {"GET /? HTTP/1.1\r\n" HOST "\r\n", "GET /  1.1 keep"},
    {"GET http://x.y:1/p?q HTTP/1.1\r\n" HOST "\r\n", "GET /p q 1.1 keep"},
    {"GET https://x HTTP/1.1\r\n" HOST "\r\n", "GET / - 1.1 keep"},
    {"OPTIONS * HTTP/1.1\r\n" HOST "\r\n", "OPTIONS * - 1.1 keep"},
    {"GET x HTTP/1.1\r\n" HOST "\r\n", "BAD"},
    {"GET  / HTTP/1.1\r\n" HOST "\r\n", "BAD"},
    {"GET / HTTP/1.2\r\n" HOST "\r\n", "BAD"},
    {"GET / HTTP/2.0\r\n" HOST "\r\n", "BAD"},
    {"GET / http/1.1\r\n" HOST "\r\n", "BAD"},
    {"GET /\x80 HTTP/1.1\r\n" HOST "\r\n", "BAD"},
    {"G@T / HTTP/1.1\r\n" HOST "\r\n", "BAD"},
    {"GET / HTTP/1.1\n" HOST "\r\n", "BAD"},
    {"GET / HTTP/1.1\r\n" HOST "a: b\n\r\n", "BAD"},
    {"GET / HTTP/1.1\r\n" HOST "a : b\r\n\r\n", "BAD"},
    {"GET / HTTP/1.1\r\n" HOST " a: b\r\n\r\n", "BAD"},
    {"GET / HTTP/1.1\r\n" HOST "a: b\r\n c\r\n\r\n", "BAD"},
    {"GET / HTTP/1.1\r\n" HOST ": b\r\n\r\n", "BAD"},
    {"GET / HTTP/1.1\r\n" HOST "a: b\rc\r\n\r\n", "BAD"},
    {"GET / HTTP/1.1\r\n" HOST "a: b\x01\r\n\r\n", "BAD"},
    {"GET / HTTP/1.1\r\n" HOST "a:\t\xC3\xA4 \r\n\r\n", "GET / - 1.1 keep"},
    {"POST / HTTP/1.1\r\n" HOST "content-LENGTH: 12\r\n\r\n", "POST / - 1.1 keep 12"},
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: 12\r\nContent-Length: 12\r\n\r\n", "BAD"},
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: +1\r\n\r\n", "BAD"},
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n", "BAD"},
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: 1 2\r\n\r\n", "BAD"},
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: 1,1\r\n\r\n", "BAD"},
    {"POST / HTTP/1.1\r\n" HOST "Content-Length:\r\n\r\n", "BAD"},
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: 99999999999999999999\r\n\r\n", "BAD"},
    {"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: Chunked\r\n\r\n", "POST / - 1.1 keep chunked"},
    {"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n\r\n", "BAD"},
    {"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", "BAD"},
    {"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
     "BAD"},
    {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "BAD"},
    {"POST / HTTP/1.1\r\n" HOST "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\n",
     "POST / - 1.1 keep expect 1"},
    {"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ", "BAD"},
    {"", "MORE"},
};

static const char *show(const struct http_head *h, enum http_parse r)
{
    static char out[512];
    if (r != HTTP_DONE)
        return r == HTTP_BAD ? "BAD" : "MORE";
    int n = snprintf(out, sizeof(out), STR_FMT " " STR_FMT " " STR_FMT " 1.%d%s%s%s",
                     STR_ARG(h->method), STR_ARG(h->path), h->query.p != NULL ? (int)h->query.n : 1,
                     h->query.p != NULL ? h->query.p : "-", h->minor_version,
                     h->keep_alive ? " keep" : "", h->chunked ? " chunked" : "",
                     h->expect_continue ? " expect" : "");
    if (h->has_length)
        snprintf(out + n, sizeof(out) - (size_t)n, " %llu", (unsigned long long)h->length);
    return out;
}

static void test_heads(void)
{
    static struct http_head h;
    for (size_t i = 0; i < COUNT_OF(heads); i++) {
        struct str in = str_from_c(heads[i].in);
        size_t used = 0;
        enum http_parse r = http_parse_request(in, &h, &used);
        is_str(show(&h, r), heads[i].want, "head %zu", i);
        if (r != HTTP_DONE)
            continue;
        ok(used == in.n, "all of it was used");
        bool always_more = true;
        for (size_t n = 0; n < in.n; n++)
            always_more &= http_parse_request((struct str){in.p, n}, &h, &used) == HTTP_MORE;
        ok(always_more, "every shorter input asks for more");
    }
}

static void test_header_values(void)
{
    static struct http_head h;
    size_t used;
    struct str in =
        STR("GET / HTTP/1.1\r\nHost: a\r\nX-One:  1 2\t\r\nx-one: 3\r\nEmpty:\r\n\r\nrest");
    ok(http_parse_request(in, &h, &used) == HTTP_DONE && used == in.n - 4, "stops before the body");
    is_bytes(http_header(&h, STR("x-ONE")), STR("1 2"), "the first of that name, trimmed");
    ok(http_header(&h, STR("empty")).p != NULL && http_header(&h, STR("empty")).n == 0, "empty");
    ok(http_header(&h, STR("none")).p == NULL, "absent");

    struct buf many = {0};
    buf_add(&many, STR("GET / HTTP/1.1\r\nHost: a\r\n"));
    for (int i = 1; i < HTTP_HEADERS_MAX; i++)
        buf_printf(&many, "h%d: v\r\n", i);
    size_t before = many.n;
    buf_add(&many, STR("\r\n"));
    ok(http_parse_request(buf_str(&many), &h, &used) == HTTP_DONE, "100 headers are fine");
    many.n = before;
    buf_add(&many, STR("one: more\r\n\r\n"));
    ok(http_parse_request(buf_str(&many), &h, &used) == HTTP_BAD, "101 are not");
    buf_free(&many);
}

/* Values are read some bytes at a time: what they may hold must not hang on where it stands. */
static void test_value_bytes(void)
{
    static struct http_head h;
    size_t used;
    char in[] = "GET / HTTP/1.1\r\nHost: abcdefghijklmnopqrs\r\n\r\n";
    char *value = strchr(in, 'a');
    int wrong = 0;
    for (int at = 0; at < 19; at++) {
        char was = value[at];
        for (int c = 0; c < 256; c++) {
            value[at] = (char)c;
            bool good = c == '\t' || (c >= ' ' && c != 0x7F);
            enum http_parse r = http_parse_request((struct str){in, sizeof(in) - 1}, &h, &used);
            wrong += (r == HTTP_DONE) != good;
        }
        value[at] = was;
    }
    ok(wrong == 0, "any byte but control characters, anywhere in a value");
}

static const struct {
    const char *in, *want; /* decoded | what is left, or BAD / MORE */
} bodies[] = {
    {"0\r\n\r\nnext", "|next"},
    {"3\r\nabc\r\n0\r\n\r\n", "abc|"},
    {"3;x=y\r\nabc\r\nA\r\n0123456789\r\n000\r\nTrailer: x\r\n\r\nGET", "abc0123456789|GET"},
    {"3\r\nabc", "MORE"},
    {"", "MORE"},
    {"\r\n", "BAD"},
    {"g\r\n", "BAD"},
    {" 3\r\nabc", "BAD"},
    {"3 \r\nabc\r\n", "BAD"},
    {"3\nabc\r\n", "BAD"},
    {"3\r\nabcd\r\n", "BAD"},
    {"3\r\nabc\n0\r\n\r\n", "BAD"},
    {"-1\r\n", "BAD"},
    {"0x3\r\nabc", "BAD"},
    {"FFFFFFFFFFFFFFFFF\r\n", "BAD"},
    {"3;\x01\r\nabc", "BAD"},
    {"0\r\nA: b\nc\r\n\r\n", "BAD"},
    {"0\r\nA-b:\r\nC: d e\r\n\r\n", "|"},
    {"0\r\nA b: c\r\n\r\n", "BAD"},
    {"0\r\n: c\r\n\r\n", "BAD"},
    {"0\r\nA\r\n\r\n", "BAD"},
};

static const char *feed(struct str in, size_t step, char *out, size_t room)
{
    struct http_chunked c = {0};
    struct buf b = {0};
    enum http_parse r = HTTP_MORE;
    size_t at = 0;
    while (r == HTTP_MORE && at < in.n) {
        struct str part = {in.p + at, size_min(step, in.n - at)};
        size_t n = part.n;
        r = http_chunked_feed(&c, &part, &b);
        at += n - part.n;
    }
    if (r == HTTP_DONE)
        snprintf(out, room, STR_FMT "|" STR_FMT, STR_ARG(buf_str(&b)), STR_ARG(str_from(in, at)));
    else
        snprintf(out, room, "%s", r == HTTP_BAD ? "BAD" : "MORE");
    buf_free(&b);
    return out;
}

static void test_chunked(void)
{
    char out[200];
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        struct str in = str_from_c(bodies[i].in);
        is_str(feed(in, 1000, out, sizeof(out)), bodies[i].want, "chunked %zu", i);
        is_str(feed(in, 1, out, sizeof(out)), bodies[i].want, "chunked %zu byte by byte", i);
    }
    struct http_chunked c = {0};
    struct buf b = {0};
    struct str start = STR("1;");
    (void)http_chunked_feed(&c, &start, &b);
    enum http_parse r = HTTP_MORE;
    int fed = 0;
    for (; r == HTTP_MORE && fed < 100000; fed++) {
        struct str x = STR("x");
        r = http_chunked_feed(&c, &x, &b);
    }
    ok(r == HTTP_BAD && fed <= 16 * 1024, "extensions are bounded");
    buf_free(&b);
}

int main(void)
{
    test_heads();
    test_header_values();
    test_value_bytes();
    test_chunked();
    return tap_done();
}
