/* expr_function.c - the table of functions and the rules for their arguments. */
#include "expr/expr_parse_int.h"

#include "base/buf.h"
#include "model/attr_json.h"

static const struct function functions[] = {
    {{"attribute_exists", 16}, FUNCTION_CONDITION, 1, .op = EXPR_ATTRIBUTE_EXISTS},
    {{"attribute_not_exists", 20}, FUNCTION_CONDITION, 1, .op = EXPR_ATTRIBUTE_NOT_EXISTS},
    {{"attribute_type", 14}, FUNCTION_CONDITION, 2, .op = EXPR_ATTRIBUTE_TYPE},
    {{"begins_with", 11}, FUNCTION_CONDITION, 2, .op = EXPR_BEGINS_WITH},
    {{"contains", 8}, FUNCTION_CONDITION, 2, .op = EXPR_CONTAINS},
    {{"size", 4}, FUNCTION_OPERAND, 1, .type = EXPR_SIZE},
    {{"if_not_exists", 13}, FUNCTION_UPDATE, 2, .type = EXPR_IF_NOT_EXISTS},
    {{"list_append", 11}, FUNCTION_UPDATE, 2, .type = EXPR_LIST_APPEND},
};

const struct function *parse_function_find(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(functions); i++)
        if (str_eq(functions[i].name, name))
            return &functions[i];
    return NULL;
}

static void wrong_type(struct parser *p, const struct call *c, const char *type)
{
    parse_fault(p, FAULT_TYPE,
                "Incorrect operand type for operator or function; operator or function: " STR_FMT
                ", operand type: %s",
                STR_ARG(c->name), type);
}

static void needs_path(struct parser *p, const struct call *c)
{
    if (c->arg[0]->type != EXPR_PATH)
        parse_fault(p, FAULT_TYPE,
                    "Operator or function requires a document path; operator or function: " STR_FMT,
                    STR_ARG(c->name));
}

/* The second argument is the name of a type, as a string value. */
static void check_attribute_type(struct parser *p, const struct call *c)
{
    const struct expr_operand *o = c->arg[1];
    enum attr_type type = parse_static_type(o), named;
    if (o->type == EXPR_PATH)
        wrong_type(p, c, "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}");
    else if (type != ATTR_NONE && type != ATTR_S)
        wrong_type(p, c, attr_type_name(type));
    else if (type == ATTR_S && !attr_type_from_name(o->value.body, &named))
        parse_fault(p, FAULT_TYPE,
                    "Invalid attribute type name found; type: " STR_FMT
                    ", valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
                    STR_ARG(o->value.body));
}

static void check_begins_with(struct parser *p, const struct call *c)
{
    for (int i = 0; i < 2; i++) {
        enum attr_type t = parse_static_type(c->arg[i]);
        if (t != ATTR_NONE && t != ATTR_S && t != ATTR_B)
            wrong_type(p, c, attr_type_name(t));
    }
}

static void check_size(struct parser *p, const struct call *c)
{
    enum attr_type t = parse_static_type(c->arg[0]);
    if (t == ATTR_N || t == ATTR_BOOL || t == ATTR_NULL)
        wrong_type(p, c, attr_type_name(t));
}

static void check_list_append(struct parser *p, const struct call *c)
{
    for (int i = 0; i < 2; i++) {
        enum attr_type t = parse_static_type(c->arg[i]);
        if (t != ATTR_NONE && t != ATTR_L)
            wrong_type(p, c, attr_type_name(t));
    }
}

static void check_distinct(struct parser *p, const struct call *c)
{
    parse_check_distinct(p, c->name, c->arg, 2);
}

static void check_types(struct parser *p, const struct call *c)
{
    if (c->function->use == FUNCTION_CONDITION) {
        switch (c->function->op) {
        case EXPR_ATTRIBUTE_TYPE:
            check_attribute_type(p, c);
            return;
        case EXPR_BEGINS_WITH:
            check_distinct(p, c);
            check_begins_with(p, c);
            return;
        case EXPR_CONTAINS:
            check_distinct(p, c);
            return;
        default:
            needs_path(p, c);
            return;
        }
    }
    if (c->function->type == EXPR_SIZE)
        check_size(p, c);
    else if (c->function->type == EXPR_LIST_APPEND)
        check_list_append(p, c);
    else
        needs_path(p, c);
}

void parse_check_call(struct parser *p, const struct call *c)
{
    bool update = p->kind == EXPR_KIND_UPDATE;
    if (c->function == NULL) {
        parse_fault(p, FAULT_UNKNOWN_FUNCTION, "Invalid function name; function: " STR_FMT,
                    STR_ARG(c->name));
    } else if ((c->function->use == FUNCTION_UPDATE) != update) {
        parse_fault(p, FAULT_UNKNOWN_FUNCTION,
                    "The function is not allowed in %s expression; function: " STR_FMT,
                    update ? "an update" : "a condition", STR_ARG(c->name));
    } else if (c->n != c->function->arity) {
        parse_fault(p, FAULT_OPERANDS,
                    "Incorrect number of operands for operator or function; operator or "
                    "function: " STR_FMT ", number of operands: %u",
                    STR_ARG(c->name), c->n);
    } else {
        check_types(p, c);
    }
}

/* The same path, or the same placeholder: two of equal value are not looked into. */
static bool same_operand(const struct expr_operand *a, const struct expr_operand *b)
{
    if (a->type != b->type)
        return false;
    if (a->type == EXPR_PATH)
        return expr_path_eq(&a->path, &b->path);
    return a->type == EXPR_VALUE && a->value.type != ATTR_NONE &&
           str_eq(a->placeholder, b->placeholder);
}

void parse_check_distinct(struct parser *p, struct str operator,
                          const struct expr_operand * const * operand, uint32_t n)
{
    uint32_t i = 1;

    while (i < n && !same_operand(operand[0], operand[i]))
        i++;
    if (i >= n || !parse_wants(p, FAULT_DISTINCT))
        return;
    struct buf text = {0};
    if (operand[0]->type == EXPR_PATH) {
        expr_path_text(&text, &operand[0]->path);
    } else {
        buf_add(&text, STR("AttributeValue: "));
        attr_text(&text, &operand[0]->value);
    }
    parse_fault(p, FAULT_DISTINCT,
                "The first operand must be distinct from the remaining operands for this "
                "operator or function; operator: " STR_FMT ", first operand: " STR_FMT,
                STR_ARG(operator), STR_ARG(buf_str(&text)));
    buf_free(&text);
}
