/* rocks_int.h - what the files of store_rocks share.
 *
 *   store_rocks.c    transactions: the functions of store_ops
 *   rocks_cursor.c   scans
 *   rocks_open.c     settings, opening, closing
 *   rocks_dir.c      the data directory: lock, format marker, probes
 *   rocks_heal.c     going on after a failed commit
 *   rocks_wal.c      is the log damaged, or only cut short? */
#ifndef STORE_ROCKS_INT_H
#define STORE_ROCKS_INT_H

#include <pthread.h>
#include <rocksdb/c.h>
#include <stdatomic.h>

#include "base/lock.h"
#include "store/overlay.h"
#include "store/store_rocks.h"

enum { ROCKS_FORMAT = 1, ROCKS_MEMTABLE_BYTES = 64 << 20 };

/* What went wrong last; see rocks_heal.c. */
enum rocks_health {
    ROCKS_WELL,
    ROCKS_READ_ONLY, /* a commit failed: reads go on, the next write heals first */
    ROCKS_CLOSED,    /* healing failed half-way: everybody waits for the next attempt */
};

struct rocks {
    struct store base;
    char *dir;  /* NULL: in memory */
    char *path; /* RocksDB's own directory */
    int lock_fd;
    bool sync;
    size_t memtable_bytes;

    rocksdb_env_t *env; /* in memory only */
    rocksdb_options_t *options;
    rocksdb_block_based_table_options_t *table_options;
    rocksdb_cache_t *cache;
    rocksdb_readoptions_t *read_any, *read_cached;
    rocksdb_writeoptions_t *write;

    /* (1) A user is between rocks_enter() and rocks_leave().  (2) db is only
     * closed or replaced while `shut` is set and no user is left. */
    rocksdb_t *db; /* NULL when ROCKS_CLOSED */
    _Atomic int users;
    _Atomic bool shut;
    _Atomic enum rocks_health health;
    struct lock heal_lock;
    struct overlay undo;    /* previous values of what a failed commit wanted to change */
    struct overlay changes; /* of the one write transaction */
    bool writing;
};

struct rocks_txn {
    struct store_txn base;
    int mode;
    const rocksdb_snapshot_t *snapshot;
    rocksdb_readoptions_t *read;
    struct overlay *changes; /* WRITE */
    uint32_t mark[32];       /* savepoints */
    uint32_t mark_n;
};

static inline struct rocks *rocks_of(struct store *s)
{
    return (struct rocks *)s;
}
static inline struct rocks_txn *rocks_txn_of(struct store_txn *t)
{
    return (struct rocks_txn *)t;
}

/* Turns RocksDB's text into an error and frees it; always false. */
bool rocks_fail(struct err *e, char *text);

bool rocks_scan(struct store_txn *t, struct str from, struct str to, bool reverse,
                struct store_cursor **out, struct err *e);

/* rocks_open.c */
void rocks_settings(struct rocks *r, const struct store_rocks_options *o);
bool rocks_db_open(struct rocks *r, struct err *e);
void rocks_db_close(struct rocks *r);

/* rocks_dir.c */
bool rocks_dir_take(struct rocks *r, const char *dir, struct err *e);
bool rocks_dir_probe(struct rocks *r, struct err *e); /* could the disk take a recovery? */
/* Commits may not have been synced one by one: then a cut log proves nothing. */
bool rocks_dir_unsynced(struct rocks *r);
bool rocks_dir_mark_unsynced(struct rocks *r, bool unsynced, struct err *e);
bool rocks_dir_is_new(struct rocks *r, bool *is_new, struct err *e);

/* rocks_heal.c */
bool rocks_enter(struct rocks *r, int mode, struct err *e);
void rocks_leave(struct rocks *r);
void rocks_commit_failed(struct rocks *r, const char *why);
bool rocks_heal(struct rocks *r, struct err *e);

/* rocks_wal.c */
bool rocks_wal_check(const char *path, struct err *e);

#endif
