/* expr_walk.c - what is in a condition: its paths, its literals. */
#include "expr/expr_tree.h"

static bool operand_paths(const struct expr_operand *o,
                          bool (*visit)(void *, const struct expr_path *), void *arg)
{
    if ((o->type == EXPR_PATH || o->type == EXPR_IF_NOT_EXISTS) && !visit(arg, &o->path))
        return false;
    for (int i = 0; i < 2; i++)
        if (o->arg[i] != NULL && !operand_paths(o->arg[i], visit, arg))
            return false;
    return true;
}

bool expr_cond_paths(const struct expr_cond *c, bool (*visit)(void *, const struct expr_path *),
                     void *arg)
{
    for (uint32_t i = 0; i < c->n; i++)
        if (c->op <= EXPR_NOT ? !expr_cond_paths(c->child[i], visit, arg)
                              : !operand_paths(c->operand[i], visit, arg))
            return false;
    return true;
}

static uint64_t operand_bytes(const struct expr_operand *o)
{
    uint64_t sum = o->value.raw.n;
    for (int i = 0; i < 2; i++)
        if (o->arg[i] != NULL)
            sum += operand_bytes(o->arg[i]);
    return sum;
}

uint64_t expr_cond_bytes(const struct expr_cond *c)
{
    enum { NODE_BYTES = 16 }; /* finding an attribute is work, too */
    uint64_t sum = 0;
    for (uint32_t i = 0; i < c->n; i++)
        sum += NODE_BYTES +
               (c->op <= EXPR_NOT ? expr_cond_bytes(c->child[i]) : operand_bytes(c->operand[i]));
    return sum;
}
