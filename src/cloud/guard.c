/* guard.c - see guard.h.
 *
 * A connection is a pair of sockets, each read into the other.  A side whose peer is
 * slow is not read until what waits has left; the end of one direction is passed on
 * while the other goes on. */
#include "cloud/guard.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#include "base/log.h"
#include "cloud/cloud_call.h"
#include "cloud/guard_rules.h"

enum {
    PIECE_BYTES = 64 * 1024,
    QUEUE_BYTES_MAX = 256 * 1024,
    BACKLOG = 512,
    CONNECTIONS_MAX = 10000,
    EXIT_USAGE = 2,
};

struct guard {
    uv_loop_t uv;
    uv_tcp_t listener;
    uv_signal_t ends[2];
    struct sockaddr_storage to;
    struct guard_rules *rules;
    int port; /* that the rules speak of */
    int connections;
    struct pair *pairs;
};

struct side {
    uv_tcp_t tcp;
    struct pair *pair;
    struct side *other;
    bool ended; /* it will send no more */
    uv_shutdown_t shutdown;
};

struct pair {
    struct guard *guard;
    struct pair *prev, *next;
    struct side client, server;
    uv_connect_t connect;
    int open;
    bool closing;
};

struct piece {
    uv_write_t write;
    struct side *from;
    char bytes[PIECE_BYTES];
};

static void on_closed(uv_handle_t *h)
{
    struct side *s = h->data;
    struct pair *p = s->pair;
    if (--p->open > 0)
        return;
    if (p->prev != NULL)
        p->prev->next = p->next;
    else
        p->guard->pairs = p->next;
    if (p->next != NULL)
        p->next->prev = p->prev;
    p->guard->connections--;
    free(p);
}

static void close_pair(struct pair *p)
{
    if (p->closing)
        return;
    p->closing = true;
    uv_close((uv_handle_t *)&p->client.tcp, on_closed);
    uv_close((uv_handle_t *)&p->server.tcp, on_closed);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *b);

static void on_alloc(uv_handle_t *h, size_t hint, uv_buf_t *out)
{
    struct piece *piece = malloc(sizeof(*piece));
    (void)h, (void)hint;
    *out = piece != NULL ? uv_buf_init(piece->bytes, sizeof(piece->bytes)) : uv_buf_init(NULL, 0);
}

static void on_written(uv_write_t *w, int status)
{
    struct piece *piece = container_of(w, struct piece, write);
    struct side *from = piece->from, *to = from->other;
    free(piece);
    if (status != 0)
        close_pair(from->pair);
    else if (!from->pair->closing && !from->ended &&
             uv_stream_get_write_queue_size((uv_stream_t *)&to->tcp) < QUEUE_BYTES_MAX)
        uv_read_start((uv_stream_t *)&from->tcp, on_alloc, on_read);
}

static void on_shut(uv_shutdown_t *rq, int status)
{
    struct side *s = container_of(rq, struct side, shutdown);
    if (status != 0 || (s->ended && s->other->ended))
        close_pair(s->pair);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *b)
{
    struct side *from = stream->data, *to = from->other;
    struct piece *piece = b->base != NULL ? container_of(b->base, struct piece, bytes) : NULL;
    uv_stream_t *out = (uv_stream_t *)&to->tcp;
    if (n > 0) {
        uv_buf_t bytes = uv_buf_init(piece->bytes, (unsigned)n);
        piece->from = from;
        if (uv_write(&piece->write, out, &bytes, 1, on_written) != 0) {
            free(piece);
            close_pair(from->pair);
        } else if (uv_stream_get_write_queue_size(out) >= QUEUE_BYTES_MAX) {
            uv_read_stop(stream);
        }
        return;
    }
    free(piece);
    if (n == UV_EOF) {
        from->ended = true;
        uv_read_stop(stream);
        if (uv_shutdown(&to->shutdown, out, on_shut) != 0)
            close_pair(from->pair);
    } else if (n < 0) {
        close_pair(from->pair);
    }
}

static void on_connected(uv_connect_t *rq, int status)
{
    struct pair *p = container_of(rq, struct pair, connect);
    if (status != 0) {
        if (status != UV_ECANCELED)
            log_warn("guard: cannot connect: %s", uv_strerror(status));
        close_pair(p);
        return;
    }
    uv_read_start((uv_stream_t *)&p->client.tcp, on_alloc, on_read);
    uv_read_start((uv_stream_t *)&p->server.tcp, on_alloc, on_read);
}

static void log_refused(const struct sockaddr_storage *peer)
{
    char text[INET6_ADDRSTRLEN] = "?";
    if (peer->ss_family == AF_INET)
        uv_ip4_name((const struct sockaddr_in *)(const void *)peer, text, sizeof(text));
    else
        uv_ip6_name((const struct sockaddr_in6 *)(const void *)peer, text, sizeof(text));
    log_info("guard: refused %s", text);
}

