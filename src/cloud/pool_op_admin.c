/* pool_op_admin.c - what administrators do with users: get, change, enable, disable,
 * sign out, set and reset passwords, delete. */
#include "cloud/pool_attribute.h"
#include "cloud/pool_code.h"
#include "cloud/pool_op.h"
#include "cloud/pool_password.h"

enum { DAY_MS = 86400 * 1000 };

struct admin_in {
    struct str pool_id, username, password, context;
    struct list attributes, names;
    enum tri permanent;
};
#define ADMIN(member, json, shape, req) FIELD(struct admin_in, member, json, shape, req)
#define ADMIN_FIELDS                                                                               \
    ADMIN(pool_id, "UserPoolId", &pool_shape_id, REQUIRED),                                        \
        ADMIN(username, "Username", &pool_shape_username, REQUIRED),                               \
        ADMIN(context, "ClientMetadata", &pool_shape_context, OPTIONAL)
static const struct field user_fields[] = {ADMIN_FIELDS, {0}};
static const struct field update_fields[] = {
    ADMIN_FIELDS, ADMIN(attributes, "UserAttributes", &pool_shape_attributes, REQUIRED), {0}};
static const struct field delete_fields[] = {
    ADMIN_FIELDS, ADMIN(names, "UserAttributeNames", &pool_shape_attribute_names, REQUIRED), {0}};
static const struct field password_fields[] = {
    ADMIN_FIELDS,
    ADMIN(password, "Password", &pool_shape_password, REQUIRED),
    ADMIN(permanent, "Permanent", &shape_bool, OPTIONAL),
    {0}};
#define SHAPE(fields_)                                                                             \
    {                                                                                              \
        .kind = SHAPE_STRUCT, .name = "Request", .size = sizeof(struct admin_in),                  \
        .fields = fields_                                                                          \
    }
static const struct shape user_shape = SHAPE(user_fields), update_shape = SHAPE(update_fields),
                          delete_shape = SHAPE(delete_fields),
                          password_shape = SHAPE(password_fields);

static bool load(struct pool_rq *rq)
{
    const struct admin_in *in = rq->in;
    return pool_load_user(rq, in->pool_id, in->username);
}

static bool run_get(struct pool_rq *rq)
{
    if (!load(rq))
        return false;
    pool_write_user(&rq->out, &rq->user, "UserAttributes", NULL);
    return true;
}

static bool run_delete(struct pool_rq *rq)
{
    return load(rq) && pool_delete_user(rq);
}

static bool update(struct pool_rq *rq, struct user *u, struct err *e)
{
    const struct admin_in *in = rq->in;
    (void)e;
    pool_attributes_merge(rq->mem, &u->attributes, &in->attributes);
    return true;
}

static bool run_update(struct pool_rq *rq)
{
    const struct admin_in *in = rq->in;
    return load(rq) && pool_attributes_check(rq, &in->attributes, POOL_WRITER_ADMIN, false) &&
           pool_change_user(rq, update, false);
}

static bool run_delete_attributes(struct pool_rq *rq)
{
    struct admin_in *in = rq->in;
    return load(rq) && pool_remove_attributes(rq, &in->names, true);
}

static bool enable(struct pool_rq *rq, struct user *u, struct err *e)
{
    (void)rq, (void)e;
    u->enabled = TRI_TRUE;
    return true;
}

static bool disable(struct pool_rq *rq, struct user *u, struct err *e)
{
    u->enabled = TRI_FALSE;
    return pool_sign_out(rq, u, e);
}

static bool run_enable(struct pool_rq *rq)
{
    return load(rq) && pool_change_user(rq, enable, false);
}

static bool run_disable(struct pool_rq *rq)
{
    return load(rq) && pool_change_user(rq, disable, false);
}

static bool run_sign_out(struct pool_rq *rq)
{
    return load(rq) && pool_change_user(rq, pool_sign_out, false);
}

int64_t pool_temporary_until(struct pool_rq *rq)
{
    const struct pool_policies *p = rq->pool.policies;
    int64_t days = p != NULL && p->password != NULL && p->password->temporary_days.v > 0
                       ? p->password->temporary_days.v
                       : 7;
    return rq->now_ms + days * DAY_MS;
}

struct password {
    struct str salt, verifier;
};

static bool set_password(struct pool_rq *rq, struct user *u, struct err *e)
{
    const struct admin_in *in = rq->in;
    const struct password *p = rq->arg;
    (void)e;
    u->salt = p->salt;
    u->verifier = p->verifier;
    u->status = in->permanent == TRI_TRUE ? STR("CONFIRMED") : STR("FORCE_CHANGE_PASSWORD");
    u->temporary_until_ms = (struct opt_int){0};
    if (in->permanent != TRI_TRUE)
        u->temporary_until_ms = (struct opt_int){true, pool_temporary_until(rq)};
    return true;
}

static bool run_set_password(struct pool_rq *rq)
{
    const struct admin_in *in = rq->in;
    struct password p;
    if (!load(rq) || !pool_password_check(&rq->pool, in->password, rq->e))
        return false;
    pool_password_make(rq, rq->user.name, in->password, &p.salt, &p.verifier);
    rq->arg = &p;
    if (!pool_change_user(rq, set_password, false))
        return false;
    pool_limits_password_right(rq->pools->limits, pool_limit_name(rq, rq->user.name));
    return true;
}

static bool reset(struct pool_rq *rq, struct user *u, struct err *e)
{
    (void)rq, (void)e;
    u->status = STR("RESET_REQUIRED");
    return true;
}

static bool run_reset(struct pool_rq *rq)
{
    struct str address;
    return load(rq) && pool_send_reset(rq, &address) && pool_change_user(rq, reset, false);
}

const struct pool_op pool_op_admin_get_user = {
    .name = "AdminGetUser", .in = &user_shape, .run = run_get};
const struct pool_op pool_op_admin_delete_user = {
    .name = "AdminDeleteUser", .in = &user_shape, .run = run_delete};
const struct pool_op pool_op_admin_update_attributes = {
    .name = "AdminUpdateUserAttributes", .in = &update_shape, .run = run_update};
const struct pool_op pool_op_admin_delete_attributes = {
    .name = "AdminDeleteUserAttributes", .in = &delete_shape, .run = run_delete_attributes};
const struct pool_op pool_op_admin_enable = {
    .name = "AdminEnableUser", .in = &user_shape, .run = run_enable};
const struct pool_op pool_op_admin_disable = {
    .name = "AdminDisableUser", .in = &user_shape, .run = run_disable};
const struct pool_op pool_op_admin_sign_out = {
    .name = "AdminUserGlobalSignOut", .in = &user_shape, .run = run_sign_out};
const struct pool_op pool_op_admin_set_password = {
    .name = "AdminSetUserPassword", .in = &password_shape, .run = run_set_password};
const struct pool_op pool_op_admin_reset_password = {
    .name = "AdminResetUserPassword", .in = &user_shape, .run = run_reset};
