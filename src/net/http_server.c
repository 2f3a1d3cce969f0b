/* http_server.c - listening, accepting, deadlines and stopping.
 *
 * Deadlines cost a request nothing: each phase notes when it began, and one
 * timer looks at all connections twice a second, while there are any.  Whoever
 * sends or reads gets the phase's time and, on top, what the bytes take at 64 KB/s:
 * a large body may take long, a trickle may not.
 *
 * Where no file is free to accept a connection libuv tries again at once, and for
 * ever: no connection of the loop would be served, and none would close.  So the
 * listener is closed then, while the socket stays and clients wait in its queue, and
 * the timer opens it again. */
#include "net/http_server_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    TICK_MS = 500,
    IDLE_KEEP_MS = 2000, /* after that an idle connection keeps no buffer */
    LINGER_MS = 5000,
    LEAST_BYTES_PER_MS = 64,
    BACKLOG = 4096,
    MEMORY_MAX_DEFAULT = 256 * 1024 * 1024,
};

void http_conn_phase(struct http_conn *c, enum conn_state state)
{
    c->state = state;
    c->since = c->moved_at = uv_now(c->server->loop);
    c->moved = 0;
}

void http_conn_account(struct http_conn *c)
{
    size_t now = c->in.cap + c->body.cap + c->plain.cap + c->out.cap;
    assert(c->server->held >= c->charged);
    c->server->held = c->server->held - c->charged + now;
    c->charged = now;
}

static void handle_closed(uv_handle_t *h)
{
    struct http_server *s = h->data;
    if (--s->handles > 0)
        return;
    void (*done)(void *arg) = s->done;
    void *arg = s->done_arg;
    http_encoder_free(&s->compressor);
    free(s->scrap);
    if (s->listen_socket >= 0)
        close(s->listen_socket);
    free(s);
    if (done != NULL)
        done(arg);
}

static void finish_if_empty(struct http_server *s)
{
    if (!s->stopping || s->stats.open > 0)
        return;
    uv_close((uv_handle_t *)&s->tick, handle_closed);
    if (s->listening)
        uv_close((uv_handle_t *)&s->listener, handle_closed);
    s->listening = false;
}

static void conn_closed(uv_handle_t *h)
{
    struct http_conn *c = container_of((uv_tcp_t *)(void *)h, struct http_conn, tcp);
    struct http_server *s = c->server;
    if (c->prev != NULL)
        c->prev->next = c->next;
    else
        s->conns = c->next;
    if (c->next != NULL)
        c->next->prev = c->prev;
    buf_free(&c->in);
    buf_free(&c->body);
    buf_free(&c->plain);
    buf_free(&c->out);
    http_conn_account(c);
    arena_free(&c->mem);
    free(c);
    s->stats.open--;
    finish_if_empty(s);
}

void http_conn_close(struct http_conn *c)
{
    if (c->state == CONN_CLOSING)
        return;
    if (c->state == CONN_BUSY) {
        c->broken = true;
        return;
    }
    if (c->stream != NULL)
        http_stream_gone(c);
    c->state = CONN_CLOSING;
    uv_close((uv_handle_t *)&c->tcp, conn_closed);
}

/* A reader must make some progress all the time, and take the whole at a bearable
 * rate: what the kernel's buffers took at once says nothing about it. */
static bool write_late(struct http_conn *c, uint64_t now)
{
    size_t left = uv_stream_get_write_queue_size((const uv_stream_t *)&c->tcp);
    uint64_t sent = c->out.n - size_min(c->out.n, left);
    uint64_t limit = (uint64_t)c->server->o.write_timeout_ms;
    if (sent > c->moved) {
        c->moved = sent;
        c->moved_at = now;
    }
    return now - c->moved_at > limit || now - c->since > limit + c->out.n / LEAST_BYTES_PER_MS;
}

static bool late(struct http_conn *c, uint64_t now)
{
    const struct http_server_options *o = &c->server->o;
    switch (c->state) {
    case CONN_HEAD:
    case CONN_BODY:
        return now - c->since >
               (uint64_t)(c->in.n == 0 ? o->idle_timeout_ms : o->request_timeout_ms) +
                   c->moved / LEAST_BYTES_PER_MS;
    case CONN_WRITE:
        return write_late(c, now);
    case CONN_LINGER:
        return now - c->since > LINGER_MS;
    case CONN_BUSY:
    case CONN_STREAM:
    case CONN_CLOSING:
        break;
    }
    return false;
}

