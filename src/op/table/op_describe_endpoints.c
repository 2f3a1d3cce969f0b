/* op_describe_endpoints.c - DescribeEndpoints: where clients with endpoint
 * discovery go on; always the address that they came to. */
#include "op/op_list.h"

enum { CACHE_MINUTES = 1440 };

static bool describe_endpoints_run(struct req *rq, struct db_txn *txn)
{
    (void)txn;
    struct json_out *o = &rq->out;
    json_out_open(o, '{');
    json_out_name(o, STR("Endpoints"));
    json_out_open(o, '[');
    json_out_open(o, '{');
    json_out_name(o, STR("Address"));
    json_out_str(o, rq->host.n > 0 ? rq->host : STR("localhost"));
    json_out_name(o, STR("CachePeriodInMinutes"));
    json_out_int(o, CACHE_MINUTES);
    json_out_close(o, '}');
    json_out_close(o, ']');
    json_out_close(o, '}');
    return true;
}

const struct op op_describe_endpoints = {
    .name = "DescribeEndpoints",
    .action = "dynamodb:DescribeEndpoints",
    .flags = OP_READ | OP_NO_TXN,
    .in = &shape_nothing,
    .run = describe_endpoints_run,
};
