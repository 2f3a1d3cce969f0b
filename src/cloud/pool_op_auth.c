/* pool_op_auth.c - InitiateAuth and AdminInitiateAuth. */
#include "cloud/pool_auth.h"
#include "cloud/pool_op.h"
#include "cloud/pool_password.h"
#include "cloud/pool_token.h"

struct auth_in {
    struct str pool_id, client_id, flow, session;
    struct map parameters;
    struct str context[4];
};
static const struct shape flow_shape = {
    .kind = SHAPE_STRING,
    .values = (const char *const[]){"USER_SRP_AUTH", "REFRESH_TOKEN_AUTH", "REFRESH_TOKEN",
                                    "CUSTOM_AUTH", "ADMIN_NO_SRP_AUTH", "USER_PASSWORD_AUTH",
                                    "ADMIN_USER_PASSWORD_AUTH", "USER_AUTH", NULL},
};
#define AUTH_FIELDS                                                                                \
    FIELD(struct auth_in, client_id, "ClientId", &pool_shape_client_id, REQUIRED),                 \
        FIELD(struct auth_in, flow, "AuthFlow", &flow_shape, REQUIRED),                            \
        FIELD(struct auth_in, parameters, "AuthParameters", &pool_shape_strings, OPTIONAL),        \
        FIELD(struct auth_in, session, "Session", &pool_shape_refused, OPTIONAL),                  \
        FIELD(struct auth_in, context[0], "ClientMetadata", &pool_shape_context, OPTIONAL),        \
        FIELD(struct auth_in, context[1], "AnalyticsMetadata", &pool_shape_context, OPTIONAL),     \
        FIELD(struct auth_in, context[2], "UserContextData", &pool_shape_context, OPTIONAL),       \
        FIELD(struct auth_in, context[3], "ContextData", &pool_shape_context, OPTIONAL)
static const struct field auth_fields[] = {AUTH_FIELDS, {0}};
static const struct field admin_auth_fields[] = {
    FIELD(struct auth_in, pool_id, "UserPoolId", &pool_shape_id, REQUIRED), AUTH_FIELDS, {0}};
static const struct shape auth_shape = {.kind = SHAPE_STRUCT,
                                        .name = "InitiateAuthRequest",
                                        .size = sizeof(struct auth_in),
                                        .fields = auth_fields};
static const struct shape admin_auth_shape = {.kind = SHAPE_STRUCT,
                                              .name = "AdminInitiateAuthRequest",
                                              .size = sizeof(struct auth_in),
                                              .fields = admin_auth_fields};

static bool unknown_user(struct pool_rq *rq)
{
    return err_set(rq->e, ERR_USER_NOT_FOUND, "User does not exist.");
}

static bool start_srp(struct pool_rq *rq, const struct auth_in *in)
{
    struct str name, a_hex;
    unsigned char *a = arena_alloc(rq->mem, SRP_GROUP_BYTES),
                  *b = arena_alloc(rq->mem, SRP_SECRET_BYTES), B[SRP_GROUP_BYTES];
    struct pool_nobody nobody;
    if (!pool_auth_need(rq, &in->parameters, "USERNAME", &name) ||
        !pool_auth_need(rq, &in->parameters, "SRP_A", &a_hex) ||
        !pool_check_secret(rq, name, pool_auth_parameter(&in->parameters, "SECRET_HASH")))
        return false;
    if (!srp_client_public_parse(a_hex, a))
        return err_set(rq->e, ERR_INVALID_PARAMETER, "SRP_A is not a valid public value.");
    if (!pool_look_for_user(rq, name))
        return false;
    if (!rq->found && !pool_hides_users(rq))
        return unknown_user(rq);
    pool_password_nobody(rq, name, &nobody);
    bool real = rq->found && rq->user.verifier.n == SRP_GROUP_BYTES;
    const void *v = real ? rq->user.verifier.p : (const char *)nobody.verifier;
    const void *salt = real ? rq->user.salt.p : (const char *)nobody.salt;
    struct str id = rq->found ? rq->user.name : arena_dup(rq->mem, str_from_c(nobody.id));

    pool_random(b, SRP_SECRET_BYTES);
    pool_calculate(rq);
    srp_server_public(v, b, B);
    pool_calculated(rq);
    struct pool_session s = {
        .kind = STR(POOL_SESSION_SRP),
        .user = id,
        .name = name,
        .a = {(const char *)a, SRP_GROUP_BYTES},
        .b = {(const char *)b, SRP_SECRET_BYTES},
    };
    struct buf B_hex = {.mem = rq->mem}, salt_hex = {.mem = rq->mem};
    srp_hex(&B_hex, B, sizeof(B));
    srp_hex(&salt_hex, salt, SRP_SALT_BYTES);
    const struct {
        const char *name;
        struct str value;
    } out[] = {{"SALT", buf_str(&salt_hex)},
               {"SECRET_BLOCK", pool_session_seal(rq, &s)},
               {"SRP_B", buf_str(&B_hex)},
               {"USERNAME", id},
               {"USER_ID_FOR_SRP", id}};
    json_out_name(&rq->out, STR("ChallengeName"));
    json_out_str(&rq->out, STR("PASSWORD_VERIFIER"));
    json_out_name(&rq->out, STR("ChallengeParameters"));
    json_out_open(&rq->out, '{');
    for (size_t i = 0; i < COUNT_OF(out); i++) {
        json_out_name(&rq->out, str_from_c(out[i].name));
        json_out_str(&rq->out, out[i].value);
    }
    json_out_close(&rq->out, '}');
    return true;
}

