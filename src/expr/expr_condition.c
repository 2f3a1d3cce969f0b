/* expr_condition.c - the grammar of conditions and filters.
 *
 *   or      -> and { OR and }
 *   and     -> not { AND not }
 *   not     -> { NOT } test
 *   test    -> primary [ comparator operand | BETWEEN operand AND operand
 *                      | IN ( operand { , operand } ) ]
 *   primary -> ( or ) | simple
 *   operand -> ( operand ) | simple
 *   simple  -> path | VALUE | IDENT ( operand { , operand } )
 *
 * After "(" nobody knows yet whether an operand or a condition follows.  So
 * these rules return a node that may be either, and a bare operand becomes a
 * syntax error only where a condition has to be. */
#include "expr/expr_parse_int.h"

#include "base/buf.h"
#include "model/attr_json.h"

/* Exactly one of the three is set. */
struct node {
    const struct expr_cond *cond;
    const struct expr_operand *operand;
    const struct call *call; /* condition or operand, depending on its place */
    bool parens;
};

static struct node or_cond(struct parser *p);
static const struct expr_operand *operand(struct parser *p);

static const struct expr_cond *cond_new(struct parser *p, enum expr_op op, uint32_t n,
                                        const struct expr_cond *const *child,
                                        const struct expr_operand *const *operands)
{
    struct expr_cond *c = NEW(p->mem, struct expr_cond);
    *c = (struct expr_cond){.op = op, .n = n, .child = child, .operand = operands};
    return c;
}

/* A single condition is complete: of its faults one counts, and only if no
 * condition before it had any. */
static void settle(struct parser *p)
{
    static const enum fault_class order[] = {FAULT_NAME, FAULT_OPERANDS, FAULT_DISTINCT,
                                             FAULT_TYPE};
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        struct fault *f = &p->fault[order[i]];
        if (f->text.p != NULL && p->fault[FAULT_CONDITION].text.p == NULL)
            p->fault[FAULT_CONDITION] = *f;
        *f = (struct fault){{NULL, 0}, false};
    }
}

static const struct expr_operand *dummy(struct parser *p)
{
    return NEW(p->mem, struct expr_operand);
}

static void misused(struct parser *p, struct str name)
{
    parse_fault(
        p, FAULT_MISUSED_FUNCTION,
        "The function is not allowed to be used this way in an expression; function: " STR_FMT,
        STR_ARG(name));
}

/* A call where a condition has to be. */
static const struct expr_cond *call_condition(struct parser *p, const struct call *c)
{
    const struct expr_operand **o = NEW_ARRAY(p->mem, const struct expr_operand *, 2);
    o[0] = c->arg[0];
    o[1] = c->arg[1];
    enum expr_op op = EXPR_ATTRIBUTE_EXISTS;
    if (c->function != NULL && c->function->use == FUNCTION_CONDITION)
        op = c->function->op;
    else if (c->function != NULL)
        misused(p, c->name);
    settle(p);
    return cond_new(p, op, (uint32_t)size_min(c->n, 2), NULL, o);
}

/* A call where an operand has to be. */
static const struct expr_operand *call_operand(struct parser *p, const struct call *c)
{
    if (c->function == NULL)
        return dummy(p);
    if (c->function->use == FUNCTION_CONDITION) {
        misused(p, c->name);
        return dummy(p);
    }
    struct expr_operand *o = NEW(p->mem, struct expr_operand);
    *o = (struct expr_operand){.type = c->function->type, .arg = {c->arg[0], NULL}};
    return o;
}

static const struct expr_cond *as_condition(struct parser *p, struct node n)
{
    if (n.cond != NULL)
        return n.cond;
    if (n.call != NULL)
        return call_condition(p, n.call);
    parse_syntax_error(p);
    return cond_new(p, EXPR_AND, 0, NULL, NULL);
}

static const struct expr_operand *as_operand(struct parser *p, struct node n)
{
    if (n.operand != NULL)
        return n.operand;
    if (n.call != NULL)
        return call_operand(p, n.call);
    parse_syntax_error(p);
    return dummy(p);
}

