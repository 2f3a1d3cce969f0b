/* http_server_int.h - what the files of the HTTP server share.
 *
 *   http_server.c   listening, accepting, deadlines, stopping
 *   http_conn.c     bytes in: one connection from its first byte to the handler
 *   http_respond.c  bytes out: head, compression, sending, the next request
 *   http_stream.c   responses without an end
 *
 * A connection is always in one state:
 *
 *   HEAD -> BODY -> BUSY (the handler has it) -> WRITE -> HEAD ...
 *                     `-> STREAM                `-> LINGER -> CLOSING
 *
 * LINGER: our side is shut, what still comes is thrown away for a while, so that
 * the peer reads our refusal and not a reset. */
#ifndef NET_HTTP_SERVER_INT_H
#define NET_HTTP_SERVER_INT_H

#include <time.h>

#include "net/http_coding.h"
#include "net/http_server.h"

enum {
    HTTP_HEAD_ROOM = 640,        /* kept in front of a body for its head */
    HTTP_READ_BYTES = 4096,      /* least room for a read; an idle connection keeps this much */
    HTTP_KEEP_BYTES = 64 * 1024, /* larger buffers are given back after each request */
    HTTP_SCRAP_BYTES = 64 * 1024,
    HTTP_RESPONSE_BYTES_MAX = 64 * 1024 * 1024,
    HTTP_COMPRESS_ABOVE_BYTES = 4096,
};

enum conn_state {
    CONN_HEAD,
    CONN_BODY,
    CONN_BUSY,
    CONN_WRITE,
    CONN_STREAM,
    CONN_LINGER,
    CONN_CLOSING,
};

struct http_conn {
    uv_tcp_t tcp;
    struct http_server *server;
    struct http_conn *prev, *next; /* of the server's open connections */
    enum conn_state state;
    bool reading;     /* uv_read_start() is in force */
    bool peer_eof;    /* nothing more will come */
    bool broken;      /* nothing more can be sent; closes when the handler has answered */
    bool processing;  /* http_conn_process() is on the stack */
    bool close_after; /* this response is the last */
    uint64_t since;   /* loop time at which the phase began */
    uint64_t moved;   /* bytes received in this phase, or sent as of `moved_at` */
    uint64_t moved_at;

    struct buf in;         /* as received, from the first byte of the current request */
    size_t tried_n;        /* how much of it the parser has seen in vain */
    size_t head_n;         /* bytes of the head, once parsed */
    const char *parsed_at; /* where `in` was then: the head borrows from it */
    struct http_chunked chunked;
    struct buf body;  /* of a chunked request */
    struct buf plain; /* decoded from gzip or deflate */
    size_t used_n;    /* bytes of `in` that the current request took */

    struct buf out;
    uv_write_t write;
    size_t charged; /* bytes of the buffers, as counted in server->held */
    struct arena mem;
    struct http_request rq;
    struct http_stream *stream;
};

struct http_server {
    uv_loop_t *loop;
    uv_tcp_t listener;
    bool listening;    /* else `listener` is closed or about to be: no file was free */
    int listen_socket; /* the same socket as the listener's, to go on with then */
    uv_timer_t tick;   /* one coarse timer for the deadlines of all connections */
    struct http_server_options o;
    struct http_conn *conns;
    size_t held; /* bytes of all connections' buffers */
    int port;
    int handles; /* those that are not yet closed: tick, listener */
    bool stopping;
    uint64_t stop_at;
    void (*done)(void *arg);
    void *done_arg;
    struct http_server_stats stats;
    struct libdeflate_compressor *compressor;
    time_t date_s;
    char date[64];
    char *scrap; /* where lingering connections read to */
};

/* http_server.c */
void http_conn_close(struct http_conn *c); /* at once; a busy one after its answer */
void http_conn_phase(struct http_conn *c, enum conn_state state);
void http_conn_account(struct http_conn *c);

/* http_conn.c */
void http_conn_process(struct http_conn *c);
void http_conn_read(struct http_conn *c); /* makes sure that reading is on */

/* http_respond.c */
void http_conn_refuse(struct http_conn *c, int status);
void http_conn_linger(struct http_conn *c);
/* The head as text, without its last empty line; returns its length, at most `room`. */
struct head_fields {
    const struct http_response *res;
    bool has_length, has_crc;
    size_t length;
    uint32_t crc;
    enum http_coding coding;
    const char *connection; /* "close", "keep-alive" or NULL */
};
void http_head_write(struct http_server *s, const struct head_fields *f, struct buf *to);

/* http_stream.c */
void http_stream_gone(struct http_conn *c);

#endif
