/* pool_op_respond.c - RespondToAuthChallenge and AdminRespondToAuthChallenge. */
#include <openssl/crypto.h>

#include "cloud/pool_attribute.h"
#include "cloud/pool_auth.h"
#include "cloud/pool_op.h"
#include "cloud/pool_password.h"
#include "codec/base64.h"
#include "codec/sha256.h"

enum { TIMESTAMP_MAX = 64 };

struct respond_in {
    struct str pool_id, client_id, challenge, session;
    struct map responses;
    struct str context[4];
};
static const struct shape challenge_shape = {
    .kind = SHAPE_STRING,
    .values =
        (const char *const[]){"SMS_MFA", "EMAIL_OTP", "SOFTWARE_TOKEN_MFA", "SELECT_MFA_TYPE",
                              "MFA_SETUP", "PASSWORD_VERIFIER", "CUSTOM_CHALLENGE",
                              "SELECT_CHALLENGE", "DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER",
                              "ADMIN_NO_SRP_AUTH", "NEW_PASSWORD_REQUIRED", "SMS_OTP", "PASSWORD",
                              "WEB_AUTHN", "PASSWORD_SRP", NULL},
};
#define RESPOND_FIELDS                                                                             \
    FIELD(struct respond_in, client_id, "ClientId", &pool_shape_client_id, REQUIRED),              \
        FIELD(struct respond_in, challenge, "ChallengeName", &challenge_shape, REQUIRED),          \
        FIELD(struct respond_in, session, "Session", &pool_shape_session, OPTIONAL),               \
        FIELD(struct respond_in, responses, "ChallengeResponses", &pool_shape_strings, OPTIONAL),  \
        FIELD(struct respond_in, context[0], "ClientMetadata", &pool_shape_context, OPTIONAL),     \
        FIELD(struct respond_in, context[1], "AnalyticsMetadata", &pool_shape_context, OPTIONAL),  \
        FIELD(struct respond_in, context[2], "UserContextData", &pool_shape_context, OPTIONAL),    \
        FIELD(struct respond_in, context[3], "ContextData", &pool_shape_context, OPTIONAL)
static const struct field respond_fields[] = {RESPOND_FIELDS, {0}};
static const struct field admin_respond_fields[] = {
    FIELD(struct respond_in, pool_id, "UserPoolId", &pool_shape_id, REQUIRED), RESPOND_FIELDS, {0}};
static const struct shape respond_shape = {.kind = SHAPE_STRUCT,
                                           .name = "RespondToAuthChallengeRequest",
                                           .size = sizeof(struct respond_in),
                                           .fields = respond_fields};
static const struct shape admin_respond_shape = {.kind = SHAPE_STRUCT,
                                                 .name = "AdminRespondToAuthChallengeRequest",
                                                 .size = sizeof(struct respond_in),
                                                 .fields = admin_respond_fields};

struct proof {
    struct str user, block_text, signature_text, timestamp;
    struct buf block, signature;
};

/* Is it the client's proof that he has the key?  The user may be nobody. */
static bool proof_right(struct pool_rq *rq, const struct pool_session *s, const struct proof *p)
{
    unsigned char key[SRP_KEY_BYTES], want[SHA256_BYTES];
    struct pool_nobody nobody;
    struct hmac_key hmac;
    struct buf text = {.mem = rq->mem};
    bool real = rq->found && rq->user.verifier.n == SRP_GROUP_BYTES;
    pool_password_nobody(rq, s->name, &nobody);
    const void *v = real ? rq->user.verifier.p : (const char *)nobody.verifier;
    pool_calculate(rq);
    bool good =
        srp_server_key((const unsigned char *)s->a.p, v, (const unsigned char *)s->b.p, key);
    pool_calculated(rq);
    if (!good)
        return false;
    buf_add(&text, pool_short_id(rq->pool.id));
    buf_add(&text, s->user);
    buf_add(&text, buf_str(&p->block));
    buf_add(&text, p->timestamp);
    hmac_key_init(&hmac, (struct str){(const char *)key, sizeof(key)});
    hmac_sha256(&hmac, buf_str(&text), want);
    OPENSSL_cleanse(key, sizeof(key));
    return p->signature.n == sizeof(want) &&
           CRYPTO_memcmp(p->signature.p, want, sizeof(want)) == 0 && real;
}

