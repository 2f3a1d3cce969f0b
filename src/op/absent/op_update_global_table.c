/* op_update_global_table.c - UpdateGlobalTable. There are no global tables. */
#include "op/absent/op_control.h"
#include "op/op_list.h"

static const struct shape replica = SHAPE_OPAQUE("ReplicaUpdate");
static const struct shape replicas = {.kind = SHAPE_LIST, .elem = &replica};
static const struct field fields[] = {
    FIELD(struct control_in, table, "GlobalTableName", &shape_global_table_name, REQUIRED),
    FIELD(struct control_in, replicas, "ReplicaUpdates", &replicas, REQUIRED),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct control_in), .fields = fields};

static bool update_global_table_run(struct req *rq, struct db_txn *txn)
{
    (void)txn;
    const struct control_in *in = rq->in;
    return control_no_global_table(rq, ERR_GLOBAL_TABLE_NOT_FOUND, in->table);
}

const struct op op_update_global_table = {
    .name = "UpdateGlobalTable",
    .action = "dynamodb:UpdateGlobalTable",
    .flags = OP_READ | OP_NO_TXN,
    .in = &in_shape,
    .prepare = control_prepare_global,
    .run = update_global_table_run,
};
