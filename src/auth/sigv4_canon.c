/* sigv4_canon.c - the canonical request, the string to sign, the derived key. */
#include <openssl/crypto.h>
#include <stdlib.h>

#include "auth/sigv4_int.h"
#include "base/buf.h"

struct str sigv4_find_header(const struct sigv4_request *rq, struct str name)
{
    for (size_t i = 0; i < rq->headers_n; i++)
        if (str_eq_nocase(rq->headers[i].name, name))
            return rq->headers[i].value;
    return (struct str){0};
}

/* Cuts off what is in front of the next `at`, which is dropped. */
static struct str cut(struct str *rest, char at)
{
    const char *p = rest->n > 0 ? memchr(rest->p, at, rest->n) : NULL;
    struct str head = {rest->p, p != NULL ? (size_t)(p - rest->p) : rest->n};
    *rest = p != NULL ? str_from(*rest, head.n + 1) : (struct str){0};
    return head;
}

/* A '%' without two hex digits stands for itself. */
static struct str percent_decode(struct arena *mem, struct str s)
{
    if (s.n == 0 || memchr(s.p, '%', s.n) == NULL)
        return s;
    char *to = arena_bytes(mem, s.n);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char byte;
        if (s.p[i] == '%' && s.n - i > 2 && hex_decode((struct str){s.p + i + 1, 2}, &byte)) {
            to[n++] = (char)byte;
            i += 2;
        } else {
            to[n++] = s.p[i];
        }
    }
    return (struct str){to, n};
}

struct sigv4_params sigv4_parse_query(struct arena *mem, struct str query)
{
    struct sigv4_params out = {0};
    size_t max = 1;
    if (query.n == 0)
        return out;
    for (size_t i = 0; i < query.n; i++)
        max += query.p[i] == '&';
    out.p = NEW_ARRAY(mem, struct sigv4_param, max);
    while (query.n > 0) {
        struct str value = cut(&query, '&');
        if (value.n == 0)
            continue;
        struct str name = cut(&value, '=');
        if (value.p == NULL)
            value = STR(""); /* present, though nothing was said of it */
        out.p[out.n++] =
            (struct sigv4_param){percent_decode(mem, name), percent_decode(mem, value)};
    }
    return out;
}

static void encode(struct buf *to, struct str s)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            c == '-' || c == '.' || c == '_' || c == '~')
            buf_byte(to, (char)c);
        else
            buf_add(to, (struct str){(char[]){'%', hex[c >> 4], hex[c & 15]}, 3});
    }
}

/* Dots are resolved, empty segments dropped, and what the client had encoded is
 * encoded once more: all services but S3 do so. */
static void add_path(struct buf *to, struct str path)
{
    size_t start = to->n;
    bool slash = path.n > 0 && path.p[path.n - 1] == '/';
    while (path.n > 0) {
        struct str segment = cut(&path, '/');
        if (segment.n == 0 || str_eq(segment, STR(".")))
            continue;
        if (str_eq(segment, STR(".."))) {
            while (to->n > start && to->p[--to->n] != '/') {
            }
            continue;
        }
        buf_byte(to, '/');
        encode(to, segment);
    }
    if (to->n == start || slash)
        buf_byte(to, '/');
}

struct encoded {
    struct str name, value;
};

static int by_name_and_value(const void *a, const void *b)
{
    const struct encoded *x = a, *y = b;
    int c = str_cmp(x->name, y->name);
    return c != 0 ? c : str_cmp(x->value, y->value);
}

static struct str encoded(struct arena *mem, struct str s)
{
    size_t max = 3 * s.n + 1;
    struct buf b = {.p = arena_bytes(mem, max), .cap = max, .max = max};
    encode(&b, s);
    assert(!b.overflow);
    return buf_str(&b);
}

