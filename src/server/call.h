/* call.h - one request on its way through the server: from the connection to an
 * operation, perhaps over the writer or the pool, and back to its loop.
 *
 * A call belongs to one thread at a time: the loop, then whoever it was pushed
 * to, then (over loop_post()) the loop again.  Only the loop responds. */
#ifndef SERVER_CALL_H
#define SERVER_CALL_H

#include "cloud/cloud.h"
#include "net/http_server.h"
#include "op/op.h"

struct loop;

struct call {
    struct req rq;
    struct http_request *http;
    struct loop *loop;
    struct call *next; /* in whichever list it is */
    size_t bytes;      /* what it counts for in the writer's queue */
    bool ok;           /* run() said so; otherwise rq.err says why not */
    bool warming;      /* a write whose items are being read; then it goes to the writer */
    const struct cloud_service *service; /* NULL: an operation of DynamoDB */
    struct cloud_request cloud;          /* if not */
    bool json_1_0;                       /* the client speaks application/x-amz-json-1.0 */
    uint32_t headers_n;
    char headers[320]; /* request id, CORS */
};

struct call_list {
    struct call *first, *last;
};
static inline void call_list_add(struct call_list *l, struct call *c)
{
    c->next = NULL;
    if (l->last != NULL)
        l->last->next = c;
    else
        l->first = c;
    l->last = c;
}
static inline struct call *call_list_take(struct call_list *l)
{
    struct call *c = l->first;
    if (c != NULL && (l->first = c->next) == NULL)
        l->last = NULL;
    return c;
}
static inline void call_list_join(struct call_list *to, struct call_list *from)
{
    if (from->first == NULL)
        return;
    if (to->last != NULL)
        to->last->next = from->first;
    else
        to->first = from->first;
    to->last = from->last;
    *from = (struct call_list){0};
}

/* From the loop's store of used ones; request id and CORS headers are written. */
struct call *call_new(struct loop *loop, struct http_request *http);

/* Reads ahead what the write will read; false: `txn` must not wait and would have to. */
bool call_warm(struct call *c, struct db_txn *txn);

/* Runs the operation (again) from scratch in `txn`; sets c->ok or c->rq.err. */
void call_run(struct call *c, struct db_txn *txn);

/* Answers with the body that was written to call_body(), which starts it anew each
 * time, and gives the call back.  `more`: further header lines. */
struct buf *call_body(struct call *c);
void call_respond(struct call *c, int status, const char *content_type, struct str more);

/* Answers the call: by what its service left in c->cloud, or an operation's by c->ok
 * and c->rq. */
void call_finish(struct call *c);

#endif
