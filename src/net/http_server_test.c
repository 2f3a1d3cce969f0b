/* A server on a loop of its own thread, and clients on plain blocking sockets. */
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/tap.h"
#include "net/http_coding.h"
#include "net/http_server.h"

enum { BODY_MAX = 1024 * 1024, HEAD_MAX = 16 * 1024, PAGE_BYTES = 8 * 1024 * 1024 };

struct fixture {
    uv_loop_t loop;
    uv_async_t stop;
    struct http_server *server;
    pthread_t thread;
    int port;
    bool done;
    struct http_stream *stream;
    int gone;
    char *page;
};

static void on_gone(void *arg)
{
    struct fixture *f = arg;
    f->gone++;
    f->stream = NULL;
}

struct later {
    uv_timer_t timer;
    struct http_request *rq;
};

static void timer_closed(uv_handle_t *h)
{
    free(container_of((uv_timer_t *)(void *)h, struct later, timer));
}

static void on_later(uv_timer_t *t)
{
    struct later *l = container_of(t, struct later, timer);
    buf_add(http_response_body(l->rq), STR("later"));
    http_respond(l->rq, &(struct http_response){.status = 200});
    uv_close((uv_handle_t *)t, timer_closed);
}

static void respond_later(struct fixture *f, struct http_request *rq)
{
    struct later *l = calloc(1, sizeof(*l));
    if (l == NULL)
        abort();
    l->rq = rq;
    uv_timer_init(&f->loop, &l->timer);
    uv_timer_start(&l->timer, on_later, 50, 0);
}

/* /echo answers the body, /len its length, /page 8 MB, /later after 50 ms; /spare takes
 * libuv's spare file, as happens when another thread opens one at the wrong moment. */
static void handle(void *arg, struct http_request *rq)
{
    struct fixture *f = arg;
    struct http_response res = {.status = 200, .content_type = "text/plain", .may_compress = true};
    struct str path = rq->head.path;
    if (str_eq(path, STR("/later"))) {
        respond_later(f, rq);
        return;
    }
    if (str_eq(path, STR("/stream"))) {
        f->stream = http_stream_start(rq, &res, on_gone, f);
        (void)http_stream_send(f->stream, STR("one "));
        (void)http_stream_send(f->stream, STR("two"));
        http_stream_end(f->stream);
        return;
    }
    if (str_eq(path, STR("/spare"))) {
        close(f->loop.emfile_fd);
        f->loop.emfile_fd = -1;
    }
    struct buf *body = http_response_body(rq);
    if (rq->body_state != HTTP_BODY_OK) {
        buf_printf(body, "body state %d", rq->body_state);
    } else if (str_eq(path, STR("/page"))) {
        buf_add(body, (struct str){f->page, PAGE_BYTES});
    } else if (str_eq(path, STR("/len"))) {
        buf_printf(body, "%zu", rq->body.n);
    } else {
        buf_add(body, rq->body);
    }
    res.crc32 = str_eq(path, STR("/crc"));
    static char longer[2000];
    if (str_eq(path, STR("/long"))) {
        memset(longer, 'x', sizeof(longer));
        memcpy(longer, "X-Long: ", 8);
        memcpy(longer + sizeof(longer) - 2, "\r\n", 2);
        res.extra_headers = (struct str){longer, sizeof(longer)};
    }
    http_respond(rq, &res);
}

static void on_done(void *arg)
{
    struct fixture *f = arg;
    f->done = true;
}

static void on_stop(uv_async_t *a)
{
    struct fixture *f = a->data;
    http_server_stop(f->server, 1000, on_done, f);
    uv_close((uv_handle_t *)a, NULL);
}

static void *run(void *arg)
{
    struct fixture *f = arg;
    uv_run(&f->loop, UV_RUN_DEFAULT);
    return NULL;
}

/* Once: made for each answer it would keep the loop from its timers. */
static char *make_page(void)
{
    char *page = malloc(PAGE_BYTES + 1);
    if (page == NULL)
        abort();
    for (int i = 0; i < PAGE_BYTES / 16; i++)
        snprintf(page + 16 * i, 17, "%015d\n", i);
    return page;
}

