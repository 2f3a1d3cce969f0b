/* Streams and time to live on a database with a clock that is moved by hand. */
#include <stdlib.h>

#include "db/db_fixture_int.h"
#include "db/db_stream.h"
#include "db/db_stream_code.h"
#include "db/db_stream_tags.h"

struct world {
    struct env env; /* first */
    int64_t now_ms;
    uint64_t seed;
    struct db *db;
    struct store *store;
    struct arena mem;
};

static const int64_t begin_ms = 1700000000123, hour_ms = 3600 * 1000;

static int64_t world_now(struct env *e)
{
    return ((struct world *)(void *)e)->now_ms;
}

static uint64_t world_random(struct env *e)
{
    return ++((struct world *)(void *)e)->seed * 0x9E3779B97F4A7C15ULL;
}

static bool world_db_with(struct world *w, struct store *s, int64_t shard_ms)
{
    struct err e = {0};
    struct db_options o = {.store = s,
                           .env = &w->env,
                           .cache_bytes = 1 << 20,
                           .region = "local",
                           .account = "000000000000",
                           .stream_shard_ms = shard_ms};
    bool good = db_open(&o, &w->db, &e);
    if (!good)
        printf("# %s\n", e.msg);
    return good;
}

static bool world_db(struct world *w, struct store *s)
{
    return world_db_with(w, s, 0);
}

static struct db_txn *begin(struct world *w, enum db_mode mode)
{
    struct err e = {0};
    struct db_txn *t = NULL;
    bool good = db_begin(w->db, mode, false, &t, &e);
    assert(good);
    (void)good;
    return t;
}

static bool commit(struct db_txn **t)
{
    struct err e = {0};
    bool good = db_commit(t, &e);
    if (!good)
        printf("# %s\n", e.msg);
    return good;
}

static bool create(struct world *w, const char *name, enum stream_view view)
{
    struct err e = {0};
    const struct table *table;
    struct table_def *d = fix_def(&w->mem, name);
    struct db_txn *t = begin(w, DB_WRITE);
    d->stream = view;
    d->stream_label_ms = view != STREAM_NONE ? w->now_ms : 0;
    return db_table_create(t, d, &table, &e) && commit(&t);
}

typedef void edit_def(struct world *w, struct table_def *d);

static bool edit(struct world *w, const char *name, edit_def *how)
{
    struct err e = {0};
    struct db_txn *t = begin(w, DB_WRITE);
    const struct table *old = db_table(t, str_from_c(name)), *now;
    struct table_def *d = table_def_copy(&w->mem, table_def(old));
    how(w, d);
    return db_table_replace(t, old, d, &now, &e) && commit(&t);
}

static void stream_off(struct world *w, struct table_def *d)
{
    (void)w;
    d->stream = STREAM_NONE;
}

static void stream_on(struct world *w, struct table_def *d)
{
    d->stream = STREAM_BOTH;
    d->stream_label_ms = w->now_ms;
}

static void ttl_on(struct world *w, struct table_def *d)
{
    d->ttl_attribute = STR("ttl");
    d->ttl_changed_ms = w->now_ms;
}

static void ttl_off(struct world *w, struct table_def *d)
{
    d->ttl_attribute = STR("");
    d->ttl_changed_ms = w->now_ms;
}

static bool drop(struct world *w, const char *name)
{
    struct err e = {0};
    struct db_txn *t = begin(w, DB_WRITE);
    return db_table_drop(t, db_table(t, str_from_c(name)), &e) && commit(&t);
}

/* Item k with an attribute x, and one named `more` unless NULL. */
static struct str make(struct world *w, uint32_t k, const char *x, const char *more,
                       enum attr_type type, const char *value)
{
    struct buf out = {.mem = &w->mem};
    struct attr_build b;
    item_begin(&b, &out);
    fix_add(&b, "pk", ATTR_S, (const char *[]){"p1", "p2", "p3", "p4"}[k % 4]);
    fix_add(&b, "sk", ATTR_N, fix_number(&w->mem, k / 4));
    fix_add(&b, "x", ATTR_S, x);
    if (more != NULL)
        fix_add(&b, more, type, value);
    item_end(&b);
    return buf_str(&out);
}

static bool write_in(struct db_txn *t, struct world *w, const char *name, uint32_t k,
                     struct str item)
{
    struct err e = {0};
    return fix_write(t, db_table(t, str_from_c(name)), &w->mem, k, item, NULL, &e);
}

static bool write_one(struct world *w, const char *name, uint32_t k, struct str item)
{
    struct db_txn *t = begin(w, DB_WRITE);
    return write_in(t, w, name, k, item) && commit(&t);
}

