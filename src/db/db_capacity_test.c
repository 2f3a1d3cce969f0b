/* Throughput with a clock that is moved by hand. */
#include "db/db_capacity.h"

#include "db/db_fixture_int.h"

struct world {
    struct env env; /* first */
    int64_t now_ms;
};

static int64_t world_now(struct env *e)
{
    return ((struct world *)(void *)e)->now_ms;
}

static uint64_t world_random(struct env *e)
{
    (void)e;
    return fix_random(UINT32_MAX);
}

static struct db *open_db(struct world *w, bool throttling)
{
    struct err e = {0};
    struct db *db = NULL;
    *w = (struct world){.env = {world_now, world_random}, .now_ms = 1700000000000};
    struct db_options o = {.store = fix_store(NULL),
                           .env = &w->env,
                           .cache_bytes = 1 << 20,
                           .region = "local",
                           .account = "000000000000",
                           .throttling = throttling};
    bool good = db_open(&o, &db, &e);
    assert(good);
    (void)good;
    return db;
}

/* 10 read and 5 write units of the table, 2 and 1 of each global index; or on demand, with
 * these as maximum. */
static bool create(struct db *db, const char *name, enum billing_mode billing, bool maximum)
{
    struct arena mem = {0};
    struct err e = {0};
    struct db_txn *t;
    const struct table *table;
    struct table_def *d = fix_def(&mem, name);
    struct throughput of_table = {.rcu = 10, .wcu = 5}, of_index = {.rcu = 2, .wcu = 1};
    if (billing == BILLING_PAY_PER_REQUEST) {
        of_table = (struct throughput){.max_read_units = maximum ? 10 : 0,
                                       .max_write_units = maximum ? 5 : 0};
        of_index = (struct throughput){.max_read_units = maximum ? 2 : 0,
                                       .max_write_units = maximum ? 1 : 0};
    }
    d->billing = billing;
    d->throughput = of_table;
    for (uint32_t i = 0; i < d->index_n; i++)
        if (d->index[i].global)
            d->index[i].throughput = of_index;
    bool good = db_begin(db, DB_WRITE, false, &t, &e) && db_table_create(t, d, &table, &e) &&
                db_commit(&t, &e);
    db_end(&t);
    arena_free(&mem);
    return good;
}

/* Requests of one unit each until one is refused; *limit says why. */
static int drain(struct db_txn *t, const struct capacity_at *at, uint32_t arm,
                 enum capacity_limit *limit)
{
    struct capacity_use one = {0};
    int n = 0;
    if (arm == 0)
        one.table_halves = 2;
    else
        one.index_halves[arm - 1] = 2;
    for (; n < 20000 && db_capacity_left(t, at, limit); n++)
        db_capacity_spend(t, at, &one);
    return n;
}

static struct db_txn *begin(struct db *db, const char *name, struct capacity_at *at)
{
    struct err e = {0};
    struct db_txn *t = NULL;
    bool good = db_begin(db, DB_READ, false, &t, &e);
    assert(good);
    (void)good;
    at->table = db_table(t, str_from_c(name));
    at->index = NULL;
    at->partition = 0;
    return t;
}

static void test_provisioned(struct world *w, struct db *db)
{
    struct capacity_at at = {.kind = CAPACITY_WRITE};
    enum capacity_limit limit = CAPACITY_PARTITION;
    struct db_txn *t = begin(db, "provisioned", &at);
    const struct table_def *d = table_def(at.table);
    ok(drain(t, &at, 0, &limit) == 1500 && limit == CAPACITY_PROVISIONED, "300 s of 5 units");
    w->now_ms += 2000;
    ok(drain(t, &at, 0, &limit) == 10, "two seconds bring ten");
    at.index = &d->index[0];
    ok(drain(t, &at, 1, &limit) == 0, "a local index has what the table has");
    at.index = &d->index[1];
    ok(drain(t, &at, 2, &limit) == 300, "a global one has its own");
    at.index = &d->index[2];
    ok(drain(t, &at, 3, &limit) == 300, "each of them");
    at.index = NULL;
    at.kind = CAPACITY_READ;
    ok(drain(t, &at, 0, &limit) == 3000, "reads have their own");
    w->now_ms += 1000;
    at.index = &d->index[0];
    ok(drain(t, &at, 1, &limit) == 10 && drain(t, &at, 1, &limit) == 0,
       "reads of a local index are paid by the table");
    db_end(&t);
}

