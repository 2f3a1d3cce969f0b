/* fn_instance.c - one process of a function: from its start to its end.
 *
 * The process is the leader of its own session, so that it and whatever it starts
 * can be ended together.  It does not get our files, our environment or new
 * privileges: see fn_exec.c. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "cloud/fn_run_int.h"

void fn_instance_closed(struct fn_instance *i)
{
    if (--i->open > 0)
        return;
    struct fn_pool *p = i->pool;
    buf_free(&i->init_error);
    free(i);
    fn_pool_left(p);
}

static void on_closed(uv_handle_t *h)
{
    fn_instance_closed(h->data);
}

static void log_text(struct fn_instance *i, struct str text)
{
    fn_pool_log(i->pool, text);
    if (i->job == NULL)
        return;
    struct buf *b = &i->job->log;
    if (b->n > 16 * FN_LOG_TAIL_BYTES) { /* only its end will be asked for */
        memmove(b->p, b->p + b->n - FN_LOG_TAIL_BYTES, FN_LOG_TAIL_BYTES);
        b->n = FN_LOG_TAIL_BYTES;
    }
    buf_add(b, text);
}

static void on_alloc(uv_handle_t *h, size_t hint, uv_buf_t *out)
{
    struct fn_instance *i = h->data;
    (void)hint;
    *out = uv_buf_init(i->read, sizeof(i->read));
}

static void on_output(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
    if (n > 0)
        log_text(s->data, (struct str){b->base, (size_t)n});
    else if (n < 0)
        uv_read_stop(s);
}

void fn_instance_drain(struct fn_instance *i)
{
    int fd;
    ssize_t n;
    /* At most what a pipe holds, or a chatterbox would keep us here. */
    if (uv_fileno((const uv_handle_t *)&i->output, &fd) == 0)
        for (int k = 0; k < 8 && (n = read(fd, i->read, sizeof(i->read))) > 0; k++)
            log_text(i, (struct str){i->read, (size_t)n});
}

/* The most memory it has had so far; 0 where the system does not tell. */
static long peak_mb(const struct fn_instance *i)
{
    char path[64], line[256];
    long kb = 0;
    snprintf(path, sizeof(path), "/proc/%d/status", i->process.pid);
    FILE *f = fopen(path, "re");
    while (f != NULL && fgets(line, sizeof(line), f) != NULL)
        if (sscanf(line, "VmHWM: %ld", &kb) == 1)
            break;
    if (f != NULL)
        fclose(f);
    return (kb + 1023) / 1024;
}

void fn_instance_report(struct fn_instance *i)
{
    char text[512], init[64] = "";
    double ms = (double)(uv_hrtime() - i->job_ns) / 1e6;
    fn_instance_drain(i);
    if (i->init_ms >= 0)
        snprintf(init, sizeof(init), "\tInit Duration: %lld ms", (long long)i->init_ms);
    i->init_ms = -1;
    int n = snprintf(text, sizeof(text),
                     "END RequestId: %s\nREPORT RequestId: %s\tDuration: %.2f ms\tBilled Duration: "
                     "%lld ms\tMemory Size: %d MB\tMax Memory Used: %ld MB%s\n",
                     i->job->id, i->job->id, ms, (long long)ms + 1, i->pool->spec.memory_mb,
                     peak_mb(i), init);
    log_text(i, (struct str){text, (size_t)n});
}

/* What became of the event it was to work on. */
static void fail_job(struct fn_instance *i, struct fn_job *job, int64_t status, int signal_number)
{
    struct fn_run *r = i->pool->run;
    char how[64];
    if (signal_number != 0)
        snprintf(how, sizeof(how), "signal: %s", strsignal(signal_number));
    else
        snprintf(how, sizeof(how), "exit status %lld", (long long)status);
    if (i->late && i->job != NULL) {
        fn_job_fail(r, job, "Sandbox.Timedout",
                    "RequestId: %s Error: Task timed out after %d.00 seconds", job->id,
                    i->pool->spec.timeout_s);
    } else if (i->late) {
        fn_job_fail(r, job, "Sandbox.Timedout",
                    "RequestId: %s Error: the function did not ask for an event within %d seconds",
                    job->id, FN_INIT_MS / 1000);
    } else if (i->init_failed) {
        job->reply.n = 0;
        buf_add(&job->reply, buf_str(&i->init_error));
        fn_job_finish(r, job, FN_ERROR);
    } else {
        fn_job_fail(r, job, "Runtime.ExitError",
                    "RequestId: %s Error: Runtime exited with error: %s", job->id, how);
    }
}

