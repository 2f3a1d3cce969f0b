/* pool_code.c - see pool_code.h. */
#include "cloud/pool_code.h"

#include <openssl/crypto.h>
#include <stdio.h>

#include "cloud/pool_attribute.h"
#include "codec/sha256.h"

enum { HOUR_MS = 3600 * 1000, SIGN_UP_HOURS = 24, FORGOT_HOURS = 1, CODES = 1000000 };

static struct str hash(struct pool_rq *rq, struct str user_name, struct str purpose,
                       struct str address, struct str digits)
{
    struct hmac_key key;
    unsigned char *out = arena_alloc(rq->mem, SHA256_BYTES);
    struct str text =
        arena_printf(rq->mem, "code/" STR_FMT "/" STR_FMT "/" STR_FMT "/" STR_FMT, STR_ARG(purpose),
                     STR_ARG(user_name), STR_ARG(address), STR_ARG(digits));
    hmac_key_init(&key, rq->key.seal);
    hmac_sha256(&key, text, out);
    return (struct str){(const char *)out, SHA256_BYTES};
}

/* Each number equally likely. */
static uint32_t random_code(void)
{
    uint32_t r;
    do
        pool_random(&r, sizeof(r));
    while (r >= UINT32_MAX / CODES * CODES);
    return r % CODES;
}

void pool_code_make(struct pool_rq *rq, struct str user_name, struct str purpose,
                    struct str attribute, struct str address, struct pool_code *out)
{
    int64_t hours = str_eq(purpose, STR(POOL_CODE_FORGOT)) ? FORGOT_HOURS : SIGN_UP_HOURS;
    out->digits = arena_printf(rq->mem, "%06u", random_code());
    out->code = (struct user_code){
        .purpose = purpose,
        .attribute = attribute,
        .hash = hash(rq, user_name, purpose, address, out->digits),
        .expires_ms = {true, rq->now_ms + hours * HOUR_MS},
    };
}

void pool_code_drop(struct pool_rq *rq, struct user *u, struct str purpose)
{
    const struct user_code *c = u->codes.v;
    struct list left = {0};
    for (uint32_t i = 0; i < u->codes.n; i++)
        if (!str_eq(c[i].purpose, purpose))
            *(struct user_code *)pool_list_add(rq->mem, &left, sizeof(*c)) = c[i];
    u->codes = left;
}

void pool_code_put(struct pool_rq *rq, struct user *u, const struct user_code *code)
{
    pool_code_drop(rq, u, code->purpose);
    *(struct user_code *)pool_list_add(rq->mem, &u->codes, sizeof(*code)) = *code;
}

bool pool_code_check(struct pool_rq *rq, const struct user *u, struct str purpose, struct str given,
                     struct str *attribute, struct err *e)
{
    const struct user_code *c = u->codes.v, *found = NULL;
    for (uint32_t i = 0; i < u->codes.n; i++)
        if (str_eq(c[i].purpose, purpose))
            found = &c[i];
    if (found == NULL || found->expires_ms.v <= rq->now_ms)
        return err_set(e, ERR_EXPIRED_CODE, "Invalid code provided, please request a code again.");
    struct str want =
        hash(rq, u->name, purpose, pool_attribute_get(&u->attributes, found->attribute), given);
    if (found->hash.n != want.n || CRYPTO_memcmp(found->hash.p, want.p, want.n) != 0)
        return err_set(e, ERR_CODE_MISMATCH,
                       "Invalid verification code provided, please try again.");
    *attribute = found->attribute;
    return true;
}

static bool too_often(struct pool_rq *rq)
{
    return err_set(rq->e, ERR_LIMIT_EXCEEDED,
                   "Attempt limit exceeded, please try after some time.");
}

bool pool_code_may_send(struct pool_rq *rq, struct str name)
{
    return pool_limits_take(rq->pools->limits, POOL_LIMIT_USER_CODES, pool_limit_name(rq, name),
                            rq->now_ms) ||
           too_often(rq);
}

bool pool_code_may_guess(struct pool_rq *rq, struct str name)
{
    return pool_limits_take(rq->pools->limits, POOL_LIMIT_USER_GUESSES, pool_limit_name(rq, name),
                            rq->now_ms) ||
           too_often(rq);
}

