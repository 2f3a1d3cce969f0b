/* fuzz_http.c - heads and chunked bodies of requests.
 *
 * Oracles: a result does not depend on how the bytes are cut; what is said to be
 * complete stays so when more follows; and, where the library is there, http_parser
 * agrees: it must accept what we accept.  (We refuse more than it does.) */
#include <stdio.h>
#include <stdlib.h>

#ifdef HAVE_HTTP_PARSER
#include <http_parser.h>
#endif

#include "base/buf.h"
#include "net/http_coding.h"
#include "net/http_parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define check(x)                                                                                   \
    do {                                                                                           \
        if (!(x))                                                                                  \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x), abort();                       \
    } while (0)

#ifdef HAVE_HTTP_PARSER
struct theirs {
    size_t body_n;
    bool head, complete;
};

static int on_body(http_parser *p, const char *at, size_t n)
{
    struct theirs *t = p->data;
    (void)at;
    t->body_n += n;
    return 0;
}

static int on_head(http_parser *p)
{
    struct theirs *t = p->data;
    t->head = true;
    return 0;
}

static int on_complete(http_parser *p)
{
    struct theirs *t = p->data;
    t->complete = true;
    http_parser_pause(p, 1);
    return 0;
}

/* It takes a name that only begins like one it looks for to be that one. */
static bool confuses_it(struct str name)
{
    static const struct str special[] = {STR("transfer-encoding"), STR("content-length"),
                                         STR("connection"), STR("proxy-connection"),
                                         STR("upgrade")};
    for (size_t i = 0; i < COUNT_OF(special); i++)
        if (name.n > special[i].n && str_eq_nocase((struct str){name.p, special[i].n}, special[i]))
            return true;
    return false;
}

/* It knows a fixed list of methods, and reads on after an upgrade. */
static bool comparable(const struct http_head *h)
{
    static const char *const methods[] = {"GET",  "POST",    "PUT",  "DELETE",
                                          "HEAD", "OPTIONS", "PATCH"};
    bool known = false;
    for (size_t i = 0; i < COUNT_OF(methods); i++)
        known |= str_eq(h->method, str_from_c(methods[i]));
    for (uint32_t i = 0; i < h->headers_n; i++)
        known &= !confuses_it(h->header[i].name);
    return known && h->target.p[0] == '/' && http_header(h, STR("upgrade")).p == NULL &&
           (h->minor_version == 1 || h->has_length);
}

/* `n` bytes hold the whole request as we read it. */
static void compare(const struct http_head *h, struct str in, size_t n, size_t body_n)
{
    static const http_parser_settings settings = {
        .on_body = on_body, .on_headers_complete = on_head, .on_message_complete = on_complete};
    struct theirs t = {0};
    http_parser p;
    if (!comparable(h))
        return;
    http_parser_init(&p, HTTP_REQUEST);
    p.data = &t;
    size_t used = http_parser_execute(&p, &settings, in.p, n);
    check(t.head && t.complete);
    check(t.body_n == body_n);
    /* Paused on the last byte, which counts as used or not. */
    check(used == n || used + 1 == n);
}
#else
static void compare(const struct http_head *h, struct str in, size_t n, size_t body_n)
{
    (void)h, (void)in, (void)n, (void)body_n;
}
#endif

static enum http_parse feed(struct str in, size_t step, struct buf *out, size_t *used)
{
    struct http_chunked c = {0};
    enum http_parse r = HTTP_MORE;
    *used = 0;
    while (r == HTTP_MORE && *used < in.n) {
        struct str part = {in.p + *used, size_min(step, in.n - *used)};
        size_t had = part.n;
        r = http_chunked_feed(&c, &part, out);
        check(r != HTTP_MORE || part.n == 0);
        *used += had - part.n;
    }
    return r;
}

static bool chunked_body(struct str in, size_t *used, size_t *body_n)
{
    struct buf whole = {.max = 1 << 20}, bytes = {.max = 1 << 20};
    size_t again;
    enum http_parse r = feed(in, SIZE_MAX, &whole, used);
    check(feed(in, 1, &bytes, &again) == r);
    check(again == *used && str_eq(buf_str(&whole), buf_str(&bytes)));
    *body_n = whole.n;
    buf_free(&whole);
    buf_free(&bytes);
    return r == HTTP_DONE;
}

static void decode(struct str in)
{
    for (int coding = HTTP_CODING_GZIP; coding <= HTTP_CODING_DEFLATE; coding++) {
        struct buf out = {.max = 1 << 16};
        if (in.n > 0 && http_decode(coding, in, &out) == HTTP_DECODED)
            check(out.n <= out.max);
        buf_free(&out);
    }
    (void)http_coding_accepted(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct http_head h, part;
    struct str in = {(const char *)data, size};
    size_t used = 0, used_part, body_used = 0, body_n = 0;

    enum http_parse r = http_parse_request(in, &h, &used);
    size_t head_n = r == HTTP_DONE ? used : in.n;
    for (size_t n = 0; n < size_min(head_n, 300); n++) {
        enum http_parse s = http_parse_request((struct str){in.p, n}, &part, &used_part);
        check(s == HTTP_MORE || (s == HTTP_BAD && r == HTTP_BAD));
    }
    decode(in);
    if (r != HTTP_DONE) {
        (void)chunked_body(in, &body_used, &body_n);
        return 0;
    }
    check(used <= in.n && h.headers_n <= HTTP_HEADERS_MAX && !(h.chunked && h.has_length));
    struct str rest = str_from(in, used);
    if (h.chunked) {
        if (chunked_body(rest, &body_used, &body_n))
            compare(&h, in, used + body_used, body_n);
    } else if (h.length <= rest.n) {
        compare(&h, in, used + (size_t)h.length, (size_t)h.length);
    }
    return 0;
}
