/* loop.c - see loop.h. */
#include "server/loop.h"

#include <stdlib.h>

#include "cloud/sg.h"
#include "model/limits.h"
#include "server/dispatch.h"
#include "server/physics.h"
#include "server/server.h"
#include "server/writer.h"

enum {
    UNUSED_CALLS_MAX = 256,
    LOG_LINES_PER_S = 5,
    STOP_MS = 3000,
    REQUEST_TIMEOUT_MS = 30 * 1000,
    IDLE_TIMEOUT_MS = 5 * 60 * 1000,
    WRITE_TIMEOUT_MS = 30 * 1000,
    STACK_BYTES = 2 * 1024 * 1024,
};

static void end_turn(uv_check_t *check)
{
    struct loop *l = check->data;
    struct call_list refused = {0};
    if (l->writes.first == NULL)
        return;
    writer_push(l->server->writer, &l->writes, &refused);
    for (struct call *c; (c = call_list_take(&refused)) != NULL;) {
        err_set(&c->rq.err, ERR_THROTTLING, "Too many writes are waiting; try again later");
        call_finish(c);
    }
}

static void on_http_stopped(void *arg)
{
    struct loop *l = arg;
    assert(l->writes.first == NULL);
    physics_past_stop(l->past);
    uv_close((uv_handle_t *)&l->turn_end, NULL);
    uv_close((uv_handle_t *)&l->wake, NULL);
}

static void on_wake(uv_async_t *a)
{
    struct loop *l = a->data;
    struct call_list done = {0};
    lock_take(&l->lock);
    call_list_join(&done, &l->done);
    lock_drop(&l->lock);
    for (struct call *c; (c = call_list_take(&done)) != NULL;) {
        if (c->warming) {
            c->warming = false;
            loop_write(l, c);
        } else {
            call_finish(c);
        }
    }
    if (atomic_load(&l->stop) && !l->stopping) {
        l->stopping = true;
        http_server_stop(l->http, STOP_MS, on_http_stopped, l);
    }
}

static void on_request(void *arg, struct http_request *http)
{
    dispatch(call_new(arg, http));
}

static void *run(void *arg)
{
    struct loop *l = arg;
    uv_run(&l->uv, UV_RUN_DEFAULT);
    uv_loop_close(&l->uv);
    for (struct call *c; (c = call_list_take(&l->unused)) != NULL;) {
        arena_free(&c->rq.mem);
        free(c);
    }
    return NULL;
}

static bool may_connect(void *arg, const struct sockaddr *peer)
{
    struct loop *l = arg;
    return sg_allows(l->server->cloud->sg, peer, http_server_port(l->http));
}

static bool listen_on(struct loop *l, int *port, struct err *e)
{
    const struct server *s = l->server;
    struct http_server_options o = {
        .host = s->config.host,
        .port = *port,
        .body_bytes_max = LIMIT_BODY_BYTES,
        .header_bytes_max = LIMIT_HEADER_BYTES,
        .request_timeout_ms = REQUEST_TIMEOUT_MS,
        .idle_timeout_ms = IDLE_TIMEOUT_MS,
        .write_timeout_ms = WRITE_TIMEOUT_MS,
        .connections_max = s->connections_per_loop,
        .memory_max = s->http_bytes_per_loop,
        .reuse_port = true,
        .server_name = "Server",
        .handler = on_request,
        .handler_arg = l,
        .accept = may_connect,
        .accept_arg = l,
    };
    if (!http_server_start(&l->uv, &o, &l->http, e))
        return false;
    *port = http_server_port(l->http);
    return true;
}

bool loop_start(struct loop *l, struct server *server, int *port, struct err *e)
{
    pthread_attr_t attr;
    l->server = server;
    l->id_state = env_random(server->env);
    lock_init(&l->lock, LOCK_COMPLETION);
    if (uv_loop_init(&l->uv) != 0 || uv_async_init(&l->uv, &l->wake, on_wake) != 0 ||
        uv_check_init(&l->uv, &l->turn_end) != 0)
        return err_set(e, ERR_IO, "cannot make an event loop");
    l->wake.data = l->turn_end.data = l;
    if (!listen_on(l, port, e))
        return false;
    if (server->physics != NULL && !physics_past_start(l, &l->past, e))
        return false;
    uv_check_start(&l->turn_end, end_turn);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    int r = pthread_create(&l->thread, &attr, run, l);
    pthread_attr_destroy(&attr);
    return r == 0 || err_set(e, ERR_IO, "cannot start a thread: %s", strerror(r));
}

void loop_stop(struct loop *l)
{
    atomic_store(&l->stop, true);
    uv_async_send(&l->wake);
}

void loop_join(struct loop *l)
{
    pthread_join(l->thread, NULL);
    lock_deinit(&l->lock);
}

void loop_post(struct loop *l, struct call_list *calls)
{
    lock_take(&l->lock);
    call_list_join(&l->done, calls);
    lock_drop(&l->lock);
    uv_async_send(&l->wake);
}

void loop_write(struct loop *l, struct call *c)
{
    call_list_add(&l->writes, c);
}

struct call *loop_call_take(struct loop *l)
{
    struct call *c = call_list_take(&l->unused);
    if (c != NULL)
        l->unused_n--;
    return c;
}

void loop_call_give_back(struct loop *l, struct call *c)
{
    if (l->unused_n == UNUSED_CALLS_MAX) {
        arena_free(&c->rq.mem);
        free(c);
        return;
    }
    /* In front: the one just used is the one in the processor's cache. */
    c->next = l->unused.first;
    l->unused.first = c;
    if (l->unused.last == NULL)
        l->unused.last = c;
    l->unused_n++;
}

bool loop_may_log(struct loop *l)
{
    int64_t now_s = (int64_t)(uv_now(&l->uv) / 1000);
    if (now_s != l->log_s) {
        l->log_s = now_s;
        l->log_n = 0;
    }
    return l->log_n++ < LOG_LINES_PER_S;
}
