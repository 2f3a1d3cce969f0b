/* http_respond.c - answers, and what follows them on a connection.
 *
 * The head is put directly in front of the body, in the same buffer, and both
 * leave in one send.  What the socket does not take at once is left to libuv. */
#include "net/http_server_int.h"

#include <libdeflate.h>
#include <stdio.h>
#include <time.h>

static const char *reason(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {413, "Request Entity Too Large"},
        {415, "Unsupported Media Type"},
        {422, "Unprocessable Entity"},
        {429, "Too Many Requests"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
    };
    for (size_t i = 0; i < COUNT_OF(reasons); i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Status";
}

static struct str date_line(struct http_server *s)
{
    time_t now = time(NULL);
    if (now != s->date_s) {
        struct tm tm;
        gmtime_r(&now, &tm);
        strftime(s->date, sizeof(s->date), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &tm);
        s->date_s = now;
    }
    return str_from_c(s->date);
}

static void add_number(struct buf *to, uint64_t n)
{
    char digits[20];
    size_t at = sizeof(digits);
    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    buf_add(to, (struct str){digits + at, sizeof(digits) - at});
}

static void add_line(struct buf *to, struct str name, struct str value)
{
    buf_add(to, name);
    buf_add(to, STR(": "));
    buf_add(to, value);
    buf_add(to, STR("\r\n"));
}

void http_head_write(struct http_server *s, const struct head_fields *f, struct buf *to)
{
    buf_add(to, STR("HTTP/1.1 "));
    add_number(to, (uint64_t)f->res->status);
    buf_byte(to, ' ');
    buf_add(to, str_from_c(reason(f->res->status)));
    buf_add(to, STR("\r\n"));
    if (s->o.server_name != NULL)
        add_line(to, STR("Server"), str_from_c(s->o.server_name));
    buf_add(to, date_line(s));
    if (f->res->content_type != NULL)
        add_line(to, STR("Content-Type"), str_from_c(f->res->content_type));
    if (f->has_length) {
        buf_add(to, STR("Content-Length: "));
        add_number(to, f->length);
        buf_add(to, STR("\r\n"));
    }
    if (f->coding != HTTP_CODING_NONE)
        add_line(to, STR("Content-Encoding"),
                 f->coding == HTTP_CODING_GZIP ? STR("gzip") : STR("deflate"));
    if (f->connection != NULL)
        add_line(to, STR("Connection"), str_from_c(f->connection));
    buf_add(to, f->res->extra_headers);
    if (f->has_crc) {
        buf_add(to, STR("x-amz-crc32: "));
        add_number(to, f->crc);
        buf_add(to, STR("\r\n"));
    }
    buf_add(to, STR("\r\n"));
}

/* Gives back what a large request or response needed. */
static void shrink(struct buf *b)
{
    if (b->cap > HTTP_KEEP_BYTES && b->n == 0)
        buf_free(b);
    b->overflow = false;
}

/* The response is out: on to the next request, or to the end. */
static void request_done(struct http_conn *c)
{
    size_t rest = c->in.n - c->used_n;
    memmove(c->in.p, c->in.p + c->used_n, rest);
    c->in.n = rest;
    c->tried_n = c->used_n = 0;
    c->out.n = c->body.n = c->plain.n = 0;
    arena_reset(&c->mem);
    shrink(&c->in);
    shrink(&c->out);
    shrink(&c->body);
    shrink(&c->plain);
    http_conn_account(c);
    if (c->close_after) {
        if (rest > 0 && !c->peer_eof)
            http_conn_linger(c);
        else
            http_conn_close(c);
        return;
    }
    http_conn_phase(c, CONN_HEAD);
    http_conn_process(c);
}

static void on_written(uv_write_t *w, int status)
{
    struct http_conn *c = container_of(w, struct http_conn, write);
    if (c->state != CONN_WRITE)
        return;
    if (status != 0)
        http_conn_close(c);
    else
        request_done(c);
}

/* Sends c->out from `from` on. */
static void send_out(struct http_conn *c, size_t from)
{
    uv_buf_t b = uv_buf_init(c->out.p + from, (unsigned)(c->out.n - from));
    int sent = uv_try_write((uv_stream_t *)&c->tcp, &b, 1);
    if (sent == UV_EAGAIN)
        sent = 0;
    if (sent < 0) {
        http_conn_close(c);
        return;
    }
    c->server->stats.bytes_out += b.len;
    if ((size_t)sent == b.len) {
        request_done(c);
        return;
    }
    b = uv_buf_init(b.base + sent, (unsigned)(b.len - (size_t)sent));
    http_conn_account(c);
    /* Readers that do not read may not fill the memory. */
    if (c->server->held > c->server->o.memory_max ||
        uv_write(&c->write, (uv_stream_t *)&c->tcp, &b, 1, on_written) != 0)
        http_conn_close(c);
}

/* Puts the compressed body in the place of the plain one. */
static enum http_coding compress(struct http_conn *c)
{
    struct str accept = http_header(&c->rq.head, STR("accept-encoding"));
    enum http_coding coding = http_coding_accepted(accept);
    if (coding == HTTP_CODING_NONE)
        return coding;
    struct buf packed = {.max = HTTP_RESPONSE_BYTES_MAX};
    packed.n = buf_room(&packed, HTTP_HEAD_ROOM) != NULL ? HTTP_HEAD_ROOM : 0;
    http_encode(&c->server->compressor, coding, str_from(buf_str(&c->out), HTTP_HEAD_ROOM),
                &packed);
    if (packed.overflow) {
        buf_free(&packed);
        return HTTP_CODING_NONE;
    }
    buf_free(&c->out);
    c->out = packed;
    return coding;
}

struct buf *http_response_body(struct http_request *rq)
{
    struct buf *out = &rq->conn->out;
    out->max = HTTP_RESPONSE_BYTES_MAX;
    out->n = 0;
    out->overflow = false;
    (void)buf_room(out, HTTP_HEAD_ROOM);
    out->n = HTTP_HEAD_ROOM;
    return out;
}

/* Puts the head in front of the body; returns where it begins. */
static size_t place_head(struct http_conn *c, struct str head)
{
    if (head.n <= HTTP_HEAD_ROOM) {
        memcpy(c->out.p + HTTP_HEAD_ROOM - head.n, head.p, head.n);
        return HTTP_HEAD_ROOM - head.n;
    }
    size_t body_n = c->out.n - HTTP_HEAD_ROOM, more = head.n - HTTP_HEAD_ROOM;
    c->out.max = BUF_MAX_DEFAULT;
    (void)buf_room(&c->out, more);
    memmove(c->out.p + head.n, c->out.p + HTTP_HEAD_ROOM, body_n);
    memcpy(c->out.p, head.p, head.n);
    c->out.n += more;
    return 0;
}

void http_respond(struct http_request *rq, const struct http_response *res)
{
    struct http_conn *c = rq->conn;
    struct http_response whole = *res;
    assert(c->state == CONN_BUSY);
    if (c->out.n < HTTP_HEAD_ROOM)
        (void)http_response_body(rq);
    if (c->out.overflow) { /* half a body is worse than none */
        whole = (struct http_response){.status = 500, .close = true};
        (void)http_response_body(rq);
    }
    http_conn_phase(c, CONN_WRITE);
    if (c->broken) {
        http_conn_close(c);
        return;
    }
    c->close_after |= whole.close || c->server->stopping;
    bool bodyless = whole.status == 204 || whole.status == 304;
    struct head_fields f = {.res = &whole, .has_length = !bodyless};
    if (whole.may_compress && c->out.n - HTTP_HEAD_ROOM > HTTP_COMPRESS_ABOVE_BYTES)
        f.coding = compress(c);
    struct str body = str_from(buf_str(&c->out), HTTP_HEAD_ROOM);
    f.length = body.n;
    f.has_crc = whole.crc32;
    f.crc = whole.crc32 ? libdeflate_crc32(0, body.p, body.n) : 0;
    f.connection = c->close_after ? "close" : rq->head.minor_version == 0 ? "keep-alive" : NULL;
    if (bodyless || str_eq(rq->head.method, STR("HEAD")))
        c->out.n = HTTP_HEAD_ROOM;

    char room[HTTP_HEAD_ROOM];
    struct buf head = {.p = room, .cap = sizeof(room), .max = sizeof(room)};
    http_head_write(c->server, &f, &head);
    if (head.overflow) { /* long extra headers */
        head = (struct buf){0};
        http_head_write(c->server, &f, &head);
    }
    size_t from = place_head(c, buf_str(&head));
    if (head.p != room)
        buf_free(&head);
    send_out(c, from);
}

void http_conn_refuse(struct http_conn *c, int status)
{
    /* As the service does it; the head of a request that is too large was read. */
    bool chunked = status == 413 && c->rq.head.minor_version > 0;
    struct http_response res = {.status = status,
                                .extra_headers = chunked ? STR("Transfer-Encoding: chunked\r\n")
                                                         : STR("Content-Length: 0\r\n")};
    struct head_fields f = {.res = &res, .connection = "close"};
    char room[HTTP_HEAD_ROOM];
    struct buf head = {.p = room, .cap = sizeof(room), .max = sizeof(room)};
    http_head_write(c->server, &f, &head);
    if (chunked)
        buf_add(&head, STR("0\r\n\r\n"));
    uv_buf_t b = uv_buf_init(head.p, (unsigned)head.n);
    if (uv_try_write((uv_stream_t *)&c->tcp, &b, 1) == (int)b.len)
        http_conn_linger(c);
    else
        http_conn_close(c);
}

void http_conn_linger(struct http_conn *c)
{
    http_conn_phase(c, CONN_LINGER);
    buf_free(&c->in);
    buf_free(&c->body);
    buf_free(&c->plain);
    http_conn_account(c);
    uv_os_fd_t fd;
    if (c->peer_eof || uv_fileno((uv_handle_t *)&c->tcp, &fd) != 0 || shutdown(fd, SHUT_WR) != 0) {
        http_conn_close(c);
        return;
    }
    http_conn_read(c);
}
