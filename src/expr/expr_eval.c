/* expr_eval.c - is a condition true of an item?
 *
 * Works on the encoded item and allocates nothing: an operand is a view into
 * the item or into the tree, or a number that size() made. */
#include "expr/expr.h"

#include <stdio.h>

#include "codec/utf8.h"
#include "model/item.h"

/* What an operand turned out to be.  ATTR_NONE: the attribute is missing. */
struct operand {
    struct attr v;
    bool failed;         /* size() of something that has none: no comparison is true */
    char number[2 + 10]; /* of size(): type, length, digits */
};

static bool size_of(const struct attr *v, uint32_t *out)
{
    switch (v->type) {
    case ATTR_S:
        *out = (uint32_t)utf8_utf16_units(v->body);
        return true;
    case ATTR_B:
        *out = (uint32_t)v->body.n;
        return true;
    case ATTR_SS:
    case ATTR_NS:
    case ATTR_BS:
    case ATTR_L:
    case ATTR_M:
        *out = v->count;
        return true;
    default:
        return false;
    }
}

/* The number as an encoded value. */
static void put_number(struct operand *o, uint32_t x)
{
    char digits[11];
    int n = snprintf(digits, sizeof(digits), "%u", x);
    o->number[0] = ATTR_N;
    o->number[1] = (char)n;
    memcpy(o->number + 2, digits, (size_t)n);
    o->v = (struct attr){
        .type = ATTR_N, .body = {o->number + 2, (size_t)n}, .raw = {o->number, (size_t)n + 2}};
}

/* *out must stay where it is: a number points into it. */
static void read_operand(struct str item, const struct expr_operand *e, struct operand *out)
{
    out->v.type = ATTR_NONE;
    out->failed = false;
    if (e->type == EXPR_PATH) {
        if (!expr_path_find(item, &e->path, &out->v))
            out->v.type = ATTR_NONE;
    } else if (e->type == EXPR_VALUE) {
        out->v = e->value;
    } else {
        assert(e->type == EXPR_SIZE);
        struct operand of;
        uint32_t n;
        read_operand(item, e->arg[0], &of);
        if (size_of(&of.v, &n))
            put_number(out, n);
        else
            out->failed = true;
    }
}

static bool both_exist(const struct operand *a, const struct operand *b)
{
    return a->v.type != ATTR_NONE && b->v.type != ATTR_NONE;
}

static bool equal(const struct operand *a, const struct operand *b)
{
    return both_exist(a, b) && attr_eq(&a->v, &b->v);
}

/* Of one scalar type: only then there is an order. */
static bool ordered(const struct operand *a, const struct operand *b)
{
    return a->v.type == b->v.type && attr_is_scalar(a->v.type);
}

/* Does `what` occur in `in`?  Strings and binary. */
static bool has_bytes(struct str in, struct str what)
{
    return what.n == 0 || (in.n >= what.n && memmem(in.p, in.n, what.p, what.n) != NULL);
}

static bool list_has(const struct attr *list, const struct attr *member)
{
    struct attr_iter it = attr_iter(list);
    struct str name;
    struct attr v;
    while (attr_next(&it, &name, &v))
        if (attr_eq(&v, member))
            return true;
    return false;
}

static bool contains(const struct attr *in, const struct attr *what)
{
    if (what->type == ATTR_NONE)
        return false;
    if (in->type == ATTR_S || in->type == ATTR_B)
        return what->type == in->type && has_bytes(in->body, what->body);
    if (attr_is_set(in->type))
        return what->type == attr_member_type(in->type) && attr_set_has(in, what->body);
    return in->type == ATTR_L && list_has(in, what);
}

static bool begins_with(const struct attr *v, const struct attr *prefix)
{
    return v->type == prefix->type && (v->type == ATTR_S || v->type == ATTR_B) &&
           str_starts_with(v->body, prefix->body);
}

static bool has_type(const struct attr *v, const struct attr *name)
{
    enum attr_type t;
    return name->type == ATTR_S && v->type != ATTR_NONE && attr_type_from_name(name->body, &t) &&
           v->type == t;
}

/* Operators of two operands. */
static bool test_pair(enum expr_op op, const struct operand *a, const struct operand *b)
{
    if (a->failed || b->failed)
        return false;
    switch (op) {
    case EXPR_EQ:
        return equal(a, b);
    case EXPR_NE: /* true even when both are missing */
        return !equal(a, b);
    case EXPR_STRICT_NE:
        return both_exist(a, b) && !attr_eq(&a->v, &b->v);
    case EXPR_LT:
        return ordered(a, b) && attr_cmp_scalar(&a->v, &b->v) < 0;
    case EXPR_LE:
        return ordered(a, b) && attr_cmp_scalar(&a->v, &b->v) <= 0;
    case EXPR_GT:
        return ordered(a, b) && attr_cmp_scalar(&a->v, &b->v) > 0;
    case EXPR_GE:
        return ordered(a, b) && attr_cmp_scalar(&a->v, &b->v) >= 0;
    case EXPR_ATTRIBUTE_TYPE:
        return has_type(&a->v, &b->v);
    case EXPR_BEGINS_WITH:
        return begins_with(&a->v, &b->v);
    case EXPR_CONTAINS:
        return contains(&a->v, &b->v);
    case EXPR_LEGACY_NOT_CONTAINS:
        return a->v.type != ATTR_NONE && !contains(&a->v, &b->v);
    default:
        assert(false); /* operators of another number of operands are not for here */
        return false;
    }
}

static bool test_between(const struct expr_cond *c, struct str item, const struct operand *v)
{
    struct operand low, high;
    read_operand(item, c->operand[1], &low);
    read_operand(item, c->operand[2], &high);
    return test_pair(EXPR_GE, v, &low) && test_pair(EXPR_LE, v, &high);
}

static bool test_in(const struct expr_cond *c, struct str item, const struct operand *v)
{
    for (uint32_t i = 1; i < c->n; i++) {
        struct operand o;
        read_operand(item, c->operand[i], &o);
        if (test_pair(EXPR_EQ, v, &o))
            return true;
    }
    return false;
}

static bool test(const struct expr_cond *c, struct str item)
{
    struct operand a, b;
    read_operand(item, c->operand[0], &a);
    switch (c->op) {
    case EXPR_ATTRIBUTE_EXISTS:
        return a.v.type != ATTR_NONE;
    case EXPR_ATTRIBUTE_NOT_EXISTS:
        return a.v.type == ATTR_NONE;
    case EXPR_BETWEEN:
        return test_between(c, item, &a);
    case EXPR_IN:
        return test_in(c, item, &a);
    default:
        assert(c->n == 2);
        read_operand(item, c->operand[1], &b);
        return test_pair(c->op, &a, &b);
    }
}

bool expr_true(const struct expr_cond *c, struct str item)
{
    switch (c->op) {
    case EXPR_NOT:
        return !expr_true(c->child[0], item);
    case EXPR_AND:
    case EXPR_OR:
        for (uint32_t i = 0; i < c->n; i++)
            if (expr_true(c->child[i], item) == (c->op == EXPR_OR))
                return c->op == EXPR_OR;
        return c->op == EXPR_AND;
    default:
        return test(c, item);
    }
}
