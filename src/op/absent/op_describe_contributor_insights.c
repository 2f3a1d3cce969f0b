/* op_describe_contributor_insights.c - DescribeContributorInsights. They are never on. */
#include "op/absent/op_control.h"
#include "op/op_list.h"

static const struct field fields[] = {
    FIELD(struct control_in, table, "TableName", &shape_table_name_ctrl, FIELD_PARAMETER),
    FIELD(struct control_in, index, "IndexName", &shape_string, OPTIONAL),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct control_in), .fields = fields};

static bool describe_contributor_insights_run(struct req *rq, struct db_txn *txn)
{
    const struct control_in *in = rq->in;
    if (!control_index(rq, txn, in))
        return false;
    control_insights_answer(rq, in);
    return true;
}

const struct op op_describe_contributor_insights = {
    .name = "DescribeContributorInsights",
    .action = "dynamodb:DescribeContributorInsights",
    .flags = OP_READ,
    .in = &in_shape,
    .prepare = control_prepare_index,
    .run = describe_contributor_insights_run,
};
