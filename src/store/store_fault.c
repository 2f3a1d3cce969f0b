/* store_fault.c - see store_fault.h.  Transactions and cursors are thin shells
 * around the inner store's. */
#include "store/store_fault.h"

#include <stdlib.h>

struct fault_txn {
    struct store_txn base;
    struct store_txn *inner;
};
struct fault_cursor {
    struct store_cursor base;
    struct store_fault *fault;
    struct store_cursor *inner;
};

static struct store_fault *fault_of(struct store *s)
{
    return (struct store_fault *)s;
}
static struct store_txn *inner_of(struct store_txn *t)
{
    return ((struct fault_txn *)t)->inner;
}

static bool strikes(struct store_fault *f, struct err *e)
{
    int64_t left = f->countdown;
    do {
        if (left < 0 || (left == 0 && !f->sticky))
            return false;
        if (left == 0)
            break;
    } while (!atomic_compare_exchange_weak(&f->countdown, &left, left - 1));
    return left <= 1 && !err_set(e, ERR_IO, "injected fault");
}

static bool fault_begin(struct store *s, int mode, struct store_txn **out, struct err *e)
{
    struct store_txn *inner;
    if (strikes(fault_of(s), e) || !store_begin(fault_of(s)->inner, mode, &inner, e))
        return false;
    struct fault_txn *t = calloc(1, sizeof(*t));
    if (t == NULL)
        abort();
    t->base.store = s;
    t->inner = inner;
    *out = &t->base;
    return true;
}

static bool fault_get(struct store_txn *t, struct str key, struct store_value *v, struct err *e)
{
    return !strikes(fault_of(t->store), e) && store_get(inner_of(t), key, v, e);
}

static bool fault_put(struct store_txn *t, struct str key, struct str value, struct err *e)
{
    return !strikes(fault_of(t->store), e) && store_put(inner_of(t), key, value, e);
}

static bool fault_del(struct store_txn *t, struct str key, struct err *e)
{
    return !strikes(fault_of(t->store), e) && store_del(inner_of(t), key, e);
}

static bool fault_next(struct store_cursor *base, struct str *k, struct str *v, bool *have,
                       struct err *e)
{
    struct fault_cursor *c = (struct fault_cursor *)base;
    return !strikes(c->fault, e) && store_cursor_next(c->inner, k, v, have, e);
}

static void fault_cursor_close(struct store_cursor *base)
{
    struct fault_cursor *c = (struct fault_cursor *)base;
    store_cursor_close(&c->inner);
    free(c);
}

static const struct store_cursor_ops fault_cursor_ops = {.next = fault_next,
                                                         .close = fault_cursor_close};

static bool fault_scan(struct store_txn *t, struct str from, struct str to, bool reverse,
                       struct store_cursor **out, struct err *e)
{
    struct store_cursor *inner;
    if (strikes(fault_of(t->store), e) || !store_scan(inner_of(t), from, to, reverse, &inner, e))
        return false;
    struct fault_cursor *c = calloc(1, sizeof(*c));
    if (c == NULL)
        abort();
    *c = (struct fault_cursor){{&fault_cursor_ops}, fault_of(t->store), inner};
    *out = &c->base;
    return true;
}

static void fault_savepoint(struct store_txn *t)
{
    store_savepoint(inner_of(t));
}

static void fault_rollback_to(struct store_txn *t)
{
    store_rollback_to(inner_of(t));
}

static void fault_release(struct store_txn *t)
{
    store_release(inner_of(t));
}

static void fault_abort(struct store_txn *t)
{
    store_abort(&((struct fault_txn *)t)->inner);
    free(t);
}

static bool fault_commit(struct store_txn *t, struct err *e)
{
    if (strikes(fault_of(t->store), e)) {
        fault_abort(t);
        return false;
    }
    bool good = store_commit(&((struct fault_txn *)t)->inner, e);
    free(t);
    return good;
}

static void fault_close(struct store *s)
{
    store_close(&fault_of(s)->inner); /* the shell itself is the caller's */
}

static uint64_t fault_approximate_bytes(struct store *s, struct str from, struct str to)
{
    struct store *inner = fault_of(s)->inner;
    return inner->ops->approximate_bytes(inner, from, to);
}

static const struct store_ops fault_ops = {
    .name = "fault",
    .begin = fault_begin,
    .get = fault_get,
    .put = fault_put,
    .del = fault_del,
    .scan = fault_scan,
    .savepoint = fault_savepoint,
    .rollback_to = fault_rollback_to,
    .release = fault_release,
    .commit = fault_commit,
    .abort = fault_abort,
    .close = fault_close,
    .approximate_bytes = fault_approximate_bytes,
};

void store_fault_init(struct store_fault *f, struct store *inner)
{
    *f = (struct store_fault){.base.ops = &fault_ops, .inner = inner, .countdown = -1};
}
