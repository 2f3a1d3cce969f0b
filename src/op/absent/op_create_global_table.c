/* op_create_global_table.c - CreateGlobalTable. Of the version that the service itself
 * does not make any more. */
#include "op/absent/op_control.h"
#include "op/op_list.h"

static const struct shape replica = SHAPE_OPAQUE("Replica");
static const struct shape replicas = {.kind = SHAPE_LIST, .elem = &replica};
static const struct field fields[] = {
    FIELD(struct control_in, table, "GlobalTableName", &shape_global_table_name, REQUIRED),
    FIELD(struct control_in, replicas, "ReplicationGroup", &replicas, REQUIRED),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct control_in), .fields = fields};

static bool create_global_table_run(struct req *rq, struct db_txn *txn)
{
    (void)txn;
    return err_set(&rq->err, ERR_VALIDATION,
                   OP_INVALID "DynamoDB global tables version 2017.11.29 is not supported. We "
                              "recommend using DynamoDB global tables version 2019.11.21, instead "
                              "of version 2017.11.29 (Legacy).");
}

const struct op op_create_global_table = {
    .name = "CreateGlobalTable",
    .action = "dynamodb:CreateGlobalTable",
    .flags = OP_READ | OP_NO_TXN,
    .in = &in_shape,
    .prepare = control_prepare_global,
    .run = create_global_table_run,
};
