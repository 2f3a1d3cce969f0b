/* expr_update_parse.c - the grammar of updates.
 *
 *   update  -> section { section }
 *   section -> SET    path = value { , path = value }
 *            | REMOVE path         { , path }
 *            | ADD    path VALUE   { , path VALUE }
 *            | DELETE path VALUE   { , path VALUE }
 *   value   -> operand [ + operand | - operand ]
 *   operand -> ( value ) | simple
 *   arg     -> ( arg ) | simple
 *   simple  -> path | VALUE | IDENT ( arg { , arg } ) */
#include "expr/expr_parse_int.h"

struct update_parser {
    struct parser p;
    struct ptr_list actions; /* struct expr_update_action */
    bool seen[EXPR_DELETE + 1];
};

struct value {
    const struct expr_operand *operand;
    bool parens;
};

static const struct {
    int token;
    const char *name;
} sections[] = {
    [EXPR_SET] = {TOK_SET, "SET"},
    [EXPR_REMOVE] = {TOK_REMOVE, "REMOVE"},
    [EXPR_ADD] = {TOK_ADD, "ADD"},
    [EXPR_DELETE] = {TOK_DELETE, "DELETE"},
};

static struct value value(struct parser *p);
static struct value arg(struct parser *p);

static struct value close_parens(struct parser *p, struct value inner)
{
    parse_expect(p, ')');
    parse_leave(p);
    if (inner.parens)
        parse_fault(p, FAULT_PARENS, "The expression has redundant parentheses;");
    inner.parens = true;
    return inner;
}

/* ( arg { , arg } ), after the name. */
static const struct expr_operand *call(struct parser *p, struct str name)
{
    struct expr_operand *o = NEW(p->mem, struct expr_operand);
    struct expr_operand *none = NEW(p->mem, struct expr_operand);
    struct call c = {name, parse_function_find(name), {none, none}, 0};
    if (!parse_enter(p))
        return o;
    p->operators++;
    parse_expect(p, '(');
    do {
        struct value v = arg(p);
        if (c.n < 2)
            c.arg[c.n] = v.operand;
        c.n++;
    } while (parse_accept(p, ','));
    parse_expect(p, ')');
    parse_leave(p);
    parse_check_call(p, &c);
    if (c.function == NULL || c.function->use != FUNCTION_UPDATE)
        return o;
    o->type = c.function->type;
    o->arg[0] = c.arg[0];
    o->arg[1] = c.arg[1];
    if (o->type == EXPR_IF_NOT_EXISTS) {
        o->path = c.arg[0]->path;
        o->arg[0] = c.arg[1];
        o->arg[1] = NULL;
    }
    return o;
}

static struct value simple(struct parser *p)
{
    if (p->tok.type == TOK_VALUE)
        return (struct value){parse_value(p), false};
    struct expr_operand *o = NEW(p->mem, struct expr_operand);
    o->type = EXPR_PATH;
    if (p->tok.type == TOK_IDENT) {
        struct token first = p->tok;
        parse_advance(p);
        if (p->tok.type == '(')
            return (struct value){call(p, first.text), false};
        parse_path_rest(p, first, &o->path);
    } else {
        parse_path(p, &o->path);
    }
    return (struct value){o, false};
}

static struct value arg(struct parser *p)
{
    if (p->tok.type != '(' || !parse_enter(p))
        return simple(p);
    parse_advance(p);
    return close_parens(p, arg(p));
}

static struct value operand(struct parser *p)
{
    if (p->tok.type != '(' || !parse_enter(p))
        return simple(p);
    parse_advance(p);
    return close_parens(p, value(p));
}

static void check_number(struct parser *p, struct str operator, const struct expr_operand * o)
{
    enum attr_type t = parse_static_type(o);
    if (t != ATTR_NONE && t != ATTR_N)
        parse_fault(
            p, FAULT_TYPE,
            "Incorrect operand type for operator or function; operator or function: " STR_FMT
            ", operand type: %s",
            STR_ARG(operator), attr_type_name(t));
}

