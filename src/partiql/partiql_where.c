/* partiql_where.c - conditions.
 *
 *   cond      -> and { OR and }
 *   and       -> not { AND not }
 *   not       -> NOT not | predicate
 *   predicate -> primary [ ( = | <> | != | < | <= | > | >= ) primary
 *                        | [NOT] BETWEEN primary AND primary
 *                        | [NOT] IN list
 *                        | IS [NOT] ( MISSING | NULL | type ) ]
 *   list      -> ( [ primary { , primary } ] ), also in brackets | ?
 *   primary   -> ( cond ) | name ( primary { , primary } ) | value | path
 *
 * A primary is an operand or, by parentheses or function, a condition; what is
 * needed is known only where it stands.  A condition may be compared with a
 * literal: `contains(a, 'x') = false`. */
#include "partiql/partiql_int.h"

enum { TYPES_ORDERED = PQ_TYPE(ATTR_S) | PQ_TYPE(ATTR_N) | PQ_TYPE(ATTR_B) };

static struct pq_term or_term(struct pq *p);

/* Nodes ------------------------------------------------------------------------- */

const struct expr_cond *pq_node(struct pq *p, enum expr_op op, const struct ptr_list *operands)
{
    struct expr_cond *c = NEW(p->mem, struct expr_cond);

    c->op = op;
    c->n = operands->n;
    c->operand = (const struct expr_operand *const *)operands->p;
    return c;
}

static const struct expr_cond *node_pair(struct pq *p, enum expr_op op,
                                         const struct expr_operand *a, const struct expr_operand *b)
{
    struct ptr_list l = {0};

    ptr_list_add(p->mem, &l, a);
    if (b != NULL)
        ptr_list_add(p->mem, &l, b);
    return pq_node(p, op, &l);
}

static const struct expr_cond *join(struct pq *p, enum expr_op op, const struct ptr_list *children)
{
    struct expr_cond *c = NEW(p->mem, struct expr_cond);

    c->op = op;
    c->n = children->n;
    c->child = (const struct expr_cond *const *)children->p;
    return c;
}

static const struct expr_cond *negate(struct pq *p, const struct expr_cond *c, bool really)
{
    struct ptr_list l = {0};

    if (!really)
        return c;
    ptr_list_add(p->mem, &l, c);
    return join(p, EXPR_NOT, &l);
}

static const struct expr_operand *value_operand(struct pq *p, const struct attr *v)
{
    struct expr_operand *o = NEW(p->mem, struct expr_operand);

    o->type = EXPR_VALUE;
    o->value = *v;
    return o;
}

struct pq_term pq_no_term(struct pq *p)
{
    struct attr none = {0};

    return (struct pq_term){.operand = value_operand(p, &none)};
}

void pq_operand_types(struct pq *p, struct str operator, const struct expr_operand * o,
                      unsigned types)
{
    assert(o != NULL);
    if (o->type == EXPR_VALUE && o->value.type != ATTR_NONE && !(types & PQ_TYPE(o->value.type)))
        pq_fail(p,
                "Incorrect operand type for operator or function; operator or function: " STR_FMT
                ", operand type: %s",
                STR_ARG(operator), attr_type_name(o->value.type));
}

/* Primaries --------------------------------------------------------------------- */

static void operands(struct pq *p, struct ptr_list *l, int end)
{
    if (pq_accept(p, end))
        return;
    do {
        ptr_list_add(p->mem, l, pq_operand(p));
    } while (pq_accept(p, ','));
    pq_expect(p, end);
}

static struct pq_term call(struct pq *p)
{
    struct str name = p->tok.text;
    struct ptr_list args = {0};

    pq_next(p);
    pq_next(p);
    if (!pq_enter(p))
        return pq_no_term(p);
    operands(p, &args, ')');
    pq_leave(p);
    return p->failed ? pq_no_term(p) : pq_call(p, name, &args);
}

static struct pq_term primary(struct pq *p)
{
    if (p->tok.type == '(') {
        pq_next(p);
        if (!pq_enter(p))
            return pq_no_term(p);
        struct pq_term t = or_term(p);
        pq_leave(p);
        pq_expect(p, ')');
        return t;
    }
    if (p->tok.type == PQ_NAME && pq_peek(p).type == '(')
        return call(p);
    if (pq_is_name(p)) {
        struct expr_operand *o = NEW(p->mem, struct expr_operand);
        o->type = EXPR_PATH;
        pq_path(p, &o->path);
        return (struct pq_term){.operand = o};
    }
    if (!pq_is_value(p)) {
        pq_unexpected(p);
        return pq_no_term(p);
    }
    struct attr v = pq_value(p);
    return (struct pq_term){.operand = value_operand(p, &v)};
}

