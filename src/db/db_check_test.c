/* db_check_test.c - each sort of damage is done to sound data, is found by the check, in the
 * words that it should be, and is mended again: a check that finds nothing proves nothing
 * unless it can find something. */
#include <unistd.h>

#include "db/db_fixture_int.h"
#include "db/db_int.h"
#include "db/db_stream_code.h"
#include "db/db_stream_tags.h"

enum { ITEMS = 40, TABLE = 1, LOCAL = 1, GLOBAL = 2, NO_TABLE = 99, NO_INDEX = 77 };

static struct str space_prefix(struct arena *mem, char space, uint32_t table, int index)
{
    struct buf out = {.mem = mem};
    if (space == KEY_SPACE_DATA && index >= 0) {
        key_prefix(&out, table, (uint16_t)index);
    } else {
        buf_byte(&out, space);
        if (table > 0)
            db_put_u32(&out, table);
    }
    return buf_str(&out);
}

enum act {
    LOSE,  /* the first pair of those */
    SPOIL, /* its value */
    MOVE,  /* it, to the key with another last byte */
    ADD,   /* one under the prefix and `tail`, with the value of another of its kind */
};

static const struct damage {
    enum act act;
    char space;
    uint32_t table;
    int index; /* of 'd'; -1: none */
    struct str tail;
    const char *says; /* the check, in one of its lines; or why the database does not open */
} damages[] = {
    {LOSE, 'd', TABLE, 0, {0}, "its items have"},
    {SPOIL, 'd', TABLE, 0, {0}, "an item is malformed"},
    {MOVE, 'd', TABLE, 0, {0}, "stored under a key that is not its own"},
    {LOSE, 'd', TABLE, LOCAL, {0}, "no entry in index local"},
    {LOSE, 'd', TABLE, GLOBAL, {0}, "no entry in index all"},
    {SPOIL, 'd', TABLE, GLOBAL, {0}, "an entry of index all differs from its item"},
    {ADD, 'd', TABLE, GLOBAL, {"more", 4}, "index all has"},
    {LOSE, 'd', TABLE, KEY_INDEX_COLLECTIONS, {0}, "an item collection counts 0 bytes"},
    {SPOIL, 'd', TABLE, KEY_INDEX_COLLECTIONS, {0}, "the size of an item collection is malformed"},
    {ADD, 'd', TABLE, KEY_INDEX_COLLECTIONS, {"more", 4}, "sizes of them"},
    {ADD, 'd', NO_TABLE, 0, {"more", 4}, "data of table 99, index 0 belong to nothing"},
    {ADD, 'd', TABLE, NO_INDEX, {"more", 4}, "data of table 1, index 77 belong to nothing"},
    {ADD, 'd', 0, -1, {"x", 1}, "a key of data is too short"},
    {LOSE, 'n', TABLE, -1, {0}, "counts 0 items of 0 bytes, has"},
    {SPOIL, 'n', TABLE, -1, {0}, "the data are damaged: counters of table T"},
    {LOSE, 't', TABLE, -1, {0}, "an item's time of expiry is missing"},
    {ADD, 't', TABLE, -1, {"\0\0\0\0\0\0\0\1more", 12}, "times of expiry, its items have"},
    {ADD, 't', NO_TABLE, -1, {"\0\0\0\0\0\0\0\1more", 12}, "times of expiry of table 99 belong"},
    {ADD, 't', TABLE, -1, {"\0\0\0\0\0\0\0\7more", 12}, "times of expiry of table 1 belong"},
    {ADD, 't', 0, -1, {"x", 1}, "the key of a time of expiry is too short"},
    {LOSE, 'S', 0, -1, {0}, "its stream is missing"},
    {SPOIL, 'S', 0, -1, {0}, "a stream is malformed"},
    {LOSE, 'g', 0, -1, {0}, NULL}, /* a stream without tags: nothing wrong */
    {SPOIL, 'g', 0, -1, {0}, "the tags of a stream are malformed"},
    {MOVE, 'g', 0, -1, {0}, "tags of a stream of table T belong to nothing"},
    {SPOIL, 's', TABLE, -1, {0}, "a stream record is malformed"},
    {MOVE, 's', TABLE, -1, {0}, NULL}, /* another sequence number: nothing wrong */
    {ADD, 's', NO_TABLE, -1, {"\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\1", 17}, "belongs to nothing"},
    {ADD, 's', TABLE, -1, {"\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\1", 17}, "belongs to nothing"},
};

/* Two pairs at most are other than they should be. */
struct undo {
    struct str key[2], value[2]; /* value.p == NULL: none was there */
    int n;
};

static bool set(struct store_txn *t, struct arena *mem, struct undo *u, struct str key,
                struct str value, struct err *e)
{
    struct store_value v;
    if (!store_get(t, key, &v, e))
        return false;
    u->key[u->n] = arena_dup(mem, key);
    u->value[u->n++] = v.bytes.p != NULL ? arena_dup(mem, v.bytes) : (struct str){0};
    store_value_release(&v);
    return value.p != NULL ? store_put(t, key, value, e) : store_del(t, key, e);
}

