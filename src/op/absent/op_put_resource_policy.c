/* op_put_resource_policy.c - PutResourcePolicy. Not supported: who may do what is not
 * decided by policies of resources here. */
#include "op/absent/op_control.h"
#include "op/absent/op_policy.h"
#include "op/op_list.h"
#include "op/table/op_table_settings.h"

static const struct field fields[] = {
    FIELD(struct policy_in, arn, "ResourceArn", &shape_policy_arn, REQUIRED),
    FIELD(struct policy_in, policy, "Policy", &shape_string, REQUIRED),
    FIELD(struct policy_in, revision, "ExpectedRevisionId", &shape_policy_revision, OPTIONAL),
    FIELD(struct policy_in, confirm, "ConfirmRemoveSelfResourceAccess", &shape_bool, OPTIONAL),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct policy_in), .fields = fields};

static bool put_resource_policy_run(struct req *rq, struct db_txn *txn)
{
    return policy_resource(rq, txn) && settings_unsupported(rq, "PutResourcePolicy");
}

const struct op op_put_resource_policy = {
    .name = "PutResourcePolicy",
    .action = "dynamodb:PutResourcePolicy",
    .flags = OP_READ,
    .in = &in_shape,
    .prepare = policy_prepare,
    .run = put_resource_policy_run,
};
