/* writer.h - the one thread that changes data.
 *
 * It takes everything that waits, runs the calls one after the other in one
 * write transaction, each between a savepoint and a release or a rollback,
 * commits once, and only then hands all of them back to their loops.  So an
 * answer means that the data is durable, and nobody was answered from a state
 * that could still be lost.  Between batches it does the database's long work
 * in slices. */
#ifndef SERVER_WRITER_H
#define SERVER_WRITER_H

#include "server/call.h"

struct writer;

MUST_CHECK bool writer_start(struct db *db, struct loop *loops, int loops_n, struct writer **out,
                             struct err *e);

/* Takes all calls of the list; those for which the queue has no room go to
 * *refused instead. */
void writer_push(struct writer *w, struct call_list *calls, struct call_list *refused);

/* Runs `run` in the next batch, like a call, and waits for its commit.  Not on a
 * loop's thread. */
MUST_CHECK bool writer_run(struct writer *w, cloud_txn *run, void *arg, struct err *e);

/* Finishes what waits, then ends; NULL is fine. */
void writer_stop(struct writer **w);

#endif
