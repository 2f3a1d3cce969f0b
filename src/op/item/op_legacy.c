/* op_legacy.c - see op_legacy.h. */
#include "op/item/op_legacy.h"

#include "base/buf.h"
#include "model/limits.h"
#include "op/item/op_data.h"

enum legacy_operator {
    LEGACY_EQ,
    LEGACY_NE,
    LEGACY_LE,
    LEGACY_LT,
    LEGACY_GE,
    LEGACY_GT,
    LEGACY_NOT_NULL,
    LEGACY_NULL,
    LEGACY_CONTAINS,
    LEGACY_NOT_CONTAINS,
    LEGACY_BEGINS_WITH,
    LEGACY_IN,
    LEGACY_BETWEEN,
};

enum {
    TYPE_S = 1 << ATTR_S,
    TYPE_N = 1 << ATTR_N,
    TYPE_B = 1 << ATTR_B,
    TYPES_SCALAR = TYPE_S | TYPE_N | TYPE_B,
    TYPES_ALL = (1 << ATTR_TYPE_COUNT) - 1,
};

static const struct comparison {
    struct str name;
    enum expr_op op;
    uint32_t args_min, args_max;
    int types;  /* of its arguments, a set of 1 << enum attr_type */
    bool keyed; /* may stand in KeyConditions */
} operators[] = {
    [LEGACY_EQ] = {STR("EQ"), EXPR_EQ, 1, 1, TYPES_ALL, true},
    [LEGACY_NE] = {STR("NE"), EXPR_NE, 1, 1, TYPES_ALL, false},
    [LEGACY_LE] = {STR("LE"), EXPR_LE, 1, 1, TYPES_SCALAR, true},
    [LEGACY_LT] = {STR("LT"), EXPR_LT, 1, 1, TYPES_SCALAR, true},
    [LEGACY_GE] = {STR("GE"), EXPR_GE, 1, 1, TYPES_SCALAR, true},
    [LEGACY_GT] = {STR("GT"), EXPR_GT, 1, 1, TYPES_SCALAR, true},
    [LEGACY_NOT_NULL] = {STR("NOT_NULL"), EXPR_ATTRIBUTE_EXISTS, 0, 0, TYPES_ALL, false},
    [LEGACY_NULL] = {STR("NULL"), EXPR_ATTRIBUTE_NOT_EXISTS, 0, 0, TYPES_ALL, false},
    [LEGACY_CONTAINS] = {STR("CONTAINS"), EXPR_CONTAINS, 1, 1, TYPES_SCALAR, false},
    [LEGACY_NOT_CONTAINS] = {STR("NOT_CONTAINS"), EXPR_LEGACY_NOT_CONTAINS, 1, 1, TYPES_SCALAR,
                             false},
    [LEGACY_BEGINS_WITH] = {STR("BEGINS_WITH"), EXPR_BEGINS_WITH, 1, 1, TYPE_S | TYPE_B, true},
    [LEGACY_IN] = {STR("IN"), EXPR_IN, 1, UINT32_MAX, TYPES_SCALAR, false},
    [LEGACY_BETWEEN] = {STR("BETWEEN"), EXPR_BETWEEN, 2, 2, TYPES_SCALAR, true},
};

/* Shapes.  Enums are in the order in which the service prints them. */
static const struct shape attribute_name = {.kind = SHAPE_STRING,
                                            .max = LIMIT_ATTRIBUTE_NAME_BYTES};
static const struct shape comparison_operator = {
    .kind = SHAPE_STRING,
    .values = (const char *const[]){"IN", "NULL", "BETWEEN", "LT", "NOT_CONTAINS", "EQ", "GT",
                                    "NOT_NULL", "NE", "LE", "BEGINS_WITH", "GE", "CONTAINS", NULL},
};
static const struct shape attribute_action = {
    .kind = SHAPE_STRING,
    .values = (const char *const[]){"ADD", "PUT", "DELETE", NULL},
};
static const struct shape attribute_values = {.kind = SHAPE_LIST, .elem = &shape_attr};

