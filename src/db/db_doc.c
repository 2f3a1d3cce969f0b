/* db_doc.c - see db_doc.h. */
#include "db/db_doc.h"

#include "db/db_int.h"

static struct str doc_key(struct db_txn *t, struct str collection, struct str key)
{
    assert(collection.n > 0 && memchr(collection.p, 0, collection.n) == NULL);
    t->key.n = 0;
    buf_byte(&t->key, DB_SPACE_DOC);
    buf_add(&t->key, collection);
    buf_byte(&t->key, 0);
    buf_add(&t->key, key);
    return buf_str(&t->key);
}

bool db_doc_get(struct db_txn *t, struct str collection, struct str key, struct str *out,
                struct err *e)
{
    struct store_value v;
    if (!store_get(t->store, doc_key(t, collection, key), &v, e))
        return false;
    *out = v.bytes.p == NULL ? (struct str){0} : arena_dup(&t->mem, v.bytes);
    store_value_release(&v);
    return true;
}

bool db_doc_put(struct db_txn *t, struct str collection, struct str key, struct str value,
                struct err *e)
{
    assert(t->mode == DB_WRITE);
    return store_put(t->store, doc_key(t, collection, key), value, e);
}

bool db_doc_del(struct db_txn *t, struct str collection, struct str key, struct err *e)
{
    assert(t->mode == DB_WRITE);
    return store_del(t->store, doc_key(t, collection, key), e);
}

static bool scan(struct db_txn *t, struct str from, struct str to, size_t skip, db_doc_visit *visit,
                 void *arg, struct err *e)
{
    struct store_cursor *c;
    if (!store_scan(t->store, from, to, false, &c, e))
        return false;
    struct str key, value;
    bool good, have;
    while ((good = store_cursor_next(c, &key, &value, &have, e)) && have)
        if (!visit(arg, str_from(key, skip), value))
            break;
    store_cursor_close(&c);
    return good;
}

bool db_doc_scan(struct db_txn *t, struct str collection, struct str prefix, db_doc_visit *visit,
                 void *arg, struct err *e)
{
    struct str from = arena_dup(&t->mem, doc_key(t, collection, prefix));
    struct buf to = {.mem = &t->mem};
    bool bounded = key_after_prefix(&to, from);
    assert(bounded);
    return bounded && scan(t, from, buf_str(&to), 1 + collection.n + 1, visit, arg, e);
}

bool db_doc_scan_after(struct db_txn *t, struct str collection, struct str after,
                       db_doc_visit *visit, void *arg, struct err *e)
{
    struct str from = arena_dup(&t->mem, doc_key(t, collection, after));
    struct buf to = {.mem = &t->mem};
    bool bounded = key_after_prefix(&to, doc_key(t, collection, STR("")));
    assert(bounded);
    if (after.n > 0) {
        char *next = arena_bytes(&t->mem, from.n + 1); /* the least key greater than it */
        memcpy(next, from.p, from.n);
        next[from.n] = 0;
        from = (struct str){next, from.n + 1};
    }
    return bounded && scan(t, from, buf_str(&to), 1 + collection.n + 1, visit, arg, e);
}
