/* fuzz_partiql.c - the first byte chooses how many parameters there are, the rest is
 * a statement.  What parses is planned against a schema and run on some items:
 *
 *   a plan finds an item exactly when the condition is true of it;
 *   what an INSERT or an UPDATE makes is a well-formed item. */
#include <stdint.h>
#include <stdlib.h>

#include "codec/utf8.h"
#include "expr/expr_fixture_int.h"
#include "partiql/partiql_plan.h"

static const char *const items[] = {
    "{p:\"a\",s:1,g:\"a\",h:1,r:\"a\",l:\"b\",n:1,m:{a:{b:[1,2,{c:3}]}},ss:<\"a\",\"b\">}",
    "{p:\"a\",s:2,g:\"b\",h:2,r:\"ab\",l:\"a\",n:\"a\",t:true}",
    "{p:\"b\",s:1,g:\"a\",h:1,r:\"b\",l:\"ab\",z:null,x:b\"by\"}",
    "{p:\"ab\",s:-1.5}",
};

static void need(bool what)
{
    if (!what)
        abort();
}

static struct table_def *schema(struct arena *mem)
{
    struct key_attr p = {STR("p"), ATTR_S}, s = {STR("s"), ATTR_N}, l = {STR("l"), ATTR_S},
                    g = {STR("g"), ATTR_S}, h = {STR("h"), ATTR_N}, r = {STR("r"), ATTR_S};
    struct table_def *t = NEW(mem, struct table_def);

    t->name = STR("t");
    t->key = (struct key_schema){1, 1, {p, s}};
    t->index_n = 3;
    t->index = NEW_ARRAY(mem, struct index_def, 3);
    t->index[0] = (struct index_def){.name = STR("loc"), .key = {1, 1, {p, l}}};
    t->index[1] = (struct index_def){.name = STR("glo"), .global = true, .key = {1, 0, {g}}};
    t->index[2] =
        (struct index_def){.name = STR("multi"), .global = true, .key = {2, 2, {g, h, r, s}}};
    return t;
}

static bool term_true(const struct expr_key_term *t, const struct attr *v)
{
    int c = attr_cmp_scalar(v, &t->value[0]);

    switch (t->op) {
    case EXPR_EQ:
        return c == 0;
    case EXPR_LT:
        return c < 0;
    case EXPR_LE:
        return c <= 0;
    case EXPR_GT:
        return c > 0;
    case EXPR_GE:
        return c >= 0;
    case EXPR_BETWEEN:
        return c >= 0 && attr_cmp_scalar(v, &t->value[1]) <= 0;
    default:
        need(t->op == EXPR_BEGINS_WITH);
        return str_starts_with(v->body, t->value[0].body);
    }
}

static bool passes(const struct expr_cond *filter, struct str item)
{
    return filter == NULL || expr_true(filter, item);
}

/* Is the item in what this query reads? */
static bool in_query(const struct key_schema *k, const struct expr_key_cond *c, struct str item)
{
    bool in = true;

    need(c->n >= k->hash_n && c->n <= (uint32_t)k->hash_n + k->range_n);
    for (uint32_t i = 0; i < c->n; i++) {
        const struct expr_key_term *t = &c->term[i];
        struct attr v;
        bool found = item_find(item, k->attr[i].name, &v);
        need(found && str_eq(t->name, k->attr[i].name));
        need(t->value[0].type == k->attr[i].type);
        need(t->op != EXPR_BETWEEN || t->value[1].type == k->attr[i].type);
        in = in && term_true(t, &v);
    }
    return in;
}

static bool in_index(const struct key_schema *k, struct str item)
{
    struct attr v;

    for (int i = 0; i < k->hash_n + k->range_n; i++)
        if (!item_find(item, k->attr[i].name, &v) || v.type != k->attr[i].type)
            return false;
    return true;
}