static bool put(struct world *w, const char *name, uint32_t k, const char *x)
{
    return write_one(w, name, k, make(w, k, x, NULL, ATTR_S, ""));
}

static bool del(struct world *w, const char *name, uint32_t k)
{
    return write_one(w, name, k, (struct str){0});
}

static struct db_stream stream_at(struct world *w, struct db_txn *t, const char *name,
                                  int64_t label_ms)
{
    struct err e = {0};
    struct db_stream s = {0};
    bool found = false;
    (void)w;
    if (!db_stream_get(t, str_from_c(name), label_ms, &s, &found, &e) || !found)
        s.label_ms = -1;
    return s;
}

/* "I<x of new image> M<old>><new> R<old>", in the order of sequence numbers. */
struct seen {
    uint64_t last;
    bool ordered;
    uint32_t n, by_ttl, keys_only;
    struct buf text;
};

static void add_x(struct buf *out, struct str item)
{
    struct attr x;
    if (item.p != NULL && item_find(item, STR("x"), &x))
        buf_add(out, x.body);
}

static void see(void *arg, const struct db_stream_view *r)
{
    struct seen *s = arg;
    s->ordered &= r->sequence > s->last;
    s->last = r->sequence;
    s->n++;
    s->by_ttl += r->by_ttl;
    s->keys_only += item_map(r->keys).count == 2;
    buf_byte(&s->text, r->event[0]);
    add_x(&s->text, r->old_image);
    buf_byte(&s->text, '>');
    add_x(&s->text, r->new_image);
    buf_byte(&s->text, ' ');
}

static size_t shards_of(struct db_txn *t, const struct db_stream *s)
{
    struct db_shard_range r = db_stream_shards(t, s);
    return (size_t)(r.to - r.from);
}

static struct seen read_shard(struct world *w, const char *name, int64_t label_ms, size_t number,
                              uint64_t from, uint64_t *next, bool *finished)
{
    struct err e = {0};
    struct seen seen = {.ordered = true};
    struct db_txn *t = begin(w, DB_READ);
    struct db_stream s = stream_at(w, t, name, label_ms);
    struct db_shard_range shards = db_stream_shards(t, &s);
    struct db_shard shard = db_stream_shard(t, &s, shards.from + (int64_t)number);
    if ((int64_t)number >= shards.to - shards.from ||
        !db_stream_read(t, &s, &shard, from, 1000, see, &seen, next, finished, &e))
        seen.ordered = false;
    db_end(&t);
    return seen;
}

/* All that the stream's shards of one lane say, or of all lanes. */
static struct seen read_all(struct world *w, const char *name, int64_t label_ms)
{
    struct seen all = {.ordered = true};
    for (size_t i = 0;; i++) {
        struct db_txn *t = begin(w, DB_READ);
        struct db_stream s = stream_at(w, t, name, label_ms);
        bool end = s.label_ms < 0 || i >= shards_of(t, &s), finished;
        uint64_t next;
        db_end(&t);
        if (end)
            break;
        struct seen one = read_shard(w, name, label_ms, i, 0, &next, &finished);
        all.ordered &= one.ordered;
        all.n += one.n;
        all.by_ttl += one.by_ttl;
        all.keys_only += one.keys_only;
        buf_add(&all.text, buf_str(&one.text));
        buf_free(&one.text);
    }
    return all;
}

static void is_seen(struct seen s, const char *want, const char *what)
{
    ok(s.ordered, "%s: in order", what);
    is_bytes(buf_str(&s.text), str_from_c(want), "%s", what);
    ok(s.keys_only == s.n, "  each has its keys");
    buf_free(&s.text);
}

static void check(struct world *w, const char *what)
{
    struct db_check_report r;
    ok(fix_check(w->db, &r), "checked: %s", what);
}

/* --- streams ------------------------------------------------------------------- */

static void test_views(struct world *w)
{
    static const struct {
        const char *name;
        enum stream_view view;
        const char *want;
    } views[] = {
        {"keys", STREAM_KEYS_ONLY, "I> M> R> I> "},
        {"new", STREAM_NEW_IMAGE, "I>a M>b R> I>c "},
        {"old", STREAM_OLD_IMAGE, "I> Ma> Rb> I> "},
        {"both", STREAM_BOTH, "I>a Ma>b Rb> I>c "},
    };
    for (size_t i = 0; i < COUNT_OF(views); i++) {
        const char *name = views[i].name;
        ok(create(w, name, views[i].view) && put(w, name, 1, "a") && put(w, name, 1, "a") &&
               put(w, name, 1, "b") && del(w, name, 1) && del(w, name, 1) && put(w, name, 1, "c"),
           "%s: writes", name);
        is_seen(read_all(w, name, w->now_ms), views[i].want, name);
    }
}

