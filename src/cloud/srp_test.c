#include "cloud/srp.h"

#include <openssl/bn.h>

#include "base/tap.h"
#include "codec/sha256.h"

/* The client's side, computed another way: S = (B - k g^x)^(a + u x). */
struct client {
    BN_CTX *ctx;
    BIGNUM *N, *g, *a;
};

static void add(struct buf *to, const BIGNUM *n)
{
    unsigned char p[SRP_GROUP_BYTES + 1] = {0};
    int size = BN_num_bytes(n), lead = BN_num_bits(n) % 8 == 0;
    BN_bn2bin(n, p + lead);
    buf_add(to, (struct str){(const char *)p, (size_t)(size + lead)});
}

static BIGNUM *hash2(const BIGNUM *a, const BIGNUM *b)
{
    struct buf t = {0};
    unsigned char d[SHA256_BYTES];
    add(&t, a);
    add(&t, b);
    sha256(buf_str(&t), d);
    buf_free(&t);
    return BN_bin2bn(d, sizeof(d), NULL);
}

static BIGNUM *hash_x(const unsigned char *salt, struct str identity)
{
    struct buf t = {0};
    unsigned char d[SHA256_BYTES];
    sha256(identity, d);
    BIGNUM *s = BN_bin2bn(salt, SRP_SALT_BYTES, NULL);
    add(&t, s);
    buf_add(&t, (struct str){(const char *)d, sizeof(d)});
    sha256(buf_str(&t), d);
    buf_free(&t);
    BN_free(s);
    return BN_bin2bn(d, sizeof(d), NULL);
}

static void client_key(struct client *c, const unsigned char *salt, struct str identity,
                       const unsigned char *B_bytes, unsigned char key[SRP_KEY_BYTES])
{
    BIGNUM *A = BN_new(), *B = BN_bin2bn(B_bytes, SRP_GROUP_BYTES, NULL), *t = BN_new();
    BN_mod_exp(A, c->g, c->a, c->N, c->ctx);
    BIGNUM *u = hash2(A, B), *k = hash2(c->N, c->g), *x = hash_x(salt, identity), *e = BN_new();
    BN_mod_exp(t, c->g, x, c->N, c->ctx);
    BN_mod_mul(t, t, k, c->N, c->ctx);
    BN_mod_sub(t, B, t, c->N, c->ctx);
    BN_mul(e, u, x, c->ctx);
    BN_add(e, e, c->a);
    BN_mod_exp(t, t, e, c->N, c->ctx);
    struct buf salt_text = {0}, secret = {0};
    struct hmac_key h;
    unsigned char prk[SHA256_BYTES], out[SHA256_BYTES];
    add(&salt_text, u);
    add(&secret, t);
    hmac_key_init(&h, buf_str(&salt_text));
    hmac_sha256(&h, buf_str(&secret), prk);
    hmac_key_init(&h, (struct str){(const char *)prk, sizeof(prk)});
    hmac_sha256(&h, STR("Caldera Derived Key\x01"), out);
    memcpy(key, out, SRP_KEY_BYTES);
    buf_free(&salt_text);
    buf_free(&secret);
    BIGNUM *all[] = {A, B, t, u, k, x, e};
    for (size_t i = 0; i < COUNT_OF(all); i++)
        BN_free(all[i]);
}

static void test_agreement(struct client *c, unsigned char first_salt_byte)
{
    unsigned char salt[SRP_SALT_BYTES] = {first_salt_byte, 2, 3}, v[SRP_GROUP_BYTES],
                  b[SRP_SECRET_BYTES] = {1, 2, 3, 4, first_salt_byte}, B[SRP_GROUP_BYTES],
                  A[SRP_GROUP_BYTES], mine[SRP_KEY_BYTES], theirs[SRP_KEY_BYTES];
    BIGNUM *n = BN_new();
    BN_mod_exp(n, c->g, c->a, c->N, c->ctx);
    char *hex = BN_bn2hex(n);
    srp_verifier(STR("Pool"), STR("user"), STR("right"), salt, v);
    srp_server_public(v, b, B);
    ok(srp_client_public_parse(str_from_c(hex), A), "A is read");
    ok(srp_server_key(A, v, b, mine), "there is a key");
    client_key(c, salt, STR("Pooluser:right"), B, theirs);
    ok(memcmp(mine, theirs, SRP_KEY_BYTES) == 0, "both have the same key (salt %02x)",
       first_salt_byte);
    client_key(c, salt, STR("Pooluser:wrong"), B, theirs);
    ok(memcmp(mine, theirs, SRP_KEY_BYTES) != 0, "another password gives another key");
    OPENSSL_free(hex);
    BN_free(n);
}

static void test_public_values(struct client *c)
{
    unsigned char A[SRP_GROUP_BYTES];
    char *N = BN_bn2hex(c->N);
    static const struct {
        const char *hex;
        bool good;
    } cases[] = {{"", false},      {"0", false},  {"00", false}, {"2", true},
                 {"ABCdef", true}, {"-1", false}, {"1 ", false}, {"zz", false}};
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        ok(srp_client_public_parse(str_from_c(cases[i].hex), A) == cases[i].good, "A \"%s\"",
           cases[i].hex);
    ok(!srp_client_public_parse(str_from_c(N), A), "A is not N");
    char leading[SRP_A_HEX_MAX + 1];
    snprintf(leading, sizeof(leading), "00%s", N);
    ok(!srp_client_public_parse(str_from_c(leading), A), "nor N with a zero in front");
    char longer[SRP_A_HEX_MAX + 2];
    memset(longer, '1', sizeof(longer));
    ok(!srp_client_public_parse((struct str){longer, sizeof(longer)}, A), "nor anything longer");
    OPENSSL_free(N);
}

static void test_hex(void)
{
    static const struct {
        unsigned char bytes[3];
        const char *hex;
    } cases[] = {
        {{0, 0, 0}, "00"}, {{0, 0, 0x7F}, "7f"}, {{0, 0x80, 0}, "008000"}, {{1, 2, 3}, "010203"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buf b = {0};
        srp_hex(&b, cases[i].bytes, 3);
        is_bytes(buf_str(&b), str_from_c(cases[i].hex), "the number %s", cases[i].hex);
        buf_free(&b);
    }
}

int main(void)
{
    struct client c = {
        .ctx = BN_CTX_new(), .N = BN_get_rfc3526_prime_3072(NULL), .g = BN_new(), .a = BN_new()};
    BN_set_word(c.g, 2);
    BN_hex2bn(&c.a, "60975527035CF2AD1989806F0407210BC81EDC04E2762A56AFD529DDDA2D4393");
    test_agreement(&c, 1);
    test_agreement(&c, 0x80);
    test_agreement(&c, 0);
    test_public_values(&c);
    test_hex();
    BN_free(c.N);
    BN_free(c.g);
    BN_free(c.a);
    BN_CTX_free(c.ctx);
    return tap_done();
}
