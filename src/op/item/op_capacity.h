/* op_capacity.h - throughput that is used up, in the service's words. */
#ifndef OP_OP_CAPACITY_H
#define OP_OP_CAPACITY_H

#include "db/db_capacity.h"
#include "op/op.h"

/* Sets *e to what the service throws, and *members to ThrottlingReasons in `mem`;
 * returns false. */
bool op_throttled(struct db *db, struct arena *mem, const struct capacity_at *at,
                  enum capacity_limit limit, struct str *members, struct err *e);

/* The text of an exception for throughput, about a table. */
const char *op_throttled_text(enum err_code code);

/* Is there anything left?  Otherwise rq's error is set, with its reasons. */
MUST_CHECK bool op_capacity_left(struct req *rq, struct db_txn *txn, const struct capacity_at *at);

/* Asked before each read of a request that makes several, with the bytes that it has read:
 * may it go on where it runs?  On a loop not after much, and not at all where throughput is
 * enforced: each read pays, and one that is run again from its start would pay twice.
 * Fails with ERR_WOULD_BLOCK. */
MUST_CHECK bool op_reads_go_on(struct req *rq, const struct db_txn *txn, uint64_t bytes);

/* Is it an error that leaves a member of a batch unprocessed? */
static inline bool op_is_throttled(const struct err *e)
{
    return e->code == ERR_PROVISIONED_THROUGHPUT_EXCEEDED || e->code == ERR_THROTTLING;
}

#endif
