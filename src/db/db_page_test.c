/* db_page_test.c - random queries and scans, page by page, against a filter over
 * all items. */
#include "db/db_fixture_int.h"
#include "db/db_page.h"

enum { KEYS = 300 };

static struct str item[KEYS];
static struct arena items_mem;

struct got {
    struct arena *mem;
    struct str key[KEYS * 2]; /* identity: the item's primary key as an item */
    uint32_t n;
    const struct table_def *def;
};

static bool collect(void *arg, struct str it, struct err *e)
{
    struct got *g = arg;
    if (g->n == COUNT_OF(g->key))
        return err_set(e, ERR_INTERNAL, "too many");
    g->key[g->n++] = db_page_key(g->mem, g->def, NULL, it);
    return true;
}

/* All pages, `limit` items each. */
static bool run_pages(struct db_txn *t, struct arena *mem, struct db_page p, struct got *g)
{
    struct err e = {0};
    struct db_page_result r;
    p.item = collect;
    p.arg = g;
    do {
        if (!db_page_run(t, mem, &p, &r, &e)) {
            printf("# %s\n", e.msg);
            return false;
        }
        if (p.limit != 0 && r.scanned > p.limit)
            return false;
        p.start_key = r.last_key;
    } while (r.last_key.p != NULL);
    return true;
}

/* The brute way: does the item satisfy the query? */
static bool wanted(const struct db_page *p, const struct key_schema *k, struct str it)
{
    struct attr v;
    if (!db_page_key(&items_mem, table_def(p->table), NULL, it).p)
        return false;
    for (uint32_t i = 0; i < (uint32_t)k->hash_n + k->range_n; i++)
        if (!item_find(it, k->attr[i].name, &v) || v.type != k->attr[i].type ||
            (v.type == ATTR_S && v.body.n == 0))
            return false;
    for (uint32_t i = 0; p->query && i < k->hash_n; i++)
        if (!item_find(it, k->attr[i].name, &v) || !attr_eq(&v, &p->partition[i]))
            return false;
    for (uint32_t i = 0; i < p->sort_n; i++) {
        const struct expr_key_term *term = p->sort[i];
        if (!item_find(it, term->name, &v))
            return false;
        int a = attr_cmp_scalar(&v, &term->value[0]);
        int b = term->op == EXPR_BETWEEN ? attr_cmp_scalar(&v, &term->value[1]) : 0;
        bool good = term->op == EXPR_EQ        ? a == 0
                    : term->op == EXPR_LT      ? a < 0
                    : term->op == EXPR_LE      ? a <= 0
                    : term->op == EXPR_GT      ? a > 0
                    : term->op == EXPR_GE      ? a >= 0
                    : term->op == EXPR_BETWEEN ? a >= 0 && b <= 0
                                               : str_starts_with(v.body, term->value[0].body);
        if (!good)
            return false;
    }
    return true;
}

static int order(const struct key_schema *k, struct str a, struct str b)
{
    for (uint32_t i = k->hash_n; i < (uint32_t)k->hash_n + k->range_n; i++) {
        struct attr x, y;
        if (!item_find(a, k->attr[i].name, &x) || !item_find(b, k->attr[i].name, &y))
            return 0;
        int c = attr_cmp_scalar(&x, &y);
        if (c != 0)
            return c;
    }
    return 0;
}

static struct str full(struct arena *mem, struct str key)
{
    for (uint32_t k = 0; k < KEYS; k++)
        if (item[k].p != NULL && str_eq(fix_key(mem, k), key))
            return item[k];
    return (struct str){0};
}

