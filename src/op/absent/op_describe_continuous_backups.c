/* op_describe_continuous_backups.c - DescribeContinuousBackups. There are none. */
#include "op/absent/op_control.h"
#include "op/op_list.h"

static const struct field fields[] = {
    FIELD(struct control_in, table, "TableName", &shape_table_name_ctrl, FIELD_PARAMETER),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct control_in), .fields = fields};

static bool describe_continuous_backups_run(struct req *rq, struct db_txn *txn)
{
    const struct control_in *in = rq->in;
    if (control_table_backup(rq, txn, in->table) == NULL)
        return false;
    control_backups_answer(rq);
    return true;
}

const struct op op_describe_continuous_backups = {
    .name = "DescribeContinuousBackups",
    .action = "dynamodb:DescribeContinuousBackups",
    .flags = OP_READ,
    .in = &in_shape,
    .prepare = control_prepare,
    .run = describe_continuous_backups_run,
};
