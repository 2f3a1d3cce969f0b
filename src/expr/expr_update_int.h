/* expr_update_int.h - the two halves of an update: values, then the new item.
 * Private to expr/. */
#ifndef EXPR_EXPR_UPDATE_INT_H
#define EXPR_EXPR_UPDATE_INT_H

#include "expr/expr_parse_int.h"

/* What happens at one path. */
enum change_type { CHANGE_NONE, CHANGE_PUT, CHANGE_REMOVE };
struct change {
    enum change_type type;
    const struct expr_path *path;
    struct attr value; /* CHANGE_PUT */
};

/* What values take that all become parts of one item.  A request may name a value of two
 * megabytes hundreds of times: the sum is looked at before anything is copied.  Sizes by
 * DynamoDB's rule are counted only beyond a first LIMIT_ITEM_BYTES of encoded bytes, so that
 * small updates need not measure.  The maximum is generous, because lists to be joined count a
 * few bytes each that the joined one counts once. */
enum { UPDATE_BYTES_MAX = 2 * LIMIT_ITEM_BYTES };
struct update_budget {
    uint64_t encoded, size;
};

struct update_run {
    struct arena *mem;
    const struct expr_update *update;
    struct str image; /* before the update: the old item, or only the key */
    bool is_missing;  /* there was no item */
    struct err *e;
};

/* What the action does to the image; checks everything that can be wrong. */
MUST_CHECK bool update_plan(const struct update_run *r, const struct expr_update_action *a,
                            struct change *out);

/* Computing values; results are in the arena or borrowed. */
MUST_CHECK bool update_value(const struct update_run *r, const struct expr_operand *o,
                             struct attr *out);
MUST_CHECK bool update_sum(const struct update_run *r, const struct attr *a, const struct attr *b,
                           bool minus, struct attr *out);
struct attr update_concat(const struct update_run *r, const struct attr *const *list, uint32_t n);
struct attr update_union(const struct update_run *r, const struct attr *a, const struct attr *b);
/* type == ATTR_NONE: nothing is left. */
struct attr update_difference(const struct update_run *r, const struct attr *a,
                              const struct attr *b);

/* False, with the error: no item has room for this one too. */
MUST_CHECK bool update_spend(const struct update_run *r, struct update_budget *b,
                             const struct attr *v);

/* "An operand in the update expression has an incorrect data type", or the
 * legacy text. */
bool update_type_error(const struct update_run *r);

#endif
