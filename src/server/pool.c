/* pool.c - see pool.h.  The queue needs no bound of its own: each connection has
 * at most one request in it. */
#include "server/pool.h"

#include <stdlib.h>

#include "server/loop.h"

enum { STACK_BYTES = 2 * 1024 * 1024 };

struct pool {
    struct lock lock;
    pthread_cond_t wake;
    struct call_list queue; /* under the lock */
    bool stop;              /* under the lock */
    int threads_n;
    pthread_t thread[];
};

void pool_push(struct pool *p, struct call *c)
{
    lock_take(&p->lock);
    call_list_add(&p->queue, c);
    lock_drop(&p->lock);
    pthread_cond_signal(&p->wake);
}

static struct call *take(struct pool *p)
{
    lock_take(&p->lock);
    while (p->queue.first == NULL && !p->stop)
        pthread_cond_wait(&p->wake, &p->lock.mutex);
    struct call *c = call_list_take(&p->queue);
    lock_drop(&p->lock);
    return c;
}

static void serve(struct call *c)
{
    bool snapshot = (op_run_flags(&c->rq) & OP_SNAPSHOT) != 0;
    struct db_txn *txn = NULL;
    c->ok = false;
    if (db_begin(c->rq.db, snapshot ? DB_READ_SNAPSHOT : DB_READ, false, &txn, &c->rq.err)) {
        if (c->warming)
            (void)call_warm(c, txn);
        else
            call_run(c, txn);
    }
    db_end(&txn);
    if (c->warming)
        err_init(&c->rq.err, &c->rq.mem); /* run() will meet it again */
}

static void *run(void *arg)
{
    for (struct call *c; (c = take(arg)) != NULL;) {
        serve(c);
        struct call_list one = {0};
        call_list_add(&one, c);
        loop_post(c->loop, &one);
    }
    return NULL;
}

bool pool_start(int threads, struct pool **out, struct err *e)
{
    pthread_attr_t attr;
    struct pool *p = calloc(1, sizeof(*p) + (size_t)threads * sizeof(pthread_t));
    if (p == NULL)
        abort();
    lock_init(&p->lock, LOCK_WRITER_QUEUE);
    pthread_cond_init(&p->wake, NULL);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    int r = 0;
    while (p->threads_n < threads && r == 0) {
        r = pthread_create(&p->thread[p->threads_n], &attr, run, p);
        p->threads_n += r == 0;
    }
    pthread_attr_destroy(&attr);
    if (r != 0) {
        pool_stop(&p);
        return err_set(e, ERR_IO, "cannot start a thread: %s", strerror(r));
    }
    *out = p;
    return true;
}

void pool_stop(struct pool **at)
{
    struct pool *p = *at;
    if (p == NULL)
        return;
    lock_take(&p->lock);
    p->stop = true;
    lock_drop(&p->lock);
    pthread_cond_broadcast(&p->wake);
    for (int i = 0; i < p->threads_n; i++)
        pthread_join(p->thread[i], NULL);
    assert(p->queue.first == NULL);
    pthread_cond_destroy(&p->wake);
    lock_deinit(&p->lock);
    free(p);
    *at = NULL;
}
