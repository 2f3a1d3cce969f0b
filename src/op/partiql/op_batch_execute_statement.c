/* op_batch_execute_statement.c - BatchExecuteStatement: up to 25 reads or up to 25
 * writes of single items, each for itself. */
#include "base/buf.h"
#include "op/item/op_capacity.h"
#include "op/item/op_paths.h"
#include "op/item/op_transact.h"
#include "op/op_list.h"
#include "op/partiql/op_partiql.h"

struct batch_in {
    struct list statements; /* struct statement_in */
    struct str return_capacity;
};

static const struct field statement_fields[] = {
    FIELD(struct statement_in, text, "Statement", &shape_statement_text, REQUIRED),
    FIELD(struct statement_in, parameters, "Parameters", &shape_parameters, OPTIONAL),
    FIELD(struct statement_in, consistent, "ConsistentRead", &shape_bool, OPTIONAL),
    FIELD(struct statement_in, return_on_failure, "ReturnValuesOnConditionCheckFailure",
          &shape_return_on_failure, OPTIONAL),
    {0},
};
static const struct shape statement_in = {
    .kind = SHAPE_STRUCT,
    .name = "BatchStatementRequest",
    .size = sizeof(struct statement_in),
    .fields = statement_fields,
};
static const struct shape statements_in = {
    .kind = SHAPE_LIST,
    .min = 1,
    .max = LIMIT_BATCH_STATEMENTS,
    .elem = &statement_in,
};
static const struct field batch_fields[] = {
    FIELD(struct batch_in, statements, "Statements", &statements_in, REQUIRED),
    FIELD(struct batch_in, return_capacity, "ReturnConsumedCapacity", &shape_return_capacity,
          OPTIONAL),
    {0},
};
static const struct shape batch_in = {
    .kind = SHAPE_STRUCT,
    .name = "BatchExecuteStatementInput",
    .size = sizeof(struct batch_in),
    .fields = batch_fields,
};

/* One statement.  What fails is told in its place of the response. */
struct member {
    struct op_statement st;
    struct str code, message; /* code.p != NULL: failed */
    const struct table *table;
    struct write write; /* of a read: only the key */
    bool ran;           /* on a table, with a key that fits */
};
struct batch {
    uint32_t n;
    struct member *member;
    bool writes;
};

/* Moves an error to the member; false when it is none of a member but of the server. */
static bool member_failed(struct req *rq, struct member *m, struct err *e)
{
    struct transact_reason reason;

    if (e->code == ERR_RESOURCE_NOT_FOUND)
        reason = (struct transact_reason){
            .code = STR("ResourceNotFound"),
            .message = arena_dup(&rq->mem, err_text(e)),
        };
    else if (!op_transact_reason(&rq->mem, e, &reason))
        return false;
    m->code = reason.code;
    m->message = reason.message;
    err_init(e, e->mem);
    rq->error_members = (struct str){0}; /* these go with the error of a whole request */
    return true;
}

static bool parse(struct req *rq, const struct statement_in *in, struct member *m)
{
    if (op_partiql_parse(rq, in, &m->st) && m->st.s.kind == PARTIQL_EXISTS)
        err_set(&rq->err, ERR_VALIDATION,
                "EXISTS can only be used in ExecuteTransaction write requests.");
    return rq->err.code == ERR_NONE || member_failed(rq, m, &rq->err);
}

static bool batch_prepare(struct req *rq)
{
    const struct batch_in *in = rq->in;
    const struct statement_in *statement = in->statements.v;
    struct batch *b = NEW(&rq->mem, struct batch);
    bool reads = false;

    rq->prepared = b;
    b->n = in->statements.n;
    b->member = NEW_ARRAY(&rq->mem, struct member, b->n);
    for (uint32_t i = 0; i < b->n; i++) {
        struct member *m = &b->member[i];
        if (!parse(rq, &statement[i], m))
            return false;
        if (m->code.p != NULL)
            continue;
        b->writes = b->writes || partiql_writes(&m->st.s);
        reads = reads || !partiql_writes(&m->st.s);
    }
    if (reads && b->writes)
        return err_set(&rq->err, ERR_VALIDATION,
                       "Read and write requests together in the same batch is not supported.");
    if (b->writes)
        rq->flags |= OP_WRITE;
    return true;
}

/* Binding to tables ------------------------------------------------------------------ */

/* The key, and nothing beside it. */
static bool bind_read(struct req *rq, struct member *m, const struct table_def *t)
{
    const struct partiql_statement *s = &m->st.s;
    const struct expr_cond *rest;

    if (s->index.p != NULL || !partiql_key(&rq->mem, &t->key, s->where, &m->write.item, &rest) ||
        rest != NULL)
        return err_set(&rq->err, ERR_VALIDATION,
                       "Select statements within BatchExecuteStatement must specify the primary "
                       "key in the where clause.");
    return db_key_check(t, m->write.item, &rq->err);
}

static bool bind_write(struct req *rq, struct member *m, const struct table_def *t)
{
    return op_partiql_write(&rq->mem, t, &m->st.s, &m->write, &rq->err) &&
           op_write_check(&rq->mem, t, &m->write, &rq->err);
}

static bool bind(struct req *rq, struct db_txn *txn, struct member *m)
{
    m->table = op_table(rq, txn, m->st.s.table);
    if (m->table == NULL)
        return false;
    const struct table_def *t = table_def(m->table);
    m->ran = partiql_writes(&m->st.s) ? bind_write(rq, m, t) : bind_read(rq, m, t);
    return m->ran;
}

