/* op_create_table.c - CreateTable.  prepare() makes the whole definition, so
 * that run() only has to see whether the name is free. */
#include "op/op_list.h"
#include "op/table/op_schema_build.h"
#include "op/table/op_table_description.h"
#include "op/table/op_table_settings.h"
#include "op/table/op_tags.h"

struct create_table_in {
    struct str table, billing, table_class, policy, global_source, global_mode;
    struct list attributes, key, local, global, tags, vectors;
    struct units_in *provisioned, *on_demand, *warm;
    struct stream_in *stream;
    struct sse_in *sse;
    enum tri deletion_protection;
};

/* The server wants none of them, whatever they are. */
static const struct shape vector = SHAPE_OPAQUE("VectorIndex");
static const struct shape vectors = {.kind = SHAPE_LIST, .elem = &vector};

#define IN(member, json, shape, req) FIELD(struct create_table_in, member, json, shape, req)
static const struct field fields[] = {
    IN(table, "TableName", &shape_table_name_ctrl, FIELD_PARAMETER),
    IN(attributes, "AttributeDefinitions", &shape_attribute_definitions, REQUIRED),
    IN(key, "KeySchema", &shape_table_keys, REQUIRED),
    IN(local, "LocalSecondaryIndexes", &shape_local_indexes, OPTIONAL),
    IN(global, "GlobalSecondaryIndexes", &shape_global_indexes, OPTIONAL),
    IN(billing, "BillingMode", &shape_billing_mode, OPTIONAL),
    IN(provisioned, "ProvisionedThroughput", &shape_provisioned, OPTIONAL),
    IN(on_demand, "OnDemandThroughput", &shape_on_demand, OPTIONAL),
    IN(warm, "WarmThroughput", &shape_warm, OPTIONAL),
    IN(stream, "StreamSpecification", &shape_stream_specification, OPTIONAL),
    IN(sse, "SSESpecification", &shape_sse_specification, OPTIONAL),
    IN(tags, "Tags", &shape_tags, OPTIONAL),
    IN(table_class, "TableClass", &shape_string, OPTIONAL),
    IN(deletion_protection, "DeletionProtectionEnabled", &shape_bool, OPTIONAL),
    IN(policy, "ResourcePolicy", &shape_string, OPTIONAL),
    IN(global_source, "GlobalTableSourceArn", &shape_string, OPTIONAL),
    IN(global_mode, "GlobalTableSettingsReplicationMode", &shape_string, OPTIONAL),
    IN(vectors, "VectorIndexes", &vectors, OPTIONAL),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct create_table_in), .fields = fields};

static bool check_unsupported(struct req *rq, const struct create_table_in *in)
{
    if (in->policy.p != NULL)
        return settings_unsupported(rq, "ResourcePolicy");
    if (in->global_source.p != NULL)
        return settings_unsupported(rq, "GlobalTableSourceArn");
    if (in->global_mode.p != NULL)
        return settings_unsupported(rq, "GlobalTableSettingsReplicationMode");
    if (in->vectors.set)
        return settings_unsupported(rq, "VectorIndexes");
    return true;
}

/* OnDemandThroughput and WarmThroughput of the table or of an index. */
static bool fill_throughput(struct req *rq, const struct units_in *provisioned,
                            const struct units_in *on_demand, const struct units_in *warm,
                            enum billing_mode billing, struct str index, struct throughput *out)
{
    if (provisioned != NULL && !settings_units_check(rq, provisioned, index))
        return false;
    *out = (struct throughput){0};
    if (provisioned != NULL) {
        out->rcu = provisioned->read.v;
        out->wcu = provisioned->write.v;
    }
    if (on_demand != NULL) {
        if (!settings_on_demand_check(rq, on_demand, billing, index, false))
            return false;
        out->max_read_units = on_demand->read.v;
        out->max_write_units = on_demand->write.v;
    }
    settings_warm_raise(out, billing);
    if (warm == NULL)
        return true;
    if (!settings_warm_check(rq, warm, out, index, settings_warm_initial(billing)))
        return false;
    settings_warm_set(out, warm);
    return true;
}