static struct value value(struct parser *p)
{
    struct value left = operand(p);
    if (p->tok.type != '+' && p->tok.type != '-')
        return left;
    struct str operator= p->tok.text;
    parse_advance(p);
    struct expr_operand *o = NEW(p->mem, struct expr_operand);
    o->type = operator.p[0] == '+' ? EXPR_PLUS : EXPR_MINUS;
    o->arg[0] = left.operand;
    o->arg[1] = operand(p).operand;
    p->operators++;
    check_number(p, operator, o->arg[0]);
    check_number(p, operator, o->arg[1]);
    return (struct value){o, false};
}

/* ADD takes numbers and sets, DELETE sets; the texts have names of their own
 * for the other types. */
static void check_operand_type(struct parser *p, enum expr_action action,
                               const struct expr_operand *o)
{
    static const char *const names[ATTR_TYPE_COUNT] = {
        [ATTR_S] = "STRING",  [ATTR_N] = "NUMBER", [ATTR_B] = "BINARY", [ATTR_BOOL] = "BOOLEAN",
        [ATTR_NULL] = "NULL", [ATTR_L] = "LIST",   [ATTR_M] = "MAP",
    };
    enum attr_type t = o->value.type;
    if (names[t] != NULL && !(t == ATTR_N && action == EXPR_ADD))
        parse_fault(p, FAULT_OPERANDS,
                    "Incorrect operand type for operator or function; operator: %s, operand type: "
                    "%s",
                    sections[action].name, names[t]);
}

static const struct expr_operand *action_value(struct parser *p, enum expr_action action)
{
    if (action == EXPR_REMOVE)
        return NULL;
    if (action == EXPR_SET) {
        parse_expect(p, '=');
        return value(p).operand;
    }
    if (p->tok.type != TOK_VALUE) {
        parse_syntax_error(p);
        return NULL;
    }
    const struct expr_operand *o = parse_value(p);
    check_operand_type(p, action, o);
    return o;
}

static void section(struct update_parser *u, enum expr_action action)
{
    struct parser *p = &u->p;
    parse_advance(p);
    if (u->seen[action])
        parse_fault(p, FAULT_SECTION,
                    "The \"%s\" section can only be used once in an update expression;",
                    sections[action].name);
    u->seen[action] = true;
    do {
        struct expr_update_action *a = NEW(p->mem, struct expr_update_action);
        a->action = action;
        parse_path(p, &a->path);
        a->value = action_value(p, action);
        ptr_list_add(p->mem, &u->actions, a);
    } while (parse_accept(p, ','));
}

/* True when the token begins a section. */
static bool is_section(const struct parser *p, enum expr_action *action)
{
    for (size_t i = 0; i < COUNT_OF(sections); i++) {
        if (p->tok.type == sections[i].token) {
            *action = (enum expr_action)i;
            return true;
        }
    }
    return false;
}

static const struct expr_update *update_of(struct arena *mem, const struct ptr_list *l)
{
    struct expr_update_action *a = NEW_ARRAY(mem, struct expr_update_action, l->n);
    for (uint32_t i = 0; i < l->n; i++)
        a[i] = *(const struct expr_update_action *)l->p[i];
    struct expr_update *u = NEW(mem, struct expr_update);
    *u = (struct expr_update){.n = l->n, .action = a};
    return u;
}

static void check_targets(struct parser *p, const struct expr_update *u)
{
    const struct expr_path **path = NEW_ARRAY(p->mem, const struct expr_path *, u->n);
    for (uint32_t i = 0; i < u->n; i++)
        path[i] = &u->action[i].path;
    parse_check_paths(p, path, u->n);
}

bool expr_parse_update(struct arena *mem, struct expr_params *params, struct str text,
                       const struct expr_update **out, struct err *e)
{
    struct update_parser u = {0};
    if (!parse_begin(&u.p, mem, params, EXPR_KIND_UPDATE, text, e))
        return false;
    enum expr_action action;
    if (!is_section(&u.p, &action))
        parse_syntax_error(&u.p);
    while (is_section(&u.p, &action))
        section(&u, action);
    const struct expr_update *made = update_of(mem, &u.actions);
    if (!u.p.failed)
        check_targets(&u.p, made);
    if (!parse_end(&u.p))
        return false;
    *out = made;
    return true;
}
