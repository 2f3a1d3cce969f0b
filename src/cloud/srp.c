/* srp.c - see srp.h. */
#include "cloud/srp.h"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <stdlib.h>

#include "codec/sha256.h"

#define INFO "Caldera Derived Key\x01"

struct group {
    BN_CTX *ctx;
    BIGNUM *N, *g, *k;
};

static BIGNUM *must(BIGNUM *n)
{
    if (n == NULL)
        abort(); /* out of memory */
    return n;
}

/* The number as it enters hashes. */
static void add_number(struct buf *to, const unsigned char *p, size_t n)
{
    while (n > 1 && *p == 0)
        p++, n--;
    if ((*p & 0x80) != 0)
        buf_byte(to, 0);
    buf_add(to, (struct str){(const char *)p, n});
}

static void hash_numbers(const unsigned char *a, size_t a_n, const unsigned char *b, size_t b_n,
                         unsigned char out[SHA256_BYTES])
{
    struct buf both = {0};
    add_number(&both, a, a_n);
    add_number(&both, b, b_n);
    sha256(buf_str(&both), out);
    buf_free(&both);
}

static void to_bytes(const BIGNUM *n, unsigned char out[SRP_GROUP_BYTES])
{
    if (BN_bn2binpad(n, out, SRP_GROUP_BYTES) != SRP_GROUP_BYTES)
        abort();
}

static BIGNUM *from_bytes(const unsigned char *p, size_t n)
{
    return must(BN_bin2bn(p, (int)n, NULL));
}

static BIGNUM *secret_from_bytes(const unsigned char *p, size_t n)
{
    BIGNUM *s = from_bytes(p, n);
    BN_set_flags(s, BN_FLG_CONSTTIME);
    return s;
}

static void group_init(struct group *g)
{
    unsigned char N[SRP_GROUP_BYTES], two = 2, k[SHA256_BYTES];
    g->ctx = BN_CTX_secure_new();
    if (g->ctx == NULL)
        abort();
    g->N = must(BN_get_rfc3526_prime_3072(NULL));
    g->g = from_bytes(&two, 1);
    to_bytes(g->N, N);
    hash_numbers(N, sizeof(N), &two, 1, k);
    g->k = from_bytes(k, sizeof(k));
}

static void group_deinit(struct group *g)
{
    BN_free(g->N);
    BN_free(g->g);
    BN_free(g->k);
    BN_CTX_free(g->ctx);
}

static void power(const struct group *g, BIGNUM *out, const BIGNUM *base, const BIGNUM *exponent)
{
    if (BN_mod_exp_mont_consttime(out, base, exponent, g->N, g->ctx, NULL) != 1)
        abort();
}

void srp_verifier(struct str pool, struct str user, struct str password,
                  const unsigned char salt[SRP_SALT_BYTES], unsigned char v[SRP_GROUP_BYTES])
{
    struct group g;
    struct buf text = {0};
    unsigned char inner[SHA256_BYTES], x[SHA256_BYTES];
    buf_add(&text, pool);
    buf_add(&text, user);
    buf_byte(&text, ':');
    buf_add(&text, password);
    sha256(buf_str(&text), inner);
    OPENSSL_cleanse(text.p, text.n);
    text.n = 0;
    add_number(&text, salt, SRP_SALT_BYTES);
    buf_add(&text, (struct str){(const char *)inner, sizeof(inner)});
    sha256(buf_str(&text), x);
    buf_free(&text);

    group_init(&g);
    BIGNUM *exponent = secret_from_bytes(x, sizeof(x)), *out = must(BN_new());
    power(&g, out, g.g, exponent);
    to_bytes(out, v);
    BN_clear_free(exponent);
    BN_free(out);
    group_deinit(&g);
    OPENSSL_cleanse(inner, sizeof(inner));
    OPENSSL_cleanse(x, sizeof(x));
}

void srp_server_public(const unsigned char v[SRP_GROUP_BYTES],
                       const unsigned char b[SRP_SECRET_BYTES], unsigned char B[SRP_GROUP_BYTES])
{
    struct group g;
    group_init(&g);
    BIGNUM *secret = secret_from_bytes(b, SRP_SECRET_BYTES), *gb = must(BN_new()),
           *kv = from_bytes(v, SRP_GROUP_BYTES);
    power(&g, gb, g.g, secret);
    if (BN_mod_mul(kv, kv, g.k, g.N, g.ctx) != 1 || BN_mod_add(gb, gb, kv, g.N, g.ctx) != 1)
        abort();
    to_bytes(gb, B);
    BN_clear_free(secret);
    BN_clear_free(kv);
    BN_free(gb);
    group_deinit(&g);
}

