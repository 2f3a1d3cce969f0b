/* db_stream_trim.c - giving back what records older than 24 hours take, and what
 * streams take that have ended.
 *
 * A pass goes from stream to stream, in each from lane to lane, and remembers in
 * memory where it is; `trimmed` of a stream moves on when all its lanes are done,
 * so that the next pass need not walk over what this one removed. */
#include "db/db_stream_code.h"
#include "db/db_stream_int.h"

enum { SLICE_RECORDS = 300, STEP_MS = 10 * 60 * 1000 /* of one move of `trimmed` */ };

/* The first stream at or behind the position; key copied, p == NULL: none. */
static bool next_stream(struct db_txn *t, struct str *key, struct stream_head *h, struct err *e)
{
    struct db_clockwork *w = &t->db->clockwork;
    char first = DB_SPACE_STREAM, end = DB_SPACE_STREAM + 1;
    struct str from = w->trim_stream.n > 0 ? buf_str(&w->trim_stream) : (struct str){&first, 1};
    struct store_cursor *c;
    struct str k, v;
    bool have;
    if (!store_scan(t->store, from, (struct str){&end, 1}, false, &c, e))
        return false;
    bool good = store_cursor_next(c, &k, &v, &have, e);
    *key = good && have ? arena_dup(&t->mem, k) : (struct str){0};
    if (good && have)
        good = stream_head_decode(arena_dup(&t->mem, v), h, e);
    store_cursor_close(&c);
    return good;
}

/* Deletes records of the lane below `to`, from the position on; *n counts. */
static bool trim_lane(struct db_txn *t, const struct stream_head *h, int64_t label_ms, uint64_t to,
                      size_t *n, struct err *e)
{
    struct db_clockwork *w = &t->db->clockwork;
    struct buf from = {.mem = &t->mem}, end = {.mem = &t->mem};
    struct store_cursor *c;
    struct str key, value;
    bool good, have;
    if (w->trim_sequence >= to)
        return true;
    stream_record_key(&from, h->table, label_ms, w->trim_lane, w->trim_sequence);
    stream_record_key(&end, h->table, label_ms, w->trim_lane, to);
    if (!store_scan(t->store, buf_str(&from), buf_str(&end), false, &c, e))
        return false;
    while ((good = store_cursor_next(c, &key, &value, &have, e)) && have && *n < SLICE_RECORDS) {
        w->trim_sequence = stream_get_u64(key.p + key.n - 8) + 1;
        if (!(good = store_del(t->store, key, e)))
            break;
        ++*n;
    }
    store_cursor_close(&c);
    return good;
}

static bool finish_stream(struct db_txn *t, struct str key, struct stream_head *h, bool gone,
                          uint64_t to, struct err *e)
{
    struct db_clockwork *w = &t->db->clockwork;
    w->trim_stream.n = 0;
    buf_add(&w->trim_stream, key);
    buf_byte(&w->trim_stream, 0); /* the least key behind it */
    w->trim_lane = 0;
    w->trim_sequence = 0;
    if (gone)
        return store_del(t->store, key, e) && store_del(t->store, stream_tags_key(&t->mem, key), e);
    if (to == h->trimmed)
        return true;
    struct buf value = {.mem = &t->mem};
    h->trimmed = to;
    stream_head_encode(&value, h);
    return store_put(t->store, key, buf_str(&value), e);
}

bool db_stream_trim(struct db_txn *t, struct err *e)
{
    struct db_clockwork *w = &t->db->clockwork;
    struct str key, name;
    struct stream_head h;
    int64_t label_ms;
    size_t n = 0;
    if (!w->trim_running) {
        w->trim_stream.n = 0;
        w->trim_lane = 0;
        w->trim_sequence = 0;
        w->trim_running = true;
    }
    if (!next_stream(t, &key, &h, e))
        return false;
    if (key.p == NULL) {
        w->trim_running = false;
        return true;
    }
    if (!stream_head_key_parse(key, &name, &label_ms))
        return err_set(e, ERR_IO, "the data are damaged: the key of a stream");
    bool gone = h.end != 0 && h.ended_ms + STREAM_KEEP_MS <= t->now_ms;
    uint64_t to = gone ? h.end : stream_sequence_at(t->now_ms - STREAM_KEEP_MS);
    bool any = gone || to >= h.trimmed + stream_sequence_at(STEP_MS);
    for (; any && w->trim_lane < STREAM_LANES; w->trim_lane++, w->trim_sequence = 0) {
        if (w->trim_sequence < h.trimmed)
            w->trim_sequence = h.trimmed;
        if (!trim_lane(t, &h, label_ms, to, &n, e))
            return false;
        if (n == SLICE_RECORDS)
            return true; /* goes on here */
    }
    return finish_stream(t, key, &h, gone, any ? to : h.trimmed, e);
}
