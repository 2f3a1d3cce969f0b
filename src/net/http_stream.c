/* http_stream.c - responses that go on: the head at once, then pieces until one
 * side has enough.  The end of the connection is the end of the response. */
#include "net/http_server_int.h"

#include <stdlib.h>

enum { UNSENT_BYTES_MAX = 1024 * 1024 };

struct http_stream {
    struct http_conn *conn;
    void (*gone)(void *arg);
    void *arg;
};

struct piece {
    uv_write_t write;
    char bytes[];
};

static void on_written(uv_write_t *w, int status)
{
    struct http_conn *c = w->data;
    free(container_of(w, struct piece, write));
    if (status != 0 && status != UV_ECANCELED)
        http_conn_close(c);
}

static bool send_piece(struct http_conn *c, struct str bytes)
{
    uv_stream_t *tcp = (uv_stream_t *)&c->tcp;
    if (uv_stream_get_write_queue_size(tcp) + bytes.n > UNSENT_BYTES_MAX)
        return false;
    struct piece *p = malloc(sizeof(*p) + bytes.n);
    if (p == NULL)
        abort();
    memcpy(p->bytes, bytes.p, bytes.n);
    p->write.data = c;
    uv_buf_t b = uv_buf_init(p->bytes, (unsigned)bytes.n);
    if (uv_write(&p->write, tcp, &b, 1, on_written) != 0) {
        free(p);
        return false;
    }
    c->server->stats.bytes_out += bytes.n;
    return true;
}

struct http_stream *http_stream_start(struct http_request *rq, const struct http_response *res,
                                      void (*gone)(void *arg), void *arg)
{
    struct http_conn *c = rq->conn;
    struct head_fields f = {.res = res, .connection = "close"};
    struct buf head = {0};
    assert(c->state == CONN_BUSY);
    http_head_write(c->server, &f, &head);
    if (c->broken || c->peer_eof || !send_piece(c, buf_str(&head))) {
        buf_free(&head);
        http_conn_phase(c, CONN_WRITE);
        http_conn_close(c);
        return NULL;
    }
    buf_free(&head);
    struct http_stream *s = calloc(1, sizeof(*s));
    if (s == NULL)
        abort();
    *s = (struct http_stream){.conn = c, .gone = gone, .arg = arg};
    c->stream = s;
    http_conn_phase(c, CONN_STREAM);
    return s;
}

bool http_stream_send(struct http_stream *s, struct str bytes)
{
    return bytes.n == 0 || send_piece(s->conn, bytes);
}

void http_stream_gone(struct http_conn *c)
{
    struct http_stream *s = c->stream;
    c->stream = NULL;
    if (s != NULL && s->gone != NULL)
        s->gone(s->arg);
    free(s);
}

static void on_shut(uv_shutdown_t *rq, int status)
{
    struct http_conn *c = rq->data;
    (void)status;
    free(rq);
    http_conn_close(c);
}

void http_stream_end(struct http_stream *s)
{
    struct http_conn *c = s->conn;
    uv_shutdown_t *rq = calloc(1, sizeof(*rq));
    if (rq == NULL)
        abort();
    rq->data = c;
    /* What was sent is still sent, within the time for writing; then `gone` is told. */
    http_conn_phase(c, CONN_WRITE);
    if (uv_shutdown(rq, (uv_stream_t *)&c->tcp, on_shut) != 0) {
        free(rq);
        http_conn_close(c);
    }
}
