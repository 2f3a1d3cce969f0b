/* http_parser.h - the head of an HTTP/1.1 request or response, from bytes.
 *
 * Incremental in the simplest way: give it everything received so far; it says
 * "more", "bad" or "done".  Borrows from the input; allocates nothing.  Strict
 * where leniency enables request smuggling: no obsolete line folding, no white
 * space before the colon, one Content-Length, no Content-Length together with
 * Transfer-Encoding, no bare LF or NUL. */
#ifndef NET_HTTP_PARSER_H
#define NET_HTTP_PARSER_H

#include "base/str.h"

enum { HTTP_HEADERS_MAX = 100 };
enum http_parse { HTTP_MORE, HTTP_DONE, HTTP_BAD };

struct http_header {
    struct str name, value; /* value without surrounding white space */
};
struct http_head {
    struct str method, target;
    struct str path, query; /* target split at '?'; query may be absent (p == NULL) */
    int minor_version;      /* HTTP/1.0 or 1.1 */
    bool keep_alive, chunked, expect_continue;
    bool has_length;
    uint64_t length; /* Content-Length */
    uint32_t headers_n;
    struct http_header header[HTTP_HEADERS_MAX];
};

/* *used: bytes of the head when done. */
enum http_parse http_parse_request(struct str in, struct http_head *out, size_t *used);
/* The first header of that name (any case), or an absent str. */
struct str http_header(const struct http_head *h, struct str name);

/* Chunked bodies: feed what came; decoded bytes are appended to `out`. */
struct http_chunked {
    int state;
    uint64_t left;
    uint32_t trailer_bytes;
};
struct buf;
/* Takes from *in; HTTP_DONE when the last chunk and the trailer have passed. */
enum http_parse http_chunked_feed(struct http_chunked *c, struct str *in, struct buf *out);

#endif
