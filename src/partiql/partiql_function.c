/* partiql_function.c - the functions of conditions. */
#include "partiql/partiql_int.h"

enum {
    TYPES_ANY = ~0u,
    TYPES_BYTES = PQ_TYPE(ATTR_S) | PQ_TYPE(ATTR_B),
    TYPES_UNSIZED = PQ_TYPE(ATTR_N) | PQ_TYPE(ATTR_BOOL) | PQ_TYPE(ATTR_NULL),
};

static const struct {
    struct str name;
    enum expr_op op; /* size() is none */
    uint32_t arity;
    unsigned types[2]; /* what values may be */
} functions[] = {
    {STR("begins_with"), EXPR_BEGINS_WITH, 2, {TYPES_BYTES, TYPES_BYTES}},
    {STR("contains"), EXPR_CONTAINS, 2, {TYPES_ANY, TYPES_ANY}},
    {STR("attribute_type"), EXPR_ATTRIBUTE_TYPE, 2, {TYPES_ANY, PQ_TYPE(ATTR_S)}},
    {STR("attribute_exists"), EXPR_ATTRIBUTE_EXISTS, 1, {TYPES_ANY}},
    {STR("attribute_not_exists"), EXPR_ATTRIBUTE_NOT_EXISTS, 1, {TYPES_ANY}},
    {STR("size"), EXPR_AND, 1, {~TYPES_UNSIZED}},
};

/* The second argument of attribute_type(). */
static void check_type_name(struct pq *p, const struct expr_operand *o)
{
    enum attr_type t;

    if (o->type != EXPR_VALUE)
        pq_fail(p, "Incorrect operand type for operator or function; operator or function: "
                   "attribute_type, operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}");
    else if (o->value.type == ATTR_S && !attr_type_from_name(o->value.body, &t))
        pq_fail(p,
                "Invalid attribute type name found; type: " STR_FMT
                ", valid types: {N,BS,L,B,NULL,M,S,SS,NS,BOOL}",
                STR_ARG(o->value.body));
}

static const struct expr_operand *size_of(struct pq *p, const struct expr_operand *of)
{
    struct expr_operand *o = NEW(p->mem, struct expr_operand);

    if (of->type == EXPR_SIZE)
        pq_fail(p, "The function is not allowed to be used this way in an expression; function: "
                   "size");
    o->type = EXPR_SIZE;
    o->arg[0] = of;
    return o;
}

struct pq_term pq_call(struct pq *p, struct str name, const struct ptr_list *args)
{
    const struct expr_operand *const *arg = (const struct expr_operand *const *)args->p;
    size_t i = 0;

    while (i < COUNT_OF(functions) && !str_eq_nocase(name, functions[i].name))
        i++;
    if (i == COUNT_OF(functions))
        pq_fail(p, "Invalid function name; function: " STR_FMT, STR_ARG(name));
    else if (args->n != functions[i].arity)
        pq_fail(p,
                "Incorrect number of operands for operator or function; operator or function: "
                "" STR_FMT ", number of operands: %u",
                STR_ARG(functions[i].name), args->n);
    if (p->failed)
        return pq_no_term(p);
    for (uint32_t k = 0; k < args->n; k++)
        pq_operand_types(p, functions[i].name, arg[k], functions[i].types[k]);
    switch (functions[i].op) {
    case EXPR_AND:
        return (struct pq_term){.operand = size_of(p, arg[0])};
    case EXPR_ATTRIBUTE_TYPE:
        check_type_name(p, arg[1]);
        break;
    case EXPR_ATTRIBUTE_EXISTS:
    case EXPR_ATTRIBUTE_NOT_EXISTS:
        if (arg[0]->type != EXPR_PATH)
            pq_fail(p,
                    "Operator or function requires a document path; operator or function: " STR_FMT,
                    STR_ARG(functions[i].name));
        break;
    default:
        break;
    }
    return (struct pq_term){.cond = pq_node(p, functions[i].op, args)};
}
