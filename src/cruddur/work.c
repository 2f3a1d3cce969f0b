/* work.c - see work.h. */
#include "cruddur/work.h"

#include <stdlib.h>

#include "base/lock.h"

enum { WAITING_MAX = 4096, STACK_BYTES = 1024 * 1024, DDB_TIMEOUT_MS = 10000 };

struct tools {
    const struct settings *set;
    struct sql *sql;
    struct ddb *ddb, *pool;
};

struct jobs {
    struct job *first, **last;
    size_t n;
};

struct work {
    const struct settings *set;
    uv_async_t wake;
    struct lock waiting_lock, done_lock;
    pthread_cond_t more;
    struct jobs waiting, done; /* under their locks */
    bool stop;                 /* under waiting_lock */
    int threads_n;
    pthread_t thread[];
};

static void add(struct jobs *l, struct job *j)
{
    j->next = NULL;
    *(l->first != NULL ? l->last : &l->first) = j;
    l->last = &j->next;
    l->n++;
}

static struct job *take(struct jobs *l)
{
    struct job *j = l->first;
    if (j != NULL) {
        l->first = j->next;
        l->n--;
    }
    return j;
}

struct tools *tools_new(const struct settings *set)
{
    struct tools *t = calloc(1, sizeof(*t));
    if (t == NULL)
        abort();
    t->set = set;
    return t;
}

void tools_free(struct tools *t)
{
    sql_close(&t->sql);
    ddb_free(t->ddb);
    ddb_free(t->pool);
    free(t);
}

bool tools_sql(struct tools *t, struct sql **out, struct err *e)
{
    if (t->sql == NULL && !sql_open(t->set->db_url, &t->sql, e))
        return false;
    *out = t->sql;
    return true;
}

static bool client(const struct ddb_options *o, struct ddb **at, struct ddb **out, struct err *e)
{
    struct ddb_error why;
    if (*at == NULL)
        *at = ddb_new(o, &why);
    if (*at == NULL)
        return err_set(e, ERR_IO, "%s: %s", o->service, why.message);
    *out = *at;
    return true;
}

bool tools_ddb(struct tools *t, struct ddb **out, struct err *e)
{
    return client(&(struct ddb_options){.service = "dynamodb",
                                        .endpoint = t->set->ddb_endpoint,
                                        .timeout_ms = DDB_TIMEOUT_MS,
                                        .any_credentials = true},
                  &t->ddb, out, e);
}

bool tools_pool(struct tools *t, struct ddb **out, struct err *e)
{
    return client(&(struct ddb_options){.service = "cognito-idp",
                                        .endpoint = t->set->pool_endpoint,
                                        .timeout_ms = DDB_TIMEOUT_MS,
                                        .any_credentials = true},
                  &t->pool, out, e);
}

static struct job *next_job(struct work *w)
{
    lock_take(&w->waiting_lock);
    while (w->waiting.first == NULL && !w->stop)
        pthread_cond_wait(&w->more, &w->waiting_lock.mutex);
    struct job *j = take(&w->waiting);
    lock_drop(&w->waiting_lock);
    return j;
}

static void *run(void *arg)
{
    struct work *w = arg;
    struct tools *t = tools_new(w->set);
    for (struct job *j; (j = next_job(w)) != NULL;) {
        j->run(j, t);
        lock_take(&w->done_lock);
        add(&w->done, j);
        lock_drop(&w->done_lock);
        uv_async_send(&w->wake);
    }
    tools_free(t);
    return NULL;
}

static void on_wake(uv_async_t *a)
{
    struct work *w = a->data;
    lock_take(&w->done_lock);
    struct job *all = w->done.first;
    w->done = (struct jobs){0};
    lock_drop(&w->done_lock);
    while (all != NULL) {
        struct job *j = all;
        all = j->next;
        j->done(j);
    }
}

bool work_push(struct work *w, struct job *j)
{
    lock_take(&w->waiting_lock);
    bool room = w->waiting.n < WAITING_MAX && !w->stop;
    if (room)
        add(&w->waiting, j);
    lock_drop(&w->waiting_lock);
    if (room)
        pthread_cond_signal(&w->more);
    return room;
}

bool work_start(const struct settings *set, uv_loop_t *loop, struct work **out, struct err *e)
{
    pthread_attr_t attr;
    struct work *w = calloc(1, sizeof(*w) + (size_t)set->threads * sizeof(pthread_t));
    if (w == NULL)
        abort();
    w->set = set;
    if (uv_async_init(loop, &w->wake, on_wake) != 0) {
        free(w);
        return err_set(e, ERR_IO, "cannot make an event loop");
    }
    w->wake.data = w;
    lock_init(&w->waiting_lock, LOCK_WRITER_QUEUE);
    lock_init(&w->done_lock, LOCK_COMPLETION);
    pthread_cond_init(&w->more, NULL);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    int r = 0;
    while (w->threads_n < set->threads && r == 0) {
        r = pthread_create(&w->thread[w->threads_n], &attr, run, w);
        w->threads_n += r == 0;
    }
    pthread_attr_destroy(&attr);
    *out = w;
    return r == 0 || err_set(e, ERR_IO, "cannot start a thread: %s", strerror(r));
}

void work_stop(struct work *w)
{
    lock_take(&w->waiting_lock);
    w->stop = true;
    lock_drop(&w->waiting_lock);
    pthread_cond_broadcast(&w->more);
    for (int i = 0; i < w->threads_n; i++)
        pthread_join(w->thread[i], NULL);
    on_wake(&w->wake);
    uv_close((uv_handle_t *)&w->wake, NULL);
}

void work_free(struct work *w)
{
    if (w == NULL)
        return;
    assert(w->waiting.first == NULL);
    pthread_cond_destroy(&w->more);
    lock_deinit(&w->waiting_lock);
    lock_deinit(&w->done_lock);
    free(w);
}
