/* op_policy.h - resource-based policies: there are none, on no resource.  What is
 * asked about must exist nevertheless. */
#ifndef OP_OP_POLICY_H
#define OP_OP_POLICY_H

#include "op/table/op_resource.h"

struct policy_in {
    struct str arn, policy, revision;
    enum tri confirm;
};
extern const struct shape shape_policy_arn, shape_policy_revision;

/* The ARN of rq->in, as a struct resource in rq->prepared. */
MUST_CHECK bool policy_prepare(struct req *rq);
/* Does the table or stream exist? */
MUST_CHECK bool policy_resource(struct req *rq, struct db_txn *txn);
/* PolicyNotFoundException */
bool policy_not_found(struct req *rq);

#endif
