/* db_check.c - see db_check.h.
 *
 * One pass over the items: each item's entries are looked up and compared.  One
 * pass over the entries: each is counted.  As many entries as the items have,
 * and each item's entry found, means that there is no other entry.  Entries of
 * an index that is being filled may be missing. */
#include "db/db_check.h"

#include <stdarg.h>
#include <stdio.h>

#include "db/db_check_int.h"
#include "model/item.h"

void check_problem(struct check *c, const struct table *table, const char *fmt, ...)
{
    char what[512], line[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(what, sizeof(what), fmt, ap);
    va_end(ap);
    struct str name = table != NULL ? table->def->name : STR("?");
    snprintf(line, sizeof(line), "table " STR_FMT ": %s", STR_ARG(name), what);
    c->report->problems++;
    c->say(c->arg, line);
}

typedef bool check_pair(struct check *c, const struct table *table, uint32_t index, struct str key,
                        struct str value);

static bool walk(struct check *c, const struct table *table, uint16_t id, uint32_t index,
                 check_pair *each)
{
    struct buf from = {0}, to = {0};
    struct store_cursor *cursor;
    struct str key, value;
    bool have;
    key_prefix(&from, table->def->id, id);
    bool good = key_after_prefix(&to, buf_str(&from)) &&
                store_scan(c->t->store, buf_str(&from), buf_str(&to), false, &cursor, c->e);
    buf_free(&from);
    buf_free(&to);
    if (!good)
        return false;
    while ((good = store_cursor_next(cursor, &key, &value, &have, c->e)) && have)
        if (!(good = each(c, table, index, key, value)))
            break;
    store_cursor_close(&cursor);
    return good;
}

static bool check_entry_of(struct check *c, const struct table *table, uint32_t index,
                           struct str item)
{
    const struct index_def *x = &table->def->index[index];
    arena_reset(&c->t->scratch);
    struct index_entry want = db_index_entry(c->t, table, index, item, &c->t->entry_key[0]);
    struct store_value v;
    if (!want.present)
        return true;
    if (!store_get(c->t->store, want.key, &v, c->e))
        return false;
    if (v.bytes.p == NULL && x->status != INDEX_CREATING)
        check_problem(c, table, "an item has no entry in index " STR_FMT, STR_ARG(x->name));
    else if (v.bytes.p != NULL && !str_eq(v.bytes, want.value))
        check_problem(c, table, "an entry of index " STR_FMT " differs from its item",
                      STR_ARG(x->name));
    if (v.bytes.p != NULL) {
        c->expected.index_items[index]++;
        c->expected.index_bytes[index] += item_size(want.value);
    }
    store_value_release(&v);
    return true;
}

static bool check_item(struct check *c, const struct table *table, uint32_t index, struct str key,
                       struct str item)
{
    struct err why = {0};
    (void)index;
    c->report->items++;
    c->found.items++;
    if (!item_check(item, &why)) {
        check_problem(c, table, "an item is malformed: %s", why.msg);
        return true;
    }
    c->found.bytes += item_size(item);
    c->t->key.n = 0;
    if (!key_of_item(&c->t->key, table->def, item) || !str_eq(buf_str(&c->t->key), key))
        check_problem(c, table, "an item is stored under a key that is not its own");
    for (uint32_t i = 0; i < table->def->index_n; i++)
        if (!check_entry_of(c, table, i, item))
            return false;
    return check_collection_of(c, table, item) && check_expiry_of(c, table, key, item);
}

static bool count_collection(struct check *c, const struct table *table, uint32_t index,
                             struct str key, struct str value)
{
    (void)table, (void)index, (void)key, (void)value;
    c->collections_found++;
    return true;
}

static bool count_entry(struct check *c, const struct table *table, uint32_t index, struct str key,
                        struct str value)
{
    (void)table, (void)key;
    struct err why = {0};
    c->report->entries++;
    c->found.index_items[index]++;
    if (item_check(value, &why))
        c->found.index_bytes[index] += item_size(value);
    return true;
}

static void check_index_counts(struct check *c, const struct table *table, uint32_t i,
                               const struct table_counts *counts)
{
    struct str name = table->def->index[i].name;
    const struct table_counts *found = &c->found, *expected = &c->expected;
    if (found->index_items[i] != expected->index_items[i])
        check_problem(c, table, "index " STR_FMT " has %lld entries, its items have %lld",
                      STR_ARG(name), (long long)found->index_items[i],
                      (long long)expected->index_items[i]);
    if (found->index_items[i] != counts->index_items[i] ||
        found->index_bytes[i] != counts->index_bytes[i])
        check_problem(
            c, table, "index " STR_FMT " counts %lld entries of %lld bytes, has %lld of %lld",
            STR_ARG(name), (long long)counts->index_items[i], (long long)counts->index_bytes[i],
            (long long)found->index_items[i], (long long)found->index_bytes[i]);
}

static bool check_table(struct check *c, const struct table *table)
{
    struct table_counts counts;
    c->report->tables++;
    c->found = c->expected = (struct table_counts){0};
    c->expiring = c->collections = c->collections_found = 0;
    if (!walk(c, table, 0, 0, check_item) ||
        !walk(c, table, KEY_INDEX_COLLECTIONS, 0, count_collection) || !check_collections(c, table))
        return false;
    for (uint32_t i = 0; i < table->def->index_n; i++)
        if (!walk(c, table, table->def->index[i].id, i, count_entry))
            return false;
    db_table_counts(table, &counts);
    if (c->found.items != counts.items || c->found.bytes != counts.bytes)
        check_problem(c, table, "counts %lld items of %lld bytes, has %lld of %lld",
                      (long long)counts.items, (long long)counts.bytes, (long long)c->found.items,
                      (long long)c->found.bytes);
    for (uint32_t i = 0; i < table->def->index_n; i++)
        check_index_counts(c, table, i, &counts);
    return check_expiries(c, table);
}

static bool owned(struct check *c, uint32_t table, uint16_t index, bool *is, struct err *e)
{
    const struct table *t = db_table_by_id(c->t, table);
    *is = t != NULL &&
          (index == 0 || (index == KEY_INDEX_COLLECTIONS && table_def_has_local(t->def)));
    for (uint32_t i = 0; t != NULL && i < t->def->index_n; i++)
        *is |= t->def->index[i].id == index;
    for (int whole = 0; whole < 2 && !*is; whole++) { /* waiting to be removed? */
        c->t->key.n = 0;
        db_key_marker(&c->t->key, DB_SPACE_DROPPED, table, whole ? 0 : index);
        struct store_value v;
        if (!store_get(c->t->store, buf_str(&c->t->key), &v, e))
            return false;
        *is = v.bytes.p != NULL;
        store_value_release(&v);
    }
    return true;
}

/* Hops from one (table, index) to the next through all data. */
static bool check_owners(struct check *c)
{
    struct buf from = {0}, to = {0};
    buf_byte(&from, KEY_SPACE_DATA);
    buf_byte(&to, KEY_SPACE_DATA + 1);
    bool good, have = true;
    do {
        struct store_cursor *cursor;
        struct str key, value;
        if (!(good = store_scan(c->t->store, buf_str(&from), buf_str(&to), false, &cursor, c->e)))
            break;
        good = store_cursor_next(cursor, &key, &value, &have, c->e);
        if (good && have && key.n < KEY_PREFIX_BYTES) {
            check_problem(c, NULL, "a key of data is too short");
            have = false;
        } else if (good && have) {
            uint16_t index = (uint16_t)((unsigned char)key.p[5] << 8 | (unsigned char)key.p[6]);
            bool is = false;
            struct str prefix = {key.p, KEY_PREFIX_BYTES};
            good = owned(c, db_get_u32(key.p + 1), index, &is, c->e);
            if (good && !is)
                check_problem(c, NULL, "data of table %u, index %u belong to nothing",
                              db_get_u32(key.p + 1), index);
            from.n = 0;
            have = key_after_prefix(&from, prefix);
        }
        store_cursor_close(&cursor);
    } while (good && have);
    buf_free(&from);
    buf_free(&to);
    return good;
}

bool db_check(struct db_txn *t, void (*say)(void *arg, const char *line), void *arg,
              struct db_check_report *out, struct err *e)
{
    *out = (struct db_check_report){0};
    struct check c = {.t = t, .say = say, .arg = arg, .report = out, .e = e};
    bool good = true;
    for (uint32_t i = 0; i < t->view->n && good; i++)
        good = check_table(&c, t->view->table[i]);
    buf_free(&c.collection);
    return good && check_owners(&c) && check_expiry_owners(&c) && check_streams(&c);
}
