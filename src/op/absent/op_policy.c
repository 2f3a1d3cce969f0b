/* op_policy.c - see op_policy.h. */
#include "op/absent/op_policy.h"

#include "op/stream/op_stream.h"

enum { POLICY_ARN_CHARS = 1283, POLICY_REVISION_CHARS = 255 };

const struct shape shape_policy_arn = {.kind = SHAPE_STRING, .min = 1, .max = POLICY_ARN_CHARS};
const struct shape shape_policy_revision = {
    .kind = SHAPE_STRING, .min = 1, .max = POLICY_REVISION_CHARS};

bool policy_prepare(struct req *rq)
{
    const struct policy_in *in = rq->in;
    rq->prepared = NEW(&rq->mem, struct resource);
    return resource_parse(rq, in->arn, RESOURCE_FOR_POLICY, rq->prepared);
}

bool policy_resource(struct req *rq, struct db_txn *txn)
{
    const struct resource *r = rq->prepared;
    struct db_stream stream;
    if (r->is_stream)
        return stream_find(rq, txn, r->arn, &stream);
    return op_table_made(rq, txn, r->table) != NULL;
}

bool policy_not_found(struct req *rq)
{
    const struct policy_in *in = rq->in;
    return err_set(&rq->err, ERR_POLICY_NOT_FOUND,
                   "Resource-based policy not found for the provided ResourceArn: " STR_FMT,
                   STR_ARG(in->arn));
}