static void test_rollback(struct world *w)
{
    ok(create(w, "roll", STREAM_BOTH), "a table");
    struct db_txn *t = begin(w, DB_WRITE);
    db_savepoint(t);
    bool good = write_in(t, w, "roll", 1, make(w, 1, "lost", NULL, ATTR_S, ""));
    db_rollback(t);
    db_savepoint(t);
    good = good && write_in(t, w, "roll", 1, make(w, 1, "kept", NULL, ATTR_S, ""));
    db_release(t);
    ok(good && commit(&t), "one rolled back, one kept");
    t = begin(w, DB_WRITE);
    good = write_in(t, w, "roll", 1, make(w, 1, "never", NULL, ATTR_S, ""));
    db_end(&t);
    ok(good, "one never committed");
    is_seen(read_all(w, "roll", w->now_ms), "I>kept ", "only what happened");
}

/* A position that was taken while a write is not committed yet comes before it. */
static void test_latest(struct world *w)
{
    int64_t label = w->now_ms;
    bool finished;
    uint64_t next;
    ok(create(w, "latest", STREAM_BOTH) && put(w, "latest", 1, "before"), "a table");
    struct db_txn *writing = begin(w, DB_WRITE), *t = begin(w, DB_READ);
    uint64_t quiet = db_stream_next(t);
    db_end(&t);
    bool good = write_in(writing, w, "latest", 1, make(w, 1, "during", NULL, ATTR_S, ""));
    t = begin(w, DB_READ);
    uint64_t during = db_stream_next(t);
    db_end(&t);
    ok(good && during == quiet && commit(&writing), "a write in flight moves nothing");
    t = begin(w, DB_READ);
    uint64_t after = db_stream_next(t);
    db_end(&t);
    ok(put(w, "latest", 1, "after"), "one more");
    size_t lane = 0;
    for (; lane < STREAM_LANES; lane++) {
        struct seen s = read_shard(w, "latest", label, lane, 0, &next, &finished);
        buf_free(&s.text);
        if (s.n > 0)
            break;
    }
    is_seen(read_shard(w, "latest", label, lane, during, &next, &finished),
            "Mbefore>during Mduring>after ", "from then on");
    is_seen(read_shard(w, "latest", label, lane, after, &next, &finished), "Mduring>after ",
            "after the commit");
    is_seen(read_shard(w, "latest", label, lane, next, &next, &finished), "", "and then none");
    ok(!finished, "the shard is open");
}

static void test_shards(struct world *w)
{
    int64_t label = w->now_ms;
    struct db_shard x[2 * STREAM_LANES];
    bool finished;
    uint64_t next;
    ok(create(w, "shards", STREAM_BOTH), "a table");
    for (uint32_t k = 0; k < 40; k++)
        put(w, "shards", k, "a");
    w->now_ms += 5 * hour_ms;
    db_work_pending(w->db); /* time is noticed */
    for (uint32_t k = 0; k < 40; k++)
        put(w, "shards", k, "b");
    struct db_txn *t = begin(w, DB_READ);
    struct db_stream s = stream_at(w, t, "shards", label);
    size_t n = shards_of(t, &s);
    for (size_t i = 0; i < n && i < 2 * STREAM_LANES; i++)
        x[i] = db_stream_shard(t, &s, (int64_t)i);
    db_end(&t);
    ok(n == 2 * STREAM_LANES, "two shards per lane after five hours");
    bool good = true;
    for (size_t i = 0; i < STREAM_LANES; i++) {
        const struct db_shard *a = &x[i], *b = &x[i + STREAM_LANES];
        good &= a->closed && !b->closed && !a->has_parent && b->has_parent &&
                b->parent_begin_ms == a->begin_ms && a->lane == b->lane && a->last < b->first;
    }
    ok(good, "the old ones are closed and the parents of the new ones");
    uint32_t a = 0, b = 0;
    for (size_t i = 0; i < n; i++) {
        struct seen one = read_shard(w, "shards", label, i, 0, &next, &finished);
        *(i < STREAM_LANES ? &a : &b) += one.n;
        good &= one.ordered && finished == (i < STREAM_LANES);
        buf_free(&one.text);
    }
    ok(good && a == 40 && b == 40, "each has its records; the old ones say that they end");
    w->now_ms += 22 * hour_ms;
    struct seen late = read_all(w, "shards", label);
    ok(late.n == 40, "what is older than 24 hours is not shown: %u", late.n);
    buf_free(&late.text);
    fix_work(w->db);
    struct db_check_report r;
    ok(fix_check(w->db, &r) && r.records == 40, "and removed: %llu left",
       (unsigned long long)r.records);
}

