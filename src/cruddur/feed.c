/* feed.c - see feed.h.
 *
 * Each shard that is open is read from its end as of our start; shards that appear
 * later are children, and are read from their beginning when their parents have been
 * read.  When anything fails we forget all iterators and start over: listeners who
 * come back ask for what they missed. */
#include "cruddur/feed.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/lock.h"
#include "base/log.h"
#include "cruddur/app.h"
#include "cruddur/hub.h"
#include "cruddur/message_json.h"
#include "cruddur/messages.h"

enum {
    SHARD_ID_MAX = 72,
    ARN_MAX = 256,
    POLL_MS = 80,
    IDLE_POLL_MS = 1000,
    LOOK_AGAIN_MS = 3000,
    SHARDS_AGAIN_S = 15,
    RECORDS_MAX = 500,
};

struct shard {
    char id[SHARD_ID_MAX];
    char *iterator; /* NULL: not to be read any more */
    bool listed;    /* in the latest description of the stream */
};

struct feed {
    struct app *app;
    struct tools *tools;
    pthread_t thread;
    struct lock lock;
    pthread_cond_t wake;
    bool stop; /* under the lock */
    atomic_bool follows, has_stream;
    char arn[ARN_MAX];
    struct shard *shard;
    int shards_n, shards_max;
    time_t shards_at;
};

/* False: it is time to end. */
static bool nap(struct feed *f, int ms)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_nsec += (long)(ms % 1000) * 1000000;
    t.tv_sec += ms / 1000 + t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    lock_take(&f->lock);
    int r = 0;
    while (!f->stop && r == 0)
        r = pthread_cond_timedwait(&f->wake, &f->lock.mutex, &t);
    bool go_on = !f->stop;
    lock_drop(&f->lock);
    return go_on;
}

static void forget(struct feed *f)
{
    for (int i = 0; i < f->shards_n; i++)
        free(f->shard[i].iterator);
    f->shards_n = 0;
    atomic_store(&f->follows, false);
}

static bool find_stream(struct feed *f, struct ddb *ddb, struct ddb_error *err)
{
    struct ddb_doc *in = ddb_doc_new(), *out = NULL;
    ddb_set_string(in, "TableName", messages_table());
    bool good = ddb_call(ddb, "DescribeTable", in, &out, err);
    const struct ddb_doc *table = ddb_get(out, "Table");
    const char *arn = ddb_get_string(table, "LatestStreamArn");
    bool on = good && arn != NULL &&
              ddb_get_bool(ddb_get(table, "StreamSpecification"), "StreamEnabled", false);
    if (good)
        snprintf(f->arn, sizeof(f->arn), "%s", on ? arn : "");
    ddb_doc_free(out);
    ddb_doc_free(in);
    return good;
}

static struct shard *find_shard(struct feed *f, const char *id)
{
    for (int i = 0; id != NULL && i < f->shards_n; i++)
        if (strcmp(f->shard[i].id, id) == 0)
            return &f->shard[i];
    return NULL;
}

/* Remembers a shard; `iterator` is taken over. */
static void add_shard(struct feed *f, const char *id, char *iterator)
{
    if (f->shards_n == f->shards_max) {
        f->shards_max = 2 * f->shards_max + 16;
        f->shard = realloc(f->shard, (size_t)f->shards_max * sizeof(*f->shard));
        if (f->shard == NULL)
            abort();
    }
    struct shard *s = &f->shard[f->shards_n++];
    *s = (struct shard){.iterator = iterator, .listed = true};
    snprintf(s->id, sizeof(s->id), "%s", id);
}

static bool open_shard(struct feed *f, struct ddb *ddb, const char *id, bool first,
                       struct ddb_error *err)
{
    struct ddb_doc *in = ddb_doc_new(), *out = NULL;
    ddb_set_string(in, "StreamArn", f->arn);
    ddb_set_string(in, "ShardId", id);
    ddb_set_string(in, "ShardIteratorType", first ? "LATEST" : "TRIM_HORIZON");
    bool good = ddb_call(ddb, "GetShardIterator", in, &out, err);
    const char *iterator = ddb_get_string(out, "ShardIterator");
    if (good && iterator != NULL)
        add_shard(f, id, strdup(iterator));
    ddb_doc_free(out);
    ddb_doc_free(in);
    return good;
}

/* The places of shards that are no longer listed are free again. */
static void drop_unlisted(struct feed *f)
{
    int n = 0;
    for (int i = 0; i < f->shards_n; i++)
        if (f->shard[i].listed || f->shard[i].iterator != NULL)
            f->shard[n++] = f->shard[i];
    f->shards_n = n;
}

static bool see_shard(struct feed *f, struct ddb *ddb, const struct ddb_doc *d, bool first,
                      struct ddb_error *err)
{
    const struct ddb_doc *range = ddb_get(d, "SequenceNumberRange");
    const char *id = ddb_get_string(d, "ShardId");
    struct shard *s = find_shard(f, id),
                 *parent = find_shard(f, ddb_get_string(d, "ParentShardId"));
    if (s != NULL)
        s->listed = true;
    if (id == NULL || s != NULL || (parent != NULL && parent->iterator != NULL))
        return true;
    if (!first || ddb_get_string(range, "EndingSequenceNumber") == NULL)
        return open_shard(f, ddb, id, first, err);
    add_shard(f, id, NULL); /* it ended before we began */
    return true;
}

