/* op_fixture_test.h - for tests: a database in memory and operations run on it by
 * JSON, as a server would but in one thread.
 *
 * Bodies and answers are written with ' for " to keep tests readable. */
#ifndef OP_OP_FIXTURE_TEST_H
#define OP_OP_FIXTURE_TEST_H

#include "op/op.h"
#include "store/store_rocks.h"

struct op_fixture {
    struct db *db;
    struct arena mem; /* of all answers */
    bool loop;        /* reads as on a server's loop, which much work must not hold up */
};

static inline void op_fixture_open(struct op_fixture *f)
{
    struct err e = {0};
    struct store_rocks_options rocks = {.cache_bytes = 8 << 20};
    struct db_options o = {
        .env = env_system(), .cache_bytes = 1 << 20, .region = "local", .account = "000000000000"};

    *f = (struct op_fixture){0};
    bool opened = store_rocks_open(&rocks, &o.store, &e) && db_open(&o, &f->db, &e);
    assert(opened);
    (void)opened;
}

static inline void op_fixture_close(struct op_fixture *f)
{
    db_close(&f->db);
    arena_free(&f->mem);
}

static inline bool op_fixture_in_txn(struct req *rq, bool loop)
{
    struct db_txn *txn = NULL;
    int flags = op_run_flags(rq);
    enum db_mode mode = flags & OP_WRITE      ? DB_WRITE
                        : flags & OP_SNAPSHOT ? DB_READ_SNAPSHOT
                                              : DB_READ;

    if (flags & OP_NO_TXN)
        return rq->op->run(rq, NULL);
    if (!db_begin(rq->db, mode, loop && mode != DB_WRITE, &txn, &rq->err))
        return false;
    if (!(flags & OP_WRITE)) {
        bool read = rq->op->run(rq, txn);
        db_end(&txn);
        return read;
    }
    db_savepoint(txn);
    bool done = rq->op->run(rq, txn);
    if (done)
        db_release(txn);
    else
        db_rollback(txn);
    struct err e = {0};
    bool committed = db_commit(&txn, &e);
    assert(committed);
    (void)committed;
    return done;
}

static inline char *op_fixture_quotes(char *s, char from, char to)
{
    for (char *p = s; *p != '\0'; p++)
        *p = *p == from ? to : *p;
    return s;
}

/* The body of the response, or "ValidationException: text" and what else is in the error; both
 * in true JSON. */
static inline char *op_fixture_run_exact(struct op_fixture *f, const char *name, const char *body)
{
    struct buf out = {0};
    struct req rq = {.db = f->db, .op = op_find(str_from_c(name)), .out = {.to = &out}};

    err_init(&rq.err, &rq.mem);
    assert(rq.op != NULL);
    bool done = op_decode(&rq, str_from_c(body)) &&
                (rq.op->prepare == NULL || rq.op->prepare(&rq)) && op_fixture_in_txn(&rq, f->loop);
    struct str answer = buf_str(&out);
    if (!done)
        answer = arena_printf(&f->mem, "%s: " STR_FMT "%s" STR_FMT, err_name(rq.err.code),
                              STR_ARG(err_text(&rq.err)), rq.error_members.n > 0 ? " + " : "",
                              STR_ARG(rq.error_members));
    char *kept = arena_cstr(&f->mem, answer);
    buf_free(&out);
    arena_free(&rq.mem);
    return kept;
}

/* The same with ' for ". */
static inline const char *op_fixture_run(struct op_fixture *f, const char *name, const char *body)
{
    char *text = op_fixture_quotes(arena_cstr(&f->mem, str_from_c(body)), '\'', '"');
    return op_fixture_quotes(op_fixture_run_exact(f, name, text), '"', '\'');
}

#endif
