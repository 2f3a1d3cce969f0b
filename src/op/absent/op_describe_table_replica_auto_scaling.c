/* op_describe_table_replica_auto_scaling.c - DescribeTableReplicaAutoScaling. Tables have no
 * replicas. */
#include "op/absent/op_control.h"
#include "op/op_list.h"

static const struct field fields[] = {
    FIELD(struct control_in, table, "TableName", &shape_table_name_ctrl, FIELD_PARAMETER),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct control_in), .fields = fields};

static bool describe_table_replica_auto_scaling_run(struct req *rq, struct db_txn *txn)
{
    const struct control_in *in = rq->in;
    return op_table_ctrl(rq, txn, in->table) != NULL &&
           control_no_global_table(rq, ERR_RESOURCE_NOT_FOUND, in->table);
}

const struct op op_describe_table_replica_auto_scaling = {
    .name = "DescribeTableReplicaAutoScaling",
    .action = "dynamodb:DescribeTableReplicaAutoScaling",
    .flags = OP_READ,
    .in = &in_shape,
    .prepare = control_prepare,
    .run = describe_table_replica_auto_scaling_run,
};