static void leave_pool(struct fn_instance *i)
{
    struct fn_pool *p = i->pool;
    struct fn_instance **at = &p->instances;
    while (*at != i)
        at = &(*at)->next;
    *at = i->next;
    p->instances_n--;
}

static void on_process_exit(uv_process_t *process, int64_t status, int signal_number)
{
    struct fn_instance *i = process->data;
    struct fn_pool *p = i->pool;
    bool was_starting = i->init_ms < 0 && i->job == NULL && i->job_ns == 0;
    (void)kill(-process->pid, SIGKILL); /* what it leaves behind */
    fn_instance_drain(i);
    if (i->state == FN_STARTING)
        p->starting_n--;
    if (i->job != NULL) {
        fn_instance_report(i);
        fail_job(i, i->job, status, signal_number);
        i->job = NULL;
    } else if (was_starting && p->waiting.first != NULL && !p->run->ending) {
        fail_job(i, fn_jobs_take(&p->waiting), status, signal_number);
    }
    i->state = FN_ENDING;
    leave_pool(i);
    fn_runtime_api_stop(i);
    uv_close((uv_handle_t *)&i->output, on_closed);
    uv_close((uv_handle_t *)&i->timer, on_closed);
    uv_close((uv_handle_t *)&i->process, on_closed);
}

void fn_instance_end(struct fn_instance *i)
{
    if (i->state == FN_STARTING)
        i->pool->starting_n--;
    if (i->state != FN_ENDING)
        i->state = FN_ENDING;
    (void)kill(-i->process.pid, SIGKILL);
    (void)kill(i->process.pid, SIGKILL); /* before it leads its own group */
}

static void on_timer(uv_timer_t *t)
{
    struct fn_instance *i = t->data;
    if (i->state != FN_IDLE)
        i->late = true;
    fn_instance_end(i);
}

void fn_instance_allow(struct fn_instance *i, uint64_t ms)
{
    uv_update_time(&i->pool->run->uv);
    uv_timer_start(&i->timer, on_timer, ms, 0);
}

void fn_instance_hurry(struct fn_instance *i, uint64_t ms)
{
    if (uv_timer_get_due_in(&i->timer) > ms)
        fn_instance_allow(i, ms);
}

void fn_instance_rest(struct fn_instance *i)
{
    if (i->state == FN_STARTING) {
        i->pool->starting_n--;
        i->init_ms = (int64_t)((uv_hrtime() - i->started_ns) / 1000000);
    }
    i->state = FN_IDLE;
    fn_instance_allow(i, FN_IDLE_MS);
    if (i->pool->run->ending || (i->pool->retired && i->pool->waiting.first == NULL))
        fn_instance_end(i);
    else
        fn_pool_pump(i->pool);
}

void fn_instance_take(struct fn_instance *i, struct fn_job *job)
{
    char text[128];
    uint64_t ms = (uint64_t)i->pool->spec.timeout_s * 1000;
    assert(i->state == FN_IDLE && i->job == NULL && i->asking != NULL);
    fn_instance_drain(i); /* what came before is not of this event */
    i->state = FN_BUSY;
    i->job = job;
    i->job_ns = uv_hrtime();
    i->deadline_ms = env_now_ms(i->pool->run->env) + (int64_t)ms;
    int n = snprintf(text, sizeof(text), "START RequestId: %s Version: $LATEST\n", job->id);
    log_text(i, (struct str){text, (size_t)n});
    fn_instance_allow(i, ms);
    fn_runtime_api_give(i);
}

