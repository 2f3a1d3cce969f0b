/* pool_op_client.c - Create, Describe, List, Update and DeleteUserPoolClient. */
#include "cloud/pool_op.h"
#include "cloud/pool_page.h"

enum { ID_CHARS = 26, SECRET_CHARS = 51 };

static struct str random_text(struct pool_rq *rq, size_t n)
{
    static const char chars[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    char *p = arena_bytes(rq->mem, n);
    for (size_t i = 0; i < n; i++) {
        uint16_t r;
        pool_random(&r, sizeof(r));
        p[i] = chars[r % (sizeof(chars) - 1)];
    }
    return (struct str){p, n};
}

static bool check(struct pool_rq *rq, struct pool_client *c)
{
    if (c->oauth == TRI_TRUE)
        return err_set(rq->e, ERR_INVALID_PARAMETER,
                       "OAuth flows are not supported by this server.");
    if (c->revocation == TRI_FALSE)
        return err_set(rq->e, ERR_INVALID_PARAMETER,
                       "EnableTokenRevocation false is not supported by this server.");
    if (c->propagate == TRI_TRUE)
        return err_set(rq->e, ERR_INVALID_PARAMETER,
                       "EnablePropagateAdditionalUserContextData is not supported by this server.");
    static const struct str others[] = {STR("CUSTOM_AUTH_FLOW_ONLY"), STR("ALLOW_USER_AUTH")};
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (pool_list_has(&c->flows, others[i]))
            return err_set(rq->e, ERR_INVALID_PARAMETER,
                           STR_FMT " is not supported by this server.", STR_ARG(others[i]));
    return true;
}

static void set_defaults(struct arena *mem, struct pool_client *c)
{
    static const char *const flows[] = {"ALLOW_CUSTOM_AUTH", "ALLOW_USER_SRP_AUTH",
                                        "ALLOW_REFRESH_TOKEN_AUTH"};
    if (!c->refresh_validity.set || c->refresh_validity.v == 0)
        c->refresh_validity = (struct opt_int){true, 30};
    if (!c->session_minutes.set)
        c->session_minutes = (struct opt_int){true, 3};
    bool none = !c->flows.set || c->flows.n == 0;
    for (size_t i = 0; none && i < COUNT_OF(flows); i++)
        *(struct str *)pool_list_add(mem, &c->flows, sizeof(struct str)) = str_from_c(flows[i]);
    if (c->existence_errors.p == NULL)
        c->existence_errors = STR("LEGACY");
    c->revocation = TRI_TRUE;
    c->propagate = c->oauth = TRI_FALSE;
}

static bool save_client(void *arg, struct db_txn *t, struct err *e)
{
    struct pool_rq *rq = arg;
    const struct pool_client *c = &rq->client;
    struct str pool;
    if (!db_doc_get(t, STR("pool"), c->pool_id, &pool, e))
        return false;
    if (pool.p == NULL)
        return err_set(e, ERR_RESOURCE_NOT_FOUND, "User pool " STR_FMT " does not exist.",
                       STR_ARG(c->pool_id));
    return pool_doc_save(t, STR("pool-client"), pool_key2(rq->mem, c->pool_id, c->id),
                         &pool_client_doc_shape, c, e) &&
           db_doc_put(t, STR("pool-of-client"), c->id, c->pool_id, e);
}

static void write_client(struct pool_rq *rq)
{
    struct json_out *o = &rq->out;
    json_out_name(o, STR("UserPoolClient"));
    json_out_open(o, '{');
    op_encode_members(o, &pool_client_settings_shape, &rq->client);
    json_out_name(o, STR("CreationDate"));
    json_out_seconds(o, rq->client.created_ms.v);
    json_out_name(o, STR("LastModifiedDate"));
    json_out_seconds(o, rq->client.modified_ms.v);
    json_out_close(o, '}');
}

static bool run_create(struct pool_rq *rq)
{
    rq->client = *(const struct pool_client *)rq->in;
    struct pool_client *c = &rq->client;
    if (!check(rq, c))
        return false;
    set_defaults(rq->mem, c);
    c->id = random_text(rq, ID_CHARS);
    if (c->generate_secret == TRI_TRUE && c->secret.n == 0)
        c->secret = random_text(rq, SECRET_CHARS);
    c->created_ms = c->modified_ms = (struct opt_int){true, rq->now_ms};
    if (!cloud_write(rq->cloud, save_client, rq, rq->e))
        return false;
    write_client(rq);
    return true;
}

struct both_in {
    struct str pool_id, client_id;
};
static const struct field both_fields[] = {
    FIELD(struct both_in, pool_id, "UserPoolId", &pool_shape_id, REQUIRED),
    FIELD(struct both_in, client_id, "ClientId", &pool_shape_client_id, REQUIRED),
    {0},
};
static const struct shape both_shape = {
    .kind = SHAPE_STRUCT, .name = "Client", .size = sizeof(struct both_in), .fields = both_fields};

static bool run_describe(struct pool_rq *rq)
{
    const struct both_in *in = rq->in;
    if (!pool_load_both(rq, in->pool_id, in->client_id))
        return false;
    write_client(rq);
    return true;
}

struct list_in {
    struct str pool_id, token;
    struct opt_int max;
};
static const struct shape max_results = {.kind = SHAPE_INT, .min = 1, .max = 60};
static const struct field list_fields[] = {
    FIELD(struct list_in, pool_id, "UserPoolId", &pool_shape_id, REQUIRED),
    FIELD(struct list_in, max, "MaxResults", &max_results, OPTIONAL),
    FIELD(struct list_in, token, "NextToken", &pool_shape_page_token, OPTIONAL),
    {0},
};
static const struct shape list_shape = {
    .kind = SHAPE_STRUCT, .name = "List", .size = sizeof(struct list_in), .fields = list_fields};

static bool write_summary(struct pool_rq *rq, const void *doc)
{
    const struct pool_client *c = doc;
    struct json_out *o = &rq->out;
    json_out_open(o, '{');
    json_out_name(o, STR("ClientId"));
    json_out_str(o, c->id);
    json_out_name(o, STR("UserPoolId"));
    json_out_str(o, c->pool_id);
    json_out_name(o, STR("ClientName"));
    json_out_str(o, c->name);
    json_out_close(o, '}');
    return true;
}

static bool run_list(struct pool_rq *rq)
{
    const struct list_in *in = rq->in;
    struct pool_page page = {
        .rq = rq,
        .collection = STR("pool-client"),
        .prefix = pool_key2(rq->mem, in->pool_id, STR("")),
        .shape = &pool_client_doc_shape,
        .limit = in->max.set ? in->max.v : 60,
        .token = in->token,
        .token_name = "NextToken",
        .write = write_summary,
    };
    return pool_load(rq, in->pool_id) && pool_page_write(&page, "UserPoolClients");
}

static bool run_update(struct pool_rq *rq)
{
    struct pool_client new = *(const struct pool_client *)rq->in;
    if (!check(rq, &new) || !pool_load_both(rq, new.pool_id, new.id))
        return false;
    const struct pool_client *old = &rq->client;
    set_defaults(rq->mem, &new);
    if (new.name.p == NULL)
        new.name = old->name;
    new.secret = old->secret;
    new.created_ms = old->created_ms;
    new.modified_ms = (struct opt_int){true, rq->now_ms};
    rq->client = new;
    if (!cloud_write(rq->cloud, save_client, rq, rq->e))
        return false;
    write_client(rq);
    return true;
}

static bool delete_client(void *arg, struct db_txn *t, struct err *e)
{
    struct pool_rq *rq = arg;
    return db_doc_del(t, STR("pool-client"), pool_key2(rq->mem, rq->pool.id, rq->client.id), e) &&
           db_doc_del(t, STR("pool-of-client"), rq->client.id, e);
}

static bool run_delete(struct pool_rq *rq)
{
    const struct both_in *in = rq->in;
    return pool_load_both(rq, in->pool_id, in->client_id) &&
           cloud_write(rq->cloud, delete_client, rq, rq->e);
}

const struct pool_op pool_op_create_client = {
    .name = "CreateUserPoolClient", .in = &pool_client_create_shape, .run = run_create};
const struct pool_op pool_op_describe_client = {
    .name = "DescribeUserPoolClient", .in = &both_shape, .run = run_describe};
const struct pool_op pool_op_list_clients = {
    .name = "ListUserPoolClients", .in = &list_shape, .run = run_list};
const struct pool_op pool_op_update_client = {
    .name = "UpdateUserPoolClient", .in = &pool_client_update_shape, .run = run_update};
const struct pool_op pool_op_delete_client = {
    .name = "DeleteUserPoolClient", .in = &both_shape, .run = run_delete};
