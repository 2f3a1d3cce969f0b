/* db_int.h - what the files of db/ share.
 *
 * Keys in the store, besides the items and entries of model/key.h (space 'd');
 * integers big-endian:
 *
 *   'm' | name                          "format": u32; "next_table": u32; "secret": 32 bytes;
 *                                       "stream_seq": u64 (db_stream.c)
 *   'c' | table name                    the table's definition (schema.h)
 *   'n' | table:u32                     counters (db_counts.c)
 *   'x' | table:u32 | index:u16         dropped data to remove; index 0: all of the table.
 *                                       Value: the key to go on from
 *   'b' | table:u32 | index:u16         where the backfill of a new index is: the last item's key
 *   'o' | collection | 00 | key         documents (db_doc.h)
 *   'S' | table name | 00 | label:u64   streams (db_stream_code.h)
 *   'g' | table name | 00 | label:u64   tags of streams (db_stream_tags.h)
 *   's' | table:u32 | label:u64 | lane:u8 | sequence:u64
 *                                       records of changes (db_stream_code.h)
 *   't' | table:u32 | since:u64 | second:u64 | rest of the item's key
 *                                       when items expire (db_ttl.c)
 *   'f' | table:u32 | 0:u16             where the indexing of expiry times is: the last item's key
 *   'y' | table:u32 | since:u64         expiry times to remove; since 0: all of the table
 */
#ifndef DB_DB_INT_H
#define DB_DB_INT_H

#include <stdatomic.h>

#include "base/lock.h"
#include "db/db_item.h"
#include "model/bucket.h"
#include "model/key.h"
#include "store/overlay.h"

/* 2: the sizes of item collections are kept; those of format 1 are counted when it is opened.
 * 3: numbers take a byte for each pair of digits from the point; items of older formats are
 * measured anew. */
enum { DB_FORMAT = 3, DB_MARKS_MAX = 32 };
enum db_space {
    DB_SPACE_META = 'm',
    DB_SPACE_CATALOG = 'c',
    DB_SPACE_COUNTS = 'n',
    DB_SPACE_DROPPED = 'x',
    DB_SPACE_BACKFILL = 'b',
    DB_SPACE_DOC = 'o',
    DB_SPACE_STREAM = 'S',
    DB_SPACE_STREAM_TAGS = 'g',
    DB_SPACE_RECORD = 's',
    DB_SPACE_TTL = 't',
    DB_SPACE_TTL_FILL = 'f',
    DB_SPACE_TTL_DROPPED = 'y',
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
        struct bucket bucket[2]; /* db_capacity.c: reads, writes */
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

/* Work that time brings, see db_clock.c.  Only the writer's. */
struct db_clockwork {
    int64_t ttl_ms, trim_ms, bound_ms; /* when to look again; bound: of sequence numbers */
    int64_t drop_ms; /* when to drop tables that are DELETING; 0: at once; -1: there are none */
    int64_t pause_until_ms;
    int64_t ttl_interval_ms;
    bool restart; /* a slice was not committed: what it had done is not done */

    /* Expired items: a pass from table to table. */
    bool ttl_running;
    int64_t ttl_low; /* nothing that is due expires before this second */
    int64_t ttl_from, ttl_to;
    uint32_t ttl_table;      /* id */
    struct buf ttl_position; /* entry to go on behind; n == 0: the table's first */

    /* Old stream records: a pass from stream to stream. */
    bool trim_running;
    struct buf trim_stream; /* key to go on from; n == 0: the first */
    unsigned trim_lane;
    uint64_t trim_sequence;
};

enum { DB_SECRET_BYTES = 32 };

struct db {
    struct store *store;
    struct env *env;
    struct cache *cache;
    char *region, *account;
    struct lock catalog_lock;
    struct catalog *catalog; /* the committed one */
    _Atomic bool work;
    int64_t collection_bytes;
    struct overlay items;           /* of the one write transaction */
    struct bucket (*partitions)[2]; /* db_capacity.c; NULL: no throttling */
    unsigned char secret[DB_SECRET_BYTES];

    _Atomic uint64_t stream_floor; /* see db_stream.c (3) */
    /* Only the writer's: */
    uint64_t stream_sequence, stream_mark; /* the last one given; what the store has reserved */
    int64_t stream_shard_ms;               /* of streams to come */
    struct db_clockwork clockwork;
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
    uint64_t stream_floor; /* taken before the store transaction began */

