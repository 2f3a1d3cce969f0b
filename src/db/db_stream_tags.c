/* db_stream_tags.c - see db_stream_tags.h. */
#include "db/db_stream_tags.h"

#include "db/db_stream_int.h"

static struct str tags_key(struct db_txn *t, const struct db_stream *s)
{
    struct buf head = {.mem = &t->mem};
    stream_head_key(&head, s->table_name, s->label_ms);
    return stream_tags_key(&t->mem, buf_str(&head));
}

struct str stream_tags_key(struct arena *mem, struct str head_key)
{
    struct buf key = {.mem = mem};
    buf_byte(&key, DB_SPACE_STREAM_TAGS);
    buf_add(&key, str_from(head_key, 1));
    return buf_str(&key);
}

bool db_stream_tags(struct db_txn *t, const struct db_stream *s, struct str *tags, struct err *e)
{
    struct store_value v;
    if (!store_get(t->store, tags_key(t, s), &v, e))
        return false;
    *tags = v.bytes.p == NULL ? (struct str){0} : arena_dup(&t->mem, v.bytes);
    store_value_release(&v);
    return true;
}

bool db_stream_set_tags(struct db_txn *t, const struct db_stream *s, struct str tags, struct err *e)
{
    assert(t->mode == DB_WRITE);
    struct str key = tags_key(t, s);
    return tags.p != NULL ? store_put(t->store, key, tags, e) : store_del(t->store, key, e);
}
