/* partiql_plan.c - see partiql_plan.h.
 *
 * A condition is a conjunction of parts.  A part that a key condition expresses
 * wholly is taken out; all others stay and are tested on each item.  So a part
 * that is not understood here costs time, never a wrong answer. */
#include "partiql/partiql_plan.h"

#include "base/buf.h"
#include "model/item.h"

/* The parts of a condition, AND-ed. */
struct parts {
    struct arena *mem;
    const struct expr_cond **part;
    uint32_t n, cap;
};

static uint32_t count_parts(const struct expr_cond *c)
{
    uint32_t n = 0;

    if (c->op != EXPR_AND)
        return 1;
    for (uint32_t i = 0; i < c->n; i++)
        n += count_parts(c->child[i]);
    return n;
}

static void add_parts(struct parts *p, const struct expr_cond *c)
{
    if (c->op != EXPR_AND) {
        assert(p->n < p->cap);
        p->part[p->n++] = c;
        return;
    }
    for (uint32_t i = 0; i < c->n; i++)
        add_parts(p, c->child[i]);
}

static struct parts split(struct arena *mem, const struct expr_cond *where)
{
    struct parts p = {.mem = mem};

    if (where == NULL)
        return p;
    p.cap = count_parts(where);
    p.part = NEW_ARRAY(mem, const struct expr_cond *, p.cap);
    add_parts(&p, where);
    return p;
}

/* What was not taken out (set to NULL), as one condition. */
static const struct expr_cond *rest_of(const struct parts *p)
{
    const struct expr_cond **child = NEW_ARRAY(p->mem, const struct expr_cond *, p->n);
    uint32_t n = 0;

    for (uint32_t i = 0; i < p->n; i++)
        if (p->part[i] != NULL)
            child[n++] = p->part[i];
    if (n == 0)
        return NULL;
    if (n == 1)
        return child[0];
    struct expr_cond *all = NEW(p->mem, struct expr_cond);
    *all = (struct expr_cond){.op = EXPR_AND, .n = n, .child = child};
    return all;
}

static bool names(const struct expr_operand *o, struct str name)
{
    return o->type == EXPR_PATH && o->path.n == 1 && str_eq(o->path.step[0].name, name);
}

static bool is_literal(const struct expr_operand *o)
{
    return o->type == EXPR_VALUE && o->value.type != ATTR_NONE;
}

/* name = literal, either way round. */
static const struct attr *equal_to(const struct expr_cond *c, struct str name)
{
    if (c == NULL || c->op != EXPR_EQ)
        return NULL;
    for (int i = 0; i < 2; i++)
        if (names(c->operand[i], name) && is_literal(c->operand[1 - i]))
            return &c->operand[1 - i]->value;
    return NULL;
}

/* Keys -------------------------------------------------------------------------- */

bool partiql_key(struct arena *mem, const struct key_schema *k, const struct expr_cond *where,
                 struct str *key, const struct expr_cond **rest)
{
    struct item_entry entry[LIMIT_KEY_ATTRIBUTES];
    struct parts p = split(mem, where);
    uint32_t n = (uint32_t)k->hash_n + k->range_n;

    for (uint32_t i = 0; i < n; i++) {
        const struct attr *v = NULL;
        for (uint32_t at = 0; at < p.n && v == NULL; at++) {
            v = equal_to(p.part[at], k->attr[i].name);
            if (v != NULL)
                p.part[at] = NULL;
        }
        if (v == NULL)
            return false;
        entry[i] = (struct item_entry){k->attr[i].name, v->raw};
    }
    *key = item_from_entries(mem, entry, n);
    *rest = rest_of(&p);
    return true;
}

/* Could it be a stored key?  What could not is left to the checks of queries. */
static bool key_fits(const struct key_schema *k, struct str key)
{
    for (int i = 0; i < k->hash_n + k->range_n; i++) {
        struct attr v;
        if (!item_find(key, k->attr[i].name, &v) || v.type != k->attr[i].type)
            return false;
        if (v.body.n == 0 ||
            v.body.n > (size_t)(i < k->hash_n ? LIMIT_PARTITION_KEY_BYTES : LIMIT_SORT_KEY_BYTES))
            return false;
    }
    return true;
}

/* Partitions -------------------------------------------------------------------- */

struct values {
    uint32_t n;
    struct attr v[PARTIQL_PARTITIONS_MAX];
    bool too_many;
};

static void add_value(struct values *s, const struct attr *v)
{
    for (uint32_t i = 0; i < s->n; i++)
        if (attr_eq(&s->v[i], v))
            return;
    if (s->n == PARTIQL_PARTITIONS_MAX)
        s->too_many = true;
    else
        s->v[s->n++] = *v;
}

