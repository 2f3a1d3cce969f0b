/* op_expr.c - see op_expr.h. */
#include "op/item/op_expr.h"

#include "base/buf.h"
#include "op/item/op_data.h"

static void list_add(struct buf *to, const char *name)
{
    buf_printf(to, "%s%s", to->n > 0 ? ", " : "", name);
}

static void list_legacy(struct buf *to, unsigned legacy)
{
    static const struct {
        unsigned bit;
        const char *name;
    } names[] = {
        {LEGACY_ATTRIBUTES_TO_GET, "AttributesToGet"},
        {LEGACY_ATTRIBUTE_UPDATES, "AttributeUpdates"},
        {LEGACY_EXPECTED, "Expected"},
        {LEGACY_QUERY_FILTER, "QueryFilter"},
        {LEGACY_SCAN_FILTER, "ScanFilter"},
        {LEGACY_CONDITIONAL_OPERATOR, "ConditionalOperator"},
        {LEGACY_KEY_CONDITIONS, "KeyConditions"},
    };

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (legacy & names[i].bit)
            list_add(to, names[i].name);
}

static void list_expressions(struct buf *to, const struct op_expr_in *in)
{
    const struct {
        struct str text;
        const char *name;
    } all[] = {
        {in->projection, "ProjectionExpression"},      {in->filter, "FilterExpression"},
        {in->key_condition, "KeyConditionExpression"}, {in->update, "UpdateExpression"},
        {in->condition, "ConditionExpression"},
    };

    for (size_t i = 0; i < COUNT_OF(all); i++)
        if (all[i].text.p != NULL)
            list_add(to, all[i].name);
}

static bool has_value_expression(const struct op_expr_in *in)
{
    return in->update.p != NULL || in->condition.p != NULL || in->key_condition.p != NULL ||
           in->filter.p != NULL;
}

bool op_expr_mixing(const struct op_expr_in *in, unsigned legacy, bool envelope, struct err *e)
{
    /* KeyConditions may stand beside a FilterExpression. */
    if (in->key_condition.p == NULL)
        legacy &= ~(unsigned)LEGACY_KEY_CONDITIONS;
    if (legacy == 0 || (in->projection.p == NULL && !has_value_expression(in)))
        return true;

    struct buf old = {0}, new = {0};
    list_legacy(&old, legacy);
    list_expressions(&new, in);
    err_set(e, ERR_VALIDATION,
            "%sCan not use both expression and non-expression parameters in the same request: "
            "Non-expression parameters: {" STR_FMT "} Expression parameters: {" STR_FMT "}",
            envelope ? OP_ENVELOPE : "", STR_ARG(buf_str(&old)), STR_ARG(buf_str(&new)));
    buf_free(&old);
    buf_free(&new);
    return false;
}

bool op_expr_check(const struct op_expr_in *in, unsigned legacy, const struct op_expr_rules *rules,
                   struct err *e)
{
    if (!op_expr_mixing(in, legacy, rules->envelope, e))
        return false;
    if (in->names.set && in->projection.p == NULL && !has_value_expression(in))
        return err_set(e, ERR_VALIDATION,
                       "ExpressionAttributeNames can only be specified when using expressions");
    if (in->values.set && !has_value_expression(in))
        return err_set(e, ERR_VALIDATION,
                       "%sExpressionAttributeValues can only be specified when using "
                       "expressions: %s",
                       rules->envelope ? OP_ENVELOPE : "", rules->values_need);
    return true;
}

static bool check_names(struct arena *mem, const struct op_expr_in *in, struct op_exprs *out,
                        struct err *e)
{
    const struct map *m = &in->names;

    if (!m->set)
        return true;
    if (m->n == 0)
        return err_set(e, ERR_VALIDATION, "ExpressionAttributeNames must not be empty");
    const struct str *value = m->v;
    struct expr_name *names = NEW_ARRAY(mem, struct expr_name, m->n);
    for (uint32_t i = 0; i < m->n; i++)
        names[i] = (struct expr_name){.key = m->key[i], .name = value[i]};
    struct expr_params p = {.names = names, .names_n = m->n};
    if (!expr_params_check(&p, e))
        return false;
    out->params = p;
    return true;
}

static bool value_ok(const struct attr_in *v, struct str key, bool envelope, struct err *e)
{
    if (v->problem.n == 0)
        return true;
    return err_set(e, ERR_VALIDATION,
                   "%sExpressionAttributeValues contains invalid value: " STR_FMT
                   " for key " STR_FMT,
                   envelope && v->enveloped ? OP_ENVELOPE : "", STR_ARG(v->problem), STR_ARG(key));
}

static bool check_values(struct arena *mem, const struct op_expr_in *in,
                         const struct op_expr_rules *rules, struct op_exprs *out, struct err *e)
{
    const struct map *m = &in->values;

    if (!m->set)
        return true;
    if (m->n == 0)
        return err_set(e, ERR_VALIDATION, "ExpressionAttributeValues must not be empty");
    const struct attr_in *value = m->v;
    struct expr_value *values = NEW_ARRAY(mem, struct expr_value, m->n);
    for (uint32_t i = 0; i < m->n; i++) {
        struct str raw = value[i].raw;
        values[i].key = m->key[i];
        if (raw.n > 0)
            values[i].value = attr_read(&raw);
    }
    struct expr_params p = out->params;
    p.values = values;
    p.values_n = m->n;
    if (!expr_params_check(&p, e))
        return false;
    for (uint32_t i = 0; i < m->n; i++)
        if (!value_ok(&value[i], m->key[i], rules->envelope, e))
            return false;
    out->params = p;
    return true;
}

static bool parse_all(struct arena *mem, const struct op_expr_in *in, struct op_exprs *out,
                      struct err *e)
{
    struct expr_params *p = &out->params;

    if (in->update.p != NULL && !expr_parse_update(mem, p, in->update, &out->update, e))
        return false;
    if (in->condition.p != NULL &&
        !expr_parse_condition(mem, p, EXPR_KIND_CONDITION, in->condition, &out->condition, e))
        return false;
    if (in->key_condition.p != NULL &&
        !expr_parse_key_condition(mem, p, in->key_condition, &out->key_condition, e))
        return false;
    if (in->filter.p != NULL &&
        !expr_parse_condition(mem, p, EXPR_KIND_FILTER, in->filter, &out->filter, e))
        return false;
    return in->projection.p == NULL ||
           expr_parse_projection(mem, p, in->projection, &out->projection, e);
}

bool op_expr_parse(struct arena *mem, const struct op_expr_in *in,
                   const struct op_expr_rules *rules, struct op_exprs *out, struct err *e)
{
    if (!check_names(mem, in, out, e) || !check_values(mem, in, rules, out, e))
        return false;
    if (!parse_all(mem, in, out, e)) {
        if (rules->envelope && out->params.enveloped)
            err_prefix(e, OP_ENVELOPE);
        return false;
    }
    if (out->params.names_n == 0 && out->params.values_n == 0)
        return true;
    return expr_params_unused(&out->params, e);
}
