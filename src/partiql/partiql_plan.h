/* partiql_plan.h - what a statement's condition says about keys: how it is run
 * against a table.
 *
 *   partiql_key()        UPDATE, DELETE, EXISTS: the one item that is meant
 *   partiql_plan_read()  SELECT: an item by key, some queries, or a scan
 *
 * A SELECT is taken apart into queries when its condition, in each of its
 * alternatives (OR, IN), fixes the partition key.  No item is in two of them.
 *
 * Plans borrow from the statement and the schema. */
#ifndef PARTIQL_PARTIQL_PLAN_H
#define PARTIQL_PARTIQL_PLAN_H

#include "model/schema.h"
#include "partiql/partiql.h"

/* Documented: the values that a partition key may have in one SELECT, and how many of them one
 * page answers. */
enum { PARTIQL_READS_MAX = 50, PARTIQL_PAGE_READS = 10 };

/* True when equalities that must hold fix all key attributes: *key is an item of
 * them, of whatever types; *rest is what else the condition asks for, or NULL. */
bool partiql_key(struct arena *mem, const struct key_schema *k, const struct expr_cond *where,
                 struct str *key, const struct expr_cond **rest);
/* An attribute that *rest wants equal to another value than the key has; NULL: there is none. */
const struct key_attr *partiql_key_again(const struct key_schema *k, struct str key,
                                         const struct expr_cond *rest);

struct partiql_query {
    struct expr_key_cond key;
    const struct expr_cond *filter; /* what is left of the condition, or NULL */
};
struct partiql_read {
    struct str key;     /* p != NULL: this one item */
    uint32_t queries_n; /* else so many queries, one after the other; 0: a scan */
    struct partiql_query *query;
    bool reverse;                   /* each query runs backwards */
    const struct expr_cond *filter; /* of an item by key or of a scan */
};
/* Fails for values that no key has, for queries that overlap or are too many, and for an ORDER BY
 * that cannot be. */
MUST_CHECK bool partiql_plan_read(struct arena *mem, const struct table_def *t,
                                  const struct index_def *x, const struct partiql_statement *s,
                                  struct partiql_read *out, struct err *e);

#endif
