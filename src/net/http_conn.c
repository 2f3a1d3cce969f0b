/* http_conn.c - from received bytes to complete requests.
 *
 * (1) While the handler has a request, `in` does not move: the request borrows
 *     from it.  What comes meanwhile goes into the room that is left; when there
 *     is none, reading stops until the answer is out.
 * (2) Before that it may move (large bodies grow it), so the head is parsed again
 *     when it did.
 * (3) A head that comes in crumbs is not parsed at every crumb, but when its end
 *     has come or twice as much is there. */
#include "net/http_server_int.h"

static bool too_much_held(struct http_conn *c)
{
    http_conn_account(c);
    return c->server->held > c->server->o.memory_max;
}

/* How much room a read should find. */
static size_t read_room(const struct http_conn *c)
{
    if (c->state != CONN_BODY || !c->rq.head.has_length)
        return HTTP_READ_BYTES;
    uint64_t left = c->head_n + c->rq.head.length - c->in.n;
    return size_max(HTTP_READ_BYTES, (size_t)(left < HTTP_KEEP_BYTES ? left : HTTP_KEEP_BYTES));
}

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *out)
{
    struct http_conn *c = container_of((uv_tcp_t *)(void *)h, struct http_conn, tcp);
    (void)suggested;
    if (c->state == CONN_LINGER) {
        *out = uv_buf_init(c->server->scrap, HTTP_SCRAP_BYTES);
        return;
    }
    if (c->state == CONN_HEAD || c->state == CONN_BODY) {
        size_t had = c->in.cap;
        if (c->in.cap - c->in.n < HTTP_READ_BYTES / 4 || c->in.p == NULL)
            (void)buf_room(&c->in, read_room(c));
        if (c->in.cap != had)
            http_conn_account(c);
    }
    /* No room makes libuv report UV_ENOBUFS. */
    *out = uv_buf_init(c->in.p + c->in.n, (unsigned)(c->in.cap - c->in.n));
}

static void stop_reading(struct http_conn *c)
{
    uv_read_stop((uv_stream_t *)&c->tcp);
    c->reading = false;
}

static void on_read_end(struct http_conn *c, ssize_t why)
{
    if (why == UV_ENOBUFS) {
        stop_reading(c);
        return;
    }
    c->peer_eof = true;
    c->reading = false;
    if (why != UV_EOF)
        c->broken = true;
    if (c->state == CONN_STREAM || c->state == CONN_LINGER)
        http_conn_close(c);
    else if (c->state == CONN_HEAD || c->state == CONN_BODY)
        http_conn_close(c); /* whatever is there can no longer become a request */
    else if (c->broken && c->state == CONN_WRITE)
        http_conn_close(c);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *b)
{
    struct http_conn *c = container_of((uv_tcp_t *)(void *)stream, struct http_conn, tcp);
    (void)b;
    if (n == 0)
        return;
    if (n < 0) {
        on_read_end(c, n);
        return;
    }
    c->server->stats.bytes_in += (uint64_t)n;
    if (c->state == CONN_LINGER)
        return;
    if (c->state == CONN_HEAD && c->in.n == 0)
        http_conn_phase(c, CONN_HEAD); /* its first byte starts a request's clock */
    c->in.n += (size_t)n;
    assert(c->in.n <= c->in.cap);
    if (c->state == CONN_HEAD || c->state == CONN_BODY) {
        c->moved += (uint64_t)n;
        http_conn_process(c);
    }
}

void http_conn_read(struct http_conn *c)
{
    if (c->reading || c->peer_eof || c->state == CONN_CLOSING)
        return;
    c->reading = uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read) == 0;
    if (!c->reading)
        http_conn_close(c);
}

/* Gives the complete request to the handler. */
static bool deliver(struct http_conn *c, struct str body)
{
    struct http_request *rq = &c->rq;
    if (c->parsed_at != c->in.p) { /* (2) */
        size_t used;
        enum http_parse r = http_parse_request((struct str){c->in.p, c->head_n}, &rq->head, &used);
        assert(r == HTTP_DONE && used == c->head_n);
        (void)r;
    }
    enum http_coding coding = http_coding_parse(http_header(&rq->head, STR("content-encoding")));
    rq->raw_body = rq->body = body;
    rq->body_state = HTTP_BODY_OK;
    if (coding == HTTP_CODING_UNKNOWN) {
        rq->body_state = HTTP_BODY_UNKNOWN_CODING;
    } else if (coding != HTTP_CODING_NONE) {
        c->plain.max = c->server->o.body_bytes_max;
        enum http_decoded r = http_decode(coding, body, &c->plain);
        if (r == HTTP_DECODE_TOO_BIG) {
            http_conn_refuse(c, 413);
            return false;
        }
        if (r == HTTP_DECODE_BAD) {
            c->plain.n = 0;
            rq->body_state = HTTP_BODY_UNDECODABLE;
        }
        rq->body = buf_str(&c->plain);
        http_conn_account(c);
    }
    rq->conn = c;
    rq->mem = &c->mem;
    rq->user = NULL;
    c->close_after = !rq->head.keep_alive || c->server->stopping;
    c->server->stats.requests++;
    http_conn_phase(c, CONN_BUSY);
    c->server->o.handler(c->server->o.handler_arg, rq);
    return true;
}

