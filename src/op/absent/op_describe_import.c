/* op_describe_import.c - DescribeImport. There are none. */
#include "op/absent/op_control.h"
#include "op/op_list.h"

struct describe_import_in {
    struct str arn;
};

static const struct field fields[] = {
    FIELD(struct describe_import_in, arn, "ImportArn", &shape_arn, REQUIRED),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct describe_import_in), .fields = fields};

static bool describe_import_run(struct req *rq, struct db_txn *txn)
{
    (void)txn;
    const struct describe_import_in *in = rq->in;
    if (!control_is_arn(in->arn, STR("/import/")))
        return err_set(&rq->err, ERR_VALIDATION, "Invalid Import ARN");
    return err_set(&rq->err, ERR_IMPORT_NOT_FOUND, "Import not found: " STR_FMT, STR_ARG(in->arn));
}

const struct op op_describe_import = {
    .name = "DescribeImport",
    .action = "dynamodb:DescribeImport",
    .flags = OP_READ | OP_NO_TXN,
    .in = &in_shape,
    .run = describe_import_run,
};
