/* op_update_table.c - UpdateTable: one concern at a time. */
#include "op/op_list.h"
#include "op/table/op_update_int.h"

static const struct field index_update_fields[] = {
    FIELD(struct index_update_in, update, "Update", &shape_global_index_update, OPTIONAL),
    FIELD(struct index_update_in, create, "Create", &shape_global_index_create, OPTIONAL),
    FIELD(struct index_update_in, remove, "Delete", &shape_global_index_delete, OPTIONAL),
    {0},
};
static const struct shape index_update = {
    .kind = SHAPE_STRUCT,
    .name = "GlobalSecondaryIndexUpdate",
    .size = sizeof(struct index_update_in),
    .fields = index_update_fields,
};
static const struct shape index_updates = {.kind = SHAPE_LIST, .elem = &index_update};
/* Lists that this server wants nothing of, whatever is in their elements. */
static const struct shape replica = SHAPE_OPAQUE("ReplicationGroupUpdate");
static const struct shape replicas = {.kind = SHAPE_LIST, .min = 1, .elem = &replica};
static const struct shape witness = SHAPE_OPAQUE("GlobalTableWitnessGroupUpdate");
static const struct shape witnesses = {.kind = SHAPE_LIST, .min = 1, .elem = &witness};
static const struct shape vector = SHAPE_OPAQUE("VectorIndexUpdate");
static const struct shape vectors = {.kind = SHAPE_LIST, .elem = &vector};

#define IN(member, json, shape, req) FIELD(struct update_table_in, member, json, shape, req)
static const struct field fields[] = {
    IN(table, "TableName", &shape_table_name_ctrl, FIELD_PARAMETER),
    IN(attributes, "AttributeDefinitions", &shape_attribute_definitions, OPTIONAL),
    IN(billing, "BillingMode", &shape_billing_mode, OPTIONAL),
    IN(provisioned, "ProvisionedThroughput", &shape_provisioned, OPTIONAL),
    IN(indexes, "GlobalSecondaryIndexUpdates", &index_updates, OPTIONAL),
    IN(stream, "StreamSpecification", &shape_stream_specification, OPTIONAL),
    IN(sse, "SSESpecification", &shape_sse_specification, OPTIONAL),
    IN(replicas, "ReplicaUpdates", &replicas, OPTIONAL),
    IN(table_class, "TableClass", &shape_string, OPTIONAL),
    IN(deletion_protection, "DeletionProtectionEnabled", &shape_bool, OPTIONAL),
    IN(consistency, "MultiRegionConsistency", &shape_string, OPTIONAL),
    IN(witnesses, "GlobalTableWitnessUpdates", &witnesses, OPTIONAL),
    IN(on_demand, "OnDemandThroughput", &shape_on_demand, OPTIONAL),
    IN(warm, "WarmThroughput", &shape_warm, OPTIONAL),
    IN(global_mode, "GlobalTableSettingsReplicationMode", &shape_string, OPTIONAL),
    IN(disassociation_protection, "DisassociationProtectionEnabled", &shape_bool, OPTIONAL),
    IN(vectors, "VectorIndexUpdates", &vectors, OPTIONAL),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct update_table_in), .fields = fields};

/* What a request wants to change, as bits. */
enum {
    BILLING = 1,
    CAPACITY = 2,
    INDEXES = 4,
    STREAM = 8,
    SSE = 16,
    CLASS = 32,
    PROTECTION = 64,
    ON_DEMAND = 128,
    WARM = 256,
    REPLICAS = 512,
    VECTORS = 1024,
};

static int concerns(const struct update_table_in *in)
{
    return (in->billing.p != NULL ? BILLING : 0) | (in->provisioned != NULL ? CAPACITY : 0) |
           (in->indexes.n > 0 ? INDEXES : 0) | (in->stream != NULL ? STREAM : 0) |
           (in->sse != NULL ? SSE : 0) | (in->table_class.p != NULL ? CLASS : 0) |
           (in->deletion_protection != TRI_ABSENT ? PROTECTION : 0) |
           (in->on_demand != NULL ? ON_DEMAND : 0) | (in->warm != NULL ? WARM : 0) |
           (in->replicas.set || in->witnesses.set || in->consistency.p != NULL ||
                    in->global_mode.p != NULL || in->disassociation_protection != TRI_ABSENT
                ? REPLICAS
                : 0) |
           (in->vectors.set ? VECTORS : 0);
}

static const char warm_alone[] = "WarmThroughput must be the only operation in the request";

