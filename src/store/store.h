/* store.h - ordered keys and values, in transactions.  All durable state is
 * behind this.
 *
 * Keys order by memcmp.  Only db/ calls this.  No caller may assume that data
 * is local, that a commit succeeds, or that only one process has the store:
 * a distributed backend is to fit behind the same functions.
 *
 * READ transactions may be used by any thread, one thread at a time, many
 * transactions at once.  They see everything committed before they began and,
 * with STORE_SNAPSHOT, nothing after; without it each get may see something
 * newer (single-key reads), while each scan is consistent in itself.
 *
 * WRITE transactions: one at a time; the caller has one writer thread.  They
 * see their own changes.  savepoint() / rollback_to() undo the changes since
 * the latest savepoint; savepoints nest.
 *
 * Errors: ERR_WOULD_BLOCK a read with STORE_CACHED needs the disk (run it again
 * without, on a thread that may wait); ERR_CONFLICT from commit: run it again;
 * ERR_IO: nothing was changed, the message is for the log. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/err.h"
#include "base/str.h"

enum store_mode {
    STORE_READ = 0,
    STORE_WRITE = 1,
    STORE_SNAPSHOT = 2, /* with READ: one instant for all reads */
    STORE_CACHED = 4,   /* with READ: answer from memory or ERR_WOULD_BLOCK */
};

struct store;
struct store_txn;
struct store_cursor;

/* A value that was read.  Stays valid until store_value_release(). */
struct store_value {
    struct str bytes; /* p == NULL: the key is absent */
    void *pin;        /* the backend's */
    void (*release)(void *pin);
};

struct store_ops {
    const char *name;
    bool (*begin)(struct store *, int mode, struct store_txn **, struct err *);
    bool (*get)(struct store_txn *, struct str key, struct store_value *, struct err *);
    bool (*put)(struct store_txn *, struct str key, struct str value, struct err *);
    bool (*del)(struct store_txn *, struct str key, struct err *);
    /* [from, to) by key order; reverse: from just below `to` down to `from`. */
    bool (*scan)(struct store_txn *, struct str from, struct str to, bool reverse,
                 struct store_cursor **, struct err *);
    void (*savepoint)(struct store_txn *);
    void (*rollback_to)(struct store_txn *); /* undoes to the latest savepoint, and drops it */
    void (*release)(struct store_txn *);     /* keeps the changes, drops the latest savepoint */
    bool (*commit)(struct store_txn *, struct err *); /* consumes the txn, win or lose */
    void (*abort)(struct store_txn *);
    void (*close)(struct store *);
    /* Number of bytes of the live data, roughly; for metrics. */
    uint64_t (*approximate_bytes)(struct store *, struct str from, struct str to);
};
struct store {
    const struct store_ops *ops; /* first member of every backend */
};
struct store_txn {
    struct store *store; /* first member of every backend's txn */
};
struct store_cursor_ops {
    /* The next pair, valid until the next call; *have false at the end. */
    bool (*next)(struct store_cursor *, struct str *key, struct str *value, bool *have,
                 struct err *);
    void (*close)(struct store_cursor *);
};
struct store_cursor {
    const struct store_cursor_ops *ops;
};

MUST_CHECK static inline bool store_begin(struct store *s, int mode, struct store_txn **t,
                                          struct err *e)
{
    return s->ops->begin(s, mode, t, e);
}
MUST_CHECK static inline bool store_get(struct store_txn *t, struct str key, struct store_value *v,
                                        struct err *e)
{
    return t->store->ops->get(t, key, v, e);
}
static inline void store_value_release(struct store_value *v)
{
    if (v->release != NULL)
        v->release(v->pin);
    *v = (struct store_value){0};
}
MUST_CHECK static inline bool store_put(struct store_txn *t, struct str k, struct str v,
                                        struct err *e)
{
    return t->store->ops->put(t, k, v, e);
}
MUST_CHECK static inline bool store_del(struct store_txn *t, struct str k, struct err *e)
{
    return t->store->ops->del(t, k, e);
}
MUST_CHECK static inline bool store_scan(struct store_txn *t, struct str from, struct str to,
                                         bool reverse, struct store_cursor **c, struct err *e)
{
    return t->store->ops->scan(t, from, to, reverse, c, e);
}
MUST_CHECK static inline bool store_cursor_next(struct store_cursor *c, struct str *k,
                                                struct str *v, bool *have, struct err *e)
{
    return c->ops->next(c, k, v, have, e);
}
static inline void store_cursor_close(struct store_cursor **c)
{
    if (*c != NULL)
        (*c)->ops->close(*c);
    *c = NULL;
}
static inline void store_savepoint(struct store_txn *t)
{
    t->store->ops->savepoint(t);
}
static inline void store_rollback_to(struct store_txn *t)
{
    t->store->ops->rollback_to(t);
}
static inline void store_release(struct store_txn *t)
{
    t->store->ops->release(t);
}
MUST_CHECK static inline bool store_commit(struct store_txn **t, struct err *e)
{
    struct store_txn *txn = *t;
    *t = NULL;
    return txn->store->ops->commit(txn, e);
}
static inline void store_abort(struct store_txn **t)
{
    if (*t != NULL)
        (*t)->store->ops->abort(*t);
    *t = NULL;
}
static inline void store_close(struct store **s)
{
    if (*s != NULL)
        (*s)->ops->close(*s);
    *s = NULL;
}

#endif
