/* op_describe_export.c - DescribeExport. There are none. */
#include "op/absent/op_control.h"
#include "op/op_list.h"

struct describe_export_in {
    struct str arn;
};

static const struct field fields[] = {
    FIELD(struct describe_export_in, arn, "ExportArn", &shape_arn, REQUIRED),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct describe_export_in), .fields = fields};

static bool describe_export_run(struct req *rq, struct db_txn *txn)
{
    (void)txn;
    const struct describe_export_in *in = rq->in;
    if (!control_is_arn(in->arn, STR("/export/")))
        return err_set(&rq->err, ERR_VALIDATION, "Invalid Export ARN");
    return err_set(&rq->err, ERR_EXPORT_NOT_FOUND, "Export not found: " STR_FMT, STR_ARG(in->arn));
}

const struct op op_describe_export = {
    .name = "DescribeExport",
    .action = "dynamodb:DescribeExport",
    .flags = OP_READ | OP_NO_TXN,
    .in = &in_shape,
    .run = describe_export_run,
};
