/* op_update_continuous_backups.c - UpdateContinuousBackups. Switching off what
 * is off is fine; switching on is not supported. */
#include "op/absent/op_control.h"
#include "op/op_list.h"
#include "op/table/op_table_settings.h"

struct update_backups_in {
    struct str table;
    struct recovery_in *recovery;
};

struct recovery_in {
    enum tri enabled;
    struct opt_int days;
};
static const struct shape days = {.kind = SHAPE_INT, .min = 1, .max = 35};
static const struct field recovery_fields[] = {
    FIELD(struct recovery_in, enabled, "PointInTimeRecoveryEnabled", &shape_bool, REQUIRED),
    FIELD(struct recovery_in, days, "RecoveryPeriodInDays", &days, OPTIONAL),
    {0},
};
static const struct shape recovery = {
    .kind = SHAPE_STRUCT,
    .name = "PointInTimeRecoverySpecification",
    .size = sizeof(struct recovery_in),
    .fields = recovery_fields,
};
static const struct field fields[] = {
    FIELD(struct update_backups_in, table, "TableName", &shape_table_name_ctrl, FIELD_PARAMETER),
    FIELD(struct update_backups_in, recovery, "PointInTimeRecoverySpecification", &recovery,
          REQUIRED),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct update_backups_in), .fields = fields};

static bool update_backups_prepare(struct req *rq)
{
    struct update_backups_in *in = rq->in;
    return op_resolve_table(rq, &in->table);
}

static bool update_continuous_backups_run(struct req *rq, struct db_txn *txn)
{
    const struct update_backups_in *in = rq->in;
    if (control_table_backup(rq, txn, in->table) == NULL)
        return false;
    if (in->recovery->enabled == TRI_TRUE)
        return settings_unsupported(rq, "PointInTimeRecoverySpecification with "
                                        "PointInTimeRecoveryEnabled");
    if (in->recovery->days.set)
        return err_set(&rq->err, ERR_VALIDATION,
                       "Invalid Request: Cannot specify RecoveryPeriodInDays when disabling "
                       "point-in-time recovery.");
    control_backups_answer(rq);
    return true;
}

const struct op op_update_continuous_backups = {
    .name = "UpdateContinuousBackups",
    .action = "dynamodb:UpdateContinuousBackups",
    .flags = OP_READ,
    .in = &in_shape,
    .prepare = update_backups_prepare,
    .run = update_continuous_backups_run,
};