/* As many as the brute way finds, each wanted, none twice, in order. */
static bool right(struct arena *mem, const struct db_page *p, const struct got *g)
{
    const struct key_schema *k = p->index != NULL ? &p->index->key : &table_def(p->table)->key;
    uint32_t want = 0;
    for (uint32_t i = 0; i < KEYS; i++)
        want += item[i].p != NULL && wanted(p, k, item[i]);
    for (uint32_t i = 0; i < g->n; i++) {
        struct str it = full(mem, g->key[i]);
        if (it.p == NULL || !wanted(p, k, it))
            return false;
        for (uint32_t j = 0; j < i; j++)
            if (str_eq(g->key[i], g->key[j]))
                return false;
        if (p->query && i > 0) {
            int c = order(k, full(mem, g->key[i - 1]), it);
            if (p->reverse ? c < 0 : c > 0)
                return false;
        }
    }
    if (want != g->n)
        printf("# %u wanted, %u found\n", want, g->n);
    return want == g->n;
}

static struct attr scalar(struct arena *mem, enum attr_type t, const char *text)
{
    struct buf out = {.mem = mem};
    struct attr_build b;
    attr_build_init(&b, &out);
    attr_build_scalar(&b, t, str_from_c(text));
    struct str in = buf_str(&out);
    return attr_read(&in);
}

static struct attr random_value(struct arena *mem, const struct key_attr *a)
{
    static const char *words[] = {"a", "b", "ab"}, *parts[] = {"p1", "p2", "p3", "p4"};
    if (a->type == ATTR_N)
        return scalar(mem, ATTR_N,
                      fix_number(mem, fix_random(str_eq(a->name, STR("sk")) ? 80 : 10)));
    bool pk = str_eq(a->name, STR("pk"));
    return scalar(mem, ATTR_S, pk ? parts[fix_random(4)] : words[fix_random(3)]);
}

static void random_query(struct arena *mem, struct db_page *p, const struct key_schema *k)
{
    static const enum expr_op ops[] = {EXPR_EQ, EXPR_LT,      EXPR_LE,         EXPR_GT,
                                       EXPR_GE, EXPR_BETWEEN, EXPR_BEGINS_WITH};
    p->query = true;
    for (uint32_t i = 0; i < k->hash_n; i++) {
        p->partition[i] = random_value(mem, &k->attr[i]);
        if (str_eq(k->attr[i].name, STR("h")))
            p->partition[i] = scalar(mem, ATTR_N, fix_random(2) ? "1" : "0");
    }
    p->sort_n = fix_random((uint32_t)k->range_n + 1);
    for (uint32_t i = 0; i < p->sort_n; i++) {
        const struct key_attr *a = &k->attr[k->hash_n + i];
        struct expr_key_term *term = NEW(mem, struct expr_key_term);
        uint32_t choices = a->type == ATTR_N ? 6 : 7;
        *term = (struct expr_key_term){a->name,
                                       i + 1 < p->sort_n ? EXPR_EQ : ops[fix_random(choices)],
                                       {random_value(mem, a), random_value(mem, a)}};
        p->sort[i] = term;
    }
}

static void test_random(struct db *db)
{
    struct err e = {0};
    struct db_txn *t;
    bool good = db_begin(db, DB_READ_SNAPSHOT, false, &t, &e);
    const struct table *table = db_table(t, STR("T"));
    const struct table_def *def = table_def(table);
    uint64_t found = 0;
    int round = 0;
    for (; good && round < 800; round++) {
        struct arena mem = {0};
        struct got *g = NEW(&mem, struct got);
        g->mem = &mem;
        g->def = def;
        struct db_page p = {.table = table, .limit = fix_random(8)};
        uint32_t x = fix_random(def->index_n + 1);
        p.index = x > 0 ? &def->index[x - 1] : NULL;
        p.fetch_base = x == 1 && fix_random(2);
        p.reverse = fix_random(2);
        if (fix_random(20) == 0) {
            p.limit = p.limit * 5;
            p.hash_to = UINT64_MAX;
        } else {
            random_query(&mem, &p, p.index != NULL ? &p.index->key : &def->key);
        }
        good = run_pages(t, &mem, p, g) && right(&mem, &p, g);
        found += g->n;
        arena_free(&mem);
    }
    ok(good && found > 3000, "%d queries and scans of table and indexes, %llu items", round,
       (unsigned long long)found);
    db_end(&t);
}