static bool has_key(const struct table_def *t, struct str key, struct str item)
{
    struct attr a, b;

    for (int i = 0; i < 2; i++)
        if (!item_find(key, t->key.attr[i].name, &a) || !item_find(item, t->key.attr[i].name, &b) ||
            !attr_eq(&a, &b))
            return false;
    return true;
}

/* The queries do not overlap, so at most one may find an item. */
static void check_plan(const struct table_def *t, const struct key_schema *k,
                       const struct partiql_statement *s, const struct partiql_read *plan,
                       struct str item)
{
    uint32_t found = 0;

    if (!in_index(k, item))
        return;
    if (plan->key.p != NULL)
        found = has_key(t, plan->key, item) && passes(plan->filter, item);
    else if (plan->queries_n == 0)
        found = passes(plan->filter, item);
    for (uint32_t i = 0; i < plan->queries_n; i++)
        found += in_query(k, &plan->query[i].key, item) && passes(plan->query[i].filter, item);
    need(found <= 1);
    need(found == passes(s->where, item));
}

static void run_select(struct arena *mem, const struct table_def *t,
                       const struct partiql_statement *s, struct err *e)
{
    const struct index_def *x =
        s->index.p != NULL ? &t->index[s->index.n % t->index_n] : NULL; /* any name */
    struct partiql_read plan;

    if (!partiql_plan_read(mem, t, x, s, &plan, e))
        return;
    need(plan.queries_n <= PARTIQL_READS_MAX);
    for (size_t i = 0; i < COUNT_OF(items); i++)
        check_plan(t, x != NULL ? &x->key : &t->key, s, &plan, fixture_item(mem, items[i]));
}

static void run_keyed(struct arena *mem, const struct table_def *t,
                      const struct partiql_statement *s, struct err *e)
{
    const struct expr_cond *rest;
    struct str key, out;

    if (!partiql_key(mem, &t->key, s->where, &key, &rest))
        return;
    need(item_check(key, e));
    for (size_t i = 0; i < COUNT_OF(items); i++) {
        struct str item = fixture_item(mem, items[i]);
        struct err failed = {0};
        bool by_key = has_key(t, key, item) && (rest == NULL || expr_true(rest, item));
        need(by_key == expr_true(s->where, item));
        if (s->update == NULL || !expr_update(mem, s->update, item, item, &out, &failed))
            continue;
        need(item_check(out, e));
        struct str touched = expr_update_touched(mem, s->update, out);
        need(touched.p == NULL || item_check(touched, e));
    }
}

static void run(struct arena *mem, const struct partiql_statement *s, struct err *e)
{
    const struct table_def *t = schema(mem);

    need(s->table.n > 0);
    if (s->where != NULL)
        need(expr_cond_dump(mem, s->where).n > 0);
    if (s->kind == PARTIQL_SELECT)
        run_select(mem, t, s, e);
    else if (s->kind == PARTIQL_INSERT)
        need(item_check(s->item, e));
    else
        run_keyed(mem, t, s, e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char values[] = "{a:\"a\",b:1,c:[\"a\",\"b\"],d:{x:1},e:<\"a\">}";
    struct attr params[5];

    if (size < 1 || size > LIMIT_STATEMENT_BYTES + 1)
        return 0;
    struct str text = {(const char *)data + 1, size - 1};
    if (!utf8_valid(text)) /* JSON has seen to that */
        return 0;
    struct arena mem = {0};
    struct err e = {0};
    struct partiql_statement s;
    struct attr map = item_map(fixture_item(&mem, values));
    struct attr_iter it = attr_iter(&map);
    struct str name;
    for (size_t i = 0; i < COUNT_OF(params); i++)
        need(attr_next(&it, &name, &params[i]));
    if (partiql_parse(&mem, text, params, data[0] % (COUNT_OF(params) + 1), &s, &e))
        run(&mem, &s, &e);
    need(e.code == ERR_NONE || e.code == ERR_VALIDATION);
    need(e.code == ERR_NONE || e.msg[0] != '\0');
    arena_free(&mem);
    return 0;
}