static void test_on_demand(struct db *db)
{
    struct capacity_at at = {.kind = CAPACITY_WRITE};
    enum capacity_limit limit = CAPACITY_PARTITION;
    struct db_txn *t = begin(db, "maximum", &at);
    ok(drain(t, &at, 0, &limit) == 1500 && limit == CAPACITY_MAX_ON_DEMAND, "a maximum on demand");
    db_end(&t);
    t = begin(db, "free", &at);
    ok(drain(t, &at, 0, &limit) == 20000, "without a maximum there is no end");
    db_end(&t);
}

static void test_partitions(struct world *w, struct db *db)
{
    struct arena mem = {0};
    struct capacity_at at = {.kind = CAPACITY_WRITE};
    enum capacity_limit limit = CAPACITY_PROVISIONED;
    struct db_txn *t = begin(db, "free", &at);
    uint64_t one = db_capacity_partition(t, at.table, fix_key(&mem, 0));
    uint64_t other = db_capacity_partition(t, at.table, fix_key(&mem, 1));
    struct attr pk = {.type = ATTR_S, .body = STR("p1")};
    ok(one != other && one != 0, "partition keys differ");
    ok(db_capacity_partition(t, at.table, fix_key(&mem, 4)) == one, "sort keys do not");
    ok(db_capacity_partition_of(t, at.table, NULL, &pk) == one, "a Query finds the same one");
    at.partition = one;
    ok(drain(t, &at, 0, &limit) == 1000 && limit == CAPACITY_PARTITION, "1000 writes of a key");
    at.partition = other;
    ok(drain(t, &at, 0, &limit) == 1000, "of another, too");
    at.kind = CAPACITY_READ;
    ok(drain(t, &at, 0, &limit) == 3000, "3000 reads");
    w->now_ms += 500;
    ok(drain(t, &at, 0, &limit) == 1500, "half a second brings half of it");
    w->now_ms += 60000;
    ok(drain(t, &at, 0, &limit) == 3000, "there is no more than a second of it");
    db_capacity_spend_partition(t, &at, 2 * 600);
    w->now_ms += 190;
    ok(!db_capacity_left(t, &at, &limit), "a debt of 600 reads");
    w->now_ms += 20;
    ok(db_capacity_left(t, &at, &limit), "is paid after a fifth of a second");
    db_end(&t);
    arena_free(&mem);
}

static bool replace(struct db *db, const char *name, uint32_t index_n)
{
    struct arena mem = {0};
    struct err e = {0};
    struct db_txn *t;
    bool good = db_begin(db, DB_WRITE, false, &t, &e);
    const struct table *table = good ? db_table(t, str_from_c(name)) : NULL;
    struct table_def *d = good ? table_def_copy(&mem, table_def(table)) : NULL;
    if (good)
        d->index_n = index_n;
    good = good && db_table_replace(t, table, d, &table, &e) && db_commit(&t, &e);
    db_end(&t);
    arena_free(&mem);
    return good;
}

/* A read takes so long that its index is no more when it pays. */
static void test_index_gone(struct db *db)
{
    struct capacity_at at = {.kind = CAPACITY_READ};
    enum capacity_limit limit = CAPACITY_PARTITION;
    struct db_txn *t = begin(db, "provisioned", &at);
    at.index = &table_def(at.table)->index[2];
    ok(db_capacity_left(t, &at, &limit), "something is left of an index");
    ok(replace(db, "provisioned", 2) && replace(db, "provisioned", 2), "it is removed");
    ok(drain(t, &at, 3, &limit) == 20000, "nothing counts it any more");
    db_end(&t);
}

static void test_off(void)
{
    struct world w;
    struct db *db = open_db(&w, false);
    struct capacity_at at = {.kind = CAPACITY_WRITE};
    struct arena mem = {0};
    enum capacity_limit limit;
    ok(create(db, "provisioned", BILLING_PROVISIONED, false), "a table");
    struct db_txn *t = begin(db, "provisioned", &at);
    at.partition = db_capacity_partition(t, at.table, fix_key(&mem, 0));
    ok(!db_throttling(t) && at.partition == 0, "no throttling");
    ok(drain(t, &at, 0, &limit) == 20000, "no limit");
    db_end(&t);
    db_close(&db);
    arena_free(&mem);
}

int main(void)
{
    struct world w;
    struct db *db = open_db(&w, true);
    ok(create(db, "provisioned", BILLING_PROVISIONED, false) &&
           create(db, "maximum", BILLING_PAY_PER_REQUEST, true) &&
           create(db, "free", BILLING_PAY_PER_REQUEST, false),
       "tables");
    test_provisioned(&w, db);
    test_on_demand(db);
    test_partitions(&w, db);
    test_index_gone(db);
    db_close(&db);
    test_off();
    return tap_done();
}