static void test_life(struct world *w)
{
    int64_t first = w->now_ms;
    struct db_stream s[4];
    struct db_stream_after after = {0};
    struct err e = {0};
    size_t n = 0;
    bool more;
    ok(create(w, "life", STREAM_NEW_IMAGE) && put(w, "life", 1, "a") &&
           edit(w, "life", stream_off) && put(w, "life", 1, "b"),
       "switched off");
    is_seen(read_all(w, "life", first), "I>a ", "still readable, and no more comes");
    w->now_ms += 1000;
    int64_t second = w->now_ms;
    ok(edit(w, "life", stream_on) && put(w, "life", 1, "c"), "switched on again");
    is_seen(read_all(w, "life", second), "Mb>c ", "a stream of its own");
    ok(drop(w, "life") && create(w, "life", STREAM_BOTH), "dropped, and made anew in the same ms");
    struct db_txn *t = begin(w, DB_READ);
    bool good = db_stream_list(t, STR("life"), &after, 4, s, &n, &more, &e);
    ok(good && n == 3 && !more, "three streams: %zu", n);
    ok(n == 3 && s[0].label_ms == first && s[1].label_ms == second && s[2].label_ms > second &&
           !s[0].on && !s[1].on && s[2].on,
       "two of them ended");
    good = db_stream_list(t, STR("life"), &after, 2, s, &n, &more, &e);
    ok(good && n == 2 && more, "a page of two");
    after = (struct db_stream_after){STR("life"), s[1].label_ms};
    good = db_stream_list(t, STR("life"), &after, 2, s, &n, &more, &e);
    ok(good && n == 1 && !more && s[0].on, "and the rest");
    good = db_stream_list(t, STR("lif"), &after, 2, s, &n, &more, &e);
    ok(good && n == 0 && !more, "none of another table");
    db_end(&t);
    is_seen(read_all(w, "life", second), "Mb>c ", "the table's end did not take it");
    check(w, "streams of a dropped table");
    w->now_ms += 25 * hour_ms;
    ok(fix_work(w->db) > 0, "a day later");
    t = begin(w, DB_READ);
    after = (struct db_stream_after){0};
    good = db_stream_list(t, STR("life"), &after, 4, s, &n, &more, &e);
    ok(good && n == 1 && s[0].on, "only the one that is on remains");
    db_end(&t);
    check(w, "after a day");
}

static size_t shards_now(struct world *w, const char *name, int64_t label_ms)
{
    struct db_txn *t = begin(w, DB_READ);
    struct db_stream s = stream_at(w, t, name, label_ms);
    size_t n = shards_of(t, &s);
    db_end(&t);
    return n;
}

/* A stream keeps the age of shards that it began with. */
static void test_shard_age(struct world *w, const char *dir)
{
    struct world d = {.env = {world_now, world_random}, .now_ms = w->now_ms};
    int64_t first = d.now_ms, second = first + 5 * 60 * 1000;
    ok(world_db_with(&d, fix_store(dir), 60 * 1000) && create(&d, "minutes", STREAM_BOTH) &&
           put(&d, "minutes", 1, "a"),
       "a shard a minute");
    db_close(&d.db);
    d.now_ms = second;
    ok(world_db(&d, fix_store(dir)) && create(&d, "hours", STREAM_BOTH) &&
           put(&d, "minutes", 1, "b"),
       "restarted with the usual age");
    size_t n = shards_now(&d, "minutes", first);
    ok(n == 6 * STREAM_LANES, "still a shard a minute: %zu", n);
    ok(shards_now(&d, "hours", second) == STREAM_LANES, "new streams have the usual");
    ok(edit(&d, "minutes", stream_off), "switched off");
    d.now_ms += hour_ms;
    db_work_pending(d.db);
    ok(shards_now(&d, "minutes", first) == n, "no more come");
    is_seen(read_all(&d, "minutes", first), "I>a Ma>b ", "all its records");
    check(&d, "ages of shards");
    db_close(&d.db);
    arena_free(&d.mem);
}

