/* fuzz_op_data.c - any JSON as a request to an operation on items, on a small
 * database in memory.  The first byte chooses the operation,
 * from '0' on.  What answers is
 * one JSON object; nothing is ever committed. */
#include <stdio.h>
#include <stdlib.h>

#include "model/limits.h"
#include "op/op_fixture_test.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char table[] =
    "{'TableName':'ttt','BillingMode':'PAY_PER_REQUEST',"
    "'AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'},"
    "{'AttributeName':'s','AttributeType':'N'},{'AttributeName':'g','AttributeType':'S'},"
    "{'AttributeName':'l','AttributeType':'S'}],"
    "'KeySchema':[{'AttributeName':'p','KeyType':'HASH'},{'AttributeName':'s','KeyType':'RANGE'}],"
    "'LocalSecondaryIndexes':[{'IndexName':'loc','KeySchema':[{'AttributeName':'p','KeyType':"
    "'HASH'},{'AttributeName':'l','KeyType':'RANGE'}],'Projection':{'ProjectionType':"
    "'KEYS_ONLY'}}],"
    "'GlobalSecondaryIndexes':[{'IndexName':'glo','KeySchema':[{'AttributeName':'g','KeyType':"
    "'HASH'},{'AttributeName':'s','KeyType':'RANGE'},{'AttributeName':'l','KeyType':'RANGE'}],"
    "'Projection':{'ProjectionType':'ALL'}}]}";
static const char item[] =
    "{'TableName':'ttt','Item':{'p':{'S':'a'},'s':{'N':'%d'},'g':{'S':'k'},'l':{'S':'z'},"
    "'x':{'N':'1'},'m':{'M':{'l':{'L':[{'N':'1'},{'S':'two'}]}}},'ns':{'NS':['1','2']}}}";

static const char *const names[] = {
    "PutItem",
    "GetItem",
    "UpdateItem",
    "DeleteItem",
    "Query",
    "Scan",
    "BatchGetItem",
    "BatchWriteItem",
    "TransactWriteItems",
    "TransactGetItems",
    "ExecuteStatement",
    "BatchExecuteStatement",
    "ExecuteTransaction",
};

/* Made with the first input and kept. */
static struct op_fixture *fixture(void)
{
    static struct op_fixture f;
    char body[sizeof(item) + 16];

    if (f.db != NULL)
        return &f;
    op_fixture_open(&f);
    (void)op_fixture_run(&f, "CreateTable", table);
    for (int i = 0; i < 5; i++) {
        snprintf(body, sizeof(body), item, i);
        (void)op_fixture_run(&f, "PutItem", body);
    }
    arena_free(&f.mem);
    return &f;
}

static bool is_object(struct arena *mem, struct str text)
{
    struct json j;
    json_init(&j, mem, text, LIMIT_JSON_DEPTH);
    enum json_type t = json_next(&j);
    json_skip_rest(&j, t);
    return t == JSON_OBJECT && json_end(&j);
}

static bool run(struct req *rq, struct str body)
{
    struct db_txn *txn;

    if (!op_decode(rq, body) || !rq->op->prepare(rq))
        return false;
    enum db_mode mode = op_run_flags(rq) & OP_WRITE ? DB_WRITE : DB_READ;
    if (!db_begin(rq->db, mode, false, &txn, &rq->err))
        return false;
    bool done = rq->op->run(rq, txn);
    db_end(&txn);
    return done;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf out = {0};
    if (size == 0)
        return 0;
    const char *name = names[(uint8_t)(data[0] - '0') % COUNT_OF(names)];
    struct req rq = {.db = fixture()->db, .op = op_find(str_from_c(name)), .out = {.to = &out}};

    if (!run(&rq, (struct str){(const char *)data + 1, size - 1})) {
        out.n = 0;
        if (rq.err.code == ERR_NONE || rq.err.code >= ERR_INTERNAL)
            abort(); /* the client's fault, nothing else */
        op_error_body(&rq, &out);
    }
    if (!is_object(&rq.mem, buf_str(&out)))
        abort();
    buf_free(&out);
    arena_free(&rq.mem);
    return 0;
}
