/* partiql_plan.c - see partiql_plan.h.
 *
 * A part of a condition that a key condition expresses wholly is taken out; all
 * others stay and are tested on each item.  So a part that is not understood
 * here costs time, never a wrong answer. */
#include "partiql/partiql_plan.h"

#include "model/item.h"
#include "partiql/partiql_branch_int.h"

/* Parts ------------------------------------------------------------------------- */

static void add_parts(struct arena *mem, struct ptr_list *to, const struct expr_cond *c)
{
    if (c->op != EXPR_AND) {
        ptr_list_add(mem, to, c);
        return;
    }
    for (uint32_t i = 0; i < c->n; i++)
        add_parts(mem, to, c->child[i]);
}

/* What was not taken out (set to NULL), as one condition. */
static const struct expr_cond *rest_of(struct arena *mem, const struct ptr_list *parts)
{
    struct ptr_list left = {0};

    for (uint32_t i = 0; i < parts->n; i++)
        if (parts->p[i] != NULL)
            ptr_list_add(mem, &left, parts->p[i]);
    if (left.n < 2)
        return left.n == 1 ? left.p[0] : NULL;
    struct expr_cond *all = NEW(mem, struct expr_cond);
    *all = (struct expr_cond){
        .op = EXPR_AND, .n = left.n, .child = (const struct expr_cond *const *)left.p};
    return all;
}

/* Takes the first part that wants the attribute equal to something; NULL: none does. */
static const struct attr *take_equal(struct ptr_list *parts, struct str name)
{
    for (uint32_t i = 0; i < parts->n; i++) {
        const struct attr *v = parts->p[i] != NULL ? pq_equal_to(parts->p[i], name) : NULL;
        if (v == NULL)
            continue;
        parts->p[i] = NULL;
        return v;
    }
    return NULL;
}

bool partiql_key(struct arena *mem, const struct key_schema *k, const struct expr_cond *where,
                 struct str *key, const struct expr_cond **rest)
{
    struct item_entry entry[LIMIT_KEY_ATTRIBUTES];
    struct ptr_list parts = {0};
    uint32_t n = (uint32_t)k->hash_n + k->range_n;

    if (where != NULL)
        add_parts(mem, &parts, where);
    for (uint32_t i = 0; i < n; i++) {
        const struct attr *v = take_equal(&parts, k->attr[i].name);
        if (v == NULL)
            return false;
        entry[i] = (struct item_entry){k->attr[i].name, v->raw};
    }
    *key = item_from_entries(mem, entry, n);
    *rest = rest_of(mem, &parts);
    return true;
}

const struct key_attr *partiql_key_again(const struct key_schema *k, struct str key,
                                         const struct expr_cond *rest)
{
    uint32_t n = rest == NULL ? 0 : rest->op == EXPR_AND ? rest->n : 1;

    for (uint32_t i = 0; i < n; i++) {
        const struct expr_cond *c = rest->op == EXPR_AND ? rest->child[i] : rest;
        for (int at = 0; at < k->hash_n + k->range_n; at++) {
            const struct attr *again = pq_equal_to(c, k->attr[at].name);
            struct attr v;
            if (again != NULL && item_find(key, k->attr[at].name, &v) && !attr_eq(again, &v))
                return &k->attr[at];
        }
    }
    return NULL;
}

/* Queries ----------------------------------------------------------------------- */

/* Takes the part that says most about a sort attribute: equality, or the first. */
static bool take_sort(struct ptr_list *parts, const struct key_attr *k, struct expr_key_term *out)
{
    const void **best = NULL;

    for (uint32_t i = 0; i < parts->n; i++) {
        struct expr_key_term t;
        if (parts->p[i] == NULL || !pq_key_term(parts->p[i], k, &t) ||
            (best != NULL && t.op != EXPR_EQ))
            continue;
        best = &parts->p[i];
        *out = t;
        if (t.op == EXPR_EQ)
            break;
    }
    if (best != NULL)
        *best = NULL;
    return best != NULL;
}

static void query_of(const struct pq_spread *s, const struct pq_branch *b,
                     struct partiql_query *out)
{
    const struct key_schema *k = s->key;
    struct expr_key_term *term = NEW_ARRAY(s->mem, struct expr_key_term, LIMIT_KEY_ATTRIBUTES);
    struct ptr_list parts = b->part;
    uint32_t n = 0;

