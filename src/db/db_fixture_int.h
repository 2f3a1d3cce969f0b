/* db_fixture_int.h - what the tests of db/ share: a database in memory or in a
 * directory, a table with all kinds of indexes, random items. */
#ifndef DB_DB_FIXTURE_INT_H
#define DB_DB_FIXTURE_INT_H

#include <stdlib.h>

#include "base/tap.h"
#include "db/db_check.h"
#include "db/db_item.h"
#include "db/db_work.h"
#include "model/item.h"
#include "store/store_fault.h"
#include "store/store_rocks.h"

static uint64_t fix_seed = 4711;
static inline uint32_t fix_random(uint32_t below)
{
    fix_seed = fix_seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(fix_seed >> 33) % below;
}

static inline struct db *fix_open(struct store *s)
{
    struct err e = {0};
    struct db *db = NULL;
    struct db_options o = {.store = s,
                           .env = env_system(),
                           .cache_bytes = 1 << 20,
                           .region = "local",
                           .account = "000000000000"};
    if (!db_open(&o, &db, &e))
        printf("# db_open: %s\n", e.msg);
    return db;
}

static inline struct store *fix_store(const char *dir)
{
    struct err e = {0};
    struct store *s = NULL;
    struct store_rocks_options o = {.dir = dir, .sync = true, .cache_bytes = 1 << 20};
    if (!store_rocks_open(&o, &s, &e))
        printf("# store_rocks_open: %s\n", e.msg);
    return s;
}

/* pk S, sk N; "local" on l N; "all" on g S; "multi" on g S, h N | r S, sk N. */
static inline struct table_def *fix_def(struct arena *mem, const char *name)
{
    struct key_attr pk = {STR("pk"), ATTR_S}, sk = {STR("sk"), ATTR_N}, l = {STR("l"), ATTR_N},
                    g = {STR("g"), ATTR_S}, h = {STR("h"), ATTR_N}, r = {STR("r"), ATTR_S};
    struct table_def *d = NEW(mem, struct table_def);
    d->name = arena_dup(mem, str_from_c(name));
    d->key = (struct key_schema){1, 1, {pk, sk}};
    d->index_n = 3;
    d->index = NEW_ARRAY(mem, struct index_def, 3);
    d->index[0] = (struct index_def){.name = STR("local"),
                                     .key = {1, 1, {pk, l}},
                                     .projection = PROJECTION_INCLUDE,
                                     .non_key_n = 1,
                                     .non_key = NEW(mem, struct str)};
    d->index[0].non_key[0] = STR("r");
    d->index[1] = (struct index_def){.name = STR("all"), .global = true, .key = {1, 0, {g}}};
    d->index[2] = (struct index_def){.name = STR("multi"),
                                     .global = true,
                                     .key = {2, 2, {g, h, r, sk}},
                                     .projection = PROJECTION_KEYS_ONLY};
    return d;
}

static inline void fix_add(struct attr_build *b, const char *name, enum attr_type t, const char *v)
{
    attr_build_name(b, str_from_c(name));
    attr_build_scalar(b, t, str_from_c(v));
}

static inline const char *fix_number(struct arena *mem, uint32_t n)
{
    return arena_printf(mem, "%u", n).p;
}

/* The key of item number k: 4 partitions. */
static inline struct str fix_key(struct arena *mem, uint32_t k)
{
    struct buf out = {.mem = mem};
    struct attr_build b;
    item_begin(&b, &out);
    fix_add(&b, "pk", ATTR_S, (const char *[]){"", "p1", "p2", "p3", "p4"}[1 + k % 4]);
    fix_add(&b, "sk", ATTR_N, fix_number(mem, k / 4));
    item_end(&b);
    return buf_str(&out);
}

/* An item with that key and random other attributes, index keys of all sorts. */
static inline struct str fix_item(struct arena *mem, uint32_t k)
{
    static const char *words[] = {"", "a", "b", "ab"}; /* the empty one: in no index */
    struct buf out = {.mem = mem};
    struct attr_build b;
    item_begin(&b, &out);
    fix_add(&b, "pk", ATTR_S, (const char *[]){"p1", "p2", "p3", "p4"}[k % 4]);
    fix_add(&b, "sk", ATTR_N, fix_number(mem, k / 4));
    if (fix_random(3) > 0)
        fix_add(&b, "l", fix_random(5) == 0 ? ATTR_S : ATTR_N, fix_number(mem, fix_random(10)));
    if (fix_random(3) > 0)
        fix_add(&b, "g", ATTR_S, words[fix_random(4)]);
    if (fix_random(4) > 0)
        fix_add(&b, "h", ATTR_N, fix_number(mem, fix_random(2)));
    if (fix_random(4) > 0)
        fix_add(&b, "r", ATTR_S, words[1 + fix_random(3)]);
    if (fix_random(2) > 0)
        fix_add(&b, "x", ATTR_S, words[fix_random(4)]);
    item_end(&b);
    return buf_str(&out);
}

/* Replaces item k by `item` (p == NULL: deletes). */
static inline bool fix_write(struct db_txn *t, const struct table *table, struct arena *mem,
                             uint32_t k, struct str item, struct capacity_use *use, struct err *e)
{
    struct str old;
    struct capacity_use spare = {0};
    if (!db_item_get(t, table, fix_key(mem, k), &old, e))
        return false;
    struct db_change c = {.table = table, .old = old, .new_item = item};
    return db_item_change(t, &c, use != NULL ? use : &spare, e);
}

static void fix_say(void *arg, const char *line)
{
    (void)arg;
    printf("# %s\n", line);
}

static inline bool fix_check(struct db *db, struct db_check_report *report)
{
    struct err e = {0};
    struct db_txn *t;
    if (!db_begin(db, DB_READ_SNAPSHOT, false, &t, &e))
        return false;
    bool good = db_check(t, fix_say, NULL, report, &e) && report->problems == 0;
    if (e.code != ERR_NONE)
        printf("# %s\n", e.msg);
    db_end(&t);
    return good;
}

static inline bool fix_create(struct db *db, const char *name)
{
    struct arena mem = {0};
    struct err e = {0};
    struct db_txn *t;
    const struct table *table;
    bool good = db_begin(db, DB_WRITE, false, &t, &e) &&
                db_table_create(t, fix_def(&mem, name), &table, &e) && db_commit(&t, &e);
    if (!good)
        printf("# create: %s\n", e.msg);
    db_end(&t);
    arena_free(&mem);
    return good;
}

/* Runs work until there is none. */
static inline int fix_work(struct db *db)
{
    int steps = 0;
    while (db_work_pending(db) && steps < 10000) {
        struct err e = {0};
        struct db_txn *t;
        if (!db_begin(db, DB_WRITE, false, &t, &e) || !db_work_step(t, &e) || !db_commit(&t, &e)) {
            printf("# work: %s\n", e.msg);
            db_end(&t);
            return -1;
        }
        steps++;
    }
    return steps;
}

#endif
