/* partiql_plan.h - what a statement's condition says about keys: how it is run
 * against a table.
 *
 *   partiql_key()        UPDATE, DELETE, EXISTS: the one item that is meant
 *   partiql_plan_read()  SELECT: an item by key, queries of some partitions, or a scan
 *
 * Plans borrow from the statement and the schema. */
#ifndef PARTIQL_PARTIQL_PLAN_H
#define PARTIQL_PARTIQL_PLAN_H

#include "model/schema.h"
#include "partiql/partiql.h"

/* The documented limit on values of the partition key in one SELECT. */
enum { PARTIQL_PARTITIONS_MAX = 50 };

/* True when equalities that must hold fix all key attributes: *key is an item of
 * them, of whatever types; *rest is what else the condition asks for, or NULL. */
bool partiql_key(struct arena *mem, const struct key_schema *k, const struct expr_cond *where,
                 struct str *key, const struct expr_cond **rest);

struct partiql_read {
    struct str key;        /* p != NULL: this one item */
    uint32_t partitions_n; /* else so many queries, one after the other; 0: a scan */
    struct expr_key_cond *partition;
    bool reverse;                   /* each query runs backwards */
    const struct expr_cond *filter; /* what is left of the condition, or NULL */
};
/* Fails for an ORDER BY that cannot be. */
MUST_CHECK bool partiql_plan_read(struct arena *mem, const struct table_def *t,
                                  const struct index_def *x, const struct partiql_statement *s,
                                  struct partiql_read *out, struct err *e);

#endif