const struct expr_operand *pq_operand(struct pq *p)
{
    struct pq_term t = primary(p);

    if (t.operand != NULL)
        return t.operand;
    pq_unexpected(p);
    return pq_no_term(p).operand;
}

/* Predicates -------------------------------------------------------------------- */

/* A condition is compared with a literal. */
static const struct expr_cond *compare_truth(struct pq *p, const struct expr_cond *c,
                                             const struct expr_operand *o, bool equal)
{
    if (o == NULL || o->type != EXPR_VALUE)
        pq_unexpected(p);
    else if (o->value.type == ATTR_BOOL)
        return negate(p, c, (o->value.count == 1) != equal);
    /* What is no Boolean is the same as none. */
    return negate(p, node_pair(p, EXPR_EQ, pq_no_term(p).operand, pq_no_term(p).operand), !equal);
}

static const struct expr_cond *compare(struct pq *p, struct pq_term left, enum expr_op op)
{
    bool ordered = op != EXPR_EQ && op != EXPR_STRICT_NE;
    struct str operator= p->tok.raw;

    pq_next(p);
    struct pq_term right = primary(p);
    if (left.cond != NULL || right.cond != NULL) {
        if (ordered)
            pq_fail(p,
                    "Incorrect operand type for operator or function; operator or function: "
                    "" STR_FMT ", operand type: BOOL",
                    STR_ARG(operator));
        if (left.cond != NULL)
            return compare_truth(p, left.cond, right.operand, op == EXPR_EQ);
        return compare_truth(p, right.cond, left.operand, op == EXPR_EQ);
    }
    if (ordered) {
        pq_operand_types(p, operator, left.operand, TYPES_ORDERED);
        pq_operand_types(p, operator, right.operand, TYPES_ORDERED);
    }
    return node_pair(p, op, left.operand, right.operand);
}

/* NULL: there is no such operator here. */
static const struct expr_cond *comparison(struct pq *p, struct pq_term left)
{
    static const struct {
        int token;
        enum expr_op op;
    } ops[] = {
        {'=', EXPR_EQ},   {PQ_NE, EXPR_STRICT_NE}, {'<', EXPR_LT},
        {PQ_LE, EXPR_LE}, {'>', EXPR_GT},          {PQ_GE, EXPR_GE},
    };

    for (size_t i = 0; i < COUNT_OF(ops); i++)
        if (p->tok.type == ops[i].token)
            return compare(p, left, ops[i].op);
    return NULL;
}

static const struct expr_cond *between(struct pq *p, const struct expr_operand *left)
{
    struct ptr_list l = {0};

    ptr_list_add(p->mem, &l, left);
    ptr_list_add(p->mem, &l, pq_operand(p));
    pq_expect(p, PQ_AND);
    ptr_list_add(p->mem, &l, pq_operand(p));
    for (uint32_t i = 0; i < l.n; i++)
        pq_operand_types(p, STR("BETWEEN"), l.p[i], TYPES_ORDERED);
    return pq_node(p, EXPR_BETWEEN, &l);
}

/* IN ?: the parameter is the list. */
static void parameter_members(struct pq *p, struct ptr_list *l)
{
    struct attr list = pq_value(p), v;
    struct str name;

    pq_operand_types(p, STR("IN"), value_operand(p, &list), PQ_TYPE(ATTR_L));
    if (list.type != ATTR_L)
        return;
    struct attr_iter it = attr_iter(&list);
    while (attr_next(&it, &name, &v))
        ptr_list_add(p->mem, l, value_operand(p, &v));
}

static const struct expr_cond *in(struct pq *p, const struct expr_operand *left)
{
    struct ptr_list l = {0};
    int open = p->tok.type;

    ptr_list_add(p->mem, &l, left);
    if (open == '?') {
        parameter_members(p, &l);
    } else if (open == '[' || open == '(') {
        pq_next(p);
        operands(p, &l, open == '[' ? ']' : ')');
    } else {
        pq_unexpected(p);
    }
    if (l.n - 1 > LIMIT_EXPRESSION_IN_OPERANDS)
        pq_fail(p, "The IN operator is provided with too many operands; number of operands: %u",
                l.n - 1);
    return pq_node(p, EXPR_IN, &l);
}