/* The order is that of the encoded forms. */
static void add_query(struct buf *to, const struct sigv4_params *query, struct arena *mem)
{
    if (query->n == 0)
        return;
    struct encoded *all = NEW_ARRAY(mem, struct encoded, query->n);
    size_t n = 0;
    for (size_t i = 0; i < query->n; i++)
        if (!str_eq(query->p[i].name, STR("X-Amz-Signature")))
            all[n++] =
                (struct encoded){encoded(mem, query->p[i].name), encoded(mem, query->p[i].value)};
    qsort(all, n, sizeof(*all), by_name_and_value);
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_byte(to, '&');
        buf_add(to, all[i].name);
        buf_byte(to, '=');
        buf_add(to, all[i].value);
    }
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Without blanks around it, and runs of blanks inside made one space. */
static void add_trimmed(struct buf *to, struct str s)
{
    if (s.n == 0 || (memchr(s.p, ' ', s.n) == NULL && memchr(s.p, '\t', s.n) == NULL)) {
        buf_add(to, s); /* nearly all */
        return;
    }
    char *p = buf_room(to, s.n);
    if (p == NULL)
        return;
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (!is_blank(s.p[i]))
            p[n++] = s.p[i];
        else if (n > 0 && p[n - 1] != ' ')
            p[n++] = ' ';
    }
    to->n += n > 0 && p[n - 1] == ' ' ? n - 1 : n;
}

static void add_headers(struct buf *to, const struct sigv4_request *rq, struct str names)
{
    while (names.n > 0 && !to->overflow) {
        struct str name = cut(&names, ';');
        bool more = false;
        buf_add(to, name);
        buf_byte(to, ':');
        for (size_t i = 0; i < rq->headers_n; i++) {
            if (!str_eq_nocase(rq->headers[i].name, name))
                continue;
            if (more)
                buf_byte(to, ',');
            add_trimmed(to, rq->headers[i].value);
            more = true;
        }
        buf_byte(to, '\n');
    }
}

struct str sigv4_canonical(const struct sigv4_request *rq, const struct sigv4_params *query,
                           struct str signed_headers, struct arena *mem)
{
    unsigned char hash[SHA256_BYTES];
    char hex[2 * SHA256_BYTES];
    /* Encoding triples at most; every parameter and every header adds two separators. */
    size_t max =
        rq->method.n + 3 * rq->path.n + 4 * rq->query.n + 4 * signed_headers.n + sizeof(hex) + 16;
    for (size_t i = 0; i < rq->headers_n; i++)
        max += rq->headers[i].value.n + 1;
    /* Full from the start, so that the buffer never reallocates what is the arena's. */
    struct buf b = {.p = arena_bytes(mem, max), .cap = max, .max = max};
    buf_add(&b, rq->method);
    buf_byte(&b, '\n');
    add_path(&b, rq->path);
    buf_byte(&b, '\n');
    add_query(&b, query, mem);
    buf_byte(&b, '\n');
    add_headers(&b, rq, signed_headers);
    buf_byte(&b, '\n');
    buf_add(&b, signed_headers);
    buf_byte(&b, '\n');
    sha256(rq->body, hash);
    hex_encode(hash, sizeof(hash), hex);
    buf_add(&b, (struct str){hex, sizeof(hex)});
    return buf_str(&b);
}

struct str sigv4_string_to_sign(struct str date, struct str scope, struct str canonical,
                                struct arena *mem)
{
    unsigned char hash[SHA256_BYTES];
    struct str algorithm = STR("AWS4-HMAC-SHA256");
    size_t max = algorithm.n + date.n + scope.n + 2 * sizeof(hash) + 3;
    struct buf b = {.p = arena_bytes(mem, max), .cap = max, .max = max};
    buf_add(&b, algorithm);
    buf_byte(&b, '\n');
    buf_add(&b, date);
    buf_byte(&b, '\n');
    buf_add(&b, scope);
    buf_byte(&b, '\n');
    sha256(canonical, hash);
    hex_encode(hash, sizeof(hash), b.p + b.n);
    b.n += 2 * sizeof(hash);
    assert(b.n == max);
    return buf_str(&b);
}

void sigv4_derive_key(struct str secret, struct str date, struct str region, struct str service,
                      struct hmac_key *out)
{
    struct str parts[] = {date, region, service, STR("aws4_request")};
    struct buf first = {0};
    unsigned char key[SHA256_BYTES];
    buf_add(&first, STR("AWS4"));
    buf_add(&first, secret);
    hmac_key_init(out, buf_str(&first));
    OPENSSL_cleanse(first.p, first.n);
    buf_free(&first);
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        hmac_sha256(out, parts[i], key);
        hmac_key_init(out, (struct str){(char *)key, sizeof(key)});
    }
    OPENSSL_cleanse(key, sizeof(key));
}

void sigv4_signature(const struct hmac_key *k, struct str string_to_sign,
                     char out[SIGV4_SIGNATURE_CHARS])
{
    unsigned char mac[SHA256_BYTES];
    hmac_sha256(k, string_to_sign, mac);
    hex_encode(mac, sizeof(mac), out);
}
