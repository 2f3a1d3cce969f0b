/* expr.h - DynamoDB expressions: text in, checked tree out; tree + item in,
 * answer out.
 *
 *   expr_params_check()         ExpressionAttributeNames / Values
 *   expr_parse_condition()      ConditionExpression, FilterExpression
 *   expr_parse_key_condition()  KeyConditionExpression (still without a schema)
 *   expr_parse_update()         UpdateExpression
 *   expr_parse_projection()     ProjectionExpression
 *   expr_params_unused()        after the last parse of a request
 *   expr_true()                 condition + item -> yes or no
 *   expr_update()               update + item -> new item
 *   expr_project()              projection + item -> smaller item
 *
 * A tree borrows from the texts and the arena given to the parser, and nobody
 * frees it.  It is never modified after the parser returns, so threads may
 * share it.  Trees may also be built by hand (legacy parameters, PartiQL):
 * that is why they are visible, in expr_tree.h.
 *
 * Parsing and evaluation recurse, at most PARSE_DEPTH_MAX (640) levels of
 * parentheses and calls: about half a megabyte of stack.  Text nested deeper is
 * refused as redundant parentheses, which within 300 operators it must be.
 *
 * This module does no I/O and knows nothing of tables or requests.  Texts and
 * precedence of errors: the service's; every function that parses fails with
 * ERR_VALIDATION. */
#ifndef EXPR_EXPR_H
#define EXPR_EXPR_H

#include "base/arena.h"
#include "base/err.h"
#include "expr/expr_tree.h"

/* Which parameter a text came from: it begins the texts of errors. */
enum expr_kind {
    EXPR_KIND_UPDATE,
    EXPR_KIND_CONDITION,
    EXPR_KIND_FILTER,
    EXPR_KIND_KEY_CONDITION,
    EXPR_KIND_PROJECTION,
};

/* The placeholders of one request.  `used` marks are set by the parsers. */
struct expr_name {
    struct str key, name; /* "#n", "attribute" */
    bool used;
};
struct expr_value {
    struct str key; /* ":v" */
    struct attr value;
    bool used;
};
struct expr_params {
    struct expr_name *names;
    struct expr_value *values;
    uint32_t names_n, values_n;
    /* Set by a parser that fails: the error is of the kind that PutItem and
     * UpdateItem put behind "1 validation error detected: ".  All are but the
     * undefined placeholders. */
    bool enveloped;
};

/* Checks the spelling of the keys and the limits on their sizes; the arrays are
 * the caller's (usually from the arena) and stay borrowed.  Values are looked at
 * only for their size: checking them comes after this. */
MUST_CHECK bool expr_params_check(const struct expr_params *p, struct err *e);
/* "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}" */
MUST_CHECK bool expr_params_unused(const struct expr_params *p, struct err *e);

MUST_CHECK bool expr_parse_condition(struct arena *mem, struct expr_params *p, enum expr_kind kind,
                                     struct str text, const struct expr_cond **out, struct err *e);
MUST_CHECK bool expr_parse_key_condition(struct arena *mem, struct expr_params *p, struct str text,
                                         const struct expr_key_cond **out, struct err *e);
MUST_CHECK bool expr_parse_update(struct arena *mem, struct expr_params *p, struct str text,
                                  const struct expr_update **out, struct err *e);
MUST_CHECK bool expr_parse_projection(struct arena *mem, struct expr_params *p, struct str text,
                                      const struct expr_projection **out, struct err *e);

/* Is the condition true of the item (NULL item: nothing exists)?  Cannot fail. */
bool expr_true(const struct expr_cond *c, struct str item);

/* Runs the update on `old` (NULL: the item does not exist; then `key`, an item
 * of the key attributes, is what it starts from).  *out is the new item in the
 * arena, or NULL when nothing is to be created (only REMOVE and DELETE on a
 * missing item).  An update without actions creates the key.  Whether the new item is
 * small enough is for the caller to say; refused here is only what grows so far beyond
 * LIMIT_ITEM_BYTES that it is not worth being made.  Looks at the depth of nesting.
 * Errors: ERR_VALIDATION, never enveloped. */
#define EXPR_UPDATE_TOO_LARGE "Item size to update has exceeded the maximum allowed size"
MUST_CHECK bool expr_update(struct arena *mem, const struct expr_update *u, struct str old,
                            struct str key, struct str *out, struct err *e);

/* The parts of `item` that the update touches, in their skeleton of maps and
 * lists: UPDATED_OLD (of the old item), UPDATED_NEW (of the new one).  NULL when
 * there are none. */
struct str expr_update_touched(struct arena *mem, const struct expr_update *u, struct str item);

/* The parts of the item that the projection names; never NULL, maybe empty. */
struct str expr_project(struct arena *mem, const struct expr_projection *p, struct str item);
/* A projection of top-level attributes: AttributesToGet, index projections. */
const struct expr_projection *expr_projection_of_names(struct arena *mem, const struct str *names,
                                                       size_t n);

/* For tests: "(AND (= a :x) (size b))". */
struct str expr_cond_dump(struct arena *mem, const struct expr_cond *c);
struct str expr_key_cond_dump(struct arena *mem, const struct expr_key_cond *k);
struct str expr_update_dump(struct arena *mem, const struct expr_update *u);
struct str expr_projection_dump(struct arena *mem, const struct expr_projection *p);

#endif
