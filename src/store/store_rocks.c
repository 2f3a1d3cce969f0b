/* store_rocks.c - transactions over one RocksDB; see store_rocks.h.
 *
 * (1) A write transaction is an overlay of its changes; RocksDB sees them as one
 *     write batch at commit, one entry per key, in the order of the keys: each then
 *     finds its place in the memtable from that of the one before.  So savepoints
 *     cost nothing, and what was rolled back never reaches the log.
 * (2) A commit is one synced write: RocksDB shows it to readers only after the
 *     log is on disk.
 * (3) There is one write transaction at a time; its memory is kept for the next. */
#include "store/store_rocks.h"

#include <stdlib.h>

#include "store/rocks_int.h"

bool rocks_fail(struct err *e, char *text)
{
    if (strncmp(text, "Result incomplete", 17) == 0)
        err_set(e, ERR_WOULD_BLOCK, "not in memory");
    else
        err_set(e, ERR_IO, "store: %s", text);
    rocksdb_free(text);
    return false;
}

static bool rocks_begin(struct store *s, int mode, struct store_txn **out, struct err *e)
{
    struct rocks *r = rocks_of(s);
    if (!rocks_enter(r, mode, e))
        return false;
    struct rocks_txn *t = calloc(1, sizeof(*t));
    if (t == NULL)
        abort();
    t->base.store = s;
    t->mode = mode;
    t->read = (mode & STORE_CACHED) != 0 ? r->read_cached : r->read_any;
    if ((mode & STORE_WRITE) != 0) {
        assert(!r->writing && (mode & (STORE_SNAPSHOT | STORE_CACHED)) == 0); /* (3) */
        r->writing = true;
        t->changes = &r->changes;
    } else if ((mode & STORE_SNAPSHOT) != 0) {
        t->snapshot = rocksdb_create_snapshot(r->db);
        t->read = rocksdb_readoptions_create();
        rocksdb_readoptions_set_snapshot(t->read, t->snapshot);
        rocksdb_readoptions_set_read_tier(t->read, (mode & STORE_CACHED) != 0);
    }
    *out = &t->base;
    return true;
}

static void rocks_end(struct rocks_txn *t)
{
    struct rocks *r = rocks_of(t->base.store);
    if (t->snapshot != NULL) {
        rocksdb_readoptions_destroy(t->read);
        rocksdb_release_snapshot(r->db, t->snapshot);
    }
    if (t->changes != NULL) {
        overlay_reset(t->changes);
        r->writing = false;
    }
    free(t);
    rocks_leave(r);
}

static void release_pinned(void *pin)
{
    rocksdb_pinnableslice_destroy(pin);
}

static bool rocks_get(struct store_txn *txn, struct str key, struct store_value *out, struct err *e)
{
    struct rocks_txn *t = rocks_txn_of(txn);
    struct str own;
    if (t->changes != NULL && overlay_get(t->changes, key, &own)) {
        *out = (struct store_value){.bytes = own};
        return true;
    }
    char *text = NULL;
    rocksdb_pinnableslice_t *slice =
        rocksdb_get_pinned(rocks_of(txn->store)->db, t->read, key.p, key.n, &text);
    if (text != NULL)
        return rocks_fail(e, text);
    *out = (struct store_value){0};
    if (slice != NULL) {
        size_t n;
        const char *p = rocksdb_pinnableslice_value(slice, &n);
        *out = (struct store_value){{n == 0 ? "" : p, n}, slice, release_pinned};
    }
    return true;
}

static bool rocks_put(struct store_txn *txn, struct str key, struct str value, struct err *e)
{
    (void)e;
    struct rocks_txn *t = rocks_txn_of(txn);
    assert(t->changes != NULL);
    overlay_put(t->changes, key, value.p != NULL ? value : STR(""));
    return true;
}

