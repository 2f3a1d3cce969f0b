/* db.h - the database: tables, their items and indexes, over a store.
 *
 *   db.h          open, close, transactions
 *   db_catalog.h  which tables there are
 *   db_item.h     one item: get, and the one way to change it
 *   db_page.h     Query and Scan: a page of items
 *   db_work.h     long work in small slices: backfill, removal of dropped data
 *   db_capacity.h throughput of tables, indexes and partitions
 *   db_doc.h      small named documents of other services
 *   db_check.h    walks everything and checks that it agrees
 *
 * db/ knows nothing of JSON, HTTP, signatures or threads.  Reads may run on any
 * thread; write transactions run on the one writer thread.
 *
 * Invariants:
 *   (1) Every change of an item goes through db_item_change(): item, index
 *       entries, counters and stream record in one store transaction.
 *   (2) Nobody outside db/ calls the store.
 *   (3) What a commit has not made durable is never visible to a reader. */
#ifndef DB_DB_H
#define DB_DB_H

#include "base/arena.h"
#include "base/env.h"
#include "base/err.h"
#include "cache/cache.h"
#include "store/store.h"

struct db;
struct db_options {
    struct store *store; /* taken over, closed by db_close() */
    struct env *env;
    size_t cache_bytes; /* item cache */
    const char *region, *account;
    int64_t ttl_interval_ms;  /* how often expired items are looked for; 0: every 30 s */
    int64_t stream_shard_ms;  /* how long a shard takes records; 0: four hours */
    bool throttling;          /* enforce throughput: see db_capacity.h */
    int64_t collection_bytes; /* the limit of item collections; 0: LIMIT_COLLECTION_BYTES */
};
/* Loads the catalog.  Refuses a format that is newer than this program. */
MUST_CHECK bool db_open(const struct db_options *o, struct db **out, struct err *e);
void db_close(struct db **db); /* NULL is fine; no transaction may be open */
struct env *db_env(struct db *db);
struct cache *db_cache(struct db *db);
const char *db_region(struct db *db);
const char *db_account(struct db *db);
struct str db_secret(struct db *db); /* 32 random bytes of this database, for signing tokens */

enum db_mode { DB_READ, DB_READ_SNAPSHOT, DB_WRITE };
struct db_txn;

/* `cached`: reads fail with ERR_WOULD_BLOCK instead of waiting for a disk or
 * doing long work.  Memory of what is read lives until the transaction ends. */
MUST_CHECK bool db_begin(struct db *db, enum db_mode mode, bool cached, struct db_txn **out,
                         struct err *e);
struct db *db_txn_db(struct db_txn *t);
bool db_txn_cached(const struct db_txn *t);

/* Inside a write transaction: each request runs between a savepoint and a
 * release or a rollback, so that a failed one disturbs nobody. */
void db_savepoint(struct db_txn *t);
void db_rollback(struct db_txn *t);
void db_release(struct db_txn *t);

/* Durable when it returns true; then cache and catalog show the new state. */
MUST_CHECK bool db_commit(struct db_txn **t, struct err *e);
void db_end(struct db_txn **t); /* abort of a write, end of a read; NULL is fine */

#endif
