/* pool_op_pool.c - Create, Describe, List, Update and DeleteUserPool. */
#include <stdlib.h>

#include "cloud/pool_attribute.h"
#include "cloud/pool_jwt.h"
#include "cloud/pool_op.h"
#include "cloud/pool_page.h"

enum { ID_CHARS = 9, DELETE_SLICE = 500 };

static struct str new_id(struct pool_rq *rq)
{
    static const char chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    char id[ID_CHARS];
    for (size_t i = 0; i < sizeof(id); i++) {
        uint16_t r;
        pool_random(&r, sizeof(r));
        id[i] = chars[r % (sizeof(chars) - 1)];
    }
    return arena_printf(rq->mem, "%s_%.*s", rq->cloud->region, ID_CHARS, id);
}

static void set_tri(enum tri *t, enum tri value)
{
    if (*t == TRI_ABSENT)
        *t = value;
}

static void set_int(struct opt_int *i, int64_t value)
{
    if (!i->set)
        *i = (struct opt_int){true, value};
}

/* What the service fills in when a pool is made or updated without it. */
static void set_defaults(struct arena *mem, struct pool *p)
{
    if (p->policies == NULL)
        p->policies = NEW(mem, struct pool_policies);
    if (p->policies->password == NULL)
        p->policies->password = NEW(mem, struct password_policy);
    struct password_policy *w = p->policies->password;
    bool any = w->minimum.set || w->upper != TRI_ABSENT || w->lower != TRI_ABSENT ||
               w->numbers != TRI_ABSENT || w->symbols != TRI_ABSENT;
    set_int(&w->minimum, any ? 6 : 8);
    set_tri(&w->upper, any ? TRI_FALSE : TRI_TRUE);
    set_tri(&w->lower, any ? TRI_FALSE : TRI_TRUE);
    set_tri(&w->numbers, any ? TRI_FALSE : TRI_TRUE);
    set_tri(&w->symbols, any ? TRI_FALSE : TRI_TRUE);
    set_int(&w->temporary_days, 7);
    if (p->deletion_protection.p == NULL)
        p->deletion_protection = STR("INACTIVE");
    if (p->mfa.p == NULL)
        p->mfa = STR("OFF");
    if (p->tier.p == NULL)
        p->tier = STR("ESSENTIALS");
    if (p->lambda == NULL)
        p->lambda = NEW(mem, struct lambda_config);
    if (p->admin_create == NULL)
        p->admin_create = NEW(mem, struct admin_create_config);
    set_tri(&p->admin_create->admin_only, TRI_FALSE);
    set_int(&p->admin_create->unused_days, w->temporary_days.v);
    if (p->email == NULL)
        p->email = NEW(mem, struct email_config);
    if (p->email->account.p == NULL)
        p->email->account = STR("COGNITO_DEFAULT");
    if (p->verification == NULL)
        p->verification = NEW(mem, struct verification_template);
    if (p->verification->option.p == NULL)
        p->verification->option = STR("CONFIRM_WITH_CODE");
}

/* What the shapes cannot say. */
static bool check(struct pool_rq *rq, const struct pool *p)
{
    const struct password_policy *w = p->policies != NULL ? p->policies->password : NULL;
    if (w != NULL && w->history.v > 0)
        return err_set(rq->e, ERR_INVALID_PARAMETER,
                       "PasswordHistorySize is not supported by this server.");
    if (p->verification != NULL && str_eq(p->verification->option, STR("CONFIRM_WITH_LINK")))
        return err_set(rq->e, ERR_INVALID_PARAMETER,
                       "CONFIRM_WITH_LINK is not supported by this server.");
    return true;
}

static bool save_pool(void *arg, struct db_txn *t, struct err *e)
{
    struct pool_rq *rq = arg;
    return pool_doc_save(t, STR("pool"), rq->pool.id, &pool_doc_shape, &rq->pool, e) &&
           pool_doc_save(t, STR("pool-key"), rq->pool.id, &pool_key_shape, &rq->key, e);
}

static void write_pool(struct pool_rq *rq, struct str count)
{
    struct json_out *o = &rq->out;
    json_out_name(o, STR("UserPool"));
    json_out_open(o, '{');
    op_encode_members(o, &pool_settings_shape, &rq->pool);
    json_out_name(o, STR("Arn"));
    json_out_str(o, arena_printf(rq->mem, "arn:aws:cognito-idp:%s:%s:userpool/" STR_FMT,
                                 rq->cloud->region, rq->cloud->account, STR_ARG(rq->pool.id)));
    json_out_name(o, STR("CreationDate"));
    json_out_seconds(o, rq->pool.created_ms.v);
    json_out_name(o, STR("LastModifiedDate"));
    json_out_seconds(o, rq->pool.modified_ms.v);
    json_out_name(o, STR("EstimatedNumberOfUsers"));
    json_out_raw(o, count.n > 0 ? count : STR("0"));
    json_out_name(o, STR("SchemaAttributes"));
    pool_schema_write(o, &rq->pool);
    json_out_close(o, '}');
}