static bool body_step(struct http_conn *c)
{
    const struct http_head *h = &c->rq.head;
    if (!h->chunked) {
        size_t want = c->head_n + (size_t)h->length;
        if (c->in.n < want) {
            if (too_much_held(c))
                http_conn_refuse(c, 503);
            return false;
        }
        c->used_n = want;
        return deliver(c, (struct str){c->in.p + c->head_n, (size_t)h->length});
    }
    struct str rest = str_from(buf_str(&c->in), c->head_n);
    enum http_parse r = http_chunked_feed(&c->chunked, &rest, &c->body);
    if (r == HTTP_BAD || c->body.overflow || too_much_held(c)) {
        http_conn_refuse(c, r == HTTP_BAD ? 400 : c->body.overflow ? 413 : 503);
        return false;
    }
    if (r == HTTP_MORE) {
        c->in.n = c->head_n; /* all of it was taken */
        return false;
    }
    c->used_n = c->in.n - rest.n;
    return deliver(c, buf_str(&c->body));
}

static bool body_begin(struct http_conn *c)
{
    const struct http_head *h = &c->rq.head;
    if (h->has_length && h->length > c->server->o.body_bytes_max) {
        http_conn_refuse(c, 413);
        return false;
    }
    c->chunked = (struct http_chunked){0};
    c->body.max = c->server->o.body_bytes_max;
    if (!h->chunked && h->length == 0) {
        c->used_n = c->head_n;
        return deliver(c, (struct str){"", 0});
    }
    c->state = CONN_BODY; /* the same phase: its clock goes on */
    if (h->expect_continue && c->in.n == c->head_n) {
        static char go[] = "HTTP/1.1 100 Continue\r\n\r\n";
        uv_buf_t b = uv_buf_init(go, sizeof(go) - 1);
        if (uv_try_write((uv_stream_t *)&c->tcp, &b, 1) != (int)b.len) {
            http_conn_close(c);
            return false;
        }
    }
    return true;
}

/* Is it worth parsing?  See (3). */
static bool head_may_be_complete(const struct http_conn *c)
{
    if (c->tried_n == 0 || c->in.n >= 2 * c->tried_n)
        return true;
    size_t from = c->tried_n > 3 ? c->tried_n - 3 : 0;
    return memmem(c->in.p + from, c->in.n - from, "\r\n\r\n", 4) != NULL;
}

/* Request line and headers are bounded each for itself. */
static bool head_fits(const struct http_conn *c, size_t head_n)
{
    const struct http_head *h = &c->rq.head;
    size_t max = c->server->o.header_bytes_max;
    size_t line_n = (size_t)(h->target.p + h->target.n - c->in.p) + strlen(" HTTP/1.1\r\n");
    return line_n <= max && head_n - line_n <= max;
}

static bool head_step(struct http_conn *c)
{
    if (c->in.n == 0)
        return false;
    enum http_parse r = HTTP_MORE;
    if (head_may_be_complete(c)) {
        r = http_parse_request(buf_str(&c->in), &c->rq.head, &c->head_n);
        c->tried_n = c->in.n;
    }
    size_t max = c->server->o.header_bytes_max;
    if (r == HTTP_MORE && c->in.n <= 2 * max) {
        if (too_much_held(c))
            http_conn_refuse(c, 503);
        return false;
    }
    if (r != HTTP_DONE || !head_fits(c, c->head_n)) {
        http_conn_refuse(c, 400);
        return false;
    }
    c->parsed_at = c->in.p;
    return body_begin(c);
}

void http_conn_process(struct http_conn *c)
{
    if (c->processing)
        return;
    c->processing = true;
    bool more = true;
    while (more && (c->state == CONN_HEAD || c->state == CONN_BODY))
        more = c->state == CONN_HEAD ? head_step(c) : body_step(c);
    c->processing = false;
    if (c->state == CONN_HEAD && c->in.n == 0 && (c->peer_eof || c->server->stopping))
        http_conn_close(c);
    else if ((c->state == CONN_HEAD || c->state == CONN_BODY) && c->peer_eof)
        http_conn_close(c);
    else if (c->state == CONN_HEAD || c->state == CONN_BODY)
        http_conn_read(c);
}
