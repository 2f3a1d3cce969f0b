/* db_counts.c - item counts and sizes of tables and indexes, exact with every
 * commit.
 *
 * Changes are added to the `pending` sums of the table's shared counters at once
 * and noted in the transaction, so that a rollback can take them back.  A commit
 * writes one record per touched table; integers little-endian:
 *
 *     version:u8 = 1 | count:u16 | count x { index:u16 | items:i64 | bytes:i64 }     */
#include <stdlib.h>

#include "db/db_int.h"

enum { COUNTS_VERSION = 1, COUNTS_HEADER = 3, COUNTS_ARM = 18 };

struct live_arm *db_count_arm(struct table_live *live, uint16_t index)
{
    if (index == 0)
        return &live->arm[0];
    for (size_t i = 1; i < COUNT_OF(live->arm); i++)
        if (atomic_load_explicit(&live->arm[i].index, memory_order_relaxed) == index)
            return &live->arm[i];
    return NULL;
}

static bool def_has(const struct table_def *d, uint16_t index)
{
    for (uint32_t i = 0; d != NULL && i < d->index_n; i++)
        if (d->index[i].id == index)
            return true;
    return false;
}

/* Gives every index of `now` an arm; frees those of no version when that is safe. */
bool db_count_reshape(struct table_live *live, const struct table_def *old,
                      const struct table_def *now, bool may_purge)
{
    for (size_t i = 1; may_purge && i < COUNT_OF(live->arm); i++) {
        struct live_arm *a = &live->arm[i];
        uint16_t index = atomic_load(&a->index);
        if (index != 0 && !def_has(old, index) && !def_has(now, index)) {
            atomic_store(&a->index, 0);
            a->items = a->bytes = 0;
            a->bucket[0].full_ns = a->bucket[1].full_ns = 0;
        }
    }
    for (uint32_t i = 0; i < now->index_n; i++) {
        if (db_count_arm(live, now->index[i].id) != NULL)
            continue;
        struct live_arm *a = &live->arm[1];
        while (a < live->arm + COUNT_OF(live->arm) && atomic_load(&a->index) != 0)
            a++;
        if (a == live->arm + COUNT_OF(live->arm))
            return false;
        atomic_store(&a->index, now->index[i].id);
    }
    return true;
}

void db_count(struct db_txn *t, const struct table *table, uint16_t index, int64_t items,
              int64_t bytes)
{
    if (items == 0 && bytes == 0)
        return;
    struct live_arm *arm = db_count_arm(table->live, index);
    assert(arm != NULL);
    if (t->count_n == t->count_cap) {
        t->count_cap = t->count_cap == 0 ? 64 : t->count_cap * 2;
        t->count = realloc(t->count, t->count_cap * sizeof(*t->count));
        if (t->count == NULL)
            abort();
    }
    t->count[t->count_n++] = (struct count_change){table->live, arm, items, bytes};
    arm->pending_items += items;
    arm->pending_bytes += bytes;
    table->live->dirty = true;
}

void db_count_undo(struct db_txn *t, uint32_t mark)
{
    assert(mark <= t->count_n);
    while (t->count_n > mark) {
        const struct count_change *c = &t->count[--t->count_n];
        c->arm->pending_items -= c->items;
        c->arm->pending_bytes -= c->bytes;
    }
}

static void put_le(struct buf *out, uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++)
        buf_byte(out, (char)(v >> (8 * i)));
}

static uint64_t get_le(const char *p, int bytes)
{
    uint64_t v = 0;
    for (int i = 0; i < bytes; i++)
        v |= (uint64_t)(unsigned char)p[i] << (8 * i);
    return v;
}

static bool store_one(struct db_txn *t, struct table_live *live, struct err *e)
{
    struct buf key = {.mem = &t->mem}, value = {.mem = &t->mem};
    buf_byte(&key, DB_SPACE_COUNTS);
    db_put_u32(&key, live->table_id);
    uint16_t n = 0;
    put_le(&value, COUNTS_VERSION, COUNTS_HEADER);
    for (size_t i = 0; i < COUNT_OF(live->arm); i++) {
        const struct live_arm *a = &live->arm[i];
        uint16_t index = atomic_load(&a->index);
        if (i > 0 && index == 0)
            continue;
        put_le(&value, index, 2);
        put_le(&value, (uint64_t)(a->items + a->pending_items), 8);
        put_le(&value, (uint64_t)(a->bytes + a->pending_bytes), 8);
        n++;
    }
    value.p[1] = (char)n;
    value.p[2] = (char)(n >> 8);
    return store_put(t->store, buf_str(&key), buf_str(&value), e);
}

/* A table that was dropped in this transaction has no record any more. */
bool db_count_store(struct db_txn *t, struct err *e)
{
    for (uint32_t i = 0; i < t->count_n; i++) {
        struct table_live *live = t->count[i].live;
        if (!live->dirty)
            continue;
        live->dirty = false;
        bool alive = t->view == t->base || db_table_by_id(t, live->table_id) != NULL;
        if (alive && !store_one(t, live, e))
            return false;
    }
    return true;
}

void db_count_finish(struct db_txn *t, bool committed)
{
    for (uint32_t i = 0; i < t->count_n; i++) {
        struct live_arm *a = t->count[i].arm;
        if (committed) {
            atomic_fetch_add_explicit(&a->items, a->pending_items, memory_order_relaxed);
            atomic_fetch_add_explicit(&a->bytes, a->pending_bytes, memory_order_relaxed);
        }
        a->pending_items = a->pending_bytes = 0; /* also for later changes of this arm */
        t->count[i].live->dirty = false;
    }
    t->count_n = 0;
}

bool db_count_load(struct store_txn *t, struct table *table, struct err *e)
{
    char key[5] = {DB_SPACE_COUNTS};
    for (int i = 0; i < 4; i++)
        key[1 + i] = (char)(table->def->id >> (24 - 8 * i));
    struct store_value v;
    if (!store_get(t, (struct str){key, sizeof(key)}, &v, e))
        return false;
    struct str b = v.bytes;
    bool good = b.p == NULL || (b.n >= COUNTS_HEADER && b.p[0] == COUNTS_VERSION &&
                                b.n == COUNTS_HEADER + COUNTS_ARM * get_le(b.p + 1, 2));
    for (size_t at = COUNTS_HEADER; good && at < b.n; at += COUNTS_ARM) {
        struct live_arm *a = db_count_arm(table->live, (uint16_t)get_le(b.p + at, 2));
        if (a == NULL)
            continue; /* an index that has gone */
        atomic_store(&a->items, (int64_t)get_le(b.p + at + 2, 8));
        atomic_store(&a->bytes, (int64_t)get_le(b.p + at + 10, 8));
    }
    store_value_release(&v);
    return good || err_set(e, ERR_IO, "the data are damaged: counters of table " STR_FMT,
                           STR_ARG(table->def->name));
}

void db_table_counts(const struct table *t, struct table_counts *out)
{
    *out = (struct table_counts){.items = atomic_load(&t->live->arm[0].items),
                                 .bytes = atomic_load(&t->live->arm[0].bytes)};
    for (uint32_t i = 0; i < t->def->index_n; i++) {
        const struct live_arm *a = db_count_arm(t->live, t->def->index[i].id);
        if (a == NULL)
            continue; /* an old version of the table */
        out->index_items[i] = atomic_load(&a->items);
        out->index_bytes[i] = atomic_load(&a->bytes);
    }
}
