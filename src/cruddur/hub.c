/* hub.c - see hub.h. */
#include "cruddur/hub.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/lock.h"
#include "base/log.h"
#include "cruddur/answer.h"
#include "cruddur/ask.h"
#include "cruddur/catch_up.h"

enum { PER_PERSON_MAX = 16, HEARTBEAT_MS = 15000, UUID_BYTES = 36, EVENTS_WAITING_MAX = 65536 };

struct listener {
    struct listener *prev, *next;
    struct hub *hub;
    struct http_stream *stream;
    uint64_t id;
    enum hub_topic topic;
    bool ending;
    char uuid[UUID_BYTES];
    char person[UUID_BYTES]; /* who listens */
    int64_t exp_s;
};

struct event {
    struct event *next;
    enum hub_topic topic;
    uint64_t only; /* to one listener; 0: to all of the topic */
    char uuid[UUID_BYTES];
    size_t n;
    char text[];
};

struct hub {
    struct app *app;
    uv_async_t wake;
    uv_timer_t heartbeat;
    struct listener *listeners;
    uint64_t last_id;
    bool closed;
    atomic_size_t listeners_n;
    struct lock lock;
    struct event *first, **last; /* under the lock */
    size_t waiting_n;            /* under the lock */
};

/* What a handler left for the loop. */
struct subscription {
    enum hub_topic topic;
    struct str uuid, after;
};

static void end(struct listener *l)
{
    if (l->ending)
        return;
    l->ending = true;
    http_stream_end(l->stream);
}

static void tell(struct listener *l, struct str text)
{
    if (!l->ending && !http_stream_send(l->stream, text))
        end(l); /* too slow: it comes back and asks what it missed */
}

static void gone(void *arg)
{
    struct listener *l = arg;
    struct hub *h = l->hub;
    if (l->prev != NULL)
        l->prev->next = l->next;
    else
        h->listeners = l->next;
    if (l->next != NULL)
        l->next->prev = l->prev;
    atomic_fetch_sub(&h->listeners_n, 1);
    free(l);
}

static void deliver(struct hub *h, const struct event *e)
{
    for (struct listener *l = h->listeners, *next; l != NULL; l = next) {
        next = l->next;
        if (e->only != 0 ? l->id == e->only
                         : l->topic == e->topic && memcmp(l->uuid, e->uuid, UUID_BYTES) == 0)
            tell(l, (struct str){e->text, e->n});
    }
}

static void on_wake(uv_async_t *a)
{
    struct hub *h = a->data;
    lock_take(&h->lock);
    struct event *all = h->first;
    h->first = NULL;
    h->last = &h->first;
    h->waiting_n = 0;
    lock_drop(&h->lock);
    while (all != NULL) {
        struct event *e = all;
        all = e->next;
        deliver(h, e);
        free(e);
    }
}

static void on_heartbeat(uv_timer_t *t)
{
    struct hub *h = t->data;
    int64_t now = time(NULL);
    for (struct listener *l = h->listeners, *next; l != NULL; l = next) {
        next = l->next;
        if (now < l->exp_s) {
            tell(l, STR(":\n\n"));
            continue;
        }
        tell(l, STR("event: expired\ndata: {}\n\n"));
        end(l);
    }
}

struct hub *hub_start(struct app *app)
{
    struct hub *h = calloc(1, sizeof(*h));
    if (h == NULL || uv_async_init(&app->uv, &h->wake, on_wake) != 0 ||
        uv_timer_init(&app->uv, &h->heartbeat) != 0)
        abort();
    h->app = app;
    h->last = &h->first;
    h->wake.data = h->heartbeat.data = h;
    lock_init(&h->lock, LOCK_COMPLETION);
    uv_timer_start(&h->heartbeat, on_heartbeat, HEARTBEAT_MS, HEARTBEAT_MS);
    return h;
}

static void publish(struct hub *h, enum hub_topic topic, struct str uuid, uint64_t only,
                    const char *event, struct str id, struct str data)
{
    struct buf text = {0};
    if (uuid.n != UUID_BYTES || atomic_load(&h->listeners_n) == 0)
        return;
    if (id.n > 0)
        buf_printf(&text, "id: " STR_FMT "\n", STR_ARG(id));
    buf_printf(&text, "event: %s\ndata: ", event);
    answer_ascii(&text, data);
    buf_add(&text, STR("\n\n"));
    struct event *e = calloc(1, sizeof(*e) + text.n);
    if (e == NULL)
        abort();
    *e = (struct event){.topic = topic, .only = only, .n = text.n};
    memcpy(e->uuid, uuid.p, UUID_BYTES);
    memcpy(e->text, text.p, text.n);
    buf_free(&text);
    lock_take(&h->lock);
    bool room = h->waiting_n < EVENTS_WAITING_MAX;
    if (room) {
        *h->last = e;
        h->last = &e->next;
        h->waiting_n++;
    }
    lock_drop(&h->lock);
    if (room)
        uv_async_send(&h->wake);
    else
        free(e);
}

