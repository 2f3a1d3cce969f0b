/* cloud_pool.c - see cloud_pool.h.  The queue needs no bound of its own: each
 * connection has at most one request in it. */
#include "server/cloud_pool.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "server/loop.h"

enum { THREADS_MAX = 128, IDLE_S = 5, STACK_BYTES = 1024 * 1024 };

struct cloud_pool {
    struct lock lock;
    pthread_cond_t wake;    /* work, or the end */
    pthread_cond_t emptied; /* the last thread has gone */
    struct call_list queue; /* all of this under the lock */
    size_t queue_n;
    int threads, idle;
    bool stop;
};

/* The next call; NULL: there is nothing to do for a while, and the thread has been
 * signed off. */
static struct call *take(struct cloud_pool *p)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += IDLE_S;
    lock_take(&p->lock);
    p->idle++;
    while (p->queue.first == NULL && !p->stop)
        if (pthread_cond_timedwait(&p->wake, &p->lock.mutex, &until) == ETIMEDOUT)
            break;
    p->idle--;
    struct call *c = call_list_take(&p->queue);
    if (c != NULL)
        p->queue_n--;
    else if (--p->threads == 0)
        pthread_cond_signal(&p->emptied);
    lock_drop(&p->lock);
    return c;
}

static void *run(void *arg)
{
    for (struct call *c; (c = take(arg)) != NULL;) {
        struct cloud_request *rq = &c->cloud;
        rq->body = call_body(c);
        rq->mem = &c->rq.mem;
        err_init(&rq->err, rq->mem);
        rq->http = c->http;
        rq->status = 200;
        c->service->serve(rq);
        struct call_list one = {0};
        call_list_add(&one, c);
        loop_post(c->loop, &one);
    }
    return NULL;
}

/* Under the lock. */
static void start_thread(struct cloud_pool *p)
{
    pthread_attr_t attr;
    pthread_t thread;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    int r = pthread_create(&thread, &attr, run, p);
    pthread_attr_destroy(&attr);
    if (r == 0)
        p->threads++;
    else if (p->threads == 0)
        abort(); /* without any thread the call would wait for ever */
}

void cloud_pool_push(struct cloud_pool *p, struct call *c)
{
    lock_take(&p->lock);
    call_list_add(&p->queue, c);
    p->queue_n++;
    if (p->queue_n > (size_t)p->idle && p->threads < THREADS_MAX)
        start_thread(p);
    lock_drop(&p->lock);
    pthread_cond_signal(&p->wake);
}

struct cloud_pool *cloud_pool_start(void)
{
    pthread_condattr_t monotonic;
    struct cloud_pool *p = calloc(1, sizeof(*p));
    if (p == NULL)
        abort();
    lock_init(&p->lock, LOCK_WRITER_QUEUE);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&p->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_cond_init(&p->emptied, NULL);
    return p;
}

void cloud_pool_stop(struct cloud_pool **at)
{
    struct cloud_pool *p = *at;
    if (p == NULL)
        return;
    lock_take(&p->lock);
    p->stop = true;
    pthread_cond_broadcast(&p->wake);
    while (p->threads > 0)
        pthread_cond_wait(&p->emptied, &p->lock.mutex);
    lock_drop(&p->lock);
    assert(p->queue.first == NULL);
    pthread_cond_destroy(&p->wake);
    pthread_cond_destroy(&p->emptied);
    lock_deinit(&p->lock);
    free(p);
    *at = NULL;
}