    for (; n < k->hash_n; n++)
        term[n] = (struct expr_key_term){.name = k->attr[n].name,
                                         .op = EXPR_EQ,
                                         .value = {*take_equal(&parts, k->attr[n].name)}};
    /* Sort attributes from the first on; all but the last for equality. */
    for (int i = 0; i < k->range_n && take_sort(&parts, &k->attr[n], &term[n]); i++)
        if (term[n++].op != EXPR_EQ)
            break;
    out->key = (struct expr_key_cond){n, term};
    out->filter = rest_of(s->mem, &parts);
}

static bool plan_queries(const struct pq_spread *s, const struct pq_branches *b,
                         struct partiql_read *out)
{
    for (uint32_t i = 0; i < b->n; i++)
        for (uint32_t k = 0; k < i; k++)
            if (pq_branches_overlap(s->key, &b->branch[i], &b->branch[k]))
                return err_set(s->e, ERR_VALIDATION,
                               "Overlapping conditions with range keys are not supported in where "
                               "clause");
    out->queries_n = b->n;
    out->query = NEW_ARRAY(s->mem, struct partiql_query, b->n);
    for (uint32_t i = 0; i < b->n; i++)
        query_of(s, &b->branch[i], &out->query[i]);
    return true;
}

/* ORDER BY ---------------------------------------------------------------------- */

static int key_at(const struct key_schema *k, struct str name)
{
    int at = 0;

    while (at < k->hash_n + k->range_n && !str_eq(k->attr[at].name, name))
        at++;
    return at;
}

static bool check_order(const struct pq_spread *s, const struct partiql_statement *st,
                        const struct pq_branches *b, bool keyed)
{
    const struct key_schema *k = s->key;
    bool named[LIMIT_KEY_ATTRIBUTES] = {false};
    bool hash = true, one = true;

    if (st->where == NULL)
        return err_set(s->e, ERR_VALIDATION,
                       "Must have WHERE clause in the statement when using ORDER BY clause.");
    for (uint32_t i = 0; i < st->order_n; i++) {
        int at = key_at(k, st->order[i].name);
        if (at == k->hash_n + k->range_n)
            return err_set(s->e, ERR_VALIDATION,
                           "Attribute " STR_FMT
                           " in ORDER BY clause must be part of the primary key",
                           STR_ARG(st->order[i].name));
        named[at] = true;
    }
    if (!keyed)
        return err_set(s->e, ERR_VALIDATION,
                       "Must have at least one non-optional hash key condition in WHERE clause "
                       "when using ORDER BY clause.");
    for (uint32_t i = 1; i < b->n; i++)
        one = one && pq_same_partition(k, &b->branch[0], &b->branch[i]);
    for (int i = 0; i < k->hash_n; i++)
        hash = hash && named[i];
    return one || hash ||
           err_set(s->e, ERR_VALIDATION,
                   "Must have hash key in ORDER BY clause when more than one hash key condition "
                   "specified in WHERE clause.");
}

/* Is the sort attribute one value in each branch? */
static bool is_fixed(const struct pq_branches *b, int i)
{
    for (uint32_t at = 0; at < b->n; at++)
        if (!pq_is_point(&b->branch[at].range[i]))
            return false;
    return true;
}

/* As an index is read: by the sort attributes from the first one on that is not fixed, all in one
 * direction. */
static bool direction(const struct pq_spread *s, const struct partiql_statement *st,
                      const struct pq_branches *b, bool *reverse)
{
    int next = 0;
    bool set = false;

    for (uint32_t i = 0; i < st->order_n; i++) {
        int at = key_at(s->key, st->order[i].name) - s->key->hash_n;
        if (at < 0)
            continue;
        while (next < at && is_fixed(b, next))
            next++;
        if (at > next || (set && *reverse != st->order[i].descending))
            return err_set(s->e, ERR_VALIDATION,
                           "ORDER BY clause must name the sort key attributes in their order and "
                           "in one direction");
        *reverse = st->order[i].descending;
        set = true;
        next = at + 1;
    }
    return true;
}

