/* op_expr.h - the expression parameters of a request: the checks that come
 * before parsing, in the service's order, then parsing.
 *
 *   op_expr_check()   mixing with legacy parameters; placeholders without any expression
 *   op_expr_parse()   the placeholders, then the texts, then unused placeholders
 *
 * Between the two an operation looks at its own values. */
#ifndef OP_OP_EXPR_H
#define OP_OP_EXPR_H

#include "expr/expr.h"
#include "op/op_shape.h"

struct op_expr_in {
    struct str update, condition, key_condition, filter, projection;
    struct map names;  /* struct str */
    struct map values; /* struct attr_in */
};

/* The parameters from before expressions, as a set. */
enum op_legacy {
    LEGACY_ATTRIBUTES_TO_GET = 1,
    LEGACY_ATTRIBUTE_UPDATES = 2,
    LEGACY_EXPECTED = 4,
    LEGACY_QUERY_FILTER = 8,
    LEGACY_SCAN_FILTER = 16,
    LEGACY_CONDITIONAL_OPERATOR = 32,
    LEGACY_KEY_CONDITIONS = 64,
};

struct op_expr_rules {
    const char *values_need; /* "ConditionExpression is null": why values have no use */
    bool envelope;           /* PutItem and UpdateItem */
};

struct op_exprs {
    struct expr_params params;
    const struct expr_update *update; /* NULL: none of each */
    const struct expr_cond *condition;
    const struct expr_key_cond *key_condition;
    const struct expr_cond *filter;
    const struct expr_projection *projection;
};

MUST_CHECK bool op_expr_check(const struct op_expr_in *in, unsigned legacy,
                              const struct op_expr_rules *rules, struct err *e);
MUST_CHECK bool op_expr_parse(struct arena *mem, const struct op_expr_in *in,
                              const struct op_expr_rules *rules, struct op_exprs *out,
                              struct err *e);

/* "Can not use both ..." for a set of legacy parameters and expressions given. */
MUST_CHECK bool op_expr_mixing(const struct op_expr_in *in, unsigned legacy, bool envelope,
                               struct err *e);

#endif
