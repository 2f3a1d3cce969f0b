/* fn_async.c - events whose sender does not wait.
 *
 * (1) An event is a document before its sender is told that it was taken, and until
 *     it has been answered or is in the dead letters: it survives a crash, and may
 *     then come to the function a second time.
 * (2) An event that fails is tried FN_ASYNC_TRIES times, with a pause in between.
 * (3) In memory are all events that wait, bounded in bytes. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "cloud/fn_int.h"
#include "codec/time_iso.h"

enum {
    FN_ASYNC_TRIES = 3,
    FN_ASYNC_THREADS = 8,
    FN_ASYNC_BYTES_MAX = 64 * 1024 * 1024,
    FN_ASYNC_MAX = 100000,
    STACK_BYTES = 1024 * 1024,
    IDLE_MS = 5000,
};
static const int64_t pauses_ms[FN_ASYNC_TRIES] = {0, 1000, 5000}; /* before each try */

struct event {
    struct event *next;
    char id[37], name[FN_NAME_MAX + 1];
    int tries; /* that have failed */
    int64_t due_ms;
    struct buf body;
};

struct fn_async {
    struct fn *fn;
    struct lock lock;
    pthread_cond_t wake;
    pthread_t thread[FN_ASYNC_THREADS];
    int threads;
    /* under the lock */
    struct event *waiting; /* by due_ms */
    int waiting_n, idle;
    size_t bytes;
    bool stop;
};

static void event_free(struct event *v)
{
    buf_free(&v->body);
    free(v);
}

/* Under the lock. */
static void insert(struct fn_async *a, struct event *v)
{
    struct event **at = &a->waiting;
    while (*at != NULL && (*at)->due_ms <= v->due_ms)
        at = &(*at)->next;
    v->next = *at;
    *at = v;
    a->waiting_n++;
    a->bytes += v->body.n;
}

/* id -> {"FunctionName", "Tries", "Event": text} */
struct keep {
    struct str id, text; /* text.p NULL: no more */
};

static bool keep(void *arg, struct db_txn *t, struct err *e)
{
    const struct keep *k = arg;
    return k->text.p != NULL ? db_doc_put(t, STR("fn-async"), k->id, k->text, e)
                             : db_doc_del(t, STR("fn-async"), k->id, e);
}

static bool save(struct fn_async *a, const struct event *v, bool gone, struct err *e)
{
    struct keep k = {.id = str_from_c(v->id)};
    char *text = NULL;
    if (!gone) {
        json_t *doc = json_pack("{s:s s:i s:s%}", "FunctionName", v->name, "Tries", v->tries,
                                "Event", v->body.p, v->body.n);
        text = json_dumps(doc, JSON_COMPACT);
        json_decref(doc);
        if (text == NULL)
            return err_set(e, ERR_VALIDATION, "the event is not UTF-8");
        k.text = str_from_c(text);
    }
    bool good = cloud_write(a->fn->cloud, keep, &k, e);
    free(text);
    return good;
}

enum fn_sent fn_async_send(struct fn *f, const char *name, struct str event, char id[37],
                           struct err *e)
{
    struct fn_async *a = f->async;
    struct event *v = calloc(1, sizeof(*v));
    if (v == NULL)
        abort();
    env_uuid(f->cloud->env, v->id);
    memcpy(id, v->id, sizeof(v->id));
    snprintf(v->name, sizeof(v->name), "%s", name);
    buf_add(&v->body, event);
    v->due_ms = env_now_ms(f->cloud->env);
    lock_take(&a->lock);
    bool room = a->bytes + event.n <= FN_ASYNC_BYTES_MAX && a->waiting_n < FN_ASYNC_MAX;
    lock_drop(&a->lock);
    if (!room || !save(a, v, false, e)) { /* (1) */
        event_free(v);
        return room ? FN_SENT_FAILED : FN_SENT_TOO_MANY;
    }
    lock_take(&a->lock);
    insert(a, v);
    lock_drop(&a->lock);
    pthread_cond_signal(&a->wake);
    return FN_SENT;
}

/* As Lambda describes it to the destination of failed events. */
static bool give_up(struct fn_async *a, const struct event *v, struct str reply, struct err *e)
{
    const struct cloud *c = a->fn->cloud;
    char when[25], arn[256];
    time_iso_extended(env_now_ms(c->env), when);
    snprintf(arn, sizeof(arn), "arn:aws:lambda:%s:%s:function:%s:$LATEST", c->region, c->account,
             v->name);
    json_t *letter = json_pack(
        "{s:s s:s s:{s:s s:s s:s s:i} s:o s:{s:i s:s s:s} s:o}", "version", "1.0", "timestamp",
        when, "requestContext", "requestId", v->id, "functionArn", arn, "condition",
        "RetriesExhausted", "approximateInvokeCount", v->tries, "requestPayload",
        fn_json_or_text(buf_str(&v->body)), "responseContext", "statusCode", 200, "executedVersion",
        "$LATEST", "functionError", "Unhandled", "responsePayload", fn_json_or_text(reply));
    bool good = fn_dead_letter(a->fn, v->name, letter, e);
    json_decref(letter);
    return good;
}

