/* sim_check.c - what is stored against what should be. */
#include <inttypes.h>
#include <stdio.h>

#include "db/db_check.h"
#include "db/db_page.h"
#include "model/attr_json.h"
#include "sim.h"

enum { READS = 6 };

/* --- items of tables and indexes -------------------------------------------------- */

struct str sim_item_text(struct world *w, struct str item)
{
    struct buf text = {.mem = &w->mem};
    struct json_out o = {.to = &text};
    if (item.p == NULL)
        return STR("");
    item_json_write(&o, item);
    return buf_str(&text);
}

/* The item as it is in the transaction; p == NULL: none. */
static struct str stored(struct world *w, struct db_txn *txn, const struct table *table, int key)
{
    struct buf bytes = {.mem = &w->mem};
    struct attr_build b;
    struct str item;
    struct err e = {0};
    item_begin(&b, &bytes);
    attr_build_name(&b, STR("p"));
    attr_build_scalar(&b, ATTR_S, arena_printf(&w->mem, "p%d", key % PARTITIONS));
    attr_build_name(&b, STR("s"));
    attr_build_scalar(&b, ATTR_N, arena_printf(&w->mem, "%d", key / PARTITIONS));
    item_end(&b);
    if (!db_item_get(txn, table, buf_str(&bytes), &item, &e))
        sim_fail(w, "an item cannot be read: %s", e.msg);
    return item;
}

struct seen {
    struct world *w;
    const char *what;
    struct str want[KEYS]; /* p == NULL: nothing */
    bool found[KEYS];
};

static bool see_item(void *arg, struct str item, struct err *e)
{
    struct seen *s = arg;
    struct str text = sim_item_text(s->w, item);
    (void)e;
    for (int key = 0; key < KEYS; key++)
        if (s->want[key].p != NULL && !s->found[key] && str_eq(s->want[key], text))
            return s->found[key] = true;
    sim_fail(s->w, "%s holds " STR_FMT, s->what, STR_ARG(text));
}

/* A Scan finds just these items; `index` NULL: of the table, where each can be read, too. */
static void compare(struct world *w, struct db_txn *txn, const struct table *table,
                    const struct index_def *index, const struct model_table *m)
{
    struct seen s = {.w = w, .what = index != NULL ? "an index" : "a table"};
    for (int key = 0; key < KEYS; key++) {
        const struct thing *x = &m->thing[key];
        struct buf text = {.mem = &w->mem};
        if (!x->there || (index != NULL && (x->g == G_NONE || x->g == G_WRONG || x->n < 0)))
            continue;
        sim_thing_json(&text, key, x);
        s.want[key] = buf_str(&text);
    }
    struct db_page p = {
        .table = table, .index = index, .hash_to = UINT64_MAX, .item = see_item, .arg = &s};
    struct db_page_result result;
    struct err e = {0};
    if (!db_page_run(txn, &w->mem, &p, &result, &e))
        sim_fail(w, "a scan fails: %s", e.msg);
    for (int key = 0; key < KEYS; key++)
        if (s.want[key].p != NULL && !s.found[key])
            sim_fail(w, "%s of " STR_FMT " lacks " STR_FMT, s.what, STR_ARG(table_def(table)->name),
                     STR_ARG(s.want[key]));
    for (int key = 0; index == NULL && key < KEYS; key++) {
        struct str item = stored(w, txn, table, key);
        if (item.p != NULL ? !str_eq(sim_item_text(w, item), s.want[key]) : s.want[key].p != NULL)
            sim_fail(w, "item %d of " STR_FMT " is read as another", key,
                     STR_ARG(table_def(table)->name));
    }
}

static void check_definition(struct world *w, const struct table_def *def,
                             const struct model_table *m)
{
    bool good = (def->stream != STREAM_NONE) == (m->stream >= 0) &&
                (def->ttl_attribute.n > 0) == m->ttl &&
                (table_def_index(def, STR("loc")) != NULL) == m->local;
    for (int i = 0; i < GLOBALS; i++)
        good = good && (table_def_index(def, str_from_c(sim_global[i])) != NULL) == m->global[i];
    if (!good)
        sim_fail(w, "table " STR_FMT " is defined in another way", STR_ARG(def->name));
}

void sim_check_items(struct world *w, struct db_txn *txn, const struct model *m)
{
    int64_t countdown = w->fault.countdown;
    w->fault.countdown = -1;
    for (int i = 0; i < TABLES; i++) {
        const struct table *table = db_table(txn, str_from_c(sim_table[i]));
        if ((table != NULL) != m->table[i].there)
            sim_fail(w, "table %s is %s", sim_table[i], table != NULL ? "there" : "not there");
        if (table == NULL)
            continue;
        check_definition(w, table_def(table), &m->table[i]);
        compare(w, txn, table, NULL, &m->table[i]);
        const struct index_def *one = table_def_index(table_def(table), STR("one"));
        if (one != NULL && one->status == INDEX_ACTIVE)
            compare(w, txn, table, one, &m->table[i]);
    }
    w->fault.countdown = countdown;
}

static void say(void *arg, const char *line)
{
    (void)arg;
    printf("# %s\n", line);
}

void sim_check(struct world *w)
{
    struct db_check_report report;
    struct db_txn *txn;
    struct err e = {0};
    if (!db_begin(w->db, DB_READ_SNAPSHOT, false, &txn, &e) ||
        !db_check(txn, say, NULL, &report, &e))
        sim_fail(w, "the check fails: %s", e.msg);
    if (report.problems > 0)
        sim_fail(w, "the check finds %" PRIu64 " problems", report.problems);
    sim_check_items(w, txn, &w->model);
    db_end(&txn);
}

/* --- single items, through the cache ---------------------------------------------- */

