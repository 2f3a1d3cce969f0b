/* ddb.h - libddb, a DynamoDB client for C.
 *
 * One client object talks to one endpoint: DynamoDB on AWS, Stator, or anything
 * else that speaks the protocol.  Requests are signed (Signature Version 4),
 * retried with exponential backoff and full jitter on throttling, 5xx answers
 * and broken connections, and answered synchronously.  A client may be used by
 * one thread at a time; make one per thread, they are small.
 *
 * The library reports running out of memory as DDB_ERR_MEMORY and never aborts
 * or prints.  Nothing here is a macro that hides control flow.
 *
 * Building a request is building JSON-shaped documents with ddb_doc; reading a
 * response is walking one.  Items are documents in DynamoDB's own notation
 * ({"pk": {"S": "x"}}); ddb_item_*() write and read them without spelling that.
 *
 *     struct ddb_error err;
 *     struct ddb *ddb = ddb_new(&(struct ddb_options){.endpoint = "http://localhost:8000"}, &err);
 *     struct ddb_doc *in = ddb_doc_new();
 *     ddb_set_string(in, "TableName", "music");
 *     struct ddb_doc *item = ddb_set_object(in, "Item");
 *     ddb_item_s(item, "artist", "Nina Simone");
 *     ddb_item_n(item, "year", "1965");
 *     struct ddb_doc *out;
 *     if (!ddb_call(ddb, "PutItem", in, &out, &err)) ...err.type, err.message...
 *     ddb_doc_free(out); ddb_doc_free(in); ddb_free(ddb);
 */
#ifndef DDB_H
#define DDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ddb;     /* a client */
struct ddb_doc; /* a value: object, array, string, number, true, false, null */

enum ddb_error_kind {
    DDB_OK,
    DDB_ERR_CONFIG,  /* no region, no credentials, malformed endpoint */
    DDB_ERR_NETWORK, /* no connection, or it broke, after all retries */
    DDB_ERR_SERVICE, /* the service answered with an exception */
    DDB_ERR_REPLY,   /* the answer is not what the protocol allows */
    DDB_ERR_MEMORY,
};
struct ddb_error {
    enum ddb_error_kind kind;
    int http_status; /* DDB_ERR_SERVICE */
    char type[64];   /* "ConditionalCheckFailedException", without prefix */
    char message[1024];
};

struct ddb_options {
    const char
        *endpoint;      /* NULL: AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL, else AWS by region */
    const char *region; /* NULL: as the AWS CLI finds it: environment, then config file */
    const char *access_key; /* NULL: likewise, with secret_key and session_token */
    const char *secret_key;
    const char *session_token;
    int attempts_max;     /* 0: 4 (the first and three retries) */
    int timeout_ms;       /* per attempt; 0: 20,000 */
    const char *service;  /* NULL: "dynamodb"; else "cognito-idp" or "ec2": whose endpoint */
    bool any_credentials; /* local endpoints: when none are found, sign with made-up ones */
};

struct ddb *ddb_new(const struct ddb_options *options, struct ddb_error *err); /* NULL on error */
void ddb_free(struct ddb *ddb);                                                /* NULL is fine */

/* Any operation by its name in the API; `in` stays the caller's.  On success
 * *out is the answer, to be freed.  On a service error *out, when out is not
 * NULL, is the error's own document or NULL (Item, CancellationReasons). */
bool ddb_call(struct ddb *ddb, const char *operation, const struct ddb_doc *in,
              struct ddb_doc **out, struct ddb_error *err);

/* Another service behind the same endpoint rules: service "cognito-idp", target
 * prefix "AWSCognitoIdentityProviderService", JSON 1.1. */
bool ddb_call_service(struct ddb *ddb, const char *service, const char *target_prefix,
                      const char *operation, const struct ddb_doc *in, struct ddb_doc **out,
                      struct ddb_error *err);

/* A service of the older query protocol ("ec2"): `form` is the URL-encoded body.  On
 * success *reply is the XML text, to be freed with free(). */
bool ddb_call_query(struct ddb *ddb, const char *service, const char *form, char **reply,
                    struct ddb_error *err);

/* Pages of Query, Scan and BatchGetItem style operations: calls `page` for each
 * answer until there is no LastEvaluatedKey or page returns false. */
bool ddb_pages(struct ddb *ddb, const char *operation, const struct ddb_doc *in,
               bool (*page)(void *arg, const struct ddb_doc *out), void *arg,
               struct ddb_error *err);

/* BatchWriteItem until nothing is unprocessed (with backoff); any number of
 * requests: they are sent in groups of 25. `requests` is an array of
 * {"PutRequest": {"Item": ...}} and {"DeleteRequest": {"Key": ...}}. */
bool ddb_batch_write(struct ddb *ddb, const char *table, const struct ddb_doc *requests,
                     struct ddb_error *err);

/* --- documents ------------------------------------------------------------
 * Building needs no checks: running out of memory, or a value that is not
 * UTF-8, is remembered per thread and makes the thread's next ddb_call() fail
 * with DDB_ERR_MEMORY or DDB_ERR_CONFIG instead of sending half a request.
 * Every document that is not a root belongs to its parent. */
struct ddb_doc *ddb_doc_new(void); /* an empty object */
void ddb_doc_free(struct ddb_doc *doc);
struct ddb_doc *ddb_doc_parse(const char *json, size_t n, struct ddb_error *err);
/* JSON text, to be freed with free(); sorted names; indent 0: one line. */
char *ddb_doc_text(const struct ddb_doc *doc, int indent);

void ddb_set_string(struct ddb_doc *object, const char *name, const char *value);
void ddb_set_int(struct ddb_doc *object, const char *name, int64_t value);
void ddb_set_bool(struct ddb_doc *object, const char *name, bool value);
void ddb_set_copy(struct ddb_doc *object, const char *name, const struct ddb_doc *value);
struct ddb_doc *ddb_set_object(struct ddb_doc *object, const char *name);
struct ddb_doc *ddb_set_array(struct ddb_doc *object, const char *name);
void ddb_add_string(struct ddb_doc *array, const char *value);
struct ddb_doc *ddb_add_object(struct ddb_doc *array);

const struct ddb_doc *ddb_get(const struct ddb_doc *object, const char *name); /* NULL: none */
const char *ddb_get_string(const struct ddb_doc *object, const char *name);    /* NULL: none */
int64_t ddb_get_int(const struct ddb_doc *object, const char *name, int64_t otherwise);
double ddb_get_double(const struct ddb_doc *object, const char *name, double otherwise);
bool ddb_get_bool(const struct ddb_doc *object, const char *name, bool otherwise);
size_t ddb_count(const struct ddb_doc *array_or_object);
const struct ddb_doc *ddb_at(const struct ddb_doc *array, size_t index);
const char *ddb_as_string(const struct ddb_doc *string);
const char *ddb_name_at(const struct ddb_doc *object, size_t index); /* in the order of the text */

/* Attribute values of an item: {"name": {"S": value}}. */
void ddb_item_s(struct ddb_doc *item, const char *name, const char *value);
void ddb_item_n(struct ddb_doc *item, const char *name, const char *number);
void ddb_item_b(struct ddb_doc *item, const char *name, const void *bytes, size_t n);
void ddb_item_bool(struct ddb_doc *item, const char *name, bool value);
void ddb_item_null(struct ddb_doc *item, const char *name);
const char *ddb_item_get_s(const struct ddb_doc *item, const char *name); /* NULL: none or no S */
const char *ddb_item_get_n(const struct ddb_doc *item, const char *name);

#ifdef __cplusplus
}
#endif

#endif
