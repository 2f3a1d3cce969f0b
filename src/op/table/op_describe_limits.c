/* op_describe_limits.c - DescribeLimits: what the account may provision. */
#include "model/limits.h"
#include "op/op_list.h"

static bool describe_limits_run(struct req *rq, struct db_txn *txn)
{
    (void)txn;
    struct json_out *o = &rq->out;
    json_out_open(o, '{');
    json_out_name(o, STR("AccountMaxReadCapacityUnits"));
    json_out_int(o, LIMIT_ACCOUNT_CAPACITY_UNITS);
    json_out_name(o, STR("AccountMaxWriteCapacityUnits"));
    json_out_int(o, LIMIT_ACCOUNT_CAPACITY_UNITS);
    json_out_name(o, STR("TableMaxReadCapacityUnits"));
    json_out_int(o, LIMIT_TABLE_CAPACITY_UNITS);
    json_out_name(o, STR("TableMaxWriteCapacityUnits"));
    json_out_int(o, LIMIT_TABLE_CAPACITY_UNITS);
    json_out_close(o, '}');
    return true;
}

const struct op op_describe_limits = {
    .name = "DescribeLimits",
    .action = "dynamodb:DescribeLimits",
    .flags = OP_READ | OP_NO_TXN,
    .in = &shape_nothing,
    .run = describe_limits_run,
};
