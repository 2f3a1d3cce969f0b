/* db_measure_test.c - a database whose items were measured otherwise is right after it
 * was opened: items, entries, counters, collections, and the catalog is understood. */
#include <unistd.h>

#include "db/db_fixture_int.h"
#include "db/db_int.h"

enum { ITEMS = 60 };

static bool fill(struct db *db)
{
    struct arena mem = {0};
    struct err e = {0};
    struct db_txn *t;
    if (!db_begin(db, DB_WRITE, false, &t, &e))
        return false;
    bool good = true;
    for (uint32_t k = 0; k < ITEMS && good; k++)
        good = fix_write(t, db_table(t, STR("T")), &mem, k, fix_item(&mem, k), NULL, &e);
    good &= db_commit(&t, &e);
    arena_free(&mem);
    return good;
}

/* Everything from `low` on that begins like it states a byte less. */
static bool shrink(struct db_txn *t, struct str low, uint32_t *n, struct err *e)
{
    struct buf high = {.mem = &t->mem};
    struct store_cursor *c;
    struct str key, value;
    bool have = true, good = key_after_prefix(&high, low);
    *n = 0;
    if (!good || !store_scan(t->store, low, buf_str(&high), false, &c, e))
        return false;
    while (good && (good = store_cursor_next(c, &key, &value, &have, e)) && have) {
        char *copy = arena_bytes(&t->mem, value.n);
        memcpy(copy, value.p, value.n);
        copy[1]--;
        good = store_put(t->store, key, (struct str){copy, value.n}, e);
        ++*n;
    }
    store_cursor_close(&c);
    return good;
}

static bool shrink_values(struct db_txn *t, const struct table *table, uint16_t index,
                          struct err *e)
{
    struct buf low = {.mem = &t->mem};
    uint32_t n;
    key_prefix(&low, table->def->id, index);
    if (!shrink(t, buf_str(&low), &n, e))
        return false;
    db_count(t, table, index, 0, -(int64_t)n);
    return n > 0;
}

static bool make_older(struct db *db, uint32_t format)
{
    struct err e = {0};
    struct db_txn *t;
    uint32_t n;
    if (!db_begin(db, DB_WRITE, false, &t, &e))
        return false;
    const struct table *table = db_table(t, STR("T"));
    bool good = shrink_values(t, table, 0, &e) && shrink(t, STR("c"), &n, &e) && n > 0;
    for (uint32_t i = 0; i < table->def->index_n && good; i++)
        good = shrink_values(t, table, table->def->index[i].id, &e);
    good = good && db_meta_put(t->store, STR("format"), format, &e) && db_commit(&t, &e);
    db_end(&t);
    return good;
}

static struct db *reopen(struct db *db, const char *dir)
{
    db_close(&db);
    return fix_open(fix_store(dir));
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    char dir[] = "/tmp/db_measure_test_XXXXXX", cmd[64];
    struct db_check_report r;
    if (mkdtemp(dir) == NULL)
        return 1;
    struct db *db = fix_open(fix_store(dir));
    ok(db != NULL && fix_create(db, "T") && fill(db) && fix_check(db, &r), "a table with items");
    ok(make_older(db, 2), "they state another size, in a database of format 2");
    db = reopen(db, dir);
    ok(db != NULL && fix_check(db, &r), "they are measured when it is opened");
    ok(make_older(db, DB_FORMAT), "and in one of today's");
    db = reopen(db, dir);
    ok(db != NULL && !fix_check(db, &r) && r.problems > 0, "which is not measured again");
    db_close(&db);
    snprintf(cmd, sizeof(cmd), "rm -r %s", dir);
    return tap_done() + (system(cmd) != 0);
}
