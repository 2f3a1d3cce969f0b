/* pool_op_sign_up.c - SignUp, ConfirmSignUp, ResendConfirmationCode, AdminConfirmSignUp. */
#include "cloud/pool_attribute.h"
#include "cloud/pool_code.h"
#include "cloud/pool_op.h"
#include "cloud/pool_password.h"

struct sign_up_in {
    struct str client_id, secret_hash, username, password;
    struct list attributes;
    struct str context[4];
};
#define CONTEXT(T, i, json) FIELD(T, context[i], json, &pool_shape_context, OPTIONAL)
static const struct field sign_up_fields[] = {
    FIELD(struct sign_up_in, client_id, "ClientId", &pool_shape_client_id, REQUIRED),
    FIELD(struct sign_up_in, secret_hash, "SecretHash", &pool_shape_secret_hash, OPTIONAL),
    FIELD(struct sign_up_in, username, "Username", &pool_shape_username, REQUIRED),
    FIELD(struct sign_up_in, password, "Password", &pool_shape_password, REQUIRED),
    FIELD(struct sign_up_in, attributes, "UserAttributes", &pool_shape_attributes, OPTIONAL),
    CONTEXT(struct sign_up_in, 0, "ValidationData"),
    CONTEXT(struct sign_up_in, 1, "AnalyticsMetadata"),
    CONTEXT(struct sign_up_in, 2, "UserContextData"),
    CONTEXT(struct sign_up_in, 3, "ClientMetadata"),
    {0},
};
static const struct shape sign_up_shape = {
    .kind = SHAPE_STRUCT,
    .name = "SignUpRequest",
    .size = sizeof(struct sign_up_in),
    .fields = sign_up_fields,
};

static bool exists(struct pool_rq *rq, struct str username)
{
    bool by_address = rq->pool.username_attributes.n > 0;
    return by_address
               ? err_set(rq->e, ERR_USERNAME_EXISTS, "An account with the given %s already exists.",
                         pool_is_phone(username) ? "phone_number" : "email")
               : err_set(rq->e, ERR_USERNAME_EXISTS, "User already exists");
}

static bool sign_up(struct pool_rq *rq, const struct sign_up_in *in, struct pool_code *code,
                    struct str *address)
{
    struct user u = {.attributes = in->attributes};
    if (!pool_name_new_user(rq, in->username, &u) ||
        !pool_attributes_check(rq, &u.attributes, POOL_WRITER_CLIENT, true) ||
        !pool_password_check(&rq->pool, in->password, rq->e))
        return false;
    if (!pool_look_for_user(rq, in->username))
        return false;
    if (rq->found)
        return exists(rq, in->username);
    pool_password_make(rq, u.name, in->password, &u.salt, &u.verifier);
    u.enabled = TRI_TRUE;
    u.status = STR("UNCONFIRMED");
    pool_finish_new_user(rq, &u);
    *address = pool_code_address(rq, &u, false);
    if (address->n > 0) {
        pool_code_make(rq, u.name, STR(POOL_CODE_SIGN_UP), *address,
                       pool_attribute_get(&u.attributes, *address), code);
        pool_code_put(rq, &u, &code->code);
    }
    if (!pool_create_user(rq, &u, false)) {
        if (rq->e->code != ERR_USERNAME_EXISTS)
            return false;
        err_init(rq->e, rq->e->mem);
        return exists(rq, in->username);
    }
    rq->user = u;
    return true;
}