static void test_segments(struct db *db)
{
    struct err e = {0};
    struct db_txn *t;
    struct arena mem = {0};
    bool good = db_begin(db, DB_READ_SNAPSHOT, false, &t, &e);
    struct db_page p = {.table = db_table(t, STR("T"))};
    struct got *g = NEW(&mem, struct got);
    g->mem = &mem;
    g->def = table_def(p.table);
    uint64_t next = 0;
    for (uint32_t s = 0; good && s < 7; s++) {
        db_page_segment(s, 7, &p.hash_from, &p.hash_to);
        good = p.hash_from == next && run_pages(t, &mem, p, g);
        next = p.hash_to + 1;
    }
    ok(good && next == 0 && right(&mem, &p, g), "segments cover every item once");
    arena_free(&mem);
    db_end(&t);
}

/* Segments follow each other without gaps from the first hash to the last, and are equally large.
 */
static void test_segment_bounds(void)
{
    static const uint32_t totals[] = {1, 2, 3, 7, 64, 1000, 65537, 999983, 999999, 1000000};

    for (size_t i = 0; i < COUNT_OF(totals); i++) {
        uint64_t next = 0, from = 0, to = 0, least = UINT64_MAX, most = 0;
        bool good = true;
        for (uint32_t s = 0; good && s < totals[i]; s++) {
            db_page_segment(s, totals[i], &from, &to);
            good = from == next && to >= from;
            least = to - from < least ? to - from : least;
            most = to - from > most ? to - from : most;
            next = to + 1;
        }
        ok(good && to == UINT64_MAX && most - least <= 1, "%u segments", totals[i]);
    }
}

static struct str big_item(struct arena *mem, uint32_t n, size_t size)
{
    struct buf out = {.mem = mem};
    struct attr_build b;
    char *x = arena_alloc(mem, size);
    memset(x, 'x', size);
    item_begin(&b, &out);
    fix_add(&b, "pk", ATTR_S, "big");
    fix_add(&b, "sk", ATTR_N, fix_number(mem, n));
    attr_build_name(&b, STR("x"));
    attr_build_scalar(&b, ATTR_S, (struct str){x, size});
    item_end(&b);
    return buf_str(&out);
}

/* A page holds 1 MiB: the item that reaches it is the last. */
static void test_page_bytes(struct db *db)
{
    struct err e = {0};
    struct db_txn *t;
    struct arena mem = {0};
    bool good = db_begin(db, DB_WRITE, false, &t, &e);
    const struct table *table = db_table(t, STR("T"));
    struct capacity_use use = {0};
    uint32_t first = 0;
    for (uint32_t n = 0; good && n < 8; n++) {
        struct db_change c = {.table = table, .new_item = big_item(&mem, n, 256 * 1024 - 12)};
        first = n == 0 ? item_size(c.new_item) : first;
        good = db_item_change(t, &c, &use, &e);
    }
    good = good && db_commit(&t, &e) && db_begin(db, DB_READ, false, &t, &e);
    table = db_table(t, STR("T"));
    struct db_page p = {.table = table, .query = true, .partition = {scalar(&mem, ATTR_S, "big")}};
    struct db_page_result r;
    good = good && db_page_run(t, &mem, &p, &r, &e);
    uint32_t expected = (LIMIT_PAGE_BYTES + first - 1) / first;
    ok(good && r.scanned == expected && r.last_key.p != NULL && r.bytes >= LIMIT_PAGE_BYTES,
       "%u of 8 items of %u bytes in a page", good ? r.scanned : 0, first);
    p.limit = 8;
    p.start_key = r.last_key;
    good = good && db_page_run(t, &mem, &p, &r, &e);
    ok(good && r.scanned == 8 - expected && r.last_key.p == NULL, "the rest");
    p.start_key = (struct str){0};
    p.limit = 2;
    good = good && db_page_run(t, &mem, &p, &r, &e);
    ok(good && r.scanned == 2 && r.count == 2 && r.last_key.p != NULL, "a limit");
    db_end(&t);
    p.limit = 0;
    good = good && db_begin(db, DB_READ, true, &t, &e);
    p.table = db_table(t, STR("T"));
    ok(good && !db_page_run(t, &mem, &p, &r, &e) && e.code == ERR_WOULD_BLOCK,
       "a long page is not for the loop");
    err_clear(&e);
    p.limit = 1;
    ok(db_page_run(t, &mem, &p, &r, &e) && r.count == 1, "a short one is");
    db_end(&t);
    arena_free(&mem);
}

