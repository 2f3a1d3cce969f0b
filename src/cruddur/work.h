/* work.h - the threads on which requests wait for SQL and for DynamoDB.
 *
 * Each thread has its own SQL connection and its own DynamoDB client, made when
 * first asked for and again after they could not be made; nobody else uses them. */
#ifndef CRUDDUR_WORK_H
#define CRUDDUR_WORK_H

#include <uv.h>

#include "base/err.h"
#include "cruddur/settings.h"
#include "cruddur/sql.h"
#include "ddb.h"

struct work; /* threads and their queue */
struct tools;

struct job {
    struct job *next;
    void (*run)(struct job *j, struct tools *t); /* on a worker thread */
    void (*done)(struct job *j);                 /* afterwards, on the loop */
};

MUST_CHECK bool work_start(const struct settings *set, uv_loop_t *loop, struct work **out,
                           struct err *e);
/* False: too much is waiting; the job was not taken. */
MUST_CHECK bool work_push(struct work *w, struct job *j);
/* Finishes what waits, calls done() for all of it and ends the threads.
 * On the loop's thread. */
void work_stop(struct work *w);
/* After the loop has run for the last time; NULL is fine. */
void work_free(struct work *w);

/* The thread's own; false after the database could not be opened. */
MUST_CHECK bool tools_sql(struct tools *t, struct sql **out, struct err *e);
MUST_CHECK bool tools_ddb(struct tools *t, struct ddb **out, struct err *e);
MUST_CHECK bool tools_pool(struct tools *t, struct ddb **out, struct err *e); /* the user pool's */

/* Tools outside of a worker, for threads of their own. */
struct tools *tools_new(const struct settings *set);
void tools_free(struct tools *t);

#endif
