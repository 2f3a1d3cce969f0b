/* db_work.h - long work in small slices, run by the writer between requests:
 * filling a new index, removing the data of dropped tables and indexes, deleting
 * expired items, trimming streams.
 *
 * What is left to do is derived from the catalog and from markers in the store,
 * so work goes on after a restart where it was. */
#ifndef DB_DB_WORK_H
#define DB_DB_WORK_H

#include "db/db.h"

/* On the writer's thread, between its transactions: how long until there is
 * something to do; 0: there is now.  At most a second, since the time that passes is
 * noticed here. */
int64_t db_work_wait_ms(struct db *db);
bool db_work_pending(struct db *db); /* wait_ms == 0 */

/* Does one slice (a few ms) inside the write transaction. */
MUST_CHECK bool db_work_step(struct db_txn *t, struct err *e);

#endif
