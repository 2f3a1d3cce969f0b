/* pool_op_self.c - what a signed-in user does with his own account: GetUser,
 * UpdateUserAttributes, DeleteUserAttributes, ChangePassword, GlobalSignOut, RevokeToken,
 * DeleteUser, GetUserAttributeVerificationCode, VerifyUserAttribute. */
#include <openssl/crypto.h>

#include "cloud/pool_attribute.h"
#include "cloud/pool_auth.h"
#include "cloud/pool_code.h"
#include "cloud/pool_op.h"
#include "cloud/pool_password.h"
#include "cloud/pool_token.h"

struct self_in {
    struct str token, attribute, code, previous, proposed, client_id, client_secret, context;
    struct list attributes, names;
};
#define SELF(member, json, shape, req) FIELD(struct self_in, member, json, shape, req)
#define TOKEN                          SELF(token, "AccessToken", &pool_shape_token, REQUIRED)
#define METADATA                       SELF(context, "ClientMetadata", &pool_shape_context, OPTIONAL)
static const struct field token_fields[] = {TOKEN, {0}};
static const struct field update_fields[] = {
    TOKEN, SELF(attributes, "UserAttributes", &pool_shape_attributes, REQUIRED), METADATA, {0}};
static const struct field delete_fields[] = {
    TOKEN, SELF(names, "UserAttributeNames", &pool_shape_attribute_names, REQUIRED), {0}};
static const struct field change_fields[] = {
    TOKEN,
    SELF(previous, "PreviousPassword", &pool_shape_password, REQUIRED),
    SELF(proposed, "ProposedPassword", &pool_shape_password, REQUIRED),
    {0}};
static const struct field code_fields[] = {
    TOKEN, SELF(attribute, "AttributeName", &pool_shape_attribute_name, REQUIRED), METADATA, {0}};
static const struct field verify_fields[] = {
    TOKEN,
    SELF(attribute, "AttributeName", &pool_shape_attribute_name, REQUIRED),
    SELF(code, "Code", &pool_shape_code, REQUIRED),
    {0}};
static const struct field revoke_fields[] = {
    SELF(token, "Token", &pool_shape_token, REQUIRED),
    SELF(client_id, "ClientId", &pool_shape_client_id, REQUIRED),
    SELF(client_secret, "ClientSecret", &pool_shape_secret_hash, OPTIONAL),
    {0}};

#define SHAPE(fields_)                                                                             \
    {                                                                                              \
        .kind = SHAPE_STRUCT, .name = "Request", .size = sizeof(struct self_in), .fields = fields_ \
    }
static const struct shape token_shape = SHAPE(token_fields), update_shape = SHAPE(update_fields),
                          delete_shape = SHAPE(delete_fields), change_shape = SHAPE(change_fields),
                          code_shape = SHAPE(code_fields), verify_shape = SHAPE(verify_fields),
                          revoke_shape = SHAPE(revoke_fields);

static bool load(struct pool_rq *rq)
{
    const struct self_in *in = rq->in;
    return pool_limit_source(rq, POOL_LIMIT_REQUESTS) && pool_token_load(rq, in->token, NULL);
}

static bool run_get(struct pool_rq *rq)
{
    if (!load(rq))
        return false;
    json_out_name(&rq->out, STR("Username"));
    json_out_str(&rq->out, rq->user.name);
    json_out_name(&rq->out, STR("UserAttributes"));
    pool_write_attributes(&rq->out, &rq->user.attributes,
                          rq->client.read.set ? &rq->client.read : NULL);
    return true;
}

struct update {
    struct pool_code code[2]; /* for changed addresses */
    uint32_t codes;
};

static bool update(struct pool_rq *rq, struct user *u, struct err *e)
{
    const struct self_in *in = rq->in;
    const struct update *up = rq->arg;
    (void)e;
    pool_attributes_merge(rq->mem, &u->attributes, &in->attributes);
    for (uint32_t i = 0; i < up->codes; i++)
        pool_code_put(rq, u, &up->code[i].code);
    return true;
}

