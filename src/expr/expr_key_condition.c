/* expr_key_condition.c - from a condition to the terms of a key condition.
 *
 * The text is parsed as any condition is; then only what a key can be searched
 * by may be in the tree. */
#include "expr/expr_parse_int.h"

/* Where key conditions differ from the general rule that faults begin with
 * "Invalid KeyConditionExpression: ", the texts say so themselves. */
static const struct {
    const char *name; /* NULL: allowed */
    bool value_first; /* may have the value on its left, turned around */
    enum expr_op turned;
} ops[] = {
    [EXPR_AND] = {NULL, false, 0},
    [EXPR_OR] = {"OR", false, 0},
    [EXPR_NOT] = {"NOT", false, 0},
    [EXPR_EQ] = {NULL, true, EXPR_EQ},
    [EXPR_NE] = {"<>", false, 0},
    [EXPR_LT] = {NULL, true, EXPR_GT},
    [EXPR_LE] = {NULL, true, EXPR_GE},
    [EXPR_GT] = {NULL, true, EXPR_LT},
    [EXPR_GE] = {NULL, true, EXPR_LE},
    [EXPR_BETWEEN] = {NULL, false, 0},
    [EXPR_IN] = {"IN", false, 0},
    [EXPR_ATTRIBUTE_EXISTS] = {"attribute_exists", false, 0},
    [EXPR_ATTRIBUTE_NOT_EXISTS] = {"attribute_not_exists", false, 0},
    [EXPR_ATTRIBUTE_TYPE] = {"attribute_type", false, 0},
    [EXPR_BEGINS_WITH] = {NULL, false, 0},
    [EXPR_CONTAINS] = {"contains", false, 0},
};

struct terms {
    struct expr_key_term term[LIMIT_KEY_ATTRIBUTES];
    uint32_t n;
    struct err *e;
};

/* Which operand is the attribute?  Writes its position. */
static bool find_attribute(const struct expr_cond *c, uint32_t *at, struct err *e)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < c->n; i++) {
        const struct expr_operand *o = c->operand[i];
        if (o->type == EXPR_SIZE)
            return err_set(e, ERR_VALIDATION,
                           "KeyConditionExpressions cannot contain nested operations");
        if (o->type != EXPR_PATH)
            continue;
        if (found++ > 0)
            return err_set(e, ERR_VALIDATION,
                           "Invalid condition in KeyConditionExpression: Multiple attribute names "
                           "used in one condition");
        if (o->path.n > 1)
            return err_set(e, ERR_VALIDATION,
                           "Invalid KeyConditionExpression: KeyConditionExpressions cannot have "
                           "conditions on nested attributes");
        *at = i;
    }
    if (found == 0)
        return err_set(e, ERR_VALIDATION,
                       "Invalid condition in KeyConditionExpression: No key attribute specified");
    return true;
}

static bool add_term(struct terms *t, const struct expr_cond *c)
{
    uint32_t at = 0;
    if (!find_attribute(c, &at, t->e))
        return false;
    if (at != 0 && !ops[c->op].value_first)
        return err_set(t->e, ERR_VALIDATION,
                       "Invalid condition in KeyConditionExpression: %s operator must have the "
                       "key attribute as its first operand",
                       c->op == EXPR_BETWEEN ? "BETWEEN" : "begins_with");
    struct expr_key_term term = {.name = c->operand[at]->path.step[0].name,
                                 .op = at == 0 ? c->op : ops[c->op].turned};
    for (uint32_t i = 0, n = 0; i < c->n; i++)
        if (i != at)
            term.value[n++] = c->operand[i]->value;
    for (uint32_t i = 0; i < t->n; i++)
        if (str_eq(t->term[i].name, term.name))
            return err_set(t->e, ERR_VALIDATION,
                           "KeyConditionExpressions must only contain one condition per key");
    if (t->n == LIMIT_KEY_ATTRIBUTES)
        return err_set(t->e, ERR_VALIDATION, "Conditions can be of length 1 or 2 only");
    t->term[t->n++] = term;
    return true;
}

static bool collect(struct terms *t, const struct expr_cond *c)
{
    assert((size_t)c->op < COUNT_OF(ops));
    if (ops[c->op].name != NULL)
        return err_set(t->e, ERR_VALIDATION, "Invalid operator used in KeyConditionExpression: %s",
                       ops[c->op].name);
    if (c->op != EXPR_AND)
        return add_term(t, c);
    for (uint32_t i = 0; i < c->n; i++)
        if (!collect(t, c->child[i]))
            return false;
    return true;
}

bool expr_parse_key_condition(struct arena *mem, struct expr_params *p, struct str text,
                              const struct expr_key_cond **out, struct err *e)
{
    const struct expr_cond *c;
    if (!expr_parse_condition(mem, p, EXPR_KIND_KEY_CONDITION, text, &c, e))
        return false;
    struct terms t = {.e = e};
    if (!collect(&t, c))
        return false;
    struct expr_key_term *term = NEW_ARRAY(mem, struct expr_key_term, t.n);
    memcpy(term, t.term, t.n * sizeof(*term));
    struct expr_key_cond *k = NEW(mem, struct expr_key_cond);
    *k = (struct expr_key_cond){t.n, term};
    *out = k;
    return true;
}
