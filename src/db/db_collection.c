/* db_collection.c - the sizes of item collections: what has one partition key in a
 * table with local indexes, the items and their entries in these.
 *
 *   'd' | table:u32 | FFFF | hash:u64 | partition   =>  version:u8 = 1 | bytes:u64
 *
 * Integers are big-endian.  The key is that of the partition's items up to the sort key,
 * with FFFF for the index, so that a record goes when its table's data does.
 *
 * (1) A record changes in the store transaction of the item that changes.
 * (2) A collection without items has no record. */
#include "base/log.h"
#include "db/db_int.h"
#include "db/db_stream_code.h"
#include "model/item.h"

enum { COLLECTION_VERSION = 1, COLLECTION_RECORD = 9, RECOUNT_RECORDS = 10000 };

void db_collection_key(struct buf *out, const struct table_def *def, struct str item)
{
    struct attr hash;
    bool found = item_find(item, def->key.attr[0].name, &hash);
    assert(found); /* keys were checked */
    out->n = 0;
    if (found)
        key_partition(out, def->id, KEY_INDEX_COLLECTIONS, &def->key, &hash);
}

bool db_collection_decode(struct str record, int64_t *bytes)
{
    *bytes = 0;
    if (record.p == NULL)
        return true;
    if (record.n != COLLECTION_RECORD || record.p[0] != COLLECTION_VERSION)
        return false;
    *bytes = (int64_t)stream_get_u64(record.p + 1);
    return *bytes > 0; /* (2) */
}

static struct str encode(struct buf *out, int64_t bytes)
{
    out->n = 0;
    buf_byte(out, COLLECTION_VERSION);
    stream_put_u64(out, (uint64_t)bytes);
    return bytes > 0 ? buf_str(out) : (struct str){0}; /* (2) */
}

/* The bytes of the collection whose key is in t->entry_key[0]. */
static bool read_bytes(struct db_txn *t, const struct table_def *def, int64_t *bytes, struct err *e)
{
    struct str record;
    return db_item_read(t, buf_str(&t->entry_key[0]), &record, e) &&
           (db_collection_decode(record, bytes) ||
            err_set(e, ERR_IO, "the data are damaged: an item collection of table " STR_FMT,
                    STR_ARG(def->name)));
}

bool db_collection_bytes(struct db_txn *t, const struct table *table, struct str item,
                         int64_t *bytes, struct err *e)
{
    assert(table_def_has_local(table->def));
    db_collection_key(&t->entry_key[0], table->def, item);
    return read_bytes(t, table->def, bytes, e);
}

bool db_collection_change(struct db_txn *t, const struct db_change *c, int64_t grown, struct err *e)
{
    int64_t bytes;
    if (grown == 0)
        return true;
    if (!db_collection_bytes(t, c->table, c->new_item.p != NULL ? c->new_item : c->old, &bytes, e))
        return false;
    if (grown > 0 && bytes + grown > t->db->collection_bytes)
        return err_set(e, ERR_ITEM_COLLECTION_SIZE_LIMIT_EXCEEDED, "Collection size exceeded.");
    if (bytes + grown < 0)
        return err_set(e, ERR_IO,
                       "the data are damaged: an item collection of table " STR_FMT
                       " is smaller than its items",
                       STR_ARG(c->table->def->name));
    return db_item_store(t, buf_str(&t->entry_key[0]), encode(&t->entry_key[1], bytes + grown), e);
}

/* --- counting anew -------------------------------------------------------------- */

/* Items come in the order of their keys, so each collection's in one run. */
struct recount {
    struct db *db;
    struct db_txn *t; /* NULL: to be begun */
    const struct table *table;
    struct buf key; /* of the collection at hand; n == 0: none yet */
    int64_t bytes;
    uint32_t records; /* in the open transaction */
};

static bool put_record(struct recount *r, struct err *e)
{
    struct buf record = {0};
    if (r->key.n == 0)
        return true;
    bool good = (r->t != NULL || db_begin(r->db, DB_WRITE, false, &r->t, e)) &&
                store_put(r->t->store, buf_str(&r->key), encode(&record, r->bytes), e);
    buf_free(&record);
    if (!good || ++r->records < RECOUNT_RECORDS)
        return good;
    r->records = 0;
    return db_commit(&r->t, e);
}

static bool recount_item(struct recount *r, struct db_txn *from, struct str item, struct err *e)
{
    struct buf *key = &from->key;
    db_collection_key(key, r->table->def, item);
    if (!str_eq(buf_str(key), buf_str(&r->key))) {
        if (!put_record(r, e))
            return false;
        r->key.n = 0;
        buf_add(&r->key, buf_str(key));
        r->bytes = 0;
    }
    r->bytes += (int64_t)db_index_local_bytes(from, r->table, item);
    return true;
}

static bool recount_table(struct recount *r, struct db_txn *from, struct err *e)
{
    struct buf low = {.mem = &from->mem}, high = {.mem = &from->mem};
    struct store_cursor *c;
    struct str key, item;
    bool good, have;
    key_prefix(&low, r->table->def->id, 0);
    bool bounded = key_after_prefix(&high, buf_str(&low));
    assert(bounded);
    if (!bounded || !store_scan(from->store, buf_str(&low), buf_str(&high), false, &c, e))
        return false;
    while ((good = store_cursor_next(c, &key, &item, &have, e)) && have)
        if (!(good = recount_item(r, from, item, e)))
            break;
    store_cursor_close(&c);
    if (!good || !put_record(r, e))
        return false;
    r->key.n = 0;
    return true;
}

bool db_collection_recount(struct db *db, struct err *e)
{
    struct recount r = {.db = db};
    struct db_txn *from;
    if (!db_begin(db, DB_READ_SNAPSHOT, false, &from, e))
        return false;
    bool good = true;
    for (uint32_t i = 0; i < from->view->n && good; i++) {
        r.table = from->view->table[i];
        if (!table_def_has_local(r.table->def))
            continue;
        log_info("counting the item collections of table " STR_FMT, STR_ARG(r.table->def->name));
        good = recount_table(&r, from, e);
    }
    if (good && r.t != NULL)
        good = db_commit(&r.t, e);
    db_end(&r.t);
    db_end(&from);
    buf_free(&r.key);
    return good;
}