static bool is_verified(const struct user *u, const char *name)
{
    char verified[32];
    snprintf(verified, sizeof(verified), "%s_verified", name);
    return str_eq(pool_attribute_get(&u->attributes, str_from_c(verified)), STR("true"));
}

struct str pool_code_address(struct pool_rq *rq, const struct user *u, bool only_verified)
{
    static const char *const names[] = {"email", "phone_number"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct str name = str_from_c(names[i]);
        bool wanted =
            only_verified ? is_verified(u, names[i]) : pool_list_has(&rq->pool.auto_verified, name);
        if (wanted && pool_attribute_get(&u->attributes, name).n > 0)
            return name;
    }
    return (struct str){0};
}

/* The template with the placeholders {####} and {username} filled in. */
static struct str fill(struct pool_rq *rq, struct str text, struct str name, struct str secret)
{
    static const struct str marks[] = {STR("{username}"), STR("{####}")};
    struct str values[] = {name, secret};
    struct buf out = {.mem = rq->mem};
    while (text.n > 0) {
        size_t k = 0;
        while (k < COUNT_OF(marks) && !str_starts_with(text, marks[k]))
            k++;
        buf_add(&out, k < COUNT_OF(marks) ? values[k] : (struct str){text.p, 1});
        text = str_from(text, k < COUNT_OF(marks) ? marks[k].n : 1);
    }
    return buf_str(&out);
}

static struct str first(struct str a, struct str b, struct str c)
{
    return a.n > 0 ? a : b.n > 0 ? b : c;
}

bool pool_code_send(struct pool_rq *rq, const struct user *u, struct str attribute,
                    struct str digits)
{
    static const struct verification_template none = {0};
    const struct verification_template *v =
        rq->pool.verification != NULL ? rq->pool.verification : &none;
    bool is_mail = str_eq(attribute, STR("email"));
    struct str text =
        is_mail ? first(v->email, rq->pool.email_message, STR("Your confirmation code is {####}"))
                : first(v->sms, rq->pool.sms_message, STR("Your confirmation code is {####}"));
    struct str subject = first(v->subject, rq->pool.email_subject, STR("Your verification code"));
    return outbox_send(rq->pools->outbox, is_mail, pool_attribute_get(&u->attributes, attribute),
                       subject, fill(rq, text, u->name, digits), rq->e);
}

bool pool_invite_send(struct pool_rq *rq, const struct user *u, struct str medium, struct str name,
                      struct str password)
{
    static const struct message_template none = {0};
    const struct admin_create_config *c = rq->pool.admin_create;
    const struct message_template *t = c != NULL && c->invite != NULL ? c->invite : &none;
    bool is_mail = str_eq(medium, STR("EMAIL"));
    struct str text = first(is_mail ? t->email : t->sms, (struct str){0},
                            STR("Your username is {username} and temporary password is {####}."));
    struct str to =
        pool_attribute_get(&u->attributes, is_mail ? STR("email") : STR("phone_number"));
    return outbox_send(rq->pools->outbox, is_mail, to,
                       first(t->subject, (struct str){0}, STR("Your temporary password")),
                       fill(rq, text, name, password), rq->e);
}

void pool_code_details(struct json_out *o, struct pool_rq *rq, struct str attribute,
                       struct str address)
{
    bool is_mail = str_eq(attribute, STR("email"));
    const char *at = address.n > 0 ? memchr(address.p, '@', address.n) : NULL;
    struct str masked;
    if (is_mail && at != NULL && at + 1 < address.p + address.n)
        masked = arena_printf(rq->mem, "%c***@%c***", address.p[0], at[1]);
    else
        masked = arena_printf(rq->mem, "+*******" STR_FMT,
                              STR_ARG(str_from(address, address.n > 4 ? address.n - 4 : 0)));
    json_out_open(o, '{');
    json_out_name(o, STR("AttributeName"));
    json_out_str(o, attribute);
    json_out_name(o, STR("DeliveryMedium"));
    json_out_str(o, is_mail ? STR("EMAIL") : STR("SMS"));
    json_out_name(o, STR("Destination"));
    json_out_str(o, masked);
    json_out_close(o, '}');
}