/* ( operand { , operand } ), after the name. */
static struct node call(struct parser *p, struct str name)
{
    struct call *c = NEW(p->mem, struct call);
    *c = (struct call){.name = name, .function = parse_function_find(name)};
    c->arg[0] = c->arg[1] = dummy(p);
    if (!parse_enter(p))
        return (struct node){.call = c};
    parse_expect(p, '(');
    do {
        const struct expr_operand *o = operand(p);
        if (c->n < 2)
            c->arg[c->n] = o;
        c->n++;
    } while (parse_accept(p, ','));
    parse_expect(p, ')');
    parse_leave(p);
    parse_check_call(p, c);
    return (struct node){.call = c};
}

static struct node simple(struct parser *p)
{
    if (p->tok.type == TOK_VALUE)
        return (struct node){.operand = parse_value(p)};
    struct expr_operand *o = NEW(p->mem, struct expr_operand);
    o->type = EXPR_PATH;
    if (p->tok.type == TOK_IDENT) {
        struct token first = p->tok;
        parse_advance(p);
        if (p->tok.type == '(')
            return call(p, first.text);
        parse_path_rest(p, first, &o->path);
    } else {
        parse_path(p, &o->path);
    }
    return (struct node){.operand = o};
}

static struct node close_parens(struct parser *p, struct node inner)
{
    parse_expect(p, ')');
    parse_leave(p);
    if (inner.parens)
        parse_fault(p, FAULT_PARENS, "The expression has redundant parentheses;");
    inner.parens = true;
    return inner;
}

static struct node operand_node(struct parser *p)
{
    if (p->tok.type != '(' || !parse_enter(p))
        return simple(p);
    parse_advance(p);
    return close_parens(p, operand_node(p));
}

static const struct expr_operand *operand(struct parser *p)
{
    return as_operand(p, operand_node(p));
}

static struct node primary(struct parser *p)
{
    if (p->tok.type != '(' || !parse_enter(p))
        return simple(p);
    parse_advance(p);
    return close_parens(p, or_cond(p));
}

/* Operators that order their operands know only strings, numbers and binary. */
static void check_ordered(struct parser *p, struct str operator,
                          const struct expr_operand * const * o, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        enum attr_type t = parse_static_type(o[i]);
        if (t != ATTR_NONE && !attr_is_scalar(t))
            parse_fault(
                p, FAULT_TYPE,
                "Incorrect operand type for operator or function; operator or function: " STR_FMT
                ", operand type: %s",
                STR_ARG(operator), attr_type_name(t));
    }
}

static const struct {
    int token;
    enum expr_op op;
} comparators[] = {
    {'=', EXPR_EQ}, {TOK_NE, EXPR_NE}, {'<', EXPR_LT},
    {'>', EXPR_GT}, {TOK_LE, EXPR_LE}, {TOK_GE, EXPR_GE},
};

static struct node compare(struct parser *p, struct node left, enum expr_op op)
{
    struct str operator= p->tok.text;
    const struct expr_operand **o = NEW_ARRAY(p->mem, const struct expr_operand *, 2);
    o[0] = as_operand(p, left);
    parse_advance(p);
    o[1] = operand(p);
    p->operators++;
    parse_check_distinct(p, operator, o, 2);
    if (op != EXPR_EQ && op != EXPR_NE)
        check_ordered(p, operator, o, 2);
    settle(p);
    return (struct node){.cond = cond_new(p, op, 2, NULL, o)};
}

static void bounds_fault(struct parser *p, const char *rule, const struct attr *low,
                         const struct attr *high)
{
    if (!parse_wants(p, FAULT_TYPE))
        return;
    struct buf text = {0};
    buf_add(&text, STR("lower bound operand: AttributeValue: "));
    attr_text(&text, low);
    buf_add(&text, STR(", upper bound operand: AttributeValue: "));
    attr_text(&text, high);
    parse_fault(p, FAULT_TYPE, "The BETWEEN operator requires %s; " STR_FMT, rule,
                STR_ARG(buf_str(&text)));
    buf_free(&text);
}