/* Sequence numbers grow over restarts, and when the clock is set back. */
static void test_restart(struct world *w, const char *dir)
{
    struct store *s = fix_store(dir);
    struct world d = {.env = {world_now, world_random}, .now_ms = begin_ms, .seed = 1000};
    ok(s != NULL && world_db(&d, s) && create(&d, "T", STREAM_BOTH) && put(&d, "T", 1, "a"),
       "on disk");
    for (int i = 0; i < 5; i++) {
        char x[2] = {(char)('b' + i), '\0'};
        db_close(&d.db);
        d.now_ms -= 5000;
        ok(world_db(&d, fix_store(dir)) && put(&d, "T", 1, x), "restarted, earlier");
    }
    d.now_ms = begin_ms;
    is_seen(read_all(&d, "T", begin_ms), "I>a Ma>b Mb>c Mc>d Md>e Me>f ", "all in order");
    check(&d, "after restarts");
    char secret[32];
    memcpy(secret, db_secret(d.db).p, sizeof(secret));
    db_close(&d.db);
    ok(world_db(&d, fix_store(dir)) && memcmp(secret, db_secret(d.db).p, sizeof(secret)) == 0,
       "the secret stays");
    ok(memcmp(secret, db_secret(w->db).p, sizeof(secret)) != 0, "and is another's not");
    db_close(&d.db);
    arena_free(&d.mem);
}

/* A reader has waited at the end of what there was; then the server is started again with a
 * clock that was set back. */
static void test_position(struct world *w, const char *dir)
{
    struct world d = {.env = {world_now, world_random}, .now_ms = w->now_ms};
    int64_t label = d.now_ms;
    uint64_t position[STREAM_LANES];
    struct buf text = {0};
    bool finished;
    ok(world_db(&d, fix_store(dir)) && create(&d, "waiting", STREAM_BOTH), "a table");
    d.now_ms += hour_ms;
    fix_work(d.db);
    for (size_t lane = 0; lane < STREAM_LANES; lane++)
        (void)read_shard(&d, "waiting", label, lane, 0, &position[lane], &finished);
    db_close(&d.db);
    d.now_ms -= hour_ms / 2;
    ok(world_db(&d, fix_store(dir)) && put(&d, "waiting", 1, "a"), "restarted, earlier");
    for (size_t lane = 0; lane < STREAM_LANES; lane++) {
        struct seen s =
            read_shard(&d, "waiting", label, lane, position[lane], &position[lane], &finished);
        buf_add(&text, buf_str(&s.text));
        buf_free(&s.text);
    }
    is_bytes(buf_str(&text), STR("I>a "), "its position has lost nothing");
    buf_free(&text);
    check(&d, "after a position was kept");
    db_close(&d.db);
    arena_free(&d.mem);
}

/* --- time to live -------------------------------------------------------------- */

static bool there(struct world *w, const char *name, uint32_t k)
{
    struct err e = {0};
    struct str item = {0};
    struct db_txn *t = begin(w, DB_READ);
    bool good = db_item_get(t, db_table(t, str_from_c(name)), fix_key(&w->mem, k), &item, &e);
    bool found = good && item.p != NULL;
    db_end(&t);
    return found;
}

static const char *second_text(struct world *w, int64_t offset_s, const char *fraction)
{
    return arena_printf(&w->mem, "%lld%s", (long long)(w->now_ms / 1000 + offset_s), fraction).p;
}

static void test_ttl_values(struct world *w)
{
    const int64_t year = 365 * 86400;
    const struct {
        const char *what;
        enum attr_type type;
        const char *value;
        bool goes;
    } values[] = {
        {"just over", ATTR_N, second_text(w, -1, ""), true},
        {"with a fraction", ATTR_N, second_text(w, -10, ".75"), true},
        {"four years ago", ATTR_N, second_text(w, -4 * year, ""), true},
        {"six years ago", ATTR_N, second_text(w, -6 * year, ""), false},
        {"zero", ATTR_N, "0", false},
        {"below zero", ATTR_N, "-1700000000", false},
        {"in a minute", ATTR_N, second_text(w, 60, ""), false},
        {"in milliseconds", ATTR_N, "1700000000123", false},
        {"huge", ATTR_N, "100000000000000000000000000000", false},
        {"a string", ATTR_S, second_text(w, -1, ""), false},
        {"binary", ATTR_B, second_text(w, -1, ""), false},
    };
    int64_t label = w->now_ms;
    uint32_t n = 0;
    ok(create(w, "ttl", STREAM_OLD_IMAGE) && edit(w, "ttl", ttl_on), "a table");
    for (uint32_t k = 0; k < COUNT_OF(values); k++)
        ok(write_one(w, "ttl", k, make(w, k, "a", "ttl", values[k].type, values[k].value)),
           "written: %s", values[k].what);
    check(w, "times of expiry");
    w->now_ms += 31000;
    fix_work(w->db);
    for (uint32_t k = 0; k < COUNT_OF(values); k++) {
        n += values[k].goes;
        ok(there(w, "ttl", k) != values[k].goes, "%s: %s", values[k].what,
           values[k].goes ? "gone" : "still there");
    }
    struct seen s = read_all(w, "ttl", label);
    ok(s.by_ttl == n && s.n == COUNT_OF(values) + n, "their records say who deleted them");
    buf_free(&s.text);
    check(w, "after the deletions");
}

