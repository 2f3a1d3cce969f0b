/* op_describe_time_to_live.c - DescribeTimeToLive. */
#include "op/op_common.h"
#include "op/op_list.h"

struct describe_time_to_live_in {
    struct str table;
};

static const struct field fields[] = {
    FIELD(struct describe_time_to_live_in, table, "TableName", &shape_table_name_ctrl,
          FIELD_PARAMETER),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct describe_time_to_live_in), .fields = fields};

static bool describe_time_to_live_prepare(struct req *rq)
{
    struct describe_time_to_live_in *in = rq->in;
    return op_resolve_table(rq, &in->table);
}

/* Not while the table comes or goes. */
static bool describable(struct req *rq, const struct table_def *t)
{
    const char *state = t->status == TABLE_DELETING ? "DELETING"
                        : op_table_creating(rq, t)  ? "CREATING"
                                                    : NULL;
    return state == NULL || err_set(&rq->err, ERR_VALIDATION,
                                    "Cannot describe time to live while table is in %s state: "
                                    "Current table state is %s",
                                    state, state);
}

static bool describe_time_to_live_run(struct req *rq, struct db_txn *txn)
{
    const struct describe_time_to_live_in *in = rq->in;
    struct json_out *o = &rq->out;
    const struct table *t = op_table_ctrl(rq, txn, in->table);
    if (t == NULL || !describable(rq, table_def(t)))
        return false;
    const struct table_def *def = table_def(t);
    bool on = def->ttl_attribute.n > 0;
    json_out_open(o, '{');
    json_out_name(o, STR("TimeToLiveDescription"));
    json_out_open(o, '{');
    json_out_name(o, STR("TimeToLiveStatus"));
    json_out_str(o, on ? STR("ENABLED") : STR("DISABLED"));
    if (on) {
        json_out_name(o, STR("AttributeName"));
        json_out_str(o, def->ttl_attribute);
    }
    json_out_close(o, '}');
    json_out_close(o, '}');
    return true;
}

const struct op op_describe_time_to_live = {
    .name = "DescribeTimeToLive",
    .action = "dynamodb:DescribeTimeToLive",
    .flags = OP_READ,
    .in = &in_shape,
    .prepare = describe_time_to_live_prepare,
    .run = describe_time_to_live_run,
};
