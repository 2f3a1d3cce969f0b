/* partiql_update.c - the clauses of UPDATE.
 *
 *   update -> clause { [,] clause }
 *   clause -> SET path = rhs { , path = rhs } | REMOVE path { , path }
 *   rhs    -> set_add ( path , set ) | set_delete ( path , set )
 *           | term [ ( + | - ) term ]
 *   term   -> list_append ( term , term ) | if_not_exists ( path , term ) | operand
 *
 * set_add() and set_delete() change the path that they are assigned to. */
#include "partiql/partiql_int.h"

enum { TYPES_SET = PQ_TYPE(ATTR_SS) | PQ_TYPE(ATTR_NS) | PQ_TYPE(ATTR_BS) };

static const struct expr_operand *term(struct pq *p);

/* Is this function called here? */
static bool calls(const struct pq *p, struct str name)
{
    return p->tok.type == PQ_NAME && str_eq_nocase(p->tok.text, name) && pq_peek(p).type == '(';
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

/* name ( first , second ) */
static void arguments(struct pq *p, const struct expr_operand *arg[2])
{
    pq_next(p);
    pq_next(p);
    arg[0] = term(p);
    pq_expect(p, ',');
    arg[1] = term(p);
    pq_expect(p, ')');
}

static const struct expr_operand *list_append(struct pq *p)
{
    struct expr_operand *o = NEW(p->mem, struct expr_operand);

    o->type = EXPR_LIST_APPEND;
    arguments(p, o->arg);
    for (int i = 0; i < 2; i++)
        pq_operand_types(p, STR("list_append"), o->arg[i], PQ_TYPE(ATTR_L));
    return o;
}

static const struct expr_operand *if_not_exists(struct pq *p)
{
    struct expr_operand *o = NEW(p->mem, struct expr_operand);
    const struct expr_operand *arg[2];

    o->type = EXPR_IF_NOT_EXISTS;
    arguments(p, arg);
    if (arg[0]->type != EXPR_PATH)
        pq_fail(p, "Operator or function requires a document path; operator or function: "
                   "if_not_exists");
    o->path = arg[0]->path;
    o->arg[0] = arg[1];
    return o;
}

static const struct expr_operand *term(struct pq *p)
{
    const struct expr_operand *o;

    if (!pq_enter(p))
        return NEW(p->mem, struct expr_operand);
    if (calls(p, STR("list_append")))
        o = list_append(p);
    else if (calls(p, STR("if_not_exists")))
        o = if_not_exists(p);
    else
        o = plain(p);
    pq_leave(p);
    return o;
}

static const struct expr_operand *sum(struct pq *p)
{
    const struct expr_operand *left = term(p);
    struct pq_token t = p->tok;

    if (t.type != '+' && t.type != '-')
        return left;
    pq_next(p);
    struct expr_operand *o = NEW(p->mem, struct expr_operand);
    o->type = t.type == '+' ? EXPR_PLUS : EXPR_MINUS;
    o->arg[0] = left;
    o->arg[1] = term(p);
    for (int i = 0; i < 2; i++)
        pq_operand_types(p, t.raw, o->arg[i], PQ_TYPE(ATTR_N));
    return o;
}

static bool same_path(const struct expr_path *a, const struct expr_path *b)
{
    return a->n == b->n && expr_path_relation(a, b) == EXPR_PATHS_OVERLAP;
}

/* set_add and set_delete; errors tell the place of the function or of its first argument. */
static void change_set(struct pq *p, const char *name, struct expr_update_action *a)
{
    struct str function = pq_place(p, &p->tok);
    const struct expr_operand *arg[2];

    pq_next(p);
    pq_next(p);
    struct str first = pq_place(p, &p->tok);
    arg[0] = plain(p);
    pq_expect(p, ',');
    arg[1] = plain(p);
    pq_expect(p, ')');
    a->value = arg[1];
    if (arg[0]->type != EXPR_PATH || !same_path(&arg[0]->path, &a->path))
        pq_fail(p, "The first argument to %s must equal the assignment value at " STR_FMT, name,
                STR_ARG(function));
    /* A value without a type is a parameter that is missing, which is reported at the end. */
    if (arg[1]->type != EXPR_VALUE ||
        (arg[1]->value.type != ATTR_NONE && !(TYPES_SET & PQ_TYPE(arg[1]->value.type))))
        pq_fail(p, "The second argument to %s must be a value with type SET at " STR_FMT, name,
                STR_ARG(first));
}

static struct expr_update_action *add_action(struct pq *p, struct ptr_list *actions,
                                             enum expr_action action)
{
    struct expr_update_action *a = NEW(p->mem, struct expr_update_action);

    a->action = action;
    pq_path(p, &a->path);
    ptr_list_add(p->mem, actions, a);
    return a;
}

static void assign(struct pq *p, struct ptr_list *actions)
{
    struct expr_update_action *a = add_action(p, actions, EXPR_SET);

    pq_expect(p, '=');
    if (calls(p, STR("set_add"))) {
        a->action = EXPR_ADD;
        change_set(p, "SET_ADD", a);
    } else if (calls(p, STR("set_delete"))) {
        a->action = EXPR_DELETE;
        change_set(p, "SET_DELETE", a);
    } else {
        a->value = sum(p);
    }
}

static void clauses(struct pq *p, struct ptr_list *actions)
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
    struct ptr_list actions = {0};

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
