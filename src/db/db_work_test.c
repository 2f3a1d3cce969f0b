/* db_work_test.c - filling a new index beside writes, removing dropped ones, both
 * across restarts. */
#include "db/db_fixture_int.h"

enum { KEYS = 1500 };

static bool write_some(struct db *db, uint32_t n, bool all)
{
    struct err e = {0};
    struct db_txn *t;
    struct arena mem = {0};
    bool good = db_begin(db, DB_WRITE, false, &t, &e);
    const struct table *table = db_table(t, STR("T"));
    for (uint32_t i = 0; good && i < n; i++) {
        uint32_t k = all ? i : fix_random(KEYS);
        struct str now = !all && fix_random(3) == 0 ? (struct str){0} : fix_item(&mem, k);
        good = fix_write(t, table, &mem, k, now, NULL, &e);
    }
    good = good && db_commit(&t, &e);
    db_end(&t);
    arena_free(&mem);
    return good;
}

/* Adds an index on x (S), or removes the index of that name. */
static bool change_index(struct db *db, const char *name, bool add)
{
    struct err e = {0};
    struct db_txn *t;
    struct arena mem = {0};
    bool good = db_begin(db, DB_WRITE, false, &t, &e);
    const struct table *old = db_table(t, STR("T")), *now;
    struct table_def *d = table_def_copy(&mem, table_def(old));
    struct index_def *x = NEW_ARRAY(&mem, struct index_def, d->index_n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->index_n; i++)
        if (add || !str_eq(d->index[i].name, str_from_c(name)))
            x[n++] = d->index[i];
    if (add)
        x[n++] = (struct index_def){.name = str_from_c(name),
                                    .global = true,
                                    .key = {1, 1, {{STR("x"), ATTR_S}, {STR("sk"), ATTR_N}}},
                                    .status = INDEX_CREATING};
    d->index = x;
    d->index_n = n;
    d->status = TABLE_UPDATING;
    good = good && db_table_replace(t, old, d, &now, &e) && db_commit(&t, &e);
    db_end(&t);
    arena_free(&mem);
    return good;
}

static bool step(struct db *db)
{
    struct err e = {0};
    struct db_txn *t;
    bool good = db_begin(db, DB_WRITE, false, &t, &e) && db_work_step(t, &e) && db_commit(&t, &e);
    db_end(&t);
    return good;
}

struct view {
    bool there, backfilling;
    enum index_status status;
    enum table_status table;
    int64_t entries;
};

static struct view look(struct db *db, const char *name)
{
    struct err e = {0};
    struct db_txn *t;
    struct view v = {0};
    if (!db_begin(db, DB_READ, true, &t, &e))
        return v;
    const struct table *table = db_table(t, STR("T"));
    const struct index_def *x = table_def_index(table_def(table), str_from_c(name));
    struct table_counts counts;
    db_table_counts(table, &counts);
    v.table = table_def(table)->status;
    if (x != NULL)
        v = (struct view){true, x->backfilling, x->status, v.table,
                          counts.index_items[x - table_def(table)->index]};
    db_end(&t);
    return v;
}

static struct db *restart(struct db *db, const char *dir)
{
    db_close(&db);
    return fix_open(fix_store(dir));
}

static struct db *test_backfill(struct db *db, const char *dir)
{
    struct db_check_report r;
    ok(change_index(db, "late", true) && db_work_pending(db), "an index is added");
    struct view v = look(db, "late");
    ok(v.status == INDEX_CREATING && !v.backfilling && v.table == TABLE_UPDATING, "not begun");
    bool good = step(db);
    v = look(db, "late");
    ok(good && v.status == INDEX_CREATING && v.backfilling && v.table == TABLE_ACTIVE, "begun");
    int steps = 0;
    for (; good && steps < 100 && look(db, "late").status == INDEX_CREATING; steps++) {
        good = write_some(db, 20, false) && step(db) && fix_check(db, &r);
        if (steps == 2)
            db = restart(db, dir);
        good = good && db != NULL && db_work_pending(db);
    }
    v = look(db, "late");
    ok(good && steps > 3 && v.status == INDEX_ACTIVE && !v.backfilling && v.entries > 100,
       "filled in %d slices beside writes and a restart: %lld entries", steps,
       (long long)v.entries);
    ok(fix_check(db, &r), "it agrees with the table");
    ok(fix_work(db) >= 0 && !db_work_pending(db), "nothing is left to do");
    ok(write_some(db, 200, false) && fix_check(db, &r), "and goes on agreeing");
    return db;
}

static struct db *test_removal(struct db *db, const char *dir)
{
    struct db_check_report r, after;
    bool good = fix_check(db, &r) && change_index(db, "late", false) && !look(db, "late").there;
    ok(good && fix_check(db, &after) && after.entries < r.entries, "an index is removed");
    good = step(db);
    db = restart(db, dir);
    ok(good && db_work_pending(db), "its data go in slices, across a restart");
    ok(fix_work(db) > 1 && fix_check(db, &after), "all gone");
    good = change_index(db, "half", true) && step(db) && step(db) && look(db, "half").backfilling;
    ok(good && change_index(db, "half", false) && change_index(db, "half", true),
       "removed half-way and added again");
    ok(write_some(db, 100, false) && fix_work(db) > 3 && fix_check(db, &after), "it is right");
    ok(look(db, "half").status == INDEX_ACTIVE, "and active");
    return db;
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    char dir[] = "/tmp/db_work_test_XXXXXX", cmd[64];
    if (mkdtemp(dir) == NULL)
        return 1;
    struct db *db = fix_open(fix_store(dir));
    ok(db != NULL && fix_create(db, "T") && write_some(db, KEYS, true), "a table with items");
    db = test_backfill(db, dir);
    db = test_removal(db, dir);
    db_close(&db);
    snprintf(cmd, sizeof(cmd), "rm -r %s", dir);
    return tap_done() + (system(cmd) != 0);
}
