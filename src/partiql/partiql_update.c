/* partiql_update.c - the clauses of UPDATE.
 *
 *   update -> clause { [,] clause }
 *   clause -> SET path = rhs { , path = rhs } | REMOVE path { , path }
 *   rhs    -> operand [ ( + | - ) operand ]
 *           | list_append ( operand , operand ) | if_not_exists ( path , operand )
 *           | set_add ( path , set ) | set_delete ( path , set )
 *
 * set_add() and set_delete() change the path that they are assigned to. */
#include "partiql/partiql_int.h"

enum { TYPES_SET = PQ_TYPE(ATTR_SS) | PQ_TYPE(ATTR_NS) | PQ_TYPE(ATTR_BS) };

static const struct {
    struct str name;
    enum expr_action action;
    enum expr_operand_type type; /* SET only */
} functions[] = {
    {STR("list_append"), EXPR_SET, EXPR_LIST_APPEND},
    {STR("if_not_exists"), EXPR_SET, EXPR_IF_NOT_EXISTS},
    {STR("set_add"), EXPR_ADD, EXPR_VALUE},
    {STR("set_delete"), EXPR_DELETE, EXPR_VALUE},
};

/* Which function is called here; COUNT_OF(functions): none of these. */
static size_t function_here(const struct pq *p)
{
    size_t i = 0;

    if (p->tok.type != PQ_NAME || pq_peek(p).type != '(')
        return COUNT_OF(functions);
    while (i < COUNT_OF(functions) && !str_eq_nocase(p->tok.text, functions[i].name))
        i++;
    return i;
}

/* An operand of SET: a value or a path, no size(). */
static const struct expr_operand *plain(struct pq *p)
{
    const struct expr_operand *o = pq_operand(p);

    if (o->type == EXPR_SIZE)
        pq_fail(p, "The function is not allowed to be used this way in an expression; function: "
                   "size");
    return o;
}

static const struct expr_operand *sum(struct pq *p)
{
    const struct expr_operand *left = plain(p);
    struct pq_token t = p->tok;

    if (t.type != '+' && t.type != '-')
        return left;
    pq_next(p);
    struct expr_operand *o = NEW(p->mem, struct expr_operand);
    o->type = t.type == '+' ? EXPR_PLUS : EXPR_MINUS;
    o->arg[0] = left;
    o->arg[1] = plain(p);
    for (int i = 0; i < 2; i++)
        pq_operand_types(p, t.raw, o->arg[i], PQ_TYPE(ATTR_N));
    return o;
}

static bool same_path(const struct expr_path *a, const struct expr_path *b)
{
    return a->n == b->n && expr_path_relation(a, b) == EXPR_PATHS_OVERLAP;
}

/* name ( first , second ) */
static void call(struct pq *p, size_t f, struct expr_update_action *a)
{
    struct expr_operand *o = NEW(p->mem, struct expr_operand);

    pq_next(p);
    pq_next(p);
    const struct expr_operand *first = plain(p);
    pq_expect(p, ',');
    const struct expr_operand *second = plain(p);
    pq_expect(p, ')');
    a->action = functions[f].action;
    a->value = second;
    if (a->action != EXPR_SET) {
        if (first->type != EXPR_PATH || !same_path(&first->path, &a->path))
            pq_fail(p, "The first operand of " STR_FMT " must be the path that it is assigned to",
                    STR_ARG(functions[f].name));
        pq_operand_types(p, functions[f].name, second, TYPES_SET);
        if (second->type != EXPR_VALUE)
            pq_fail(p,
                    "Incorrect operand type for operator or function; operator or function: "
                    "" STR_FMT ", operand type: path",
                    STR_ARG(functions[f].name));
        return;
    }
    o->type = functions[f].type;
    o->arg[0] = first;
    o->arg[1] = second;
    if (o->type == EXPR_LIST_APPEND) {
        pq_operand_types(p, functions[f].name, first, PQ_TYPE(ATTR_L));
        pq_operand_types(p, functions[f].name, second, PQ_TYPE(ATTR_L));
    } else if (first->type != EXPR_PATH) {
        pq_fail(p, "Operator or function requires a document path; operator or function: "
                   "if_not_exists");
    } else {
        o->path = first->path;
        o->arg[0] = second;
        o->arg[1] = NULL;
    }
    a->value = o;
}

static struct expr_update_action *add_action(struct pq *p, struct pq_list *actions,
                                             enum expr_action action)
{
    struct expr_update_action *a = NEW(p->mem, struct expr_update_action);

    a->action = action;
    pq_path(p, &a->path);
    pq_list_add(p->mem, actions, a);
    return a;
}

static void assign(struct pq *p, struct pq_list *actions)
{
    struct expr_update_action *a = add_action(p, actions, EXPR_SET);

    pq_expect(p, '=');
    size_t f = function_here(p);
    if (f < COUNT_OF(functions))
        call(p, f, a);
    else
        a->value = sum(p);
}

static void clauses(struct pq *p, struct pq_list *actions)
{
    int clause = 0;

    while (!p->failed) {
        if (p->tok.type == PQ_SET || p->tok.type == PQ_REMOVE) {
            clause = p->tok.type;
            pq_next(p);
        } else if (clause == 0) {
            pq_unexpected(p);
        }
        if (clause == PQ_SET)
            assign(p, actions);
        else
            add_action(p, actions, EXPR_REMOVE);
        if (!pq_accept(p, ',') && p->tok.type != PQ_SET && p->tok.type != PQ_REMOVE)
            return;
    }
}

const struct expr_update *pq_update(struct pq *p)
{
    struct expr_update *u = NEW(p->mem, struct expr_update);
    struct pq_list actions = {0};

    clauses(p, &actions);
    struct expr_update_action *all = NEW_ARRAY(p->mem, struct expr_update_action, actions.n);
    const struct expr_path **paths = NEW_ARRAY(p->mem, const struct expr_path *, actions.n);
    for (uint32_t i = 0; i < actions.n && !p->failed; i++) {
        all[i] = *(const struct expr_update_action *)actions.p[i];
        paths[i] = &all[i].path;
    }
    if (p->failed)
        return u;
    pq_paths_apart(p, paths, actions.n);
    u->n = actions.n;
    u->action = all;
    u->lenient_remove = true;
    return u;
}
