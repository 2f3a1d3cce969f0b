/* pool_jwt.c - see pool_jwt.h. */
#include "cloud/pool_jwt.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "codec/base64.h"
#include "codec/json.h"
#include "codec/sha256.h"

enum { KEY_BITS = 2048, TOKEN_BYTES_MAX = 16 * 1024, JSON_DEPTH = 8 };

static EVP_PKEY *key_read(struct str der)
{
    const unsigned char *p = (const unsigned char *)der.p;
    return d2i_AutoPrivateKey(NULL, &p, (long)der.n);
}

static struct str key_number(EVP_PKEY *k, const char *name, struct arena *mem)
{
    BIGNUM *n = NULL;
    if (EVP_PKEY_get_bn_param(k, name, &n) != 1)
        abort();
    size_t size = (size_t)BN_num_bytes(n);
    char *p = arena_bytes(mem, size);
    BN_bn2bin(n, (unsigned char *)p);
    BN_free(n);
    return (struct str){p, size};
}

void pool_jwt_key(struct arena *mem, struct str *der, struct str *kid)
{
    EVP_PKEY *k = EVP_RSA_gen(KEY_BITS);
    unsigned char *p = NULL, digest[SHA256_BYTES];
    int n = k != NULL ? i2d_PrivateKey(k, &p) : 0;
    if (n <= 0)
        abort();
    *der = arena_dup(mem, (struct str){(const char *)p, (size_t)n});
    OPENSSL_clear_free(p, (size_t)n);
    struct buf id = {.mem = mem};
    sha256(key_number(k, OSSL_PKEY_PARAM_RSA_N, mem), digest);
    base64_encode(&id, (struct str){(const char *)digest, sizeof(digest)});
    *kid = buf_str(&id);
    EVP_PKEY_free(k);
}

bool pool_jwt_sign(struct str der, struct str kid, struct str claims, struct buf *to, struct err *e)
{
    struct buf head = {0};
    size_t start = to->n, n = 0;
    buf_printf(&head, "{\"kid\":\"" STR_FMT "\",\"alg\":\"RS256\"}", STR_ARG(kid));
    base64url_encode(to, buf_str(&head));
    buf_free(&head);
    buf_byte(to, '.');
    base64url_encode(to, claims);

    EVP_PKEY *k = key_read(der);
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    unsigned char signature[KEY_BITS / 8];
    n = sizeof(signature);
    bool good =
        k != NULL && c != NULL && EVP_DigestSignInit(c, NULL, EVP_sha256(), NULL, k) == 1 &&
        EVP_DigestSign(c, signature, &n, (unsigned char *)to->p + start, to->n - start) == 1;
    EVP_MD_CTX_free(c);
    EVP_PKEY_free(k);
    if (!good)
        return err_set(e, ERR_IO, "a user pool's key is damaged");
    buf_byte(to, '.');
    base64url_encode(to, (struct str){(const char *)signature, n});
    return true;
}

/* Only this algorithm, whatever the token asks for. */
static bool head_is_ours(struct arena *mem, struct str head)
{
    struct json j;
    struct str name;
    bool ours = false;
    json_init(&j, mem, head, JSON_DEPTH);
    if (json_next(&j) != JSON_OBJECT)
        return false;
    while (json_member(&j, &name)) {
        enum json_type type = json_next(&j);
        if (str_eq(name, STR("alg")))
            ours = type == JSON_STRING && str_eq(j.text, STR("RS256"));
        if (type == JSON_OBJECT || type == JSON_ARRAY)
            json_skip_rest(&j, type);
    }
    return json_end(&j) && ours;
}

static bool part(struct arena *mem, struct str text, struct str *out)
{
    struct buf b = {.mem = mem};
    if (!base64url_decode(&b, text))
        return false;
    *out = buf_str(&b);
    return true;
}

bool pool_jwt_parse(struct arena *mem, struct str token, struct pool_jwt *out)
{
    if (token.n == 0 || token.n > TOKEN_BYTES_MAX)
        return false;
    const char *dot = memchr(token.p, '.', token.n);
    const char *last = memrchr(token.p, '.', token.n);
    if (dot == NULL || dot == last)
        return false;
    struct str head = {token.p, (size_t)(dot - token.p)};
    struct str claims = {dot + 1, (size_t)(last - dot - 1)};
    struct str signature = str_from(token, (size_t)(last - token.p) + 1);
    struct str head_text;
    out->signed_text = (struct str){token.p, (size_t)(last - token.p)};
    return part(mem, head, &head_text) && head_is_ours(mem, head_text) &&
           part(mem, claims, &out->claims) && part(mem, signature, &out->signature);
}

bool pool_jwt_verify(const struct pool_jwt *t, struct str der)
{
    EVP_PKEY *k = key_read(der);
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    bool good = k != NULL && c != NULL &&
                EVP_DigestVerifyInit(c, NULL, EVP_sha256(), NULL, k) == 1 &&
                EVP_DigestVerify(c, (const unsigned char *)t->signature.p, t->signature.n,
                                 (const unsigned char *)t->signed_text.p, t->signed_text.n) == 1;
    EVP_MD_CTX_free(c);
    EVP_PKEY_free(k);
    return good;
}

bool pool_jwt_public(struct str der, struct str kid, struct buf *to, struct err *e)
{
    struct arena mem = {0};
    EVP_PKEY *k = key_read(der);
    if (k == NULL)
        return err_set(e, ERR_IO, "a user pool's key is damaged");
    buf_add(to, STR("{\"alg\":\"RS256\",\"e\":\""));
    base64url_encode(to, key_number(k, OSSL_PKEY_PARAM_RSA_E, &mem));
    buf_printf(to, "\",\"kid\":\"" STR_FMT "\",\"kty\":\"RSA\",\"n\":\"", STR_ARG(kid));
    base64url_encode(to, key_number(k, OSSL_PKEY_PARAM_RSA_N, &mem));
    buf_add(to, STR("\",\"use\":\"sig\"}"));
    EVP_PKEY_free(k);
    arena_free(&mem);
    return true;
}
