/* pool_doc.c - reading and writing the documents of user pools; their shapes are in
 * pool_shapes.c. */
#include "cloud/pool_doc.h"

bool pool_doc_load(struct db_txn *t, struct arena *mem, struct str collection, struct str key,
                   const struct shape *shape, void *out, bool *found, struct err *e)
{
    struct str json;
    *found = false;
    if (!db_doc_get(t, collection, key, &json, e))
        return false;
    if (json.p == NULL)
        return true;
    *found = true;
    return op_decode_doc(mem, shape, arena_dup(mem, json), out, e);
}

bool pool_doc_save(struct db_txn *t, struct str collection, struct str key,
                   const struct shape *shape, const void *doc, struct err *e)
{
    struct buf json = {0};
    struct json_out o = {.to = &json};
    op_encode(&o, shape, doc);
    bool done = db_doc_put(t, collection, key, buf_str(&json), e);
    buf_free(&json);
    return done;
}

struct str pool_key2(struct arena *mem, struct str pool_id, struct str rest)
{
    return arena_printf(mem, STR_FMT "/" STR_FMT, STR_ARG(pool_id), STR_ARG(rest));
}

void *pool_list_add(struct arena *mem, struct list *l, size_t size)
{
    char *v = arena_alloc(mem, (l->n + 1) * size);
    if (l->n > 0)
        memcpy(v, l->v, l->n * size);
    l->v = v;
    l->set = true;
    return v + size * l->n++;
}

bool pool_list_has(const struct list *l, struct str s)
{
    const struct str *v = l->v;
    for (uint32_t i = 0; i < l->n; i++)
        if (str_eq(v[i], s))
            return true;
    return false;
}