static void on_connection(uv_stream_t *listener, int status);

static int listener_open(struct http_server *s, int fd)
{
    if (uv_tcp_init(s->loop, &s->listener) != 0)
        abort(); /* only fails for bad arguments */
    s->handles++;
    s->listening = true;
    s->listener.data = s;
    int r = uv_tcp_open(&s->listener, fd);
    if (r != 0)
        close(fd);
    return r != 0 ? r : uv_listen((uv_stream_t *)&s->listener, BACKLOG, on_connection);
}

static void listener_pause(struct http_server *s)
{
    if (!s->listening)
        return;
    s->listening = false;
    uv_close((uv_handle_t *)&s->listener, handle_closed);
}

/* Once the listener has been closed: then only the timer is open. */
static void listener_resume(struct http_server *s)
{
    if (s->listening || s->stopping || s->handles > 1)
        return;
    int fd = fcntl(s->listen_socket, F_DUPFD_CLOEXEC, 0);
    if (fd >= 0 && listener_open(s, fd) != 0)
        listener_pause(s);
}

static void on_tick(uv_timer_t *t)
{
    struct http_server *s = t->data;
    uint64_t now = uv_now(s->loop);
    listener_resume(s);
    bool overdue = s->stopping && now >= s->stop_at;
    for (struct http_conn *c = s->conns; c != NULL; c = c->next) {
        bool idle = c->state == CONN_HEAD && c->in.n == 0, too_late = late(c, now);
        if (overdue || (too_late && (idle || c->state > CONN_BODY))) {
            http_conn_close(c);
        } else if (too_late) {
            http_conn_refuse(c, 408);
        } else if (idle && now - c->since > IDLE_KEEP_MS && c->charged > 0) {
            buf_free(&c->in);
            buf_free(&c->body);
            buf_free(&c->plain);
            buf_free(&c->out);
            arena_free(&c->mem);
            http_conn_account(c);
        }
    }
    if (s->stats.open == 0 && s->listening)
        uv_timer_stop(t);
}

static void refuse_at_once(uv_handle_t *h)
{
    free(container_of((uv_tcp_t *)(void *)h, struct http_conn, tcp));
}

static bool welcome(struct http_server *s, struct http_conn *c)
{
    struct sockaddr_storage peer;
    int n = sizeof(peer);
    if (s->stats.open >= s->o.connections_max || s->stopping)
        return false;
    if (s->o.accept == NULL)
        return true;
    return uv_tcp_getpeername(&c->tcp, (struct sockaddr *)&peer, &n) == 0 &&
           s->o.accept(s->o.accept_arg, (const struct sockaddr *)&peer);
}

static void start_tick(struct http_server *s)
{
    if (!uv_is_active((uv_handle_t *)&s->tick))
        uv_timer_start(&s->tick, on_tick, TICK_MS, TICK_MS);
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct http_server *s = listener->data;
    if (status == UV_EMFILE || status == UV_ENFILE || status == UV_ENOBUFS || status == UV_ENOMEM) {
        listener_pause(s);
        start_tick(s);
    }
    if (status != 0)
        return;
    struct http_conn *c = calloc(1, sizeof(*c));
    if (c == NULL)
        abort();
    c->server = s;
    if (uv_tcp_init(s->loop, &c->tcp) != 0)
        abort(); /* only fails for bad arguments */
    if (uv_accept(listener, (uv_stream_t *)&c->tcp) != 0 || !welcome(s, c)) {
        uv_close((uv_handle_t *)&c->tcp, refuse_at_once);
        return;
    }
    uv_tcp_nodelay(&c->tcp, 1);
    c->in.max = 2 * s->o.header_bytes_max + s->o.body_bytes_max + HTTP_KEEP_BYTES;
    c->next = s->conns;
    if (s->conns != NULL)
        s->conns->prev = c;
    s->conns = c;
    s->stats.accepted++;
    s->stats.open++;
    http_conn_phase(c, CONN_HEAD);
    start_tick(s);
    http_conn_read(c);
}