static bool in_values(const struct expr_cond *c, struct str name, struct values *out)
{
    if (!names(c->operand[0], name) || c->n < 2)
        return false;
    for (uint32_t i = 1; i < c->n; i++)
        if (!is_literal(c->operand[i]))
            return false;
    for (uint32_t i = 1; i < c->n; i++)
        add_value(out, &c->operand[i]->value);
    return true;
}

/* Does the condition say that the attribute is one of some values? */
static bool one_of(const struct expr_cond *c, struct str name, struct values *out)
{
    const struct attr *v;

    switch (c->op) {
    case EXPR_EQ:
        v = equal_to(c, name);
        if (v != NULL)
            add_value(out, v);
        return v != NULL;
    case EXPR_IN:
        return in_values(c, name, out);
    case EXPR_OR:
        for (uint32_t i = 0; i < c->n; i++)
            if (!one_of(c->child[i], name, out))
                return false;
        return true;
    default:
        return false;
    }
}

/* Takes out the first part that fixes the attribute. */
static bool take_values(struct parts *p, struct str name, struct values *out)
{
    for (uint32_t i = 0; i < p->n; i++) {
        out->n = 0;
        out->too_many = false;
        if (p->part[i] == NULL || !one_of(p->part[i], name, out))
            continue;
        p->part[i] = NULL;
        return true;
    }
    return false;
}

/* Sort keys --------------------------------------------------------------------- */

static bool term_between(const struct expr_cond *c, struct expr_key_term *out)
{
    if (!names(c->operand[0], out->name) || !is_literal(c->operand[1]) ||
        !is_literal(c->operand[2]))
        return false;
    out->op = EXPR_BETWEEN;
    out->value[0] = c->operand[1]->value;
    out->value[1] = c->operand[2]->value;
    return true;
}

static bool term_compare(const struct expr_cond *c, struct expr_key_term *out)
{
    static const struct {
        enum expr_op op, turned;
    } ops[] = {
        {EXPR_EQ, EXPR_EQ}, {EXPR_LT, EXPR_GT}, {EXPR_LE, EXPR_GE},
        {EXPR_GT, EXPR_LT}, {EXPR_GE, EXPR_LE},
    };

    for (size_t i = 0; i < COUNT_OF(ops); i++) {
        if (c->op != ops[i].op)
            continue;
        for (int side = 0; side < 2; side++) {
            if (!names(c->operand[side], out->name) || !is_literal(c->operand[1 - side]))
                continue;
            out->op = side == 0 ? ops[i].op : ops[i].turned;
            out->value[0] = c->operand[1 - side]->value;
            return true;
        }
    }
    return false;
}

/* Can a key condition say this about the attribute? */
static bool term_of(const struct expr_cond *c, const struct key_attr *k, struct expr_key_term *out)
{
    *out = (struct expr_key_term){.name = k->name};
    if (c->op == EXPR_BETWEEN)
        return term_between(c, out);
    if (c->op != EXPR_BEGINS_WITH)
        return term_compare(c, out);
    if (k->type == ATTR_N || !names(c->operand[0], k->name) || !is_literal(c->operand[1]))
        return false;
    out->op = EXPR_BEGINS_WITH;
    out->value[0] = c->operand[1]->value;
    /* Of any other type, and the empty prefix: the filter does it. */
    return out->value[0].type == k->type && out->value[0].body.n > 0;
}

/* Conditions on the sort key, from its first attribute on; all but the last for equality. */
static uint32_t take_sort(struct parts *p, const struct key_schema *k, struct expr_key_term *term)
{
    uint32_t n = 0;

    for (int i = 0; i < k->range_n; i++) {
        bool found = false;
        for (uint32_t at = 0; at < p->n && !found; at++) {
            if (p->part[at] == NULL)
                continue;
            found = term_of(p->part[at], &k->attr[k->hash_n + i], &term[n]);
            if (found)
                p->part[at] = NULL;
        }
        if (!found)
            break;
        if (term[n++].op != EXPR_EQ)
            break;
    }
    return n;
}

/* Plans ------------------------------------------------------------------------- */

/* A key condition for each combination of values of the partition key. */
static bool combine(struct arena *mem, const struct key_schema *k, const struct values *values,
                    const struct expr_key_term *sort, uint32_t sort_n, struct partiql_read *out,
                    struct err *e)
{
    uint64_t n = 1;
    bool too_many = false;