static bool get(struct world *w, const char *body, bool cached, struct buf *out, struct err *e)
{
    struct req rq = {.db = w->db, .op = op_find(STR("GetItem")), .out = {.to = out}};
    struct db_txn *txn;
    err_init(&rq.err, &rq.mem);
    bool good = op_decode(&rq, str_from_c(body)) && rq.op->prepare(&rq) &&
                db_begin(w->db, DB_READ, cached, &txn, &rq.err);
    if (good) {
        good = rq.op->run(&rq, txn);
        db_end(&txn);
    }
    err_clear(e);
    if (!good)
        err_set(e, rq.err.code, "%s", rq.err.msg);
    arena_free(&rq.mem);
    return good;
}

static void read_item(struct world *w, int table, int key)
{
    struct buf want = {.mem = &w->mem}, got = {.mem = &w->mem};
    const struct model_table *t = &w->model.table[table];
    struct err e;
    const char *body = arena_printf(&w->mem,
                                    "{\"TableName\":\"%s\",\"Key\":{\"p\":{\"S\":\"p%d\"},\"s\":"
                                    "{\"N\":\"%d\"}},\"ConsistentRead\":true}",
                                    sim_table[table], key % PARTITIONS, key / PARTITIONS)
                           .p;
    /* Whether memory suffices is not in our hands, so no fault may depend on it. */
    bool good = get(w, body, !w->armed, &got, &e);
    if (!good && e.code == ERR_WOULD_BLOCK) {
        got.n = 0;
        good = get(w, body, false, &got, &e);
    }
    if (sim_struck(w) && e.code == ERR_IO)
        return;
    if (!t->there && e.code == ERR_RESOURCE_NOT_FOUND)
        return;
    buf_printf(&want, "{");
    if (t->thing[key].there) {
        buf_printf(&want, "\"Item\":");
        sim_thing_json(&want, key, &t->thing[key]);
    }
    buf_printf(&want, "}");
    if (!good || !t->there || !str_eq(buf_str(&want), buf_str(&got)))
        sim_fail(w, "GetItem %s: " STR_FMT " %s, wanted " STR_FMT, body, STR_ARG(buf_str(&got)),
                 e.msg, STR_ARG(buf_str(&want)));
}

void sim_read_items(struct world *w)
{
    for (int i = 0; i < READS; i++) {
        int table = (int)sim_random(w, TABLES);
        read_item(w, table, (int)sim_random(w, KEYS));
    }
}

/* --- items that expire ------------------------------------------------------------- */

/* The service deletes in the order of times; within a partition then by key. */
static int next_due(const struct world *w, const struct model_table *t, const bool *asked)
{
    int next = -1;
    for (int key = 0; key < KEYS; key++) {
        const struct thing *x = &t->thing[key];
        if (!asked[key] && x->there && x->t >= 0 && x->t < w->latest_ms / 1000 &&
            (next < 0 || x->t < t->thing[next].t))
            next = key;
    }
    return next;
}

/* Of what is due the service may have deleted some: the model follows. */
void sim_absorb_expired(struct world *w)
{
    static const struct thing nothing;
    struct db_txn *txn;
    struct err e = {0};
    int64_t countdown = w->fault.countdown;
    w->fault.countdown = -1;
    if (!db_begin(w->db, DB_READ, false, &txn, &e))
        sim_fail(w, "begin: %s", e.msg);
    for (int i = 0; i < TABLES; i++) {
        bool asked[KEYS] = {0};
        const struct table *table = db_table(txn, str_from_c(sim_table[i]));
        if (!w->model.table[i].ttl || table == NULL)
            continue;
        for (int key; (key = next_due(w, &w->model.table[i], asked)) >= 0;) {
            asked[key] = true;
            if (stored(w, txn, table, key).p != NULL)
                continue;
            sim_change(w, &w->model, i, key, &nothing, true);
            w->count.expired++;
        }
    }
    db_end(&txn);
    w->fault.countdown = countdown;
}

/* No marker of work to do is left (db_int.h). */
static void check_no_work(struct world *w)
{
    struct store_txn *txn;
    struct err e = {0};
    struct str key, value;
    bool good = store_begin(&w->fault.base, STORE_READ, &txn, &e), have = false;
    for (const char *space = "xybf"; good && !have && *space != '\0'; space++) {
        struct store_cursor *c;
        char after = (char)(*space + 1);
        good = store_scan(txn, (struct str){space, 1}, (struct str){&after, 1}, false, &c, &e);
        good = good && store_cursor_next(c, &key, &value, &have, &e);
        store_cursor_close(&c);
        if (have)
            sim_fail(w, "work of kind '%c' is never done", *space);
    }
    if (!good)
        sim_fail(w, "the store cannot be read: %s", e.msg);
    store_abort(&txn);
}

/* Nothing that is due is left, no index is half filled. */
void sim_check_settled(struct world *w)
{
    check_no_work(w);
    struct db_txn *txn;
    struct err e = {0};
    if (!db_begin(w->db, DB_READ, false, &txn, &e))
        sim_fail(w, "begin: %s", e.msg);
    for (int i = 0; i < TABLES; i++) {
        const struct table *table = db_table(txn, str_from_c(sim_table[i]));
        const struct model_table *t = &w->model.table[i];
        for (uint32_t k = 0; table != NULL && k < table_def(table)->index_n; k++)
            if (table_def(table)->index[k].status != INDEX_ACTIVE)
                sim_fail(w, "an index of %s is never filled", sim_table[i]);
        for (int key = 0; t->ttl && key < KEYS; key++)
            if (t->thing[key].there && t->thing[key].t >= 0 &&
                t->thing[key].t < w->now_ms / 1000 - 60)
                sim_fail(w, "item %d of %s does not expire", key, sim_table[i]);
    }
    db_end(&txn);
}