static bool find_shards(struct feed *f, struct ddb *ddb, bool first, struct ddb_error *err)
{
    char last[SHARD_ID_MAX] = "";
    bool good = true;
    for (int i = 0; i < f->shards_n; i++)
        f->shard[i].listed = false;
    do {
        struct ddb_doc *in = ddb_doc_new(), *out = NULL;
        ddb_set_string(in, "StreamArn", f->arn);
        if (*last != '\0')
            ddb_set_string(in, "ExclusiveStartShardId", last);
        good = ddb_call(ddb, "DescribeStream", in, &out, err);
        const struct ddb_doc *d = ddb_get(out, "StreamDescription"), *shards = ddb_get(d, "Shards");
        const char *next = ddb_get_string(d, "LastEvaluatedShardId");
        for (size_t i = 0; good && i < ddb_count(shards); i++)
            good = see_shard(f, ddb, ddb_at(shards, i), first, err);
        snprintf(last, sizeof(last), "%s", next != NULL ? next : "");
        ddb_doc_free(out);
        ddb_doc_free(in);
    } while (good && *last != '\0');
    if (good)
        drop_unlisted(f);
    f->shards_at = time(NULL);
    return good;
}

static void tell(struct feed *f, const struct ddb_doc *item)
{
    struct message_json m;
    struct buf text = {0};
    struct json_out o = {.to = &text};
    const char *pk = ddb_item_get_s(item, "pk");
    struct str key = str_from_c(pk);
    if (str_starts_with(key, STR("MSG#")) && message_json_item(item, &m)) {
        m.group_uuid = str_from(key, 4);
        message_json_write(&o, &m);
        hub_publish(f->app->hub, HUB_GROUP, m.group_uuid, "message", m.created_at, buf_str(&text));
    } else if (str_starts_with(key, STR("GRP#")) && message_json_group(item, &m)) {
        message_json_write(&o, &m);
        hub_publish(f->app->hub, HUB_USER, str_from(key, 4), "message_group", m.created_at,
                    buf_str(&text));
    }
    buf_free(&text);
}

static bool read_shard(struct feed *f, struct ddb *ddb, struct shard *s, bool *more,
                       struct ddb_error *err)
{
    struct ddb_doc *in = ddb_doc_new(), *out = NULL;
    ddb_set_string(in, "ShardIterator", s->iterator);
    ddb_set_int(in, "Limit", RECORDS_MAX);
    bool good = ddb_call(ddb, "GetRecords", in, &out, err);
    if (good) {
        const struct ddb_doc *records = ddb_get(out, "Records");
        for (size_t i = 0; i < ddb_count(records); i++) {
            const struct ddb_doc *r = ddb_at(records, i);
            const char *what = ddb_get_string(r, "eventName");
            if (what != NULL && strcmp(what, "REMOVE") != 0)
                tell(f, ddb_get(ddb_get(r, "dynamodb"), "NewImage"));
        }
        *more |= ddb_count(records) > 0;
        const char *next = ddb_get_string(out, "NextShardIterator");
        free(s->iterator);
        s->iterator = next != NULL ? strdup(next) : NULL;
        if (next == NULL)
            f->shards_at = 0; /* it was closed: its children are there */
    }
    ddb_doc_free(out);
    ddb_doc_free(in);
    return good;
}

/* One round over all shards; false: start over. */
static bool follow(struct feed *f, struct ddb *ddb, bool *more, struct ddb_error *err)
{
    *more = false;
    for (int i = 0; i < f->shards_n; i++)
        if (f->shard[i].iterator != NULL && !read_shard(f, ddb, &f->shard[i], more, err))
            return false;
    return time(NULL) - f->shards_at < SHARDS_AGAIN_S ||
           (find_stream(f, ddb, err) && *f->arn != '\0' && find_shards(f, ddb, false, err));
}

static void until_it_fails(struct feed *f, struct ddb *ddb)
{
    struct ddb_error err = {0};
    bool more;
    if (!find_stream(f, ddb, &err))
        return;
    atomic_store(&f->has_stream, *f->arn != '\0');
    if (*f->arn == '\0' || !find_shards(f, ddb, true, &err))
        return;
    atomic_store(&f->follows, true);
    do {
        if (!follow(f, ddb, &more, &err)) {
            log_info("following the stream again: %s %s", err.type, err.message);
            return;
        }
    } while (nap(f, more ? 0 : hub_has_listeners(f->app->hub) ? POLL_MS : IDLE_POLL_MS));
}

static void *run(void *arg)
{
    struct feed *f = arg;
    do {
        struct ddb *ddb;
        struct err e = {0};
        if (tools_ddb(f->tools, &ddb, &e))
            until_it_fails(f, ddb);
        forget(f);
    } while (nap(f, LOOK_AGAIN_MS));
    return NULL;
}

bool feed_start(struct app *app, struct feed **out, struct err *e)
{
    struct feed *f = calloc(1, sizeof(*f));
    if (f == NULL)
        abort();
    f->app = app;
    f->tools = tools_new(&app->set);
    lock_init(&f->lock, LOCK_WRITER_QUEUE);
    pthread_cond_init(&f->wake, NULL);
    int r = pthread_create(&f->thread, NULL, run, f);
    *out = f;
    return r == 0 || err_set(e, ERR_IO, "cannot start a thread: %s", strerror(r));
}

void feed_stop(struct feed *f)
{
    lock_take(&f->lock);
    f->stop = true;
    lock_drop(&f->lock);
    pthread_cond_signal(&f->wake);
}

void feed_free(struct feed *f)
{
    if (f == NULL)
        return;
    pthread_join(f->thread, NULL);
    forget(f);
    free(f->shard);
    tools_free(f->tools);
    pthread_cond_destroy(&f->wake);
    lock_deinit(&f->lock);
    free(f);
}

bool feed_follows(const struct feed *f)
{
    return atomic_load(&f->follows);
}

bool feed_has_stream(const struct feed *f)
{
    return atomic_load(&f->has_stream);
}
