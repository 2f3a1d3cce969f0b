/* fn_stream.c - the threads of event-source mappings. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "cloud/fn_stream_int.h"

enum { POLL_MS = 100, DESCRIBE_MS = 1000, DISABLED_MS = 1000, STACK_BYTES = 1024 * 1024 };

void fn_mapping_result(struct fn_mapping *m, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    lock_take(&m->streams->lock);
    vsnprintf(m->result, sizeof(m->result), fmt, ap);
    lock_drop(&m->streams->lock);
    va_end(ap);
}

static bool load(void *arg, struct db_txn *t, struct err *e)
{
    struct fn_mapping *m = arg;
    struct str text;
    if (!db_doc_get(t, STR("fn-map"), str_from_c(m->uuid), &text, e))
        return false;
    m->def = text.p != NULL ? json_loadb(text.p, text.n, 0, NULL) : NULL;
    return true;
}

static struct fn_shard *shard_of(struct fn_mapping *m, const char *id)
{
    struct fn_shard *s = m->shards;
    while (s != NULL && strcmp(s->id, id) != 0)
        s = s->next;
    return s;
}

static void forget_shards(struct fn_mapping *m, bool unseen_only)
{
    struct fn_shard **at = &m->shards;
    for (struct fn_shard *s; (s = *at) != NULL;) {
        if (unseen_only && s->seen) {
            at = &s->next;
            continue;
        }
        *at = s->next;
        free(s->iterator);
        free(s);
    }
}

static void see_shard(struct fn_mapping *m, const json_t *d)
{
    const char *id = json_string_value(json_object_get(d, "ShardId")),
               *parent = json_string_value(json_object_get(d, "ParentShardId"));
    struct fn_shard *s = id != NULL ? shard_of(m, id) : NULL, **last = &m->shards;
    if (id == NULL)
        return;
    if (s == NULL) {
        s = calloc(1, sizeof(*s));
        if (s == NULL)
            abort();
        snprintf(s->id, sizeof(s->id), "%s", id);
        snprintf(s->parent, sizeof(s->parent), "%s", parent != NULL ? parent : "");
        while (*last != NULL)
            last = &(*last)->next;
        *last = s;
    }
    s->seen = true;
}

/* One page of the stream's description; *from is where the next begins, empty: none. */
static bool describe_page(struct fn_mapping *m, char from[FN_SHARD_ID_MAX], struct err *e)
{
    struct buf out = {0};
    json_t *in = json_pack("{s:s}", "StreamArn", fn_mapping_text(m, "EventSourceArn")), *shard;
    size_t i;
    if (from[0] != '\0')
        json_object_set_new(in, "ExclusiveStartShardId", json_string(from));
    char *text = json_dumps(in, JSON_COMPACT);
    bool good = cloud_op_read(m->streams->fn->cloud, "DescribeStream", str_from_c(text), &out, e);
    json_t *answer = good ? json_loadb(out.p, out.n, 0, NULL) : NULL,
           *d = json_object_get(answer, "StreamDescription");
    json_array_foreach (json_object_get(d, "Shards"), i, shard)
        see_shard(m, shard);
    const char *next = json_string_value(json_object_get(d, "LastEvaluatedShardId"));
    snprintf(from, FN_SHARD_ID_MAX, "%s", next != NULL ? next : "");
    json_decref(answer);
    json_decref(in);
    free(text);
    buf_free(&out);
    return good;
}

static void describe(struct fn_mapping *m)
{
    struct err e;
    char from[FN_SHARD_ID_MAX] = "";
    int64_t now = env_now_ms(m->streams->fn->cloud->env);
    if (now - m->described_ms < DESCRIBE_MS && now >= m->described_ms)
        return;
    m->described_ms = now;
    for (struct fn_shard *s = m->shards; s != NULL; s = s->next)
        s->seen = false;
    err_clear(&e);
    bool good;
    do {
        good = describe_page(m, from, &e);
    } while (good && from[0] != '\0');
    if (good)
        forget_shards(m, true);
    else
        fn_mapping_result(m, "PROBLEM: %s", e.msg);
}

/* One round over all shards; true: there may be more at once. */
static bool turn(struct fn_mapping *m)
{
    bool more = false;
    describe(m);
    for (struct fn_shard *s = m->shards; s != NULL; s = s->next) {
        struct fn_shard *parent = s->parent[0] != '\0' ? shard_of(m, s->parent) : NULL;
        if (parent == NULL || parent->done)
            more |= fn_shard_turn(m, s);
    }
    return more;
}

/* Waits; false: the end. */
static bool pause_ms(struct fn_streams *all, int64_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += ms * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    lock_take(&all->lock);
    if (!all->stop && ms > 0)
        pthread_cond_timedwait(&all->wake, &all->lock.mutex, &until);
    bool go_on = !all->stop;
    lock_drop(&all->lock);
    return go_on;
}

