/* db.c - opening and transactions; see db.h.
 *
 * A commit goes: counters into the store transaction; every changed item key
 * pending in the cache; store commit; new values into the cache, new catalog
 * published.  A reader takes the catalog before it begins on the store: so what
 * the catalog promises (a filled index) is there. */
#include "db/db.h"

#include <stdlib.h>

#include "db/db_int.h"
#include "db/db_stream_code.h"

/* --- open and close ------------------------------------------------------------ */

static struct str meta_key(char key[32], struct str name)
{
    assert(name.n < 31);
    key[0] = DB_SPACE_META;
    memcpy(key + 1, name.p, name.n);
    return (struct str){key, name.n + 1};
}

bool db_meta_bytes_get(struct store_txn *t, struct str name, struct buf *out, struct err *e)
{
    char key[32];
    struct store_value v;
    if (!store_get(t, meta_key(key, name), &v, e))
        return false;
    if (v.bytes.p != NULL)
        buf_add(out, v.bytes);
    store_value_release(&v);
    return true;
}

bool db_meta_bytes_put(struct store_txn *t, struct str name, struct str value, struct err *e)
{
    char key[32];
    return store_put(t, meta_key(key, name), value, e);
}

bool db_meta_get(struct store_txn *t, struct str name, uint32_t *value, struct err *e)
{
    struct buf v = {0};
    bool good = db_meta_bytes_get(t, name, &v, e);
    if (good && v.n != 0 && v.n != 4)
        good = err_set(e, ERR_IO, "the data are damaged: meta " STR_FMT, STR_ARG(name));
    if (good)
        *value = v.n == 0 ? 0 : db_get_u32(v.p);
    buf_free(&v);
    return good;
}

bool db_meta_put(struct store_txn *t, struct str name, uint32_t value, struct err *e)
{
    struct buf v = {0};
    db_put_u32(&v, value);
    bool good = db_meta_bytes_put(t, name, buf_str(&v), e);
    buf_free(&v);
    return good;
}

/* A database gets its secret when it is opened for the first time. */
static bool load_secret(struct db *db, struct err *e)
{
    struct store_txn *t;
    struct buf v = {0};
    if (!store_begin(db->store, STORE_READ, &t, e))
        return false;
    bool good = db_meta_bytes_get(t, STR("secret"), &v, e);
    store_abort(&t);
    if (good && v.n != 0 && v.n != DB_SECRET_BYTES)
        good = err_set(e, ERR_IO, "the data are damaged: meta secret");
    if (good && v.n == 0) {
        for (size_t i = 0; i < DB_SECRET_BYTES / 8; i++) /* from the kernel, outside of tests */
            stream_put_u64(&v, env_random(db->env));
        if ((good = store_begin(db->store, STORE_WRITE, &t, e)))
            good = db_meta_bytes_put(t, STR("secret"), buf_str(&v), e) ? store_commit(&t, e)
                                                                       : (store_abort(&t), false);
    }
    if (good)
        memcpy(db->secret, v.p, DB_SECRET_BYTES);
    buf_free(&v);
    return good;
}

/* 0: nothing was ever written. */
static bool read_format(struct db *db, uint32_t *format, struct err *e)
{
    struct store_txn *t;
    *format = 0;
    if (!store_begin(db->store, STORE_READ, &t, e))
        return false;
    bool good = db_meta_get(t, STR("format"), format, e);
    store_abort(&t);
    if (good && *format > DB_FORMAT)
        return err_set(e, ERR_IO,
                       "the data were written by a newer version (format %u, this program knows "
                       "up to %d)",
                       *format, DB_FORMAT);
    return good;
}

/* The catalog is loaded. */
static bool upgrade(struct db *db, uint32_t format, struct err *e)
{
    struct store_txn *t;
    if (format == DB_FORMAT)
        return true;
    if (format != 0 && (!db_measure(db, e) || !db_collection_recount(db, e)))
        return false;
    if (!store_begin(db->store, STORE_WRITE, &t, e))
        return false;
    if (db_meta_put(t, STR("format"), DB_FORMAT, e))
        return store_commit(&t, e);
    store_abort(&t);
    return false;
}