static const struct expr_cond *is_type(struct pq *p, const struct expr_operand *left,
                                       const char *name)
{
    struct attr_build b;
    struct buf out = {.mem = p->mem};

    attr_build_init(&b, &out);
    attr_build_scalar(&b, ATTR_S, str_from_c(name));
    struct str raw = buf_str(&out);
    struct attr v = attr_read(&raw);
    return node_pair(p, EXPR_ATTRIBUTE_TYPE, left, value_operand(p, &v));
}

static const struct expr_cond *is(struct pq *p, const struct expr_operand *left)
{
    static const struct {
        struct str word;
        const char *type;
    } types[] = {
        {STR("S"), "S"},      {STR("STRING"), "S"},  {STR("N"), "N"},
        {STR("NUMBER"), "N"}, {STR("DECIMAL"), "N"}, {STR("NUMERIC"), "N"},
        {STR("INT"), "N"},    {STR("INTEGER"), "N"}, {STR("B"), "B"},
        {STR("BINARY"), "B"}, {STR("BLOB"), "B"},    {STR("BOOL"), "BOOL"},
        {STR("L"), "L"},      {STR("LIST"), "L"},    {STR("BOOLEAN"), "BOOL"},
        {STR("M"), "M"},      {STR("MAP"), "M"},     {STR("STRUCT"), "M"},
        {STR("TUPLE"), "M"},  {STR("SS"), "SS"},     {STR("NS"), "NS"},
        {STR("BS"), "BS"},
    };

    if (left->type != EXPR_PATH)
        pq_unexpected(p);
    if (pq_accept(p, PQ_MISSING))
        return node_pair(p, EXPR_ATTRIBUTE_NOT_EXISTS, left, NULL);
    if (pq_accept(p, PQ_NULL))
        return is_type(p, left, "NULL");
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (pq_accept_word(p, types[i].word))
            return is_type(p, left, types[i].type);
    pq_unexpected(p);
    return node_pair(p, EXPR_ATTRIBUTE_EXISTS, left, NULL);
}

static struct pq_term predicate(struct pq *p)
{
    struct pq_term left = primary(p);
    const struct expr_cond *c = p->failed ? NULL : comparison(p, left);
    bool negated;

    if (c != NULL)
        return (struct pq_term){.cond = c};
    if (p->failed || left.operand == NULL)
        return left;
    if (pq_accept(p, PQ_IS)) {
        negated = pq_accept(p, PQ_NOT);
        c = is(p, left.operand);
    } else {
        negated = pq_accept(p, PQ_NOT);
        if (pq_accept(p, PQ_BETWEEN))
            c = between(p, left.operand);
        else if (pq_accept(p, PQ_IN))
            c = in(p, left.operand);
        else if (negated)
            pq_unexpected(p);
    }
    return c != NULL ? (struct pq_term){.cond = negate(p, c, negated)} : left;
}

/* Logic ------------------------------------------------------------------------- */

/* The condition that must stand here. */
static const struct expr_cond *condition(struct pq *p, struct pq_term t)
{
    if (t.cond != NULL)
        return t.cond;
    pq_unexpected(p);
    return node_pair(p, EXPR_ATTRIBUTE_EXISTS, pq_no_term(p).operand, NULL);
}

static struct pq_term not_term(struct pq *p)
{
    if (!pq_accept(p, PQ_NOT))
        return predicate(p);
    if (!pq_enter(p))
        return pq_no_term(p);
    const struct expr_cond *c = condition(p, not_term(p));
    pq_leave(p);
    return (struct pq_term){.cond = negate(p, c, true)};
}

/* One level of the grammar: operands that `token` joins. */
static struct pq_term joined(struct pq *p, int token, enum expr_op op,
                             struct pq_term (*below)(struct pq *))
{
    struct pq_term first = below(p);
    struct ptr_list l = {0};

    if (p->tok.type != token)
        return first;
    ptr_list_add(p->mem, &l, condition(p, first));
    while (pq_accept(p, token))
        ptr_list_add(p->mem, &l, condition(p, below(p)));
    return (struct pq_term){.cond = join(p, op, &l)};
}

static struct pq_term and_term(struct pq *p)
{
    return joined(p, PQ_AND, EXPR_AND, not_term);
}

static struct pq_term or_term(struct pq *p)
{
    return joined(p, PQ_OR, EXPR_OR, and_term);
}

const struct expr_cond *pq_cond(struct pq *p)
{
    return condition(p, or_term(p));
}
