/* fuzz_access_token.c - the bytes as a token, as a query and as a key of a pool.
 * Whatever they are, a token that nobody signed is not believed, and what it says can
 * be read without harm. */
#include <openssl/rsa.h>
#include <stdint.h>
#include <stdlib.h>

#include "cruddur/access_token.h"
#include "cruddur/router.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static EVP_PKEY *key_once(void)
{
    static EVP_PKEY *key;
    if (key == NULL)
        key = EVP_RSA_gen(2048);
    return key;
}

static void try_token(struct arena *mem, struct str text)
{
    const struct access_rules rules = {.issuer = {STR("i")}, .client_id = STR("c"), .now_s = 0};
    struct access_token t;
    struct access_claims claims;
    const char *why = NULL;
    if (!access_token_split(mem, text, &t))
        return;
    if (t.kid.n == 0 || t.signed_part.n + 1 + t.signature.n > text.n)
        abort();
    if (access_token_verify(mem, &t, key_once(), &rules, &claims, &why) || why == NULL)
        abort();
}

static void try_query(struct arena *mem, struct str text)
{
    struct str v = router_query(text, STR("a"), mem);
    if (v.n > text.n || (v.p == NULL && v.n > 0))
        abort();
    struct str once = router_decode(text, false, mem);
    if (once.n > text.n)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena mem = {0};
    struct str text = {(const char *)data, size};
    try_token(&mem, text);
    try_query(&mem, text);
    const char *dot = size > 0 ? memchr(data, '.', size) : NULL;
    if (dot != NULL) {
        size_t n = (size_t)(dot - text.p);
        EVP_PKEY_free(access_token_key(&mem, (struct str){text.p, n}, str_from(text, n + 1)));
    }
    arena_free(&mem);
    return 0;
}
