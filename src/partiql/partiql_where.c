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
 * needed is known only where it stands. */
#include "partiql/partiql_int.h"

struct term { /* one of the two; after an error, none */
    const struct expr_cond *cond;
    const struct expr_operand *operand;
};

enum {
    TYPES_ORDERED = PQ_TYPE(ATTR_S) | PQ_TYPE(ATTR_N) | PQ_TYPE(ATTR_B),
    TYPES_BYTES = PQ_TYPE(ATTR_S) | PQ_TYPE(ATTR_B),
    TYPES_SIZED = PQ_TYPE(ATTR_S) | PQ_TYPE(ATTR_B) | PQ_TYPE(ATTR_SS) | PQ_TYPE(ATTR_NS) |
                  PQ_TYPE(ATTR_BS) | PQ_TYPE(ATTR_L) | PQ_TYPE(ATTR_M),
};

static struct term or_term(struct pq *p);

static const struct expr_cond *node(struct pq *p, enum expr_op op, const struct pq_list *operands)
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
    struct pq_list l = {0};

    pq_list_add(p->mem, &l, a);
    if (b != NULL)
        pq_list_add(p->mem, &l, b);
    return node(p, op, &l);
}

static const struct expr_cond *join(struct pq *p, enum expr_op op, const struct pq_list *children)
{
    struct expr_cond *c = NEW(p->mem, struct expr_cond);

    c->op = op;
    c->n = children->n;
    c->child = (const struct expr_cond *const *)children->p;
    return c;
}

static const struct expr_cond *negate(struct pq *p, const struct expr_cond *c, bool really)
{
    struct pq_list l = {0};

    if (!really)
        return c;
    pq_list_add(p->mem, &l, c);
    return join(p, EXPR_NOT, &l);
}

static const struct expr_operand *value_operand(struct pq *p, const struct attr *v)
{
    struct expr_operand *o = NEW(p->mem, struct expr_operand);

    o->type = EXPR_VALUE;
    o->value = *v;
    return o;
}

/* What the parser goes on with after an error. */
static const struct expr_operand *no_operand(struct pq *p)
{
    struct attr none = {0};

    return value_operand(p, &none);
}

void pq_operand_types(struct pq *p, struct str operator, const struct expr_operand * o,
                      unsigned types)
{
    if (o->type == EXPR_VALUE && o->value.type != ATTR_NONE && !(types & PQ_TYPE(o->value.type)))
        pq_fail(p,
                "Incorrect operand type for operator or function; operator or function: " STR_FMT
                ", operand type: %s",
                STR_ARG(operator), attr_type_name(o->value.type));
}

/* Functions --------------------------------------------------------------------- */

static void type_name(struct pq *p, const struct expr_operand *o)
{
    enum attr_type t;

    pq_operand_types(p, STR("attribute_type"), o, PQ_TYPE(ATTR_S));
    if (o->type != EXPR_VALUE)
        pq_fail(p, "Incorrect operand type for operator or function; operator or function: "
                   "attribute_type, operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}");
    else if (o->value.type == ATTR_S && !attr_type_from_name(o->value.body, &t))
        pq_fail(p,
                "Invalid attribute type name found; type: " STR_FMT
                ", valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
                STR_ARG(o->value.body));
}

static struct term size_call(struct pq *p, const struct pq_list *args)
{
    struct expr_operand *o = NEW(p->mem, struct expr_operand);

    o->type = EXPR_SIZE;
    o->arg[0] = args->p[0];
    if (o->arg[0]->type == EXPR_SIZE)
        pq_fail(p, "The function is not allowed to be used this way in an expression; function: "
                   "size");
    pq_operand_types(p, STR("size"), o->arg[0], TYPES_SIZED);
    return (struct term){.operand = o};
}

