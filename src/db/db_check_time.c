/* db_check_time.c - checks of times of expiry and of streams; see db_check.h.
 *
 * As with index entries: each item's time is looked up, and there are as many as
 * items that have one, so there is no other. */
#include "db/db_check_int.h"
#include "db/db_stream_code.h"
#include "db/db_stream_int.h"
#include "model/item.h"

enum { TTL_PREFIX_BYTES = 13 };

typedef bool check_each(struct check *c, void *arg, struct str key, struct str value);

static bool walk(struct check *c, struct str from, struct str to, check_each *each, void *arg)
{
    struct store_cursor *cursor;
    struct str key, value;
    bool good, have;
    if (!store_scan(c->t->store, from, to, false, &cursor, c->e))
        return false;
    while ((good = store_cursor_next(cursor, &key, &value, &have, c->e)) && have)
        if (!each(c, arg, key, value))
            break;
    store_cursor_close(&cursor);
    return good && c->e->code == ERR_NONE; /* each() may have failed */
}

static bool exists(struct check *c, struct str key, bool *out)
{
    struct store_value v;
    if (!store_get(c->t->store, key, &v, c->e))
        return false;
    *out = v.bytes.p != NULL;
    store_value_release(&v);
    return true;
}

/* --- times of expiry ----------------------------------------------------------- */

/* Items of before are still being indexed: theirs may be missing. */
static bool filling(struct check *c, const struct table *table, bool *out)
{
    c->t->key.n = 0;
    db_key_marker(&c->t->key, DB_SPACE_TTL_FILL, table->def->id, 0);
    return exists(c, buf_str(&c->t->key), out);
}

bool check_expiry_of(struct check *c, const struct table *table, struct str key, struct str item)
{
    bool there, partly;
    if (!db_ttl_entry(&c->t->entry_key[0], table->def, key, item))
        return true;
    if (!exists(c, buf_str(&c->t->entry_key[0]), &there) || !filling(c, table, &partly))
        return false;
    c->expiring += there;
    if (!there && !partly)
        check_problem(c, table, "an item's time of expiry is missing");
    return true;
}

static bool count(struct check *c, void *arg, struct str key, struct str value)
{
    (void)c, (void)key, (void)value;
    ++*(uint64_t *)arg;
    return true;
}

static void ttl_prefix(struct buf *out, uint32_t table, uint64_t since)
{
    buf_byte(out, DB_SPACE_TTL);
    db_put_u32(out, table);
    stream_put_u64(out, since);
}

bool check_expiries(struct check *c, const struct table *table)
{
    struct buf from = {.mem = &c->t->mem}, to = {.mem = &c->t->mem};
    uint64_t n = 0;
    if (table->def->ttl_attribute.n == 0)
        return true;
    ttl_prefix(&from, table->def->id, (uint64_t)table->def->ttl_changed_ms);
    ttl_prefix(&to, table->def->id, (uint64_t)table->def->ttl_changed_ms + 1);
    if (!walk(c, buf_str(&from), buf_str(&to), count, &n))
        return false;
    c->report->expiries += n;
    if (n != c->expiring)
        check_problem(c, table, "has %llu times of expiry, its items have %llu",
                      (unsigned long long)n, (unsigned long long)c->expiring);
    return true;
}

/* Is what has this prefix of a table, or waiting to be removed? */
static bool expiry_owned(struct check *c, struct str key, bool *is)
{
    uint32_t table = db_get_u32(key.p + 1);
    uint64_t since = stream_get_u64(key.p + 5);
    const struct table *t = db_table_by_id(c->t, table);
    *is = t != NULL && t->def->ttl_attribute.n > 0 && (uint64_t)t->def->ttl_changed_ms == since;
    for (int whole = 0; whole < 2 && !*is; whole++) {
        c->t->key.n = 0;
        buf_byte(&c->t->key, DB_SPACE_TTL_DROPPED);
        db_put_u32(&c->t->key, table);
        stream_put_u64(&c->t->key, whole ? 0 : since);
        if (!exists(c, buf_str(&c->t->key), is))
            return false;
    }
    return true;
}

static bool first_key(struct check *c, void *arg, struct str key, struct str value)
{
    (void)value;
    *(struct str *)arg = arena_dup(&c->t->mem, key);
    return false;
}

/* Hops from one (table, since) to the next. */
bool check_expiry_owners(struct check *c)
{
    char end = DB_SPACE_TTL + 1;
    struct buf from = {0};
    struct str key;
    bool good, is;
    buf_byte(&from, DB_SPACE_TTL);
    do {
        key = (struct str){0};
        good = walk(c, buf_str(&from), (struct str){&end, 1}, first_key, &key);
        if (!good || key.p == NULL)
            break;
        if (key.n < TTL_PREFIX_BYTES) {
            check_problem(c, NULL, "the key of a time of expiry is too short");
            break;
        }
        good = expiry_owned(c, key, &is);
        if (good && !is)
            check_problem(c, NULL, "times of expiry of table %u belong to nothing",
                          db_get_u32(key.p + 1));
        from.n = 0;
    } while (good && key_after_prefix(&from, (struct str){key.p, TTL_PREFIX_BYTES}));
    buf_free(&from);
    return good;
}