static bool run_create(struct pool_rq *rq)
{
    unsigned char *seal = arena_alloc(rq->mem, POOL_SEAL_KEY_BYTES);
    rq->pool = *(const struct pool *)rq->in;
    struct pool *p = &rq->pool;
    if (p->aliases.n > 0 && p->username_attributes.n > 0)
        return err_set(rq->e, ERR_INVALID_PARAMETER,
                       "Only one of the aliasAttributes or usernameAttributes can be set in a user "
                       "pool.");
    if (!check(rq, p) || !pool_schema_check(rq->mem, p, rq->e))
        return false;
    set_defaults(rq->mem, p);
    p->id = new_id(rq);
    p->created_ms = p->modified_ms = (struct opt_int){true, rq->now_ms};
    pool_random(seal, POOL_SEAL_KEY_BYTES);
    rq->key.seal = (struct str){(const char *)seal, POOL_SEAL_KEY_BYTES};
    pool_calculate(rq);
    pool_jwt_key(rq->mem, &rq->key.der, &rq->key.kid);
    pool_calculated(rq);
    if (!cloud_write(rq->cloud, save_pool, rq, rq->e))
        return false;
    write_pool(rq, STR("0"));
    return true;
}

static bool read_count(void *arg, struct db_txn *t, struct err *e)
{
    struct pool_rq *rq = arg;
    struct str n;
    if (!db_doc_get(t, STR("pool-count"), rq->pool.id, &n, e))
        return false;
    *(struct str *)rq->arg = arena_dup(rq->mem, n);
    return true;
}

struct id_in {
    struct str id;
};
static const struct field id_fields[] = {
    FIELD(struct id_in, id, "UserPoolId", &pool_shape_id, REQUIRED),
    {0},
};
static const struct shape id_shape = {
    .kind = SHAPE_STRUCT, .name = "Id", .size = sizeof(struct id_in), .fields = id_fields};

static bool run_describe(struct pool_rq *rq)
{
    const struct id_in *in = rq->in;
    struct str count = {0};
    rq->arg = &count;
    if (!pool_load(rq, in->id) || !cloud_read(rq->cloud, read_count, rq, rq->e))
        return false;
    write_pool(rq, count);
    return true;
}

struct list_in {
    struct opt_int max;
    struct str token;
};
static const struct shape max_results = {.kind = SHAPE_INT, .min = 1, .max = 60};
static const struct field list_fields[] = {
    FIELD(struct list_in, max, "MaxResults", &max_results, REQUIRED),
    FIELD(struct list_in, token, "NextToken", &pool_shape_page_token, OPTIONAL),
    {0},
};
static const struct shape list_shape = {
    .kind = SHAPE_STRUCT, .name = "List", .size = sizeof(struct list_in), .fields = list_fields};

static bool write_summary(struct pool_rq *rq, const void *doc)
{
    static const struct lambda_config none = {0};
    const struct pool *p = doc;
    struct json_out *o = &rq->out;
    json_out_open(o, '{');
    json_out_name(o, STR("Id"));
    json_out_str(o, p->id);
    json_out_name(o, STR("Name"));
    json_out_str(o, p->name);
    json_out_name(o, STR("LambdaConfig"));
    json_out_open(o, '{');
    const struct lambda_config *l = p->lambda != NULL ? p->lambda : &none;
    if (l->post_confirmation.n > 0) {
        json_out_name(o, STR("PostConfirmation"));
        json_out_str(o, l->post_confirmation);
    }
    json_out_close(o, '}');
    json_out_name(o, STR("CreationDate"));
    json_out_seconds(o, p->created_ms.v);
    json_out_name(o, STR("LastModifiedDate"));
    json_out_seconds(o, p->modified_ms.v);
    json_out_close(o, '}');
    return true;
}

static bool run_list(struct pool_rq *rq)
{
    const struct list_in *in = rq->in;
    struct pool_page page = {
        .rq = rq,
        .collection = STR("pool"),
        .prefix = STR(""),
        .shape = &pool_doc_shape,
        .limit = in->max.v,
        .token = in->token,
        .token_name = "NextToken",
        .write = write_summary,
    };
    return pool_page_write(&page, "UserPools");
}

