/* db_item.c - reading one item, and the one way to change it; see db_item.h.
 *
 * Reading goes: this transaction's changes, the item cache, the store.  The
 * cache is left out by snapshot transactions, because it may be newer. */
#include "db/db_item.h"

#include "db/db_int.h"
#include "model/item.h"

static struct db_pin *new_pin(struct db_txn *t)
{
    if (t->pin_n < COUNT_OF(t->pin))
        return &t->pin[t->pin_n++];
    struct db_pin *p = NEW(&t->mem, struct db_pin);
    p->next = t->pins;
    t->pins = p;
    return p;
}

bool db_item_read(struct db_txn *t, struct str key, struct str *out, struct err *e)
{
    struct cache *cache = t->db->cache;
    struct cache_value *cached;
    bool current = t->mode != DB_READ_SNAPSHOT;
    if (t->items != NULL && overlay_get(t->items, key, out))
        return true;
    if (current && cache_get(cache, key, &cached)) {
        new_pin(t)->cached = cached;
        *out = cache_value_bytes(cached);
        return true;
    }
    uint64_t ticket = current ? cache_ticket(cache, key) : 0;
    struct store_value v;
    if (!store_get(t->store, key, &v, e))
        return false;
    if (current)
        cache_fill(cache, key, ticket, v.bytes);
    if (v.bytes.p != NULL)
        new_pin(t)->value = v;
    *out = v.bytes;
    return true;
}

bool db_item_get(struct db_txn *t, const struct table *table, struct str key, struct str *out,
                 struct err *e)
{
    t->key.n = 0;
    bool complete = key_of_item(&t->key, table->def, key);
    assert(complete); /* checked by db_key_check() */
    return complete && db_item_read(t, buf_str(&t->key), out, e);
}

bool db_item_warm(struct db_txn *t, const struct table *table, struct str item, struct err *e)
{
    struct str found;
    int64_t bytes;
    t->key.n = 0;
    if (!key_of_item(&t->key, table->def, item))
        return true;
    return db_item_read(t, buf_str(&t->key), &found, e) &&
           (!table_def_has_local(table->def) || db_collection_bytes(t, table, item, &bytes, e));
}

bool db_item_store(struct db_txn *t, struct str key, struct str value, struct err *e)
{
    if (!(value.p != NULL ? store_put(t->store, key, value, e) : store_del(t->store, key, e)))
        return false;
    overlay_put(t->items, key, value);
    return true;
}

static bool put_item(struct db_txn *t, const struct db_change *c, struct err *e)
{
    t->key.n = 0;
    bool complete =
        key_of_item(&t->key, c->table->def, c->new_item.p != NULL ? c->new_item : c->old);
    assert(complete);
    if (!complete || !db_item_store(t, buf_str(&t->key), c->new_item, e))
        return false;
    db_count(t, c->table, 0, (c->new_item.p != NULL) - (c->old.p != NULL),
             (int64_t)item_size(c->new_item) - item_size(c->old));
    return true;
}

bool db_item_change(struct db_txn *t, const struct db_change *c, struct capacity_use *use,
                    struct err *e)
{
    assert(t->mode == DB_WRITE);
    use->table_touched = true;
    use->table_halves += capacity_write_halves(size_max(item_size(c->old), item_size(c->new_item)));
    if ((c->old.p == NULL) == (c->new_item.p == NULL) && str_eq(c->old, c->new_item))
        return true; /* nothing changes: nothing is written, in the stream neither */
    if (!put_item(t, c, e))
        return false;
    const struct table_def *def = c->table->def;
    int64_t grown[2] = {0, 0}; /* local, global */
    for (uint32_t i = 0; i < def->index_n; i++)
        if (!db_index_change(t, c, i, use, &grown[def->index[i].global], e))
            return false;
    grown[0] += (int64_t)item_size(c->new_item) - (int64_t)item_size(c->old);
    /* What else follows every change of an item, in this store transaction.  t->key is
     * still the item's. */
    return (!table_def_has_local(def) || db_collection_change(t, c, grown[0], e)) &&
           (def->ttl_attribute.n == 0 || db_ttl_change(t, c, buf_str(&t->key), e)) &&
           (def->stream == STREAM_NONE || db_stream_add(t, c, buf_str(&t->key), e));
}