/* --- streams ------------------------------------------------------------------- */

struct known {
    uint32_t n, cap, latest;
    struct known_stream {
        uint32_t table;
        int64_t label_ms;
        struct stream_head head;
    } * stream;
};

static bool see_stream(struct check *c, void *arg, struct str key, struct str value)
{
    struct known *k = arg;
    struct known_stream s;
    struct err why = {0};
    struct str name;
    c->report->streams++;
    if (!stream_head_key_parse(key, &name, &s.label_ms) ||
        !stream_head_decode(value, &s.head, &why)) {
        check_problem(c, NULL, "a stream is malformed: %s", why.msg);
        return true;
    }
    s.table = s.head.table;
    const struct table *t = db_table_by_id(c->t, s.table);
    bool on = t != NULL && t->def->stream != STREAM_NONE && t->def->stream_label_ms == s.label_ms;
    if (on != (s.head.end == 0))
        check_problem(c, t, "a stream is %s, its table says %s", on ? "closed" : "open",
                      on ? "open" : "closed");
    if (k->n == k->cap) {
        struct known_stream *old = k->stream;
        k->cap = k->cap == 0 ? 16 : 2 * k->cap;
        k->stream = NEW_ARRAY(&c->t->mem, struct known_stream, k->cap);
        if (k->n > 0)
            memcpy(k->stream, old, k->n * sizeof(*old));
    }
    k->stream[k->n++] = s;
    return true;
}

static bool see_record(struct check *c, void *arg, struct str key, struct str value)
{
    struct known *k = arg;
    struct err why = {0};
    c->report->records++;
    if (key.n != STREAM_RECORD_KEY_BYTES || !stream_record_check(value, &why)) {
        check_problem(c, NULL, "a stream record is malformed: %s", why.msg);
        return true;
    }
    uint32_t table = db_get_u32(key.p + 1), i = k->latest;
    int64_t label_ms = (int64_t)stream_get_u64(key.p + 5);
    if (i >= k->n || k->stream[i].table != table || k->stream[i].label_ms != label_ms)
        for (i = 0; i < k->n; i++)
            if (k->stream[i].table == table && k->stream[i].label_ms == label_ms)
                break;
    k->latest = i;
    uint64_t end = i < k->n ? k->stream[i].head.end : 0;
    uint64_t sequence = stream_get_u64(key.p + 14);
    if (i == k->n)
        check_problem(c, NULL, "a stream record of table %u belongs to nothing", table);
    else if ((unsigned char)key.p[13] >= STREAM_LANES || (end != 0 && sequence >= end) ||
             sequence > c->t->stream_floor)
        check_problem(c, NULL, "a stream record of table %u is at the wrong place", table);
    return true;
}

/* Tags end with their stream, so there is one. */
static bool see_tags(struct check *c, void *arg, struct str key, struct str value)
{
    struct err why = {0};
    struct str name;
    int64_t label_ms;
    bool found;
    (void)arg;
    if (!stream_head_key_parse(key, &name, &label_ms) || !item_check(value, &why)) {
        check_problem(c, NULL, "the tags of a stream are malformed: %s", why.msg);
        return true;
    }
    c->t->key.n = 0;
    stream_head_key(&c->t->key, name, label_ms);
    if (!exists(c, buf_str(&c->t->key), &found))
        return false;
    if (!found)
        check_problem(c, NULL, "tags of a stream of table " STR_FMT " belong to nothing",
                      STR_ARG(name));
    return true;
}

bool check_streams(struct check *c)
{
    struct known k = {0};
    char tags = DB_SPACE_STREAM_TAGS, after_tags = DB_SPACE_STREAM_TAGS + 1;
    char heads = DB_SPACE_STREAM, after_heads = DB_SPACE_STREAM + 1;
    char records = DB_SPACE_RECORD, after_records = DB_SPACE_RECORD + 1;
    if (!walk(c, (struct str){&heads, 1}, (struct str){&after_heads, 1}, see_stream, &k))
        return false;
    for (uint32_t i = 0; i < c->t->view->n; i++) {
        const struct table_def *d = c->t->view->table[i]->def;
        bool found = d->stream == STREAM_NONE;
        for (uint32_t j = 0; j < k.n && !found; j++)
            found = k.stream[j].table == d->id && k.stream[j].label_ms == d->stream_label_ms;
        if (!found)
            check_problem(c, c->t->view->table[i], "its stream is missing");
    }
    return walk(c, (struct str){&tags, 1}, (struct str){&after_tags, 1}, see_tags, NULL) &&
           walk(c, (struct str){&records, 1}, (struct str){&after_records, 1}, see_record, &k);
}
