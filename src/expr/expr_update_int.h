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
    struct str raw; /* CHANGE_PUT: the new value */
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
struct attr update_concat(const struct update_run *r, const struct attr *a, const struct attr *b);
struct attr update_union(const struct update_run *r, const struct attr *a, const struct attr *b);
/* type == ATTR_NONE: nothing is left. */
struct attr update_difference(const struct update_run *r, const struct attr *a,
                              const struct attr *b);

/* "An operand in the update expression has an incorrect data type", or the
 * legacy text. */
bool update_type_error(const struct update_run *r);

#endif