static void test_ttl_changes(struct world *w)
{
    ok(create(w, "change", STREAM_NONE) && edit(w, "change", ttl_on), "a table");
    const char *soon = second_text(w, 10, ""), *late = second_text(w, 1000, "");
    for (uint32_t k = 0; k < 6; k++)
        write_one(w, "change", k, make(w, k, "a", "ttl", ATTR_N, soon));
    write_one(w, "change", 0, make(w, 0, "a", "ttl", ATTR_N, late)); /* put off */
    put(w, "change", 1, "a");                                        /* taken away */
    write_one(w, "change", 2, make(w, 2, "b", "ttl", ATTR_N, soon)); /* something else */
    write_one(w, "change", 3, make(w, 3, "a", "ttl", ATTR_S, soon)); /* no number any more */
    del(w, "change", 4);
    check(w, "after changes");
    w->now_ms += 40000;
    fix_work(w->db);
    ok(there(w, "change", 0) && there(w, "change", 1) && there(w, "change", 3),
       "what was changed lives");
    ok(!there(w, "change", 2) && !there(w, "change", 4) && !there(w, "change", 5),
       "the rest does not");
    /* Below what earlier sweeps have come to. */
    ok(write_one(w, "change", 7, make(w, 7, "a", "ttl", ATTR_N, second_text(w, -100000, ""))),
       "one that expired long ago is written");
    w->now_ms += 40000;
    fix_work(w->db);
    ok(!there(w, "change", 7), "and found");
    check(w, "after sweeps");
}

static void test_ttl_setting(struct world *w)
{
    struct db_check_report r;
    const char *soon = second_text(w, 3600, "");
    ok(create(w, "set", STREAM_NONE), "a table");
    for (uint32_t k = 0; k < 1000; k++)
        write_one(w, "set", k, make(w, k, "a", "ttl", ATTR_N, soon));
    ok(edit(w, "set", ttl_on) && fix_check(w->db, &r), "switched on with items there");
    uint64_t before = r.expiries;
    struct err e = {0};
    struct db_txn *t = begin(w, DB_WRITE);
    ok(db_work_pending(w->db) && db_work_step(t, &e) && commit(&t) && fix_check(w->db, &r) &&
           r.expiries > before && r.expiries < before + 1000,
       "indexed in slices");
    del(w, "set", 1);
    del(w, "set", 999);
    write_one(w, "set", 998, make(w, 998, "b", "ttl", ATTR_N, second_text(w, 7200, "")));
    ok(fix_work(w->db) > 1 && fix_check(w->db, &r) && r.expiries == before + 998,
       "all of them: %llu", (unsigned long long)r.expiries);
    w->now_ms += 1000;
    ok(edit(w, "set", ttl_off) && fix_check(w->db, &r) && r.expiries == before, "switched off");
    w->now_ms += 1000;
    ok(edit(w, "set", ttl_on) && fix_work(w->db) > 3 && fix_check(w->db, &r) &&
           r.expiries == before + 998,
       "and on before the old ones had gone");
    w->now_ms += 3700 * 1000;
    fix_work(w->db);
    ok(!there(w, "set", 2) && there(w, "set", 998), "they expire");
    ok(fix_check(w->db, &r) && r.expiries == 2 + 1,
       "a thousand in slices, beside two that never expire: %llu left",
       (unsigned long long)r.expiries);
    ok(drop(w, "set") && fix_work(w->db) > 0, "the table is dropped");
    check(w, "nothing of it is left");
}

