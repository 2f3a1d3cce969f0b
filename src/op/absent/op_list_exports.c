/* op_list_exports.c - ListExports. There are none. */
#include "op/absent/op_control.h"
#include "op/op_list.h"

struct list_exports_in {
    struct str table, token;
    struct opt_int limit;
};

static const struct shape limit = {.kind = SHAPE_INT, .min = 1, .max = 25};
static const struct field fields[] = {
    FIELD(struct list_exports_in, table, "TableArn", &shape_table_arn, OPTIONAL),
    FIELD(struct list_exports_in, token, "NextToken", &shape_string, OPTIONAL),
    FIELD(struct list_exports_in, limit, "MaxResults", &limit, OPTIONAL),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct list_exports_in), .fields = fields};

static bool list_exports_run(struct req *rq, struct db_txn *txn)
{
    (void)txn;
    control_empty_list(rq, STR("ExportSummaries"));
    return true;
}

const struct op op_list_exports = {
    .name = "ListExports",
    .action = "dynamodb:ListExports",
    .flags = OP_READ | OP_NO_TXN,
    .in = &in_shape,
    .run = list_exports_run,
};
