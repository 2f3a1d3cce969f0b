#include "cloud/pool_jwt.h"

#include "base/tap.h"
#include "cloud/pool_seal.h"
#include "codec/base64.h"

static void with_head(struct arena *mem, const char *head, struct str token, struct buf *out)
{
    *out = (struct buf){.mem = mem};
    base64url_encode(out, str_from_c(head));
    buf_add(out, str_from(token, (size_t)((const char *)memchr(token.p, '.', token.n) - token.p)));
}

static void test_jwt(struct arena *mem)
{
    struct str der, kid, other_der, other_kid;
    struct err e = {0};
    struct buf token = {.mem = mem}, changed, public = {.mem = mem};
    struct pool_jwt t;
    pool_jwt_key(mem, &der, &kid);
    pool_jwt_key(mem, &other_der, &other_kid);
    ok(!str_eq(kid, other_kid), "keys differ");
    ok(pool_jwt_sign(der, kid, STR("{\"a\":1}"), &token, &e), "signs");
    ok(pool_jwt_parse(mem, buf_str(&token), &t), "reads it back");
    is_bytes(t.claims, STR("{\"a\":1}"), "the claims");
    ok(pool_jwt_verify(&t, der), "verifies");
    ok(!pool_jwt_verify(&t, other_der), "not with another key");
    ok(!pool_jwt_verify(&t, STR("nonsense")), "not with nonsense");
    token.p[token.n / 2] ^= 1;
    ok(!pool_jwt_parse(mem, buf_str(&token), &t) || !pool_jwt_verify(&t, der), "nor changed");
    token.p[token.n / 2] ^= 1;
    ok(pool_jwt_public(der, kid, &public, &e), "the public half");
    ok(memmem(public.p, public.n, "\"d\"", 3) == NULL, "has no private number");
    ok(!pool_jwt_sign(STR("nonsense"), kid, STR("{}"), &token, &e) && e.code == ERR_IO,
       "a damaged key is an error");

    static const char *const heads[] = {
        "{\"alg\":\"none\"}", "{\"alg\":\"HS256\"}",  "{}", "[]", "",
        "{\"alg\":\"RS256\"", "{\"alg\":[\"RS256\"]}"};
    for (size_t i = 0; i < COUNT_OF(heads); i++) {
        with_head(mem, heads[i], buf_str(&token), &changed);
        ok(!pool_jwt_parse(mem, buf_str(&changed), &t), "no token: %s", heads[i]);
    }
    static const char *const texts[] = {"", ".", "..", "a", "a.b", "a.b.c", "....", "e30.e30.e30"};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        ok(!pool_jwt_parse(mem, str_from_c(texts[i]), &t), "no token: \"%s\"", texts[i]);
}

static void test_seal(void)
{
    unsigned char key[POOL_SEAL_KEY_BYTES] = {1}, other[POOL_SEAL_KEY_BYTES] = {2};
    struct buf sealed = {0}, again = {0}, plain = {0};
    pool_seal(key, STR("x"), STR("secret"), &sealed);
    pool_seal(key, STR("x"), STR("secret"), &again);
    ok(!str_eq(buf_str(&sealed), buf_str(&again)), "never the same twice");
    ok(pool_unseal(key, STR("x"), buf_str(&sealed), &plain), "opens");
    is_bytes(buf_str(&plain), STR("secret"), "what was in it");
    ok(!pool_unseal(other, STR("x"), buf_str(&sealed), &plain), "not with another key");
    ok(!pool_unseal(key, STR("y"), buf_str(&sealed), &plain), "not as something else");
    for (size_t i = 0; i < sealed.n; i += 7) {
        sealed.p[i] ^= 1;
        ok(!pool_unseal(key, STR("x"), buf_str(&sealed), &plain), "not with byte %zu changed", i);
        sealed.p[i] ^= 1;
    }
    for (size_t n = 0; n < sealed.n; n += 5)
        ok(!pool_unseal(key, STR("x"), (struct str){sealed.p, n}, &plain), "not cut to %zu", n);
    is_bytes(buf_str(&plain), STR("secret"), "failures add nothing");
    buf_free(&sealed);
    buf_free(&again);
    buf_free(&plain);
}

int main(void)
{
    struct arena mem = {0};
    test_jwt(&mem);
    test_seal();
    arena_free(&mem);
    return tap_done();
}
