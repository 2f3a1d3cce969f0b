/* db_catalog.c - versions of tables and of the list of tables; see db_catalog.h.
 *
 * (1) A catalog and its tables are immutable and counted.  A change in a write
 *     transaction makes a new catalog; the transaction sees it at once, others
 *     when it was published after the commit.
 * (2) A table's id is never used again, nor an index's within its table: what a
 *     dropped one left in the store cannot be seen through a new one. */
#include "db/db_catalog.h"

#include <stdlib.h>

#include "db/db_int.h"
#include "db/db_work.h"

/* --- tables -------------------------------------------------------------------- */

static void live_release(struct table_live *l)
{
    if (l != NULL && atomic_fetch_sub(&l->refs, 1) == 1)
        free(l);
}

static void table_release(struct table *t)
{
    if (atomic_fetch_sub(&t->refs, 1) != 1)
        return;
    live_release(t->live);
    arena_free(&t->mem);
    free(t);
}

static void add_name(struct str *name, uint32_t *n, struct str add)
{
    for (uint32_t i = 0; i < *n; i++)
        if (str_eq(name[i], add))
            return;
    name[(*n)++] = add;
}

static void add_key_names(struct str *name, uint32_t *n, const struct key_schema *k)
{
    for (uint32_t i = 0; i < (uint32_t)k->hash_n + k->range_n; i++)
        add_name(name, n, k->attr[i].name);
}

static void list_projected(struct table *t)
{
    t->projected = NEW_ARRAY(&t->mem, struct projected, t->def->index_n);
    for (uint32_t i = 0; i < t->def->index_n; i++) {
        const struct index_def *x = &t->def->index[i];
        struct projected *p = &t->projected[i];
        if (x->projection == PROJECTION_ALL)
            continue;
        p->name = NEW_ARRAY(&t->mem, struct str, 2 * LIMIT_KEY_ATTRIBUTES + x->non_key_n);
        add_key_names(p->name, &p->n, &t->def->key);
        add_key_names(p->name, &p->n, &x->key);
        for (uint32_t j = 0; x->projection == PROJECTION_INCLUDE && j < x->non_key_n; j++)
            add_name(p->name, &p->n, x->non_key[j]);
    }
}

/* With a reference for the caller.  `live` NULL: new counters. */
static struct table *table_new(const struct table_def *def, struct table_live *live)
{
    struct table *t = calloc(1, sizeof(*t));
    if (t == NULL)
        abort();
    t->refs = 1;
    t->def = table_def_copy(&t->mem, def);
    if (live == NULL) {
        live = calloc(1, sizeof(*live));
        if (live == NULL)
            abort();
        live->table_id = def->id;
    }
    atomic_fetch_add(&live->refs, 1);
    t->live = live;
    list_projected(t);
    return t;
}

const struct table_def *table_def(const struct table *t)
{
    return t->def;
}

/* --- catalogs ------------------------------------------------------------------ */

static struct catalog *catalog_new(uint32_t n)
{
    struct catalog *c = calloc(1, sizeof(*c) + n * sizeof(struct table *));
    if (c == NULL)
        abort();
    c->refs = 1;
    c->n = n;
    return c;
}

struct catalog *db_catalog_hold(struct catalog *c)
{
    atomic_fetch_add(&c->refs, 1);
    return c;
}

void db_catalog_release(struct catalog *c)
{
    if (c == NULL || atomic_fetch_sub(&c->refs, 1) != 1)
        return;
    for (uint32_t i = 0; i < c->n; i++)
        table_release(c->table[i]);
    free(c);
}