static bool run_sign_up(struct pool_rq *rq)
{
    const struct sign_up_in *in = rq->in;
    struct pool_code code;
    struct str address = {0};
    if (!pool_limit_source(rq, POOL_LIMIT_MESSAGES) || !pool_load_client(rq, in->client_id) ||
        !pool_check_secret(rq, in->username, in->secret_hash))
        return false;
    if (rq->pool.admin_create != NULL && rq->pool.admin_create->admin_only == TRI_TRUE)
        return err_set(rq->e, ERR_NOT_AUTHORIZED, "SignUp is not permitted for this user pool");
    if (!sign_up(rq, in, &code, &address))
        return false;
    if (address.n > 0 && !pool_code_send(rq, &rq->user, address, code.digits))
        return false;
    json_out_name(&rq->out, STR("UserConfirmed"));
    json_out_bool(&rq->out, false);
    json_out_name(&rq->out, STR("UserSub"));
    json_out_str(&rq->out, rq->user.sub);
    if (address.n > 0) {
        json_out_name(&rq->out, STR("CodeDeliveryDetails"));
        pool_code_details(&rq->out, rq, address, pool_attribute_get(&rq->user.attributes, address));
    }
    return true;
}

struct confirm_in {
    struct str client_id, secret_hash, username, code, session;
    enum tri force;
    struct str context[3];
};
static const struct field confirm_fields[] = {
    FIELD(struct confirm_in, client_id, "ClientId", &pool_shape_client_id, REQUIRED),
    FIELD(struct confirm_in, secret_hash, "SecretHash", &pool_shape_secret_hash, OPTIONAL),
    FIELD(struct confirm_in, username, "Username", &pool_shape_username, REQUIRED),
    FIELD(struct confirm_in, code, "ConfirmationCode", &pool_shape_code, REQUIRED),
    FIELD(struct confirm_in, force, "ForceAliasCreation", &shape_bool, OPTIONAL),
    FIELD(struct confirm_in, session, "Session", &pool_shape_refused, OPTIONAL),
    CONTEXT(struct confirm_in, 0, "AnalyticsMetadata"),
    CONTEXT(struct confirm_in, 1, "UserContextData"),
    CONTEXT(struct confirm_in, 2, "ClientMetadata"),
    {0},
};
static const struct shape confirm_shape = {
    .kind = SHAPE_STRUCT,
    .name = "ConfirmSignUpRequest",
    .size = sizeof(struct confirm_in),
    .fields = confirm_fields,
};

static bool check_unconfirmed(const struct user *u, struct err *e)
{
    return str_eq(u->status, STR("UNCONFIRMED")) ||
           err_set(e, ERR_NOT_AUTHORIZED, "User cannot be confirmed. Current status is " STR_FMT,
                   STR_ARG(u->status));
}

static bool confirm(struct pool_rq *rq, struct user *u, struct err *e)
{
    const struct confirm_in *in = rq->in;
    struct str attribute;
    if (!check_unconfirmed(u, e) ||
        !pool_code_check(rq, u, STR(POOL_CODE_SIGN_UP), in->code, &attribute, e))
        return false;
    u->status = STR("CONFIRMED");
    pool_attribute_set(rq->mem, &u->attributes,
                       arena_printf(rq->mem, STR_FMT "_verified", STR_ARG(attribute)), STR("true"));
    pool_code_drop(rq, u, STR(POOL_CODE_SIGN_UP));
    return true;
}

static bool run_confirm(struct pool_rq *rq)
{
    const struct confirm_in *in = rq->in;
    if (!pool_limit_source(rq, POOL_LIMIT_REQUESTS) || !pool_load_client(rq, in->client_id) ||
        !pool_check_secret(rq, in->username, in->secret_hash) ||
        !pool_look_for_user(rq, in->username) || !pool_code_may_guess(rq, in->username))
        return false;
    if (!rq->found && pool_hides_users(rq))
        return err_set(rq->e, ERR_EXPIRED_CODE,
                       "Invalid code provided, please request a code again.");
    if (!rq->found)
        return err_set(rq->e, ERR_USER_NOT_FOUND, "Username/client id combination not found.");
    if (!pool_change_user(rq, confirm, in->force == TRI_TRUE))
        return false;
    pool_limits_forget(rq->pools->limits, POOL_LIMIT_USER_GUESSES,
                       pool_limit_name(rq, in->username));
    return pool_post_confirmation(rq, "PostConfirmation_ConfirmSignUp", in->client_id);
}

