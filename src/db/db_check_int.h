/* db_check_int.h - what the files of db_check share. */
#ifndef DB_DB_CHECK_INT_H
#define DB_DB_CHECK_INT_H

#include "db/db_check.h"
#include "db/db_int.h"

struct check {
    struct db_txn *t;
    void (*say)(void *, const char *);
    void *arg;
    struct db_check_report *report;
    struct table_counts found, expected; /* of the table at hand */
    uint64_t expiring;                   /* its items that are to have an entry */
    struct buf collection;               /* key of the item collection at hand; n == 0: none */
    int64_t collection_bytes;
    uint64_t collections, collections_found;
    struct err *e;
};

/* table NULL: of none. */
void check_problem(struct check *c, const struct table *table, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* db_check_collection.c: the sizes of item collections.  Items come in the order of their
 * keys, so each collection's in one run; check_collections() follows the last. */
MUST_CHECK bool check_collection_of(struct check *c, const struct table *table, struct str item);
MUST_CHECK bool check_collections(struct check *c, const struct table *table);

/* db_check_time.c: times of expiry, streams. */
MUST_CHECK bool check_expiry_of(struct check *c, const struct table *table, struct str key,
                                struct str item);
MUST_CHECK bool check_expiries(struct check *c, const struct table *table);
MUST_CHECK bool check_expiry_owners(struct check *c);
MUST_CHECK bool check_streams(struct check *c);

#endif
