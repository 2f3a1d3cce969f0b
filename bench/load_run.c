/* load_run.c - closed loop: each connection has one request under way. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

struct conn {
    int fd;
    struct str request;
    size_t sent;
    char reply[64 * 1024];
    size_t got, want; /* want: bytes of the whole answer, 0 until its head is here */
    uint64_t since_ns;
};

struct run {
    const struct load_pool *pool;
    size_t next;
    int epoll;
    struct load_result *out;
};

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int dial(int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    return fd;
}

/* Length of the whole answer once its head is complete, else 0. */
static size_t answer_length(const char *p, size_t n)
{
    const char *end = memmem(p, n, "\r\n\r\n", 4);
    if (end == NULL)
        return 0;
    size_t head = (size_t)(end - p) + 4;
    for (const char *line = p; line < end; line = (const char *)memmem(line, head, "\r\n", 2) + 2)
        if (strncasecmp(line, "content-length:", 15) == 0)
            return head + strtoul(line + 15, NULL, 10);
    return head;
}

static bool push(struct conn *c)
{
    while (c->sent < c->request.n) {
        ssize_t n = send(c->fd, c->request.p + c->sent, c->request.n - c->sent, MSG_NOSIGNAL);
        if (n < 0)
            return errno == EAGAIN;
        c->sent += (size_t)n;
    }
    return true;
}

static bool start(struct run *r, struct conn *c)
{
    c->request = r->pool->request[r->next++ % r->pool->n];
    c->sent = c->got = c->want = 0;
    c->since_ns = now_ns();
    return push(c);
}

static bool pull(struct run *r, struct conn *c)
{
    ssize_t n = recv(c->fd, c->reply + c->got, sizeof(c->reply) - c->got, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN)
        return true;
    if (n <= 0)
        return false;
    c->got += (size_t)n;
    if (c->want == 0)
        c->want = answer_length(c->reply, c->got);
    if (c->want > sizeof(c->reply))
        return false;
    if (c->want == 0 || c->got < c->want)
        return true;
    histogram_add(&r->out->latency_ns, now_ns() - c->since_ns);
    r->out->done++;
    r->out->failed += memcmp(c->reply, "HTTP/1.1 200", 12) != 0;
    return start(r, c);
}

static bool open_all(struct run *r, struct conn *conns, int n, int port)
{
    for (int i = 0; i < n; i++) {
        struct epoll_event ev = {.events = EPOLLIN, .data = {.ptr = &conns[i]}};
        conns[i].fd = dial(port);
        if (conns[i].fd < 0 || epoll_ctl(r->epoll, EPOLL_CTL_ADD, conns[i].fd, &ev) != 0)
            return false;
    }
    return true;
}

bool load_run(const struct load_pool *pool, int port, int connections, int ms, uint64_t limit,
              struct load_result *out)
{
    struct conn *conns = calloc((size_t)connections, sizeof(*conns));
    struct run r = {.pool = pool, .epoll = epoll_create1(0), .out = out};
    struct epoll_event events[256];
    *out = (struct load_result){0};
    bool ok = conns != NULL && open_all(&r, conns, connections, port);
    uint64_t begin = now_ns(), end = begin + (uint64_t)ms * 1000000u, now = begin;
    for (int i = 0; ok && i < connections; i++)
        ok = start(&r, &conns[i]);
    while (ok && now < end && (limit == 0 || out->done < limit)) {
        int n = epoll_wait(r.epoll, events, (int)COUNT_OF(events), 100);
        for (int i = 0; i < n && ok; i++)
            ok = pull(&r, events[i].data.ptr);
        now = now_ns();
    }
    out->seconds = (double)(now - begin) / 1e9;
    for (int i = 0; conns != NULL && i < connections; i++)
        if (conns[i].fd > 0)
            close(conns[i].fd);
    close(r.epoll);
    free(conns);
    return ok;
}

bool load_once(struct str request, int port, struct buf *reply)
{
    int fd = dial(port);
    size_t want = 0;
    if (fd < 0)
        return false;
    struct conn c = {.fd = fd, .request = request};
    bool ok = push(&c);
    while (ok && (want == 0 || reply->n < want)) {
        char *p = buf_room(reply, 65536);
        ssize_t n = p != NULL ? recv(fd, p, 65536, 0) : -1;
        ok = n > 0;
        reply->n += ok ? (size_t)n : 0;
        want = ok ? answer_length(reply->p, reply->n) : 0;
    }
    close(fd);
    return ok && reply->n > 12 && memcmp(reply->p, "HTTP/1.1 200", 12) == 0;
}
