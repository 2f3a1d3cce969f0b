/* op_describe_global_table.c - DescribeGlobalTable. There are no global tables. */
#include "op/absent/op_control.h"
#include "op/op_list.h"

static const struct field fields[] = {
    FIELD(struct control_in, table, "GlobalTableName", &shape_global_table_name, REQUIRED),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct control_in), .fields = fields};

static bool describe_global_table_run(struct req *rq, struct db_txn *txn)
{
    (void)txn;
    const struct control_in *in = rq->in;
    return control_no_global_table(rq, ERR_GLOBAL_TABLE_NOT_FOUND, in->table);
}

const struct op op_describe_global_table = {
    .name = "DescribeGlobalTable",
    .action = "dynamodb:DescribeGlobalTable",
    .flags = OP_READ | OP_NO_TXN,
    .in = &in_shape,
    .prepare = control_prepare_global,
    .run = describe_global_table_run,
};