static bool by_password(struct pool_rq *rq, const struct auth_in *in)
{
    struct str name, password;
    if (!pool_auth_need(rq, &in->parameters, "USERNAME", &name) ||
        !pool_auth_need(rq, &in->parameters, "PASSWORD", &password) ||
        !pool_check_secret(rq, name, pool_auth_parameter(&in->parameters, "SECRET_HASH")) ||
        !pool_look_for_user(rq, name))
        return false;
    if (!rq->found && !pool_hides_users(rq))
        return unknown_user(rq);
    if (!pool_auth_may_try(rq, name))
        return false;
    if (!pool_password_right(rq, name, password))
        return pool_auth_wrong(rq);
    return pool_auth_proceed(rq, name);
}

static bool by_refresh_token(struct pool_rq *rq, const struct auth_in *in)
{
    struct str token;
    struct pool_sign_in sign_in;
    if (!pool_auth_need(rq, &in->parameters, "REFRESH_TOKEN", &token) ||
        !pool_token_refresh(rq, token, &sign_in) ||
        !pool_check_secret(rq, rq->user.name, pool_auth_parameter(&in->parameters, "SECRET_HASH")))
        return false;
    json_out_name(&rq->out, STR("ChallengeParameters"));
    json_out_open(&rq->out, '{');
    json_out_close(&rq->out, '}');
    return pool_token_write(rq, &sign_in);
}

/* `allow`: what a client has to have one of; "" is any client that names old flows. */
static const struct flow {
    struct str name;
    bool admin, anybody; /* in which of the two operations */
    const char *allow[2];
    bool (*start)(struct pool_rq *rq, const struct auth_in *in);
    const char *refusal;
} flows[] = {
    {STR("USER_SRP_AUTH"),
     true,
     true,
     {"ALLOW_USER_SRP_AUTH", ""},
     start_srp,
     "USER_SRP_AUTH is not enabled for the client."},
    {STR("USER_PASSWORD_AUTH"),
     false,
     true,
     {"ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"},
     by_password,
     "USER_PASSWORD_AUTH flow not enabled for this client"},
    {STR("ADMIN_USER_PASSWORD_AUTH"),
     true,
     false,
     {"ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"},
     by_password,
     "Auth flow not enabled for this client"},
    {STR("ADMIN_NO_SRP_AUTH"),
     true,
     false,
     {"ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"},
     by_password,
     "Auth flow not enabled for this client"},
    {STR("REFRESH_TOKEN_AUTH"),
     true,
     true,
     {"ALLOW_REFRESH_TOKEN_AUTH", ""},
     by_refresh_token,
     "REFRESH_TOKEN_AUTH is not enabled for the client."},
    {STR("REFRESH_TOKEN"),
     true,
     true,
     {"ALLOW_REFRESH_TOKEN_AUTH", ""},
     by_refresh_token,
     "REFRESH_TOKEN_AUTH is not enabled for the client."},
};

static bool allowed(const struct pool_client *c, const struct flow *f)
{
    const struct str *v = c->flows.v;
    for (uint32_t i = 0; i < c->flows.n; i++) {
        bool old = !str_starts_with(v[i], STR("ALLOW_"));
        for (size_t k = 0; k < COUNT_OF(f->allow); k++)
            if (str_eq(v[i], str_from_c(f->allow[k])) || (f->allow[k][0] == '\0' && old))
                return true;
    }
    return false;
}

static bool start(struct pool_rq *rq, bool admin)
{
    const struct auth_in *in = rq->in;
    for (size_t i = 0; i < COUNT_OF(flows); i++) {
        const struct flow *f = &flows[i];
        if (!str_eq(in->flow, f->name) || !(admin ? f->admin : f->anybody))
            continue;
        return allowed(&rq->client, f) ? f->start(rq, in)
                                       : err_set(rq->e, ERR_INVALID_PARAMETER, "%s", f->refusal);
    }
    return err_set(rq->e, ERR_INVALID_PARAMETER, "Initiate Auth method not supported.");
}

static bool run(struct pool_rq *rq)
{
    const struct auth_in *in = rq->in;
    return pool_limit_source(rq, POOL_LIMIT_REQUESTS) && pool_load_client(rq, in->client_id) &&
           start(rq, false);
}

static bool run_admin(struct pool_rq *rq)
{
    const struct auth_in *in = rq->in;
    return pool_load_both(rq, in->pool_id, in->client_id) && start(rq, true);
}

const struct pool_op pool_op_initiate_auth = {
    .name = "InitiateAuth", .is_public = true, .in = &auth_shape, .run = run};
const struct pool_op pool_op_admin_initiate_auth = {
    .name = "AdminInitiateAuth", .in = &admin_auth_shape, .run = run_admin};
