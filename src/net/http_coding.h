/* http_coding.h - Content-Encoding of requests and responses: gzip, and
 * deflate, which in HTTP means the zlib format. */
#ifndef NET_HTTP_CODING_H
#define NET_HTTP_CODING_H

#include "base/buf.h"

enum http_coding {
    HTTP_CODING_NONE,
    HTTP_CODING_GZIP,
    HTTP_CODING_DEFLATE,
    HTTP_CODING_UNKNOWN,
};

/* The value of Content-Encoding; absent, empty and "identity" are NONE. */
enum http_coding http_coding_parse(struct str content_encoding);

/* The best of gzip and deflate that this Accept-Encoding offers by name, or NONE. */
enum http_coding http_coding_accepted(struct str accept_encoding);

enum http_decoded { HTTP_DECODED, HTTP_DECODE_BAD, HTTP_DECODE_TOO_BIG };

/* Appends the decoded bytes, at most out->max.  Several gzip members in a row are
 * one body, and what follows them is ignored, as the service does; a zlib stream
 * must be the whole input. */
enum http_decoded http_decode(enum http_coding coding, struct str in, struct buf *out);

/* Appends the encoded bytes.  `compressor` is made at the first use and belongs to
 * the caller: http_encoder_free(). */
struct libdeflate_compressor;
void http_encode(struct libdeflate_compressor **compressor, enum http_coding coding, struct str in,
                 struct buf *out);
void http_encoder_free(struct libdeflate_compressor **compressor);

#endif
