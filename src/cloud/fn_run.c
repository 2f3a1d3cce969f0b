/* fn_run.c - the thread of functions; see fn_run.h.
 *
 * (1) A job is finished exactly once, and not touched afterwards.
 * (2) A job is in one place: arrived, waiting in its pool, or an instance's. */
#include "cloud/fn_run.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "cloud/fn_run_int.h"
#include "codec/json_out.h"

enum { STOP_MS = 2500, STACK_BYTES = 1024 * 1024 };

static void jobs_add(struct fn_jobs *l, struct fn_job *j)
{
    j->next = NULL;
    if (l->last != NULL)
        l->last->next = j;
    else
        l->first = j;
    l->last = j;
    l->n++;
}

struct fn_job *fn_jobs_take(struct fn_jobs *l)
{
    struct fn_job *j = l->first;
    if (j == NULL)
        return NULL;
    if ((l->first = j->next) == NULL)
        l->last = NULL;
    l->n--;
    return j;
}

void fn_job_finish(struct fn_run *r, struct fn_job *job, enum fn_outcome outcome)
{
    lock_take(&r->lock);
    assert(!job->done); /* (1) */
    job->outcome = outcome;
    job->done = true;
    pthread_cond_broadcast(&r->finished);
    lock_drop(&r->lock);
}

void fn_job_fail(struct fn_run *r, struct fn_job *job, const char *type, const char *fmt, ...)
{
    char text[1024];
    struct json_out o = {.to = &job->reply};
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    job->reply.n = 0;
    json_out_open(&o, '{');
    json_out_name(&o, STR("errorType"));
    json_out_str(&o, str_from_c(type));
    json_out_name(&o, STR("errorMessage"));
    json_out_str(&o, str_from_c(text));
    json_out_close(&o, '}');
    fn_job_finish(r, job, FN_ERROR);
}

