/* db_test.c - random changes against an array of items; indexes, counters, catalog,
 * documents; reopening; faults at any call of the store; readers beside the writer. */
#include <pthread.h>
#include <unistd.h>

#include "db/db_doc.h"
#include "db/db_fixture_int.h"

enum { KEYS = 120 };

struct model {
    struct arena mem;
    struct str item[KEYS]; /* p == NULL: absent */
};

static bool agrees(struct db *db, const struct model *m, enum db_mode mode)
{
    struct arena mem = {0};
    struct err e = {0};
    struct db_txn *t;
    if (!db_begin(db, mode, false, &t, &e))
        return false;
    const struct table *table = db_table(t, STR("T"));
    bool good = table != NULL;
    for (uint32_t k = 0; good && k < KEYS; k++) {
        struct str got;
        good = db_item_get(t, table, fix_key(&mem, k), &got, &e) &&
               (got.p == NULL) == (m->item[k].p == NULL) && str_eq(got, m->item[k]);
    }
    db_end(&t);
    arena_free(&mem);
    return good;
}

/* A batch of requests, each between a savepoint and a release or rollback. */
static bool random_batch(struct db *db, struct model *m)
{
    struct err e = {0};
    struct db_txn *t;
    struct str now[KEYS];
    memcpy(now, m->item, sizeof(now));
    bool good = db_begin(db, DB_WRITE, false, &t, &e);
    if (!good)
        return false;
    const struct table *table = db_table(t, STR("T"));
    for (uint32_t n = 1 + fix_random(6); good && n > 0; n--) {
        struct str before[KEYS];
        memcpy(before, now, sizeof(now));
        db_savepoint(t);
        for (uint32_t w = fix_random(4); good && w > 0; w--) {
            uint32_t k = fix_random(KEYS);
            now[k] = fix_random(4) == 0 ? (struct str){0} : fix_item(&m->mem, k);
            good = fix_write(t, table, &m->mem, k, now[k], NULL, &e);
        }
        if (!good || fix_random(4) == 0) {
            db_rollback(t);
            memcpy(now, before, sizeof(now));
        } else {
            db_release(t);
        }
    }
    if (good && fix_random(5) > 0) {
        good = db_commit(&t, &e);
        if (good)
            memcpy(m->item, now, sizeof(now));
    }
    db_end(&t);
    return good;
}

static void test_random(struct db *db, struct model *m)
{
    bool good = true;
    struct db_check_report r = {0};
    for (int i = 0; good && i < 150; i++) {
        good = random_batch(db, m) && agrees(db, m, i % 2 ? DB_READ : DB_READ_SNAPSHOT);
        good = good && (i % 10 != 0 || fix_check(db, &r));
    }
    ok(good, "random batches agree with an array, indexes with the table");
    ok(fix_check(db, &r) && r.items > 20 && r.entries > 20, "%llu items, %llu entries",
       (unsigned long long)r.items, (unsigned long long)r.entries);
    struct cache_stats st;
    cache_stats(db_cache(db), &st);
    ok(st.hits > 1000, "the cache served %llu reads", (unsigned long long)st.hits);
}

static void test_faults(void)
{
    struct store_fault f;
    store_fault_init(&f, fix_store(NULL));
    struct db *db = fix_open(&f.base);
    struct model m = {0};
    if (db == NULL || !fix_create(db, "T"))
        return;
    int failures = 0;
    bool good = true;
    struct db_check_report r = {0};
    for (int i = 0; good && i < 150; i++) {
        atomic_store(&f.countdown, 1 + i % 40);
        failures += !random_batch(db, &m);
        atomic_store(&f.countdown, -1);
        good = agrees(db, &m, DB_READ) && fix_check(db, &r);
    }
    ok(good && failures > 30, "a fault at any call: nothing half-applied (%d faults)", failures);
    db_close(&db);
    arena_free(&m.mem);
}

