/* rocks_cursor.c - scans: RocksDB's iterator, and in a write transaction merged
 * with the transaction's own changes, which win. */
#include <stdlib.h>

#include "store/rocks_int.h"

struct rocks_cursor {
    struct store_cursor base;
    rocksdb_readoptions_t *read;
    rocksdb_iterator_t *it;
    bool reverse, begun, stale; /* stale: the iterator's pair was handed out */
    struct overlay_pair *own;   /* in key order */
    size_t own_n, own_at;       /* own_at counts from the side where the scan begins */
    char bounds[];
};

static void cursor_close(struct store_cursor *base)
{
    struct rocks_cursor *c = (struct rocks_cursor *)base;
    rocksdb_iter_destroy(c->it);
    rocksdb_readoptions_destroy(c->read);
    free(c);
}

static void iterator_step(struct rocks_cursor *c)
{
    if (!c->begun) {
        (c->reverse ? rocksdb_iter_seek_to_last : rocksdb_iter_seek_to_first)(c->it);
        c->begun = true;
    } else if (c->stale) {
        (c->reverse ? rocksdb_iter_prev : rocksdb_iter_next)(c->it);
    }
    c->stale = false;
}

/* The iterator's pair; key.p == NULL at the end. */
static bool iterator_pair(struct rocks_cursor *c, struct overlay_pair *out, struct err *e)
{
    iterator_step(c);
    *out = (struct overlay_pair){0};
    if (!rocksdb_iter_valid(c->it)) {
        char *text = NULL;
        rocksdb_iter_get_error(c->it, &text);
        return text == NULL || rocks_fail(e, text);
    }
    out->key.p = rocksdb_iter_key(c->it, &out->key.n);
    out->value.p = rocksdb_iter_value(c->it, &out->value.n);
    if (out->value.n == 0)
        out->value.p = "";
    return true;
}

static bool cursor_next(struct store_cursor *base, struct str *key, struct str *value, bool *have,
                        struct err *e)
{
    struct rocks_cursor *c = (struct rocks_cursor *)base;
    for (;;) {
        struct overlay_pair stored, pick;
        if (!iterator_pair(c, &stored, e))
            return false;
        bool own = c->own_at < c->own_n;
        if (own) {
            pick = c->own[c->reverse ? c->own_n - 1 - c->own_at : c->own_at];
            int order = stored.key.p == NULL ? -1 : str_cmp(pick.key, stored.key);
            if (stored.key.p != NULL && c->reverse)
                order = -order;
            own = order <= 0;
            c->stale = order == 0 || !own; /* equal: our change hides what is stored */
        } else {
            c->stale = stored.key.p != NULL;
        }
        if (own)
            c->own_at++;
        else
            pick = stored;
        if (pick.key.p != NULL && pick.value.p == NULL)
            continue; /* deleted in this transaction */
        *have = pick.key.p != NULL;
        *key = pick.key;
        *value = pick.value;
        return true;
    }
}

static const struct store_cursor_ops cursor_ops = {.next = cursor_next, .close = cursor_close};

bool rocks_scan(struct store_txn *txn, struct str from, struct str to, bool reverse,
                struct store_cursor **out, struct err *e)
{
    (void)e;
    struct rocks_txn *t = rocks_txn_of(txn);
    assert(to.p != NULL);
    struct rocks_cursor *c = malloc(sizeof(*c) + from.n + to.n);
    if (c == NULL)
        abort();
    *c = (struct rocks_cursor){.base.ops = &cursor_ops, .reverse = reverse};
    if (from.n > 0)
        memcpy(c->bounds, from.p, from.n);
    if (to.n > 0)
        memcpy(c->bounds + from.n, to.p, to.n);
    c->read = rocksdb_readoptions_create(); /* keeps pointers to the bounds */
    rocksdb_readoptions_set_iterate_lower_bound(c->read, c->bounds, from.n);
    rocksdb_readoptions_set_iterate_upper_bound(c->read, c->bounds + from.n, to.n);
    rocksdb_readoptions_set_read_tier(c->read, (t->mode & STORE_CACHED) != 0);
    if (t->snapshot != NULL)
        rocksdb_readoptions_set_snapshot(c->read, t->snapshot);
    c->it = rocksdb_create_iterator(rocks_of(txn->store)->db, c->read);
    if (t->changes != NULL)
        c->own_n = overlay_range(t->changes, from, to, &c->own);
    *out = &c->base;
    return true;
}
