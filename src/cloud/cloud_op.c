/* cloud_op.c - see cloud_op.h. */
#include "cloud/cloud_op.h"

#include <stdio.h>

#include "op/op.h"
#include "op/stream/op_stream.h"

static bool run(struct cloud *c, struct req *rq)
{
    struct db_txn *txn = NULL;
    int flags = op_run_flags(rq);
    enum db_mode mode = (flags & OP_SNAPSHOT) != 0 ? DB_READ_SNAPSHOT : DB_READ;
    if ((flags & OP_NO_TXN) != 0)
        return rq->op->run(rq, NULL);
    bool good = db_begin(c->db, mode, false, &txn, &rq->err) && rq->op->run(rq, txn);
    db_end(&txn);
    return good;
}

bool cloud_op_read(struct cloud *c, const char *operation, struct str input, struct buf *out,
                   struct err *e)
{
    struct req rq = {.db = c->db, .op = op_find(str_from_c(operation)), .out = {.to = out}};
    size_t before = out->n;
    err_init(&rq.err, &rq.mem);
    assert(rq.op != NULL && (rq.op->flags & OP_WRITE) == 0);
    bool good =
        op_decode(&rq, input) && (rq.op->prepare == NULL || rq.op->prepare(&rq)) && run(c, &rq);
    if (!good) {
        out->n = before;
        err_set(e, rq.err.code, STR_FMT, STR_ARG(err_text(&rq.err)));
    }
    arena_free(&rq.mem);
    return good;
}

void cloud_op_sequence(struct db_txn *t, char out[CLOUD_SEQUENCE_CHARS])
{
    struct arena mem = {0};
    struct str text = sequence_text(&mem, db_stream_next(t));
    snprintf(out, CLOUD_SEQUENCE_CHARS, STR_FMT, STR_ARG(text));
    arena_free(&mem);
}
