/* db_index.c - the entries of indexes.
 *
 * (1) An item is in an index exactly when it has all key attributes of the
 *     index, of the right types, not empty and not too long.
 * (2) The entry is the item's projection under a key that ends with the item's
 *     own key; it changes in the transaction that changes the item.
 * (3) While an index is being filled, the entries of items that the backfill has
 *     not reached may be missing, and only the store knows. */
#include "db/db_int.h"
#include "model/item.h"

bool db_index_key_fits(const struct key_schema *k, struct str item)
{
    size_t hash = 0, range = 0;
    for (uint32_t i = 0; i < (uint32_t)k->hash_n + k->range_n; i++) {
        struct attr v;
        if (!item_find(item, k->attr[i].name, &v) || v.type != k->attr[i].type ||
            (v.type != ATTR_N && v.body.n == 0))
            return false;
        *(i < k->hash_n ? &hash : &range) += v.type == ATTR_N ? attr_number_size(v.body) : v.body.n;
    }
    return hash <= LIMIT_PARTITION_KEY_BYTES && range <= LIMIT_SORT_KEY_BYTES;
}

struct index_entry db_index_entry(struct db_txn *t, const struct table *table, uint32_t index,
                                  struct str item, struct buf *key)
{
    const struct index_def *x = &table->def->index[index];
    const struct projected *p = &table->projected[index];
    key->n = 0;
    if (item.p == NULL || !db_index_key_fits(&x->key, item) ||
        !key_of_entry(key, table->def, x, item))
        return (struct index_entry){0};
    struct str value =
        x->projection == PROJECTION_ALL ? item : item_select(&t->scratch, item, p->name, p->n);
    return (struct index_entry){true, buf_str(key), value};
}

uint64_t db_index_local_bytes(struct db_txn *t, const struct table *table, struct str item)
{
    const struct table_def *def = table->def;
    uint64_t sum = item_size(item);
    for (uint32_t i = 0; i < def->index_n && !def->index[i].global; i++) {
        arena_reset(&t->scratch);
        struct index_entry entry = db_index_entry(t, table, i, item, &t->entry_key[0]);
        sum += entry.present ? item_size(entry.value) : 0;
    }
    return sum;
}

bool db_item_local_fits(struct db_txn *t, const struct table *table, struct str item)
{
    const struct table_def *def = table->def;
    uint64_t most = item_size(item);
    for (uint32_t i = 0; i < def->index_n && !def->index[i].global; i++)
        most += item_size(item); /* no projection is larger than its item */
    return LIKELY(most <= LIMIT_ITEM_BYTES) ||
           db_index_local_bytes(t, table, item) <= LIMIT_ITEM_BYTES;
}

/* (3) */
static bool check_present(struct db_txn *t, struct index_entry *entry, struct err *e)
{
    struct store_value v;
    if (!entry->present)
        return true;
    if (!store_get(t->store, entry->key, &v, e))
        return false;
    entry->present = v.bytes.p != NULL;
    store_value_release(&v);
    return true;
}

/* Half units of an arm: two writes when the key moved, one when it did not. */
static uint64_t arm_halves(const struct index_entry *old, const struct index_entry *now, bool moved)
{
    if (old->present && now->present && !moved)
        return capacity_write_halves(size_max(item_size(old->value), item_size(now->value)));
    return (old->present ? capacity_write_halves(item_size(old->value)) : 0) +
           (now->present ? capacity_write_halves(item_size(now->value)) : 0);
}

bool db_index_change(struct db_txn *t, const struct db_change *c, uint32_t index,
                     struct capacity_use *use, int64_t *grown, struct err *e)
{
    const struct index_def *x = &c->table->def->index[index];
    arena_reset(&t->scratch);
    struct index_entry old = db_index_entry(t, c->table, index, c->old, &t->entry_key[0]);
    struct index_entry now = db_index_entry(t, c->table, index, c->new_item, &t->entry_key[1]);
    if (x->status == INDEX_CREATING && !check_present(t, &old, e))
        return false;
    bool moved = !str_eq(old.key, now.key);
    if (!old.present && !now.present)
        return true;
    if (old.present && now.present && !moved && str_eq(old.value, now.value))
        return true;
    use->touched[index] = true;
    use->index_halves[index] += arm_halves(&old, &now, moved);
    if (old.present && (!now.present || moved) && !store_del(t->store, old.key, e))
        return false;
    if (now.present && !store_put(t->store, now.key, now.value, e))
        return false;
    int64_t bytes = (now.present ? (int64_t)item_size(now.value) : 0) -
                    (old.present ? (int64_t)item_size(old.value) : 0);
    db_count(t, c->table, x->id, now.present - old.present, bytes);
    *grown += bytes;
    return true;
}