static bool address(const char *host, int port, struct sockaddr_storage *out, struct err *e)
{
    if (uv_ip4_addr(host, port, (struct sockaddr_in *)out) == 0 ||
        uv_ip6_addr(host, port, (struct sockaddr_in6 *)out) == 0)
        return true;
    return err_set(e, ERR_VALIDATION, "\"%s\" is not an IP address", host);
}

/* A bound socket; libuv could not set SO_REUSEPORT before it binds. */
static int bound_socket(const struct sockaddr_storage *a, bool reuse_port)
{
    int on = 1, fd = socket(a->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    socklen_t n =
        a->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        (reuse_port && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0) ||
        bind(fd, (const struct sockaddr *)a, n) != 0) {
        int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

static bool cannot_listen(const char *host, int port, int why, struct err *e)
{
    return err_set(e, ERR_IO, "cannot listen on %s port %d: %s", host, port, strerror(why));
}

bool http_port_free(const char *host, int port, struct err *e)
{
    struct sockaddr_storage a = {0};
    if (!address(host, port, &a, e))
        return false;
    int fd = bound_socket(&a, false);
    if (fd < 0)
        return cannot_listen(host, port, errno, e);
    close(fd);
    return true;
}

static bool listen_on(struct http_server *s, struct err *e)
{
    const struct http_server_options *o = &s->o;
    struct sockaddr_storage a = {0};
    int n = sizeof(a);
    if (!address(o->host, o->port, &a, e))
        return false;
    int fd = bound_socket(&a, o->reuse_port);
    if (fd < 0)
        return cannot_listen(o->host, o->port, errno, e);
    s->listen_socket = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    int r = s->listen_socket < 0 ? -errno : 0;
    if (r == 0)
        r = listener_open(s, fd);
    else
        close(fd);
    if (r == 0)
        r = uv_tcp_getsockname(&s->listener, (struct sockaddr *)&a, &n);
    if (r != 0)
        return cannot_listen(o->host, o->port, -r, e);
    s->port = ntohs(a.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&a)->sin6_port
                                            : ((struct sockaddr_in *)&a)->sin_port);
    return true;
}

bool http_server_start(uv_loop_t *loop, const struct http_server_options *o,
                       struct http_server **out, struct err *e)
{
    struct http_server *s = calloc(1, sizeof(*s));
    if (s == NULL)
        abort();
    assert(o->handler != NULL && o->body_bytes_max > 0 && o->header_bytes_max > 0);
    s->loop = loop;
    s->o = *o;
    if (s->o.memory_max == 0)
        s->o.memory_max = MEMORY_MAX_DEFAULT;
    s->scrap = malloc(HTTP_SCRAP_BYTES);
    if (s->scrap == NULL || uv_timer_init(loop, &s->tick) != 0)
        abort();
    s->handles = 1;
    s->listen_socket = -1;
    s->tick.data = s;
    if (!listen_on(s, e)) {
        s->stopping = true; /* freed when the loop has closed the handles */
        finish_if_empty(s);
        return false;
    }
    *out = s;
    return true;
}

int http_server_port(const struct http_server *s)
{
    return s->port;
}

void http_server_stop(struct http_server *s, int ms, void (*done)(void *arg), void *arg)
{
    assert(!s->stopping);
    s->stopping = true;
    s->stop_at = uv_now(s->loop) + (uint64_t)ms;
    s->done = done;
    s->done_arg = arg;
    /* The listener stays open until the end: a connection that the kernel has
     * accepted already is closed, not reset. */
    for (struct http_conn *c = s->conns; c != NULL; c = c->next)
        if (c->state == CONN_HEAD && c->in.n == 0)
            http_conn_close(c);
    finish_if_empty(s);
}

void http_server_stats(const struct http_server *s, struct http_server_stats *out)
{
    *out = s->stats;
}

bool http_peer(const struct http_request *rq, struct sockaddr_storage *out)
{
    int n = sizeof(*out);
    return uv_tcp_getpeername(&rq->conn->tcp, (struct sockaddr *)out, &n) == 0;
}
