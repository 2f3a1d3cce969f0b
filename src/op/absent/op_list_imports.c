/* op_list_imports.c - ListImports. There are none. */
#include "op/absent/op_control.h"
#include "op/op_list.h"

struct list_imports_in {
    struct str table;
    struct opt_int limit;
};

static const struct shape limit = {.kind = SHAPE_INT, .min = 1, .max = 25};
static const struct field fields[] = {
    FIELD(struct list_imports_in, table, "TableArn", &shape_table_arn, OPTIONAL),
    FIELD(struct list_imports_in, limit, "PageSize", &limit, OPTIONAL),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct list_imports_in), .fields = fields};

static bool list_imports_run(struct req *rq, struct db_txn *txn)
{
    (void)txn;
    control_empty_list(rq, STR("ImportSummaryList"));
    return true;
}

const struct op op_list_imports = {
    .name = "ListImports",
    .action = "dynamodb:ListImports",
    .flags = OP_READ | OP_NO_TXN,
    .in = &in_shape,
    .run = list_imports_run,
};
