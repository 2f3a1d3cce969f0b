/* op_list_global_tables.c - ListGlobalTables. There are none of version 2017.11.29. */
#include "op/absent/op_control.h"
#include "op/op_list.h"

struct list_global_tables_in {
    struct str start, region;
    struct opt_int limit;
};

static const struct shape limit = {.kind = SHAPE_INT, .min = 1};
static const struct field fields[] = {
    FIELD(struct list_global_tables_in, start, "ExclusiveStartGlobalTableName",
          &shape_global_table_name, OPTIONAL),
    FIELD(struct list_global_tables_in, region, "RegionName", &shape_string, OPTIONAL),
    FIELD(struct list_global_tables_in, limit, "Limit", &limit, OPTIONAL),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct list_global_tables_in), .fields = fields};

static bool list_global_tables_run(struct req *rq, struct db_txn *txn)
{
    (void)txn;
    control_empty_list(rq, STR("GlobalTables"));
    return true;
}

const struct op op_list_global_tables = {
    .name = "ListGlobalTables",
    .action = "dynamodb:ListGlobalTables",
    .flags = OP_READ | OP_NO_TXN,
    .in = &in_shape,
    .run = list_global_tables_run,
};
