/* db_stream_read.c - finding streams and their shards, reading records.
 *
 * A stream's shards: number g of a lane begins at label + g * shard_ms and has the
 * sequence numbers from there to where the next one begins; the newest of an ended
 * stream ends with it.  A shard is closed when no record can come any
 * more, i.e. when the floor (db_stream.c (3)) has passed its end. */
#include "db/db_stream_code.h"
#include "db/db_stream_int.h"
#include "model/item.h"

enum { SEEK_RECORDS = 1000 };

static bool gone(struct db_txn *t, const struct stream_head *h)
{
    return h->end != 0 && h->ended_ms + STREAM_KEEP_MS <= env_now_ms(t->db->env);
}

static struct db_stream stream_of(struct db_txn *t, struct str name, int64_t label_ms,
                                  const struct stream_head *h)
{
    struct db_stream s = {
        .table_name = arena_dup(&t->mem, name),
        .label_ms = label_ms,
        .on = h->end == 0,
        .view = h->view,
        .key = h->key,
        .table = h->table,
        .end = h->end,
        .shard_ms = h->shard_ms,
    };
    for (int i = 0; i < s.key.hash_n + s.key.range_n; i++)
        s.key.attr[i].name = arena_dup(&t->mem, h->key.attr[i].name);
    return s;
}

bool db_stream_get(struct db_txn *t, struct str table_name, int64_t label_ms, struct db_stream *out,
                   bool *found, struct err *e)
{
    struct buf key = {.mem = &t->mem};
    struct store_value v;
    struct stream_head h;
    stream_head_key(&key, table_name, label_ms);
    if (!store_get(t->store, buf_str(&key), &v, e))
        return false;
    *found = v.bytes.p != NULL;
    bool good = !*found || stream_head_decode(v.bytes, &h, e);
    if (good && *found) {
        *found = !gone(t, &h);
        *out = stream_of(t, table_name, label_ms, &h);
    }
    store_value_release(&v);
    return good;
}

bool stream_head_key_parse(struct str key, struct str *name, int64_t *label_ms)
{
    if (key.n < 1 + 1 + 8 || key.p[key.n - 9] != 0)
        return false;
    *name = (struct str){key.p + 1, key.n - 10};
    *label_ms = (int64_t)stream_get_u64(key.p + key.n - 8);
    return true;
}

/* The range of streams that are asked for. */
static void list_range(struct db_txn *t, struct str name, const struct db_stream_after *after,
                       struct buf *from, struct buf *to)
{
    *from = *to = (struct buf){.mem = &t->mem};
    buf_byte(from, DB_SPACE_STREAM);
    buf_byte(to, DB_SPACE_STREAM + (name.p == NULL));
    if (name.p != NULL) {
        buf_add(from, name);
        buf_byte(from, 0);
        buf_add(to, name);
        buf_byte(to, 1);
    }
    struct buf behind = {.mem = &t->mem};
    if (after->name.p != NULL) {
        stream_head_key(&behind, after->name, after->label_ms);
        buf_byte(&behind, 0);
        if (str_cmp(buf_str(&behind), buf_str(from)) > 0)
            *from = behind;
    }
}

bool db_stream_list(struct db_txn *t, struct str table_name, const struct db_stream_after *after,
                    size_t n, struct db_stream *out, size_t *count, bool *more, struct err *e)
{
    struct buf from, to;
    struct store_cursor *c;
    struct str key, value, name;
    struct stream_head h;
    int64_t label_ms;
    bool good, have;
    *count = 0;
    *more = false;
    list_range(t, table_name, after, &from, &to);
    if (str_cmp(buf_str(&from), buf_str(&to)) >= 0)
        return true;
    if (!store_scan(t->store, buf_str(&from), buf_str(&to), false, &c, e))
        return false;
    while ((good = store_cursor_next(c, &key, &value, &have, e)) && have && !*more) {
        if (!stream_head_key_parse(key, &name, &label_ms))
            good = err_set(e, ERR_IO, "the data are damaged: the key of a stream");
        if (!good || !(good = stream_head_decode(value, &h, e)))
            break;
        if (gone(t, &h))
            continue;
        if (*count == n)
            *more = true;
        else
            out[(*count)++] = stream_of(t, name, label_ms, &h);
    }
    store_cursor_close(&c);
    return good;
}

/* --- shards -------------------------------------------------------------------- */

uint64_t db_stream_next(struct db_txn *t)
{
    return t->stream_floor + 1;
}

uint64_t db_stream_horizon(struct db_txn *t)
{
    return stream_sequence_at(env_now_ms(t->db->env) - STREAM_KEEP_MS);
}

struct db_shard db_stream_shard(struct db_txn *t, const struct db_stream *s, int64_t number)
{
    assert(number >= 0);
    int64_t generation = number / STREAM_LANES;
    int64_t begin = s->label_ms + generation * s->shard_ms;
    struct db_shard x = {
        .begin_ms = begin,
        .lane = (uint8_t)(number % STREAM_LANES),
        .has_parent = generation > 0,
        .parent_begin_ms = begin - s->shard_ms,
        .first = stream_sequence_at(begin),
        .last = stream_sequence_at(begin + s->shard_ms) - 1,
    };
    if (!s->on && s->end < x.last)
        x.last = s->end;
    x.closed = !s->on || t->stream_floor >= x.last;
    return x;
}

/* How often the lanes of the stream have gone on by then. */
static int64_t generation_at(const struct db_stream *s, int64_t ms)
{
    return ms <= s->label_ms ? 0 : (ms - s->label_ms) / s->shard_ms;
}

