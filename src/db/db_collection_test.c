/* db_collection_test.c - sizes of item collections: exact after random changes, their
 * limit, a database from before they were kept, and that the check sees a wrong one. */
#include <unistd.h>

#include "db/db_fixture_int.h"
#include "db/db_int.h"

enum { ITEMS = 60, LIMIT = 2000 };

static struct db *open_limited(const char *dir, int64_t limit)
{
    struct err e = {0};
    struct db *db = NULL;
    struct db_options o = {.store = fix_store(dir),
                           .env = env_system(),
                           .cache_bytes = 1 << 20,
                           .collection_bytes = limit,
                           .region = "local",
                           .account = "000000000000"};
    if (!db_open(&o, &db, &e))
        printf("# db_open: %s\n", e.msg);
    return db;
}

/* Replaces item k, in a transaction of its own. */
static bool put(struct db *db, uint32_t k, struct str item, struct err *e)
{
    struct arena mem = {0};
    struct db_txn *t;
    if (!db_begin(db, DB_WRITE, false, &t, e))
        return false;
    db_savepoint(t);
    bool good = fix_write(t, db_table(t, STR("T")), &mem, k, item, NULL, e);
    if (good)
        db_release(t);
    else
        db_rollback(t);
    good &= db_commit(&t, &(struct err){0});
    arena_free(&mem);
    return good;
}

/* Item k with `bytes` more of text, in no index. */
static struct str padded(struct arena *mem, uint32_t k, size_t bytes)
{
    struct buf out = {.mem = mem};
    struct attr_build b;
    char *text = arena_alloc(mem, bytes + 1);
    memset(text, 'x', bytes);
    item_begin(&b, &out);
    fix_add(&b, "pk", ATTR_S, (const char *[]){"p1", "p2", "p3", "p4"}[k % 4]);
    fix_add(&b, "sk", ATTR_N, fix_number(mem, k / 4));
    fix_add(&b, "x", ATTR_S, text);
    item_end(&b);
    return buf_str(&out);
}

static int64_t size_of(struct db *db, struct arena *mem, uint32_t k)
{
    struct err e = {0};
    struct db_txn *t;
    int64_t bytes = -1;
    if (!db_begin(db, DB_READ, true, &t, &e))
        return -1;
    if (!db_collection_bytes(t, db_table(t, STR("T")), fix_key(mem, k), &bytes, &e))
        bytes = -1;
    db_end(&t);
    return bytes;
}

static void test_exact(struct db *db, struct arena *mem)
{
    struct err e = {0};
    struct db_check_report r;
    bool good = true;
    for (uint32_t i = 0; i < 600 && good; i++) {
        uint32_t k = fix_random(ITEMS);
        good = put(db, k, fix_random(3) == 0 ? (struct str){0} : fix_item(mem, k), &e);
    }
    ok(good && fix_check(db, &r), "sizes are exact after random changes");
    for (uint32_t k = 0; k < ITEMS && good; k++)
        good = put(db, k, (struct str){0}, &e);
    ok(good && size_of(db, mem, 0) == 0 && fix_check(db, &r), "an empty collection has no record");
}

static void test_limit(struct db *db, struct arena *mem)
{
    struct err e = {0};
    struct db_check_report r;
    int64_t full;
    ok(put(db, 0, padded(mem, 0, 900), &e) && put(db, 4, padded(mem, 4, 900), &e),
       "a collection that is almost full");
    full = size_of(db, mem, 0);
    ok(full > 1800 && full <= LIMIT, "%lld bytes", (long long)full);
    ok(!put(db, 8, padded(mem, 8, 400), &e) && e.code == ERR_ITEM_COLLECTION_SIZE_LIMIT_EXCEEDED,
       "one item more is refused: %s", e.msg);
    err_clear(&e);
    ok(size_of(db, mem, 0) == full && fix_check(db, &r), "and nothing has changed");
    ok(put(db, 1, padded(mem, 1, 900), &e), "another collection is not concerned");
    ok(put(db, 8, padded(mem, 8, (size_t)(LIMIT - full) - 9), &e) && size_of(db, mem, 0) == LIMIT,
       "an item that just fits");
    ok(!put(db, 4, padded(mem, 4, 901), &e), "an item that grows by a byte is refused");
    err_clear(&e);
    ok(put(db, 4, padded(mem, 4, 899), &e) && put(db, 0, (struct str){0}, &e),
       "smaller and deleted ones are not");
}

static bool change_store(struct db *db, bool collections, struct err *e)
{
    struct store_txn *t;
    struct buf from = {0}, to = {0};
    struct store_cursor *c;
    struct str key, value;
    bool have = true;
    char one[9] = {1, 0, 0, 0, 0, 0, 0, 0, 1};
    if (!store_begin(db->store, STORE_WRITE, &t, e))
        return false;
    key_prefix(&from, 1, KEY_INDEX_COLLECTIONS);
    bool good = key_after_prefix(&to, buf_str(&from)) &&
                store_scan(t, buf_str(&from), buf_str(&to), false, &c, e);
    while (good && (good = store_cursor_next(c, &key, &value, &have, e)) && have)
        good = collections ? store_del(t, key, e) : store_put(t, key, (struct str){one, 9}, e);
    store_cursor_close(&c);
    buf_free(&from);
    buf_free(&to);
    good = good && (!collections || db_meta_put(t, STR("format"), 1, e));
    return good ? store_commit(&t, e) : (store_abort(&t), false);
}

static struct db *test_upgrade(struct db *db, const char *dir, struct arena *mem)
{
    struct err e = {0};
    struct db_check_report r;
    bool good = true;
    for (uint32_t k = 0; k < ITEMS && good; k++)
        good = put(db, k, fix_item(mem, k), &e);
    ok(good && change_store(db, true, &e), "a database of format 1: without sizes");
    db_close(&db);
    db = open_limited(dir, 0);
    ok(db != NULL && fix_check(db, &r), "they are counted when it is opened");
    good = change_store(db, false, &e);
    db_close(&db);
    db = open_limited(dir, 0);
    ok(good && db != NULL && !fix_check(db, &r) && r.problems > 0, "the check sees wrong ones");
    return db;
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    char dir[] = "/tmp/db_collection_test_XXXXXX", cmd[64];
    struct arena mem = {0};
    if (mkdtemp(dir) == NULL)
        return 1;
    struct db *db = open_limited(dir, 0);
    ok(db != NULL && fix_create(db, "T"), "a table with a local index");
    test_exact(db, &mem);
    db_close(&db);
    db = open_limited(dir, LIMIT);
    test_limit(db, &mem);
    db_close(&db);
    db = open_limited(dir, 0);
    db = test_upgrade(db, dir, &mem);
    db_close(&db);
    arena_free(&mem);
    snprintf(cmd, sizeof(cmd), "rm -r %s", dir);
    return tap_done() + (system(cmd) != 0);
}
