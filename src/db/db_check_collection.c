/* db_check_collection.c - checks of the sizes of item collections; see db_check.h.
 *
 * As with index entries: each collection's record is looked up, and there are as many
 * as collections, so there is no other. */
#include "db/db_check_int.h"

/* The collection at hand is complete. */
static bool end_collection(struct check *c, const struct table *table)
{
    struct store_value v;
    int64_t bytes;
    if (c->collection.n == 0)
        return true;
    if (!store_get(c->t->store, buf_str(&c->collection), &v, c->e))
        return false;
    if (!db_collection_decode(v.bytes, &bytes))
        check_problem(c, table, "the size of an item collection is malformed");
    else if (bytes != c->collection_bytes)
        check_problem(c, table, "an item collection counts %lld bytes, has %lld", (long long)bytes,
                      (long long)c->collection_bytes);
    store_value_release(&v);
    c->collections++;
    c->collection.n = 0;
    return true;
}

bool check_collection_of(struct check *c, const struct table *table, struct str item)
{
    if (!table_def_has_local(table->def))
        return true;
    db_collection_key(&c->t->key, table->def, item);
    if (!str_eq(buf_str(&c->t->key), buf_str(&c->collection))) {
        if (!end_collection(c, table))
            return false;
        buf_add(&c->collection, buf_str(&c->t->key));
        c->collection_bytes = 0;
    }
    c->collection_bytes += (int64_t)db_index_local_bytes(c->t, table, item);
    return true;
}

bool check_collections(struct check *c, const struct table *table)
{
    if (!end_collection(c, table))
        return false;
    if (c->collections != c->collections_found)
        check_problem(c, table, "there are %llu item collections, and %llu sizes of them",
                      (unsigned long long)c->collections, (unsigned long long)c->collections_found);
    return true;
}
