/* db_ttl.c - when items expire, and their deletion.
 *
 *   't' | table:u32 | since:u64 | second:u64 | hash:u64 | partition | sort   =>  nothing
 *
 * since is when time to live was switched on (table_def.ttl_changed_ms), so that
 * entries of an earlier setting are never mistaken for ones of now; what follows
 * `second` is the item's own key without its prefix.
 *
 * (1) With time to live on, and the items of before indexed, an item has an entry
 *     exactly when its attribute is a number of seconds from 0 to 10^12.
 * (2) Entry and item change in one store transaction, so an entry that is found
 *     agrees with its item.  The sweep looks at the item all the same.
 * (3) Below `ttl_low` nothing is due: a sweep does not walk again over what
 *     earlier ones have removed.  Every new entry lowers it if need be. */
#include "db/db_item.h"
#include "db/db_stream_code.h"
#include "db/db_stream_int.h"
#include "model/item.h"

enum { SWEEP_ITEMS = 64, SECOND_DIGITS = 12, ENTRY_PREFIX = 13, ENTRY_FIXED = 21 };
static const int64_t too_old_s = (int64_t)5 * 365 * 86400; /* such items are left alone */

/* The whole seconds of the item's attribute; false: it never expires. */
static bool second_of(const struct table_def *def, struct str item, int64_t *second)
{
    struct attr v;
    if (item.p == NULL || !item_find(item, def->ttl_attribute, &v) || v.type != ATTR_N)
        return false;
    size_t n = 0;
    int64_t s = 0;
    for (; n < v.body.n && v.body.p[n] >= '0' && v.body.p[n] <= '9'; n++) {
        if (n == SECOND_DIGITS)
            return false;
        s = 10 * s + (v.body.p[n] - '0');
    }
    *second = s;
    return n > 0; /* a fraction may follow; a sign may not come first */
}

static void prefix(struct buf *out, const struct table_def *def)
{
    buf_byte(out, DB_SPACE_TTL);
    db_put_u32(out, def->id);
    stream_put_u64(out, (uint64_t)def->ttl_changed_ms);
}

static void entry_key(struct buf *out, const struct table_def *def, int64_t second,
                      struct str item_key)
{
    out->n = 0;
    prefix(out, def);
    stream_put_u64(out, (uint64_t)second);
    buf_add(out, str_from(item_key, KEY_PREFIX_BYTES));
}

bool db_ttl_entry(struct buf *key, const struct table_def *def, struct str item_key,
                  struct str item)
{
    int64_t second;
    if (def->ttl_attribute.n == 0 || !second_of(def, item, &second))
        return false;
    entry_key(key, def, second, item_key);
    return true;
}

static bool put_entry(struct db_txn *t, const struct table_def *def, int64_t second,
                      struct str item_key, struct err *e)
{
    struct db_clockwork *w = &t->db->clockwork;
    if (second < w->ttl_low)
        w->ttl_low = second; /* (3) */
    entry_key(&t->entry_key[0], def, second, item_key);
    return store_put(t->store, buf_str(&t->entry_key[0]), STR(""), e);
}

bool db_ttl_change(struct db_txn *t, const struct db_change *c, struct str item_key, struct err *e)
{
    const struct table_def *def = c->table->def;
    int64_t old = 0, now = 0;
    bool had = second_of(def, c->old, &old), has = second_of(def, c->new_item, &now);
    if (had == has && old == now)
        return true;
    if (had) {
        entry_key(&t->entry_key[0], def, old, item_key);
        if (!store_del(t->store, buf_str(&t->entry_key[0]), e))
            return false;
    }
    return !has || put_entry(t, def, now, item_key, e);
}

bool db_ttl_fill(struct db_txn *t, const struct table *table, struct str item_key, struct str item,
                 struct err *e)
{
    int64_t second;
    return !second_of(table->def, item, &second) || put_entry(t, table->def, second, item_key, e);
}

/* --- on and off ---------------------------------------------------------------- */

bool db_ttl_follow(struct db_txn *t, const struct table_def *was, const struct table_def *def,
                   struct err *e)
{
    bool was_on = was->ttl_attribute.n > 0, on = def != NULL && def->ttl_attribute.n > 0;
    if (def != NULL && was_on == on && was->ttl_changed_ms == def->ttl_changed_ms)
        return true;
    struct buf fill = {.mem = &t->mem}, drop = {.mem = &t->mem};
    db_key_marker(&fill, DB_SPACE_TTL_FILL, was->id, 0);
    buf_byte(&drop, DB_SPACE_TTL_DROPPED);
    db_put_u32(&drop, was->id);
    stream_put_u64(&drop, def == NULL ? 0 : (uint64_t)was->ttl_changed_ms);
    if (was_on && (!store_del(t->store, buf_str(&fill), e) ||
                   !store_put(t->store, buf_str(&drop), STR(""), e)))
        return false;
    return !on || store_put(t->store, buf_str(&fill), STR(""), e);
}

