/* op_legacy.h - the parameters from before expressions, turned into the trees
 * that expressions are parsed to.
 *
 *   Expected                        -> a condition
 *   QueryFilter, ScanFilter         -> a condition
 *   AttributeUpdates                -> an update
 *   KeyConditions                   -> a key condition
 *   AttributesToGet                 -> a projection
 *
 * Names in them are whole attribute names, never paths. */
#ifndef OP_OP_LEGACY_H
#define OP_OP_LEGACY_H

#include "expr/expr.h"
#include "op/op_shape.h"

struct condition_in {   /* Condition */
    struct list values; /* struct attr_in */
    struct str op;
};
struct expected_in { /* ExpectedAttributeValue */
    struct attr_in value;
    enum tri exists;
    struct list values; /* struct attr_in */
    struct str op;
};
struct attribute_update_in { /* AttributeValueUpdate */
    struct attr_in value;
    struct str action;
};

/* Maps of these by attribute name. */
extern const struct shape shape_conditions, shape_expected, shape_attribute_updates;
extern const struct shape shape_conditional_operator;

/* Absent parameters leave *out as it is.  `joined` is ConditionalOperator.  With `envelope`,
 * wrong values get the envelope of PutItem and UpdateItem. */
MUST_CHECK bool op_legacy_expected(struct arena *mem, const struct map *expected, struct str joined,
                                   bool envelope, const struct expr_cond **out, struct err *e);
MUST_CHECK bool op_legacy_filter(struct arena *mem, const struct map *filter, struct str joined,
                                 const struct expr_cond **out, struct err *e);
MUST_CHECK bool op_legacy_updates(struct arena *mem, const struct map *updates,
                                  const struct expr_update **out, struct err *e);
MUST_CHECK bool op_legacy_key_conditions(struct arena *mem, const struct map *conditions,
                                         const struct expr_key_cond **out, struct err *e);
MUST_CHECK bool op_legacy_names(struct arena *mem, const struct list *names,
                                const struct expr_projection **out, struct err *e);

#endif