bool srp_client_public_parse(struct str hex, unsigned char A[SRP_GROUP_BYTES])
{
    unsigned char bytes[SRP_A_HEX_MAX / 2];
    char even[SRP_A_HEX_MAX];
    if (hex.n == 0 || hex.n > sizeof(even))
        return false;
    size_t odd = hex.n % 2;
    even[0] = '0';
    memcpy(even + odd, hex.p, hex.n);
    struct str padded = {even, odd + hex.n};
    if (!hex_decode(padded, bytes))
        return false;
    struct group g;
    group_init(&g);
    BIGNUM *a = from_bytes(bytes, padded.n / 2);
    bool good = BN_nnmod(a, a, g.N, g.ctx) == 1 && !BN_is_zero(a);
    /* A number above N would be hashed by the client as it was sent, not reduced. */
    good = good && BN_num_bytes(a) <= SRP_GROUP_BYTES;
    to_bytes(a, A);
    BN_free(a);
    group_deinit(&g);
    return good;
}

static void derive_key(const unsigned char u[SHA256_BYTES], const unsigned char S[SRP_GROUP_BYTES],
                       unsigned char key[SRP_KEY_BYTES])
{
    struct buf salt = {0}, secret = {0};
    struct hmac_key hmac;
    unsigned char prk[SHA256_BYTES], out[SHA256_BYTES];
    add_number(&salt, u, SHA256_BYTES);
    add_number(&secret, S, SRP_GROUP_BYTES);
    hmac_key_init(&hmac, buf_str(&salt));
    hmac_sha256(&hmac, buf_str(&secret), prk);
    hmac_key_init(&hmac, (struct str){(const char *)prk, sizeof(prk)});
    hmac_sha256(&hmac, STR(INFO), out);
    memcpy(key, out, SRP_KEY_BYTES);
    OPENSSL_cleanse(secret.p, secret.n);
    OPENSSL_cleanse(prk, sizeof(prk));
    OPENSSL_cleanse(out, sizeof(out));
    buf_free(&salt);
    buf_free(&secret);
}

bool srp_server_key(const unsigned char A[SRP_GROUP_BYTES], const unsigned char v[SRP_GROUP_BYTES],
                    const unsigned char b[SRP_SECRET_BYTES], unsigned char key[SRP_KEY_BYTES])
{
    struct group g;
    unsigned char B[SRP_GROUP_BYTES], u[SHA256_BYTES], S[SRP_GROUP_BYTES];
    srp_server_public(v, b, B);
    hash_numbers(A, SRP_GROUP_BYTES, B, SRP_GROUP_BYTES, u);
    group_init(&g);
    BIGNUM *scramble = from_bytes(u, sizeof(u)), *a = from_bytes(A, SRP_GROUP_BYTES),
           *base = from_bytes(v, SRP_GROUP_BYTES), *out = must(BN_new()),
           *secret = secret_from_bytes(b, SRP_SECRET_BYTES);
    bool good = !BN_is_zero(scramble) && BN_nnmod(base, base, g.N, g.ctx) == 1;
    if (good) {
        power(&g, out, base, scramble);
        if (BN_mod_mul(base, a, out, g.N, g.ctx) != 1)
            abort();
        power(&g, out, base, secret);
        to_bytes(out, S);
        derive_key(u, S, key);
        OPENSSL_cleanse(S, sizeof(S));
    }
    BN_free(scramble);
    BN_free(a);
    BN_clear_free(base);
    BN_clear_free(out);
    BN_clear_free(secret);
    group_deinit(&g);
    return good;
}

void srp_hex(struct buf *to, const unsigned char *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    struct buf number = {0};
    add_number(&number, bytes, n);
    for (size_t i = 0; i < number.n; i++) {
        unsigned char c = (unsigned char)number.p[i];
        buf_byte(to, digits[c >> 4]);
        buf_byte(to, digits[c & 15]);
    }
    buf_free(&number);
}
