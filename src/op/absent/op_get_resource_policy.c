/* op_get_resource_policy.c - GetResourcePolicy. There are none. */
#include "op/absent/op_control.h"
#include "op/absent/op_policy.h"
#include "op/op_list.h"

static const struct field fields[] = {
    FIELD(struct policy_in, arn, "ResourceArn", &shape_policy_arn, REQUIRED),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct policy_in), .fields = fields};

static bool get_resource_policy_run(struct req *rq, struct db_txn *txn)
{
    return policy_resource(rq, txn) && policy_not_found(rq);
}

const struct op op_get_resource_policy = {
    .name = "GetResourcePolicy",
    .action = "dynamodb:GetResourcePolicy",
    .flags = OP_READ,
    .in = &in_shape,
    .prepare = policy_prepare,
    .run = get_resource_policy_run,
};
