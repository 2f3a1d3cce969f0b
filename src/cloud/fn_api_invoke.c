/* fn_api_invoke.c - Invoke. */
#include "cloud/fn_api_int.h"
#include "codec/base64.h"

enum { EVENT_ASYNC_BYTES_MAX = 1024 * 1024 };

static struct str header(const struct fn_call *c, const char *name)
{
    return http_header(&c->rq->http->head, str_from_c(name));
}

static bool is_json(struct str s)
{
    json_t *v = json_loadb(s.p != NULL ? s.p : "", s.n, JSON_DECODE_ANY, NULL);
    json_decref(v);
    return v != NULL;
}

static bool refuse_outcome(struct fn_call *c, enum fn_outcome outcome)
{
    if (outcome == FN_THROTTLED)
        return fn_refuse(c, 429, "TooManyRequestsException", "Rate Exceeded.");
    return fn_refuse(c, 503, "ServiceException", "the server stops");
}

/* The answer's headers: the version, what failed, the end of the log. */
static void add_headers(struct fn_call *c, const struct fn_job *job, bool tail)
{
    struct buf lines = {.mem = c->rq->mem};
    buf_add(&lines, STR("X-Amz-Executed-Version: $LATEST\r\n"));
    if (job->outcome == FN_ERROR)
        buf_add(&lines, STR("X-Amz-Function-Error: Unhandled\r\n"));
    if (tail) {
        struct str log = buf_str(&job->log);
        if (log.n > FN_LOG_TAIL_BYTES)
            log = str_from(log, log.n - FN_LOG_TAIL_BYTES);
        buf_add(&lines, STR("X-Amz-Log-Result: "));
        base64_encode(&lines, log);
        buf_add(&lines, STR("\r\n"));
    }
    c->rq->headers = buf_str(&lines);
}

static bool invoke_and_wait(struct fn_call *c, struct str event)
{
    struct err e;
    struct fn_job job = {.event = event, .client_context = header(c, "x-amz-client-context")};
    struct str log_type = header(c, "x-amz-log-type");
    err_clear(&e);
    bool good = fn_invoke(c->fn, c->name, &job, c->rq->mem, &e);
    if (!good) {
        if (e.code == ERR_RESOURCE_NOT_FOUND)
            fn_refuse_missing(c, c->name);
        else
            fn_refuse_internal(c, &e);
    } else if (job.outcome == FN_THROTTLED || job.outcome == FN_STOPPED) {
        good = refuse_outcome(c, job.outcome);
    } else {
        add_headers(c, &job, str_eq(log_type, STR("Tail")));
        buf_add(c->rq->body, buf_str(&job.reply));
    }
    buf_free(&job.reply);
    buf_free(&job.log);
    return good;
}

static bool send_event(struct fn_call *c, struct str event)
{
    struct err e;
    char id[37];
    err_clear(&e);
    switch (fn_async_send(c->fn, c->name, event, id, &e)) {
    case FN_SENT:
        c->rq->status = 202;
        return true;
    case FN_SENT_TOO_MANY:
        return refuse_outcome(c, FN_THROTTLED);
    case FN_SENT_FAILED:
        break;
    }
    return fn_refuse_internal(c, &e);
}

bool fn_invoke_function(struct fn_call *c)
{
    struct str event = c->rq->http->body, type = header(c, "x-amz-invocation-type");
    struct str qualifier = fn_query(c, "Qualifier");
    bool async = str_eq(type, STR("Event")), dry = str_eq(type, STR("DryRun"));
    struct err e;
    if (type.n > 0 && !async && !dry && !str_eq(type, STR("RequestResponse")))
        return fn_refuse(c, 400, "InvalidParameterValueException",
                         "InvocationType has to be Event, RequestResponse or DryRun");
    if (qualifier.n > 0 && !str_eq(qualifier, STR("$LATEST")))
        return fn_refuse(c, 404, "ResourceNotFoundException",
                         "Function not found: arn:aws:lambda:%s:%s:function:%s:" STR_FMT,
                         c->rq->cloud->region, c->rq->cloud->account, c->name, STR_ARG(qualifier));
    err_clear(&e);
    json_t *def = fn_def_load(c->rq->cloud, c->name, &e);
    if (def == NULL)
        return e.code == ERR_NONE ? fn_refuse_missing(c, c->name) : fn_refuse_internal(c, &e);
    json_decref(def);
    if (event.n == 0)
        event = STR("{}");
    size_t max = async ? EVENT_ASYNC_BYTES_MAX : FN_EVENT_BYTES_MAX;
    if (event.n > max)
        return fn_refuse(c, 413, "RequestTooLargeException",
                         "%zu byte payload is too large for the %s invocation type (limit %zu "
                         "bytes)",
                         event.n, async ? "Event" : "RequestResponse", max);
    if (!is_json(event))
        return fn_refuse(c, 400, "InvalidRequestContentException",
                         "Could not parse request body into json: the payload is not JSON");
    if (dry) {
        c->rq->status = 204;
        c->rq->content_type = NULL;
        return true;
    }
    return async ? send_event(c, event) : invoke_and_wait(c, event);
}
