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

bool db_doc_scan(struct db_txn *t, struct str collection, struct str prefix, db_doc_visit *visit,
                 void *arg, struct err *e)
{
    struct str from = arena_dup(&t->mem, doc_key(t, collection, prefix));
    struct buf to = {.mem = &t->mem};
    bool bounded = key_after_prefix(&to, from);
    assert(bounded);
    struct store_cursor *c;
    if (!bounded || !store_scan(t->store, from, buf_str(&to), false, &c, e))
        return false;
    struct str key, value;
    bool good, have;
    size_t skip = 1 + collection.n + 1;
    while ((good = store_cursor_next(c, &key, &value, &have, e)) && have)
        if (!visit(arg, str_from(key, skip), value))
            break;
    store_cursor_close(&c);
    return good;
}
