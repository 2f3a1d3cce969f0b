/* front_dynamodb.c - from an HTTP request to an operation of the DynamoDB API.
 *
 * The order of checks is the service's: transport, body's JSON, target,
 * signature, then the operation's own.  The JSON is checked on the way by
 * op_decode(); only where something else fails first is it looked at before. */
#include "auth/sigv4.h"
#include "codec/json.h"
#include "model/limits.h"
#include "server/dispatch.h"
#include "server/loop.h"
#include "server/physics.h"
#include "server/pool.h"
#include "server/server.h"

static struct str media_type(const struct http_head *h)
{
    struct str v = http_header(h, STR("content-type"));
    const char *semicolon = v.n > 0 ? memchr(v.p, ';', v.n) : NULL;
    if (semicolon != NULL)
        v.n = (size_t)(semicolon - v.p);
    while (v.n > 0 && (v.p[v.n - 1] == ' ' || v.p[v.n - 1] == '\t'))
        v.n--;
    return v;
}

/* The operation's name in the target; absent when the target is not of this API. */
static struct str target_operation(const struct http_head *h)
{
    struct str all = STR("DynamoDB_20120810."), streams = STR("DynamoDBStreams_20120810.");
    struct str target = http_header(h, STR("x-amz-target"));
    if (str_starts_with(target, all))
        return str_from(target, all.n);
    if (!str_starts_with(target, streams))
        return (struct str){0};
    struct str name = str_from(target, streams.n);
    const struct op *op = op_find(name);
    return op != NULL && (op->flags & OP_STREAM) != 0 ? name : (struct str){0};
}

static bool is_json_object(struct call *c)
{
    struct json j;
    json_init(&j, &c->rq.mem, c->http->body, LIMIT_JSON_DEPTH);
    enum json_type first = json_next(&j);
    json_skip_rest(&j, first);
    return first == JSON_OBJECT && json_end(&j);
}

static void refuse(struct call *c, enum err_code code, const char *msg)
{
    err_init(&c->rq.err, &c->rq.mem);
    err_set(&c->rq.err, code, "%s", msg);
    call_finish(c);
}

/* The error that is set, unless the body is not JSON: that comes first. */
static void refuse_unless_malformed(struct call *c)
{
    if (c->http->body.n > 0 && !is_json_object(c))
        refuse(c, ERR_SERIALIZATION, "");
    else
        call_finish(c);
}

static bool authenticate(struct call *c)
{
    const struct http_head *h = &c->http->head;
    const struct server *s = c->loop->server;
    struct sigv4_header *headers = NEW_ARRAY(&c->rq.mem, struct sigv4_header, h->headers_n + 1);
    for (uint32_t i = 0; i < h->headers_n; i++)
        headers[i] = (struct sigv4_header){h->header[i].name, h->header[i].value};
    c->rq.host = http_header(h, STR("host"));
    struct sigv4_request rq = {
        .method = h->method,
        .path = h->path,
        .query = h->query,
        .headers = headers,
        .headers_n = h->headers_n,
        .body = c->http->raw_body,
        .want_service = STR("dynamodb"),
    };
    struct sigv4_identity who;
    if (!sigv4_verify(&rq, s->credentials, env_now_ms(s->env), &c->rq.mem, &who, &c->rq.err))
        return false;
    c->rq.access_key = who.access_key;
    return true;
}

/* Reads that find everything in memory are answered at once; the others, and long
 * ones, run on the pool. */
static void run_read(struct call *c)
{
    int flags = op_run_flags(&c->rq);
    struct db_txn *txn = NULL;
    if ((flags & OP_NO_TXN) != 0) {
        call_run(c, NULL);
        call_finish(c);
        return;
    }
    if ((flags & OP_SLOW) == 0) {
        enum db_mode mode = (flags & OP_SNAPSHOT) != 0 ? DB_READ_SNAPSHOT : DB_READ;
        c->ok = false;
        if (db_begin(c->rq.db, mode, true, &txn, &c->rq.err))
            call_run(c, txn);
        db_end(&txn);
        if (c->ok || c->rq.err.code != ERR_WOULD_BLOCK) {
            call_finish(c);
            return;
        }
        err_init(&c->rq.err, &c->rq.mem);
    }
    pool_push(c->loop->server->pool, c);
}

/* The writer is to find in memory what it reads: a write whose items are not there
 * goes around by the pool. */
static void run_write(struct call *c)
{
    struct db_txn *txn = NULL;
    bool warm = true;
    if (c->rq.op->warm != NULL && db_begin(c->rq.db, DB_READ, true, &txn, &c->rq.err))
        warm = call_warm(c, txn);
    db_end(&txn);
    err_init(&c->rq.err, &c->rq.mem); /* whatever it was, run() will meet it again */
    c->warming = !warm;
    if (warm)
        loop_write(c->loop, c);
    else
        pool_push(c->loop->server->pool, c);
}

void front_dynamodb_run(struct call *c)
{
    if ((op_run_flags(&c->rq) & OP_WRITE) != 0)
        run_write(c);
    else
        run_read(c);
}

static void serve_operation(struct call *c)
{
    if (!op_decode(&c->rq, c->http->body) ||
        (c->rq.op->prepare != NULL && !c->rq.op->prepare(&c->rq)))
        call_finish(c);
    else if (c->loop->server->physics == NULL || !physics_take(c))
        front_dynamodb_run(c);
}

static void serve_unknown(struct call *c, struct str name)
{
    if (!op_known_unsupported(name)) {
        err_set(&c->rq.err, ERR_UNKNOWN_OPERATION, "%s", "");
        refuse_unless_malformed(c);
        return;
    }
    if (authenticate(c))
        err_set(&c->rq.err, ERR_UNKNOWN_OPERATION, "The operation " STR_FMT " is not supported yet",
                STR_ARG(name));
    refuse_unless_malformed(c);
}

void front_dynamodb(struct call *c)
{
    const struct http_request *rq = c->http;
    struct str type = media_type(&rq->head);
    bool json = str_eq_nocase(type, STR("application/json"));
    c->json_1_0 = str_eq_nocase(type, STR("application/x-amz-json-1.0"));

    if (!str_eq(rq->head.method, STR("POST")) || (rq->raw_body.n > 0 && !json && !c->json_1_0)) {
        dispatch_not_found(c);
        return;
    }
    if (rq->body_state != HTTP_BODY_OK) {
        bool unknown = rq->body_state == HTTP_BODY_UNKNOWN_CODING;
        refuse(c, unknown ? ERR_SERIALIZATION : ERR_INTERNAL,
               unknown ? "" : "the body is not what its Content-Encoding says");
        return;
    }
    struct str name = target_operation(&rq->head);
    c->rq.op = name.p != NULL ? op_find(name) : NULL;
    if (c->rq.op != NULL && (c->rq.op->flags & OP_NO_TXN) != 0) /* the others do not ask */
        c->rq.host = http_header(&rq->head, STR("host"));
    if (c->rq.op == NULL)
        serve_unknown(c, name);
    else if (!authenticate(c))
        refuse_unless_malformed(c);
    else
        serve_operation(c);
}
