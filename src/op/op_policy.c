/* op_policy.c - see op_policy.h. */
#include "op/op_policy.h"

#include "op/op_arn.h"
#include "op/op_tags.h"

enum { POLICY_ARN_CHARS = 1283, POLICY_REVISION_CHARS = 255 };

const struct shape shape_policy_arn = {.kind = SHAPE_STRING, .min = 1, .max = POLICY_ARN_CHARS};
const struct shape shape_policy_revision = {
    .kind = SHAPE_STRING, .min = 1, .max = POLICY_REVISION_CHARS};

/* The ARN of the table of a stream, or the ARN itself. */
static struct str table_part(struct str arn)
{
    struct str stream = STR("/stream/");
    for (size_t i = 0; i + stream.n < arn.n; i++)
        if (memcmp(arn.p + i, stream.p, stream.n) == 0)
            return (struct str){arn.p, i};
    return arn;
}

bool policy_prepare(struct req *rq)
{
    const struct policy_in *in = rq->in;
    rq->prepared = NEW(&rq->mem, struct str);
    return tags_resolve(rq, table_part(in->arn), rq->prepared);
}

bool policy_resource(struct req *rq, struct db_txn *txn)
{
    const struct policy_in *in = rq->in;
    const struct str *name = rq->prepared;
    bool of_stream = table_part(in->arn).n != in->arn.n;
    const struct table *t = of_stream ? db_table(txn, *name) : op_table_ctrl(rq, txn, *name);

    if (!of_stream)
        return t != NULL;
    if (t != NULL && table_def(t)->stream_label_ms != 0 &&
        str_eq(in->arn, arn_stream(&rq->mem, rq->db, *name, table_def(t)->stream_label_ms)))
        return true;
    return err_set(&rq->err, ERR_RESOURCE_NOT_FOUND,
                   "Requested resource not found: Stream: " STR_FMT " not found", STR_ARG(in->arn));
}

bool policy_not_found(struct req *rq)
{
    const struct policy_in *in = rq->in;
    return err_set(&rq->err, ERR_POLICY_NOT_FOUND,
                   "Resource-based policy not found for the provided ResourceArn: " STR_FMT,
                   STR_ARG(in->arn));
}