static const struct field condition_fields[] = {
    FIELD(struct condition_in, values, "AttributeValueList", &attribute_values, OPTIONAL),
    FIELD(struct condition_in, op, "ComparisonOperator", &comparison_operator, REQUIRED),
    {0},
};
static const struct shape condition = {
    .kind = SHAPE_STRUCT,
    .name = "Condition",
    .size = sizeof(struct condition_in),
    .fields = condition_fields,
};
static const struct field expected_fields[] = {
    FIELD(struct expected_in, value, "Value", &shape_attr, OPTIONAL),
    FIELD(struct expected_in, exists, "Exists", &shape_bool, OPTIONAL),
    FIELD(struct expected_in, op, "ComparisonOperator", &comparison_operator, OPTIONAL),
    FIELD(struct expected_in, values, "AttributeValueList", &attribute_values, OPTIONAL),
    {0},
};
static const struct shape expected_value = {
    .kind = SHAPE_STRUCT,
    .name = "ExpectedAttributeValue",
    .size = sizeof(struct expected_in),
    .fields = expected_fields,
};
static const struct field update_fields[] = {
    FIELD(struct attribute_update_in, value, "Value", &shape_attr, OPTIONAL),
    FIELD(struct attribute_update_in, action, "Action", &attribute_action, OPTIONAL),
    {0},
};
static const struct shape value_update = {
    .kind = SHAPE_STRUCT,
    .name = "AttributeValueUpdate",
    .size = sizeof(struct attribute_update_in),
    .fields = update_fields,
};

const struct shape shape_conditions = {
    .kind = SHAPE_MAP, .elem = &condition, .key = &attribute_name};
const struct shape shape_expected = {
    .kind = SHAPE_MAP, .elem = &expected_value, .key = &attribute_name};
const struct shape shape_attribute_updates = {
    .kind = SHAPE_MAP, .elem = &value_update, .key = &attribute_name};
const struct shape shape_conditional_operator = {
    .kind = SHAPE_STRING,
    .values = (const char *const[]){"OR", "AND", NULL},
};

static const struct comparison *operator_find(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(operators); i++)
        if (str_eq(operators[i].name, name))
            return &operators[i];
    return NULL;
}

static struct attr value_of(const struct attr_in *in)
{
    struct str raw = in->raw;
    return attr_read(&raw);
}

/* The arguments of an operator: number, types, order of bounds. */
static bool arguments_ok(const struct comparison *op, const struct attr_in *args, uint32_t n,
                         struct err *e)
{
    if (n < op->args_min || n > op->args_max)
        return err_set(e, ERR_VALIDATION,
                       OP_INVALID "Invalid number of argument(s) for the " STR_FMT
                                  " ComparisonOperator",
                       STR_ARG(op->name));
    for (uint32_t i = 0; i < n; i++) {
        enum attr_type type = value_of(&args[i]).type;
        if (type != value_of(&args[0]).type)
            return err_set(e, ERR_VALIDATION,
                           OP_INVALID "AttributeValues inside AttributeValueList must be of same "
                                      "type");
        if ((op->types & 1 << type) == 0)
            return err_set(e, ERR_VALIDATION,
                           OP_INVALID "ComparisonOperator " STR_FMT
                                      " is not valid for %s AttributeValue type",
                           STR_ARG(op->name), attr_type_name(type));
    }
    if (op->op != EXPR_BETWEEN)
        return true;
    struct attr low = value_of(&args[0]), high = value_of(&args[1]);
    if (attr_cmp_scalar(&low, &high) <= 0)
        return true;
    return err_set(e, ERR_VALIDATION,
                   "The BETWEEN condition was provided a range where the lower bound is greater "
                   "than the upper bound");
}

static struct expr_path path_of(struct arena *mem, struct str name)
{
    struct expr_step *step = NEW(mem, struct expr_step);
    step->name = name;
    return (struct expr_path){.n = 1, .step = step};
}

static const struct expr_operand *operand_value(struct arena *mem, const struct attr_in *in)
{
    struct expr_operand *o = NEW(mem, struct expr_operand);
    *o = (struct expr_operand){.type = EXPR_VALUE, .value = value_of(in)};
    return o;
}

static const struct expr_cond *compare(struct arena *mem, enum expr_op op, struct str name,
                                       const struct attr_in *args, uint32_t n)
{
    struct expr_cond *c = NEW(mem, struct expr_cond);
    const struct expr_operand **operand = NEW_ARRAY(mem, const struct expr_operand *, 1 + n);
    struct expr_operand *path = NEW(mem, struct expr_operand);

    *path = (struct expr_operand){.type = EXPR_PATH, .path = path_of(mem, name)};
    operand[0] = path;
    for (uint32_t i = 0; i < n; i++)
        operand[1 + i] = operand_value(mem, &args[i]);
    *c = (struct expr_cond){.op = op, .n = 1 + n, .operand = operand};
    return c;
}

static bool values_good(const struct list *values, bool envelope, struct err *e)
{
    const struct attr_in *v = values->v;

    for (uint32_t i = 0; i < values->n; i++) {
        if (!v[i].present) /* null in a list */
            return err_set(e, ERR_VALIDATION, ATTR_TEXT_EMPTY);
        if (!op_value_ok(&v[i], envelope, e))
            return false;
    }
    return true;
}

