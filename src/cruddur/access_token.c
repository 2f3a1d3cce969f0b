/* access_token.c - see access_token.h. */
#include "cruddur/access_token.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "codec/base64.h"
#include "codec/json.h"

enum { DEPTH_MAX = 16, KEY_BITS_MIN = 2048, KEY_BITS_MAX = 8192 };

static bool decode(struct arena *mem, struct str text, struct str *out)
{
    struct buf b = {.mem = mem};
    if (!base64url_decode(&b, text))
        return false;
    *out = buf_str(&b);
    return true;
}

/* Members of an object that are strings, or one that is an integer. */
struct wanted {
    const char *name;
    struct str *string;
    int64_t *integer;
};

static bool integer(struct str text, int64_t *out)
{
    int64_t v = 0;
    if (!json_is_integer(text) || text.n > 15 || text.p[0] == '-')
        return false;
    for (size_t i = 0; i < text.n; i++)
        v = v * 10 + (text.p[i] - '0');
    *out = v;
    return true;
}

static bool take(struct json *j, const struct wanted *w)
{
    enum json_type type = json_next(j);
    if (w->string != NULL) {
        if (type != JSON_STRING)
            return false;
        *w->string = j->text;
        return true;
    }
    return type == JSON_NUMBER && integer(j->text, w->integer);
}

static bool members(struct arena *mem, struct str text, const struct wanted *w, size_t n)
{
    struct json j;
    struct str name;
    json_init(&j, mem, text, DEPTH_MAX);
    if (json_next(&j) != JSON_OBJECT)
        return false;
    while (json_member(&j, &name)) {
        size_t i = 0;
        while (i < n && !str_eq(name, str_from_c(w[i].name)))
            i++;
        if (i == n)
            json_skip(&j);
        else if (!take(&j, &w[i]))
            return false;
    }
    return json_end(&j);
}

static bool split_at_dot(struct str *rest, struct str *out)
{
    const char *dot = rest->n > 0 ? memchr(rest->p, '.', rest->n) : NULL;
    if (dot == NULL)
        return false;
    *out = (struct str){rest->p, (size_t)(dot - rest->p)};
    *rest = str_from(*rest, out->n + 1);
    return true;
}

bool access_token_split(struct arena *mem, struct str text, struct access_token *out)
{
    struct access_token t = {0};
    struct str rest = text, header, payload, alg = {0};
    if (text.n > ACCESS_TOKEN_BYTES_MAX || !split_at_dot(&rest, &header) ||
        !split_at_dot(&rest, &payload))
        return false;
    t.signed_part = (struct str){text.p, header.n + 1 + payload.n};
    if (!decode(mem, header, &t.header) || !decode(mem, payload, &t.payload) ||
        !decode(mem, rest, &t.signature))
        return false;
    const struct wanted wanted[] = {{"alg", &alg, NULL}, {"kid", &t.kid, NULL}};
    if (!members(mem, t.header, wanted, COUNT_OF(wanted)))
        return false;
    if (!str_eq(alg, STR("RS256")) || t.kid.n == 0)
        return false;
    *out = t;
    return true;
}

static bool signature_good(const struct access_token *t, EVP_PKEY *key)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (ctx == NULL)
        abort();
    bool good = EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestVerify(ctx, (const unsigned char *)t->signature.p, t->signature.n,
                                 (const unsigned char *)t->signed_part.p, t->signed_part.n) == 1;
    EVP_MD_CTX_free(ctx);
    return good;
}

static bool issuer_known(const struct access_rules *rules, struct str iss)
{
    for (size_t i = 0; i < ACCESS_TOKEN_ISSUERS_MAX; i++)
        if (rules->issuer[i].n > 0 && str_eq(rules->issuer[i], iss))
            return true;
    return false;
}

bool access_token_verify(struct arena *mem, const struct access_token *t, EVP_PKEY *key,
                         const struct access_rules *rules, struct access_claims *out,
                         const char **why)
{
    struct access_claims c = {0};
    struct str iss = {0}, use = {0}, client = {0};
    const struct wanted wanted[] = {
        {"sub", &c.sub, NULL},     {"username", &c.username, NULL}, {"iss", &iss, NULL},
        {"token_use", &use, NULL}, {"client_id", &client, NULL},    {"exp", NULL, &c.exp_s},
    };
    *why = NULL;
    if (!signature_good(t, key))
        *why = "wrong signature";
    else if (!members(mem, t->payload, wanted, COUNT_OF(wanted)))
        *why = "malformed claims";
    else if (rules->now_s >= c.exp_s)
        *why = "expired";
    else if (!issuer_known(rules, iss))
        *why = "of another issuer";
    else if (!str_eq(use, STR("access")))
        *why = "not an access token";
    else if (rules->client_id.n == 0 || !str_eq(client, rules->client_id))
        *why = "of another client";
    else if (c.sub.n == 0)
        *why = "without a subject";
    if (*why != NULL)
        return false;
    *out = c;
    return true;
}

static EVP_PKEY *rsa_key(BIGNUM *n, BIGNUM *e)
{
    EVP_PKEY *key = NULL;
    OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    OSSL_PARAM *params = NULL;
    if (b != NULL && ctx != NULL && OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
        OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_E, e) == 1)
        params = OSSL_PARAM_BLD_to_param(b);
    if (params == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(b);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

EVP_PKEY *access_token_key(struct arena *mem, struct str n, struct str e)
{
    struct str nb, eb;
    if (!decode(mem, n, &nb) || !decode(mem, e, &eb) || nb.n * 8 > KEY_BITS_MAX ||
        nb.n * 8 < KEY_BITS_MIN || eb.n == 0 || eb.n > 8)
        return NULL;
    BIGNUM *bn = BN_bin2bn((const unsigned char *)nb.p, (int)nb.n, NULL);
    BIGNUM *be = BN_bin2bn((const unsigned char *)eb.p, (int)eb.n, NULL);
    EVP_PKEY *key = bn != NULL && be != NULL ? rsa_key(bn, be) : NULL;
    BN_free(bn);
    BN_free(be);
    return key;
}
