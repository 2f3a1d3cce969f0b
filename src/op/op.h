/* op.h - one struct op per API operation; op_table.c lists them all.
 *
 * An operation runs in two steps:
 *
 *   prepare   checks everything that needs no table, parses expressions.  On
 *             the loop's thread.
 *   run       does it, in a transaction.  A read runs on the loop, or again
 *             from the start on a pool thread when it said ERR_WOULD_BLOCK; a
 *             write runs on the writer thread between savepoints.
 *
 * Both are plain synchronous functions that know nothing of threads. */
#ifndef OP_OP_H
#define OP_OP_H

#include "base/arena.h"
#include "codec/json_out.h"
#include "db/db.h"
#include "op/op_physics.h"
#include "op/op_shape.h"

struct op;

struct req {
    struct db *db;
    const struct op *op;
    struct arena mem;         /* everything of this request; freed when the response is sent */
    struct err err;           /* why it failed, if it did */
    void *in;                 /* the decoded input: struct <op>_in */
    void *prepared;           /* what prepare() left for run(), in the arena */
    int flags;                /* more of enum op_flags than op->flags has: set by prepare() */
    struct json_out out;      /* the response body; out.to is set by the caller */
    struct str error_members; /* more members of an error body: `"Item":{...}`; n == 0: none */
    struct str access_key;    /* who signed; n == 0: nobody */
    const struct req_physics *physics; /* what a test wants to go wrong; NULL: nothing */
    struct str host;                   /* Host header, for DescribeEndpoints; n == 0: unknown */
    struct str table_given; /* the table that op_resolve_table() saw last, by its name or ARN */
};

enum op_flags {
    OP_READ = 0,
    OP_WRITE = 1,    /* run() needs the writer */
    OP_SNAPSHOT = 2, /* run() needs one instant for all its reads */
    OP_SLOW = 4,     /* always on a pool thread: Scan */
    OP_NO_TXN = 8,   /* run() gets no transaction: DescribeEndpoints */
    OP_STREAM = 16,  /* of the streams API, whose targets name no others */
};

struct op {
    const char *name; /* X-Amz-Target: DynamoDB_20120810.PutItem */
    /* What IAM has to allow: dynamodb:PutItem.  NULL: each statement of PartiQL has its own,
     * see struct op_statement. */
    const char *action;
    int flags;
    const struct shape *in;          /* a structure */
    bool (*prepare)(struct req *rq); /* may be NULL */
    /* A write's look ahead, in a read transaction before it goes to the writer: brings
     * what run() will read into memory.  False for ERR_WOULD_BLOCK and ERR_IO only;
     * whatever else is wrong is run()'s to say.  May be NULL. */
    bool (*warm)(struct req *rq, struct db_txn *txn);
    bool (*run)(struct req *rq, struct db_txn *txn); /* writes the body to rq->out */
};

/* How to run the request, after prepare(): what a statement of PartiQL does is in its text. */
static inline int op_run_flags(const struct req *rq)
{
    return rq->op->flags | rq->flags;
}

/* NULL: no such operation. */
const struct op *op_find(struct str name);
/* Is it an operation of the API that this server does not have? */
bool op_known_unsupported(struct str name);

/* Decodes `body` into rq->in (layers 1 and 2).  Malformed JSON gives
 * ERR_SERIALIZATION with an empty message. */
MUST_CHECK bool op_decode(struct req *rq, struct str body);

/* The same for other services: `body` by `shape` into a structure in the arena. */
MUST_CHECK bool op_decode_input(struct arena *mem, const struct shape *shape, struct str body,
                                void **out, struct err *e);

/* A stored document, which is JSON by a shape too, into the structure `out`, which
 * is all zero; strings borrow from `json` or live in `mem`.  Fails with ERR_IO. */
MUST_CHECK bool op_decode_doc(struct arena *mem, const struct shape *shape, struct str json,
                              void *out, struct err *e);
/* The way back: the members of the structure `in`, without braces; absent ones are
 * left out. */
void op_encode_members(struct json_out *o, const struct shape *shape, const void *in);
void op_encode(struct json_out *o, const struct shape *shape, const void *in); /* with braces */

/* {"__type":"...","message":"..."} for rq->err, appended to `to`. */
void op_error_body(const struct req *rq, struct buf *to);

#endif