/* --- deletion ------------------------------------------------------------------ */

static const struct table *next_table(struct db_txn *t, uint32_t least_id)
{
    const struct table *best = NULL;
    for (uint32_t i = 0; i < t->view->n; i++) {
        const struct table *x = t->view->table[i];
        if (x->def->ttl_attribute.n > 0 && x->def->id >= least_id &&
            (best == NULL || x->def->id < best->def->id))
            best = x;
    }
    return best;
}

/* The next entries of the table that are due, at most SWEEP_ITEMS. */
static bool due_entries(struct db_txn *t, const struct table_def *def, struct str keys[SWEEP_ITEMS],
                        size_t *n, struct err *e)
{
    struct db_clockwork *w = &t->db->clockwork;
    struct buf from = {.mem = &t->mem}, to = {.mem = &t->mem};
    prefix(&from, def);
    stream_put_u64(&from, (uint64_t)w->ttl_from);
    prefix(&to, def);
    stream_put_u64(&to, (uint64_t)w->ttl_to);
    if (w->ttl_position.n > 0) {
        from.n = 0;
        buf_add(&from, buf_str(&w->ttl_position));
        buf_byte(&from, 0);
    }
    struct store_cursor *c;
    struct str key, value;
    bool good, have;
    *n = 0;
    if (!store_scan(t->store, buf_str(&from), buf_str(&to), false, &c, e))
        return false;
    while ((good = store_cursor_next(c, &key, &value, &have, e)) && have) {
        keys[(*n)++] = arena_dup(&t->mem, key);
        if (*n == SWEEP_ITEMS)
            break;
    }
    store_cursor_close(&c);
    return good;
}

static bool expire(struct db_txn *t, const struct table *table, struct str entry, struct err *e)
{
    struct buf key = {.mem = &t->mem};
    struct str item;
    int64_t second;
    struct capacity_use unpaid = {0};
    if (entry.n < ENTRY_FIXED)
        return err_set(e, ERR_IO, "the data are damaged: a time of expiry");
    key_prefix(&key, table->def->id, 0);
    buf_add(&key, str_from(entry, ENTRY_FIXED));
    if (!db_item_read(t, buf_str(&key), &item, e))
        return false;
    if (!second_of(table->def, item, &second) ||
        (uint64_t)second != stream_get_u64(entry.p + ENTRY_PREFIX)) /* (2) */
        return store_del(t->store, entry, e);
    struct db_change c = {.table = table, .old = item, .by_ttl = true};
    return db_item_change(t, &c, &unpaid, e);
}

static void begin_pass(struct db_clockwork *w, int64_t now_s)
{
    if (w->ttl_low > now_s)
        w->ttl_low = 0; /* the clock was set back: what was too old may not be so now */
    w->ttl_from = w->ttl_low > now_s - too_old_s ? w->ttl_low : now_s - too_old_s;
    w->ttl_from = w->ttl_from > 0 ? w->ttl_from : 0;
    w->ttl_to = now_s > w->ttl_from ? now_s : w->ttl_from; /* seconds that are over */
    w->ttl_low = w->ttl_to;
    w->ttl_table = 0;
    w->ttl_position.n = 0;
    w->ttl_running = true;
}

bool db_ttl_sweep(struct db_txn *t, struct err *e)
{
    struct db_clockwork *w = &t->db->clockwork;
    struct str keys[SWEEP_ITEMS];
    size_t n = 0;
    if (!w->ttl_running)
        begin_pass(w, t->now_ms / 1000);
    const struct table *table = next_table(t, w->ttl_table);
    if (table == NULL) {
        w->ttl_running = false;
        return true;
    }
    if (table->def->id != w->ttl_table)
        w->ttl_position.n = 0;
    w->ttl_table = table->def->id;
    if (!due_entries(t, table->def, keys, &n, e))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!expire(t, table, keys[i], e))
            return false;
    w->ttl_position.n = 0;
    if (n == SWEEP_ITEMS)
        buf_add(&w->ttl_position, keys[n - 1]);
    else
        w->ttl_table++;
    return true;
}
