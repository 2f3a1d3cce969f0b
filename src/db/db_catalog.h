/* db_catalog.h - which tables there are.
 *
 * A struct table is one version of a table's definition with the table's live
 * counters; it is immutable and counted.  A change makes a new version, visible
 * to others when the write transaction has committed. */
#ifndef DB_DB_CATALOG_H
#define DB_DB_CATALOG_H

#include "db/db.h"
#include "model/schema.h"

struct table;

const struct table_def *table_def(const struct table *t);

/* Item counts and sizes, kept exact with every commit. */
struct table_counts {
    int64_t items, bytes;
    int64_t index_items[LIMIT_INDEXES], index_bytes[LIMIT_INDEXES]; /* as in table_def.index */
};
void db_table_counts(const struct table *t, struct table_counts *out);

/* The table as the transaction sees it, valid until it ends; NULL: no such
 * table.  A name or, where the API allows it, a table ARN was resolved by the
 * caller. */
const struct table *db_table(struct db_txn *t, struct str name);

/* Names in byte order, after `after` (p == NULL: from the start), at most n;
 * returns how many; *more tells whether there are others. */
size_t db_table_names(struct db_txn *t, struct arena *mem, struct str after, size_t n,
                      struct str *names, bool *more);
size_t db_table_count(struct db_txn *t);

/* Changes; in a write transaction.  db_table_create() assigns id, uuid, index
 * ids and created_ms and copies the definition.  db_table_replace() stores a new
 * version (made with table_def_copy()); an index whose status is CREATING is
 * filled by db_work, one that has gone from the definition is removed by it.
 * db_table_drop() makes the table vanish; its data is removed by db_work. */
MUST_CHECK bool db_table_create(struct db_txn *t, struct table_def *def, const struct table **out,
                                struct err *e);
MUST_CHECK bool db_table_replace(struct db_txn *t, const struct table *old, struct table_def *def,
                                 const struct table **out, struct err *e);
MUST_CHECK bool db_table_drop(struct db_txn *t, const struct table *table, struct err *e);
/* The table is DELETING; it is dropped after `ms`, with others that are, or at the next start. */
MUST_CHECK bool db_table_drop_later(struct db_txn *t, const struct table *table, int64_t ms,
                                    struct err *e);

#endif