static const struct expr_cond *join(struct arena *mem, struct str joined,
                                    const struct expr_cond *const *child, uint32_t n)
{
    if (n == 1)
        return child[0];
    struct expr_cond *c = NEW(mem, struct expr_cond);
    c->op = str_eq(joined, STR("OR")) ? EXPR_OR : EXPR_AND;
    c->n = n;
    c->child = child;
    return c;
}

/* False: there is nothing to build. */
static bool any_condition(const struct map *m, struct str joined, bool *any, struct err *e)
{
    *any = m->n > 0;
    if (*any || joined.p == NULL)
        return true;
    return err_set(e, ERR_VALIDATION,
                   OP_INVALID "ConditionalOperator cannot be used without Filter or Expected");
}

/* What goes together in one member of Expected and what does not. */
static bool expected_shape_ok(const struct expected_in *x, struct str name, struct err *e)
{
    const char *wrong = NULL;
    bool has_op = x->op.p != NULL;

    if (has_op && x->exists != TRI_ABSENT)
        wrong = "Exists and ComparisonOperator cannot be used together";
    else if (x->value.present && x->values.set)
        wrong = "Value and AttributeValueList cannot be used together";
    else if (!has_op && x->values.set)
        wrong = "AttributeValueList can only be used with a ComparisonOperator";
    else if (!has_op && !x->value.present && x->exists == TRI_ABSENT)
        wrong = "Value must be provided when Exists is null";
    else if (!has_op && !x->value.present && x->exists == TRI_TRUE)
        wrong = "Value must be provided when Exists is true";
    else if (!has_op && x->value.present && x->exists == TRI_FALSE)
        wrong = "Value cannot be used when Exists is false";
    if (wrong == NULL)
        return true;
    return err_set(e, ERR_VALIDATION, OP_INVALID "%s for Attribute: " STR_FMT, wrong,
                   STR_ARG(name));
}

static bool expected_one(struct arena *mem, const struct expected_in *x, struct str name,
                         const struct expr_cond **out, struct err *e)
{
    if (!expected_shape_ok(x, name, e))
        return false;
    if (x->op.p == NULL) {
        *out = x->value.present ? compare(mem, EXPR_EQ, name, &x->value, 1)
                                : compare(mem, EXPR_ATTRIBUTE_NOT_EXISTS, name, NULL, 0);
        return true;
    }
    const struct comparison *op = operator_find(x->op);
    const struct attr_in *args = x->value.present ? &x->value : x->values.v;
    uint32_t n = x->value.present ? 1 : x->values.n;
    if (op->args_min > 0 && !x->value.present && !x->values.set)
        return err_set(e, ERR_VALIDATION,
                       OP_INVALID "Value or AttributeValueList must be used with "
                                  "ComparisonOperator: " STR_FMT " for Attribute: " STR_FMT,
                       STR_ARG(op->name), STR_ARG(name));
    if (!arguments_ok(op, args, n, e))
        return false;
    *out = compare(mem, op->op, name, args, n);
    return true;
}

bool op_legacy_expected(struct arena *mem, const struct map *expected, struct str joined,
                        bool envelope, const struct expr_cond **out, struct err *e)
{
    const struct expected_in *x = expected->v;
    bool any;

    if (!any_condition(expected, joined, &any, e))
        return false;
    if (!any)
        return true;
    const struct expr_cond **child = NEW_ARRAY(mem, const struct expr_cond *, expected->n);
    for (uint32_t i = 0; i < expected->n; i++)
        if (!op_value_ok(&x[i].value, envelope, e) || !values_good(&x[i].values, envelope, e))
            return false;
    for (uint32_t i = 0; i < expected->n; i++)
        if (!expected_one(mem, &x[i], expected->key[i], &child[i], e))
            return false;
    *out = join(mem, joined, child, expected->n);
    return true;
}

/* Operators and arguments of QueryFilter, ScanFilter and KeyConditions. */
static bool conditions_ok(const struct map *m, struct err *e)
{
    const struct condition_in *c = m->v;

    for (uint32_t i = 0; i < m->n; i++)
        if (!values_good(&c[i].values, false, e))
            return false;
    for (uint32_t i = 0; i < m->n; i++)
        if (!arguments_ok(operator_find(c[i].op), c[i].values.v, c[i].values.n, e))
            return false;
    return true;
}

bool op_legacy_filter(struct arena *mem, const struct map *filter, struct str joined,
                      const struct expr_cond **out, struct err *e)
{
    const struct condition_in *c = filter->v;
    bool any;

    if (!any_condition(filter, joined, &any, e))
        return false;
    if (!any)
        return true;
    if (!conditions_ok(filter, e))
        return false;
    const struct expr_cond **child = NEW_ARRAY(mem, const struct expr_cond *, filter->n);
    for (uint32_t i = 0; i < filter->n; i++)
        child[i] =
            compare(mem, operator_find(c[i].op)->op, filter->key[i], c[i].values.v, c[i].values.n);
    *out = join(mem, joined, child, filter->n);
    return true;
}