static bool bind_all(struct req *rq, struct db_txn *txn, struct batch *b)
{
    struct transact_target *target = NEW_ARRAY(&rq->mem, struct transact_target, b->n);
    uint32_t n = 0;

    for (uint32_t i = 0; i < b->n; i++) {
        struct member *m = &b->member[i];
        if (m->code.p == NULL && !bind(rq, txn, m) && !member_failed(rq, m, &rq->err))
            return false;
        if (m->ran)
            target[n++] = (struct transact_target){m->table, m->write.item};
    }
    return !op_transact_repeated(&rq->mem, target, n) ||
           err_set(&rq->err, ERR_VALIDATION, "Provided list of item keys contains duplicates");
}

/* Running ----------------------------------------------------------------------------- */

/* `any` tells for which tables something succeeded: only these are charged. */
struct charges {
    struct transact_use use;
    bool any[LIMIT_TRANSACT_ACTIONS];
    uint64_t bytes; /* read */
};

static void succeeded(struct charges *c, const struct table *table)
{
    for (uint32_t i = 0; i < c->use.n; i++)
        if (c->use.table[i] == table)
            c->any[i] = true;
}

static bool run_write(struct req *rq, struct db_txn *txn, struct member *m,
                      struct capacity_use *use)
{
    struct write_result done;

    db_savepoint(txn);
    if (op_write_run(txn, &rq->mem, m->table, &m->write, &done, use, &rq->err)) {
        db_release(txn);
        return true;
    }
    db_rollback(txn);
    if (rq->err.code == ERR_CONDITIONAL_CHECK_FAILED)
        use->table_halves +=
            op_write_failed_halves(&rq->mem, table_def(m->table), &m->write, done.old);
    op_partiql_insert_failed(&m->st.s, &rq->err);
    return false;
}

static void respond(struct req *rq, const struct member *m, struct str item)
{
    struct json_out *o = &rq->out;

    json_out_open(o, '{');
    if (m->code.p != NULL) {
        json_out_name(o, STR("Error"));
        json_out_open(o, '{');
        json_out_name(o, STR("Code"));
        json_out_str(o, m->code);
        json_out_name(o, STR("Message"));
        json_out_str(o, m->message);
        json_out_close(o, '}');
    }
    if (m->ran && !(m->code.p != NULL && str_eq(m->code, STR("ValidationError")))) {
        json_out_name(o, STR("TableName"));
        json_out_str(o, table_def(m->table)->name);
    }
    if (item.p != NULL) {
        json_out_name(o, STR("Item"));
        op_partiql_columns(o, &m->st.s, item);
    }
    json_out_close(o, '}');
}

static bool run_read(struct req *rq, struct db_txn *txn, const struct member *m,
                     struct capacity_use *use, struct charges *c, struct str *item)
{
    struct partiql_get get = {m->table, m->write.item, m->st.in->consistent == TRI_TRUE};

    if (!op_reads_go_on(rq, txn, c->bytes) || !op_partiql_get(rq, txn, &get, use, item))
        return false;
    c->bytes += item_size(*item);
    return true;
}

static bool run_member(struct req *rq, struct db_txn *txn, struct member *m, struct charges *c)
{
    struct str item = {0};

    if (m->ran) {
        struct capacity_use *use = op_transact_use(&rq->mem, &c->use, m->table, m->st.given);
        bool good = partiql_writes(&m->st.s) ? run_write(rq, txn, m, use)
                                             : run_read(rq, txn, m, use, c, &item);
        if (good)
            succeeded(c, m->table);
        else if (!member_failed(rq, m, &rq->err))
            return false;
    }
    respond(rq, m, item);
    return true;
}

static void write_capacity(struct req *rq, const struct charges *c)
{
    const struct batch_in *in = rq->in;
    struct transact_use shown = {0};

    for (uint32_t i = 0; i < c->use.n; i++) {
        if (!c->any[i])
            continue;
        shown.table[shown.n] = c->use.table[i];
        shown.given[shown.n] = c->use.given[i];
        shown.use[shown.n++] = c->use.use[i];
    }
    if (shown.n > 0)
        op_transact_capacity(&rq->out, &shown, in->return_capacity, OP_CAPACITY_PLAIN);
}

static bool batch_warm(struct req *rq, struct db_txn *txn)
{
    const struct batch *b = rq->prepared;

    for (uint32_t i = 0; i < b->n; i++)
        if (b->member[i].code.p == NULL && !op_partiql_warm(rq, txn, &b->member[i].st.s))
            return false;
    return true;
}

static bool batch_run(struct req *rq, struct db_txn *txn)
{
    const struct batch *prepared = rq->prepared;
    struct batch b = *prepared; /* a run may be repeated from the start */
    struct charges *c = NEW(&rq->mem, struct charges);

    b.member = NEW_ARRAY(&rq->mem, struct member, b.n);
    memcpy(b.member, prepared->member, b.n * sizeof(*b.member));
    if (!bind_all(rq, txn, &b))
        return false;
    json_out_open(&rq->out, '{');
    json_out_name(&rq->out, STR("Responses"));
    json_out_open(&rq->out, '[');
    for (uint32_t i = 0; i < b.n; i++)
        if (!run_member(rq, txn, &b.member[i], c))
            return false;
    json_out_close(&rq->out, ']');
    write_capacity(rq, c);
    json_out_close(&rq->out, '}');
    return true;
}

const struct op op_batch_execute_statement = {
    .name = "BatchExecuteStatement",
    .flags = OP_READ,
    .in = &batch_in,
    .prepare = batch_prepare,
    .warm = batch_warm,
    .run = batch_run,
};