static void start_with(struct fixture *f, int ms, size_t memory_max)
{
    struct err e = {0};
    *f = (struct fixture){.page = make_page()};
    uv_loop_init(&f->loop);
    uv_async_init(&f->loop, &f->stop, on_stop);
    f->stop.data = f;
    struct http_server_options o = {
        .host = "127.0.0.1",
        .body_bytes_max = BODY_MAX,
        .header_bytes_max = HEAD_MAX,
        .request_timeout_ms = ms,
        .idle_timeout_ms = ms,
        .write_timeout_ms = ms,
        .connections_max = 20,
        .memory_max = memory_max,
        .server_name = "Server",
        .handler = handle,
        .handler_arg = f,
    };
    if (!http_server_start(&f->loop, &o, &f->server, &e))
        abort();
    f->port = http_server_port(f->server);
    pthread_create(&f->thread, NULL, run, f);
}

static void start(struct fixture *f, int ms)
{
    start_with(f, ms, 0);
}

static void stop(struct fixture *f)
{
    uv_async_send(&f->stop);
    pthread_join(f->thread, NULL);
    ok(f->done, "the server has stopped");
    ok(uv_loop_close(&f->loop) == 0, "nothing is left on the loop");
    free(f->page);
}

static bool dial_with(const struct fixture *f, int fd)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)f->port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0;
}

static int client(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct timeval limit = {.tv_sec = 10};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    if (fd < 0)
        abort();
    return fd;
}

static int dial(const struct fixture *f)
{
    int fd = client();
    if (!dial_with(f, fd))
        abort();
    return fd;
}

static bool send_all(int fd, struct str s)
{
    while (s.n > 0) {
        ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        s = str_from(s, (size_t)n);
    }
    return true;
}

/* Everything until the server closes, or until `n` bytes are there. */
static struct str receive(int fd, struct buf *b, size_t n)
{
    b->n = 0;
    while (b->n < n) {
        char *p = buf_room(b, 65536);
        ssize_t got = recv(fd, p, 65536, 0);
        if (got <= 0)
            break;
        b->n += (size_t)got;
    }
    return buf_str(b);
}

static int count(struct str s, const char *what)
{
    int n = 0;
    size_t len = strlen(what);
    for (const char *p; (p = memmem(s.p, s.n, what, len)) != NULL; n++)
        s = str_from(s, (size_t)(p - s.p) + len);
    return n;
}

#define HOST  "Host: h\r\n"
#define CLOSE "Host: h\r\nConnection: close\r\n"

static const struct {
    const char *name, *send, *want[3];
} exchanges[] = {
    {"a request",
     "GET /echo HTTP/1.1\r\n" CLOSE "\r\n",
     {"HTTP/1.1 200 OK\r\nServer: Server\r\nDate: ", "\r\nContent-Length: 0\r\n",
      "Connection: close\r\n"}},
    {"a body", "POST /echo HTTP/1.1\r\n" CLOSE "Content-Length: 5\r\n\r\nhello", {"\r\n\r\nhello"}},
    {"crc32",
     "POST /crc HTTP/1.1\r\n" CLOSE "Content-Length: 5\r\n\r\nhello",
     {"\r\nx-amz-crc32: 907060870\r\n"}},
    {"long headers",
     "POST /long HTTP/1.1\r\n" CLOSE "Content-Length: 5\r\n\r\nhello",
     {"xxxx\r\n\r\nhello", "Content-Length: 5\r\n"}},
    {"HEAD", "HEAD /page HTTP/1.1\r\n" CLOSE "\r\n", {"Content-Length: 8388608\r\n"}},
    {"a chunked body",
     "POST /echo HTTP/1.1\r\n" CLOSE "Transfer-Encoding: chunked\r\n\r\n"
     "3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n",
     {"\r\n\r\nabcde"}},
    {"HTTP/1.0", "GET /echo HTTP/1.0\r\n\r\n", {"200 OK", "Connection: close\r\n"}},
    {"pipelining",
     "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\na"
     "POST /later HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\nb"
     "POST /echo HTTP/1.1\r\n" CLOSE "Content-Length: 1\r\n\r\nc",
     {"\r\n\r\naHTTP/1.1 200", "\r\n\r\nlaterHTTP/1.1 200", "\r\n\r\nc"}},
    {"malformed", "GET / HTTP/1.1\nHost: h\n\n", {"HTTP/1.1 400 Bad Request\r\n"}},
    {"smuggling",
     "POST / HTTP/1.1\r\n" HOST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     {"HTTP/1.1 400"}},
    {"bad chunk",
     "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\nx\r\n",
     {"HTTP/1.1 400"}},
    {"too long by its own word",
     "POST / HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 1048577\r\n\r\n",
     {"HTTP/1.1 413 ", "\r\nTransfer-Encoding: chunked\r\n", "\r\n\r\n0\r\n\r\n"}},
    {"unknown coding",
     "POST / HTTP/1.1\r\n" CLOSE "Content-Encoding: br\r\nContent-Length: 1\r\n\r\nx",
     {"\r\n\r\nbody state 2"}},
    {"undecodable",
     "POST / HTTP/1.1\r\n" CLOSE "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx",
     {"\r\n\r\nbody state 1"}},
    {"a stream", "GET /stream HTTP/1.1\r\n" HOST "\r\n", {"Connection: close\r\n\r\none two"}},
};