static bool update_pool(void *arg, struct db_txn *t, struct err *e)
{
    struct pool_rq *rq = arg;
    struct pool old = {0}, *p = &rq->pool;
    bool found;
    if (!pool_doc_load(t, rq->mem, STR("pool"), p->id, &pool_doc_shape, &old, &found, e))
        return false;
    if (!found)
        return err_set(e, ERR_RESOURCE_NOT_FOUND, "User pool " STR_FMT " does not exist.",
                       STR_ARG(p->id));
    if (p->name.p == NULL)
        p->name = old.name;
    p->aliases = old.aliases;
    p->username_attributes = old.username_attributes;
    p->username = old.username;
    p->schema = old.schema;
    p->created_ms = old.created_ms;
    p->modified_ms = (struct opt_int){true, rq->now_ms};
    return pool_doc_save(t, STR("pool"), p->id, &pool_doc_shape, p, e);
}

static bool run_update(struct pool_rq *rq)
{
    rq->pool = *(const struct pool *)rq->in;
    if (!check(rq, &rq->pool))
        return false;
    set_defaults(rq->mem, &rq->pool);
    return cloud_write(rq->cloud, update_pool, rq, rq->e);
}

/* Deleting goes by slices, so that other writes do not wait for a big pool. */
struct removal {
    struct pool_rq *rq;
    struct db_txn *t;
    struct str collection;
    int left;
    bool failed;
    struct err *e;
};

static bool remove_one(void *arg, struct str key, struct str value)
{
    struct removal *r = arg;
    struct str copy = arena_dup(r->rq->mem, key), client = {0};
    if (str_eq(r->collection, STR("pool-client")))
        client = str_from(copy, r->rq->pool.id.n + 1);
    (void)value;
    r->failed = !db_doc_del(r->t, r->collection, copy, r->e) ||
                (client.n > 0 && !db_doc_del(r->t, STR("pool-of-client"), client, r->e));
    return --r->left > 0 && !r->failed;
}

static bool remove_slice(void *arg, struct db_txn *t, struct err *e)
{
    struct removal *r = arg;
    r->t = t;
    r->e = e;
    r->left = DELETE_SLICE;
    r->failed = false;
    return db_doc_scan(t, r->collection, pool_key2(r->rq->mem, r->rq->pool.id, STR("")), remove_one,
                       r, e) &&
           !r->failed;
}

static bool remove_pool(void *arg, struct db_txn *t, struct err *e)
{
    struct pool_rq *rq = arg;
    return db_doc_del(t, STR("pool"), rq->pool.id, e) &&
           db_doc_del(t, STR("pool-key"), rq->pool.id, e) &&
           db_doc_del(t, STR("pool-count"), rq->pool.id, e);
}

/* The pool itself goes first: from then on nobody finds or adds anything in it. */
static bool run_delete(struct pool_rq *rq)
{
    static const struct str collections[] = {STR("pool-client"), STR("pool-alias"),
                                             STR("pool-user"), STR("pool-revoked")};
    const struct id_in *in = rq->in;
    if (!pool_load(rq, in->id))
        return false;
    if (str_eq(rq->pool.deletion_protection, STR("ACTIVE")))
        return err_set(rq->e, ERR_INVALID_PARAMETER,
                       "The user pool cannot be deleted because deletion protection is activated. "
                       "Deletion protection must be inactivated first.");
    if (!cloud_write(rq->cloud, remove_pool, rq, rq->e))
        return false;
    for (size_t i = 0; i < COUNT_OF(collections); i++) {
        struct removal r = {.rq = rq, .collection = collections[i]};
        do {
            if (!cloud_write(rq->cloud, remove_slice, &r, rq->e))
                return false;
        } while (r.left == 0);
    }
    return true;
}

const struct pool_op pool_op_create_pool = {
    .name = "CreateUserPool", .in = &pool_create_shape, .run = run_create};
const struct pool_op pool_op_describe_pool = {
    .name = "DescribeUserPool", .in = &id_shape, .run = run_describe};
const struct pool_op pool_op_list_pools = {
    .name = "ListUserPools", .in = &list_shape, .run = run_list};
const struct pool_op pool_op_update_pool = {
    .name = "UpdateUserPool", .in = &pool_update_shape, .run = run_update};
const struct pool_op pool_op_delete_pool = {
    .name = "DeleteUserPool", .in = &id_shape, .run = run_delete};
