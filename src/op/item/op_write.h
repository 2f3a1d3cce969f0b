/* op_write.h - changing one item: what PutItem, UpdateItem and DeleteItem have
 * in common with batches, transactions and PartiQL.
 *
 *   op_write_check()  the write against the table's schema; looks at no item
 *   op_write_run()    reads the old item, tests the condition, makes the new
 *                     item and stores it
 *
 * Both word their errors as the service does for a single operation; a caller
 * with several writes gives each its own struct err. */
#ifndef OP_OP_WRITE_H
#define OP_OP_WRITE_H

#include "db/db_item.h"
#include "expr/expr.h"
#include "model/item.h"

enum write_kind {
    WRITE_PUT,
    WRITE_UPDATE,
    WRITE_DELETE,
    WRITE_CHECK, /* only the condition */
};

struct write {
    enum write_kind kind;
    struct str item;                   /* PUT: the new item; else: the key */
    const struct expr_cond *condition; /* NULL: none */
    const struct expr_update *update;  /* UPDATE; NULL: only creates the item */
    bool key_texts;  /* PUT: words trouble with the table's key as for Key parameters (batches) */
    bool plain_size; /* UPDATE: the plain size counts, as in transactions and PartiQL */
};

struct write_result {
    struct str old, new_item; /* p == NULL: none; valid until the transaction ends or in `mem` */
    struct str throttled;     /* when the throughput is used up: members of the error's body */
};

/* "Item size has exceeded the maximum allowed size"; needs no table. */
MUST_CHECK bool op_write_size(struct str item, struct err *e);

MUST_CHECK bool op_write_check(struct arena *mem, const struct table_def *t, const struct write *w,
                               struct err *e);

/* Fails with ERR_CONDITIONAL_CHECK_FAILED, and out->old set, when the condition is false.
 * With ERR_PROVISIONED_THROUGHPUT_EXCEEDED or ERR_THROTTLING and out->throttled set, when
 * the throughput is used up: changes may have been made, that the caller rolls back.
 * *use is added to. */
MUST_CHECK bool op_write_run(struct db_txn *txn, struct arena *mem, const struct table *table,
                             const struct write *w, struct write_result *out,
                             struct capacity_use *use, struct err *e);

/* What it costs that the condition is false, though it is seldom reported: as a write of the
 * larger of what is there and what was to be there. */
uint64_t op_write_failed_halves(struct arena *mem, const struct table_def *t, const struct write *w,
                                struct str old);

/* The key attributes of an item, as an item in `mem`. */
struct str op_write_key(struct arena *mem, const struct table_def *t, struct str item);

#endif