static void open_log(struct fn_pool *p)
{
    p->log_fd = open(p->spec.log_file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (p->log_fd < 0)
        log_warn("function %s: cannot write its log %s", p->spec.name, p->spec.log_file);
}

void fn_pool_log(struct fn_pool *p, struct str text)
{
    struct stat st;
    if (p->log_fd < 0)
        return;
    if (fstat(p->log_fd, &st) == 0 && st.st_size > FN_LOG_FILE_BYTES_MAX) {
        char old[4200];
        snprintf(old, sizeof(old), "%s.1", p->spec.log_file);
        close(p->log_fd);
        (void)rename(p->spec.log_file, old);
        open_log(p);
    }
    while (p->log_fd >= 0 && text.n > 0) {
        ssize_t n = write(p->log_fd, text.p, text.n);
        if (n <= 0)
            break; /* a full disk must not stop the function */
        text = str_from(text, (size_t)n);
    }
}

static const char **copy_list(struct arena *mem, const char *const *list)
{
    size_t n = 0;
    while (list[n] != NULL)
        n++;
    const char **out = NEW_ARRAY(mem, const char *, n + 1);
    for (size_t i = 0; i < n; i++)
        out[i] = arena_cstr(mem, str_from_c(list[i]));
    return out;
}

static struct fn_pool *pool_new(struct fn_run *r, const struct fn_spec *s)
{
    struct fn_pool *p = calloc(1, sizeof(*p));
    if (p == NULL)
        abort();
    p->run = r;
    p->spec = (struct fn_spec){
        .name = arena_cstr(&p->mem, str_from_c(s->name)),
        .arn = arena_cstr(&p->mem, str_from_c(s->arn)),
        .revision = arena_cstr(&p->mem, str_from_c(s->revision)),
        .cwd = arena_cstr(&p->mem, str_from_c(s->cwd)),
        .argv = copy_list(&p->mem, s->argv),
        .env = copy_list(&p->mem, s->env),
        .log_file = arena_cstr(&p->mem, str_from_c(s->log_file)),
        .user = s->user != NULL ? arena_cstr(&p->mem, str_from_c(s->user)) : NULL,
        .timeout_s = s->timeout_s,
        .memory_mb = s->memory_mb,
    };
    open_log(p);
    p->next = r->pools;
    r->pools = p;
    return p;
}

static void pool_free(struct fn_pool *p)
{
    struct fn_pool **at = &p->run->pools;
    assert(p->alive == 0 && p->waiting.first == NULL);
    while (*at != p)
        at = &(*at)->next;
    *at = p->next;
    if (p->log_fd >= 0)
        close(p->log_fd);
    arena_free(&p->mem);
    free(p);
}

/* What waits is still served; the pool may be gone afterwards. */
static void pool_retire(struct fn_pool *p)
{
    p->retired = true;
    if (p->alive == 0 && p->waiting.first == NULL) {
        pool_free(p);
        return;
    }
    if (p->waiting.first == NULL)
        for (struct fn_instance *i = p->instances; i != NULL; i = i->next)
            if (i->state == FN_IDLE)
                fn_instance_end(i);
}

static struct fn_pool *pool_of(struct fn_run *r, const struct fn_spec *s)
{
    struct fn_pool *found = NULL;
    for (struct fn_pool *p = r->pools, *next; p != NULL; p = next) {
        next = p->next;
        if (p->retired || strcmp(p->spec.name, s->name) != 0)
            continue;
        if (strcmp(p->spec.revision, s->revision) == 0)
            found = p;
        else
            pool_retire(p);
    }
    return found != NULL ? found : pool_new(r, s);
}

void fn_pool_pump(struct fn_pool *p)
{
    struct err e;
    for (struct fn_instance *i = p->instances; i != NULL && p->waiting.first != NULL; i = i->next)
        if (i->state == FN_IDLE)
            fn_instance_take(i, fn_jobs_take(&p->waiting));
    while (p->waiting.n > p->starting_n && p->instances_n < FN_INSTANCES_MAX && !p->run->ending) {
        err_clear(&e);
        if (fn_instance_start(p, &e))
            continue;
        log_error("function %s: %s", p->spec.name, e.msg);
        fn_job_fail(p->run, fn_jobs_take(&p->waiting), "Runtime.InvalidEntrypoint", "%s", e.msg);
    }
}

void fn_pool_left(struct fn_pool *p)
{
    struct fn_run *r = p->run;
    r->instances--;
    p->alive--;
    if (p->waiting.first != NULL)
        fn_pool_pump(p);
    else if (p->retired && p->alive == 0)
        pool_free(p);
    if (r->ending && r->instances == 0)
        uv_stop(&r->uv);
}

/* No more events: idle ones end now, busy ones soon. */
static void end_all(struct fn_run *r)
{
    r->ending = true;
    for (struct fn_pool *p = r->pools; p != NULL; p = p->next) {
        for (struct fn_job *j; (j = fn_jobs_take(&p->waiting)) != NULL;)
            fn_job_finish(r, j, FN_STOPPED);
        for (struct fn_instance *i = p->instances; i != NULL; i = i->next)
            if (i->state == FN_BUSY)
                fn_instance_hurry(i, STOP_MS);
            else
                fn_instance_end(i);
    }
    if (r->instances == 0)
        uv_stop(&r->uv);
}

static void place(struct fn_run *r, struct fn_job *j)
{
    struct fn_pool *p = r->ending ? NULL : pool_of(r, j->spec);
    if (p == NULL) {
        fn_job_finish(r, j, FN_STOPPED);
    } else if (p->waiting.n >= FN_WAITING_MAX) {
        fn_job_finish(r, j, FN_THROTTLED);
    } else {
        jobs_add(&p->waiting, j);
        fn_pool_pump(p);
    }
}

static void forget(struct fn_run *r, const char *name)
{
    for (struct fn_pool *p = r->pools, *next; p != NULL; p = next) {
        next = p->next;
        if (!p->retired && strcmp(p->spec.name, name) == 0)
            pool_retire(p);
    }
}

static void on_wake(uv_async_t *a)
{
    struct fn_run *r = a->data;
    lock_take(&r->lock);
    struct fn_jobs arrived = r->arrived;
    struct forgotten *gone = r->forget;
    bool stopping = r->stopping;
    r->arrived = (struct fn_jobs){0};
    r->forget = NULL;
    lock_drop(&r->lock);
    for (struct forgotten *next; gone != NULL; gone = next) {
        next = gone->next;
        forget(r, gone->name);
        free(gone);
    }
    for (struct fn_job *j; (j = fn_jobs_take(&arrived)) != NULL;)
        place(r, j);
    if (stopping && !r->ending)
        end_all(r);
}

static void *run(void *arg)
{
    struct fn_run *r = arg;
    uv_run(&r->uv, UV_RUN_DEFAULT); /* until uv_stop() */
    while (r->pools != NULL)
        pool_free(r->pools);
    uv_close((uv_handle_t *)&r->wake, NULL);
    uv_run(&r->uv, UV_RUN_DEFAULT);
    return NULL;
}

bool fn_run_start(struct env *env, struct fn_run **out, struct err *e)
{
    pthread_attr_t attr;
    struct fn_run *r = calloc(1, sizeof(*r));
    if (r == NULL)
        abort();
    size_t n = sizeof(r->self);
    r->env = env;
    lock_init(&r->lock, LOCK_CLOUD);
    pthread_cond_init(&r->finished, NULL);
    if (uv_exepath(r->self, &n) != 0 || uv_loop_init(&r->uv) != 0) {
        free(r);
        return err_set(e, ERR_IO, "cannot make an event loop for functions");
    }
    if (uv_async_init(&r->uv, &r->wake, on_wake) != 0)
        abort();
    r->wake.data = r;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    int error = pthread_create(&r->thread, &attr, run, r);
    pthread_attr_destroy(&attr);
    if (error != 0)
        abort();
    *out = r;
    return true;
}

void fn_run_invoke(struct fn_run *r, struct fn_job *job)
{
    if (job->id[0] == '\0')
        env_uuid(r->env, job->id);
    job->done = false;
    lock_take(&r->lock);
    jobs_add(&r->arrived, job);
    uv_async_send(&r->wake);
    while (!job->done)
        pthread_cond_wait(&r->finished, &r->lock.mutex);
    lock_drop(&r->lock);
}

void fn_run_forget(struct fn_run *r, const char *name)
{
    size_t n = strlen(name) + 1;
    struct forgotten *f = malloc(sizeof(*f) + n);
    if (f == NULL)
        abort();
    memcpy(f->name, name, n);
    lock_take(&r->lock);
    f->next = r->forget;
    r->forget = f;
    lock_drop(&r->lock);
    uv_async_send(&r->wake);
}

void fn_run_stopping(struct fn_run *r)
{
    lock_take(&r->lock);
    r->stopping = true;
    lock_drop(&r->lock);
    uv_async_send(&r->wake);
}

/* Whoever could call fn_run_invoke() has ended. */
void fn_run_stop(struct fn_run **at)
{
    struct fn_run *r = *at;
    if (r == NULL)
        return;
    fn_run_stopping(r);
    pthread_join(r->thread, NULL);
    assert(r->arrived.first == NULL);
    uv_loop_close(&r->uv);
    pthread_cond_destroy(&r->finished);
    lock_deinit(&r->lock);
    free(r);
    *at = NULL;
}
