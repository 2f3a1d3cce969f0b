/* db_item.h - one item: reading it, and the one way to change it. */
#ifndef DB_DB_ITEM_H
#define DB_DB_ITEM_H

#include "db/db_catalog.h"
#include "model/capacity.h"

/* The item with this primary key; `key` is an item of (at least) the key
 * attributes, already checked against the schema.  *out: the stored item, valid
 * until the transaction ends, or p == NULL. */
MUST_CHECK bool db_item_get(struct db_txn *t, const struct table *table, struct str key,
                            struct str *out, struct err *e);

/* Brings the item that a write is going to read into the item cache, so that the
 * writer need not wait for the disk.  `item` may be anything from a client: one
 * without the table's key attributes is left to the write to refuse.  False for
 * ERR_WOULD_BLOCK and ERR_IO only. */
MUST_CHECK bool db_item_warm(struct db_txn *t, const struct table *table, struct str item,
                             struct err *e);

/* Replaces `old` (as read in this transaction; p == NULL: there was none) by
 * `new_item` (p == NULL: deletes).  Both have the same primary key.  Updates
 * index entries, counters and (with a stream) the record of the change.  *use is
 * added to.  A change that changes nothing writes nothing.
 *
 * Fails with ERR_ITEM_COLLECTION_SIZE_LIMIT_EXCEEDED, half done, when the item's
 * collection would outgrow its limit: the caller rolls back. */
struct db_change {
    const struct table *table;
    struct str old, new_item;
    bool by_ttl; /* the service itself deletes an expired item */
};
MUST_CHECK bool db_item_change(struct db_txn *t, const struct db_change *c,
                               struct capacity_use *use, struct err *e);

/* Bytes of the item collection that an item (or key) of a table with local indexes
 * belongs to: its items and their entries in local indexes. */
MUST_CHECK bool db_collection_bytes(struct db_txn *t, const struct table *table, struct str item,
                                    int64_t *bytes, struct err *e);

/* Does the item with its entries in all local indexes stay within LIMIT_ITEM_BYTES? */
bool db_item_local_fits(struct db_txn *t, const struct table *table, struct str item);

/* Checks of key attributes against the schema that DynamoDB makes in several
 * words; texts per function.
 *   db_key_check()        Key parameters: "The provided key element does not match the schema",
 *                         empty values, sizes
 *   db_item_key_check()   whole items: "Missing the key pk in the item" ...
 *   db_index_keys_check() whole items: types, emptiness and sizes of index keys */
MUST_CHECK bool db_key_check(const struct table_def *t, struct str key, struct err *e);
MUST_CHECK bool db_item_key_check(const struct table_def *t, struct str item, struct err *e);
MUST_CHECK bool db_index_keys_check(const struct table_def *t, struct str item, struct err *e);
/* The same for an updated item: only index keys that differ from `old` are looked at,
 * with the texts for UpdateItem. */
MUST_CHECK bool db_index_keys_check_update(const struct table_def *t, struct str old,
                                           struct str item, struct err *e);

#endif