void hub_publish(struct hub *h, enum hub_topic topic, struct str uuid, const char *event,
                 struct str id, struct str data)
{
    publish(h, topic, uuid, 0, event, id, data);
}

bool hub_has_listeners(const struct hub *h)
{
    return atomic_load(&h->listeners_n) > 0;
}

/* On a worker thread: one message that the listener `arg` missed. */
struct missed {
    struct job job;
    struct hub *hub;
    uint64_t listener;
    char group[UUID_BYTES + 1];
    char after[CATCH_UP_CURSOR_MAX];
};

static void tell_missed(void *arg, struct str id, struct str data)
{
    struct missed *m = arg;
    publish(m->hub, HUB_GROUP, str_from_c(m->group), m->listener, "message", id, data);
}

static void run_missed(struct job *j, struct tools *t)
{
    struct missed *m = container_of(j, struct missed, job);
    struct err e = {0};
    if (!catch_up_messages(t, m->group, m->after, tell_missed, m, &e))
        log_warn("events: %s", e.msg);
}

static void free_missed(struct job *j)
{
    free(container_of(j, struct missed, job));
}

static void catch_up(struct hub *h, const struct listener *l, struct str after)
{
    if (l->topic != HUB_GROUP || after.n == 0 || after.n >= CATCH_UP_CURSOR_MAX)
        return;
    struct missed *m = calloc(1, sizeof(*m));
    if (m == NULL)
        abort();
    *m = (struct missed){
        .job = {.run = run_missed, .done = free_missed}, .hub = h, .listener = l->id};
    memcpy(m->group, l->uuid, UUID_BYTES);
    memcpy(m->after, after.p, after.n);
    if (!work_push(h->app->work, &m->job))
        free(m);
}

/* One person's pages must not take everybody's connections: the oldest has to go. */
static void make_room(struct hub *h, const struct listener *newest)
{
    int n = 0;
    for (struct listener *l = h->listeners, *next; l != NULL; l = next) {
        next = l->next;
        if (!l->ending && memcmp(l->person, newest->person, UUID_BYTES) == 0 &&
            ++n > PER_PERSON_MAX)
            end(l);
    }
}

static void open_stream(struct ask *a)
{
    struct hub *h = a->app->hub;
    const struct subscription *s = a->stream_arg;
    struct http_response res = {.status = 200,
                                .content_type = "text/event-stream",
                                .extra_headers = answer_headers(a->app, a->http)};
    struct listener *l = calloc(1, sizeof(*l));
    if (l == NULL)
        abort();
    *l =
        (struct listener){.hub = h, .id = ++h->last_id, .topic = s->topic, .exp_s = a->token_exp_s};
    memcpy(l->uuid, s->uuid.p, UUID_BYTES);
    memcpy(l->person, a->me.uuid.p, UUID_BYTES);
    struct str after = s->after;
    if (h->closed) {
        free(l);
        ask_refuse(a, 503, "unavailable");
        ask_answer(a);
        return;
    }
    l->next = h->listeners;
    if (l->next != NULL)
        l->next->prev = l;
    h->listeners = l;
    atomic_fetch_add(&h->listeners_n, 1);
    char kept[CATCH_UP_CURSOR_MAX];
    after.n = size_min(after.n, sizeof(kept));
    if (after.n > 0)
        memcpy(kept, after.p, after.n);
    l->stream = http_stream_start(a->http, &res, gone, l); /* a is no more */
    if (l->stream == NULL) {
        gone(l);
        return;
    }
    make_room(h, l);
    tell(l, STR(": welcome\n\n"));
    catch_up(h, l, (struct str){kept, after.n});
}

void hub_listen(struct ask *a, enum hub_topic topic, struct str uuid, struct str after)
{
    struct subscription *s = NEW(a->mem, struct subscription);
    assert(uuid.n == UUID_BYTES);
    *s = (struct subscription){.topic = topic, .uuid = uuid, .after = after};
    a->stream = open_stream;
    a->stream_arg = s;
}

void hub_close(struct hub *h)
{
    h->closed = true;
    for (struct listener *l = h->listeners, *next; l != NULL; l = next) {
        next = l->next;
        end(l);
    }
}

void hub_stop(struct hub *h)
{
    uv_close((uv_handle_t *)&h->wake, NULL);
    uv_close((uv_handle_t *)&h->heartbeat, NULL);
}

void hub_free(struct hub *h)
{
    if (h == NULL)
        return;
    for (struct event *e = h->first, *next; e != NULL; e = next) {
        next = e->next;
        free(e);
    }
    lock_deinit(&h->lock);
    free(h);
}
