/* op_partiql.h - what the operations that take PartiQL have in common: from a
 * statement to the operation on items that it is.
 *
 *   op_partiql_parse()    text and parameters to a statement, in prepare()
 *   op_partiql_write()    what INSERT, UPDATE, DELETE or EXISTS does to which item
 *   op_partiql_select()   runs a SELECT and writes the whole response
 *   op_partiql_columns()  an item as a SELECT asks for it */
#ifndef OP_OP_PARTIQL_H
#define OP_OP_PARTIQL_H

#include "op/item/op_data.h"
#include "op/item/op_write.h"
#include "partiql/partiql_plan.h"

/* A member of Statements or TransactStatements. */
struct statement_in {
    struct str text;
    struct list parameters; /* struct attr_in */
    enum tri consistent;
    struct str return_on_failure;
};
extern const struct shape shape_statement_text, shape_parameters;

/* What prepare() makes of it; s.table is the bare name. */
struct op_statement {
    const struct statement_in *in;
    struct partiql_statement s;
    const char *action; /* what IAM has to allow on that table: dynamodb:PartiQLUpdate */
    struct str given;   /* the table's name or ARN in the statement */
};
/* Fails with rq->err; a write that is to be read consistently does, too. */
MUST_CHECK bool op_partiql_parse(struct req *rq, const struct statement_in *in,
                                 struct op_statement *out);

/* Checked against the schema like the single operations.  An INSERT's condition fails when
 * the item is there: see op_partiql_insert_failed(). */
MUST_CHECK bool op_partiql_write(struct arena *mem, const struct table_def *t,
                                 const struct partiql_statement *s, struct write *out,
                                 struct err *e);
/* A failed condition of an INSERT is DuplicateItemException. */
void op_partiql_insert_failed(const struct partiql_statement *s, struct err *e);

struct partiql_get {
    const struct table *table;
    struct str key; /* which was checked */
    bool consistent;
};
/* Reads an item when throughput is left; *use is added to. */
MUST_CHECK bool op_partiql_get(struct req *rq, struct db_txn *txn, const struct partiql_get *get,
                               struct capacity_use *use, struct str *item);
/* Brings the item that a writing statement will read into memory: see op.h, warm(). */
MUST_CHECK bool op_partiql_warm(struct req *rq, struct db_txn *txn,
                                const struct partiql_statement *s);

struct partiql_select {
    const struct op_statement *statement;
    bool consistent;
    uint32_t limit;        /* 0: none */
    struct str next_token; /* p == NULL: from the start */
    struct str return_capacity;
};
bool op_partiql_select(struct req *rq, struct db_txn *txn, const struct partiql_select *sel);

/* One value of JSON. */
void op_partiql_columns(struct json_out *o, const struct partiql_statement *s, struct str item);

/* Text and parameters, for digests of requests. */
void op_partiql_content(struct buf *to, const struct statement_in *in);

#endif
