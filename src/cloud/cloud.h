/* cloud.h - the small AWS services beside DynamoDB: what they share.
 *
 * A request to one of them runs on a thread of its own (server/cloud_pool.h), so
 * its code is plain and synchronous, and may wait: for the disk, for the writer,
 * for a function that it invokes.  What a service keeps are documents
 * (db/db_doc.h), read with cloud_read() and changed with cloud_write().
 *
 * cloud/ knows nothing of loops, listeners and connections. */
#ifndef CLOUD_CLOUD_H
#define CLOUD_CLOUD_H

#include <stdatomic.h>

#include "auth/sigv4.h"
#include "db/db_doc.h"
#include "net/http_server.h"

/* May run more than once; only the last run counts.  False: *e is set, and what it
 * changed is undone. */
typedef bool cloud_txn(void *arg, struct db_txn *t, struct err *e);

struct cloud { /* made by the server, which fills in all but the last part */
    struct db *db;
    struct env *env;
    const char *region, *account;
    const char *data;                /* directory; NULL: data is in memory */
    struct credentials *credentials; /* NULL: signatures are not verified */
    const char *host;                /* of the server's own listeners */
    atomic_int port;                 /* set once they listen */
    const char *ingress_group;       /* NULL: everybody may connect */
    const char *functions_user;      /* NULL: as who we are */
    /* Runs `run` on the writer's thread; durable when it returns true. */
    bool (*write)(void *arg, cloud_txn *run, void *run_arg, struct err *e);
    void *write_arg;
    struct sg *sg; /* security groups */
    struct fn *fn; /* functions; NULL: they are switched off */
    struct user_pools *pools;
};

/* On any thread that is not a loop's. */
MUST_CHECK bool cloud_read(struct cloud *c, cloud_txn *run, void *arg, struct err *e);
MUST_CHECK bool cloud_write(struct cloud *c, cloud_txn *run, void *arg, struct err *e);

/* A request to a service, and its answer. */
struct cloud_request {
    struct cloud *cloud;
    const struct http_request *http;
    struct arena *mem; /* of the request */
    struct buf *body;  /* of the answer */
    int status;        /* of the answer: 200 unless it is set */
    const char *content_type;
    struct str headers; /* more lines of the answer, each ended by CRLF */
    struct err err;     /* for the service's use */
};

/* Verifies the signature for `service`; fails into rq->err with sigv4's codes. */
MUST_CHECK bool cloud_authenticate(struct cloud_request *rq, struct str service,
                                   struct sigv4_identity *who);

struct cloud_service {
    struct str scope;                         /* in the credential scope of a signature: "ec2" */
    bool (*match)(const struct http_head *h); /* other requests of its; may be NULL */
    void (*serve)(struct cloud_request *rq);
};
/* The service that this request is for; NULL: none of them. */
const struct cloud_service *cloud_find(const struct http_head *h);

#endif
