/* db_stream.c - writing the records of changes; switching streams on and off.
 *
 * (1) A record is written in the same store transaction as the change it
 *     describes: no change without a record, no record without a change.
 * (2) Sequence numbers grow with every record of the database, gaps are allowed,
 *     repeats are not.  Only the writer hands them out.  Of those that are to
 *     come after a restart the store knows a bound (meta "stream_seq"), so that
 *     a clock that was set back repeats none.
 * (3) `stream_floor` is what the latest commit has come to: a reader that takes
 *     it before it looks sees every record up to it, and none at or below it will
 *     ever come.  So a position there loses nothing.
 * (4) Nor does it over a restart with a clock that was set back: the floor never
 *     passes the bound in the store.  While a stream is on the bound follows the
 *     clock (db_clock.c), and with it which shards are closed. */
#include "db/db_stream.h"

#include "db/db_stream_code.h"
#include "db/db_stream_int.h"
#include "model/item.h"

enum { RESERVE_MS = 10000 };

uint64_t stream_sequence_at(int64_t ms)
{
    return ms <= 0 ? 0 : (uint64_t)ms << STREAM_SEQUENCE_SHIFT;
}

/* --- sequence numbers ---------------------------------------------------------- */

bool db_stream_load(struct db *db, struct store_txn *t, struct err *e)
{
    struct buf mark = {0};
    uint64_t known = 0, now = stream_sequence_at(env_now_ms(db->env));
    if (!db_meta_bytes_get(t, STR("stream_seq"), &mark, e)) {
        buf_free(&mark);
        return false;
    }
    bool good = mark.n == 0 || mark.n == 8;
    if (good && mark.n == 8)
        known = stream_get_u64(mark.p);
    buf_free(&mark);
    db->stream_sequence = known > now ? known : now;
    db->stream_mark = known;
    atomic_store(&db->stream_floor, known); /* (4) */
    return good || err_set(e, ERR_IO, "the data are damaged: meta stream_seq");
}

void db_stream_advance(struct db *db, int64_t now_ms)
{
    uint64_t now = stream_sequence_at(now_ms);
    if (now > db->stream_sequence)
        db->stream_sequence = now;
}

void db_stream_settle(struct db *db)
{
    bool known = db->stream_sequence <= db->stream_mark;
    atomic_store(&db->stream_floor, known ? db->stream_sequence : db->stream_mark); /* (3), (4) */
}

bool db_stream_reserve(struct db_txn *t, struct err *e)
{
    struct db *db = t->db;
    if (!t->sequenced || db->stream_sequence <= db->stream_mark)
        return true;
    uint64_t mark = db->stream_sequence + stream_sequence_at(RESERVE_MS);
    struct buf v = {.mem = &t->mem};
    stream_put_u64(&v, mark);
    if (!db_meta_bytes_put(t->store, STR("stream_seq"), buf_str(&v), e))
        return false;
    t->mark_to = mark;
    return true;
}

bool db_stream_bound_is_old(const struct db *db)
{
    if (db->stream_sequence <= db->stream_mark)
        return false;
    for (uint32_t i = 0; i < db->catalog->n; i++)
        if (db->catalog->table[i]->def->stream != STREAM_NONE)
            return true;
    return false;
}

void db_stream_move_bound(struct db_txn *t)
{
    t->sequenced = true; /* the rest is db_stream_reserve()'s */
}

static uint64_t next_sequence(struct db_txn *t, int64_t label_ms)
{
    struct db *db = t->db;
    uint64_t least = stream_sequence_at(label_ms);
    db->stream_sequence++;
    if (db->stream_sequence < least)
        db->stream_sequence = least; /* a label may be a moment ahead */
    t->sequenced = true;
    return db->stream_sequence;
}

/* --- records ------------------------------------------------------------------- */

void stream_record_key(struct buf *out, uint32_t table, int64_t label_ms, unsigned lane,
                       uint64_t sequence)
{
    buf_byte(out, DB_SPACE_RECORD);
    db_put_u32(out, table);
    stream_put_u64(out, (uint64_t)label_ms);
    buf_byte(out, (char)lane);
    stream_put_u64(out, sequence);
}