static bool fill_billing(struct req *rq, const struct create_table_in *in, struct table_def *def)
{
    bool on_demand = str_eq(in->billing, STR("PAY_PER_REQUEST"));
    def->billing = on_demand ? BILLING_PAY_PER_REQUEST : BILLING_PROVISIONED;
    def->billing_summary = on_demand;
    if (!on_demand && in->provisioned == NULL)
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "ReadCapacityUnits and WriteCapacityUnits must both be specified "
                                  "when BillingMode is PROVISIONED");
    if (on_demand && in->provisioned != NULL)
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "Neither ReadCapacityUnits nor WriteCapacityUnits can be "
                                  "specified when BillingMode is PAY_PER_REQUEST");
    return fill_throughput(rq, in->provisioned, in->on_demand, in->warm, def->billing, STR(""),
                           &def->throughput);
}

static bool name_is_new(struct req *rq, const struct table_def *def, struct str name)
{
    if (table_def_index(def, name) == NULL)
        return true;
    return err_set(&rq->err, ERR_VALIDATION, OP_INVALID "Duplicate index name: " STR_FMT,
                   STR_ARG(name));
}

static bool fill_local(struct req *rq, const struct create_table_in *in,
                       const struct definitions *d, struct table_def *def)
{
    const struct index_in *x = in->local.v;
    if (!in->local.set)
        return true;
    if (in->local.n == 0)
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "List of LocalSecondaryIndexes is empty");
    if (in->local.n > LIMIT_LOCAL_INDEXES)
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "Number of LocalSecondaryIndexes exceeds per-table limit of %d",
                       LIMIT_LOCAL_INDEXES);
    if (def->key.range_n == 0)
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "Table KeySchema does not have a range key, which is required "
                                  "when specifying a LocalSecondaryIndex");
    for (uint32_t i = 0; i < in->local.n; i++) {
        if (!name_is_new(rq, def, x[i].name) ||
            !schema_index(rq, d, &x[i], false, &def->key, &def->index[def->index_n]))
            return false;
        def->index_n++;
    }
    return true;
}

static bool fill_global_throughput(struct req *rq, const struct index_in *in,
                                   enum billing_mode billing, struct throughput *out)
{
    if (billing == BILLING_PROVISIONED && in->provisioned == NULL)
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "ProvisionedThroughput is not specified for index: " STR_FMT,
                       STR_ARG(in->name));
    if (billing == BILLING_PAY_PER_REQUEST && in->provisioned != NULL)
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID
                       "ProvisionedThroughput should not be specified for index: " STR_FMT
                       " when BillingMode is PAY_PER_REQUEST",
                       STR_ARG(in->name));
    return fill_throughput(rq, in->provisioned, in->on_demand, in->warm, billing, in->name, out);
}

static bool fill_global(struct req *rq, const struct create_table_in *in,
                        const struct definitions *d, struct table_def *def)
{
    const struct index_in *x = in->global.v;
    if (!in->global.set)
        return true;
    if (in->global.n == 0)
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "List of GlobalSecondaryIndexes is empty");
    if (in->global.n > LIMIT_GLOBAL_INDEXES)
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "GlobalSecondaryIndex count exceeds the per-table limit of %d",
                       LIMIT_GLOBAL_INDEXES);
    for (uint32_t i = 0; i < in->global.n; i++) {
        struct index_def *made = &def->index[def->index_n];
        if (!name_is_new(rq, def, x[i].name) ||
            !schema_index(rq, d, &x[i], true, &def->key, made) ||
            !fill_global_throughput(rq, &x[i], def->billing, &made->throughput))
            return false;
        def->index_n++;
    }
    return true;
}

static bool fill_stream(struct req *rq, const struct stream_in *in, struct table_def *def)
{
    if (in == NULL)
        return true;
    if (in->enabled == TRI_TRUE && in->view.p == NULL)
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "Table is being created with a stream enabled, UpdateViewType is "
                                  "required");
    if (in->enabled == TRI_FALSE && in->view.p != NULL)
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "Table is being created with a stream disabled, UpdateViewType "
                                  "should not be specified");
    def->stream = settings_stream_view(in->view);
    return true;
}

static bool fill_tags(struct req *rq, const struct list *in, struct table_def *def)
{
    struct tag_set set = {0};
    if (in->n > 0 && (!tags_check(rq, in->v, in->n) || !tags_put(rq, &set, in->v, in->n)))
        return false;
    def->tag_n = set.n;
    def->tag = set.tag;
    return true;
}