/* The action of an AttributeUpdates member, as checked against its value. */
static bool update_action(const struct attribute_update_in *u, enum expr_action *out, struct err *e)
{
    bool deletes = str_eq(u->action, STR("DELETE")), adds = str_eq(u->action, STR("ADD"));

    if (!u->value.present) {
        *out = EXPR_REMOVE;
        return deletes ||
               err_set(e, ERR_VALIDATION,
                       OP_INVALID "Only DELETE action is allowed when no attribute value is "
                                  "specified");
    }
    enum attr_type type = value_of(&u->value).type;
    if (deletes && !attr_is_set(type))
        return err_set(e, ERR_VALIDATION,
                       OP_INVALID "DELETE action with value is not supported for the type %s",
                       attr_type_name(type));
    if (adds && type != ATTR_N && type != ATTR_L && !attr_is_set(type))
        return err_set(e, ERR_VALIDATION, OP_INVALID "ADD action is not supported for the type %s",
                       attr_type_name(type));
    *out = deletes ? EXPR_DELETE : adds ? EXPR_ADD : EXPR_SET;
    return true;
}

/* The constraint on these names counts characters. */
static bool name_good(struct str name, struct err *e)
{
    if (name.n == 0)
        return err_set(e, ERR_VALIDATION, OP_INVALID "Attribute name must not be empty");
    return name.n <= LIMIT_ATTRIBUTE_NAME_BYTES ||
           err_set(e, ERR_VALIDATION,
                   OP_ENVELOPE "Attribute name is too large, must be less than %d bytes",
                   LIMIT_ATTRIBUTE_NAME_BYTES + 1);
}

bool op_legacy_updates(struct arena *mem, const struct map *updates, const struct expr_update **out,
                       struct err *e)
{
    const struct attribute_update_in *u = updates->v;

    if (updates->n == 0)
        return true;
    for (uint32_t i = 0; i < updates->n; i++) {
        if (!name_good(updates->key[i], e) || !op_value_ok(&u[i].value, true, e))
            return false;
    }
    struct expr_update_action *action = NEW_ARRAY(mem, struct expr_update_action, updates->n);
    for (uint32_t i = 0; i < updates->n; i++) {
        if (!update_action(&u[i], &action[i].action, e))
            return false;
        action[i].path = path_of(mem, updates->key[i]);
        if (u[i].value.present)
            action[i].value = operand_value(mem, &u[i].value);
    }
    struct expr_update *made = NEW(mem, struct expr_update);
    *made = (struct expr_update){.n = updates->n, .action = action, .legacy_types = true};
    *out = made;
    return true;
}

bool op_legacy_key_conditions(struct arena *mem, const struct map *conditions,
                              const struct expr_key_cond **out, struct err *e)
{
    const struct condition_in *c = conditions->v;

    if (!conditions->set)
        return true;
    if (!conditions_ok(conditions, e))
        return false;
    if (conditions->n == 0 || conditions->n > LIMIT_KEY_ATTRIBUTES)
        return err_set(e, ERR_VALIDATION, "Conditions can be of length 1 or 2 only");
    struct expr_key_term *term = NEW_ARRAY(mem, struct expr_key_term, conditions->n);
    for (uint32_t i = 0; i < conditions->n; i++) {
        const struct comparison *op = operator_find(c[i].op);
        const struct attr_in *values = c[i].values.v;
        if (!op->keyed)
            return err_set(e, ERR_VALIDATION,
                           "Attempted conditional constraint is not an indexable operation");
        term[i] = (struct expr_key_term){.name = conditions->key[i], .op = op->op};
        for (uint32_t k = 0; k < c[i].values.n; k++)
            term[i].value[k] = value_of(&values[k]);
    }
    struct expr_key_cond *made = NEW(mem, struct expr_key_cond);
    *made = (struct expr_key_cond){.n = conditions->n, .term = term};
    *out = made;
    return true;
}

bool op_legacy_names(struct arena *mem, const struct list *names,
                     const struct expr_projection **out, struct err *e)
{
    const struct str *name = names->v;

    if (!names->set)
        return true;
    for (uint32_t i = 1; i < names->n; i++)
        for (uint32_t k = 0; k < i; k++)
            if (str_eq(name[i], name[k]))
                return err_set(e, ERR_VALIDATION,
                               OP_INVALID "Duplicate value in attribute name: " STR_FMT,
                               STR_ARG(name[i]));
    *out = expr_projection_of_names(mem, name, names->n);
    return true;
}
