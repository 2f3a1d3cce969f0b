/* store_trace.c - logs each call of the store inside; see store_fault.h. */
#include <stdlib.h>

#include "base/log.h"
#include "store/store_fault.h"

struct trace_store {
    struct store base;
    struct store *inner;
};
struct trace_txn {
    struct store_txn base;
    struct store_txn *inner;
};

static struct store *inner_store(struct store *s)
{
    return ((struct trace_store *)s)->inner;
}
static struct store_txn *inner_txn(struct store_txn *t)
{
    return ((struct trace_txn *)t)->inner;
}

/* Keys may hold what users wrote: only their place and size are logged. */
static void trace(const struct store_txn *t, const char *call, struct str key, size_t n, bool good)
{
    log_debug("store %p %s '%c' key %zu bytes, value %zu bytes: %s", (const void *)t, call,
              key.n > 0 ? key.p[0] : '-', key.n, n, good ? "ok" : "failed");
}

static bool trace_begin(struct store *s, int mode, struct store_txn **out, struct err *e)
{
    struct trace_txn *t = calloc(1, sizeof(*t));
    if (t == NULL)
        abort();
    t->base.store = s;
    bool good = store_begin(inner_store(s), mode, &t->inner, e);
    log_debug("store %p begin mode %d: %s", (void *)t, mode, good ? "ok" : "failed");
    if (good)
        *out = &t->base;
    else
        free(t);
    return good;
}

static bool trace_get(struct store_txn *t, struct str key, struct store_value *v, struct err *e)
{
    bool good = store_get(inner_txn(t), key, v, e);
    trace(t, "get", key, good ? v->bytes.n : 0, good);
    return good;
}

static bool trace_put(struct store_txn *t, struct str key, struct str value, struct err *e)
{
    bool good = store_put(inner_txn(t), key, value, e);
    trace(t, "put", key, value.n, good);
    return good;
}

static bool trace_del(struct store_txn *t, struct str key, struct err *e)
{
    bool good = store_del(inner_txn(t), key, e);
    trace(t, "del", key, 0, good);
    return good;
}

static bool trace_scan(struct store_txn *t, struct str from, struct str to, bool reverse,
                       struct store_cursor **out, struct err *e)
{
    bool good = store_scan(inner_txn(t), from, to, reverse, out, e);
    trace(t, reverse ? "scan back" : "scan", from, 0, good);
    return good;
}

static void trace_savepoint(struct store_txn *t)
{
    trace(t, "savepoint", (struct str){0}, 0, true);
    store_savepoint(inner_txn(t));
}

static void trace_rollback_to(struct store_txn *t)
{
    trace(t, "rollback_to", (struct str){0}, 0, true);
    store_rollback_to(inner_txn(t));
}

static void trace_release(struct store_txn *t)
{
    trace(t, "release", (struct str){0}, 0, true);
    store_release(inner_txn(t));
}

static bool trace_commit(struct store_txn *t, struct err *e)
{
    bool good = store_commit(&((struct trace_txn *)t)->inner, e);
    trace(t, "commit", (struct str){0}, 0, good);
    free(t);
    return good;
}

static void trace_abort(struct store_txn *t)
{
    trace(t, "abort", (struct str){0}, 0, true);
    store_abort(&((struct trace_txn *)t)->inner);
    free(t);
}

static void trace_close(struct store *s)
{
    store_close(&((struct trace_store *)s)->inner);
    free(s);
}

static uint64_t trace_approximate_bytes(struct store *s, struct str from, struct str to)
{
    return inner_store(s)->ops->approximate_bytes(inner_store(s), from, to);
}

static const struct store_ops trace_ops = {
    .name = "trace",
    .begin = trace_begin,
    .get = trace_get,
    .put = trace_put,
    .del = trace_del,
    .scan = trace_scan,
    .savepoint = trace_savepoint,
    .rollback_to = trace_rollback_to,
    .release = trace_release,
    .commit = trace_commit,
    .abort = trace_abort,
    .close = trace_close,
    .approximate_bytes = trace_approximate_bytes,
};

struct store *store_trace_new(struct store *inner)
{
    struct trace_store *s = calloc(1, sizeof(*s));
    if (s == NULL)
        abort();
    *s = (struct trace_store){{&trace_ops}, inner};
    return &s->base;
}