static bool rocks_del(struct store_txn *txn, struct str key, struct err *e)
{
    (void)e;
    struct rocks_txn *t = rocks_txn_of(txn);
    assert(t->changes != NULL);
    overlay_put(t->changes, key, (struct str){0});
    return true;
}

static void rocks_savepoint(struct store_txn *txn)
{
    struct rocks_txn *t = rocks_txn_of(txn);
    assert(t->mark_n < COUNT_OF(t->mark));
    t->mark[t->mark_n++] = overlay_mark(t->changes);
}

static void rocks_rollback_to(struct store_txn *txn)
{
    struct rocks_txn *t = rocks_txn_of(txn);
    assert(t->mark_n > 0);
    overlay_undo(t->changes, t->mark[--t->mark_n]);
}

static void rocks_release(struct store_txn *txn)
{
    struct rocks_txn *t = rocks_txn_of(txn);
    assert(t->mark_n > 0);
    t->mark_n--;
}

static bool write_changes(struct rocks *r, struct err *e)
{
    struct overlay_pair *pair;
    size_t n = overlay_range(&r->changes, STR(""), (struct str){0}, &pair);
    rocksdb_writebatch_t *batch = rocksdb_writebatch_create();
    for (size_t i = 0; i < n; i++) {
        struct str k = pair[i].key, v = pair[i].value;
        if (v.p == NULL)
            rocksdb_writebatch_delete(batch, k.p, k.n);
        else
            rocksdb_writebatch_put(batch, k.p, k.n, v.p, v.n);
    }
    char *text = NULL;
    if (n > 0)
        rocksdb_write(r->db, r->write, batch, &text); /* (2) */
    rocksdb_writebatch_destroy(batch);
    if (text == NULL)
        return true;
    rocks_commit_failed(r, text);
    rocks_fail(e, text);
    e->code = ERR_IO; /* a write that would have to wait has failed all the same */
    return false;
}

static bool rocks_commit(struct store_txn *txn, struct err *e)
{
    struct rocks_txn *t = rocks_txn_of(txn);
    bool good = t->changes == NULL || write_changes(rocks_of(txn->store), e);
    rocks_end(t);
    return good;
}

static void rocks_abort(struct store_txn *txn)
{
    rocks_end(rocks_txn_of(txn));
}

static void rocks_close(struct store *s)
{
    rocks_db_close(rocks_of(s));
}

static uint64_t rocks_approximate_bytes(struct store *s, struct str from, struct str to)
{
    struct rocks *r = rocks_of(s);
    struct err e = {0};
    if (!rocks_enter(r, STORE_READ, &e))
        return 0;
    uint64_t bytes = 0;
    char *text = NULL;
    rocksdb_approximate_sizes(r->db, 1, &from.p, &from.n, &to.p, &to.n, &bytes, &text);
    if (text != NULL)
        rocksdb_free(text);
    rocks_leave(r);
    return bytes;
}

static const struct store_ops rocks_ops = {
    .name = "rocks",
    .begin = rocks_begin,
    .get = rocks_get,
    .put = rocks_put,
    .del = rocks_del,
    .scan = rocks_scan,
    .savepoint = rocks_savepoint,
    .rollback_to = rocks_rollback_to,
    .release = rocks_release,
    .commit = rocks_commit,
    .abort = rocks_abort,
    .close = rocks_close,
    .approximate_bytes = rocks_approximate_bytes,
};

bool store_rocks_open(const struct store_rocks_options *o, struct store **out, struct err *e)
{
    struct rocks *r = calloc(1, sizeof(*r));
    if (r == NULL)
        abort();
    r->base.ops = &rocks_ops;
    r->lock_fd = -1;
    lock_init(&r->heal_lock, LOCK_STORE);
    if (!rocks_dir_take(r, o->dir, e)) {
        rocks_db_close(r);
        return false;
    }
    rocks_settings(r, o);
    if (!rocks_db_open(r, e)) {
        rocks_db_close(r);
        return false;
    }
    *out = &r->base;
    return true;
}