static void check_bounds(struct parser *p, const struct expr_operand *low,
                         const struct expr_operand *high)
{
    if (low->type != EXPR_VALUE || high->type != EXPR_VALUE)
        return;
    if (low->value.type == ATTR_NONE || high->value.type == ATTR_NONE)
        return; /* undefined */
    if (low->value.type != high->value.type)
        bounds_fault(p, "same data type for lower and upper bounds", &low->value, &high->value);
    else if (attr_is_scalar(low->value.type) && attr_cmp_scalar(&low->value, &high->value) > 0)
        bounds_fault(p, "upper bound to be greater than or equal to lower bound", &low->value,
                     &high->value);
}

static struct node between(struct parser *p, struct node left)
{
    const struct expr_operand **o = NEW_ARRAY(p->mem, const struct expr_operand *, 3);
    o[0] = as_operand(p, left);
    parse_advance(p);
    o[1] = operand(p);
    parse_expect(p, TOK_AND);
    o[2] = operand(p);
    p->operators++;
    parse_check_distinct(p, STR("BETWEEN"), o, 3);
    check_ordered(p, STR("BETWEEN"), o, 3);
    check_bounds(p, o[1], o[2]);
    settle(p);
    return (struct node){.cond = cond_new(p, EXPR_BETWEEN, 3, NULL, o)};
}

static struct node in(struct parser *p, struct node left)
{
    struct ptr_list l = {0};
    ptr_list_add(p->mem, &l, as_operand(p, left));
    parse_advance(p);
    parse_expect(p, '(');
    do
        ptr_list_add(p->mem, &l, operand(p));
    while (parse_accept(p, ','));
    parse_expect(p, ')');
    p->operators++;
    const struct expr_operand *const *o = (const struct expr_operand *const *)l.p;
    if (l.n > LIMIT_EXPRESSION_IN_OPERANDS)
        parse_fault(p, FAULT_OPERANDS,
                    "The IN operator is provided with too many operands; number of operands: %u",
                    l.n);
    parse_check_distinct(p, STR("IN"), o, l.n);
    settle(p);
    return (struct node){.cond = cond_new(p, EXPR_IN, l.n, NULL, o)};
}

static struct node test(struct parser *p)
{
    struct node left = primary(p);
    for (size_t i = 0; i < COUNT_OF(comparators); i++)
        if (p->tok.type == comparators[i].token)
            return compare(p, left, comparators[i].op);
    if (p->tok.type == TOK_BETWEEN)
        return between(p, left);
    if (p->tok.type == TOK_IN)
        return in(p, left);
    return left;
}

static struct node not_cond(struct parser *p)
{
    uint32_t nots = 0;
    while (parse_accept(p, TOK_NOT))
        nots++;
    struct node n = test(p);
    if (nots == 0)
        return n;
    p->operators += nots;
    const struct expr_cond *c = as_condition(p, n);
    for (; nots > 0; nots--) {
        const struct expr_cond **child = NEW(p->mem, const struct expr_cond *);
        *child = c;
        c = cond_new(p, EXPR_NOT, 1, child, NULL);
    }
    return (struct node){.cond = c};
}

/* rule { token rule }, as one node with many children. */
static struct node chain(struct parser *p, int token, enum expr_op op,
                         struct node (*rule)(struct parser *))
{
    struct node n = rule(p);
    if (p->tok.type != token)
        return n;
    struct ptr_list l = {0};
    ptr_list_add(p->mem, &l, as_condition(p, n));
    while (parse_accept(p, token)) {
        ptr_list_add(p->mem, &l, as_condition(p, rule(p)));
        p->operators++;
    }
    return (struct node){.cond = cond_new(p, op, l.n, (const struct expr_cond *const *)l.p, NULL)};
}

static struct node and_cond(struct parser *p)
{
    return chain(p, TOK_AND, EXPR_AND, not_cond);
}

static struct node or_cond(struct parser *p)
{
    return chain(p, TOK_OR, EXPR_OR, and_cond);
}

bool expr_parse_condition(struct arena *mem, struct expr_params *params, enum expr_kind kind,
                          struct str text, const struct expr_cond **out, struct err *e)
{
    assert(kind != EXPR_KIND_UPDATE);
    assert(kind != EXPR_KIND_PROJECTION);
    struct parser p;
    if (!parse_begin(&p, mem, params, kind, text, e))
        return false;
    const struct expr_cond *c = as_condition(&p, or_cond(&p));
    if (!parse_end(&p))
        return false;
    *out = c;
    return true;
}
