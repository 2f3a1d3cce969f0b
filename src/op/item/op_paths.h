/* op_paths.h - what expressions name, held against a table's schema. */
#ifndef OP_OP_PATHS_H
#define OP_OP_PATHS_H

#include "expr/expr.h"
#include "model/schema.h"

/* Keys are scalars: no path may lead into one.  NULL trees pass. */
MUST_CHECK bool op_paths_condition(const struct table_def *t, const struct expr_cond *c,
                                   struct err *e);
MUST_CHECK bool op_paths_projection(const struct table_def *t, const struct expr_projection *p,
                                    struct err *e);
/* Also: no target is a key attribute of the table, and literals that become index keys fit. */
MUST_CHECK bool op_paths_update(const struct table_def *t, const struct expr_update *u,
                                struct err *e);

/* A Query's filter must not name the key attributes of what is queried; `what` begins the
 * text: "Filter Expression" or "QueryFilter". */
MUST_CHECK bool op_paths_filter_keys(const struct key_schema *k, const struct expr_cond *filter,
                                     const char *what, struct err *e);

/* The top-level names that an index does not have: in `missing` as "b, c".  Names come from a
 * filter and a projection, either may be NULL. */
struct buf;
void op_paths_unprojected(const struct table_def *t, const struct index_def *x,
                          const struct expr_cond *filter, const struct expr_projection *p,
                          struct buf *missing);

#endif
