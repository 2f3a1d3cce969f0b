/* http_server.h - HTTP/1.1 on a libuv loop.
 *
 * One server object per loop; a connection stays on its loop.  The handler gets
 * a complete request (head and body, chunked and Content-Encoding resolved,
 * Expect: 100-continue answered) on the loop's thread.  It answers now or later
 * with http_respond(), on the loop's thread, exactly once.  Requests of one
 * connection are handled one at a time, in order (pipelining).
 *
 * The server bounds everything: header bytes, body bytes, the time to send a
 * request's head and body, the time a reader may take to accept the response,
 * idle keep-alive.  It answers oversize and malformed requests itself.
 *
 * net/ knows nothing of DynamoDB. */
#ifndef NET_HTTP_SERVER_H
#define NET_HTTP_SERVER_H

#include <uv.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "net/http_parser.h"

struct http_server;
struct http_conn;

/* A request in full; everything in it lives until http_respond() returns. */
struct http_request {
    struct http_conn *conn;
    struct http_head head; /* method, target, headers */
    struct str body;       /* decoded */
    struct arena *mem;     /* the request's arena, freed after the response was sent */
    void *user;            /* the handler's */
};

struct http_response {
    int status;
    const char *content_type;
    struct str extra_headers; /* whole lines, each ended by CRLF */
    bool crc32;               /* x-amz-crc32 of the body as sent */
    bool may_compress;        /* when the request offers gzip or deflate and the body is > 4 KiB */
    bool close;               /* end the connection afterwards */
};

typedef void (*http_handler)(void *arg, struct http_request *rq);

struct http_server_options {
    const char *host; /* an IP address */
    int port;         /* 0: any free one */
    size_t body_bytes_max, header_bytes_max;
    int request_timeout_ms, idle_timeout_ms, write_timeout_ms;
    size_t connections_max;
    http_handler handler;
    void *handler_arg;
    /* Decides at accept time; NULL: everybody.  Refused connections are closed at once. */
    bool (*accept)(void *arg, const struct sockaddr *peer);
    void *accept_arg;
};

MUST_CHECK bool http_server_start(uv_loop_t *loop, const struct http_server_options *o,
                                  struct http_server **out, struct err *e);
int http_server_port(const struct http_server *s);

/* Where to write the body of a response: room for the head is kept in front of
 * it, so that head and body leave in one send().  Call before http_respond(). */
struct buf *http_response_body(struct http_request *rq);
void http_respond(struct http_request *rq, const struct http_response *res);

/* Long-lived responses (server-sent events): head first, then pieces.  The
 * connection closes at http_stream_end() or when the peer goes away, then
 * `gone` is called once. */
struct http_stream;
struct http_stream *http_stream_start(struct http_request *rq, const struct http_response *res,
                                      void (*gone)(void *arg), void *arg);
bool http_stream_send(struct http_stream *s,
                      struct str bytes); /* false: the peer is too slow or gone */
void http_stream_end(struct http_stream *s);

/* No new connections; idle ones close, busy ones after their answer.  done() is
 * called on the loop when the last has gone, at the latest after `ms`. */
void http_server_stop(struct http_server *s, int ms, void (*done)(void *arg), void *arg);

struct http_server_stats {
    uint64_t accepted, requests, bytes_in, bytes_out;
    size_t open;
};
void http_server_stats(const struct http_server *s, struct http_server_stats *out);

#endif
