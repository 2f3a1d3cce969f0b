/* op_delete_resource_policy.c - DeleteResourcePolicy. There is never one: done. */
#include "op/absent/op_control.h"
#include "op/absent/op_policy.h"
#include "op/op_list.h"

static const struct field fields[] = {
    FIELD(struct policy_in, arn, "ResourceArn", &shape_policy_arn, REQUIRED),
    FIELD(struct policy_in, revision, "ExpectedRevisionId", &shape_policy_revision, OPTIONAL),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct policy_in), .fields = fields};

static bool delete_resource_policy_run(struct req *rq, struct db_txn *txn)
{
    const struct policy_in *in = rq->in;
    const struct resource *r = rq->prepared;

    if (!policy_resource(rq, txn))
        return false;
    if (in->revision.p != NULL)
        return err_set(&rq->err, ERR_POLICY_NOT_FOUND,
                       "Resource-based policy not found for the provided ResourceArn: Requested "
                       "update for policy with revision id " STR_FMT ", but table " STR_FMT
                       " has no associated policy",
                       STR_ARG(in->revision), STR_ARG(r->table));
    json_out_raw(&rq->out, STR("{}"));
    return true;
}

const struct op op_delete_resource_policy = {
    .name = "DeleteResourcePolicy",
    .action = "dynamodb:DeleteResourcePolicy",
    .flags = OP_READ,
    .in = &in_shape,
    .prepare = policy_prepare,
    .run = delete_resource_policy_run,
};
