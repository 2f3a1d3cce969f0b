/* http_server.h - HTTP/1.1 on a libuv loop.
 *
 * One server object per loop; a connection stays on its loop.  The handler gets
 * a complete request (head and body, chunked and Content-Encoding resolved,
 * Expect: 100-continue answered) on the loop's thread.  It answers now or later
 * with http_respond(), on the loop's thread, exactly once.  Requests of one
 * connection are handled one at a time, in order (pipelining).  Until it answers,
 * the handler may hand the request to another thread.
 *
 * The server bounds everything: header bytes, body bytes, the time to send a
 * request's head and body, the time a reader may take to accept the response,
 * idle keep-alive, the memory of all connections together.  It answers oversize
 * (413), malformed (400) and late (408) requests and those that memory does not
 * suffice for (503) itself.
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

enum http_body_state {
    HTTP_BODY_OK,
    HTTP_BODY_UNDECODABLE,    /* Content-Encoding said what the bytes are not; body is empty */
    HTTP_BODY_UNKNOWN_CODING, /* a Content-Encoding that is neither gzip nor deflate */
};

/* A request in full; everything in it lives until http_respond() is called. */
struct http_request {
    struct http_conn *conn;
    struct http_head head;           /* method, target, headers */
    struct str body;                 /* decoded */
    struct str raw_body;             /* before Content-Encoding was undone: what was signed */
    enum http_body_state body_state; /* what is not OK the handler has to refuse */
    struct arena *mem;               /* the request's arena */
    void *user;                      /* the handler's */
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
    size_t memory_max;       /* of the buffers of all connections; 0: 256 MiB */
    bool reuse_port;         /* several servers of this process share the port */
    const char *server_name; /* the header Server, or NULL */
    http_handler handler;
    void *handler_arg;
    /* Decides at accept time; NULL: everybody.  Refused connections are closed at once. */
    bool (*accept)(void *arg, const struct sockaddr *peer);
    void *accept_arg;
};

MUST_CHECK bool http_server_start(uv_loop_t *loop, const struct http_server_options *o,
                                  struct http_server **out, struct err *e);
int http_server_port(const struct http_server *s);

/* Is the port free?  With reuse_port the kernel would let a stranger's server and
 * ours share it: whoever starts the first of several asks this before. */
MUST_CHECK bool http_port_free(const char *host, int port, struct err *e);

/* Where to append the body of a response: the buffer already holds room for the
 * head, so that head and body leave in one send().  Each call starts the body
 * anew.  A response without a call has no body. */
struct buf *http_response_body(struct http_request *rq);
void http_respond(struct http_request *rq, const struct http_response *res);

/* Who asks; false: the connection is no more. */
bool http_peer(const struct http_request *rq, struct sockaddr_storage *out);

/* Long-lived responses (server-sent events): head first, then pieces.  The
 * connection closes at http_stream_end() or when the peer goes away, then
 * `gone` is called once, and the stream is no more.  NULL, and `gone` is never
 * called: the peer had gone before. */
struct http_stream;
struct http_stream *http_stream_start(struct http_request *rq, const struct http_response *res,
                                      void (*gone)(void *arg), void *arg);
bool http_stream_send(struct http_stream *s,
                      struct str bytes); /* false: the peer is too slow or gone */
void http_stream_end(struct http_stream *s);

/* No new connections; idle ones close, busy ones after their answer, and what is
 * left after `ms` is cut off, except that a request which the handler still has is
 * waited for.  When the last has gone the server is freed and done() is called on
 * the loop. */
void http_server_stop(struct http_server *s, int ms, void (*done)(void *arg), void *arg);

struct http_server_stats {
    uint64_t accepted, requests, bytes_in, bytes_out;
    size_t open;
};
void http_server_stats(const struct http_server *s, struct http_server_stats *out);

#endif
