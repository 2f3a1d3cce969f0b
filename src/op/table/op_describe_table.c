/* op_describe_table.c - DescribeTable. */
#include "op/op_list.h"
#include "op/table/op_table_description.h"

struct describe_table_in {
    struct str table;
};

static const struct field fields[] = {
    FIELD(struct describe_table_in, table, "TableName", &shape_table_name_ctrl, FIELD_PARAMETER),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct describe_table_in), .fields = fields};

static bool describe_table_prepare(struct req *rq)
{
    struct describe_table_in *in = rq->in;
    return op_resolve_table(rq, &in->table);
}

static bool describe_table_run(struct req *rq, struct db_txn *txn)
{
    const struct describe_table_in *in = rq->in;
    const struct table *t = op_table_ctrl(rq, txn, in->table);
    if (t == NULL)
        return false;
    struct table_def *shown = table_def_copy(&rq->mem, table_def(t));
    if (op_table_creating(rq, shown)) {
        shown->status = TABLE_CREATING;
        for (uint32_t i = 0; i < shown->index_n; i++)
            if (shown->index[i].global)
                shown->index[i].status = INDEX_CREATING;
    }
    struct table_description d = {.view = TABLE_DESCRIBED, .def = shown};
    db_table_counts(t, &d.counts);
    op_table_description(rq, &d);
    return true;
}

const struct op op_describe_table = {
    .name = "DescribeTable",
    .action = "dynamodb:DescribeTable",
    .flags = OP_READ,
    .in = &in_shape,
    .prepare = describe_table_prepare,
    .run = describe_table_run,
};