/* A sweep that is not committed is done again. */
static void test_ttl_abort(struct world *w)
{
    struct err e = {0};
    ok(create(w, "abort", STREAM_NONE) && edit(w, "abort", ttl_on) && fix_work(w->db) >= 0,
       "a table");
    for (uint32_t k = 0; k < 200; k++)
        write_one(w, "abort", k, make(w, k, "a", "ttl", ATTR_N, second_text(w, -1, "")));
    w->now_ms += 31000;
    for (int i = 0; i < 6 && db_work_pending(w->db); i++) {
        struct db_txn *t = begin(w, DB_WRITE);
        ok(db_work_step(t, &e), "a slice");
        if (i % 2 == 0)
            db_end(&t);
        else
            commit(&t);
    }
    fix_work(w->db);
    uint32_t left = 0;
    for (uint32_t k = 0; k < 200; k++)
        left += there(w, "abort", k);
    ok(left == 0, "all are gone in the end: %u left", left);
    check(w, "after aborted slices");
}

/* The clock was ten years ahead for a while, so that what expires now was left alone. */
static void test_ttl_clock(struct world *w)
{
    const int64_t ten_years_ms = 10 * 365 * 24 * hour_ms;
    ok(create(w, "ahead", STREAM_NONE) && edit(w, "ahead", ttl_on) && fix_work(w->db) > 0 &&
           write_one(w, "ahead", 1, make(w, 1, "a", "ttl", ATTR_N, second_text(w, 60, ""))),
       "a table");
    w->now_ms += ten_years_ms;
    ok(fix_work(w->db) >= 0 && there(w, "ahead", 1), "expired too long ago");
    w->now_ms -= ten_years_ms;
    ok(fix_work(w->db) >= 0 && there(w, "ahead", 1), "not yet, as the clock says now");
    w->now_ms += 120000;
    ok(fix_work(w->db) >= 0 && !there(w, "ahead", 1), "in its time");
    check(w, "after the clock was set right");
}

/* --- faults -------------------------------------------------------------------- */

enum { FAULT_KEYS = 8 };

/* What the records say the items are. */
struct replay {
    struct world *w;
    bool good;
    uint32_t n;
    struct str item[FAULT_KEYS];
};

static void replay_one(void *arg, const struct db_stream_view *r)
{
    struct replay *p = arg;
    struct arena *mem = &p->w->mem;
    uint32_t k = 0;
    while (k < FAULT_KEYS && !str_eq(r->keys, fix_key(mem, k)))
        k++;
    p->n++;
    p->good &= k < FAULT_KEYS && str_eq(p->item[k], r->old_image);
    if (k < FAULT_KEYS)
        p->item[k] = r->new_image.p != NULL ? arena_dup(mem, r->new_image) : (struct str){0};
}

static bool replay_agrees(struct world *w, const char *name, int64_t label_ms, uint32_t *n)
{
    struct err e = {0};
    struct replay p = {.w = w, .good = true};
    struct db_txn *t = begin(w, DB_READ_SNAPSHOT);
    struct db_stream s = stream_at(w, t, name, label_ms);
    struct db_shard_range shards = db_stream_shards(t, &s);
    bool good = true, finished;
    uint64_t next;
    for (int64_t i = shards.from; good && i < shards.to; i++) {
        struct db_shard shard = db_stream_shard(t, &s, i);
        good = db_stream_read(t, &s, &shard, 0, 100000, replay_one, &p, &next, &finished, &e);
    }
    for (uint32_t k = 0; good && k < FAULT_KEYS; k++) {
        struct str item;
        good = db_item_get(t, db_table(t, str_from_c(name)), fix_key(&w->mem, k), &item, &e) &&
               str_eq(item, p.item[k]);
    }
    db_end(&t);
    *n = p.n;
    return good && p.good;
}

/* One of some things to do; it may fail. */
static bool faulty_turn(struct world *w, const char *name)
{
    struct err e = {0};
    struct db_txn *t = NULL;
    uint32_t k = fix_random(FAULT_KEYS);
    const char *when = second_text(w, (int64_t)fix_random(120) - 60, "");
    struct str item = make(w, k, fix_number(&w->mem, fix_random(1000)), "ttl", ATTR_N, when);
    bool work = db_work_pending(w->db), good = db_begin(w->db, DB_WRITE, false, &t, &e);
    if (good && work)
        good = db_work_step(t, &e);
    else if (good)
        good = fix_write(t, db_table(t, str_from_c(name)), &w->mem, k,
                         fix_random(5) == 0 ? (struct str){0} : item, NULL, &e);
    good = good && db_commit(&t, &e);
    db_end(&t);
    return good;
}