struct ordering {
    const struct key_schema *key;
    const struct partiql_statement *statement;
    bool reverse;
};

/* Of two branches of one partition, which do not overlap, one ends before the other begins. */
static int compare_ranges(const struct key_schema *k, const struct pq_branch *a,
                          const struct pq_branch *b)
{
    for (int i = 0; i < k->range_n; i++) {
        const struct attr *x = a->range[i].low, *y = b->range[i].low;
        int c = x == NULL || y == NULL ? (x != NULL) - (y != NULL) : attr_cmp_scalar(x, y);
        if (c == 0 && x != NULL)
            c = b->range[i].low_in - a->range[i].low_in;
        if (c != 0)
            return c;
    }
    return 0;
}

static int compare_branches(const struct ordering *o, const struct pq_branch *a,
                            const struct pq_branch *b)
{
    for (uint32_t i = 0; i < o->statement->order_n; i++) {
        int at = key_at(o->key, o->statement->order[i].name);
        int c = at < o->key->hash_n ? attr_cmp_scalar(a->hash[at], b->hash[at]) : 0;
        if (c != 0)
            return o->statement->order[i].descending ? -c : c;
    }
    if (!pq_same_partition(o->key, a, b))
        return 0; /* as written */
    return o->reverse ? compare_ranges(o->key, b, a) : compare_ranges(o->key, a, b);
}

static void sort_branches(const struct ordering *o, struct pq_branches *b)
{
    for (uint32_t i = 1; i < b->n; i++) {
        struct pq_branch moved = b->branch[i];
        uint32_t at = i;
        for (; at > 0 && compare_branches(o, &b->branch[at - 1], &moved) > 0; at--)
            b->branch[at] = b->branch[at - 1];
        b->branch[at] = moved;
    }
}

/* Plans ------------------------------------------------------------------------- */

static bool bind_all(const struct pq_spread *s, struct pq_branches *b)
{
    if (b->too_many)
        return false;
    for (uint32_t i = 0; i < b->n; i++)
        if (!pq_branch_bind(s, &b->branch[i]))
            return false;
    return true;
}

static bool plan(const struct pq_spread *s, const struct partiql_statement *st,
                 struct partiql_read *out)
{
    struct ordering o = {.key = s->key, .statement = st};
    struct pq_branches b;

    if (!pq_spread(s, st->where, &b))
        return false;
    if (b.too_many && pq_pins_partition(s->key, st->where))
        return err_set(s->e, ERR_VALIDATION,
                       "Too many decomposed read operations for a given query.");
    bool keyed = bind_all(s, &b);
    if (st->order_n > 0 && (!check_order(s, st, &b, keyed) || !direction(s, st, &b, &out->reverse)))
        return false;
    if (!keyed) {
        out->filter = st->where;
        return true;
    }
    o.reverse = out->reverse;
    sort_branches(&o, &b);
    return plan_queries(s, &b, out);
}

/* A single query for one item is a read by key. */
static void read_by_key(struct arena *mem, const struct key_schema *k, struct partiql_read *r)
{
    struct item_entry entry[LIMIT_KEY_ATTRIBUTES];
    const struct expr_key_cond *c = &r->query[0].key;
    uint32_t n = (uint32_t)k->hash_n + k->range_n;

    if (r->queries_n != 1 || c->n != n || c->term[n - 1].op != EXPR_EQ)
        return;
    for (uint32_t i = 0; i < n; i++)
        entry[i] = (struct item_entry){c->term[i].name, c->term[i].value[0].raw};
    r->key = item_from_entries(mem, entry, n);
    r->filter = r->query[0].filter;
    r->queries_n = 0;
}

bool partiql_plan_read(struct arena *mem, const struct table_def *t, const struct index_def *x,
                       const struct partiql_statement *s, struct partiql_read *out, struct err *e)
{
    const struct pq_spread spread = {mem, x != NULL ? &x->key : &t->key, e};

    *out = (struct partiql_read){0};
    if (!plan(&spread, s, out))
        return false;
    if (x == NULL && s->order_n == 0 && out->queries_n > 0)
        read_by_key(mem, &t->key, out);
    return true;
}