static void *run(void *arg)
{
    struct fn_mapping *m = arg;
    struct fn_streams *all = m->streams;
    int64_t wait = 0;
    while (pause_ms(all, wait)) {
        struct err e;
        err_clear(&e);
        if (!cloud_read(all->fn->cloud, load, m, &e)) {
            log_error("mapping %s: %s", m->uuid, e.msg);
            wait = DISABLED_MS;
            continue;
        }
        if (m->def == NULL)
            break; /* it was removed */
        bool enabled = strcmp(fn_mapping_text(m, "State"), "Enabled") == 0;
        if (!enabled)
            forget_shards(m, false);
        wait = !enabled ? DISABLED_MS : turn(m) ? 0 : POLL_MS;
        json_decref(m->def);
    }
    forget_shards(m, false);
    lock_take(&all->lock);
    m->gone = true;
    lock_drop(&all->lock);
    return NULL;
}

static void free_mapping(struct fn_mapping *m)
{
    pthread_join(m->thread, NULL);
    free(m);
}

/* Those whose threads have ended by themselves. */
static void bury(struct fn_streams *all)
{
    struct fn_mapping *dead = NULL;
    lock_take(&all->lock);
    for (struct fn_mapping **at = &all->mappings, *m; (m = *at) != NULL;) {
        if (!m->gone) {
            at = &m->next;
            continue;
        }
        *at = m->next;
        m->next = dead;
        dead = m;
    }
    lock_drop(&all->lock);
    for (struct fn_mapping *m; (m = dead) != NULL;) {
        dead = m->next;
        free_mapping(m);
    }
}

static void start_mapping(struct fn_streams *all, struct str uuid)
{
    pthread_attr_t attr;
    struct fn_mapping *m = calloc(1, sizeof(*m));
    if (m == NULL)
        abort();
    m->streams = all;
    snprintf(m->uuid, sizeof(m->uuid), STR_FMT, STR_ARG(uuid));
    snprintf(m->result, sizeof(m->result), "No records processed");
    lock_take(&all->lock);
    m->next = all->mappings;
    all->mappings = m;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    int r = pthread_create(&m->thread, &attr, run, m);
    pthread_attr_destroy(&attr);
    if (r != 0)
        abort();
    lock_drop(&all->lock);
}

void fn_streams_changed(struct fn *f, const char *uuid)
{
    struct fn_streams *all = f->streams;
    bool known = false;
    bury(all);
    lock_take(&all->lock);
    for (struct fn_mapping *m = all->mappings; m != NULL; m = m->next)
        known |= strcmp(m->uuid, uuid) == 0;
    pthread_cond_broadcast(&all->wake);
    lock_drop(&all->lock);
    if (!known)
        start_mapping(all, str_from_c(uuid));
}

void fn_streams_result(struct fn *f, const char *uuid, char out[FN_RESULT_CHARS])
{
    out[0] = '\0';
    lock_take(&f->streams->lock);
    for (struct fn_mapping *m = f->streams->mappings; m != NULL; m = m->next)
        if (strcmp(m->uuid, uuid) == 0)
            memcpy(out, m->result, sizeof(m->result));
    lock_drop(&f->streams->lock);
}

static bool start_one(void *arg, struct str key, struct str value)
{
    (void)value;
    start_mapping(arg, key);
    return true;
}

static bool start_all(void *arg, struct db_txn *t, struct err *e)
{
    return db_doc_scan(t, STR("fn-map"), (struct str){0}, start_one, arg, e);
}

bool fn_streams_start(struct fn *f, struct err *e)
{
    pthread_condattr_t monotonic;
    struct fn_streams *all = calloc(1, sizeof(*all));
    if (all == NULL)
        abort();
    f->streams = all;
    all->fn = f;
    lock_init(&all->lock, LOCK_CLOUD);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&all->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return cloud_read(f->cloud, start_all, all, e);
}

void fn_streams_stopping(struct fn *f)
{
    if (f->streams == NULL)
        return;
    lock_take(&f->streams->lock);
    f->streams->stop = true;
    pthread_cond_broadcast(&f->streams->wake);
    lock_drop(&f->streams->lock);
}

void fn_streams_stop(struct fn *f)
{
    struct fn_streams *all = f->streams;
    if (all == NULL)
        return;
    fn_streams_stopping(f);
    for (struct fn_mapping *m; (m = all->mappings) != NULL;) {
        all->mappings = m->next;
        free_mapping(m);
    }
    pthread_cond_destroy(&all->wake);
    lock_deinit(&all->lock);
    free(all);
    f->streams = NULL;
}
