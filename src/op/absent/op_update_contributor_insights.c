/* op_update_contributor_insights.c - UpdateContributorInsights. Switching off what is
 * off is fine; switching on is not supported. */
#include "op/absent/op_control.h"
#include "op/op_list.h"
#include "op/table/op_table_settings.h"

static const struct shape action = {
    .kind = SHAPE_STRING,
    .values = (const char *const[]){"ENABLE", "DISABLE", NULL},
};
static const struct shape mode = {
    .kind = SHAPE_STRING,
    .values = (const char *const[]){"THROTTLED_KEYS", "ACCESSED_AND_THROTTLED_KEYS", NULL},
};
static const struct field fields[] = {
    FIELD(struct control_in, table, "TableName", &shape_table_name_ctrl, FIELD_PARAMETER),
    FIELD(struct control_in, index, "IndexName", &shape_string, OPTIONAL),
    FIELD(struct control_in, action, "ContributorInsightsAction", &action, REQUIRED),
    FIELD(struct control_in, mode, "ContributorInsightsMode", &mode, OPTIONAL),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct control_in), .fields = fields};

static bool update_contributor_insights_run(struct req *rq, struct db_txn *txn)
{
    const struct control_in *in = rq->in;
    if (!control_index(rq, txn, in))
        return false;
    if (str_eq(in->action, STR("ENABLE")))
        return settings_unsupported(rq, "ContributorInsightsAction ENABLE");
    control_insights_answer(rq, in);
    return true;
}

const struct op op_update_contributor_insights = {
    .name = "UpdateContributorInsights",
    .action = "dynamodb:UpdateContributorInsights",
    .flags = OP_READ,
    .in = &in_shape,
    .prepare = control_prepare_index,
    .run = update_contributor_insights_run,
};
