/* floor.c - the bare HTTP exchange: our own loop and parser, the same bytes in
 * and out, no database.  What a request costs above this is what Stator adds.
 *
 *     floor PORT
 *
 * The answer's body is as long as the request's header x-floor-bytes says. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "net/http_server.h"

static void answer(void *arg, struct http_request *rq)
{
    struct str wanted = http_header(&rq->head, STR("x-floor-bytes"));
    size_t n = 0;
    (void)arg;
    for (size_t i = 0; i < wanted.n && i < 7; i++)
        n = n * 10 + (size_t)(wanted.p[i] - '0');
    struct buf *body = http_response_body(rq);
    char *p = buf_room(body, n);
    if (p != NULL) {
        memset(p, 'x', n);
        body->n += n;
    }
    http_respond(
        rq, &(struct http_response){.status = 200, .content_type = "application/x-amz-json-1.0"});
}

int main(int argc, char **argv)
{
    struct err e = {0};
    struct http_server *server;
    signal(SIGPIPE, SIG_IGN);
    struct http_server_options o = {
        .host = "127.0.0.1",
        .port = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 0,
        .body_bytes_max = 16 << 20,
        .header_bytes_max = 16 << 10,
        .request_timeout_ms = 30000,
        .idle_timeout_ms = 60000,
        .write_timeout_ms = 30000,
        .connections_max = 1024,
        .handler = answer,
    };
    if (!http_server_start(uv_default_loop(), &o, &server, &e)) {
        fprintf(stderr, "floor: %s\n", e.msg);
        return 1;
    }
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
