/* op_list_tables.c - ListTables: names in byte order, a page at a time. */
#include "op/op_common.h"
#include "op/op_list.h"

struct list_tables_in {
    struct str start;
    struct opt_int limit;
};

static const struct shape start_shape = {
    .kind = SHAPE_STRING,
    .min = LIMIT_TABLE_NAME_MIN,
    .max = LIMIT_TABLE_NAME_MAX,
    .pattern = PATTERN_NAME,
};
static const struct shape limit_shape = {.kind = SHAPE_INT, .min = 1, .max = LIMIT_LIST_TABLES};
static const struct field fields[] = {
    FIELD(struct list_tables_in, start, "ExclusiveStartTableName", &start_shape, OPTIONAL),
    FIELD(struct list_tables_in, limit, "Limit", &limit_shape, OPTIONAL),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct list_tables_in), .fields = fields};

static bool list_tables_run(struct req *rq, struct db_txn *txn)
{
    const struct list_tables_in *in = rq->in;
    struct json_out *o = &rq->out;
    struct str names[LIMIT_LIST_TABLES];
    bool more;
    size_t limit = in->limit.set ? (size_t)in->limit.v : LIMIT_LIST_TABLES;
    assert(limit >= 1 && limit <= LIMIT_LIST_TABLES);
    size_t n = db_table_names(txn, &rq->mem, in->start, limit, names, &more);
    json_out_open(o, '{');
    if (more) {
        json_out_name(o, STR("LastEvaluatedTableName"));
        json_out_str(o, names[n - 1]);
    }
    json_out_name(o, STR("TableNames"));
    json_out_open(o, '[');
    for (size_t i = 0; i < n; i++)
        json_out_str(o, names[i]);
    json_out_close(o, ']');
    json_out_close(o, '}');
    return true;
}

const struct op op_list_tables = {
    .name = "ListTables",
    .action = "dynamodb:ListTables",
    .flags = OP_READ,
    .in = &in_shape,
    .run = list_tables_run,
};