static void test_capacity(struct db *db)
{
    struct arena mem = {0};
    struct err e = {0};
    struct db_txn *t;
    char *big = arena_alloc(&mem, 3001);
    memset(big, 'x', 3000);
    static const struct {
        const char *what;
        const char *g, *x;
        uint64_t table, all;
        bool touched;
    } step[] = {
        {"put outside the index", NULL, "1", 2, 0, false},
        {"absent -> present", "a", "1", 2, 2, true},
        {"same key, other projection", "a", "3000", 6, 6, true},
        {"nothing changes", "a", "3000", 6, 0, false},
        {"the key moves: two writes", "b", "3000", 6, 12, true},
        {"present -> absent", NULL, "1", 6, 6, true},
    };
    bool good = db_begin(db, DB_WRITE, false, &t, &e);
    const struct table *table = db_table(t, STR("T"));
    for (size_t i = 0; good && i < COUNT_OF(step); i++) {
        struct buf out = {.mem = &mem};
        struct attr_build b;
        item_begin(&b, &out);
        fix_add(&b, "pk", ATTR_S, "p1");
        fix_add(&b, "sk", ATTR_N, "0");
        fix_add(&b, "x", ATTR_S, step[i].x[1] == '0' ? big : big + 2990);
        if (step[i].g != NULL)
            fix_add(&b, "g", ATTR_S, step[i].g);
        item_end(&b);
        struct capacity_use use = {0};
        if (i == 0)
            good = fix_write(t, table, &mem, 0, (struct str){0}, NULL, &e);
        good = good && fix_write(t, table, &mem, 0, buf_str(&out), &use, &e);
        ok(good && use.table_halves == step[i].table && use.index_halves[1] == step[i].all &&
               use.touched[1] == step[i].touched && !use.touched[2],
           "%s: table %llu, index %llu", step[i].what, (unsigned long long)use.table_halves,
           (unsigned long long)use.index_halves[1]);
    }
    struct capacity_use use = {0};
    good = good && fix_write(t, table, &mem, 0, (struct str){0}, &use, &e) &&
           fix_write(t, table, &mem, 0, (struct str){0}, &use, &e);
    ok(good && use.table_halves == 4, "a delete, and one of a missing item: a unit each");
    db_end(&t);
    arena_free(&mem);
}

static bool exists(struct db *db, const char *name)
{
    struct err e = {0};
    struct db_txn *t;
    if (!db_begin(db, DB_READ, true, &t, &e))
        return false;
    bool found = db_table(t, str_from_c(name)) != NULL;
    db_end(&t);
    return found;
}

static void test_catalog(struct db *db)
{
    struct arena mem = {0};
    struct err e = {0};
    struct db_txn *t;
    const struct table *table = NULL;
    bool good = db_begin(db, DB_WRITE, false, &t, &e);
    db_savepoint(t);
    good = good && db_table_create(t, fix_def(&mem, "Rolled"), &table, &e);
    ok(good && db_table(t, STR("Rolled")) == table, "a new table is seen by its transaction");
    ok(!exists(db, "Rolled"), "but not by others");
    db_rollback(t);
    ok(db_table(t, STR("Rolled")) == NULL, "a rollback takes it back");
    for (int i = 9; good && i > 0; i--)
        good = db_table_create(t, fix_def(&mem, arena_printf(&mem, "N%d", i).p), &table, &e);
    ok(!db_table_create(t, fix_def(&mem, "N5"), &table, &e) && e.code == ERR_RESOURCE_IN_USE,
       "a name is used once");
    err_clear(&e);
    good = good && db_commit(&t, &e);
    ok(good && exists(db, "N5") && !exists(db, "Rolled"), "after the commit all see them");
    struct str names[4];
    bool more;
    good = db_begin(db, DB_READ, true, &t, &e);
    size_t n = db_table_names(t, &mem, STR("N3"), 4, names, &more);
    ok(good && n == 4 && more && str_eq(names[0], STR("N4")) && str_eq(names[3], STR("N7")),
       "names in order after one");
    n = db_table_names(t, &mem, STR("N75"), 4, names, &more);
    ok(n == 3 && !more && str_eq(names[2], STR("T")), "the last names");
    ok(db_table_count(t) == 10, "ten tables");
    db_end(&t);
    arena_free(&mem);
}

static bool drop(struct db *db, const char *name)
{
    struct err e = {0};
    struct db_txn *t;
    bool good = db_begin(db, DB_WRITE, false, &t, &e) &&
                db_table_drop(t, db_table(t, str_from_c(name)), &e) && db_commit(&t, &e);
    db_end(&t);
    return good;
}

static bool collect(void *arg, struct str key, struct str value)
{
    struct buf *out = arg;
    buf_add(out, key);
    buf_byte(out, '=');
    buf_add(out, value);
    buf_byte(out, ' ');
    return out->n < 20;
}

static void test_docs(struct db *db)
{
    struct err e = {0};
    struct db_txn *t;
    struct str got;
    bool good = db_begin(db, DB_WRITE, false, &t, &e) &&
                db_doc_put(t, STR("users"), STR("a/1"), STR("x"), &e) &&
                db_doc_put(t, STR("users"), STR("a/2"), STR(""), &e) &&
                db_doc_put(t, STR("users"), STR("b/1"), STR("z"), &e) &&
                db_doc_put(t, STR("user"), STR("sa/9"), STR("other"), &e);
    db_savepoint(t);
    good = good && db_doc_put(t, STR("users"), STR("a/3"), STR("rolled back"), &e);
    db_rollback(t);
    good = good && db_doc_get(t, STR("users"), STR("a/2"), &got, &e) && got.p != NULL;
    ok(good && got.n == 0, "own documents are seen, an empty one is not absent");
    ok(db_commit(&t, &e) && db_begin(db, DB_READ, false, &t, &e), "documents are committed");
    struct buf out = {0};
    good = db_doc_scan(t, STR("users"), STR("a/"), collect, &out, &e);
    ok(good && str_eq(buf_str(&out), STR("a/1=x a/2= ")), "a scan by prefix");
    buf_free(&out);
    good = db_doc_get(t, STR("user"), STR("s"), &got, &e);
    ok(good && got.p == NULL, "collections are apart");
    db_end(&t);
}

