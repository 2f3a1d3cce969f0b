/* db_work.h - long work in small slices, run by the writer between requests:
 * filling a new index, removing the data of dropped tables and indexes.
 *
 * What is left to do is derived from the catalog and from markers in the store,
 * so work goes on after a restart where it was. */
#ifndef DB_DB_WORK_H
#define DB_DB_WORK_H

#include "db/db.h"

/* Is there anything to do? */
bool db_work_pending(struct db *db);

/* Does one slice (a few ms) inside the write transaction. */
MUST_CHECK bool db_work_step(struct db_txn *t, struct err *e);

#endif
