/* ddb_call.c - an operation: send, check, retry.
 *
 * Retried are broken connections, 5xx answers, answers whose checksum is wrong,
 * and the exceptions by which the service says "later".  The pause before try n
 * is random in [0, min(5 s, 50 ms * 2^n)]: full jitter, so that clients that
 * failed together do not come back together. */
#include <errno.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/env.h"
#include "client/ddb_int.h"

enum { PAUSE_FIRST_MS = 50, PAUSE_MAX_MS = 5000 };

static const char *const later[] = {
    "ThrottlingException",       "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",      "TransactionInProgressException",
    "RequestThrottledException", "TooManyRequestsException",
};

void ddb_pause(int attempt)
{
    uint64_t top = PAUSE_FIRST_MS;
    for (int i = 0; i < attempt && top < PAUSE_MAX_MS; i++)
        top *= 2;
    top = top < PAUSE_MAX_MS ? top : PAUSE_MAX_MS;
    uint64_t ms = env_random(env_system()) % (top + 1);
    struct timespec t = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};
    while (nanosleep(&t, &t) != 0 && errno == EINTR)
        continue;
}

static bool is_later(const char *type)
{
    for (size_t i = 0; i < COUNT_OF(later); i++)
        if (strcmp(type, later[i]) == 0)
            return true;
    return false;
}

/* Turns {"__type": "prefix#Name", "message": ...} into *err. */
static void service_error(struct ddb_error *err, long status, const struct ddb_doc *body)
{
    const char *type = ddb_get_string(body, "__type");
    const char *message = ddb_get_string(body, "message");
    if (message == NULL)
        message = ddb_get_string(body, "Message");
    ddb_fail(err, DDB_ERR_SERVICE, "%s", message != NULL ? message : "");
    err->http_status = (int)status;
    const char *hash = type != NULL ? strchr(type, '#') : NULL;
    type = hash != NULL ? hash + 1 : type != NULL ? type : "UnknownError";
    snprintf(err->type, sizeof(err->type), "%s", type);
}

/* What one answer means.  True: it is final, with *out set and *ok. */
static bool judge(const struct ddb_exchange *x, struct ddb_doc **out, bool *ok,
                  struct ddb_error *err)
{
    struct str body = buf_str(x->reply);
    *ok = false;
    if (x->has_crc32 && libdeflate_crc32(0, body.p, body.n) != x->crc32) {
        ddb_fail(err, DDB_ERR_REPLY, "the answer arrived damaged (checksum)");
        return false;
    }
    struct ddb_doc *doc = body.n > 0 ? ddb_doc_parse(body.p, body.n, err) : ddb_doc_new();
    if (x->status == 200 && doc != NULL) {
        *out = doc;
        *ok = true;
        return true;
    }
    if (x->status == 200)
        return true; /* not JSON: *err says so */
    service_error(err, x->status, doc);
    *out = doc;
    return x->status < 500 && !is_later(err->type);
}

static bool exchange(struct ddb *ddb, struct ddb_exchange *x, struct ddb_doc **out,
                     struct ddb_error *err)
{
    for (int attempt = 1;; attempt++) {
        bool ok = false;
        enum ddb_sent sent = ddb_http_post(ddb, x, err);
        if (sent == DDB_REFUSED)
            return false;
        if (sent == DDB_SENT && judge(x, out, &ok, err))
            return ok;
        if (attempt >= ddb->attempts_max)
            return false;
        ddb_doc_free(*out);
        *out = NULL;
        ddb_pause(attempt);
    }
}

bool ddb_call_service(struct ddb *ddb, const char *service, const char *target_prefix,
                      const char *operation, const struct ddb_doc *in, struct ddb_doc **out,
                      struct ddb_error *err)
{
    struct ddb_error ignored;
    struct ddb_doc *doc = NULL;
    struct buf reply = {0};
    char target[128];
    err = err != NULL ? err : &ignored;
    *err = (struct ddb_error){0};
    if (out != NULL)
        *out = NULL;
    enum ddb_error_kind failed = ddb_doc_take_failure();
    if (failed != DDB_OK)
        return ddb_fail(err, failed, "%s",
                        failed == DDB_ERR_MEMORY ? "out of memory" : "a string is not UTF-8");
    char *body = ddb_doc_text(in, 0);
    if (body == NULL)
        return ddb_fail(err, DDB_ERR_MEMORY, "out of memory");
    snprintf(target, sizeof(target), "%s.%s", target_prefix, operation);
    struct ddb_exchange x = {
        .target = target,
        .content_type = strcmp(service, "dynamodb") == 0 ? "application/x-amz-json-1.0"
                                                         : "application/x-amz-json-1.1",
        .service = service,
        .body = str_from_c(body),
        .reply = &reply,
    };
    bool ok = exchange(ddb, &x, &doc, err);
    free(body);
    buf_free(&reply);
    if (out != NULL)
        *out = doc;
    else
        ddb_doc_free(doc);
    return ok;
}

bool ddb_call(struct ddb *ddb, const char *operation, const struct ddb_doc *in,
              struct ddb_doc **out, struct ddb_error *err)
{
    bool streams =
        strcmp(operation, "ListStreams") == 0 || strcmp(operation, "DescribeStream") == 0 ||
        strcmp(operation, "GetShardIterator") == 0 || strcmp(operation, "GetRecords") == 0;
    return ddb_call_service(ddb, "dynamodb",
                            streams ? "DynamoDBStreams_20120810" : "DynamoDB_20120810", operation,
                            in, out, err);
}
