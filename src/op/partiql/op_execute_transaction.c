/* op_execute_transaction.c - ExecuteTransaction: PartiQL statements that are done
 * all or not at all, either reads or writes. */
#include "base/buf.h"
#include "op/item/op_capacity.h"
#include "op/item/op_paths.h"
#include "op/item/op_transact.h"
#include "op/op_list.h"
#include "op/partiql/op_partiql.h"

struct execute_in {
    struct list statements; /* struct statement_in */
    struct str token, return_capacity;
};

static const struct field statement_fields[] = {
    FIELD(struct statement_in, text, "Statement", &shape_statement_text, REQUIRED),
    FIELD(struct statement_in, parameters, "Parameters", &shape_parameters, OPTIONAL),
    FIELD(struct statement_in, return_on_failure, "ReturnValuesOnConditionCheckFailure",
          &shape_return_on_failure, OPTIONAL),
    {0},
};
static const struct shape statement_in = {
    .kind = SHAPE_STRUCT,
    .name = "ParameterizedStatement",
    .size = sizeof(struct statement_in),
    .fields = statement_fields,
};
static const struct shape statements_in = {
    .kind = SHAPE_LIST,
    .min = 1,
    .max = LIMIT_TRANSACT_ACTIONS,
    .elem = &statement_in,
};
static const struct field execute_fields[] = {
    FIELD(struct execute_in, statements, "TransactStatements", &statements_in, REQUIRED),
    FIELD(struct execute_in, token, "ClientRequestToken", &shape_request_token, OPTIONAL),
    FIELD(struct execute_in, return_capacity, "ReturnConsumedCapacity", &shape_return_capacity,
          OPTIONAL),
    {0},
};
static const struct shape execute_in = {
    .kind = SHAPE_STRUCT,
    .name = "ExecuteTransactionInput",
    .size = sizeof(struct execute_in),
    .fields = execute_fields,
};

/* What prepare() leaves. */
struct prepared {
    uint32_t n;
    struct op_statement *statement;
    bool writes;
    unsigned char digest[DB_TOKEN_DIGEST_BYTES];
};

static bool invalid(struct req *rq, uint32_t i, const char *problem)
{
    return err_set(&rq->err, ERR_VALIDATION, "Validation failed in TransactStatements[%u]: %s", i,
                   problem);
}

static bool check_statement(struct req *rq, const struct partiql_statement *s, uint32_t i)
{
    const char *problem = NULL;

    if (s->returning != PARTIQL_RETURNING_NOTHING)
        problem = "RETURNING clause is not supported in ExecuteTransaction.";
    else if (s->index.p != NULL)
        problem = "Reads on indices are not supported within transactions.";
    return problem == NULL || invalid(rq, i, problem);
}

static bool execute_prepare(struct req *rq)
{
    const struct execute_in *in = rq->in;
    const struct statement_in *statement = in->statements.v;
    struct prepared *p = NEW(&rq->mem, struct prepared);
    struct buf content = {.mem = &rq->mem};
    bool reads = false;

    rq->prepared = p;
    p->n = in->statements.n;
    p->statement = NEW_ARRAY(&rq->mem, struct op_statement, p->n);
    for (uint32_t i = 0; i < p->n; i++) {
        if (!op_partiql_parse(rq, &statement[i], &p->statement[i]))
            return false;
        bool writes = partiql_writes(&p->statement[i].s);
        p->writes = p->writes || writes;
        reads = reads || !writes;
        op_partiql_content(&content, &statement[i]);
    }
    if (reads && p->writes)
        return err_set(&rq->err, ERR_VALIDATION,
                       "ExecuteTransaction API does not support both read and write operations in "
                       "the same request.");
    for (uint32_t i = 0; i < p->n; i++)
        if (!check_statement(rq, &p->statement[i].s, i))
            return false;
    op_transact_digest(STR("ExecuteTransaction"), buf_str(&content), p->digest);
    rq->flags |= p->writes ? OP_WRITE : OP_SNAPSHOT;
    return op_transact_bytes(content.n, &rq->err);
}

/* Writes ------------------------------------------------------------------------------- */

static bool run_writes(struct req *rq, struct db_txn *txn)
{
    const struct execute_in *in = rq->in;
    const struct prepared *p = rq->prepared;
    struct transact_action *action = NEW_ARRAY(&rq->mem, struct transact_action, p->n);
    struct transact_request request = {
        .action = action,
        .n = p->n,
        .token = in->token,
        .return_capacity = in->return_capacity,
        .statements = true,
    };

    for (uint32_t i = 0; i < p->n; i++) {
        const struct op_statement *st = &p->statement[i];
        action[i].table = op_table(rq, txn, st->s.table);
        if (action[i].table == NULL)
            return false;
        action[i].given = st->given;
        action[i].insert = st->s.kind == PARTIQL_INSERT;
        action[i].return_old = str_eq(st->in->return_on_failure, STR("ALL_OLD"));
        if (!op_partiql_write(&rq->mem, table_def(action[i].table), &st->s, &action[i].write,
                              &rq->err))
            return false;
    }
    memcpy(request.digest, p->digest, sizeof(request.digest));
    return op_transact_write(rq, txn, &request);
}

