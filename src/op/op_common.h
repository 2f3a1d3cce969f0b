/* op_common.h - what many operations do in the same way. */
#ifndef OP_OP_COMMON_H
#define OP_OP_COMMON_H

#include "db/db_catalog.h"
#include "model/capacity.h"
#include "op/op.h"

/* How most of the service's texts begin. */
#define OP_INVALID "One or more parameter values were invalid: "

/* In prepare(): TableName may be the ARN of a table; *name becomes the bare
 * name.  Other regions, other accounts, other resources are errors. */
MUST_CHECK bool op_resolve_table(struct req *rq, struct str *name);

/* The same for the tables of a batch: their bare names.  A table that is named twice, by name
 * and ARN, is an error. */
MUST_CHECK bool op_resolve_tables(struct req *rq, const struct map *tables, struct str **names);

/* In run(): the table, or NULL with ERR_RESOURCE_NOT_FOUND set: in the words of
 * item operations, or of those on tables. */
const struct table *op_table(struct req *rq, struct db_txn *txn, struct str name);
const struct table *op_table_ctrl(struct req *rq, struct db_txn *txn, struct str name);

/* The same for what lies around tables: one that is still in the making is not there. */
const struct table *op_table_made(struct req *rq, struct db_txn *txn, struct str name);

/* Is the table still in the making?  Only where a test wants that to take its time. */
bool op_table_creating(const struct req *rq, const struct table_def *t);
/* May the table be changed?  Not while it is being created or deleted. */
MUST_CHECK bool op_table_settled(struct req *rq, const struct table_def *t);

/* ReturnConsumedCapacity: is anything wanted?  The object (without its member
 * name) of a table by the name or ARN that the request has for it, with
 * ReadCapacityUnits or WriteCapacityUnits beside CapacityUnits for transactions. */
enum op_capacity_kind { OP_CAPACITY_PLAIN, OP_CAPACITY_READ, OP_CAPACITY_WRITE };
static inline bool op_capacity_wanted(struct str mode)
{
    return mode.n > 0 && !str_eq(mode, STR("NONE"));
}
void op_capacity_write(struct json_out *o, struct str name, const struct table_def *t,
                       const struct capacity_use *use, struct str mode, enum op_capacity_kind kind);

/* SizeEstimateRangeGB of a collection of so many bytes: whole gigabytes below and above. */
void op_metrics_range(int64_t bytes, double range[2]);
/* ReturnItemCollectionMetrics: wanted, and has the table a local index?  The
 * object for the partition of `item` (or key), as it is in the transaction. */
bool op_metrics_wanted(const struct table_def *t, struct str mode);
MUST_CHECK bool op_metrics_write(struct req *rq, struct db_txn *txn, const struct table *table,
                                 struct str item);

#endif