    /* WRITE */
    int64_t now_ms;   /* when it began */
    bool sequenced;   /* it has taken sequence numbers */
    uint64_t mark_to; /* what it reserves; 0: nothing */
    bool clocked;     /* it does a slice of db_clock.c */
    int64_t clock_began_ms;
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

/* db_capacity.c */
struct bucket (*db_capacity_partitions(void))[2];

/* db_collection.c */
/* The collection of c's items grows by so many bytes (with its local indexes' entries). */
MUST_CHECK bool db_collection_change(struct db_txn *t, const struct db_change *c, int64_t grown,
                                     struct err *e);
/* The storage key of the collection of an item (or key) of the table. */
void db_collection_key(struct buf *out, const struct table_def *def, struct str item);
/* The bytes in a collection's record; p == NULL: 0.  False: malformed. */
MUST_CHECK bool db_collection_decode(struct str record, int64_t *bytes);
/* Counts all collections anew: what a database of an older format needs. */
MUST_CHECK bool db_collection_recount(struct db *db, struct err *e);

/* db_measure.c: items and entries get the sizes that they have, as do the counters. */
MUST_CHECK bool db_measure(struct db *db, struct err *e);

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
/* *grown: by how many bytes the index's entries became more; added to. */
MUST_CHECK bool db_index_change(struct db_txn *t, const struct db_change *c, uint32_t index,
                                struct capacity_use *use, int64_t *grown, struct err *e);
/* Bytes of an item (p == NULL: 0) with its entries in all local indexes. */
uint64_t db_index_local_bytes(struct db_txn *t, const struct table *table, struct str item);
/* Would a key of this index be refused for its sizes or emptiness? */
bool db_index_key_fits(const struct key_schema *k, struct str item);

/* db_item.c: an item, or the record of a collection, by storage key; through the cache. */
MUST_CHECK bool db_item_read(struct db_txn *t, struct str key, struct str *out, struct err *e);
/* p == NULL: deletes. */
MUST_CHECK bool db_item_store(struct db_txn *t, struct str key, struct str value, struct err *e);

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

/* Raw values of 'm'; none: *out stays as it is. */
MUST_CHECK bool db_meta_bytes_get(struct store_txn *t, struct str name, struct buf *out,
                                  struct err *e);
MUST_CHECK bool db_meta_bytes_put(struct store_txn *t, struct str name, struct str value,
                                  struct err *e);

/* db_stream.c */
MUST_CHECK bool db_stream_load(struct db *db, struct store_txn *t, struct err *e);
void db_stream_advance(struct db *db, int64_t now_ms); /* no sequence number below the clock */
void db_stream_settle(struct db *db);                  /* no transaction has numbers in flight */
MUST_CHECK bool db_stream_reserve(struct db_txn *t, struct err *e);
/* Has the clock passed what the store knows of numbers, while a stream is on? */
bool db_stream_bound_is_old(const struct db *db);
void db_stream_move_bound(struct db_txn *t); /* when the transaction commits */
MUST_CHECK bool db_stream_add(struct db_txn *t, const struct db_change *c, struct str item_key,
                              struct err *e);
/* The definition `was` becomes `def` (NULL: none before, none after): streams are
 * opened and closed.  May move def's label on. */
MUST_CHECK bool db_stream_follow(struct db_txn *t, const struct table_def *was,
                                 struct table_def *def, struct err *e);
/* db_stream_trim.c: a slice of removing what is too old; running becomes false at the
 * end of the pass. */
MUST_CHECK bool db_stream_trim(struct db_txn *t, struct err *e);

/* db_ttl.c */
MUST_CHECK bool db_ttl_change(struct db_txn *t, const struct db_change *c, struct str item_key,
                              struct err *e);
/* Settings of `was` become those of `def`; def NULL: the table goes. */
MUST_CHECK bool db_ttl_follow(struct db_txn *t, const struct table_def *was,
                              const struct table_def *def, struct err *e);
/* Adds the entry of an item that was there before. */
MUST_CHECK bool db_ttl_fill(struct db_txn *t, const struct table *table, struct str item_key,
                            struct str item, struct err *e);
MUST_CHECK bool db_ttl_entry(struct buf *key, const struct table_def *def, struct str item_key,
                             struct str item);
MUST_CHECK bool db_ttl_sweep(struct db_txn *t, struct err *e); /* a slice, as db_stream_trim() */

/* db_clock.c */
void db_clock_init(struct db *db, int64_t ttl_interval_ms);
int64_t db_clock_wait_ms(struct db *db); /* until a slice is due; 0: now */
MUST_CHECK bool db_clock_step(struct db_txn *t, struct err *e);
void db_clock_finish(struct db_txn *t, bool committed);

#endif
