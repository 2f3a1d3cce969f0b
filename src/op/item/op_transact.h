/* op_transact.h - groups of actions that happen all or not at all: what
 * TransactWriteItems and TransactGetItems have in common with
 * ExecuteTransaction.
 *
 *   op_transact_write()   runs the actions and writes the body of the response
 *   op_transact_cancel()  TransactionCanceledException with a reason per action
 *
 * What a single operation would refuse by its table's schema, and what goes
 * wrong while it runs, cancels the transaction; what the request alone shows to
 * be wrong is an error of the request.  Actions run on the one writer between
 * savepoints: so nobody sees half of them, and nothing can run between them. */
#ifndef OP_OP_TRANSACT_H
#define OP_OP_TRANSACT_H

#include "db/db_token.h"
#include "op/item/op_data.h"
#include "op/item/op_write.h"

struct transact_action {
    const struct table *table;
    struct str given; /* its name or ARN, as the request has it */
    struct write write;
    bool return_old; /* ReturnValuesOnConditionCheckFailure = ALL_OLD */
    bool insert;     /* PartiQL's INSERT: its condition fails as DuplicateItem */
};

struct transact_request {
    const struct transact_action *action;
    uint32_t n;
    struct str token;                            /* ClientRequestToken; p == NULL: none */
    unsigned char digest[DB_TOKEN_DIGEST_BYTES]; /* of all that counts of the request */
    struct str return_capacity, return_metrics;
    bool statements; /* ExecuteTransaction: the response has its list, though writes give nothing */
};
bool op_transact_write(struct req *rq, struct db_txn *txn, const struct transact_request *r);

/* Of the name of the operation and the bytes of what it was asked to do. */
void op_transact_digest(struct str operation, struct str content,
                        unsigned char digest[DB_TOKEN_DIGEST_BYTES]);

/* Why an action was, or was not, what cancelled the transaction; all zero: None. */
struct transact_reason {
    struct str code, message; /* code.p == NULL: None */
    struct str item;          /* p == NULL: none */
};
/* From what an action failed with.  False, with nothing set: no reason to cancel but an
 * error of the server. */
MUST_CHECK bool op_transact_reason(struct arena *mem, const struct err *e,
                                   struct transact_reason *out);
/* Sets rq->err and rq->error_members; returns false. */
bool op_transact_cancel(struct req *rq, const struct transact_reason *reason, uint32_t n);

/* Are two of the targets one item?  Keys that do not fit their table's schema are left to
 * later checks. */
struct transact_target {
    const struct table *table;
    struct str item; /* or key */
};
bool op_transact_repeated(struct arena *mem, const struct transact_target *target, uint32_t n);
#define TRANSACT_REPEATED "Transaction request cannot include multiple operations on one item"

/* Reads target `i` of `n`, when throughput is left: otherwise that cancels the transaction. */
MUST_CHECK bool op_transact_read(struct req *rq, struct db_txn *txn,
                                 const struct transact_target *target, uint32_t i, uint32_t n,
                                 struct str *item);
/* Brings the item that a write will read into memory: see op.h, warm(). */
MUST_CHECK bool op_transact_warm(struct req *rq, struct db_txn *txn, struct str table_name,
                                 struct str item);

/* Capacity used, per table in the order of first use, by the name or ARN that was used first. */
struct transact_use {
    uint32_t n;
    const struct table *table[LIMIT_TRANSACT_ACTIONS];
    struct str given[LIMIT_TRANSACT_ACTIONS];
    struct capacity_use *use[LIMIT_TRANSACT_ACTIONS];
};
struct capacity_use *op_transact_use(struct arena *mem, struct transact_use *u,
                                     const struct table *table, struct str given);
/* The member "ConsumedCapacity", if the request wants it. */
void op_transact_capacity(struct json_out *o, const struct transact_use *u, struct str mode,
                          enum op_capacity_kind kind);

/* A limit on all that a transaction reads or sends. */
MUST_CHECK bool op_transact_bytes(uint64_t bytes, struct err *e);

#endif