static void test_exchanges(const struct fixture *f)
{
    struct buf b = {0};
    for (size_t i = 0; i < COUNT_OF(exchanges); i++) {
        int fd = dial(f);
        send_all(fd, str_from_c(exchanges[i].send));
        struct str got = receive(fd, &b, SIZE_MAX);
        for (size_t k = 0; k < COUNT_OF(exchanges[i].want) && exchanges[i].want[k] != NULL; k++)
            ok(count(got, exchanges[i].want[k]) == 1, "%s, part %zu", exchanges[i].name, k);
        close(fd);
    }
    buf_free(&b);
}

static void test_continue_and_crumbs(const struct fixture *f)
{
    struct buf b = {0};
    int fd = dial(f);
    send_all(fd, STR("POST /echo HTTP/1.1\r\n" CLOSE
                     "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n"));
    is_bytes(receive(fd, &b, 25), STR("HTTP/1.1 100 Continue\r\n\r\n"), "continues");
    struct str rest = STR("abc");
    for (size_t i = 0; i < rest.n; i++)
        send_all(fd, (struct str){rest.p + i, 1});
    ok(count(receive(fd, &b, SIZE_MAX), "\r\n\r\nabc") == 1, "and is answered");
    close(fd);
    fd = dial(f);
    struct str crumbs = STR("POST /echo HTTP/1.1\r\n" CLOSE "Content-Length: 3\r\n\r\nabc");
    for (size_t i = 0; i < crumbs.n; i++) {
        send_all(fd, (struct str){crumbs.p + i, 1});
        usleep(200);
    }
    ok(count(receive(fd, &b, SIZE_MAX), "\r\n\r\nabc") == 1, "byte by byte");
    close(fd);
    buf_free(&b);
}

static void test_large(const struct fixture *f)
{
    struct buf b = {0}, rq = {0};
    static char zeros[BODY_MAX + 1];
    memset(zeros, '0', sizeof(zeros));
    for (int i = 0; i < 4; i++)
        buf_printf(&rq, "POST /len HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n" STR_FMT,
                   i == 3 ? CLOSE : HOST, BODY_MAX, BODY_MAX, zeros);
    int fd = dial(f);
    ok(send_all(fd, buf_str(&rq)), "four pipelined bodies of the largest size are taken");
    ok(count(receive(fd, &b, SIZE_MAX), "\r\n\r\n1048576") == 4, "and answered");
    close(fd);

    rq.n = 0;
    buf_printf(&rq,
               "POST /len HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n%x\r\n" STR_FMT,
               BODY_MAX + 1, BODY_MAX + 1, zeros);
    fd = dial(f);
    send_all(fd, buf_str(&rq));
    ok(count(receive(fd, &b, SIZE_MAX), "HTTP/1.1 413 ") == 1, "one byte more, chunked, is not");
    close(fd);

    struct libdeflate_compressor *z = NULL;
    struct buf packed = {0};
    http_encode(&z, HTTP_CODING_GZIP, (struct str){zeros, BODY_MAX}, &packed);
    http_encode(&z, HTTP_CODING_GZIP, STR("!"), &packed);
    rq.n = 0;
    buf_printf(
        &rq, "POST /len HTTP/1.1\r\n" HOST "Content-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n",
        packed.n);
    buf_add(&rq, buf_str(&packed));
    fd = dial(f);
    send_all(fd, buf_str(&rq));
    ok(count(receive(fd, &b, SIZE_MAX), "HTTP/1.1 413 ") == 1, "nor is it compressed");
    close(fd);
    http_encoder_free(&z);

    rq.n = 0;
    buf_printf(&rq, "GET / HTTP/1.1\r\n" CLOSE "x: %.*s\r\n\r\n", HEAD_MAX - 50, zeros);
    fd = dial(f);
    send_all(fd, buf_str(&rq));
    ok(count(receive(fd, &b, SIZE_MAX), "HTTP/1.1 200 ") == 1, "headers up to the limit");
    close(fd);
    rq.n = 0;
    buf_printf(&rq, "GET / HTTP/1.1\r\n" CLOSE "x: %.*s\r\n\r\n", HEAD_MAX, zeros);
    fd = dial(f);
    send_all(fd, buf_str(&rq));
    ok(count(receive(fd, &b, SIZE_MAX), "HTTP/1.1 400 ") == 1, "headers above it");
    close(fd);
    buf_free(&packed);
    buf_free(&rq);
    buf_free(&b);
}

