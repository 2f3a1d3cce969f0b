/* db_work.c - long work in slices; see db_work.h.
 *
 * Backfill of a CREATING index: walks the table's items in key order from the
 * position in space 'b' and adds the entries that are missing; writes of items
 * keep the index up in the meantime, so an entry that is there is right.  The
 * first slice marks the index as backfilling, the last makes it ACTIVE.
 *
 * Removal: a marker in space 'x' names a dropped table or index; a slice deletes
 * some of its keys and moves the marker's position on.  Space 'y' is the same for
 * times of expiry.
 *
 * Indexing of times of expiry: as a backfill, from the position in space 'f'. */
#include "db/db_work.h"

#include "db/db_int.h"
#include "db/db_stream_code.h"
#include "model/item.h"

enum { SLICE_ITEMS = 300, SLICE_BYTES = 256 * 1024, MARKER_BYTES = 7, TTL_MARKER_BYTES = 13 };

void db_key_marker(struct buf *out, enum db_space space, uint32_t table, uint16_t index)
{
    buf_byte(out, (char)space);
    db_put_u32(out, table);
    buf_byte(out, (char)(index >> 8));
    buf_byte(out, (char)index);
}

static struct str marker(struct arena *mem, enum db_space space, uint32_t table, uint16_t index)
{
    struct buf out = {.mem = mem};
    db_key_marker(&out, space, table, index);
    return buf_str(&out);
}

bool db_work_drop(struct db_txn *t, uint32_t table, uint16_t index, struct err *e)
{
    return store_del(t->store, marker(&t->mem, DB_SPACE_BACKFILL, table, index), e) &&
           store_put(t->store, marker(&t->mem, DB_SPACE_DROPPED, table, index), STR(""), e);
}

/* The first marker of the space, copied; key.p == NULL: there is none. */
static bool first_marker(struct store_txn *t, struct arena *mem, enum db_space space,
                         struct str *key, struct str *value, struct err *e)
{
    size_t bytes = space == DB_SPACE_TTL_DROPPED ? TTL_MARKER_BYTES : MARKER_BYTES;
    char from = (char)space, to = (char)(space + 1);
    struct store_cursor *c;
    bool have = false;
    struct str k, v;
    if (!store_scan(t, (struct str){&from, 1}, (struct str){&to, 1}, false, &c, e))
        return false;
    bool good = store_cursor_next(c, &k, &v, &have, e);
    *key = good && have ? arena_dup(mem, k) : (struct str){0};
    *value = good && have ? arena_dup(mem, v) : (struct str){0};
    store_cursor_close(&c);
    if (good && have && key->n != bytes)
        return err_set(e, ERR_IO, "the data are damaged: a marker of work to do");
    return good;
}

typedef bool work_slice(struct db_txn *t, struct str mark, struct str value, struct err *e);
static work_slice remove_slice, ttl_fill_slice;

/* Work that a marker in the store stands for. */
static const struct {
    enum db_space space;
    work_slice *slice;
} marked[] = {
    {DB_SPACE_DROPPED, remove_slice},
    {DB_SPACE_TTL_DROPPED, remove_slice},
    {DB_SPACE_TTL_FILL, ttl_fill_slice},
};

/* The first index that waits to be filled. */
static const struct table *first_creating(const struct catalog *c, uint32_t *index)
{
    for (uint32_t i = 0; i < c->n; i++) {
        const struct table_def *d = c->table[i]->def;
        for (*index = 0; *index < d->index_n; ++*index)
            if (d->index[*index].status == INDEX_CREATING && d->status != TABLE_CREATING)
                return c->table[i];
    }
    return NULL;
}

bool db_work_find(struct db *db, struct store_txn *t, struct err *e)
{
    struct arena mem = {0};
    struct str key, value;
    uint32_t index;
    bool good = true, work = first_creating(db->catalog, &index) != NULL;
    for (size_t i = 0; i < COUNT_OF(marked) && good && !work; i++) {
        good = first_marker(t, &mem, marked[i].space, &key, &value, e);
        work = good && key.p != NULL;
    }
    if (good)
        atomic_store(&db->work, work);
    arena_free(&mem);
    return good;
}

int64_t db_work_wait_ms(struct db *db)
{
    db_stream_advance(db, env_now_ms(db->env));
    db_stream_settle(db); /* no transaction is open */
    return atomic_load(&db->work) ? 0 : db_clock_wait_ms(db);
}

bool db_work_pending(struct db *db)
{
    return db_work_wait_ms(db) == 0;
}

/* --- removal ------------------------------------------------------------------- */

/* Deletes a slice of [from, to) and tells the key to go on from; p == NULL: all
 * is gone. */
static bool delete_slice(struct db_txn *t, struct str from, struct str to, struct str *next,
                         struct err *e)
{
    struct store_cursor *c;
    struct str key, value;
    bool good, have;
    size_t n = 0;
    *next = (struct str){0};
    if (!store_scan(t->store, from, to, false, &c, e))
        return false;
    while ((good = store_cursor_next(c, &key, &value, &have, e)) && have) {
        if (n++ == SLICE_ITEMS) {
            *next = arena_dup(&t->mem, key);
            break;
        }
        if (!(good = store_del(t->store, key, e)))
            break;
    }
    store_cursor_close(&c);
    return good;
}