struct resend_in {
    struct str client_id, secret_hash, username;
    struct str context[3];
};
static const struct field resend_fields[] = {
    FIELD(struct resend_in, client_id, "ClientId", &pool_shape_client_id, REQUIRED),
    FIELD(struct resend_in, secret_hash, "SecretHash", &pool_shape_secret_hash, OPTIONAL),
    FIELD(struct resend_in, username, "Username", &pool_shape_username, REQUIRED),
    CONTEXT(struct resend_in, 0, "AnalyticsMetadata"),
    CONTEXT(struct resend_in, 1, "UserContextData"),
    CONTEXT(struct resend_in, 2, "ClientMetadata"),
    {0},
};
static const struct shape resend_shape = {
    .kind = SHAPE_STRUCT,
    .name = "ResendConfirmationCodeRequest",
    .size = sizeof(struct resend_in),
    .fields = resend_fields,
};

static bool put_code(struct pool_rq *rq, struct user *u, struct err *e)
{
    const struct pool_code *code = rq->arg;
    if (!str_eq(u->status, STR("UNCONFIRMED")))
        return err_set(e, ERR_INVALID_PARAMETER, "User is already confirmed.");
    pool_code_put(rq, u, &code->code);
    return true;
}

static bool run_resend(struct pool_rq *rq)
{
    const struct resend_in *in = rq->in;
    struct pool_code code;
    struct str address = STR("email"), value;
    if (!pool_limit_source(rq, POOL_LIMIT_MESSAGES) || !pool_load_client(rq, in->client_id) ||
        !pool_check_secret(rq, in->username, in->secret_hash) ||
        !pool_look_for_user(rq, in->username) || !pool_code_may_send(rq, in->username))
        return false;
    if (rq->found) {
        address = pool_code_address(rq, &rq->user, false);
        if (address.n == 0)
            return err_set(rq->e, ERR_INVALID_PARAMETER,
                           "Cannot resend codes. Auto verification not turned on.");
        pool_code_make(rq, rq->user.name, STR(POOL_CODE_SIGN_UP), address,
                       pool_attribute_get(&rq->user.attributes, address), &code);
        rq->arg = &code;
        if (!pool_change_user(rq, put_code, false) ||
            !pool_code_send(rq, &rq->user, address, code.digits))
            return false;
        value = pool_attribute_get(&rq->user.attributes, address);
    } else if (pool_hides_users(rq)) {
        value = pool_nobody_address(rq, in->username);
    } else {
        return err_set(rq->e, ERR_USER_NOT_FOUND, "Username/client id combination not found.");
    }
    json_out_name(&rq->out, STR("CodeDeliveryDetails"));
    pool_code_details(&rq->out, rq, address, value);
    return true;
}

static bool admin_confirm(struct pool_rq *rq, struct user *u, struct err *e)
{
    if (!check_unconfirmed(u, e))
        return false;
    u->status = STR("CONFIRMED");
    pool_code_drop(rq, u, STR(POOL_CODE_SIGN_UP));
    return true;
}

static bool run_admin_confirm(struct pool_rq *rq)
{
    const struct pool_user_in *in = rq->in;
    return pool_load_user(rq, in->pool_id, in->username) &&
           pool_change_user(rq, admin_confirm, false) &&
           pool_post_confirmation(rq, "PostConfirmation_ConfirmSignUp", (struct str){0});
}

const struct pool_op pool_op_sign_up = {
    .name = "SignUp", .is_public = true, .in = &sign_up_shape, .run = run_sign_up};
const struct pool_op pool_op_confirm_sign_up = {
    .name = "ConfirmSignUp", .is_public = true, .in = &confirm_shape, .run = run_confirm};
const struct pool_op pool_op_resend_code = {
    .name = "ResendConfirmationCode", .is_public = true, .in = &resend_shape, .run = run_resend};
const struct pool_op pool_op_admin_confirm = {
    .name = "AdminConfirmSignUp", .in = &pool_user_shape, .run = run_admin_confirm};