    for (int i = 0; i < k->hash_n; i++) {
        too_many = too_many || values[i].too_many;
        n *= values[i].n;
    }
    if (too_many || n > PARTIQL_PARTITIONS_MAX)
        return err_set(e, ERR_VALIDATION,
                       "The statement asks for more than %d values of the partition key",
                       PARTIQL_PARTITIONS_MAX);
    struct expr_key_cond *cond = NEW_ARRAY(mem, struct expr_key_cond, n);
    for (uint32_t c = 0; c < n; c++) {
        struct expr_key_term *term = NEW_ARRAY(mem, struct expr_key_term, k->hash_n + sort_n);
        uint32_t left = c;
        for (int i = k->hash_n - 1; i >= 0; i--) {
            term[i] = (struct expr_key_term){
                .name = k->attr[i].name, .op = EXPR_EQ, .value = {values[i].v[left % values[i].n]}};
            left /= values[i].n;
        }
        memcpy(term + k->hash_n, sort, sort_n * sizeof(*sort));
        cond[c] = (struct expr_key_cond){k->hash_n + sort_n, term};
    }
    out->partitions_n = (uint32_t)n;
    out->partition = cond;
    return true;
}

/* Sorts the partitions by one of their key attributes, keeping the order of equals. */
static void sort_partitions(struct partiql_read *r, uint32_t attr, bool descending)
{
    struct expr_key_cond sorted[PARTIQL_PARTITIONS_MAX];

    for (uint32_t i = 0; i < r->partitions_n; i++) {
        uint32_t at = i;
        for (; at > 0; at--) {
            const struct attr *a = &sorted[at - 1].term[attr].value[0];
            const struct attr *b = &r->partition[i].term[attr].value[0];
            int c = a->type == b->type && attr_is_scalar(a->type) ? attr_cmp_scalar(a, b) : 0;
            if (descending ? c >= 0 : c <= 0)
                break;
            sorted[at] = sorted[at - 1];
        }
        sorted[at] = r->partition[i];
    }
    memcpy(r->partition, sorted, r->partitions_n * sizeof(*sorted));
}

static bool order(const struct key_schema *k, const struct partiql_statement *s,
                  struct partiql_read *r, struct err *e)
{
    bool by_range = false, by_hash = false;

    for (uint32_t i = s->order_n; i-- > 0;) {
        const struct partiql_order *o = &s->order[i];
        int at = 0;
        while (at < k->hash_n + k->range_n && !str_eq(k->attr[at].name, o->name))
            at++;
        if (at == k->hash_n + k->range_n)
            return err_set(e, ERR_VALIDATION,
                           "Variable reference " STR_FMT
                           " in ORDER BY clause must be part of the primary key",
                           STR_ARG(o->name));
        if (at < k->hash_n) {
            by_hash = true;
            sort_partitions(r, (uint32_t)at, o->descending);
        } else if (by_range && r->reverse != o->descending) {
            return err_set(e, ERR_VALIDATION,
                           "The sort key must have one direction in ORDER BY clause");
        } else {
            by_range = true;
            r->reverse = o->descending;
        }
    }
    return !by_range || by_hash || r->partitions_n == 1 ||
           err_set(e, ERR_VALIDATION,
                   "ORDER BY clause on the sort key needs a single value of the partition key");
}

static bool check_order(const struct partiql_statement *s, bool partitioned, struct err *e)
{
    if (s->order_n == 0 || partitioned)
        return true;
    if (s->where == NULL)
        return err_set(e, ERR_VALIDATION,
                       "Must have WHERE clause in the statement when using ORDER BY clause.");
    return err_set(e, ERR_VALIDATION,
                   "Must have at least one non-optional hash key condition in WHERE clause when "
                   "using ORDER BY clause.");
}

static bool plan_queries(struct arena *mem, const struct key_schema *k,
                         const struct partiql_statement *s, struct partiql_read *out, struct err *e)
{
    struct values *values = NEW_ARRAY(mem, struct values, k->hash_n);
    struct expr_key_term sort[LIMIT_INDEX_RANGE_ATTRIBUTES];
    struct parts p = split(mem, s->where);
    bool partitioned = true;

    for (int i = 0; i < k->hash_n && partitioned; i++)
        partitioned = take_values(&p, k->attr[i].name, &values[i]);
    if (!check_order(s, partitioned, e))
        return false;
    if (!partitioned) {
        out->filter = s->where;
        return true;
    }
    uint32_t sort_n = take_sort(&p, k, sort);
    out->filter = rest_of(&p);
    return combine(mem, k, values, sort, sort_n, out, e) && order(k, s, out, e);
}

bool partiql_plan_read(struct arena *mem, const struct table_def *t, const struct index_def *x,
                       const struct partiql_statement *s, struct partiql_read *out, struct err *e)
{
    *out = (struct partiql_read){0};
    if (x == NULL && s->order_n == 0 &&
        partiql_key(mem, &t->key, s->where, &out->key, &out->filter)) {
        if (key_fits(&t->key, out->key))
            return true;
        *out = (struct partiql_read){0};
    }
    return plan_queries(mem, x != NULL ? &x->key : &t->key, s, out, e);
}
