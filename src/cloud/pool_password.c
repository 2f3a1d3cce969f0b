/* pool_password.c - see pool_password.h. */
#include "cloud/pool_password.h"

#include <openssl/crypto.h>
#include <stdio.h>

#define SYMBOLS "^$*.[]{}()?-\"!@#%&/\\,><':;|_~`+= "

enum { RANDOM_CHARS = 12, MINIMUM_DEFAULT = 8 };

struct contents {
    bool upper, lower, number, symbol;
};

static struct contents look(struct str s)
{
    struct contents c = {0};
    for (size_t i = 0; i < s.n; i++) {
        char ch = s.p[i];
        c.upper |= ch >= 'A' && ch <= 'Z';
        c.lower |= ch >= 'a' && ch <= 'z';
        c.number |= ch >= '0' && ch <= '9';
        c.symbol |= memchr(SYMBOLS, ch, strlen(SYMBOLS)) != NULL;
    }
    return c;
}

bool pool_password_check(const struct pool *p, struct str password, struct err *e)
{
    static const struct password_policy none = {0};
    const struct password_policy *policy =
        p->policies != NULL && p->policies->password != NULL ? p->policies->password : &none;
    int64_t minimum = policy->minimum.set ? policy->minimum.v : MINIMUM_DEFAULT;
    struct contents c = look(password);
    const char *why = NULL;
    if ((int64_t)password.n < minimum)
        why = "Password not long enough";
    else if (policy->upper == TRI_TRUE && !c.upper)
        why = "Password must have uppercase characters";
    else if (policy->lower == TRI_TRUE && !c.lower)
        why = "Password must have lowercase characters";
    else if (policy->numbers == TRI_TRUE && !c.number)
        why = "Password must have numeric characters";
    else if (policy->symbols == TRI_TRUE && !c.symbol)
        why = "Password must have symbol characters";
    return why == NULL ||
           err_set(e, ERR_INVALID_PASSWORD, "Password did not conform with policy: %s", why);
}

void pool_password_make(struct pool_rq *rq, struct str user_name, struct str password,
                        struct str *salt, struct str *verifier)
{
    char *s = arena_bytes(rq->mem, SRP_SALT_BYTES), *v = arena_bytes(rq->mem, SRP_GROUP_BYTES);
    pool_random(s, SRP_SALT_BYTES);
    pool_calculate(rq);
    srp_verifier(pool_short_id(rq->pool.id), user_name, password, (const unsigned char *)s,
                 (unsigned char *)v);
    pool_calculated(rq);
    *salt = (struct str){s, SRP_SALT_BYTES};
    *verifier = (struct str){v, SRP_GROUP_BYTES};
}

bool pool_password_right(struct pool_rq *rq, struct str name, struct str password)
{
    struct pool_nobody nobody;
    unsigned char v[SRP_GROUP_BYTES];
    bool is_there =
        rq->found && rq->user.salt.n == SRP_SALT_BYTES && rq->user.verifier.n == SRP_GROUP_BYTES;
    pool_password_nobody(rq, name, &nobody);
    const unsigned char *salt = is_there ? (const unsigned char *)rq->user.salt.p : nobody.salt;
    const char *verifier = is_there ? rq->user.verifier.p : (const char *)nobody.verifier;
    pool_calculate(rq);
    srp_verifier(pool_short_id(rq->pool.id), is_there ? rq->user.name : str_from_c(nobody.id),
                 password, salt, v);
    pool_calculated(rq);
    return CRYPTO_memcmp(v, verifier, sizeof(v)) == 0 && is_there;
}

struct str pool_password_random(struct pool_rq *rq)
{
    static const char *const kinds[] = {"ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnopqrstuvwxyz",
                                        "23456789", "!@#$%^&*"};
    const struct pool_policies *p = rq->pool.policies;
    size_t n = RANDOM_CHARS;
    if (p != NULL && p->password != NULL && p->password->minimum.v > RANDOM_CHARS)
        n = (size_t)p->password->minimum.v;
    char *out = arena_bytes(rq->mem, n);
    for (size_t i = 0; i < n; i++) {
        const char *set = kinds[i % COUNT_OF(kinds)];
        uint32_t r;
        pool_random(&r, sizeof(r));
        out[i] = set[r % strlen(set)];
    }
    return (struct str){out, n};
}

static void derive(struct pool_rq *rq, char part, struct str name, unsigned char out[SHA256_BYTES])
{
    struct hmac_key key;
    struct buf text = {.mem = rq->mem};
    hmac_key_init(&key, rq->key.seal);
    buf_add(&text, STR("nobody"));
    buf_byte(&text, part);
    buf_add(&text, pool_fold(rq, name));
    hmac_sha256(&key, buf_str(&text), out);
}

void pool_password_nobody(struct pool_rq *rq, struct str name, struct pool_nobody *out)
{
    unsigned char r[SHA256_BYTES];
    for (int i = 0; i < SRP_GROUP_BYTES / SHA256_BYTES; i++) {
        derive(rq, (char)('a' + i), name, r);
        memcpy(out->verifier + i * SHA256_BYTES, r, SHA256_BYTES);
    }
    out->verifier[0] &= 0x7F; /* below N */
    derive(rq, 0, name, r);
    memcpy(out->salt, r, SRP_SALT_BYTES);
    unsigned char *u = r + SRP_SALT_BYTES;
    u[6] = (unsigned char)((u[6] & 0x0F) | 0x40);
    u[8] = (unsigned char)((u[8] & 0x3F) | 0x80);
    snprintf(out->id, sizeof(out->id),
             "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", u[0], u[1],
             u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11], u[12], u[13], u[14],
             u[15]);
}
