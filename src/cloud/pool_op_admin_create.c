/* pool_op_admin_create.c - AdminCreateUser. */
#include "cloud/pool_attribute.h"
#include "cloud/pool_code.h"
#include "cloud/pool_op.h"
#include "cloud/pool_password.h"

struct create_in {
    struct str pool_id, username, password, action;
    struct list attributes, mediums;
    enum tri force;
    struct str context[2];
};
static const struct shape action_shape = {
    .kind = SHAPE_STRING, .values = (const char *const[]){"RESEND", "SUPPRESS", NULL}};
static const struct shape medium_shape = {.kind = SHAPE_STRING,
                                          .values = (const char *const[]){"SMS", "EMAIL", NULL}};
static const struct shape mediums_shape = {.kind = SHAPE_LIST, .elem = &medium_shape};
#define CREATE(member, json, shape, req) FIELD(struct create_in, member, json, shape, req)
static const struct field create_fields[] = {
    CREATE(pool_id, "UserPoolId", &pool_shape_id, REQUIRED),
    CREATE(username, "Username", &pool_shape_username, REQUIRED),
    CREATE(attributes, "UserAttributes", &pool_shape_attributes, OPTIONAL),
    CREATE(password, "TemporaryPassword", &pool_shape_temporary_password, OPTIONAL),
    CREATE(action, "MessageAction", &action_shape, OPTIONAL),
    CREATE(mediums, "DesiredDeliveryMediums", &mediums_shape, OPTIONAL),
    CREATE(force, "ForceAliasCreation", &shape_bool, OPTIONAL),
    CREATE(context[0], "ValidationData", &pool_shape_context, OPTIONAL),
    CREATE(context[1], "ClientMetadata", &pool_shape_context, OPTIONAL),
    {0},
};
static const struct shape create_shape = {.kind = SHAPE_STRUCT,
                                          .name = "AdminCreateUserRequest",
                                          .size = sizeof(struct create_in),
                                          .fields = create_fields};

static bool invite(struct pool_rq *rq, const struct create_in *in, struct str password)
{
    static const struct {
        struct str medium, attribute;
    } ways[] = {{STR("EMAIL"), STR("email")}, {STR("SMS"), STR("phone_number")}};
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        /* The service's default is SMS alone; an address that is there is good as well. */
        bool wanted = in->mediums.n == 0 || pool_list_has(&in->mediums, ways[i].medium);
        if (wanted && pool_attribute_get(&rq->user.attributes, ways[i].attribute).n > 0)
            return pool_invite_send(rq, &rq->user, ways[i].medium, in->username, password);
    }
    return true;
}

struct resend {
    struct str salt, verifier;
};

static bool set_password(struct pool_rq *rq, struct user *u, struct err *e)
{
    const struct resend *r = rq->arg;
    if (!str_eq(u->status, STR("FORCE_CHANGE_PASSWORD")))
        return err_set(e, ERR_UNSUPPORTED_USER_STATE,
                       "Resend not possible. " STR_FMT " status is not FORCE_CHANGE_PASSWORD",
                       STR_ARG(u->name));
    u->salt = r->salt;
    u->verifier = r->verifier;
    u->temporary_until_ms = (struct opt_int){true, pool_temporary_until(rq)};
    return true;
}

static bool resend(struct pool_rq *rq, struct str password)
{
    struct resend r;
    if (!rq->found)
        return err_set(rq->e, ERR_USER_NOT_FOUND, "User does not exist.");
    pool_password_make(rq, rq->user.name, password, &r.salt, &r.verifier);
    rq->arg = &r;
    return pool_change_user(rq, set_password, false);
}

static bool create(struct pool_rq *rq, const struct create_in *in, struct str password)
{
    struct user u = {.attributes = in->attributes};
    if (rq->found)
        return err_set(rq->e, ERR_USERNAME_EXISTS, "User account already exists");
    if (!pool_name_new_user(rq, in->username, &u) ||
        !pool_attributes_check(rq, &u.attributes, POOL_WRITER_ADMIN, true))
        return false;
    pool_password_make(rq, u.name, password, &u.salt, &u.verifier);
    u.enabled = TRI_TRUE;
    u.status = STR("FORCE_CHANGE_PASSWORD");
    u.temporary_until_ms = (struct opt_int){true, pool_temporary_until(rq)};
    pool_finish_new_user(rq, &u);
    if (!pool_create_user(rq, &u, in->force == TRI_TRUE))
        return false;
    rq->user = u;
    return true;
}

static bool run(struct pool_rq *rq)
{
    const struct create_in *in = rq->in;
    if (!pool_load(rq, in->pool_id) || !pool_look_for_user(rq, in->username))
        return false;
    struct str password = in->password.n > 0 ? in->password : pool_password_random(rq);
    if (!pool_password_check(&rq->pool, password, rq->e))
        return false;
    bool again = str_eq(in->action, STR("RESEND"));
    if (!(again ? resend(rq, password) : create(rq, in, password)))
        return false;
    if (!str_eq(in->action, STR("SUPPRESS")) && !invite(rq, in, password))
        return false;
    json_out_name(&rq->out, STR("User"));
    json_out_open(&rq->out, '{');
    pool_write_user(&rq->out, &rq->user, "Attributes", NULL);
    json_out_close(&rq->out, '}');
    return true;
}

const struct pool_op pool_op_admin_create_user = {
    .name = "AdminCreateUser", .in = &create_shape, .run = run};