/* A filter with long literals: on no loop, and not for long in one page. */
static void test_long_filter(struct db *db)
{
    enum { LITERAL_BYTES = 1 << 20, TERMS = 200 };
    struct err e = {0};
    struct db_txn *t;
    struct arena mem = {0};
    char *text = memset(arena_alloc(&mem, LITERAL_BYTES), 'x', LITERAL_BYTES - 1);
    struct expr_operand literal = {.type = EXPR_VALUE, .value = scalar(&mem, ATTR_S, text)};
    struct expr_step step = {.name = STR("nope")};
    struct expr_operand path = {.type = EXPR_PATH, .path = {1, &step}};
    const struct expr_operand *operand[] = {&path, &literal};
    struct expr_cond equal = {.op = EXPR_EQ, .n = 2, .operand = operand};
    const struct expr_cond *child[TERMS];
    for (size_t i = 0; i < TERMS; i++)
        child[i] = &equal;
    struct expr_cond any = {.op = EXPR_OR, .n = TERMS, .child = child};
    bool good = db_begin(db, DB_READ, false, &t, &e);
    struct db_page p = {
        .table = db_table(t, STR("T")), .query = true, .partition = {scalar(&mem, ATTR_S, "big")}};
    struct db_page_result r;
    p.filter = &equal;
    good = good && db_page_run(t, &mem, &p, &r, &e);
    uint32_t all = LIMIT_PAGE_BYTES / (256 * 1024);
    ok(good && r.scanned >= all && r.count == 0, "one long literal ends no page");
    p.filter = &any;
    p.limit = 100;
    p.table = db_table(t, STR("T"));
    p.query = false;
    p.hash_to = UINT64_MAX;
    good = good && db_page_run(t, &mem, &p, &r, &e);
    uint32_t expected = LIMIT_PAGE_FILTER_BYTES / (LITERAL_BYTES * TERMS) + 1;
    ok(good && r.scanned == expected && r.last_key.p != NULL, "two hundred do, after %u items",
       expected);
    db_end(&t);
    good = good && db_begin(db, DB_READ, true, &t, &e);
    p.table = db_table(t, STR("T"));
    p.limit = 1;
    ok(good && !db_page_run(t, &mem, &p, &r, &e) && e.code == ERR_WOULD_BLOCK,
       "nor are they for the loop");
    db_end(&t);
    arena_free(&mem);
}

static bool refuse(void *arg, struct str it, struct err *e)
{
    (void)arg, (void)it;
    return err_set(e, ERR_VALIDATION, "enough");
}

int main(void)
{
    struct err e = {0};
    struct db *db = fix_open(fix_store(NULL));
    struct db_txn *t;
    bool good = db != NULL && fix_create(db, "T") && db_begin(db, DB_WRITE, false, &t, &e);
    for (uint32_t k = 0; good && k < KEYS; k++) {
        item[k] = fix_random(8) ? fix_item(&items_mem, k) : (struct str){0};
        good = fix_write(t, db_table(t, STR("T")), &items_mem, k, item[k], NULL, &e);
    }
    ok(good && db_commit(&t, &e), "items");
    test_random(db);
    test_segments(db);
    test_segment_bounds();
    test_page_bytes(db);
    test_long_filter(db);
    struct db_page_result r;
    good = db_begin(db, DB_READ, false, &t, &e);
    struct db_page p = {.table = db_table(t, STR("T")), .hash_to = UINT64_MAX, .item = refuse};
    ok(good && !db_page_run(t, &items_mem, &p, &r, &e) && strcmp(e.msg, "enough") == 0,
       "the receiver can stop");
    db_end(&t);
    db_close(&db);
    arena_free(&items_mem);
    return tap_done();
}