static bool limits_of(struct req *rq, const struct units_in *provisioned,
                      const struct units_in *on_demand, const struct units_in *warm,
                      struct str index)
{
    return (provisioned == NULL || settings_limit_check(rq, provisioned, index)) &&
           (on_demand == NULL || settings_on_demand_limit(rq, on_demand, index)) &&
           (warm == NULL || settings_warm_limit(rq, warm, index));
}

/* Above the account's limits: the last thing that is looked at. */
static bool check_limits(struct req *rq, const struct create_table_in *in)
{
    const struct index_in *x = in->global.v;
    if (!limits_of(rq, in->provisioned, in->on_demand, in->warm, STR("")))
        return false;
    for (uint32_t i = 0; i < in->global.n; i++)
        if (!limits_of(rq, x[i].provisioned, x[i].on_demand, x[i].warm, x[i].name))
            return false;
    return true;
}

static bool create_table_prepare(struct req *rq)
{
    struct create_table_in *in = rq->in;
    struct definitions d;
    struct table_def *def = NEW(&rq->mem, struct table_def);
    rq->prepared = def;
    def->index = NEW_ARRAY(&rq->mem, struct index_def, LIMIT_INDEXES);
    if (!op_resolve_table(rq, &in->table) || !check_unsupported(rq, in) ||
        !settings_table_class(rq, in->table_class, &def->table_class) ||
        !fill_billing(rq, in, def) || !schema_definitions(rq, &in->attributes, &d) ||
        !schema_definitions_fit(rq, &d, &in->key, &in->local, &in->global) ||
        !schema_table_key(rq, &d, &in->key, &def->key) || !fill_local(rq, in, &d, def) ||
        !fill_global(rq, in, &d, def) || !schema_projections_fit(rq, def->index, def->index_n) ||
        !fill_stream(rq, in->stream, def) || (in->sse != NULL && !settings_sse(rq, in->sse)) ||
        !fill_tags(rq, &in->tags, def) || !check_limits(rq, in))
        return false;
    def->name = in->table;
    def->attr_n = d.n;
    def->attr = d.attr;
    def->deletion_protection = in->deletion_protection == TRI_TRUE;
    return true;
}

static bool wants_warm(const struct create_table_in *in)
{
    const struct index_in *x = in->global.v;
    bool warm = in->warm != NULL;
    for (uint32_t i = 0; i < in->global.n; i++)
        warm = warm || x[i].warm != NULL;
    return warm;
}

static void answer(struct req *rq, const struct table *t)
{
    struct table_def *shown = table_def_copy(&rq->mem, table_def(t));
    struct table_description d = {.view = TABLE_CREATED, .def = shown, .warm = wants_warm(rq->in)};
    shown->status = TABLE_CREATING;
    for (uint32_t i = 0; i < shown->index_n; i++)
        if (shown->index[i].global)
            shown->index[i].status = INDEX_CREATING;
    op_table_description(rq, &d);
}

static bool create_table_run(struct req *rq, struct db_txn *txn)
{
    struct table_def *def = rq->prepared;
    const struct table *t;
    int64_t now = env_now_ms(db_env(rq->db));
    t = db_table(txn, def->name);
    if (t != NULL && op_table_creating(rq, table_def(t)))
        return op_table_settled(rq, table_def(t));
    if (t != NULL)
        return err_set(&rq->err, ERR_RESOURCE_IN_USE, "Table already exists: " STR_FMT,
                       STR_ARG(def->name));
    if (db_table_count(txn) >= LIMIT_TABLES)
        return err_set(&rq->err, ERR_LIMIT_EXCEEDED,
                       "Subscriber limit exceeded: There is a limit of %d tables per subscriber",
                       LIMIT_TABLES);
    if (!settings_account_limit(rq, txn, NULL, def))
        return false;
    def->stream_label_ms = def->stream != STREAM_NONE ? now : 0;
    def->pay_per_request_ms = def->billing == BILLING_PAY_PER_REQUEST ? now : 0;
    if (!db_table_create(txn, def, &t, &rq->err))
        return false;
    answer(rq, t);
    return true;
}

const struct op op_create_table = {
    .name = "CreateTable",
    .action = "dynamodb:CreateTable",
    .flags = OP_WRITE,
    .in = &in_shape,
    .prepare = create_table_prepare,
    .run = create_table_run,
};
