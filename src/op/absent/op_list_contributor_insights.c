/* op_list_contributor_insights.c - ListContributorInsights. None were ever on. */
#include "op/absent/op_control.h"
#include "op/op_list.h"

struct list_insights_in {
    struct str table, token;
    struct opt_int max_results;
};

static const struct shape max_results = {.kind = SHAPE_INT, .max = 100};
static const struct field fields[] = {
    FIELD(struct list_insights_in, table, "TableName", &shape_table_name_ctrl, OPTIONAL),
    FIELD(struct list_insights_in, token, "NextToken", &shape_string, OPTIONAL),
    FIELD(struct list_insights_in, max_results, "MaxResults", &max_results, OPTIONAL),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct list_insights_in), .fields = fields};

static bool list_insights_prepare(struct req *rq)
{
    struct list_insights_in *in = rq->in;
    return in->table.p == NULL || op_resolve_table(rq, &in->table);
}

static bool list_contributor_insights_run(struct req *rq, struct db_txn *txn)
{
    const struct list_insights_in *in = rq->in;
    if (in->table.p != NULL && op_table_made(rq, txn, in->table) == NULL)
        return false;
    control_empty_list(rq, STR("ContributorInsightsSummaries"));
    return true;
}

const struct op op_list_contributor_insights = {
    .name = "ListContributorInsights",
    .action = "dynamodb:ListContributorInsights",
    .flags = OP_READ,
    .in = &in_shape,
    .prepare = list_insights_prepare,
    .run = list_contributor_insights_run,
};
