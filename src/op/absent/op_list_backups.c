/* op_list_backups.c - ListBackups. There are none. */
#include "op/absent/op_control.h"
#include "op/op_list.h"

struct list_backups_in {
    struct str table, start, type;
    struct opt_int limit;
    struct opt_double lower, upper;
};

static const struct shape limit = {.kind = SHAPE_INT, .min = 1, .max = 100};
static const struct shape type = {
    .kind = SHAPE_STRING,
    .values = (const char *const[]){"USER", "SYSTEM", "AWS_BACKUP", "ALL", NULL},
};
static const struct field fields[] = {
    FIELD(struct list_backups_in, table, "TableName", &shape_table_name_ctrl, OPTIONAL),
    FIELD(struct list_backups_in, limit, "Limit", &limit, OPTIONAL),
    FIELD(struct list_backups_in, lower, "TimeRangeLowerBound", &shape_double, OPTIONAL),
    FIELD(struct list_backups_in, upper, "TimeRangeUpperBound", &shape_double, OPTIONAL),
    FIELD(struct list_backups_in, start, "ExclusiveStartBackupArn", &shape_arn, OPTIONAL),
    FIELD(struct list_backups_in, type, "BackupType", &type, OPTIONAL),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct list_backups_in), .fields = fields};

static bool list_backups_prepare(struct req *rq)
{
    struct list_backups_in *in = rq->in;
    return in->table.p == NULL || op_resolve_table(rq, &in->table);
}

static bool list_backups_run(struct req *rq, struct db_txn *txn)
{
    (void)txn;
    const struct list_backups_in *in = rq->in;
    if (in->lower.set && in->upper.set && in->lower.v > in->upper.v)
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "Time range lower bound must be less than or equal to upper "
                                  "bound");
    control_empty_list(rq, STR("BackupSummaries"));
    return true;
}

const struct op op_list_backups = {
    .name = "ListBackups",
    .action = "dynamodb:ListBackups",
    .flags = OP_READ | OP_NO_TXN,
    .in = &in_shape,
    .prepare = list_backups_prepare,
    .run = list_backups_run,
};
