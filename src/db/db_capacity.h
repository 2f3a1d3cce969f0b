/* db_capacity.h - who may go on: the throughput of tables, global indexes and
 * partitions, when the database was opened with throttling.
 *
 *   provisioned   RCU and WCU of the table or index; unused capacity of 300 s is kept
 *   on demand     MaxReadRequestUnits and MaxWriteRequestUnits, where set, likewise
 *   partition     3000 read and 1000 write units per second and partition key
 *
 * A request asks before it starts whether anything is left and pays afterwards
 * for what it used.  Nothing of it is kept over a restart.  Without throttling
 * all is always left and paying does nothing.
 *
 * Partitions share a fixed number of buckets by hash: two of many busy partition
 * keys may come to share one. */
#ifndef DB_DB_CAPACITY_H
#define DB_DB_CAPACITY_H

#include "db/db_item.h"

enum capacity_kind { CAPACITY_READ, CAPACITY_WRITE };
enum capacity_limit { CAPACITY_PROVISIONED, CAPACITY_MAX_ON_DEMAND, CAPACITY_PARTITION };

bool db_throttling(const struct db_txn *t);

/* Which partition: of an item or key of the table; of an item's entry in an index; of the
 * values of a Query.  0: without throttling, or several, or no entry. */
uint64_t db_capacity_partition(struct db_txn *t, const struct table *table, struct str item);
uint64_t db_capacity_partition_in(struct db_txn *t, const struct table *table,
                                  const struct index_def *index, struct str item);
uint64_t db_capacity_partition_of(struct db_txn *t, const struct table *table,
                                  const struct index_def *index, const struct attr *values);

/* Is there anything left of the table (index NULL or local) or global index, and of the
 * partition?  Otherwise *limit says of what there is not. */
struct capacity_at {
    const struct table *table;
    const struct index_def *index;
    uint64_t partition;
    enum capacity_kind kind;
};
bool db_capacity_left(struct db_txn *t, const struct capacity_at *at, enum capacity_limit *limit);

/* Pays: the arms of *use; the partition pays for the arm of at->index. */
void db_capacity_spend(struct db_txn *t, const struct capacity_at *at,
                       const struct capacity_use *use);
/* Pays for the partition alone. */
void db_capacity_spend_partition(struct db_txn *t, const struct capacity_at *at, uint64_t halves);

#endif
