/* op_item_write.h - what the three single-item writes share around op_write.h:
 * members of the request, running, the response. */
#ifndef OP_OP_ITEM_WRITE_H
#define OP_OP_ITEM_WRITE_H

#include "op/item/op_data.h"
#include "op/item/op_expr.h"
#include "op/item/op_write.h"

struct item_write_in {
    struct str table;
    struct item_in item; /* PutItem: Item; else: Key */
    struct map expected; /* struct expected_in */
    struct str conditional_operator;
    struct str return_values, return_capacity, return_metrics, return_on_failure;
    struct op_expr_in expr;
};

/* What prepare() leaves. */
struct item_write {
    struct write write;
    struct op_exprs exprs;
};

/* Which of the common legacy parameters were sent. */
unsigned op_item_write_legacy(const struct item_write_in *in);

/* Reads the item ahead of the write. */
bool op_item_write_warm(struct req *rq, struct db_txn *txn);

/* Runs rq->prepared (a struct item_write) and writes the whole response. */
bool op_item_write_run(struct req *rq, struct db_txn *txn);

#endif