static bool load(struct db *db, struct err *e)
{
    struct store_txn *t;
    if (!store_begin(db->store, STORE_READ | STORE_SNAPSHOT, &t, e))
        return false;
    bool good = db_catalog_load(db, t, e) && db_work_find(db, t, e) && db_stream_load(db, t, e);
    store_abort(&t);
    return good && load_secret(db, e);
}

static char *copy_string(const char *s)
{
    char *copy = strdup(s != NULL ? s : "");
    if (copy == NULL)
        abort();
    return copy;
}

bool db_open(const struct db_options *o, struct db **out, struct err *e)
{
    struct db *db = calloc(1, sizeof(*db));
    if (db == NULL)
        abort();
    db->store = o->store;
    db->env = o->env;
    db->region = copy_string(o->region);
    db->account = copy_string(o->account);
    db->collection_bytes = o->collection_bytes > 0 ? o->collection_bytes : LIMIT_COLLECTION_BYTES;
    db->stream_shard_ms = o->stream_shard_ms > 0 ? o->stream_shard_ms : STREAM_SHARD_MS;
    db->cache = cache_new(o->cache_bytes);
    if (o->throttling)
        db->partitions = db_capacity_partitions();
    lock_init(&db->catalog_lock, LOCK_CATALOG);
    uint32_t format;
    if (!read_format(db, &format, e) || !load(db, e) || !upgrade(db, format, e)) {
        db_close(&db);
        return false;
    }
    db_clock_init(db, o->ttl_interval_ms);
    *out = db;
    return true;
}

void db_close(struct db **dbp)
{
    struct db *db = *dbp;
    if (db == NULL)
        return;
    *dbp = NULL;
    db_catalog_release(db->catalog);
    overlay_free(&db->items);
    buf_free(&db->clockwork.ttl_position);
    buf_free(&db->clockwork.trim_stream);
    cache_free(db->cache);
    store_close(&db->store);
    lock_deinit(&db->catalog_lock);
    free(db->partitions);
    free(db->region);
    free(db->account);
    free(db);
}

struct env *db_env(struct db *db)
{
    return db->env;
}
struct cache *db_cache(struct db *db)
{
    return db->cache;
}
const char *db_region(struct db *db)
{
    return db->region;
}
const char *db_account(struct db *db)
{
    return db->account;
}
struct str db_secret(struct db *db)
{
    return (struct str){(const char *)db->secret, DB_SECRET_BYTES};
}
struct db *db_txn_db(struct db_txn *t)
{
    return t->db;
}
bool db_txn_cached(const struct db_txn *t)
{
    return t->cached;
}

/* --- transactions -------------------------------------------------------------- */

static int store_mode(enum db_mode mode, bool cached)
{
    static const int modes[] = {[DB_READ] = STORE_READ,
                                [DB_READ_SNAPSHOT] = STORE_READ | STORE_SNAPSHOT,
                                [DB_WRITE] = STORE_WRITE};
    return modes[mode] | (cached ? STORE_CACHED : 0);
}

bool db_begin(struct db *db, enum db_mode mode, bool cached, struct db_txn **out, struct err *e)
{
    assert(!cached || mode != DB_WRITE);
    struct db_txn *t = calloc(1, sizeof(*t));
    if (t == NULL)
        abort();
    t->db = db;
    t->mode = mode;
    t->cached = cached;
    lock_take(&db->catalog_lock);
    t->base = t->view = db_catalog_hold(db->catalog);
    lock_drop(&db->catalog_lock);
    if (mode == DB_WRITE) {
        t->now_ms = env_now_ms(db->env);
        db_stream_advance(db, t->now_ms);
    }
    t->stream_floor = atomic_load(&db->stream_floor);
    if (!store_begin(db->store, store_mode(mode, cached), &t->store, e)) {
        db_end(&t);
        return false;
    }
    if (mode == DB_WRITE)
        t->items = &db->items;
    *out = t;
    return true;
}

