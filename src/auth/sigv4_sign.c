/* sigv4_sign.c - the client's side. */
#include <stdlib.h>

#include "auth/sigv4_int.h"
#include "base/buf.h"
#include "codec/time_iso.h"

static int by_bytes(const void *a, const void *b)
{
    const struct str *x = a, *y = b;
    return str_cmp(*x, *y);
}

static struct str lower(struct arena *mem, struct str s)
{
    char *p = arena_bytes(mem, s.n + 1);
    for (size_t i = 0; i < s.n; i++)
        p[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + 32 : s.p[i]);
    return (struct str){p, s.n};
}

/* The names in lower case, in order, each once, joined by ';'. */
static struct str name_list(const struct sigv4_header *h, size_t n, struct arena *mem)
{
    struct str *names = NEW_ARRAY(mem, struct str, n);
    size_t bytes = 0;
    for (size_t i = 0; i < n; i++) {
        names[i] = lower(mem, h[i].name);
        bytes += names[i].n + 1;
    }
    qsort(names, n, sizeof(*names), by_bytes);
    struct buf b = {.p = arena_bytes(mem, bytes), .cap = bytes, .max = bytes};
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && str_eq(names[i], names[i - 1]))
            continue;
        if (b.n > 0)
            buf_byte(&b, ';');
        buf_add(&b, names[i]);
    }
    return buf_str(&b);
}

void sigv4_sign(const struct sigv4_signer *s, const struct sigv4_request *rq, int64_t now_ms,
                struct arena *mem, struct sigv4_signed *out)
{
    char now[17], signature[SIGV4_SIGNATURE_CHARS];
    struct hmac_key key;
    time_iso_basic(now_ms, now);
    struct str date = arena_dup(mem, str_from_c(now)), day = {date.p, 8};
    *out = (struct sigv4_signed){0};
    out->header[out->n++] = (struct sigv4_header){STR("X-Amz-Date"), date};
    if (s->session_token.n > 0)
        out->header[out->n++] =
            (struct sigv4_header){STR("X-Amz-Security-Token"), s->session_token};

    size_t n = rq->headers_n;
    struct sigv4_header *all = NEW_ARRAY(mem, struct sigv4_header, n + out->n);
    for (size_t i = 0; i < n; i++)
        all[i] = rq->headers[i];
    for (size_t i = 0; i < out->n; i++)
        all[n++] = out->header[i];

    struct sigv4_request whole = *rq;
    whole.headers = all;
    whole.headers_n = n;
    struct str names = name_list(all, n, mem);
    struct sigv4_params query = sigv4_parse_query(mem, rq->query);
    struct str scope = arena_printf(mem, STR_FMT "/" STR_FMT "/" STR_FMT "/aws4_request",
                                    STR_ARG(day), STR_ARG(s->region), STR_ARG(s->service));
    struct str canonical = sigv4_canonical(&whole, &query, names, mem);
    sigv4_derive_key(s->secret_key, day, s->region, s->service, &key);
    sigv4_signature(&key, sigv4_string_to_sign(date, scope, canonical, mem), signature);
    struct str value = arena_printf(mem,
                                    "AWS4-HMAC-SHA256 Credential=" STR_FMT "/" STR_FMT
                                    ", SignedHeaders=" STR_FMT ", Signature=" STR_FMT,
                                    STR_ARG(s->access_key), STR_ARG(scope), STR_ARG(names),
                                    SIGV4_SIGNATURE_CHARS, signature);
    out->header[out->n++] = (struct sigv4_header){STR("Authorization"), value};
}