/* self function-exec USER MEMORY_MB CWD PROGRAM ARGUMENTS... */
static char **wrapped_argv(struct arena *mem, const struct fn_pool *p)
{
    size_t n = 0;
    while (p->spec.argv[n] != NULL)
        n++;
    char **v = NEW_ARRAY(mem, char *, n + 6);
    v[0] = arena_cstr(mem, STR("stator"));
    v[1] = arena_cstr(mem, STR("function-exec"));
    v[2] = arena_cstr(mem, str_from_c(p->spec.user != NULL ? p->spec.user : ""));
    v[3] = arena_cstr(mem, arena_printf(mem, "%d", p->spec.memory_mb));
    v[4] = arena_cstr(mem, str_from_c(p->spec.cwd));
    for (size_t k = 0; k < n; k++)
        v[5 + k] = arena_cstr(mem, str_from_c(p->spec.argv[k]));
    return v;
}

static char **full_env(struct arena *mem, const struct fn_pool *p, int port)
{
    size_t n = 0;
    while (p->spec.env[n] != NULL)
        n++;
    char **v = NEW_ARRAY(mem, char *, n + 2);
    for (size_t k = 0; k < n; k++)
        v[k] = arena_cstr(mem, str_from_c(p->spec.env[k]));
    v[n] = arena_cstr(mem, arena_printf(mem, "AWS_LAMBDA_RUNTIME_API=127.0.0.1:%d", port));
    return v;
}

static int spawn(struct fn_instance *i, int output)
{
    struct fn_pool *p = i->pool;
    struct arena mem = {0};
    uv_stdio_container_t stdio[3] = {
        {.flags = UV_IGNORE},
        {.flags = UV_INHERIT_FD, .data.fd = output},
        {.flags = UV_INHERIT_FD, .data.fd = output},
    };
    uv_process_options_t o = {
        .exit_cb = on_process_exit,
        .file = p->run->self,
        .args = wrapped_argv(&mem, p),
        .env = full_env(&mem, p, http_server_port(i->api)),
        .flags = UV_PROCESS_DETACHED,
        .stdio_count = 3,
        .stdio = stdio,
    };
    int r = uv_spawn(&p->run->uv, &i->process, &o);
    arena_free(&mem);
    return r;
}

/* An instance that has not come to be: only its handles go. */
static void give_up(struct fn_instance *i)
{
    i->state = FN_ENDING;
    fn_runtime_api_stop(i);
    uv_close((uv_handle_t *)&i->output, on_closed);
    uv_close((uv_handle_t *)&i->timer, on_closed);
    uv_close((uv_handle_t *)&i->process, on_closed);
}

bool fn_instance_start(struct fn_pool *p, struct err *e)
{
    struct fn_run *run = p->run;
    int ends[2];
    struct fn_instance *i = calloc(1, sizeof(*i));
    if (i == NULL)
        abort();
    i->pool = p;
    i->started_ns = uv_hrtime();
    i->init_ms = -1;
    i->process.data = i->output.data = i->timer.data = i;
    if (!fn_runtime_api_start(i, e)) {
        free(i);
        return false;
    }
    if (uv_pipe(ends, UV_NONBLOCK_PIPE, 0) != 0 || uv_pipe_init(&run->uv, &i->output, 0) != 0 ||
        uv_pipe_open(&i->output, ends[0]) != 0 || uv_timer_init(&run->uv, &i->timer) != 0)
        abort();
    i->open = 4;
    run->instances++;
    p->alive++;
    int r = spawn(i, ends[1]);
    close(ends[1]);
    if (r != 0) {
        give_up(i);
        return err_set(e, ERR_IO, "cannot start a process: %s", uv_strerror(r));
    }
    i->next = p->instances;
    p->instances = i;
    p->instances_n++;
    p->starting_n++;
    uv_read_start((uv_stream_t *)&i->output, on_alloc, on_output);
    fn_instance_allow(i, FN_INIT_MS);
    return true;
}