static bool verify_password(struct pool_rq *rq, const struct respond_in *in)
{
    struct proof p = {.block = {.mem = rq->mem}, .signature = {.mem = rq->mem}};
    struct pool_session s;
    if (!pool_auth_need(rq, &in->responses, "USERNAME", &p.user) ||
        !pool_auth_need(rq, &in->responses, "PASSWORD_CLAIM_SECRET_BLOCK", &p.block_text) ||
        !pool_auth_need(rq, &in->responses, "PASSWORD_CLAIM_SIGNATURE", &p.signature_text) ||
        !pool_auth_need(rq, &in->responses, "TIMESTAMP", &p.timestamp) ||
        !pool_check_secret(rq, p.user, pool_auth_parameter(&in->responses, "SECRET_HASH")))
        return false;
    if (p.timestamp.n > TIMESTAMP_MAX)
        return err_set(rq->e, ERR_INVALID_PARAMETER,
                       "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.");
    if (!pool_session_open(rq, POOL_SESSION_SRP, p.block_text, &s) || !pool_session_use(rq, &s))
        return false;
    if (!base64_decode(&p.block, p.block_text) || !base64_decode(&p.signature, p.signature_text) ||
        s.a.n != SRP_GROUP_BYTES || s.b.n != SRP_SECRET_BYTES || !str_eq(p.user, s.user))
        return pool_auth_wrong(rq);
    if (!pool_look_for_user(rq, s.name) || !pool_auth_may_try(rq, s.name))
        return false;
    if (!proof_right(rq, &s, &p) || !str_eq(rq->user.name, s.user))
        return pool_auth_wrong(rq);
    return pool_auth_proceed(rq, s.name);
}

struct new_password {
    struct str salt, verifier, old_verifier;
    struct list attributes;
};

static bool set_new_password(struct pool_rq *rq, struct user *u, struct err *e)
{
    const struct new_password *n = rq->arg;
    if (!str_eq(u->status, STR("FORCE_CHANGE_PASSWORD")) || !str_eq(u->verifier, n->old_verifier))
        return err_set(e, ERR_NOT_AUTHORIZED, "Invalid session for the user.");
    pool_attributes_merge(rq->mem, &u->attributes, &n->attributes);
    u->salt = n->salt;
    u->verifier = n->verifier;
    u->status = STR("CONFIRMED");
    u->temporary_until_ms = (struct opt_int){0};
    return true;
}

static void new_attributes(struct pool_rq *rq, const struct map *m, struct list *out)
{
    static const struct str prefix = STR("userAttributes.");
    const struct str *v = m->v;
    for (uint32_t i = 0; i < m->n; i++)
        if (str_starts_with(m->key[i], prefix))
            *(struct attribute *)pool_list_add(rq->mem, out, sizeof(struct attribute)) =
                (struct attribute){str_from(m->key[i], prefix.n), v[i]};
}

static bool new_password(struct pool_rq *rq, const struct respond_in *in)
{
    struct pool_session s;
    struct new_password n = {0};
    struct str user, password;
    if (!pool_auth_need(rq, &in->responses, "USERNAME", &user) ||
        !pool_auth_need(rq, &in->responses, "NEW_PASSWORD", &password) ||
        !pool_check_secret(rq, user, pool_auth_parameter(&in->responses, "SECRET_HASH")) ||
        !pool_session_open(rq, POOL_SESSION_NEW_PASSWORD, in->session, &s) ||
        !pool_look_for_user(rq, s.user))
        return false;
    if (!rq->found || (!str_eq(user, s.user) && !str_eq(user, s.name)))
        return err_set(rq->e, ERR_NOT_AUTHORIZED, "Invalid session for the user.");
    new_attributes(rq, &in->responses, &n.attributes);
    if (!pool_password_check(&rq->pool, password, rq->e) ||
        !pool_attributes_check(rq, &n.attributes, POOL_WRITER_CLIENT, false) ||
        !pool_session_use(rq, &s))
        return false;
    n.old_verifier = rq->user.verifier;
    pool_password_make(rq, rq->user.name, password, &n.salt, &n.verifier);
    rq->arg = &n;
    return pool_change_user(rq, set_new_password, false) && pool_auth_proceed(rq, s.name);
}

static bool respond(struct pool_rq *rq)
{
    const struct respond_in *in = rq->in;
    if (str_eq(in->challenge, STR("PASSWORD_VERIFIER")))
        return verify_password(rq, in);
    if (str_eq(in->challenge, STR("NEW_PASSWORD_REQUIRED")))
        return new_password(rq, in);
    return err_set(rq->e, ERR_INVALID_PARAMETER, STR_FMT " is not supported by this server.",
                   STR_ARG(in->challenge));
}

static bool run(struct pool_rq *rq)
{
    const struct respond_in *in = rq->in;
    return pool_limit_source(rq, POOL_LIMIT_REQUESTS) && pool_load_client(rq, in->client_id) &&
           respond(rq);
}

static bool run_admin(struct pool_rq *rq)
{
    const struct respond_in *in = rq->in;
    return pool_load_both(rq, in->pool_id, in->client_id) && respond(rq);
}

const struct pool_op pool_op_respond_to_challenge = {
    .name = "RespondToAuthChallenge", .is_public = true, .in = &respond_shape, .run = run};
const struct pool_op pool_op_admin_respond_to_challenge = {
    .name = "AdminRespondToAuthChallenge", .in = &admin_respond_shape, .run = run_admin};