static const struct {
    int what, with; /* no bit of `with` may be set beside `what` */
    const char *text;
} alone[] = {
    {SSE, ~SSE, "Server-Side Encryption modification must be the only operation in the request"},
    {CLASS, ~CLASS, "TableClass modification must be the only operation in the request"},
    {PROTECTION, ~PROTECTION,
     "DeletionProtection modification must be the only operation in the request"},
    {WARM, ~(WARM | INDEXES), warm_alone},
    {REPLICAS, ~REPLICAS, "Replica modification must be the only operation in the request"},
    {ON_DEMAND, ~(ON_DEMAND | BILLING),
     "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request"},
    {STREAM, CAPACITY, "You cannot modify stream status while updating table IOPS"},
};

static bool check_alone(struct req *rq, const struct update_table_in *in, int what)
{
    const char *text = NULL;
    for (size_t i = 0; i < COUNT_OF(alone) && text == NULL; i++)
        if ((what & alone[i].what) != 0 && (what & alone[i].with) != 0)
            text = alone[i].text;
    bool online = update_indexes_add_or_remove(&in->indexes);
    if (text == NULL && (what & WARM) != 0 && !update_indexes_only_warm(&in->indexes))
        text = warm_alone;
    if (text == NULL && online && (what & CAPACITY) != 0)
        text = "You cannot create or delete index while updating table IOPS";
    if (text == NULL && online && (what & STREAM) != 0)
        text = "You cannot create or delete index while changing stream status";
    return text == NULL || err_set(&rq->err, ERR_VALIDATION, OP_INVALID "%s", text);
}

static bool check_supported(struct req *rq, const struct update_table_in *in)
{
    if (in->replicas.set)
        return settings_unsupported(rq, "ReplicaUpdates");
    if (in->witnesses.set)
        return settings_unsupported(rq, "GlobalTableWitnessUpdates");
    if (in->consistency.p != NULL)
        return settings_unsupported(rq, "MultiRegionConsistency");
    if (in->global_mode.p != NULL)
        return settings_unsupported(rq, "GlobalTableSettingsReplicationMode");
    if (in->disassociation_protection != TRI_ABSENT)
        return settings_unsupported(rq, "DisassociationProtectionEnabled");
    if (in->vectors.set)
        return settings_unsupported(rq, "VectorIndexUpdates");
    return true;
}

static bool update_table_prepare(struct req *rq)
{
    struct update_table_in *in = rq->in;
    int what = concerns(in);
    if (!op_resolve_table(rq, &in->table))
        return false;
    if (what == 0)
        return err_set(&rq->err, ERR_VALIDATION,
                       "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
                       "GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, "
                       "MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, "
                       "DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or "
                       "TableClass is required");
    if (in->indexes.set && in->indexes.n == 0)
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "List of GlobalSecondaryIndexUpdates is empty");
    /* The service breaks here, and clients know it. */
    if ((what == WARM && units_empty(in->warm)) ||
        (what == ON_DEMAND && units_empty(in->on_demand)))
        return err_set(&rq->err, ERR_INTERNAL_FAILURE, "%s", "");
    return check_alone(rq, in, what) && check_supported(rq, in) && update_settings_check(rq, in) &&
           update_indexes_check(rq, in);
}

static bool update_table_run(struct req *rq, struct db_txn *txn)
{
    const struct update_table_in *in = rq->in;
    const struct table *t = op_table_ctrl(rq, txn, in->table);
    if (t == NULL || !op_table_settled(rq, table_def(t)))
        return false;
    struct update u = {
        .rq = rq,
        .in = in,
        .old = table_def(t),
        .def = table_def_copy(&rq->mem, table_def(t)),
        .shown = table_def_copy(&rq->mem, table_def(t)),
        .now_ms = env_now_ms(db_env(rq->db)),
    };
    if (!update_settings(&u) || !update_indexes(&u) ||
        !settings_account_limit(rq, txn, u.old, u.def))
        return false;
    struct table_description d = {
        .view = TABLE_UPDATED, .def = u.shown, .warm = u.warm, .warming = u.warming};
    db_table_counts(t, &d.counts);
    op_table_description(rq, &d);
    return db_table_replace(txn, t, u.def, &t, &rq->err);
}

const struct op op_update_table = {
    .name = "UpdateTable",
    .action = "dynamodb:UpdateTable",
    .flags = OP_WRITE,
    .in = &in_shape,
    .prepare = update_table_prepare,
    .run = update_table_run,
};
