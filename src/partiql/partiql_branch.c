/* partiql_branch.c - see partiql_branch_int.h. */
#include "partiql/partiql_branch_int.h"

/* Conditions on one attribute --------------------------------------------------- */

static bool names(const struct expr_operand *o, struct str name)
{
    return o->type == EXPR_PATH && o->path.n == 1 && str_eq(o->path.step[0].name, name);
}

static bool is_literal(const struct expr_operand *o)
{
    return o->type == EXPR_VALUE && o->value.type != ATTR_NONE;
}

/* Are all operands behind the first one literals, and is that one the attribute? */
static bool holds_literals(const struct expr_cond *c, struct str name)
{
    for (uint32_t i = 1; i < c->n; i++)
        if (!is_literal(c->operand[i]))
            return false;
    return names(c->operand[0], name) && c->n > 1;
}

static bool compares(const struct expr_cond *c, const struct key_attr *k, struct expr_key_term *out)
{
    static const struct {
        enum expr_op op, turned;
    } ops[] = {
        {EXPR_EQ, EXPR_EQ}, {EXPR_LT, EXPR_GT}, {EXPR_LE, EXPR_GE},
        {EXPR_GT, EXPR_LT}, {EXPR_GE, EXPR_LE},
    };
    size_t i = 0;

    while (i < COUNT_OF(ops) && c->op != ops[i].op)
        i++;
    for (int side = 0; side < 2 && i < COUNT_OF(ops); side++) {
        if (!names(c->operand[side], k->name) || !is_literal(c->operand[1 - side]))
            continue;
        out->op = side == 0 ? ops[i].op : ops[i].turned;
        out->value[0] = c->operand[1 - side]->value;
        return true;
    }
    return false;
}

bool pq_key_term(const struct expr_cond *c, const struct key_attr *k, struct expr_key_term *out)
{
    *out = (struct expr_key_term){.name = k->name, .op = c->op};
    if (c->op != EXPR_BETWEEN && c->op != EXPR_BEGINS_WITH)
        return compares(c, k, out);
    if (!holds_literals(c, k->name))
        return false;
    for (uint32_t i = 1; i < c->n; i++)
        out->value[i - 1] = c->operand[i]->value;
    /* The empty prefix is for the filter. */
    return c->op == EXPR_BETWEEN || out->value[0].body.n > 0;
}

const struct attr *pq_equal_to(const struct expr_cond *c, struct str name)
{
    for (int i = 0; i < 2 && c->op == EXPR_EQ; i++)
        if (names(c->operand[i], name) && is_literal(c->operand[1 - i]))
            return &c->operand[1 - i]->value;
    return NULL;
}

/* Of a hash attribute only equality is of use. */
static bool is_key_part(const struct key_schema *k, int i, const struct expr_cond *c)
{
    struct expr_key_term term;

    if (c->op == EXPR_IN)
        return holds_literals(c, k->attr[i].name);
    return i < k->hash_n ? pq_equal_to(c, k->attr[i].name) != NULL
                         : pq_key_term(c, &k->attr[i], &term);
}

/* The key attribute that a part is about, or NULL. */
static const struct key_attr *key_of(const struct key_schema *k, const struct expr_cond *c)
{
    for (int i = 0; i < k->hash_n + k->range_n; i++)
        if (is_key_part(k, i, c))
            return &k->attr[i];
    return NULL;
}

static bool fits(const struct pq_spread *s, const struct key_attr *k, const struct expr_cond *c)
{
    for (uint32_t i = 0; i < c->n; i++) {
        const struct expr_operand *o = c->operand[i];
        if (!is_literal(o) || o->value.type == k->type)
            continue;
        if (!attr_is_scalar(o->value.type))
            return err_set(s->e, ERR_VALIDATION,
                           "Key value must be of type S, N, or B. Key name: " STR_FMT
                           ", Key type: %s",
                           STR_ARG(k->name), attr_type_name(o->value.type));
        return err_set(s->e, ERR_VALIDATION,
                       "Key attribute's data type should match its data type in table's schema: "
                       "Key " STR_FMT,
                       STR_ARG(k->name));
    }
    return true;
}

static bool pins(const struct key_schema *k, int i, const struct expr_cond *c)
{
    bool all = c->op == EXPR_OR;

    if (c->op != EXPR_AND && c->op != EXPR_OR)
        return is_key_part(k, i, c);
    for (uint32_t at = 0; at < c->n; at++)
        if (pins(k, i, c->child[at]) != all)
            return !all;
    return all;
}

bool pq_pins_partition(const struct key_schema *k, const struct expr_cond *where)
{
    int i = 0;

    while (i < k->hash_n && pins(k, i, where))
        i++;
    return i == k->hash_n;
}