/* Where the name is, or would be. */
static uint32_t place(const struct catalog *c, struct str name, bool *found)
{
    uint32_t low = 0, high = c->n;
    *found = false;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = str_cmp(c->table[middle]->def->name, name);
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The transaction's view becomes one with `t` (a reference that is taken over)
 * under this name, or without the name. */
static void change_view(struct db_txn *x, struct str name, struct table *t)
{
    const struct catalog *old = x->view;
    bool found;
    uint32_t at = place(old, name, &found);
    assert(found || t != NULL);
    struct catalog *c = catalog_new(old->n + (t != NULL) - found);
    uint32_t n = 0;
    for (uint32_t i = 0; i <= old->n; i++) {
        if (i == at && t != NULL)
            c->table[n++] = t;
        if (i == old->n || (i == at && found))
            continue;
        atomic_fetch_add(&old->table[i]->refs, 1);
        c->table[n++] = old->table[i];
    }
    assert(n == c->n);
    x->made = realloc(x->made, (x->made_n + 1) * sizeof(struct catalog *));
    if (x->made == NULL)
        abort();
    x->made[x->made_n++] = c;
    x->view = c;
}

const struct table *db_table(struct db_txn *t, struct str name)
{
    bool found;
    uint32_t at = place(t->view, name, &found);
    return found ? t->view->table[at] : NULL;
}

const struct table *db_table_by_id(struct db_txn *t, uint32_t id)
{
    for (uint32_t i = 0; i < t->view->n; i++)
        if (t->view->table[i]->def->id == id)
            return t->view->table[i];
    return NULL;
}

size_t db_table_names(struct db_txn *t, struct arena *mem, struct str after, size_t n,
                      struct str *names, bool *more)
{
    bool found = false;
    uint32_t at = after.p == NULL ? 0 : place(t->view, after, &found);
    at += found;
    size_t count = size_min(n, t->view->n - at);
    for (size_t i = 0; i < count; i++)
        names[i] = arena_dup(mem, t->view->table[at + i]->def->name);
    *more = at + count < t->view->n;
    return count;
}

size_t db_table_count(struct db_txn *t)
{
    return t->view->n;
}

/* --- loading ------------------------------------------------------------------- */

static bool load_one(struct store_txn *t, struct str key, struct str value, struct table **out,
                     struct err *e)
{
    struct arena mem = {0};
    struct table_def *def;
    bool good = table_def_decode(&mem, value, &def, e);
    if (good && !str_eq(str_from(key, 1), def->name))
        good = err_set(e, ERR_IO, "it is stored under another name");
    if (good) {
        *out = table_new(def, NULL);
        good = db_count_reshape((*out)->live, NULL, def, false) && db_count_load(t, *out, e);
        if (!good)
            table_release(*out);
    }
    arena_free(&mem);
    if (!good) {
        struct err why = *e;
        err_clear(e);
        err_set(e, ERR_IO, "cannot read the definition of table " STR_FMT ": %s",
                STR_ARG(str_from(key, 1)), why.msg);
    }
    return good;
}

bool db_catalog_load(struct db *db, struct store_txn *t, struct err *e)
{
    struct store_cursor *c;
    char from = DB_SPACE_CATALOG, to = DB_SPACE_CATALOG + 1;
    db->catalog = catalog_new(0);
    if (!store_scan(t, (struct str){&from, 1}, (struct str){&to, 1}, false, &c, e))
        return false;
    bool good, have;
    struct str key, value;
    uint32_t cap = 0;
    while ((good = store_cursor_next(c, &key, &value, &have, e)) && have) {
        struct table *table;
        if (!(good = load_one(t, key, value, &table, e)))
            break;
        if (db->catalog->n == cap) {
            cap = cap == 0 ? 16 : cap * 2;
            db->catalog = realloc(db->catalog, sizeof(struct catalog) + cap * sizeof(table));
            if (db->catalog == NULL)
                abort();
        }
        db->catalog->table[db->catalog->n++] = table; /* keys come in the order of names */
    }
    store_cursor_close(&c);
    return good;
}

/* --- changes ------------------------------------------------------------------- */

static struct str catalog_key(struct db_txn *t, struct str name)
{
    t->key.n = 0;
    buf_byte(&t->key, DB_SPACE_CATALOG);
    buf_add(&t->key, name);
    return buf_str(&t->key);
}

/* Stores the definition and puts it into the view. */
static bool put_version(struct db_txn *t, struct table *table, struct err *e)
{
    struct str bytes = table_def_encode(&t->mem, table->def);
    if (!store_put(t->store, catalog_key(t, table->def->name), bytes, e)) {
        table_release(table);
        return false;
    }
    change_view(t, table->def->name, table);
    return true;
}

bool db_table_create(struct db_txn *t, struct table_def *def, const struct table **out,
                     struct err *e)
{
    uint32_t id;
    assert(t->mode == DB_WRITE && def->index_n <= LIMIT_INDEXES);
    if (db_table(t, def->name) != NULL)
        return err_set(e, ERR_RESOURCE_IN_USE, "Table already exists: " STR_FMT,
                       STR_ARG(def->name));
    if (!db_meta_get(t->store, STR("next_table"), &id, e) ||
        !db_meta_put(t->store, STR("next_table"), id + 1, e)) /* (2) */
        return false;
    def->id = id + 1;
    env_uuid(t->db->env, def->uuid);
    def->created_ms = env_now_ms(t->db->env);
    def->version = 1;
    for (uint32_t i = 0; i < def->index_n; i++)
        def->index[i].id = (uint16_t)(i + 1);
    def->next_index_id = (uint16_t)(def->index_n + 1);
    if (!db_stream_follow(t, NULL, def, e))
        return false;
    struct table *table = table_new(def, NULL);
    bool fits = db_count_reshape(table->live, NULL, def, false);
    assert(fits);
    if (!fits || !put_version(t, table, e))
        return false;
    *out = table;
    return true;
}

static bool has_index(const struct table_def *d, uint16_t id)
{
    for (uint32_t i = 0; i < d->index_n; i++)
        if (d->index[i].id == id)
            return true;
    return false;
}

bool db_table_replace(struct db_txn *t, const struct table *old, struct table_def *def,
                      const struct table **out, struct err *e)
{
    const struct table_def *was = old->def;
    assert(t->mode == DB_WRITE && def->id == was->id && str_eq(def->name, was->name));
    assert(def->index_n <= LIMIT_INDEXES);
    for (uint32_t i = 0; i < def->index_n; i++)
        if (def->index[i].id == 0) {
            if (def->next_index_id == UINT16_MAX)
                return err_set(e, ERR_LIMIT_EXCEEDED, "Too many indexes were made in this table");
            def->index[i].id = def->next_index_id++; /* (2) */
        }
    for (uint32_t i = 0; i < was->index_n; i++)
        if (!has_index(def, was->index[i].id) && !db_work_drop(t, was->id, was->index[i].id, e))
            return false;
    if (!db_count_reshape(old->live, was, def, t->view == t->base))
        return err_set(e, ERR_INTERNAL, "Too many changes of indexes at once");
    if (!db_stream_follow(t, was, def, e) || !db_ttl_follow(t, was, def, e))
        return false;
    def->version = was->version + 1;
    struct table *table = table_new(def, old->live);
    if (!put_version(t, table, e))
        return false;
    *out = table;
    return true;
}

bool db_table_drop(struct db_txn *t, const struct table *table, struct err *e)
{
    const struct table_def *def = table->def;
    assert(t->mode == DB_WRITE);
    if (!store_del(t->store, catalog_key(t, def->name), e) || !db_stream_follow(t, def, NULL, e) ||
        !db_ttl_follow(t, def, NULL, e))
        return false;
    t->key.n = 0;
    buf_byte(&t->key, DB_SPACE_COUNTS);
    db_put_u32(&t->key, def->id);
    if (!store_del(t->store, buf_str(&t->key), e) || !db_work_drop(t, def->id, 0, e))
        return false;
    for (uint32_t i = 0; i < def->index_n; i++) {
        t->key.n = 0;
        db_key_marker(&t->key, DB_SPACE_BACKFILL, def->id, def->index[i].id);
        if (!store_del(t->store, buf_str(&t->key), e))
            return false;
    }
    change_view(t, def->name, NULL);
    return true;
}
