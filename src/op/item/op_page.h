/* op_page.h - what Query and Scan share: members of the request, checks of
 * Select, index and ExclusiveStartKey, and the response.
 *
 *   op_page_prepare()    without a table
 *   op_page_target()     table and index
 *   op_page_start_key()  ExclusiveStartKey against the schema
 *   op_page_projected()  what is asked for against what the index has
 *   op_page_answer()     runs and writes the response
 *
 * Each fails with rq->err set. */
#ifndef OP_OP_PAGE_H
#define OP_OP_PAGE_H

#include "db/db_page.h"
#include "op/item/op_data.h"
#include "op/item/op_expr.h"

struct page_in {
    struct str table, index, select;
    struct list attributes_to_get; /* struct str */
    struct map filter;             /* QueryFilter or ScanFilter: struct condition_in */
    struct str conditional_operator;
    struct opt_int limit;
    enum tri consistent;
    struct item_in start_key;
    struct str return_capacity;
    struct op_expr_in expr;
};

MUST_CHECK bool op_page_prepare(struct req *rq, struct page_in *in, unsigned legacy, bool query,
                                struct op_exprs *x);
MUST_CHECK bool op_page_target(struct req *rq, struct db_txn *txn, const struct page_in *in,
                               struct db_page *p);
MUST_CHECK bool op_page_start_key(struct req *rq, const struct page_in *in, struct db_page *p);
MUST_CHECK bool op_page_projected(struct req *rq, const struct page_in *in,
                                  const struct op_exprs *x, struct db_page *p);
MUST_CHECK bool op_page_answer(struct req *rq, struct db_txn *txn, const struct page_in *in,
                               const struct op_exprs *x, struct db_page *p);

/* The key schema of what is read. */
static inline const struct key_schema *op_page_schema(const struct db_page *p)
{
    return p->index != NULL ? &p->index->key : &table_def(p->table)->key;
}

#endif