/* Spreading --------------------------------------------------------------------- */

struct spread {
    uint32_t n;
    bool too_many;
    struct ptr_list *parts[PARTIQL_READS_MAX];
};

static struct spread *spread(const struct pq_spread *s, const struct expr_cond *c);

static struct spread *one(const struct pq_spread *s, const struct expr_cond *part)
{
    struct spread *b = NEW(s->mem, struct spread);

    b->n = 1;
    b->parts[0] = NEW(s->mem, struct ptr_list);
    if (part != NULL)
        ptr_list_add(s->mem, b->parts[0], part);
    return b;
}

/* Those of `b` as well.  Here and below, NULL in is NULL out: an error. */
static struct spread *either(struct spread *a, const struct spread *b)
{
    if (b == NULL)
        return NULL;
    a->too_many = a->too_many || b->too_many;
    for (uint32_t i = 0; i < b->n; i++) {
        if (a->n == COUNT_OF(a->parts))
            a->too_many = true;
        else
            a->parts[a->n++] = b->parts[i];
    }
    return a;
}

static void add_parts(const struct pq_spread *s, struct ptr_list *to, const struct ptr_list *more)
{
    for (uint32_t i = 0; i < more->n; i++)
        ptr_list_add(s->mem, to, more->p[i]);
}

/* Each of `a` with each of `b`. */
static struct spread *both(const struct pq_spread *s, struct spread *a, const struct spread *b)
{
    if (b == NULL)
        return NULL;
    uint32_t n = a->n * b->n;
    a->too_many = a->too_many || b->too_many || n > COUNT_OF(a->parts);
    if (a->too_many)
        return a;
    if (b->n == 1) { /* without a copy of what may be long */
        for (uint32_t i = 0; i < a->n; i++)
            add_parts(s, a->parts[i], b->parts[0]);
        return a;
    }
    struct spread *all = NEW(s->mem, struct spread);
    for (uint32_t i = 0; i < n; i++) {
        all->parts[i] = NEW(s->mem, struct ptr_list);
        add_parts(s, all->parts[i], a->parts[i / b->n]);
        add_parts(s, all->parts[i], b->parts[i % b->n]);
    }
    all->n = n;
    return all;
}

/* key IN ( a, b ) is key = a OR key = b. */
static struct spread *members(const struct pq_spread *s, const struct expr_cond *in)
{
    struct spread *all = NEW(s->mem, struct spread);

    for (uint32_t i = 1; i < in->n; i++) {
        const struct expr_operand **pair = NEW_ARRAY(s->mem, const struct expr_operand *, 2);
        struct expr_cond *c = NEW(s->mem, struct expr_cond);
        pair[0] = in->operand[0];
        pair[1] = in->operand[i];
        *c = (struct expr_cond){.op = EXPR_EQ, .n = 2, .operand = pair};
        all = either(all, one(s, c));
    }
    return all;
}

static bool names_key(const struct key_schema *k, const struct expr_cond *c)
{
    if (c->op != EXPR_AND && c->op != EXPR_OR)
        return key_of(k, c) != NULL;
    for (uint32_t i = 0; i < c->n; i++)
        if (names_key(k, c->child[i]))
            return true;
    return false;
}

static struct spread *spread_children(const struct pq_spread *s, const struct expr_cond *c)
{
    struct spread *all = c->op == EXPR_AND ? one(s, NULL) : NEW(s->mem, struct spread);

    for (uint32_t i = 0; i < c->n && all != NULL; i++) {
        const struct spread *more = spread(s, c->child[i]);
        all = c->op == EXPR_AND ? both(s, all, more) : either(all, more);
    }
    return all;
}

static struct spread *spread(const struct pq_spread *s, const struct expr_cond *c)
{
    if (c->op == EXPR_AND || (c->op == EXPR_OR && names_key(s->key, c)))
        return spread_children(s, c);
    const struct key_attr *k = key_of(s->key, c);
    if (k != NULL && !fits(s, k, c))
        return NULL;
    return k != NULL && c->op == EXPR_IN ? members(s, c) : one(s, c);
}

bool pq_spread(const struct pq_spread *s, const struct expr_cond *where, struct pq_branches *out)
{
    const struct spread *all = where != NULL ? spread(s, where) : one(s, NULL);

    if (all == NULL)
        return false;
    out->n = all->n;
    out->too_many = all->too_many;
    out->branch = NEW_ARRAY(s->mem, struct pq_branch, all->n);
    for (uint32_t i = 0; i < all->n; i++)
        out->branch[i] = (struct pq_branch){.part = *all->parts[i]};
    return true;
}