static bool first_pair(struct store_txn *t, struct arena *mem, struct str prefix, struct str *key,
                       struct str *value, struct err *e)
{
    struct buf to = {.mem = mem};
    struct store_cursor *c;
    bool have = false;
    if (!key_after_prefix(&to, prefix) || !store_scan(t, prefix, buf_str(&to), false, &c, e))
        return false;
    bool good = store_cursor_next(c, key, value, &have, e) && have;
    if (good) {
        *key = arena_dup(mem, *key);
        *value = arena_dup(mem, *value);
    }
    store_cursor_close(&c);
    return good;
}

static bool act(struct store_txn *t, struct arena *mem, const struct damage *d, struct undo *u,
                struct err *e)
{
    struct str prefix = space_prefix(mem, d->space, d->table, d->index), key, value;
    struct buf other = {.mem = mem};
    if (!first_pair(t, mem, d->act == ADD ? space_prefix(mem, d->space, 0, -1) : prefix, &key,
                    &value, e))
        return false;
    if (d->act == ADD) {
        buf_add(&other, prefix);
        buf_add(&other, d->tail);
        return set(t, mem, u, buf_str(&other), value, e);
    }
    if (d->act == SPOIL)
        return set(t, mem, u, key, STR("\7spoilt"), e);
    buf_add(&other, key);
    other.p[other.n - 1] ^= 0x40;
    return set(t, mem, u, key, (struct str){0}, e) &&
           (d->act == LOSE || set(t, mem, u, buf_str(&other), value, e));
}

/* In the store of a closed database; `d` NULL: mends. */
static bool change(const char *dir, struct arena *mem, const struct damage *d, struct undo *u)
{
    struct err e = {0};
    struct store *s = fix_store(dir);
    struct store_txn *t;
    bool good = s != NULL && store_begin(s, STORE_WRITE, &t, &e);
    if (good && d != NULL)
        good = act(t, mem, d, u, &e);
    for (; good && d == NULL && u->n > 0; u->n--)
        good = u->value[u->n - 1].p != NULL ? store_put(t, u->key[u->n - 1], u->value[u->n - 1], &e)
                                            : store_del(t, u->key[u->n - 1], &e);
    good = good ? store_commit(&t, &e) : (store_abort(&t), false);
    store_close(&s);
    return good;
}

struct heard {
    const char *wanted;
    bool found;
    uint64_t lines;
};

static void hear(void *arg, const char *line)
{
    struct heard *h = arg;
    h->lines++;
    h->found |= h->wanted != NULL && strstr(line, h->wanted) != NULL;
}

static struct heard check(const char *dir, const char *wanted)
{
    struct heard h = {.wanted = wanted};
    struct err e = {0};
    struct db *db = NULL;
    struct db_txn *t;
    struct db_check_report r;
    struct db_options o = {.store = fix_store(dir),
                           .env = env_system(),
                           .cache_bytes = 1 << 20,
                           .region = "local",
                           .account = "000000000000"};
    bool good = db_open(&o, &db, &e) && db_begin(db, DB_READ_SNAPSHOT, false, &t, &e);
    if (good && (!db_check(t, hear, &h, &r, &e) || r.problems != h.lines))
        hear(&h, "the check itself failed");
    if (good)
        db_end(&t);
    if (e.code != ERR_NONE)
        hear(&h, e.msg);
    db_close(&db);
    return h;
}

/* A table with indexes, times of expiry (attribute h) and a stream with tags. */
static bool make(const char *dir, struct arena *mem)
{
    struct err e = {0};
    struct db_txn *t;
    const struct table *table;
    struct db *db = fix_open(fix_store(dir));
    struct table_def *def = fix_def(mem, "T");
    def->ttl_attribute = STR("h");
    def->ttl_changed_ms = 1;
    def->stream = STREAM_BOTH;
    bool good =
        db != NULL && db_begin(db, DB_WRITE, false, &t, &e) && db_table_create(t, def, &table, &e);
    struct db_stream stream = {.table_name = STR("T")};
    if (good)
        stream.label_ms = table_def(table)->stream_label_ms;
    good = good && db_stream_set_tags(t, &stream, fix_item(mem, 0), &e);
    for (uint32_t k = 0; good && k < ITEMS; k++)
        good = fix_write(t, table, mem, k, fix_item(mem, k), NULL, &e);
    good = good && db_commit(&t, &e);
    db_close(&db);
    return good;
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    char dir[] = "/tmp/db_check_test_XXXXXX", cmd[64];
    struct arena mem = {0};
    if (mkdtemp(dir) == NULL)
        return 1;
    ok(make(dir, &mem) && check(dir, NULL).lines == 0, "sound data");
    for (size_t i = 0; i < COUNT_OF(damages); i++) {
        const struct damage *d = &damages[i];
        struct undo u = {0};
        bool done = change(dir, &mem, d, &u);
        struct heard h = check(dir, d->says);
        ok(done && (d->says != NULL ? h.found : h.lines == 0), "damage %zu: %s (%llu lines)", i,
           d->says != NULL ? d->says : "nothing to say", (unsigned long long)h.lines);
        if (!change(dir, &mem, NULL, &u))
            break;
    }
    ok(check(dir, NULL).lines == 0, "sound again");
    arena_free(&mem);
    snprintf(cmd, sizeof(cmd), "rm -r %s", dir);
    return tap_done() + (system(cmd) != 0);
}
