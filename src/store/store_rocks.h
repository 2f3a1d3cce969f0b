/* store_rocks.h - the embedded store: RocksDB through its C API, one database,
 * one write-ahead log, fsync at each commit.
 *
 * After a commit that failed (full disk, I/O error) nothing of it is visible,
 * reads go on, and each write begins with an attempt to open the database again:
 * it fails with ERR_IO until the disk takes writes. */
#ifndef STORE_STORE_ROCKS_H
#define STORE_STORE_ROCKS_H

#include "store/store.h"

struct store_rocks_options {
    const char *dir;       /* created when missing; NULL: in memory, nothing survives */
    bool sync;             /* fsync before a commit returns */
    size_t cache_bytes;    /* block cache; 0: a third of the machine's memory */
    size_t memtable_bytes; /* 0: 64 MiB */
};

/* Refuses, with one clear line, a directory that another process holds, that a
 * newer format wrote, or whose files are damaged.  The directory is locked for
 * the life of the store. */
MUST_CHECK bool store_rocks_open(const struct store_rocks_options *o, struct store **out,
                                 struct err *e);

#endif