static struct term call(struct pq *p, struct str name, const struct pq_list *args)
{
    static const struct {
        struct str name;
        uint32_t arity;
        enum expr_op op;
    } functions[] = {
        {STR("begins_with"), 2, EXPR_BEGINS_WITH},
        {STR("contains"), 2, EXPR_CONTAINS},
        {STR("attribute_type"), 2, EXPR_ATTRIBUTE_TYPE},
        {STR("size"), 1, EXPR_AND /* not a condition */},
    };
    size_t i = 0;

    while (i < COUNT_OF(functions) && !str_eq_nocase(name, functions[i].name))
        i++;
    if (i == COUNT_OF(functions)) {
        pq_fail(p, "Invalid function name; function: " STR_FMT, STR_ARG(name));
        return (struct term){.operand = no_operand(p)};
    }
    if (args->n != functions[i].arity) {
        pq_fail(p,
                "Incorrect number of operands for operator or function; operator or function: "
                "" STR_FMT ", number of operands: %u",
                STR_ARG(functions[i].name), args->n);
        return (struct term){.operand = no_operand(p)};
    }
    if (functions[i].arity == 1)
        return size_call(p, args);
    if (functions[i].op == EXPR_ATTRIBUTE_TYPE)
        type_name(p, args->p[1]);
    for (uint32_t k = 0; k < args->n && functions[i].op == EXPR_BEGINS_WITH; k++)
        pq_operand_types(p, functions[i].name, args->p[k], TYPES_BYTES);
    return (struct term){.cond = node(p, functions[i].op, args)};
}

/* Terms ------------------------------------------------------------------------- */

static void operands(struct pq *p, struct pq_list *l, int end)
{
    if (pq_accept(p, end))
        return;
    do {
        pq_list_add(p->mem, l, pq_operand(p));
    } while (pq_accept(p, ','));
    pq_expect(p, end);
}

static struct term name_term(struct pq *p)
{
    struct expr_operand *o = NEW(p->mem, struct expr_operand);
    struct str name = p->tok.text;

    if (p->tok.type == PQ_NAME && pq_peek(p).type == '(') {
        struct pq_list args = {0};
        pq_next(p);
        pq_next(p);
        if (!pq_enter(p))
            return (struct term){.operand = o};
        operands(p, &args, ')');
        pq_leave(p);
        if (!p->failed)
            return call(p, name, &args);
        return (struct term){.operand = o};
    }
    o->type = EXPR_PATH;
    pq_path(p, &o->path);
    return (struct term){.operand = o};
}

static struct term primary(struct pq *p)
{
    if (p->tok.type == '(') {
        pq_next(p);
        if (!pq_enter(p))
            return (struct term){.operand = no_operand(p)};
        struct term t = or_term(p);
        pq_leave(p);
        pq_expect(p, ')');
        return t;
    }
    if (pq_is_name(p))
        return name_term(p);
    if (!pq_is_value(p)) {
        pq_unexpected(p);
        return (struct term){.operand = no_operand(p)};
    }
    struct attr v = pq_value(p);
    return (struct term){.operand = value_operand(p, &v)};
}

const struct expr_operand *pq_operand(struct pq *p)
{
    struct term t = primary(p);

    if (t.operand != NULL)
        return t.operand;
    pq_unexpected(p);
    return no_operand(p);
}

static const struct expr_cond *comparison(struct pq *p, const struct expr_operand *left)
{
    static const struct {
        int token;
        enum expr_op op;
    } ops[] = {
        {'=', EXPR_EQ},   {PQ_NE, EXPR_STRICT_NE}, {'<', EXPR_LT},
        {PQ_LE, EXPR_LE}, {'>', EXPR_GT},          {PQ_GE, EXPR_GE},
    };
    struct pq_token t = p->tok;

    for (size_t i = 0; i < COUNT_OF(ops); i++) {
        if (t.type != ops[i].token)
            continue;
        pq_next(p);
        const struct expr_operand *right = pq_operand(p);
        if (ops[i].op != EXPR_EQ && ops[i].op != EXPR_STRICT_NE) {
            pq_operand_types(p, t.raw, left, TYPES_ORDERED);
            pq_operand_types(p, t.raw, right, TYPES_ORDERED);
        }
        return node_pair(p, ops[i].op, left, right);
    }
    return NULL;
}

