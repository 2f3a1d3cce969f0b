/* op_describe_backup.c - DescribeBackup. There are none. */
#include "op/absent/op_control.h"
#include "op/op_list.h"

struct describe_backup_in {
    struct str arn;
};

static const struct field fields[] = {
    FIELD(struct describe_backup_in, arn, "BackupArn", &shape_arn, REQUIRED),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct describe_backup_in), .fields = fields};

static bool describe_backup_run(struct req *rq, struct db_txn *txn)
{
    (void)txn;
    const struct describe_backup_in *in = rq->in;
    if (!control_is_arn(in->arn, STR("/backup/")))
        return err_set(&rq->err, ERR_VALIDATION, "Invalid Backup ARN");
    return err_set(&rq->err, ERR_BACKUP_NOT_FOUND, "Backup not found: " STR_FMT, STR_ARG(in->arn));
}

const struct op op_describe_backup = {
    .name = "DescribeBackup",
    .action = "dynamodb:DescribeBackup",
    .flags = OP_READ | OP_NO_TXN,
    .in = &in_shape,
    .run = describe_backup_run,
};