/* Readers check that the two halves of a pair, always changed together, agree. */
struct race {
    struct db *db;
    _Atomic bool stop;
    _Atomic int reads, wrong;
};

static struct str pair_item(struct arena *mem, uint32_t k, uint32_t value)
{
    struct buf out = {.mem = mem};
    struct attr_build b;
    item_begin(&b, &out);
    fix_add(&b, "pk", ATTR_S, (const char *[]){"p1", "p2", "p3", "p4"}[k % 4]);
    fix_add(&b, "sk", ATTR_N, fix_number(mem, k / 4));
    fix_add(&b, "x", ATTR_N, fix_number(mem, value));
    item_end(&b);
    return buf_str(&out);
}

static int value_of(struct str item)
{
    struct attr v;
    char text[16] = "0";
    if (item.p != NULL && item_find(item, STR("x"), &v) && v.body.n < sizeof(text))
        memcpy(text, v.body.p, v.body.n), text[v.body.n] = '\0';
    return (int)strtol(text, NULL, 10);
}

static void *race_reader(void *arg)
{
    struct race *r = arg;
    int last = 0;
    for (int i = 0; !atomic_load(&r->stop); i++) {
        struct arena mem = {0};
        struct err e = {0};
        struct db_txn *t;
        struct str a = {0}, b = {0};
        bool snapshot = i % 2 == 0;
        bool good = db_begin(r->db, snapshot ? DB_READ_SNAPSHOT : DB_READ, false, &t, &e);
        const struct table *table = db_table(t, STR("T"));
        good = good && db_item_get(t, table, fix_key(&mem, 1), &a, &e) &&
               db_item_get(t, table, fix_key(&mem, 2), &b, &e);
        int x = value_of(a), y = value_of(b);
        if (!good || x < last || (snapshot && x != y) || (!snapshot && y < x))
            atomic_fetch_add(&r->wrong, 1);
        last = x;
        atomic_fetch_add(&r->reads, 1);
        db_end(&t);
        arena_free(&mem);
    }
    return NULL;
}

static void test_race(struct db *db)
{
    struct race r = {.db = db};
    pthread_t thread[2];
    for (size_t i = 0; i < COUNT_OF(thread); i++)
        pthread_create(&thread[i], NULL, race_reader, &r);
    bool good = true;
    for (uint32_t i = 1; good && i <= 400; i++) {
        struct arena mem = {0};
        struct err e = {0};
        struct db_txn *t;
        good = db_begin(db, DB_WRITE, false, &t, &e);
        const struct table *table = db_table(t, STR("T"));
        for (uint32_t k = 1; good && k <= 2; k++)
            good = fix_write(t, table, &mem, k, pair_item(&mem, k, i), NULL, &e);
        good = good && db_commit(&t, &e);
        db_end(&t);
        arena_free(&mem);
    }
    while (atomic_load(&r.reads) < 100)
        usleep(1000);
    atomic_store(&r.stop, true);
    for (size_t i = 0; i < COUNT_OF(thread); i++)
        pthread_join(thread[i], NULL);
    ok(good && atomic_load(&r.wrong) == 0,
       "readers never see half a commit or an old one (%d reads)", atomic_load(&r.reads));
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    char dir[] = "/tmp/db_test_XXXXXX", cmd[64];
    if (mkdtemp(dir) == NULL)
        return 1;
    struct db *db = fix_open(fix_store(dir));
    struct model m = {0};
    struct db_check_report r;
    ok(db != NULL && fix_create(db, "T"), "a database, a table");
    test_random(db, &m);
    test_docs(db);
    db_close(&db);
    db = fix_open(fix_store(dir));
    ok(db != NULL && agrees(db, &m, DB_READ) && fix_check(db, &r), "all is there after a reopen");
    test_capacity(db);
    ok(agrees(db, &m, DB_READ) && fix_check(db, &r), "an aborted transaction leaves nothing");
    test_catalog(db);
    test_race(db);
    ok(drop(db, "T") && drop(db, "N5") && !exists(db, "T"), "dropped");
    ok(fix_create(db, "T") && fix_check(db, &r) && r.items == 0, "a new one of that name is empty");
    ok(fix_work(db) > 0 && !db_work_pending(db) && fix_check(db, &r), "the data are removed");
    db_close(&db);
    db = fix_open(fix_store(dir));
    ok(db != NULL && exists(db, "T") && !exists(db, "N5"), "dropped for good");
    db_close(&db);
    test_faults();
    arena_free(&m.mem);
    snprintf(cmd, sizeof(cmd), "rm -r %s", dir);
    return tap_done() + (system(cmd) != 0);
}
