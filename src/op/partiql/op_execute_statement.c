/* op_execute_statement.c - ExecuteStatement: one PartiQL statement. */
#include "op/op_list.h"
#include "op/partiql/op_partiql.h"

struct execute_in {
    struct statement_in statement;
    struct str next_token, return_capacity;
    struct opt_int limit;
};

static const struct shape limit_in = {.kind = SHAPE_INT, .min = 1, .max = INT32_MAX};
static const struct shape next_token_in = {.kind = SHAPE_STRING, .min = 1, .max = 32768};

static const struct field execute_fields[] = {
    FIELD(struct execute_in, statement.text, "Statement", &shape_statement_text, REQUIRED),
    FIELD(struct execute_in, statement.parameters, "Parameters", &shape_parameters, OPTIONAL),
    FIELD(struct execute_in, statement.consistent, "ConsistentRead", &shape_bool, OPTIONAL),
    FIELD(struct execute_in, next_token, "NextToken", &next_token_in, OPTIONAL),
    FIELD(struct execute_in, return_capacity, "ReturnConsumedCapacity", &shape_return_capacity,
          OPTIONAL),
    FIELD(struct execute_in, limit, "Limit", &limit_in, OPTIONAL),
    FIELD(struct execute_in, statement.return_on_failure, "ReturnValuesOnConditionCheckFailure",
          &shape_return_on_failure, OPTIONAL),
    {0},
};
static const struct shape execute_in = {
    .kind = SHAPE_STRUCT,
    .name = "ExecuteStatementInput",
    .size = sizeof(struct execute_in),
    .fields = execute_fields,
};

/* What would be without effect in a statement that writes. */
static bool check_write(struct req *rq)
{
    const struct execute_in *in = rq->in;

    if (in->limit.set)
        return err_set(&rq->err, ERR_VALIDATION,
                       "The Limit parameter can only be used with SELECT statements");
    return in->next_token.p == NULL ||
           err_set(&rq->err, ERR_VALIDATION, "NextToken does not match request");
}

static bool execute_prepare(struct req *rq)
{
    const struct execute_in *in = rq->in;
    struct op_statement *st = NEW(&rq->mem, struct op_statement);

    rq->prepared = st;
    if (!op_partiql_parse(rq, &in->statement, st))
        return false;
    if (st->s.kind == PARTIQL_EXISTS)
        return err_set(&rq->err, ERR_VALIDATION,
                       "EXISTS can only be used in ExecuteTransaction write requests.");
    if (partiql_writes(&st->s)) {
        rq->flags |= OP_WRITE;
        return check_write(rq);
    }
    if (st->s.index.p != NULL) /* whose items may have to be fetched from the table */
        rq->flags |= OP_SNAPSHOT;
    return true;
}

/* The item that RETURNING asks for; p == NULL: none. */
static struct str returned(struct arena *mem, const struct partiql_statement *s,
                           const struct write_result *done)
{
    switch (s->returning) {
    case PARTIQL_ALL_OLD:
        return done->old;
    case PARTIQL_ALL_NEW:
        return done->new_item;
    case PARTIQL_MODIFIED_OLD:
        return expr_update_touched(mem, s->update, done->old);
    case PARTIQL_MODIFIED_NEW:
        return expr_update_touched(mem, s->update, done->new_item);
    case PARTIQL_RETURNING_NOTHING:
        break;
    }
    return (struct str){0};
}

/* Items is there whatever the statement asked for; clients rely on it. */
static void respond(struct req *rq, const struct table_def *t, const struct write_result *done,
                    const struct capacity_use *use)
{
    const struct execute_in *in = rq->in;
    const struct op_statement *st = rq->prepared;
    struct json_out *o = &rq->out;
    struct str item = returned(&rq->mem, &st->s, done);

    json_out_open(o, '{');
    json_out_name(o, STR("Items"));
    json_out_open(o, '[');
    if (item.p != NULL)
        item_json_write(o, item);
    json_out_close(o, ']');
    op_capacity_member(rq, t, use, in->return_capacity);
    json_out_close(o, '}');
}

static bool run_write(struct req *rq, struct db_txn *txn)
{
    const struct execute_in *in = rq->in;
    const struct op_statement *st = rq->prepared;
    struct capacity_use use = {0};
    struct write_result done;
    struct write w;

    const struct table *table = op_table(rq, txn, st->s.table);
    if (table == NULL)
        return false;
    const struct table_def *t = table_def(table);
    if (!op_partiql_write(&rq->mem, t, &st->s, &w, &rq->err) ||
        !op_write_check(&rq->mem, t, &w, &rq->err))
        return false;
    if (!op_write_run(txn, &rq->mem, table, &w, &done, &use, &rq->err)) {
        rq->error_members = done.throttled;
        op_partiql_insert_failed(&st->s, &rq->err);
        op_return_on_failure(rq, in->statement.return_on_failure, done.old);
        return false;
    }
    respond(rq, t, &done, &use);
    return true;
}

static bool execute_warm(struct req *rq, struct db_txn *txn)
{
    const struct op_statement *st = rq->prepared;

    return op_partiql_warm(rq, txn, &st->s);
}

static bool execute_run(struct req *rq, struct db_txn *txn)
{
    const struct execute_in *in = rq->in;
    const struct op_statement *st = rq->prepared;
    const struct partiql_select sel = {
        .statement = st,
        .consistent = in->statement.consistent == TRI_TRUE,
        .limit = in->limit.set ? (uint32_t)in->limit.v : 0,
        .next_token = in->next_token,
        .return_capacity = in->return_capacity,
    };

    return partiql_writes(&st->s) ? run_write(rq, txn) : op_partiql_select(rq, txn, &sel);
}

const struct op op_execute_statement = {
    .name = "ExecuteStatement",
    .flags = OP_READ,
    .in = &execute_in,
    .prepare = execute_prepare,
    .warm = execute_warm,
    .run = execute_run,
};