static const struct expr_cond *between(struct pq *p, const struct expr_operand *left)
{
    struct pq_list l = {0};

    pq_list_add(p->mem, &l, left);
    pq_list_add(p->mem, &l, pq_operand(p));
    pq_expect(p, PQ_AND);
    pq_list_add(p->mem, &l, pq_operand(p));
    for (uint32_t i = 0; i < l.n; i++)
        pq_operand_types(p, STR("BETWEEN"), l.p[i], TYPES_ORDERED);
    return node(p, EXPR_BETWEEN, &l);
}

/* IN ?: the parameter is the list. */
static void parameter_members(struct pq *p, struct pq_list *l)
{
    struct attr list = pq_value(p), v;
    struct str name;

    if (list.type == ATTR_NONE)
        return;
    if (list.type != ATTR_L) {
        const struct expr_operand *o = value_operand(p, &list);
        pq_operand_types(p, STR("IN"), o, PQ_TYPE(ATTR_L));
        return;
    }
    struct attr_iter it = attr_iter(&list);
    while (attr_next(&it, &name, &v))
        pq_list_add(p->mem, l, value_operand(p, &v));
}

static const struct expr_cond *in(struct pq *p, const struct expr_operand *left)
{
    struct pq_list l = {0};
    int open = p->tok.type;

    pq_list_add(p->mem, &l, left);
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
    return node(p, EXPR_IN, &l);
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

static struct term predicate(struct pq *p)
{
    struct term left = primary(p);

    if (left.operand == NULL || p->failed)
        return left;
    const struct expr_cond *c = comparison(p, left.operand);
    if (c != NULL)
        return (struct term){.cond = c};
    if (pq_accept(p, PQ_IS)) {
        bool not = pq_accept(p, PQ_NOT);
        c = negate(p, is(p, left.operand), not );
        return (struct term){.cond = c};
    }
    bool not = p->tok.type == PQ_NOT;
    if (not )
        pq_next(p);
    if (pq_accept(p, PQ_BETWEEN))
        c = between(p, left.operand);
    else if (pq_accept(p, PQ_IN))
        c = in(p, left.operand);
    else if (not )
        pq_unexpected(p);
    else
        return left;
    return (struct term){.cond = c != NULL ? negate(p, c, not ) : NULL, .operand = NULL};
}

/* The condition that must stand here. */
static const struct expr_cond *condition(struct pq *p, struct term t)
{
    if (t.cond != NULL)
        return t.cond;
    pq_unexpected(p);
    return node_pair(p, EXPR_ATTRIBUTE_EXISTS, no_operand(p), NULL);
}

static struct term not_term(struct pq *p)
{
    if (!pq_accept(p, PQ_NOT))
        return predicate(p);
    if (!pq_enter(p))
        return (struct term){.operand = no_operand(p)};
    const struct expr_cond *c = condition(p, not_term(p));
    pq_leave(p);
    return (struct term){.cond = negate(p, c, true)};
}

/* One level of the grammar: operands that `token` joins. */
static struct term joined(struct pq *p, int token, enum expr_op op,
                          struct term (*below)(struct pq *))
{
    struct term first = below(p);
    struct pq_list l = {0};

    if (p->tok.type != token)
        return first;
    pq_list_add(p->mem, &l, condition(p, first));
    while (pq_accept(p, token))
        pq_list_add(p->mem, &l, condition(p, below(p)));
    return (struct term){.cond = join(p, op, &l)};
}

static struct term and_term(struct pq *p)
{
    return joined(p, PQ_AND, EXPR_AND, not_term);
}

static struct term or_term(struct pq *p)
{
    return joined(p, PQ_OR, EXPR_OR, and_term);
}

const struct expr_cond *pq_cond(struct pq *p)
{
    return condition(p, or_term(p));
}
