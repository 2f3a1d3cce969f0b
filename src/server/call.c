/* call.c - the life of a call; see call.h. */
#include "server/call.h"

#include <stdlib.h>

#include "base/log.h"
#include "server/loop.h"
#include "server/server.h"

enum { REQUEST_ID_CHARS = 52 };

static void add_header(struct call *c, struct str line)
{
    assert(c->headers_n + line.n <= sizeof(c->headers));
    memcpy(c->headers + c->headers_n, line.p, line.n);
    c->headers_n += (uint32_t)line.n;
}

/* Ids must differ, not be secret: a generator of the loop's own (splitmix64) does. */
static uint64_t next_id_bits(struct loop *l)
{
    uint64_t z = l->id_state += 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

static void add_request_id(struct call *c)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
    char id[REQUEST_ID_CHARS];
    uint64_t bits = 0;
    for (size_t i = 0; i < sizeof(id); i++, bits >>= 5) {
        if (i % 12 == 0)
            bits = next_id_bits(c->loop);
        id[i] = digits[bits & 31];
    }
    add_header(c, STR("x-amzn-RequestId: "));
    add_header(c, (struct str){id, sizeof(id)});
    add_header(c, STR("\r\n"));
}

struct call *call_new(struct loop *loop, struct http_request *http)
{
    struct call *c = loop_call_take(loop);
    if (c == NULL) {
        c = calloc(1, sizeof(*c));
        if (c == NULL)
            abort();
        c->loop = loop;
        c->rq.db = loop->server->db;
    }
    c->http = http;
    http->user = c;
    c->ok = c->json_1_0 = false;
    c->headers_n = 0;
    c->service = NULL;
    c->rq.op = NULL;
    c->rq.flags = 0;
    c->rq.physics = NULL;
    c->rq.in = c->rq.prepared = NULL;
    c->rq.access_key = c->rq.error_members = c->rq.host = (struct str){0};
    err_init(&c->rq.err, &c->rq.mem);
    add_request_id(c);
    if (http_header(&http->head, STR("origin")).p != NULL)
        add_header(c, STR("Access-Control-Allow-Origin: *\r\n"
                          "Access-Control-Expose-Headers: x-amzn-RequestId,x-amzn-ErrorType,"
                          "x-amz-crc32,Date\r\n"));
    return c;
}

void call_run(struct call *c, struct db_txn *txn)
{
    err_init(&c->rq.err, &c->rq.mem);
    c->rq.error_members = (struct str){0};
    c->rq.out = (struct json_out){.to = call_body(c)};
    c->ok = c->rq.op->run(&c->rq, txn);
    assert(c->ok == (c->rq.err.code == ERR_NONE));
}

bool call_warm(struct call *c, struct db_txn *txn)
{
    return c->rq.op->warm(&c->rq, txn) || c->rq.err.code != ERR_WOULD_BLOCK;
}

struct buf *call_body(struct call *c)
{
    return http_response_body(c->http);
}

void call_respond(struct call *c, int status, const char *content_type, struct str more)
{
    struct str headers = {c->headers, c->headers_n};
    if (more.n > 0)
        headers = arena_printf(c->http->mem, STR_FMT STR_FMT, STR_ARG(headers), STR_ARG(more));
    http_respond(c->http, &(struct http_response){
                              .status = status,
                              .content_type = content_type,
                              .extra_headers = headers,
                              .crc32 = true,
                              .may_compress = true,
                          });
    c->http = NULL;
    arena_reset(&c->rq.mem);
    loop_call_give_back(c->loop, c);
}

void call_finish(struct call *c)
{
    static const char json_1_0[] = "application/x-amz-json-1.0", json[] = "application/json";
    if (c->service != NULL) {
        call_respond(c, c->cloud.status, c->cloud.content_type, c->cloud.headers);
        return;
    }
    enum err_code code = c->ok ? ERR_NONE : c->rq.err.code;
    assert(c->ok || code != ERR_NONE);
    if (!c->ok) {
        /* Without an operation it was the client that was wrong. */
        if (err_http_status(code) == 500 && c->rq.op != NULL && loop_may_log(c->loop))
            log_error("%s: %s", c->rq.op->name, c->rq.err.msg);
        op_error_body(&c->rq, call_body(c));
    }
    call_respond(c, err_http_status(code), c->json_1_0 ? json_1_0 : json, (struct str){0});
}
