/* cloud_call.h - one signed request to a server, for the commands of `stator` that
 * talk to one.  Blocking; http and https, which verifies with the system's
 * certificates or those of AWS_CA_BUNDLE. */
#ifndef CLOUD_CLOUD_CALL_H
#define CLOUD_CLOUD_CALL_H

#include "base/arena.h"
#include "base/err.h"

enum { CLOUD_CALL_TIMEOUT_S = 1000, CLOUD_CALL_REPLY_BYTES_MAX = 32 * 1024 * 1024 };

struct cloud_call {
    const char *endpoint;      /* http://HOST:PORT */
    const char *service;       /* "lambda": in the signature */
    const char *method, *path; /* the path may have a query */
    const char *content_type;
    struct str body;
    const char *extra; /* more header lines, each ended by CRLF; may be NULL */
    /* the answer, in the arena */
    int status;
    struct str head, reply;
};

/* --endpoint's value or NULL, then AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, then
 * http://127.0.0.1:8000. */
const char *cloud_call_endpoint(const char *given, const char *service_variable);

/* False: nobody answered, or not in HTTP. */
MUST_CHECK bool cloud_call(struct arena *mem, struct cloud_call *c, struct err *e);
/* A header of the answer; absent: p == NULL. */
struct str cloud_call_header(const struct cloud_call *c, const char *name);

#endif
