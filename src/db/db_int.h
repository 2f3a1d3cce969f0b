/* db_int.h - what the files of db/ share.
 *
 * Keys in the store, besides the items and entries of model/key.h (space 'd');
 * integers big-endian:
 *
 *   'm' | name                          "format": u32; "next_table": u32
 *   'c' | table name                    the table's definition (schema.h)
 *   'n' | table:u32                     counters (db_counts.c)
 *   'x' | table:u32 | index:u16         dropped data to remove; index 0: all of the table.
 *                                       Value: the key to go on from
 *   'b' | table:u32 | index:u16         where the backfill of a new index is: the last item's key
 *   'o' | collection | 00 | key         documents (db_doc.h)
 */
#ifndef DB_DB_INT_H
#define DB_DB_INT_H

#include <stdatomic.h>

#include "base/lock.h"
#include "db/db_item.h"
#include "model/key.h"
#include "store/overlay.h"

enum { DB_FORMAT = 1, DB_MARKS_MAX = 32 };
enum db_space {
    DB_SPACE_META = 'm',
    DB_SPACE_CATALOG = 'c',
    DB_SPACE_COUNTS = 'n',
    DB_SPACE_DROPPED = 'x',
    DB_SPACE_BACKFILL = 'b',
    DB_SPACE_DOC = 'o',
};

/* The counters of one incarnation of a table, shared by its versions.  Only the
 * writer changes them; `pending` is what its open transaction adds. */
struct table_live {
    _Atomic uint32_t refs;
    uint32_t table_id;
    bool dirty;
    struct live_arm {
        _Atomic uint16_t index; /* arm[0] is the table; else 0: free */
        _Atomic int64_t items, bytes;
        int64_t pending_items, pending_bytes;
    } arm[1 + 2 * LIMIT_INDEXES];
};

struct table {
    _Atomic uint32_t refs;
    struct arena mem;
    struct table_def *def;
    struct table_live *live;
    struct projected { /* per index, unless PROJECTION_ALL: the names in its entries */
        struct str *name;
        uint32_t n;
    } * projected;
};

struct catalog {
    _Atomic uint32_t refs;
    uint32_t n;
    struct table *table[]; /* by name */
};

struct db {
    struct store *store;
    struct env *env;
    struct cache *cache;
    char *region, *account;
    struct lock catalog_lock;
    struct catalog *catalog; /* the committed one */
    _Atomic bool work;
    struct overlay items; /* of the one write transaction */
};

struct db_pin {
    struct db_pin *next;
    struct store_value value; /* or */
    struct cache_value *cached;
};

struct db_txn {
    struct db *db;
    enum db_mode mode;
    bool cached;
    struct store_txn *store;
    struct arena mem;
    struct catalog *base; /* as it was at the beginning */
    struct catalog *view; /* as this transaction sees it; in `made` unless == base */
    struct db_pin pin[2], *pins;
    uint32_t pin_n;
    struct buf key;

    /* WRITE */
    struct overlay *items;   /* changed items by storage key, for the cache */
    struct arena scratch;    /* of one change */
    struct buf entry_key[2]; /* old and new */
    struct catalog **made;
    uint32_t made_n;
    struct count_change {
        struct table_live *live;
        struct live_arm *arm;
        int64_t items, bytes;
    } * count;
    uint32_t count_n, count_cap;
    struct db_mark {
        uint32_t items, count;
        struct catalog *view;
    } mark[DB_MARKS_MAX];
    uint32_t mark_n;
};

/* db_catalog.c */
MUST_CHECK bool db_catalog_load(struct db *db, struct store_txn *t, struct err *e);
struct catalog *db_catalog_hold(struct catalog *c);
void db_catalog_release(struct catalog *c); /* NULL is fine */
const struct table *db_table_by_id(struct db_txn *t, uint32_t id);

/* db_counts.c */
void db_count(struct db_txn *t, const struct table *table, uint16_t index, int64_t items,
              int64_t bytes);
void db_count_undo(struct db_txn *t, uint32_t mark);
MUST_CHECK bool db_count_store(struct db_txn *t, struct err *e);
void db_count_finish(struct db_txn *t, bool committed);
MUST_CHECK bool db_count_load(struct store_txn *t, struct table *table, struct err *e);
struct live_arm *db_count_arm(struct table_live *live, uint16_t index); /* NULL: none */
bool db_count_reshape(struct table_live *live, const struct table_def *old,
                      const struct table_def *now, bool may_purge);

/* db_index.c */
struct index_entry {
    bool present;
    struct str key, value;
};
/* What `item` (NULL: nothing) has in the index; in scratch and *key. */
struct index_entry db_index_entry(struct db_txn *t, const struct table *table, uint32_t index,
                                  struct str item, struct buf *key);
MUST_CHECK bool db_index_change(struct db_txn *t, const struct db_change *c, uint32_t index,
                                struct capacity_use *use, struct err *e);
/* Would a key of this index be refused for its sizes or emptiness? */
bool db_index_key_fits(const struct key_schema *k, struct str item);

/* db_item.c: an item by storage key. */
MUST_CHECK bool db_item_read(struct db_txn *t, struct str key, struct str *out, struct err *e);

/* db_work.c */
void db_key_marker(struct buf *out, enum db_space space, uint32_t table, uint16_t index);
MUST_CHECK bool db_work_find(struct db *db, struct store_txn *t, struct err *e);
/* Removes the backfill position of the index and leaves a marker for its data. */
MUST_CHECK bool db_work_drop(struct db_txn *t, uint32_t table, uint16_t index, struct err *e);

/* db.c */
static inline void db_put_u32(struct buf *out, uint32_t v)
{
    char b[4] = {(char)(v >> 24), (char)(v >> 16), (char)(v >> 8), (char)v};
    buf_add(out, (struct str){b, 4});
}
static inline uint32_t db_get_u32(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}
MUST_CHECK bool db_meta_get(struct store_txn *t, struct str name, uint32_t *value, struct err *e);
MUST_CHECK bool db_meta_put(struct store_txn *t, struct str name, uint32_t value, struct err *e);

#endif