void db_savepoint(struct db_txn *t)
{
    assert(t->mode == DB_WRITE && t->mark_n < DB_MARKS_MAX);
    t->mark[t->mark_n++] = (struct db_mark){overlay_mark(t->items), t->count_n, t->view};
    store_savepoint(t->store);
}

void db_rollback(struct db_txn *t)
{
    assert(t->mark_n > 0);
    struct db_mark m = t->mark[--t->mark_n];
    overlay_undo(t->items, m.items);
    db_count_undo(t, m.count);
    t->view = m.view;
    store_rollback_to(t->store);
}

void db_release(struct db_txn *t)
{
    assert(t->mark_n > 0);
    t->mark_n--;
    store_release(t->store);
}

static void cache_all_pending(struct db_txn *t)
{
    for (uint32_t i = 0; i < t->items->entry_n; i++)
        if (t->items->entry[i].now != NULL)
            cache_pending(t->db->cache, t->items->entry[i].key);
}

static void cache_all_settle(struct db_txn *t, bool committed)
{
    for (uint32_t i = 0; i < t->items->entry_n; i++) {
        const struct overlay_entry *x = &t->items->entry[i];
        if (x->now == NULL)
            continue;
        if (committed)
            cache_committed(t->db->cache, x->key, x->now->value);
        else
            cache_forget(t->db->cache, x->key);
    }
}

static void publish(struct db_txn *t)
{
    struct db *db = t->db;
    if (t->view == t->base)
        return;
    lock_take(&db->catalog_lock);
    struct catalog *old = db->catalog;
    db->catalog = db_catalog_hold(t->view);
    lock_drop(&db->catalog_lock);
    db_catalog_release(old);
    atomic_store(&db->work, true); /* a look is cheap */
}

bool db_commit(struct db_txn **tp, struct err *e)
{
    struct db_txn *t = *tp;
    if (t->mode != DB_WRITE) {
        db_end(tp);
        return true;
    }
    assert(t->mark_n == 0);
    bool good = db_count_store(t, e) && db_stream_reserve(t, e);
    if (good) {
        cache_all_pending(t);
        good = store_commit(&t->store, e);
        cache_all_settle(t, good);
    }
    db_count_finish(t, good);
    if (good) {
        t->db->stream_mark = t->mark_to > 0 ? t->mark_to : t->db->stream_mark;
        db_stream_settle(t->db);
        publish(t);
    }
    db_clock_finish(t, good);
    db_end(tp);
    return good;
}

static void release_pins(struct db_txn *t)
{
    for (uint32_t i = 0; i < t->pin_n && i < COUNT_OF(t->pin); i++) {
        store_value_release(&t->pin[i].value);
        cache_release(t->pin[i].cached);
    }
    for (struct db_pin *p = t->pins; p != NULL; p = p->next) {
        store_value_release(&p->value);
        cache_release(p->cached);
    }
}

void db_end(struct db_txn **tp)
{
    struct db_txn *t = *tp;
    if (t == NULL)
        return;
    *tp = NULL;
    release_pins(t); /* before the store transaction that they came from */
    if (t->items != NULL) {
        db_count_finish(t, false); /* nothing left after a commit */
        db_clock_finish(t, false);
        overlay_reset(t->items);
    }
    store_abort(&t->store);
    for (uint32_t i = 0; i < t->made_n; i++)
        db_catalog_release(t->made[i]);
    db_catalog_release(t->base);
    arena_free(&t->mem);
    arena_free(&t->scratch);
    buf_free(&t->key);
    buf_free(&t->entry_key[0]);
    buf_free(&t->entry_key[1]);
    free(t->made);
    free(t->count);
    free(t);
}