/* Reads -------------------------------------------------------------------------------- */

/* The key, and nothing beside it. */
static bool bind_read(struct req *rq, struct db_txn *txn, const struct partiql_statement *s,
                      struct transact_target *out)
{
    const struct expr_cond *rest;

    out->table = op_table(rq, txn, s->table);
    if (out->table == NULL)
        return false;
    return (partiql_key(&rq->mem, &table_def(out->table)->key, s->where, &out->item, &rest) &&
            rest == NULL) ||
           err_set(&rq->err, ERR_VALIDATION,
                   "Select statements within ExecuteTransaction must specify the primary key in "
                   "the where clause.");
}

/* A key that does not fit cancels. */
static bool check_key(struct req *rq, const struct transact_target *r, uint32_t i, uint32_t n)
{
    struct err e;

    err_init(&e, &rq->mem);
    if (db_key_check(table_def(r->table), r->item, &e))
        return true;
    struct transact_reason *reason = NEW_ARRAY(&rq->mem, struct transact_reason, n);
    if (op_transact_reason(&rq->mem, &e, &reason[i]))
        return op_transact_cancel(rq, reason, n);
    rq->err = e;
    return false;
}

static bool bind_reads(struct req *rq, struct db_txn *txn, struct transact_target *r)
{
    const struct prepared *p = rq->prepared;

    for (uint32_t i = 0; i < p->n; i++)
        if (!bind_read(rq, txn, &p->statement[i].s, &r[i]))
            return false;
    if (op_transact_repeated(&rq->mem, r, p->n))
        return err_set(&rq->err, ERR_VALIDATION, TRANSACT_REPEATED);
    for (uint32_t i = 0; i < p->n; i++)
        if (!check_key(rq, &r[i], i, p->n))
            return false;
    return true;
}

static void write_response(struct req *rq, const struct partiql_statement *s, struct str item)
{
    json_out_open(&rq->out, '{');
    if (item.p != NULL) {
        json_out_name(&rq->out, STR("Item"));
        op_partiql_columns(&rq->out, s, item);
    }
    json_out_close(&rq->out, '}');
}

static bool run_reads(struct req *rq, struct db_txn *txn)
{
    const struct execute_in *in = rq->in;
    const struct prepared *p = rq->prepared;
    struct transact_target *r = NEW_ARRAY(&rq->mem, struct transact_target, p->n);
    struct transact_use *use = NEW(&rq->mem, struct transact_use);
    uint64_t bytes = 0;

    if (!bind_reads(rq, txn, r))
        return false;
    json_out_open(&rq->out, '{');
    json_out_name(&rq->out, STR("Responses"));
    json_out_open(&rq->out, '[');
    for (uint32_t i = 0; i < p->n; i++) {
        struct str item;
        if (!op_reads_go_on(rq, txn, bytes) || !op_transact_read(rq, txn, &r[i], i, p->n, &item))
            return false;
        bytes += item_size(item);
        if (!op_transact_bytes(bytes, &rq->err))
            return false;
        struct capacity_use *u = op_transact_use(&rq->mem, use, r[i].table, p->statement[i].given);
        u->table_touched = true;
        u->table_halves += 2 * capacity_read_halves(item_size(item), true);
        write_response(rq, &p->statement[i].s, item);
    }
    json_out_close(&rq->out, ']');
    op_transact_capacity(&rq->out, use, in->return_capacity, OP_CAPACITY_READ);
    json_out_close(&rq->out, '}');
    return true;
}

static bool execute_warm(struct req *rq, struct db_txn *txn)
{
    const struct prepared *p = rq->prepared;

    for (uint32_t i = 0; i < p->n; i++)
        if (!op_partiql_warm(rq, txn, &p->statement[i].s))
            return false;
    return true;
}

static bool execute_run(struct req *rq, struct db_txn *txn)
{
    const struct prepared *p = rq->prepared;

    return p->writes ? run_writes(rq, txn) : run_reads(rq, txn);
}

const struct op op_execute_transaction = {
    .name = "ExecuteTransaction",
    .flags = OP_READ,
    .in = &execute_in,
    .prepare = execute_prepare,
    .warm = execute_warm,
    .run = execute_run,
};
