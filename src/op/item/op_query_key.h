/* op_query_key.h - a Query's key condition against the key schema of what is
 * queried. */
#ifndef OP_OP_QUERY_KEY_H
#define OP_OP_QUERY_KEY_H

#include "db/db_page.h"

/* Sets p->partition, p->sort and p->sort_n.  The terms stay borrowed. */
MUST_CHECK bool op_query_key(const struct key_schema *k, const struct expr_key_cond *c,
                             struct db_page *p, struct err *e);

/* Does the condition name the whole key of a table?  There is no restarting such a query, so
 * its page must not end before its end. */
bool op_query_one_row(const struct key_schema *k, const struct db_page *p);

/* Is the starting key (which fits the schema) within the condition? */
MUST_CHECK bool op_query_start(const struct key_schema *k, const struct db_page *p, struct err *e);

#endif