struct db_shard_range db_stream_shards(struct db_txn *t, const struct db_stream *s)
{
    uint64_t at = s->on ? db_stream_next(t) : s->end;
    int64_t newest = generation_at(s, (int64_t)(at >> STREAM_SEQUENCE_SHIFT));
    int64_t oldest = generation_at(s, env_now_ms(t->db->env) - STREAM_KEEP_MS);
    if (oldest > newest)
        oldest = newest;
    return (struct db_shard_range){oldest * STREAM_LANES, (newest + 1) * STREAM_LANES};
}

int64_t db_stream_shard_behind(const struct db_stream *s, int64_t begin_ms, unsigned lane)
{
    int64_t generation = generation_at(s, begin_ms);
    assert(lane < STREAM_LANES);
    if (s->label_ms + generation * s->shard_ms == begin_ms)
        return generation * STREAM_LANES + lane + 1;
    return begin_ms < s->label_ms ? 0 : (generation + 1) * STREAM_LANES;
}

/* --- records ------------------------------------------------------------------- */

static bool view_of(struct db_txn *t, const struct db_stream *s, struct str key, struct str value,
                    struct db_stream_view *out, struct err *e)
{
    static const char *const events[] = {
        [STREAM_INSERT] = "INSERT", [STREAM_MODIFY] = "MODIFY", [STREAM_REMOVE] = "REMOVE"};
    struct stream_record r;
    if (key.n != STREAM_RECORD_KEY_BYTES)
        return err_set(e, ERR_IO, "the data are damaged: the key of a stream record");
    if (!stream_record_decode(value, &r, e))
        return false;
    struct str image = r.new_image.p != NULL ? r.new_image : r.old_image;
    arena_reset(&t->scratch);
    *out = (struct db_stream_view){
        .sequence = stream_get_u64(key.p + key.n - 8),
        .event = events[r.event],
        .by_ttl = r.by_ttl,
        .created_ms = r.created_ms,
        .keys = r.keys.p != NULL ? r.keys : stream_keys_of(&t->scratch, &s->key, image),
        .old_image = r.old_image,
        .new_image = r.new_image,
    };
    out->size = item_size(out->keys) + item_size(r.old_image) + item_size(r.new_image);
    return true;
}

static bool read_range(struct db_txn *t, const struct db_stream *s, const struct db_shard *shard,
                       uint64_t from, struct store_cursor **c, struct err *e)
{
    struct buf start = {.mem = &t->mem}, end = {.mem = &t->mem};
    stream_record_key(&start, s->table, s->label_ms, shard->lane, from);
    stream_record_key(&end, s->table, s->label_ms, shard->lane, shard->last + 1);
    return store_scan(t->store, buf_str(&start), buf_str(&end), false, c, e);
}

bool db_stream_read(struct db_txn *t, const struct db_stream *s, const struct db_shard *shard,
                    uint64_t from, uint32_t limit, db_stream_visit *visit, void *arg,
                    uint64_t *next, bool *finished, struct err *e)
{
    struct store_cursor *c;
    struct str key, value;
    struct db_stream_view r;
    uint64_t horizon = db_stream_horizon(t), bytes = 0;
    uint32_t n = 0;
    bool good = true, have = false, full = false;
    from = from > shard->first ? from : shard->first;
    from = from > horizon ? from : horizon;
    *next = from;
    *finished = shard->closed && from > shard->last;
    if (from > shard->last)
        return true;
    if (!read_range(t, s, shard, from, &c, e))
        return false;
    while (!(full = n == limit) && (good = store_cursor_next(c, &key, &value, &have, e)) && have) {
        if (!(good = view_of(t, s, key, value, &r, e)))
            break;
        full = n > 0 && bytes + r.size > LIMIT_PAGE_BYTES;
        if (full)
            break;
        visit(arg, &r);
        *next = r.sequence + 1;
        bytes += r.size;
        n++;
    }
    store_cursor_close(&c);
    if (good && !full) { /* the end, as far as this transaction sees */
        *finished = shard->closed;
        if (db_stream_next(t) > *next)
            *next = db_stream_next(t) <= shard->last ? db_stream_next(t) : shard->last + 1;
    }
    return good;
}

struct seek {
    int64_t ms;
    uint64_t found; /* 0: not yet */
};

static void seek_visit(void *arg, const struct db_stream_view *r)
{
    struct seek *seek = arg;
    if (seek->found == 0 && r->created_ms >= seek->ms)
        seek->found = r->sequence;
}

/* No number is behind the clock, so the record has at least the first of that
 * millisecond.  After a restart numbers may be ahead: those are stepped over. */
bool db_stream_seek(struct db_txn *t, const struct db_stream *s, const struct db_shard *shard,
                    int64_t ms, uint64_t *from, struct err *e)
{
    struct seek seek = {.ms = ms};
    uint64_t at = stream_sequence_at(ms), next;
    bool finished = false;
    for (*from = at > shard->first ? at : shard->first; seek.found == 0 && !finished;
         *from = next) {
        if (*from > shard->last) {
            *from = shard->last + 1;
            return true;
        }
        if (!db_stream_read(t, s, shard, *from, SEEK_RECORDS, seek_visit, &seek, &next, &finished,
                            e))
            return false;
        if (seek.found == 0 && next == *from) /* nothing there yet */
            return true;
    }
    if (seek.found != 0)
        *from = seek.found;
    return true;
}
