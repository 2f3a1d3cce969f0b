/* pool_op_forgot.c - ForgotPassword and ConfirmForgotPassword. */
#include "cloud/pool_attribute.h"
#include "cloud/pool_code.h"
#include "cloud/pool_op.h"
#include "cloud/pool_password.h"

struct forgot_in {
    struct str client_id, secret_hash, username, code, password;
    struct str context[3];
};
#define FORGOT(member, json, shape, req) FIELD(struct forgot_in, member, json, shape, req)
#define FORGOT_FIELDS                                                                              \
    FORGOT(client_id, "ClientId", &pool_shape_client_id, REQUIRED),                                \
        FORGOT(secret_hash, "SecretHash", &pool_shape_secret_hash, OPTIONAL),                      \
        FORGOT(username, "Username", &pool_shape_username, REQUIRED),                              \
        FORGOT(context[0], "AnalyticsMetadata", &pool_shape_context, OPTIONAL),                    \
        FORGOT(context[1], "UserContextData", &pool_shape_context, OPTIONAL),                      \
        FORGOT(context[2], "ClientMetadata", &pool_shape_context, OPTIONAL)
static const struct field forgot_fields[] = {FORGOT_FIELDS, {0}};
static const struct field confirm_fields[] = {
    FORGOT_FIELDS,
    FORGOT(code, "ConfirmationCode", &pool_shape_code, REQUIRED),
    FORGOT(password, "Password", &pool_shape_password, REQUIRED),
    {0}};
static const struct shape forgot_shape = {.kind = SHAPE_STRUCT,
                                          .name = "ForgotPasswordRequest",
                                          .size = sizeof(struct forgot_in),
                                          .fields = forgot_fields};
static const struct shape confirm_shape = {.kind = SHAPE_STRUCT,
                                           .name = "ConfirmForgotPasswordRequest",
                                           .size = sizeof(struct forgot_in),
                                           .fields = confirm_fields};

/* The first way of the pool's AccountRecoverySetting that this user has. */
static bool find_address(struct pool_rq *rq, struct str *address)
{
    static const struct recovery none = {0};
    const struct recovery *r = rq->pool.recovery != NULL ? rq->pool.recovery : &none;
    const struct recovery_option *o = r->options.v;
    *address = (struct str){0};
    for (int64_t priority = 1; priority <= 2 && r->options.n > 0; priority++)
        for (uint32_t i = 0; i < r->options.n && address->n == 0; i++) {
            if (o[i].priority.v != priority)
                continue;
            if (str_eq(o[i].name, STR("admin_only")))
                return err_set(rq->e, ERR_NOT_AUTHORIZED,
                               "Contact administrator to reset password.");
            struct str name =
                str_eq(o[i].name, STR("verified_email")) ? STR("email") : STR("phone_number");
            struct str verified = arena_printf(rq->mem, STR_FMT "_verified", STR_ARG(name));
            if (pool_attribute_get(&rq->user.attributes, name).n > 0 &&
                str_eq(pool_attribute_get(&rq->user.attributes, verified), STR("true")))
                *address = name;
        }
    if (r->options.n == 0)
        *address = pool_code_address(rq, &rq->user, true);
    return address->n > 0 ||
           err_set(rq->e, ERR_INVALID_PARAMETER,
                   "Cannot reset password for the user as there is no registered/verified email or "
                   "phone_number");
}

static bool put_code(struct pool_rq *rq, struct user *u, struct err *e)
{
    const struct pool_code *code = rq->arg;
    (void)e;
    pool_code_put(rq, u, &code->code);
    return true;
}

bool pool_send_reset(struct pool_rq *rq, struct str *address)
{
    struct pool_code code;
    if (rq->user.enabled == TRI_FALSE)
        return err_set(rq->e, ERR_NOT_AUTHORIZED, "User is disabled.");
    if (str_eq(rq->user.status, STR("FORCE_CHANGE_PASSWORD")))
        return err_set(rq->e, ERR_NOT_AUTHORIZED,
                       "User password cannot be reset in the current state.");
    if (!find_address(rq, address))
        return false;
    pool_code_make(rq, rq->user.name, STR(POOL_CODE_FORGOT), *address,
                   pool_attribute_get(&rq->user.attributes, *address), &code);
    rq->arg = &code;
    return pool_change_user(rq, put_code, false) &&
           pool_code_send(rq, &rq->user, *address, code.digits);
}