/* What the marker names: all keys with this prefix. */
static void removed_prefix(struct buf *out, struct str mark)
{
    uint32_t table = db_get_u32(mark.p + 1);
    if (mark.p[0] == DB_SPACE_TTL_DROPPED) {
        buf_byte(out, DB_SPACE_TTL);
        db_put_u32(out, table);
        if (stream_get_u64(mark.p + 5) != 0)
            buf_add(out, str_from(mark, 5));
        return;
    }
    uint16_t index = (uint16_t)((unsigned char)mark.p[5] << 8 | (unsigned char)mark.p[6]);
    key_prefix(out, table, index);
    if (index == 0)
        out->n -= 2; /* all indexes of the table */
}

static bool remove_slice(struct db_txn *t, struct str mark, struct str position, struct err *e)
{
    struct buf from = {.mem = &t->mem}, to = {.mem = &t->mem};
    removed_prefix(&from, mark);
    bool bounded = key_after_prefix(&to, buf_str(&from));
    assert(bounded);
    struct str next, start = position.n > 0 ? position : buf_str(&from);
    if (!bounded || !delete_slice(t, start, buf_str(&to), &next, e))
        return false;
    return next.p != NULL ? store_put(t->store, mark, next, e) : store_del(t->store, mark, e);
}

/* --- backfill ------------------------------------------------------------------ */

static bool fill_entry(struct db_txn *t, const struct table *table, uint32_t index, struct str item,
                       struct err *e)
{
    arena_reset(&t->scratch);
    struct index_entry entry = db_index_entry(t, table, index, item, &t->entry_key[0]);
    struct store_value v;
    if (!entry.present)
        return true;
    if (!store_get(t->store, entry.key, &v, e))
        return false;
    bool there = v.bytes.p != NULL; /* written since: it is right */
    store_value_release(&v);
    if (there)
        return true;
    db_count(t, table, table->def->index[index].id, 1, item_size(entry.value));
    return store_put(t->store, entry.key, entry.value, e);
}

/* Fills an index, or (NULL) the times of expiry, from behind *position; *position becomes the last
 * key done, p == NULL at the end of the table. */
static bool fill_slice(struct db_txn *t, const struct table *table, const uint32_t *index,
                       struct str *position, struct err *e)
{
    struct buf from = {.mem = &t->mem}, to = {.mem = &t->mem};
    struct buf *start = &from;
    key_prefix(&from, table->def->id, 0);
    bool bounded = key_after_prefix(&to, buf_str(&from));
    assert(bounded);
    struct buf after = {.mem = &t->mem};
    if (position->n > 0) {
        buf_add(&after, *position);
        buf_byte(&after, 0); /* the least key greater than it */
        start = &after;
    }
    struct store_cursor *c;
    if (!bounded || !store_scan(t->store, buf_str(start), buf_str(&to), false, &c, e))
        return false;
    struct str key, item;
    bool good, have;
    size_t n = 0, bytes = 0;
    *position = (struct str){0};
    while ((good = store_cursor_next(c, &key, &item, &have, e)) && have) {
        if (!(good = index != NULL ? fill_entry(t, table, *index, item, e)
                                   : db_ttl_fill(t, table, key, item, e)))
            break;
        bytes += item.n;
        if (++n == SLICE_ITEMS || bytes > SLICE_BYTES) {
            *position = arena_dup(&t->mem, key);
            break;
        }
    }
    store_cursor_close(&c);
    return good;
}

static bool change_index(struct db_txn *t, const struct table *table, uint32_t index,
                         enum index_status status, bool backfilling, struct err *e)
{
    const struct table *now;
    struct table_def *def = table_def_copy(&t->mem, table->def);
    def->index[index].status = status;
    def->index[index].backfilling = backfilling;
    if (def->status == TABLE_UPDATING)
        def->status = TABLE_ACTIVE;
    return db_table_replace(t, table, def, &now, e);
}

static bool backfill_slice(struct db_txn *t, const struct table *table, uint32_t index,
                           struct err *e)
{
    const struct index_def *x = &table->def->index[index];
    if (!x->backfilling)
        return change_index(t, table, index, INDEX_CREATING, true, e);
    struct str key = marker(&t->mem, DB_SPACE_BACKFILL, table->def->id, x->id);
    struct store_value v;
    if (!store_get(t->store, key, &v, e))
        return false;
    struct str position = v.bytes.p != NULL ? arena_dup(&t->mem, v.bytes) : (struct str){0};
    store_value_release(&v);
    if (!fill_slice(t, table, &index, &position, e))
        return false;
    if (position.p != NULL)
        return store_put(t->store, key, position, e);
    return store_del(t->store, key, e) && change_index(t, table, index, INDEX_ACTIVE, false, e);
}

static bool ttl_fill_slice(struct db_txn *t, struct str mark, struct str position, struct err *e)
{
    const struct table *table = db_table_by_id(t, db_get_u32(mark.p + 1));
    if (table == NULL || table->def->ttl_attribute.n == 0)
        return err_set(e, ERR_IO, "the data are damaged: times of expiry without a table");
    if (!fill_slice(t, table, NULL, &position, e))
        return false;
    return position.p != NULL ? store_put(t->store, mark, position, e)
                              : store_del(t->store, mark, e);
}

bool db_work_step(struct db_txn *t, struct err *e)
{
    struct str key, value;
    uint32_t index;
    if (db_clock_wait_ms(t->db) == 0) /* its pauses leave time for the rest */
        return db_clock_step(t, e);
    for (size_t i = 0; i < COUNT_OF(marked) && atomic_load(&t->db->work); i++) {
        if (!first_marker(t->store, &t->mem, marked[i].space, &key, &value, e))
            return false;
        if (key.p != NULL)
            return marked[i].slice(t, key, value, e);
    }
    const struct table *table = first_creating(t->view, &index);
    if (table != NULL)
        return backfill_slice(t, table, index, e);
    atomic_store(&t->db->work, false);
    return true;
}