/* A changed address that the pool verifies gets a code. */
static void make_codes(struct pool_rq *rq, const struct self_in *in, struct update *up)
{
    static const struct str names[][2] = {
        {STR("email"), STR(POOL_CODE_VERIFY "email")},
        {STR("phone_number"), STR(POOL_CODE_VERIFY "phone_number")}};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct str new = pool_attribute_get(&in->attributes, names[i][0]);
        if (new.n > 0 && pool_list_has(&rq->pool.auto_verified, names[i][0]) &&
            !str_eq(new, pool_attribute_get(&rq->user.attributes, names[i][0])))
            pool_code_make(rq, rq->user.name, names[i][1], names[i][0], new,
                           &up->code[up->codes++]);
    }
}

static bool run_update(struct pool_rq *rq)
{
    const struct self_in *in = rq->in;
    struct update up = {0};
    if (!load(rq) || !pool_attributes_check(rq, &in->attributes, POOL_WRITER_CLIENT, false))
        return false;
    make_codes(rq, in, &up);
    rq->arg = &up;
    if (up.codes > 0 && !pool_code_may_send(rq, rq->user.name))
        return false;
    if (!pool_change_user(rq, update, false))
        return false;
    json_out_name(&rq->out, STR("CodeDeliveryDetailsList"));
    json_out_open(&rq->out, '[');
    for (uint32_t i = 0; i < up.codes; i++) {
        struct str name = up.code[i].code.attribute;
        if (!pool_code_send(rq, &rq->user, name, up.code[i].digits))
            return false;
        pool_code_details(&rq->out, rq, name, pool_attribute_get(&rq->user.attributes, name));
    }
    json_out_close(&rq->out, ']');
    return true;
}

static bool remove_attributes(struct pool_rq *rq, struct user *u, struct err *e)
{
    const struct list *names = rq->arg;
    const struct str *name = names->v;
    struct list gone = {0};
    (void)e;
    for (uint32_t i = 0; i < names->n; i++)
        *(struct attribute *)pool_list_add(rq->mem, &gone, sizeof(struct attribute)) =
            (struct attribute){name[i], STR("")};
    pool_attributes_merge(rq->mem, &u->attributes, &gone);
    return true;
}

bool pool_remove_attributes(struct pool_rq *rq, struct list *names, bool admin)
{
    const struct str *name = names->v;
    struct list all = {0};
    for (uint32_t i = 0; i < names->n; i++)
        *(struct attribute *)pool_list_add(rq->mem, &all, sizeof(struct attribute)) =
            (struct attribute){name[i], STR("")};
    rq->arg = names;
    return pool_attributes_check(rq, &all, admin ? POOL_WRITER_ADMIN : POOL_WRITER_CLIENT, false) &&
           pool_change_user(rq, remove_attributes, false);
}

static bool run_delete_attributes(struct pool_rq *rq)
{
    struct self_in *in = rq->in;
    return load(rq) && pool_remove_attributes(rq, &in->names, false);
}

struct replace {
    struct str salt, verifier, old;
};

static bool replace_password(struct pool_rq *rq, struct user *u, struct err *e)
{
    const struct replace *r = rq->arg;
    if (!str_eq(u->verifier, r->old))
        return err_set(e, ERR_NOT_AUTHORIZED, "Incorrect username or password.");
    u->salt = r->salt;
    u->verifier = r->verifier;
    return true;
}

static bool run_change_password(struct pool_rq *rq)
{
    const struct self_in *in = rq->in;
    struct replace r;
    if (!load(rq) || !pool_auth_may_try(rq, rq->user.name))
        return false;
    if (!pool_password_right(rq, rq->user.name, in->previous))
        return pool_auth_wrong(rq);
    pool_limits_password_right(rq->pools->limits, pool_limit_name(rq, rq->user.name));
    if (!pool_password_check(&rq->pool, in->proposed, rq->e))
        return false;
    r.old = rq->user.verifier;
    pool_password_make(rq, rq->user.name, in->proposed, &r.salt, &r.verifier);
    rq->arg = &r;
    return pool_change_user(rq, replace_password, false);
}

bool pool_sign_out(struct pool_rq *rq, struct user *u, struct err *e)
{
    (void)e;
    int64_t from = u->valid_from_ms.v > rq->now_ms ? u->valid_from_ms.v : rq->now_ms;
    u->valid_from_ms = (struct opt_int){true, from + 1};
    return true;
}

static bool run_sign_out(struct pool_rq *rq)
{
    return load(rq) && pool_change_user(rq, pool_sign_out, false);
}