static struct pair *pair_new(struct guard *g)
{
    struct pair *p = calloc(1, sizeof(*p));
    if (p == NULL)
        abort();
    p->guard = g;
    p->client.pair = p->server.pair = p;
    p->client.other = &p->server;
    p->server.other = &p->client;
    p->client.tcp.data = &p->client;
    p->server.tcp.data = &p->server;
    if (uv_tcp_init(&g->uv, &p->client.tcp) != 0 || uv_tcp_init(&g->uv, &p->server.tcp) != 0)
        abort();
    p->open = 2;
    if ((p->next = g->pairs) != NULL)
        p->next->prev = p;
    g->pairs = p;
    g->connections++;
    return p;
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct guard *g = listener->data;
    struct sockaddr_storage peer;
    int n = sizeof(peer);
    if (status != 0)
        return;
    struct pair *p = pair_new(g);
    if (uv_accept(listener, (uv_stream_t *)&p->client.tcp) != 0 ||
        uv_tcp_getpeername(&p->client.tcp, (struct sockaddr *)&peer, &n) != 0 ||
        g->connections > CONNECTIONS_MAX) {
        close_pair(p);
    } else if (!guard_rules_allow(g->rules, (struct sockaddr *)&peer, g->port)) {
        log_refused(&peer);
        close_pair(p);
    } else {
        uv_tcp_nodelay(&p->client.tcp, 1);
        uv_tcp_nodelay(&p->server.tcp, 1);
        if (uv_tcp_connect(&p->connect, &p->server.tcp, (struct sockaddr *)&g->to, on_connected))
            close_pair(p);
    }
}

static void on_signal(uv_signal_t *s, int number)
{
    struct guard *g = s->data;
    (void)number;
    uv_close((uv_handle_t *)&g->listener, NULL);
    uv_close((uv_handle_t *)&g->ends[0], NULL);
    uv_close((uv_handle_t *)&g->ends[1], NULL);
    for (struct pair *p = g->pairs; p != NULL; p = p->next)
        close_pair(p);
}

/* HOST:PORT, [HOST]:PORT. */
static bool resolve(const char *text, struct sockaddr_storage *out)
{
    char host[256];
    const char *colon = strrchr(text, ':');
    size_t n = colon != NULL ? (size_t)(colon - text) : 0;
    bool six = n > 1 && text[0] == '[' && text[n - 1] == ']';
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
    if (n == 0 || n >= sizeof(host))
        return false;
    snprintf(host, sizeof(host), "%.*s", (int)(n - (six ? 2 : 0)), text + six);
    if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
        return false;
    memcpy(out, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return true;
}

static bool listen_on(struct guard *g, const struct sockaddr_storage *at)
{
    struct sockaddr_storage real;
    int n = sizeof(real);
    static const int ends[2] = {SIGTERM, SIGINT};
    int r = uv_loop_init(&g->uv);
    if (r == 0)
        r = uv_tcp_init(&g->uv, &g->listener);
    g->listener.data = g;
    if (r == 0)
        r = uv_tcp_bind(&g->listener, (const struct sockaddr *)at, 0);
    if (r == 0)
        r = uv_listen((uv_stream_t *)&g->listener, BACKLOG, on_connection);
    if (r == 0)
        r = uv_tcp_getsockname(&g->listener, (struct sockaddr *)&real, &n);
    if (r != 0) {
        fprintf(stderr, "stator guard: cannot listen: %s\n", uv_strerror(r));
        return false;
    }
    /* The port is at the same place in both families. */
    int port = ntohs(((const struct sockaddr_in *)(const void *)&real)->sin_port);
    if (g->port == 0)
        g->port = port;
    for (int i = 0; i < 2; i++) {
        uv_signal_init(&g->uv, &g->ends[i]);
        g->ends[i].data = g;
        uv_signal_start(&g->ends[i], on_signal, ends[i]);
    }
    printf("stator guard: listening on port %d\n", port);
    fflush(stdout);
    return true;
}

static int usage(const char *what)
{
    fprintf(
        stderr,
        "stator guard: %s\nUsage: stator guard --listen HOST:PORT --to HOST:PORT --group ID\n"
        "    [--port N]        the port that the rules speak of; default: the one it listens on\n"
        "    [--endpoint URL]  of the server that has the group; default: AWS_ENDPOINT_URL_EC2,\n"
        "                      AWS_ENDPOINT_URL, http://127.0.0.1:8000\n",
        what);
    return EXIT_USAGE;
}

static bool is_group_id(const char *s)
{
    return strncmp(s, "sg-", 3) == 0 && strspn(s + 3, "0123456789abcdef") == strlen(s + 3);
}

int guard_main(int argc, char **argv)
{
    static const char *const names[] = {"--listen", "--to", "--group", "--port", "--endpoint"};
    const char *value[COUNT_OF(names)] = {NULL};
    struct sockaddr_storage at = {0};
    struct guard *g = calloc(1, sizeof(*g));
    if (g == NULL)
        abort();
    for (int i = 0; i < argc; i += 2) {
        size_t k = 0;
        while (k < COUNT_OF(names) && strcmp(names[k], argv[i]) != 0)
            k++;
        if (k == COUNT_OF(names) || i + 1 == argc)
            return usage(argv[i]);
        value[k] = argv[i + 1];
    }
    if (value[0] == NULL || value[1] == NULL || value[2] == NULL || !is_group_id(value[2]))
        return usage("--listen, --to and --group (an id, sg-...) are needed");
    if (!resolve(value[0], &at) || !resolve(value[1], &g->to))
        return usage("--listen and --to take HOST:PORT");
    g->port = value[3] != NULL ? (int)strtol(value[3], NULL, 10) : 0;
    signal(SIGPIPE, SIG_IGN);
    if (!listen_on(g, &at))
        return 1;
    g->rules = guard_rules_start(cloud_call_endpoint(value[4], "AWS_ENDPOINT_URL_EC2"), value[2]);
    uv_run(&g->uv, UV_RUN_DEFAULT);
    guard_rules_stop(&g->rules);
    uv_loop_close(&g->uv);
    free(g);
    return 0;
}