/* Sets the tags of the stream that began at begin_ms, or none; shows what they are then. */
static bool tags_of(struct world *w, const char *set, const char *expected)
{
    struct err e = {0};
    struct db_stream s, named = {.table_name = STR("G"), .label_ms = begin_ms};
    struct str tags;
    struct buf out = {.mem = &w->mem};
    struct attr_build b;
    struct attr v;
    bool found;
    struct db_txn *t = begin(w, DB_WRITE);
    bool good = db_stream_get(t, STR("G"), begin_ms, &s, &found, &e) && found;
    if (good && set != NULL) {
        item_begin(&b, &out);
        fix_add(&b, "team", ATTR_S, set);
        item_end(&b);
        good = db_stream_set_tags(t, &s, set[0] != '\0' ? buf_str(&out) : (struct str){0}, &e);
    }
    good = good && commit(&t);
    t = good ? begin(w, DB_READ) : NULL;
    good = good && db_stream_tags(t, &named, &tags, &e);
    if (good && expected == NULL)
        good = tags.p == NULL;
    else if (good)
        good = item_find(tags, STR("team"), &v) && str_eq(v.body, str_from_c(expected));
    db_end(&t);
    return good;
}

static void test_tags(void)
{
    struct world w = {.env = {world_now, world_random}, .now_ms = begin_ms};
    struct db_check_report r;
    ok(world_db(&w, fix_store(NULL)) && create(&w, "G", STREAM_BOTH) && tags_of(&w, NULL, NULL),
       "a stream without tags");
    ok(tags_of(&w, "a", "a") && tags_of(&w, "b", "b"), "tags are set and replaced");
    ok(tags_of(&w, "", NULL) && tags_of(&w, "c", "c"), "and taken away");
    ok(drop(&w, "G") && fix_work(w.db) >= 0 && tags_of(&w, NULL, "c") && fix_check(w.db, &r),
       "they outlive the table");
    w.now_ms += 25 * hour_ms;
    struct db_stream s = {.table_name = STR("G"), .label_ms = begin_ms};
    struct str tags = STR("?");
    struct err e = {0};
    bool worked = fix_work(w.db) >= 0 && fix_check(w.db, &r) && r.streams == 0;
    struct db_txn *t = begin(&w, DB_READ);
    ok(worked && db_stream_tags(t, &s, &tags, &e) && tags.p == NULL, "and end with the stream");
    db_end(&t);
    db_close(&w.db);
    arena_free(&w.mem);
}

/* Every call of the store fails once; what is left must agree each time. */
static void test_faults(void)
{
    struct world w = {.env = {world_now, world_random}, .now_ms = begin_ms};
    struct store_fault fault;
    struct db_check_report r;
    uint32_t failed = 0, n = 0;
    bool good = true;
    store_fault_init(&fault, fix_store(NULL));
    ok(world_db(&w, &fault.base) && create(&w, "F", STREAM_BOTH) && edit(&w, "F", ttl_on),
       "a store that fails");
    for (int at = 0; at < 300 && good; at++) {
        atomic_store(&fault.countdown, at % 60);
        for (int i = 0; i < 8; i++)
            failed += !faulty_turn(&w, "F");
        atomic_store(&fault.countdown, -1);
        good = fix_check(w.db, &r) && replay_agrees(&w, "F", begin_ms, &n);
        w.now_ms += 10000;
    }
    ok(good, "records and items agree after each failure");
    ok(failed > 150, "%u failures, %u records", failed, n);
    w.now_ms += 300 * 1000;
    ok(fix_work(w.db) >= 0 && fix_check(w.db, &r) && r.items == 0, "in the end all have expired");
    db_close(&w.db);
    arena_free(&w.mem);
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    struct world w = {.env = {world_now, world_random}, .now_ms = begin_ms};
    char dir[] = "/tmp/db_stream_test_XXXXXX", cmd[64];
    if (mkdtemp(dir) == NULL || !world_db(&w, fix_store(NULL)))
        return 1;
    test_views(&w);
    test_rollback(&w);
    test_latest(&w);
    check(&w, "streams");
    w.now_ms += 100 * hour_ms;
    test_life(&w);
    test_restart(&w, dir);
    w.now_ms += 100 * hour_ms;
    test_shard_age(&w, dir);
    w.now_ms += 100 * hour_ms;
    test_position(&w, dir);
    test_ttl_values(&w);
    test_ttl_changes(&w);
    test_ttl_setting(&w);
    test_ttl_abort(&w);
    test_ttl_clock(&w);
    db_close(&w.db);
    if (!world_db(&w, fix_store(NULL)))
        return 1;
    test_shards(&w);
    test_faults();
    test_tags();
    db_close(&w.db);
    arena_free(&w.mem);
    snprintf(cmd, sizeof(cmd), "rm -r %s", dir);
    return tap_done() + (system(cmd) != 0);
}