static bool run_revoke(struct pool_rq *rq)
{
    const struct self_in *in = rq->in;
    if (!pool_limit_source(rq, POOL_LIMIT_REQUESTS) || !pool_load_client(rq, in->client_id))
        return false;
    bool right =
        in->client_secret.n == rq->client.secret.n &&
        (in->client_secret.n == 0 ||
         CRYPTO_memcmp(in->client_secret.p, rq->client.secret.p, in->client_secret.n) == 0);
    if (!right)
        return err_set(rq->e, ERR_UNAUTHORIZED, "Invalid client secret");
    return pool_token_revoke(rq, in->token);
}

static bool run_delete(struct pool_rq *rq)
{
    return load(rq) && pool_delete_user(rq);
}

static struct str purpose(struct pool_rq *rq, struct str attribute)
{
    return arena_printf(rq->mem, POOL_CODE_VERIFY STR_FMT, STR_ARG(attribute));
}

static bool is_address(struct pool_rq *rq, struct str attribute)
{
    return str_eq(attribute, STR("email")) || str_eq(attribute, STR("phone_number")) ||
           err_set(rq->e, ERR_INVALID_PARAMETER, "Attribute cannot be verified.");
}

static bool put_code(struct pool_rq *rq, struct user *u, struct err *e)
{
    const struct pool_code *code = rq->arg;
    (void)e;
    pool_code_put(rq, u, &code->code);
    return true;
}

static bool run_code(struct pool_rq *rq)
{
    const struct self_in *in = rq->in;
    struct pool_code code;
    if (!pool_limit_source(rq, POOL_LIMIT_MESSAGES) || !load(rq) ||
        !is_address(rq, in->attribute) || !pool_code_may_send(rq, rq->user.name))
        return false;
    struct str value = pool_attribute_get(&rq->user.attributes, in->attribute);
    if (value.n == 0)
        return err_set(rq->e, ERR_INVALID_PARAMETER,
                       "User does not have delivery config set to "
                       "turn on the attribute verification.");
    pool_code_make(rq, rq->user.name, purpose(rq, in->attribute), in->attribute, value, &code);
    rq->arg = &code;
    if (!pool_change_user(rq, put_code, false) ||
        !pool_code_send(rq, &rq->user, in->attribute, code.digits))
        return false;
    json_out_name(&rq->out, STR("CodeDeliveryDetails"));
    pool_code_details(&rq->out, rq, in->attribute, value);
    return true;
}

static bool verify(struct pool_rq *rq, struct user *u, struct err *e)
{
    const struct self_in *in = rq->in;
    struct str attribute;
    if (!pool_code_check(rq, u, purpose(rq, in->attribute), in->code, &attribute, e))
        return false;
    pool_code_drop(rq, u, purpose(rq, in->attribute));
    pool_attribute_set(rq->mem, &u->attributes,
                       arena_printf(rq->mem, STR_FMT "_verified", STR_ARG(attribute)), STR("true"));
    return true;
}

static bool run_verify(struct pool_rq *rq)
{
    const struct self_in *in = rq->in;
    return load(rq) && is_address(rq, in->attribute) && pool_code_may_guess(rq, rq->user.name) &&
           pool_change_user(rq, verify, false);
}

const struct pool_op pool_op_get_user = {"GetUser", true, &token_shape, run_get};
const struct pool_op pool_op_update_attributes = {"UpdateUserAttributes", true, &update_shape,
                                                  run_update};
const struct pool_op pool_op_delete_attributes = {"DeleteUserAttributes", true, &delete_shape,
                                                  run_delete_attributes};
const struct pool_op pool_op_change_password = {"ChangePassword", true, &change_shape,
                                                run_change_password};
const struct pool_op pool_op_global_sign_out = {"GlobalSignOut", true, &token_shape, run_sign_out};
const struct pool_op pool_op_revoke_token = {"RevokeToken", true, &revoke_shape, run_revoke};
const struct pool_op pool_op_delete_self = {"DeleteUser", true, &token_shape, run_delete};
const struct pool_op pool_op_attribute_code = {"GetUserAttributeVerificationCode", true,
                                               &code_shape, run_code};
const struct pool_op pool_op_verify_attribute = {"VerifyUserAttribute", true, &verify_shape,
                                                 run_verify};