static bool run_forgot(struct pool_rq *rq)
{
    const struct forgot_in *in = rq->in;
    struct str address = STR("email"), value = {0};
    if (!pool_limit_source(rq, POOL_LIMIT_MESSAGES) || !pool_load_client(rq, in->client_id) ||
        !pool_check_secret(rq, in->username, in->secret_hash) ||
        !pool_look_for_user(rq, in->username) || !pool_code_may_send(rq, in->username))
        return false;
    bool hidden = pool_hides_users(rq) && (!rq->found || rq->user.enabled == TRI_FALSE);
    if (!rq->found && !hidden)
        return err_set(rq->e, ERR_USER_NOT_FOUND, "Username/client id combination not found.");
    if (!hidden && !pool_send_reset(rq, &address))
        return false;
    value = hidden ? pool_nobody_address(rq, in->username)
                   : pool_attribute_get(&rq->user.attributes, address);
    json_out_name(&rq->out, STR("CodeDeliveryDetails"));
    pool_code_details(&rq->out, rq, address, value);
    return true;
}

struct replace {
    struct str salt, verifier;
};

static bool replace_password(struct pool_rq *rq, struct user *u, struct err *e)
{
    const struct forgot_in *in = rq->in;
    const struct replace *r = rq->arg;
    struct str attribute;
    if (!pool_code_check(rq, u, STR(POOL_CODE_FORGOT), in->code, &attribute, e))
        return false;
    pool_code_drop(rq, u, STR(POOL_CODE_FORGOT));
    u->salt = r->salt;
    u->verifier = r->verifier;
    u->status = STR("CONFIRMED");
    u->temporary_until_ms = (struct opt_int){0};
    return true;
}

static bool no_such_code(struct pool_rq *rq)
{
    return err_set(rq->e, ERR_CODE_MISMATCH,
                   "Invalid verification code provided, please try again.");
}

static bool run_confirm(struct pool_rq *rq)
{
    const struct forgot_in *in = rq->in;
    struct replace r;
    if (!pool_limit_source(rq, POOL_LIMIT_REQUESTS) || !pool_load_client(rq, in->client_id) ||
        !pool_check_secret(rq, in->username, in->secret_hash) ||
        !pool_look_for_user(rq, in->username) || !pool_code_may_guess(rq, in->username) ||
        !pool_password_check(&rq->pool, in->password, rq->e))
        return false;
    bool hides = pool_hides_users(rq);
    if (!rq->found && !hides)
        return err_set(rq->e, ERR_USER_NOT_FOUND, "Username/client id combination not found.");
    /* Also for nobody: the answer takes as long. */
    pool_password_make(rq, rq->found ? rq->user.name : in->username, in->password, &r.salt,
                       &r.verifier);
    if (!rq->found || rq->user.enabled == TRI_FALSE)
        return hides ? no_such_code(rq) : err_set(rq->e, ERR_NOT_AUTHORIZED, "User is disabled.");
    rq->arg = &r;
    if (!pool_change_user(rq, replace_password, false)) {
        /* Nobody has no code either: the two must look the same. */
        if (hides && rq->e->code == ERR_EXPIRED_CODE) {
            err_init(rq->e, rq->e->mem);
            return no_such_code(rq);
        }
        return false;
    }
    pool_limits_forget(rq->pools->limits, POOL_LIMIT_USER_GUESSES,
                       pool_limit_name(rq, in->username));
    pool_limits_password_right(rq->pools->limits, pool_limit_name(rq, in->username));
    return pool_post_confirmation(rq, "PostConfirmation_ConfirmForgotPassword", in->client_id);
}

const struct pool_op pool_op_forgot_password = {
    .name = "ForgotPassword", .is_public = true, .in = &forgot_shape, .run = run_forgot};
const struct pool_op pool_op_confirm_forgot_password = {
    .name = "ConfirmForgotPassword", .is_public = true, .in = &confirm_shape, .run = run_confirm};
