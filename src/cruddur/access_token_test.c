#include "cruddur/access_token.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include "base/tap.h"
#include "codec/base64.h"

#define ISS "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_A"
#define GOOD                                                                                       \
    "\"sub\":\"s-1\",\"username\":\"u\",\"iss\":\"" ISS                                            \
    "\",\"token_use\":\"access\",\"client_id\":\"c\","

static const char good_header[] = "{\"kid\":\"k1\",\"alg\":\"RS256\"}";

/* Whether the token splits (1) and verifies (2), at time 1000. */
static const struct {
    const char *what, *header, *claims;
    int want;
} cases[] = {
    {"a good one", good_header, "{" GOOD "\"exp\":1001}", 2},
    {"other claims do not matter", good_header, "{" GOOD "\"exp\":1001,\"x\":{\"exp\":[1]}}", 2},
    {"expired this second", good_header, "{" GOOD "\"exp\":1000}", 1},
    {"no expiry", good_header, "{\"x\":1," GOOD "\"y\":1}", 1},
    {"expiry with a fraction", good_header, "{" GOOD "\"exp\":1001.5}", 1},
    {"expiry below zero", good_header, "{" GOOD "\"exp\":-1}", 1},
    {"expiry beyond all numbers", good_header, "{" GOOD "\"exp\":99999999999999999999}", 1},
    {"expiry as a text", good_header, "{" GOOD "\"exp\":\"1001\"}", 1},
    {"a later member wins", good_header, "{" GOOD "\"exp\":1001,\"client_id\":\"d\"}", 1},
    {"another issuer", good_header, "{" GOOD "\"exp\":1001,\"iss\":\"" ISS "B\"}", 1},
    {"an id token", good_header, "{" GOOD "\"exp\":1001,\"token_use\":\"id\"}", 1},
    {"an empty subject", good_header, "{" GOOD "\"exp\":1001,\"sub\":\"\"}", 1},
    {"a subject that is no text", good_header, "{" GOOD "\"exp\":1001,\"sub\":1}", 1},
    {"claims that are no object", good_header, "[]", 1},
    {"claims cut short", good_header, "{" GOOD "\"exp\":1001", 1},
    {"something behind the claims", good_header, "{" GOOD "\"exp\":1001}x", 1},
    {"no algorithm", "{\"kid\":\"k1\"}", "{" GOOD "\"exp\":1001}", 0},
    {"algorithm none", "{\"kid\":\"k1\",\"alg\":\"none\"}", "{" GOOD "\"exp\":1001}", 0},
    {"a symmetric algorithm", "{\"kid\":\"k1\",\"alg\":\"HS256\"}", "{" GOOD "\"exp\":1001}", 0},
    {"no key", "{\"alg\":\"RS256\"}", "{" GOOD "\"exp\":1001}", 0},
    {"a header that is no JSON", "x", "{" GOOD "\"exp\":1001}", 0},
};

static struct str signed_token(struct arena *mem, EVP_PKEY *key, const char *header,
                               const char *claims)
{
    struct buf b = {.mem = mem};
    unsigned char sig[512];
    size_t n = sizeof(sig);
    base64url_encode(&b, str_from_c(header));
    buf_byte(&b, '.');
    base64url_encode(&b, str_from_c(claims));
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) != 1 ||
        EVP_DigestSign(ctx, sig, &n, (const unsigned char *)b.p, b.n) != 1)
        n = 0;
    EVP_MD_CTX_free(ctx);
    buf_byte(&b, '.');
    base64url_encode(&b, (struct str){(const char *)sig, n});
    return buf_str(&b);
}

static struct str number(struct arena *mem, EVP_PKEY *key, const char *name)
{
    unsigned char bytes[512];
    struct buf b = {.mem = mem};
    BIGNUM *v = NULL;
    if (EVP_PKEY_get_bn_param(key, name, &v) == 1)
        base64url_encode(&b, (struct str){(const char *)bytes, (size_t)BN_bn2bin(v, bytes)});
    BN_free(v);
    return buf_str(&b);
}

static int verdict(struct arena *mem, struct str text, EVP_PKEY *key, struct access_claims *claims)
{
    struct access_token t;
    const char *why;
    const struct access_rules rules = {
        .issuer = {{0}, STR(ISS)}, .client_id = STR("c"), .now_s = 1000};
    if (!access_token_split(mem, text, &t))
        return 0;
    return access_token_verify(mem, &t, key, &rules, claims, &why) ? 2 : 1;
}

static void test_bytes(struct arena *mem, struct str text, EVP_PKEY *key)
{
    struct access_claims claims;
    char *p = arena_cstr(mem, text);
    int accepted = 0, tried = 0;
    for (size_t i = 0; i + 1 < text.n; i++) { /* the last character holds unused bits */
        char c = p[i];
        p[i] = c == 'A' ? 'B' : 'A';
        accepted += verdict(mem, (struct str){p, text.n}, key, &claims) == 2;
        p[i] = c;
        tried++;
    }
    ok(tried > 500 && accepted == 0, "no byte can be changed");
    for (size_t n = 0; n < text.n; n++)
        accepted += verdict(mem, (struct str){p, n}, key, &claims) == 2;
    ok(accepted == 0, "nor left out at the end");
}

int main(void)
{
    struct arena mem = {0};
    struct access_claims claims = {0};
    EVP_PKEY *key = EVP_RSA_gen(2048), *other = EVP_RSA_gen(2048);
    struct str n = number(&mem, key, OSSL_PKEY_PARAM_RSA_N);
    EVP_PKEY *public = access_token_key(&mem, n, STR("AQAB"));
    ok(public != NULL, "a key from a JWK");
    ok(access_token_key(&mem, STR("AQAB"), STR("AQAB")) == NULL, "a short key is none");
    ok(access_token_key(&mem, STR("!"), STR("AQAB")) == NULL, "nor is garbage");
    ok(access_token_key(&mem, n, (struct str){0}) == NULL, "nor half of one");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct str t = signed_token(&mem, key, cases[i].header, cases[i].claims);
        ok(verdict(&mem, t, public, &claims) == cases[i].want, "%s", cases[i].what);
    }
    struct str good = signed_token(&mem, key, cases[0].header, cases[0].claims);
    ok(verdict(&mem, good, other, &claims) == 1, "another key");
    ok(verdict(&mem, good, public, &claims) == 2, "the key");
    is_bytes(claims.sub, STR("s-1"), "who");
    is_bytes(claims.username, STR("u"), "by name");
    ok(claims.exp_s == 1001, "until when");
    test_bytes(&mem, good, public);
    EVP_PKEY_free(key);
    EVP_PKEY_free(other);
    EVP_PKEY_free(public);
    arena_free(&mem);
    return tap_done();
}