/* Ranges ------------------------------------------------------------------------ */

static const struct attr *copy(const struct pq_spread *s, const struct attr *v)
{
    struct attr *c = NEW(s->mem, struct attr);

    *c = *v;
    return c;
}

/* The first value above all that begin with the prefix; NULL: there is none. */
static const struct attr *prefix_end(const struct pq_spread *s, const struct attr *prefix)
{
    char *bytes = arena_bytes(s->mem, prefix->body.n);
    size_t n = prefix->body.n;
    struct attr end = *prefix;

    memcpy(bytes, prefix->body.p, n);
    while (n > 0 && (unsigned char)bytes[n - 1] == 0xFF)
        n--;
    if (n == 0)
        return NULL;
    bytes[n - 1]++;
    end.body = (struct str){bytes, n};
    return copy(s, &end);
}

static struct pq_range range_of(const struct pq_spread *s, const struct expr_key_term *t)
{
    const struct attr *v = copy(s, &t->value[0]);

    switch (t->op) {
    case EXPR_EQ:
        return (struct pq_range){v, v, true, true};
    case EXPR_BETWEEN:
        return (struct pq_range){v, copy(s, &t->value[1]), true, true};
    case EXPR_BEGINS_WITH:
        return (struct pq_range){v, prefix_end(s, v), true, false};
    case EXPR_LT:
    case EXPR_LE:
        return (struct pq_range){NULL, v, false, t->op == EXPR_LE};
    default:
        return (struct pq_range){v, NULL, t->op == EXPR_GE, false};
    }
}

static struct pq_range intersect(struct pq_range a, const struct pq_range *b)
{
    int low = a.low == NULL || b->low == NULL ? 0 : attr_cmp_scalar(b->low, a.low);
    int high = a.high == NULL || b->high == NULL ? 0 : attr_cmp_scalar(b->high, a.high);

    if (b->low != NULL && (a.low == NULL || low > 0 || (low == 0 && !b->low_in))) {
        a.low = b->low;
        a.low_in = b->low_in;
    }
    if (b->high != NULL && (a.high == NULL || high < 0 || (high == 0 && !b->high_in))) {
        a.high = b->high;
        a.high_in = b->high_in;
    }
    return a;
}

static bool is_empty(const struct pq_range *r)
{
    if (r->low == NULL || r->high == NULL)
        return false;
    int c = attr_cmp_scalar(r->low, r->high);
    return c > 0 || (c == 0 && !(r->low_in && r->high_in));
}

bool pq_is_point(const struct pq_range *r)
{
    return r->low != NULL && r->high != NULL && attr_cmp_scalar(r->low, r->high) == 0;
}

bool pq_branch_bind(const struct pq_spread *s, struct pq_branch *b)
{
    const struct key_schema *k = s->key;
    struct expr_key_term t;

    memset(b->hash, 0, sizeof(b->hash));
    memset(b->range, 0, sizeof(b->range));
    for (uint32_t at = 0; at < b->part.n; at++) {
        const struct expr_cond *c = b->part.p[at];
        for (int i = 0; i < k->hash_n; i++) {
            const struct attr *v = pq_equal_to(c, k->attr[i].name);
            if (v != NULL && b->hash[i] != NULL && !attr_eq(v, b->hash[i]))
                return false;
            b->hash[i] = v != NULL ? v : b->hash[i];
        }
        for (int i = 0; i < k->range_n; i++) {
            if (!pq_key_term(c, &k->attr[k->hash_n + i], &t))
                continue;
            struct pq_range r = range_of(s, &t);
            b->range[i] = intersect(b->range[i], &r);
        }
    }
    for (int i = 0; i < k->hash_n; i++)
        if (b->hash[i] == NULL)
            return false;
    return true;
}

bool pq_same_partition(const struct key_schema *k, const struct pq_branch *a,
                       const struct pq_branch *b)
{
    for (int i = 0; i < k->hash_n; i++)
        if (!attr_eq(a->hash[i], b->hash[i]))
            return false;
    return true;
}

bool pq_branches_overlap(const struct key_schema *k, const struct pq_branch *a,
                         const struct pq_branch *b)
{
    if (!pq_same_partition(k, a, b))
        return false;
    for (int i = 0; i < k->range_n; i++) {
        struct pq_range r = intersect(a->range[i], &b->range[i]);
        if (is_empty(&a->range[i]) || is_empty(&b->range[i]) || is_empty(&r))
            return false;
        if (!pq_is_point(&a->range[i]) || !pq_is_point(&b->range[i]))
            return true;
    }
    return true;
}
