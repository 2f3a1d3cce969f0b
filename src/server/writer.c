/* writer.c - see writer.h.
 *
 * (1) Nothing is handed back before the commit that covers it has returned.
 * (2) When the commit fails every call of the batch fails, also those that had
 *     failed by themselves: they may have seen what was never there. */
#include "server/writer.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "db/db_work.h"
#include "server/loop.h"

enum {
    QUEUE_BYTES_MAX = 64 * 1024 * 1024,
    BATCH_BYTES_MAX = 8 * 1024 * 1024,
    BATCH_CALLS_MAX = 512,
    CALL_BYTES = 4096, /* what a call takes besides its body */
    ATTEMPTS_MAX = 5,
    IDLE_MS = 1000, /* the pause after work that failed */
    STACK_BYTES = 2 * 1024 * 1024,
};

/* What is to run for a thread that waits for it. */
struct job {
    struct job *next;
    cloud_txn *run;
    void *arg;
    struct err *e;
    bool ok;
    bool done; /* under the lock */
    pthread_cond_t back;
};

struct writer {
    struct db *db;
    struct loop *loops;
    int loops_n;
    pthread_t thread;
    struct call_list *back; /* one list per loop: what goes back to it */
    struct lock lock;
    pthread_cond_t wake;
    /* under the lock */
    struct call_list queue;
    size_t queue_bytes;
    struct job *jobs;
    bool sleeping, stop;
};

void writer_push(struct writer *w, struct call_list *calls, struct call_list *refused)
{
    lock_take(&w->lock);
    for (struct call *c; (c = call_list_take(calls)) != NULL;) {
        c->bytes = CALL_BYTES + 2 * c->http->body.n; /* as text and as items */
        bool fits = w->queue_bytes == 0 || w->queue_bytes + c->bytes <= QUEUE_BYTES_MAX;
        call_list_add(fits ? &w->queue : refused, c);
        if (fits)
            w->queue_bytes += c->bytes;
    }
    bool wake = w->sleeping;
    lock_drop(&w->lock);
    if (wake)
        pthread_cond_signal(&w->wake);
}

bool writer_run(struct writer *w, cloud_txn *run, void *arg, struct err *e)
{
    struct job j = {.run = run, .arg = arg, .e = e};
    pthread_cond_init(&j.back, NULL);
    lock_take(&w->lock);
    struct job **last = &w->jobs;
    while (*last != NULL)
        last = &(*last)->next;
    *last = &j;
    pthread_cond_signal(&w->wake);
    while (!j.done)
        pthread_cond_wait(&j.back, &w->lock.mutex);
    lock_drop(&w->lock);
    pthread_cond_destroy(&j.back);
    return j.ok;
}

/* Waits until there is something to do, or for the time given; false: there never
 * will be. */
static bool take_batch(struct writer *w, int64_t wait_ms, struct call_list *batch,
                       struct job **jobs)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += wait_ms / 1000;
    until.tv_nsec += wait_ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    lock_take(&w->lock);
    w->sleeping = true;
    while (w->queue.first == NULL && w->jobs == NULL && !w->stop && wait_ms > 0)
        if (pthread_cond_timedwait(&w->wake, &w->lock.mutex, &until) == ETIMEDOUT)
            break;
    w->sleeping = false;
    size_t bytes = 0;
    for (int n = 0; n < BATCH_CALLS_MAX && bytes < BATCH_BYTES_MAX && w->queue.first != NULL; n++) {
        struct call *c = call_list_take(&w->queue);
        bytes += c->bytes;
        call_list_add(batch, c);
    }
    w->queue_bytes -= bytes;
    *jobs = w->jobs;
    w->jobs = NULL;
    bool more = !w->stop || batch->first != NULL || *jobs != NULL;
    lock_drop(&w->lock);
    return more;
}

static bool run_all(struct writer *w, const struct call_list *batch, struct job *jobs,
                    struct err *e)
{
    struct db_txn *txn = NULL;
    if (!db_begin(w->db, DB_WRITE, false, &txn, e))
        return false;
    for (struct call *c = batch->first; c != NULL; c = c->next) {
        db_savepoint(txn);
        call_run(c, txn);
        if (c->ok)
            db_release(txn);
        else
            db_rollback(txn);
    }
    for (struct job *j = jobs; j != NULL; j = j->next) {
        db_savepoint(txn);
        err_init(j->e, j->e->mem);
        j->ok = j->run(j->arg, txn, j->e);
        if (j->ok)
            db_release(txn);
        else
            db_rollback(txn);
    }
    return db_commit(&txn, e);
}

