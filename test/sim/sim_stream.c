/* sim_stream.c - streams against the changes that were made.
 *
 * A reader follows each stream from its beginning, as a client would: from shard to
 * shard, from position to position, over crashes and clocks that jump.  It must see
 * every change once, in the order of its partition, and at the end of what there is
 * all of them.  Others read what is kept from its oldest record on. */
#include <inttypes.h>

#include "model/attr_json.h"
#include "sim.h"

struct reader {
    struct world *w;
    int number;
    size_t *at;    /* per partition: the change that it expects next */
    bool may_miss; /* what is older than 24 hours */
};

static struct str thing_text(struct world *w, int key, const struct thing *x)
{
    struct buf b = {.mem = &w->mem};
    if (!x->there)
        return STR("");
    sim_thing_json(&b, key, x);
    return buf_str(&b);
}

/* The next change of the stream and partition at or behind `at`. */
static size_t next_change(const struct world *w, int stream, int partition, size_t at)
{
    while (at < w->model.changes &&
           (w->change[at].stream != stream || w->change[at].key % PARTITIONS != partition))
        at++;
    return at;
}

/* Changes may be alike: once it was read its record is known by its number. */
static bool is_record_of(struct world *w, const struct change *c, const struct db_stream_view *r)
{
    const char *event = !c->old.there ? "INSERT" : c->now.there ? "MODIFY" : "REMOVE";
    return (c->sequence == 0 || c->sequence == r->sequence) && r->by_ttl == c->by_ttl &&
           strcmp(r->event, event) == 0 &&
           str_eq(sim_item_text(w, r->old_image), thing_text(w, c->key, &c->old)) &&
           str_eq(sim_item_text(w, r->new_image), thing_text(w, c->key, &c->now));
}

/* Older than what has to be kept, by the latest time that the clock has shown? */
static bool may_be_gone(const struct world *w, const struct change *c)
{
    return c->created_ms <= w->latest_ms - STREAM_KEEP_MS;
}

static void see_record(void *arg, const struct db_stream_view *r)
{
    struct reader *reader = arg;
    struct world *w = reader->w;
    struct attr p;
    bool found = item_find(r->keys, STR("p"), &p);
    int partition = found && p.body.n == 2 ? p.body.p[1] - '0' : -1;
    if (partition < 0 || partition >= PARTITIONS)
        sim_fail(w, "a record of no item: " STR_FMT, STR_ARG(sim_item_text(w, r->keys)));
    size_t *at = &reader->at[partition];
    *at = next_change(w, reader->number, partition, *at);
    while (reader->may_miss && *at < w->model.changes && may_be_gone(w, &w->change[*at]) &&
           !is_record_of(w, &w->change[*at], r))
        *at = next_change(w, reader->number, partition, *at + 1);
    if (*at == w->model.changes || !is_record_of(w, &w->change[*at], r))
        sim_fail(w, "stream %d: record %" PRIu64 " %s " STR_FMT " -> " STR_FMT " was not to come",
                 reader->number, r->sequence, r->event, STR_ARG(sim_item_text(w, r->old_image)),
                 STR_ARG(sim_item_text(w, r->new_image)));
    w->change[*at].sequence = r->sequence;
    ++*at;
    w->count.records++;
}

static void check_complete(struct reader *r, const char *who)
{
    struct world *w = r->w;
    for (int p = 0; p < PARTITIONS; p++) {
        size_t at = next_change(w, r->number, p, r->at[p]);
        while (r->may_miss && at < w->model.changes && may_be_gone(w, &w->change[at]))
            at = next_change(w, r->number, p, at + 1);
        if (at < w->model.changes)
            sim_fail(w, "stream %d: %s misses a record of p%d, created %" PRId64 " ms ago",
                     r->number, who, p, w->now_ms - w->change[at].created_ms);
    }
}

/* Reads a lane on to the end of what there is. */
static void follow_lane(struct reader *r, struct db_txn *txn, const struct db_stream *s,
                        int64_t *shard, uint64_t *from)
{
    struct db_shard_range all = db_stream_shards(txn, s);
    bool finished = true;
    struct err e = {0};
    for (; finished; *shard += STREAM_LANES, *from = 0) {
        if (*shard < all.from) {
            *shard = all.from + *shard % STREAM_LANES;
            *from = 0;
        }
        if (*shard >= all.to)
            return;
        struct db_shard at = db_stream_shard(txn, s, *shard);
        uint64_t next = *from;
        do {
            *from = next;
            if (!db_stream_read(txn, s, &at, *from, 1 + sim_random(r->w, 5), see_record, r, &next,
                                &finished, &e))
                sim_fail(r->w, "a stream cannot be read: %s", e.msg);
        } while (!finished && next != *from);
        if (!finished)
            return;
    }
}

static bool is_on(const struct world *w, int number)
{
    for (int i = 0; i < TABLES; i++)
        if (w->model.table[i].stream == number)
            return true;
    return false;
}

static bool find(struct world *w, struct db_txn *txn, int number, struct db_stream *out)
{
    struct stream *s = &w->stream[number];
    struct err e = {0};
    bool found;
    if (s->ended_ms == 0 && !is_on(w, number))
        s->ended_ms = w->now_ms;
    if (!db_stream_get(txn, str_from_c(sim_table[s->table]), s->label_ms, out, &found, &e))
        sim_fail(w, "stream %d: %s", number, e.msg);
    if (!found && (s->ended_ms == 0 || s->ended_ms + STREAM_KEEP_MS > w->latest_ms))
        sim_fail(w, "stream %d is not found", number);
    s->gone = !found;
    return found;
}

static struct db_txn *begin(struct world *w)
{
    struct db_txn *txn;
    struct err e = {0};
    if (!db_begin(w->db, DB_READ, false, &txn, &e))
        sim_fail(w, "begin: %s", e.msg);
    return txn;
}

void sim_follow_streams(struct world *w)
{
    struct db_txn *txn = begin(w);
    for (int i = 0; i < w->model.streams; i++) {
        struct stream *x = &w->stream[i];
        struct reader r = {.w = w, .number = i, .at = x->at};
        struct db_stream s;
        if (x->gone || !find(w, txn, i, &s))
            continue;
        for (int lane = 0; lane < STREAM_LANES; lane++)
            follow_lane(&r, txn, &s, &x->shard[lane], &x->from[lane]);
        check_complete(&r, "a reader");
    }
    db_end(&txn);
}

void sim_reread_streams(struct world *w)
{
    struct db_txn *txn = begin(w);
    for (int i = 0; i < w->model.streams; i++) {
        size_t at[PARTITIONS] = {0};
        struct reader r = {.w = w, .number = i, .at = at, .may_miss = true};
        struct db_stream s;
        if (w->stream[i].gone || !find(w, txn, i, &s))
            continue;
        for (int64_t lane = 0; lane < STREAM_LANES; lane++) {
            int64_t shard = lane;
            uint64_t from = 0;
            follow_lane(&r, txn, &s, &shard, &from);
        }
        check_complete(&r, "who reads anew");
    }
    db_end(&txn);
}
