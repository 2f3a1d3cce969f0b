/* ddb_int.h - what the parts of libddb share. */
#ifndef CLIENT_DDB_INT_H
#define CLIENT_DDB_INT_H

#include <curl/curl.h>
#include <jansson.h>

#include "auth/sigv4.h"
#include "base/arena.h"
#include "ddb.h"

struct ddb {
    CURL *curl;
    struct arena mem; /* of the client: settings */
    char *url;        /* endpoint with a trailing slash */
    char *host;       /* Host header: name[:port] */
    struct sigv4_signer signer;
    int attempts_max, timeout_ms;
};

/* A document is a jansson value under another name. */
static inline json_t *ddb_json(const struct ddb_doc *d)
{
    return (json_t *)(uintptr_t)d;
}
static inline struct ddb_doc *ddb_doc_of(json_t *j)
{
    return (struct ddb_doc *)(void *)j;
}

/* Building failed on this thread since the last call: returns the kind and clears it. */
enum ddb_error_kind ddb_doc_take_failure(void);

/* Fills *err and returns false. */
bool ddb_fail(struct ddb_error *err, enum ddb_error_kind kind, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* One HTTP exchange; the body of the answer is appended to `reply`. */
struct ddb_exchange {
    const char *target; /* X-Amz-Target; NULL: none */
    const char *content_type;
    const char *service;
    struct str body;
    struct buf *reply;
    long status;
    uint32_t crc32; /* from x-amz-crc32 */
    bool has_crc32;
};
enum ddb_sent {
    DDB_SENT,
    DDB_BROKEN /* worth another try */,
    DDB_REFUSED /* by our own settings */
};
enum ddb_sent ddb_http_post(struct ddb *ddb, struct ddb_exchange *x, struct ddb_error *err);

/* Sleeps before the next attempt; attempt counts from 1. */
void ddb_pause(int attempt);

#endif