static void test_compressed_response(const struct fixture *f)
{
    struct buf b = {0}, plain = {.max = PAGE_BYTES};
    for (int coding = HTTP_CODING_GZIP; coding <= HTTP_CODING_DEFLATE; coding++) {
        const char *name = coding == HTTP_CODING_GZIP ? "gzip" : "deflate";
        char rq[200];
        snprintf(rq, sizeof(rq), "GET /page HTTP/1.1\r\n" CLOSE "Accept-Encoding: %s\r\n\r\n",
                 name);
        int fd = dial(f);
        send_all(fd, str_from_c(rq));
        struct str got = receive(fd, &b, SIZE_MAX);
        snprintf(rq, sizeof(rq), "\r\nContent-Encoding: %s\r\n", name);
        ok(count(got, rq) == 1, "%s is named", name);
        const char *body = memmem(got.p, got.n, "\r\n\r\n", 4);
        struct str packed = body != NULL ? str_from(got, (size_t)(body - got.p) + 4) : got;
        plain.n = 0;
        ok(http_decode(coding, packed, &plain) == HTTP_DECODED && plain.n == PAGE_BYTES,
           "%s decodes to the page", name);
        close(fd);
    }
    int fd = dial(f);
    send_all(fd, STR("GET /page HTTP/1.1\r\n" CLOSE "\r\n"));
    ok(receive(fd, &b, SIZE_MAX).n > PAGE_BYTES, "a large page arrives whole");
    close(fd);
    buf_free(&b);
    buf_free(&plain);
}

static void test_half_closed(const struct fixture *f)
{
    struct buf b = {0};
    int fd = dial(f);
    send_all(fd, STR("GET /later HTTP/1.1\r\n" HOST "\r\nGET /later HTTP/1.1\r\n" HOST "\r\n"));
    shutdown(fd, SHUT_WR);
    ok(count(receive(fd, &b, SIZE_MAX), "\r\n\r\nlater") == 2, "a half-closed client is answered");
    close(fd);
    fd = dial(f);
    send_all(fd, STR("GET /later HTTP/1.1\r\n" HOST "\r\n"));
    close(fd); /* gone before the answer */
    fd = dial(f);
    send_all(fd, STR("POST / HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\na"));
    shutdown(fd, SHUT_WR);
    ok(receive(fd, &b, SIZE_MAX).n == 0, "half a request is not");
    close(fd);
    buf_free(&b);
}

static void test_slow(void)
{
    struct fixture f;
    struct buf b = {0};
    start(&f, 300);
    int idle = dial(&f), half = dial(&f), deaf = dial(&f), trickle = dial(&f);
    send_all(half, STR("GET / HTTP/1.1\r\nHo"));
    for (int i = 0; i < 20; i++) /* more than the kernel's buffers hold */
        send_all(deaf, STR("GET /page HTTP/1.1\r\n" HOST "\r\n"));
    send_all(trickle, STR("POST / HTTP/1.1\r\n" HOST "Content-Length: 1000\r\n\r\n"));
    for (int sent = 0; sent < 200 && send_all(trickle, STR("x")); sent++)
        usleep(100 * 1000);
    ok(count(receive(trickle, &b, SIZE_MAX), "HTTP/1.1 408 ") == 1, "a trickle is cut off");
    ok(receive(idle, &b, SIZE_MAX).n == 0, "an idle connection is closed");
    ok(count(receive(half, &b, SIZE_MAX), "HTTP/1.1 408 ") == 1, "half a head: 408");
    ok(receive(deaf, &b, SIZE_MAX).n < (size_t)20 * PAGE_BYTES, "who does not read is cut off");
    close(idle);
    close(half);
    close(deaf);
    close(trickle);
    buf_free(&b);
    stop(&f);
}