/* Once `done` is seen a job is no more: it is on its thread's stack. */
static void finish_jobs(struct writer *w, struct job *jobs, bool good, const struct err *e)
{
    lock_take(&w->lock);
    for (struct job *j = jobs, *next; j != NULL; j = next) {
        next = j->next;
        if (!good) { /* (2) */
            j->ok = false;
            err_init(j->e, j->e->mem);
            err_set(j->e, ERR_IO, "%s", e->msg);
        }
        j->done = true;
        pthread_cond_signal(&j->back);
    }
    lock_drop(&w->lock);
}

static void run_batch(struct writer *w, struct call_list *batch, struct job *jobs)
{
    struct err e;
    bool good;
    int attempt = 0;
    do {
        err_clear(&e);
        good = run_all(w, batch, jobs, &e);
    } while (!good && e.code == ERR_CONFLICT && ++attempt < ATTEMPTS_MAX);

    for (struct call *c; (c = call_list_take(batch)) != NULL;) {
        if (!good) { /* (2) */
            c->ok = false;
            err_init(&c->rq.err, &c->rq.mem);
            c->rq.error_members = (struct str){0};
            err_set(&c->rq.err, ERR_IO, "%s", e.msg);
        }
        call_list_add(&w->back[c->loop - w->loops], c);
    }
    for (int i = 0; i < w->loops_n; i++)
        if (w->back[i].first != NULL)
            loop_post(&w->loops[i], &w->back[i]);
    finish_jobs(w, jobs, good, &e);
}

/* One slice of long work; false: it failed, try again later. */
static bool run_work(struct writer *w)
{
    struct err e;
    struct db_txn *txn = NULL;
    err_clear(&e);
    bool good =
        db_begin(w->db, DB_WRITE, false, &txn, &e) && db_work_step(txn, &e) && db_commit(&txn, &e);
    db_end(&txn);
    if (!good && e.code != ERR_CONFLICT)
        log_error("background work: %s", e.msg);
    return good;
}

static void *run(void *arg)
{
    struct writer *w = arg;
    struct call_list batch = {0};
    int64_t wait_ms = db_work_wait_ms(w->db);
    struct job *jobs = NULL;
    while (take_batch(w, wait_ms, &batch, &jobs)) {
        if (batch.first != NULL || jobs != NULL)
            run_batch(w, &batch, jobs);
        wait_ms = db_work_wait_ms(w->db);
        if (wait_ms == 0) /* after a failure the next try waits for the next request */
            wait_ms = run_work(w) ? db_work_wait_ms(w->db) : IDLE_MS;
    }
    return NULL;
}

bool writer_start(struct db *db, struct loop *loops, int loops_n, struct writer **out,
                  struct err *e)
{
    pthread_condattr_t monotonic;
    pthread_attr_t attr;
    struct writer *w = calloc(1, sizeof(*w));
    if (w == NULL || (w->back = calloc((size_t)loops_n, sizeof(*w->back))) == NULL)
        abort();
    w->db = db;
    w->loops = loops;
    w->loops_n = loops_n;
    lock_init(&w->lock, LOCK_WRITER_QUEUE);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&w->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    int r = pthread_create(&w->thread, &attr, run, w);
    pthread_attr_destroy(&attr);
    if (r != 0) {
        free(w->back);
        free(w);
        return err_set(e, ERR_IO, "cannot start a thread: %s", strerror(r));
    }
    *out = w;
    return true;
}

void writer_stop(struct writer **at)
{
    struct writer *w = *at;
    if (w == NULL)
        return;
    lock_take(&w->lock);
    w->stop = true;
    lock_drop(&w->lock);
    pthread_cond_signal(&w->wake);
    pthread_join(w->thread, NULL);
    assert(w->queue.first == NULL);
    pthread_cond_destroy(&w->wake);
    lock_deinit(&w->lock);
    free(w->back);
    free(w);
    *at = NULL;
}
