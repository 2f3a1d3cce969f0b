/* fuzz_sigv4.c - lines: Authorization, X-Amz-Date, path, query, two header values;
 * then the body.  Whatever they are, a refusal is one of the service's and can be
 * sent; and what our signer signs, our verifier accepts. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "auth/credentials.h"
#include "auth/sigv4.h"
#include "codec/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW_MS 1795343935000LL /* 20261122T103855Z */

static void require(bool fine)
{
    if (!fine)
        abort();
}

static struct str line(struct str *rest)
{
    const char *p = rest->n > 0 ? memchr(rest->p, '\n', rest->n) : NULL;
    struct str head = {rest->p, p != NULL ? (size_t)(p - rest->p) : rest->n};
    *rest = str_from(*rest, p != NULL ? head.n + 1 : head.n);
    return head;
}

static struct credentials *keys(const char *token)
{
    struct credentials *c;
    struct err e = {0};
    char text[128];
    int n = snprintf(text, sizeof(text),
                     "[a]\naws_access_key_id=AKIDEXAMPLE\naws_secret_access_key=s\n%s", token);
    require(credentials_parse("fuzz", (struct str){text, (size_t)n}, &c, &e));
    return c;
}

static void verify(const struct sigv4_request *rq, struct credentials *c, bool must)
{
    struct arena mem = {0};
    struct sigv4_identity who;
    struct err e = {0};
    bool fine = sigv4_verify(rq, c, NOW_MS, &mem, &who, &e);
    require(fine || !must);
    require(fine == (e.code == ERR_NONE));
    require(fine || e.code == ERR_INVALID_SIGNATURE || e.code == ERR_INCOMPLETE_SIGNATURE ||
            e.code == ERR_MISSING_AUTHENTICATION_TOKEN || e.code == ERR_UNRECOGNIZED_CLIENT);
    require(utf8_valid(str_from_c(e.msg)));
    arena_free(&mem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = {size > 0 ? (const char *)data : "", size};
    struct sigv4_header h[8] = {0};
    size_t n = 0;
    h[n++] = (struct sigv4_header){STR("Authorization"), line(&rest)};
    h[n++] = (struct sigv4_header){STR("x-amz-date"), line(&rest)};
    struct sigv4_request rq = {.method = STR("POST"), .headers = h};
    rq.path = line(&rest);
    rq.query = line(&rest);
    h[n++] = (struct sigv4_header){STR("Host"), line(&rest)};
    h[n++] = (struct sigv4_header){STR("host"), line(&rest)};
    rq.body = rest;
    rq.headers_n = n;

    struct credentials *plain = keys(""), *with_token = keys("aws_session_token=t");
    (void)sigv4_scope_service(h[0].value);
    verify(&rq, NULL, false);
    verify(&rq, plain, false);
    verify(&rq, with_token, false);
    rq.headers = h + 2; /* the query alone */
    rq.headers_n = n - 2;
    verify(&rq, plain, false);

    struct arena mem = {0};
    struct sigv4_signer s = {.access_key = STR("AKIDEXAMPLE"),
                             .secret_key = STR("s"),
                             .region = STR("eu-west-1"),
                             .service = STR("dynamodb"),
                             .session_token = STR("t")};
    struct sigv4_signed added;
    sigv4_sign(&s, &rq, NOW_MS, &mem, &added);
    require(added.n == 3);
    for (size_t i = 0; i < added.n; i++)
        h[n++] = added.header[i];
    rq.headers_n = n - 2;
    /* Only a query that claims to be an authorization may spoil it. */
    bool claims = memmem(rq.query.n > 0 ? rq.query.p : "", rq.query.n, "%", 1) != NULL ||
                  memmem(rq.query.n > 0 ? rq.query.p : "", rq.query.n, "X-Amz-", 6) != NULL;
    verify(&rq, with_token, !claims);
    arena_free(&mem);
    credentials_free(plain);
    credentials_free(with_token);
    return 0;
}