static void test_stop(void)
{
    struct fixture f;
    struct buf b = {0};
    start(&f, 5000);
    int busy = dial(&f), idle = dial(&f);
    send_all(busy, STR("GET /later HTTP/1.1\r\n" HOST "\r\n"));
    usleep(20 * 1000);
    stop(&f);
    ok(count(receive(busy, &b, SIZE_MAX), "Connection: close\r\n\r\nlater") == 1,
       "what was in flight is answered");
    ok(receive(idle, &b, SIZE_MAX).n == 0, "idle connections are closed");
    close(busy);
    close(idle);
    buf_free(&b);
}

/* Heads that never end take memory like bodies. */
static void test_half_heads(void)
{
    enum { HALVES = 18, HALF_BYTES = 12 * 1024 };
    static const char half[HALF_BYTES] = "GET / HTTP/1.1\r\nHost: h\r\nX: ";
    static char text[HALF_BYTES];
    struct fixture f;
    struct buf b = {0};
    int fd[HALVES], refused = 0;
    memset(text, 'x', sizeof(text));
    memcpy(text, half, strlen(half));
    start_with(&f, 5000, 64 * 1024);
    for (int i = 0; i < HALVES; i++) {
        fd[i] = dial(&f);
        send_all(fd[i], (struct str){text, sizeof(text)});
    }
    for (int i = 0; i < HALVES; i++) {
        refused += count(receive(fd[i], &b, SIZE_MAX), "HTTP/1.1 503 ");
        close(fd[i]);
    }
    ok(refused > 0 && refused < HALVES, "half heads that memory does not suffice for: %d", refused);
    buf_free(&b);
    stop(&f);
}

static void test_limits(const struct fixture *f)
{
    struct err e = {0};
    struct buf b = {0};
    int fd[25];
    for (size_t i = 0; i < COUNT_OF(fd); i++)
        fd[i] = dial(f);
    send_all(fd[24], STR("GET / HTTP/1.1\r\n" CLOSE "\r\n"));
    ok(receive(fd[24], &b, SIZE_MAX).n == 0, "one connection too many is closed");
    send_all(fd[0], STR("GET / HTTP/1.1\r\n" CLOSE "\r\n"));
    ok(receive(fd[0], &b, SIZE_MAX).n > 0, "the others are served");
    for (size_t i = 0; i < COUNT_OF(fd); i++)
        close(fd[i]);
    ok(!http_port_free("127.0.0.1", f->port, &e), "the port is taken: %s", e.msg);
    e.code = ERR_NONE;
    ok(!http_port_free("nowhere", 1, &e), "%s", e.msg);
    buf_free(&b);
}

/* Without a free file nobody can be accepted: the others are served meanwhile, and then he. */
static void test_no_files(const struct fixture *f)
{
    struct buf b = {0};
    struct rlimit all, now;
    int served = dial(f), late = client();
    send_all(served, STR("GET /spare HTTP/1.1\r\n" HOST "\r\n"));
    ok(count(receive(served, &b, 1), "200 OK") == 1, "a connection");
    int next = dup(0);
    close(next);
    getrlimit(RLIMIT_NOFILE, &all);
    now = all;
    now.rlim_cur = (rlim_t)next;
    ok(setrlimit(RLIMIT_NOFILE, &now) == 0 && dup(0) < 0 && dial_with(f, late),
       "and another when no file is free");
    send_all(late, STR("GET / HTTP/1.1\r\n" CLOSE "\r\n"));
    send_all(served, STR("GET / HTTP/1.1\r\n" HOST "\r\n"));
    (void)receive(served, &b, 1); /* now the loop has seen the other */
    send_all(served, STR("GET / HTTP/1.1\r\n" CLOSE "\r\n"));
    ok(count(receive(served, &b, SIZE_MAX), "200 OK") == 1, "the first is served");
    ok(setrlimit(RLIMIT_NOFILE, &all) == 0 && count(receive(late, &b, SIZE_MAX), "200 OK") == 1,
       "the other when there are files again");
    close(served);
    close(late);
    buf_free(&b);
}

int main(void)
{
    struct fixture f;
    start(&f, 5000);
    test_exchanges(&f);
    test_continue_and_crumbs(&f);
    test_large(&f);
    test_compressed_response(&f);
    test_half_closed(&f);
    test_limits(&f);
    test_no_files(&f);
    usleep(100 * 1000);
    stop(&f);
    ok(f.gone == 1, "the stream's owner was told its end");
    test_slow();
    test_stop();
    test_half_heads();
    return tap_done();
}