/* One try.  True: the event is done with, one way or the other. */
static bool try(struct fn_async *a, struct event *v)
{
    struct err e;
    struct arena mem = {0};
    struct fn_job job = {.event = buf_str(&v->body)};
    bool done = false;
    memcpy(job.id, v->id, sizeof(job.id));
    err_clear(&e);
    bool ran = fn_invoke(a->fn, v->name, &job, &mem, &e);
    if (!ran && e.code == ERR_RESOURCE_NOT_FOUND) { /* deleted meanwhile */
        v->tries = FN_ASYNC_TRIES;
        buf_printf(&job.reply, "{\"errorMessage\":\"the function was deleted\"}");
    } else if (!ran) {
        log_error("function %s: %s", v->name, e.msg);
        v->tries++;
    } else if (job.outcome == FN_ANSWERED) {
        done = true;
    } else if (job.outcome == FN_ERROR) {
        v->tries++;
    }
    err_clear(&e);
    if (!done && v->tries >= FN_ASYNC_TRIES)
        done = give_up(a, v, buf_str(&job.reply), &e);
    /* When stopping, the document stays as it is. */
    if (e.code == ERR_NONE && (!ran || job.outcome != FN_STOPPED) && !save(a, v, done, &e))
        done = false;
    if (e.code != ERR_NONE)
        log_error("function %s: an event could not be finished: %s", v->name, e.msg);
    buf_free(&job.reply);
    buf_free(&job.log);
    arena_free(&mem);
    return done;
}

/* The next event that is due, no longer in the list; NULL: the end. */
static struct event *take(struct fn_async *a)
{
    struct event *v = NULL;
    lock_take(&a->lock);
    while (!a->stop && v == NULL) {
        int64_t now = env_now_ms(a->fn->cloud->env), wait = IDLE_MS;
        struct timespec until;
        if (a->waiting != NULL && a->waiting->due_ms <= now) {
            v = a->waiting;
            a->waiting = v->next;
            a->waiting_n--;
            break;
        }
        if (a->waiting != NULL && a->waiting->due_ms - now < wait)
            wait = a->waiting->due_ms - now;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += (until.tv_nsec + wait * 1000000) / 1000000000;
        until.tv_nsec = (until.tv_nsec + wait * 1000000) % 1000000000;
        pthread_cond_timedwait(&a->wake, &a->lock.mutex, &until);
    }
    lock_drop(&a->lock);
    return v;
}

static void *run(void *arg)
{
    struct fn_async *a = arg;
    for (struct event *v; (v = take(a)) != NULL;) {
        size_t bytes = v->body.n;
        bool done = try(a, v);
        lock_take(&a->lock);
        a->bytes -= bytes;
        if (!done) {
            int k = v->tries < FN_ASYNC_TRIES ? v->tries : FN_ASYNC_TRIES - 1;
            v->due_ms = env_now_ms(a->fn->cloud->env) + (k > 0 ? pauses_ms[k] : 100);
            insert(a, v);
        }
        lock_drop(&a->lock);
        if (done)
            event_free(v);
        else
            pthread_cond_signal(&a->wake);
    }
    return NULL;
}

/* What was left of an earlier run. */
static bool resume_one(void *arg, struct str key, struct str value)
{
    struct fn_async *a = arg;
    json_t *doc = json_loadb(value.p, value.n, 0, NULL), *body = json_object_get(doc, "Event");
    const char *name = json_string_value(json_object_get(doc, "FunctionName"));
    struct event *v = calloc(1, sizeof(*v));
    if (v == NULL)
        abort();
    if (key.n < sizeof(v->id) && name != NULL && body != NULL) {
        memcpy(v->id, key.p, key.n);
        snprintf(v->name, sizeof(v->name), "%s", name);
        buf_add(&v->body, (struct str){json_string_value(body), json_string_length(body)});
        v->tries = (int)json_integer_value(json_object_get(doc, "Tries"));
        insert(a, v);
    } else {
        log_error("functions: an event of an earlier run is damaged");
        event_free(v);
    }
    json_decref(doc);
    return true;
}

static bool resume(void *arg, struct db_txn *t, struct err *e)
{
    return db_doc_scan(t, STR("fn-async"), (struct str){0}, resume_one, arg, e);
}

bool fn_async_start(struct fn *f, struct err *e)
{
    pthread_condattr_t monotonic;
    pthread_attr_t attr;
    struct fn_async *a = calloc(1, sizeof(*a));
    if (a == NULL)
        abort();
    f->async = a;
    a->fn = f;
    lock_init(&a->lock, LOCK_CLOUD);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&a->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (!cloud_read(f->cloud, resume, a, e))
        return false;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    int r = 0;
    while (a->threads < FN_ASYNC_THREADS && r == 0) {
        r = pthread_create(&a->thread[a->threads], &attr, run, a);
        a->threads += r == 0;
    }
    pthread_attr_destroy(&attr);
    return r == 0 || err_set(e, ERR_IO, "cannot start a thread: %s", strerror(r));
}

void fn_async_stop(struct fn *f)
{
    struct fn_async *a = f->async;
    if (a == NULL)
        return;
    lock_take(&a->lock);
    a->stop = true;
    lock_drop(&a->lock);
    pthread_cond_broadcast(&a->wake);
    for (int i = 0; i < a->threads; i++)
        pthread_join(a->thread[i], NULL);
    for (struct event *v; (v = a->waiting) != NULL;) {
        a->waiting = v->next;
        event_free(v);
    }
    pthread_cond_destroy(&a->wake);
    lock_deinit(&a->lock);
    free(a);
    f->async = NULL;
}
