/* db_check.h - walks all data and checks what must always hold: every item and
 * entry is well-formed and under its right key, every entry is the projection of
 * its item, every item has its entries and its time of expiry, the counters and
 * the sizes of item collections are exact, stream records are well-formed, nothing belongs to a
 * table or a stream that does not exist. */
#ifndef DB_DB_CHECK_H
#define DB_DB_CHECK_H

#include "db/db_catalog.h"

struct db_check_report {
    uint64_t tables, items, entries; /* seen */
    uint64_t expiries, streams, records;
    uint64_t problems;
};
/* Calls say() with one line for each problem.  False only when the walk itself
 * failed.  Run it in a DB_READ_SNAPSHOT transaction while nothing is written:
 * counters are compared with what was committed last. */
MUST_CHECK bool db_check(struct db_txn *t, void (*say)(void *arg, const char *line), void *arg,
                         struct db_check_report *out, struct err *e);

#endif