struct str stream_keys_of(struct arena *mem, const struct key_schema *k, struct str item)
{
    struct str names[LIMIT_KEY_ATTRIBUTES];
    size_t n = (size_t)k->hash_n + k->range_n;
    for (size_t i = 0; i < n; i++)
        names[i] = k->attr[i].name;
    return item_select(mem, item, names, n);
}

/* `item_key` is the item's storage key. */
bool db_stream_add(struct db_txn *t, const struct db_change *c, struct str item_key, struct err *e)
{
    const struct table_def *def = c->table->def;
    bool old = def->stream == STREAM_OLD_IMAGE || def->stream == STREAM_BOTH;
    bool now = def->stream == STREAM_NEW_IMAGE || def->stream == STREAM_BOTH;
    struct stream_record r = {
        .event = c->old.p == NULL        ? STREAM_INSERT
                 : c->new_item.p == NULL ? STREAM_REMOVE
                                         : STREAM_MODIFY,
        .by_ttl = c->by_ttl,
        .created_ms = t->now_ms,
        .old_image = old ? c->old : (struct str){0},
        .new_image = now ? c->new_item : (struct str){0},
    };
    arena_reset(&t->scratch);
    if (r.old_image.p == NULL && r.new_image.p == NULL)
        r.keys = stream_keys_of(&t->scratch, &def->key, c->old.p != NULL ? c->old : c->new_item);
    unsigned lane = (unsigned char)item_key.p[KEY_PREFIX_BYTES] * STREAM_LANES / 256;
    struct buf *key = &t->entry_key[0], *value = &t->entry_key[1];
    key->n = value->n = 0;
    uint64_t sequence = next_sequence(t, def->stream_label_ms);
    stream_record_key(key, def->id, def->stream_label_ms, lane, sequence);
    stream_record_encode(value, &r);
    assert(!value->overflow);
    return store_put(t->store, buf_str(key), buf_str(value), e); /* (1) */
}

/* --- on and off ---------------------------------------------------------------- */

void stream_head_key(struct buf *out, struct str table_name, int64_t label_ms)
{
    buf_byte(out, DB_SPACE_STREAM);
    buf_add(out, table_name);
    buf_byte(out, 0);
    stream_put_u64(out, (uint64_t)label_ms);
}

static bool open_stream(struct db_txn *t, struct table_def *def, struct err *e)
{
    struct store_value v;
    struct buf key = {.mem = &t->mem}, value = {.mem = &t->mem};
    for (bool taken = true; taken; def->stream_label_ms += taken) {
        /* A table of this name may have had a stream in the same millisecond. */
        key.n = 0;
        stream_head_key(&key, def->name, def->stream_label_ms);
        if (!store_get(t->store, buf_str(&key), &v, e))
            return false;
        taken = v.bytes.p != NULL;
        store_value_release(&v);
    }
    (void)next_sequence(t, def->stream_label_ms); /* so that the floor comes to its beginning */
    struct stream_head h = {
        .table = def->id, .view = def->stream, .shard_ms = t->db->stream_shard_ms, .key = def->key};
    stream_head_encode(&value, &h);
    return store_put(t->store, buf_str(&key), buf_str(&value), e);
}

static bool close_stream(struct db_txn *t, const struct table_def *def, struct err *e)
{
    struct store_value v;
    struct stream_head h;
    struct buf key = {.mem = &t->mem}, value = {.mem = &t->mem};
    stream_head_key(&key, def->name, def->stream_label_ms);
    if (!store_get(t->store, buf_str(&key), &v, e))
        return false;
    bool good = v.bytes.p != NULL ? stream_head_decode(v.bytes, &h, e)
                                  : err_set(e, ERR_IO, "the data are damaged: a stream is missing");
    if (good) {
        h.end = next_sequence(t, def->stream_label_ms);
        h.ended_ms = t->now_ms;
        stream_head_encode(&value, &h);
    }
    store_value_release(&v);
    return good && store_put(t->store, buf_str(&key), buf_str(&value), e);
}

bool db_stream_follow(struct db_txn *t, const struct table_def *was, struct table_def *def,
                      struct err *e)
{
    bool is_on = was != NULL && was->stream != STREAM_NONE;
    bool on = def != NULL && def->stream != STREAM_NONE;
    bool same = is_on && on && was->stream_label_ms == def->stream_label_ms;
    if (same)
        return true;
    return (!is_on || close_stream(t, was, e)) && (!on || open_stream(t, def, e));
}
