/* fn_runtime_api.c - the Lambda runtime API, as one instance sees it: an HTTP server
 * of its own on a free port of 127.0.0.1.
 *
 *   GET  /2018-06-01/runtime/invocation/next           the next event, once there is one
 *   POST /2018-06-01/runtime/invocation/ID/response    its answer
 *   POST /2018-06-01/runtime/invocation/ID/error       or why there is none
 *   POST /2018-06-01/runtime/init/error                it cannot even begin */
#include <stdlib.h>

#include "cloud/fn_run_int.h"

#define BASE "/2018-06-01/runtime/"

static void respond(struct http_request *rq, int status, struct str headers)
{
    http_respond(rq, &(struct http_response){.status = status,
                                             .content_type = "application/json",
                                             .extra_headers = headers});
}

static void accepted(struct http_request *rq)
{
    buf_add(http_response_body(rq), STR("{\"status\":\"OK\"}"));
    respond(rq, 202, (struct str){0});
}

static void refuse(struct http_request *rq, int status, const char *type, const char *text)
{
    buf_printf(http_response_body(rq), "{\"errorType\":\"%s\",\"errorMessage\":\"%s\"}", type,
               text);
    respond(rq, status, (struct str){0});
}

void fn_runtime_api_give(struct fn_instance *i)
{
    struct http_request *rq = i->asking;
    struct fn_job *job = i->job;
    struct str headers =
        arena_printf(rq->mem,
                     "Lambda-Runtime-Aws-Request-Id: %s\r\nLambda-Runtime-Deadline-Ms: %lld\r\n"
                     "Lambda-Runtime-Invoked-Function-Arn: %s\r\n",
                     job->id, (long long)i->deadline_ms, i->pool->spec.arn);
    if (job->client_context.n > 0)
        headers = arena_printf(rq->mem, STR_FMT "Lambda-Runtime-Client-Context: " STR_FMT "\r\n",
                               STR_ARG(headers), STR_ARG(job->client_context));
    i->asking = NULL;
    buf_add(http_response_body(rq), job->event);
    respond(rq, 200, headers);
}

/* The job is done with, and not ours any more. */
static void finish(struct fn_instance *i, enum fn_outcome outcome)
{
    struct fn_job *job = i->job;
    fn_instance_report(i);
    i->job = NULL;
    fn_job_finish(i->pool->run, job, outcome);
    /* It now has the time of an idle one to ask for another event. */
    fn_instance_allow(i, FN_IDLE_MS);
}

static void serve_next(struct fn_instance *i, struct http_request *rq)
{
    if (i->asking != NULL || i->state == FN_ENDING) {
        refuse(rq, 409, "InvalidStateTransition", "another request for an event is waiting");
        return;
    }
    if (i->job != NULL) {
        fn_instance_report(i);
        fn_job_fail(i->pool->run, i->job, "Runtime.NoResponse",
                    "RequestId: %s Error: the function asked for the next event without "
                    "answering this one",
                    i->job->id);
        i->job = NULL;
    }
    i->asking = rq;
    fn_instance_rest(i);
}

static void serve_outcome(struct fn_instance *i, struct http_request *rq, enum fn_outcome outcome)
{
    struct fn_job *job = i->job;
    if (rq->raw_body.n > FN_EVENT_BYTES_MAX || rq->body_state != HTTP_BODY_OK) {
        refuse(rq, 413, "Function.ResponseSizeTooLarge",
               "Response payload size exceeded maximum "
               "allowed payload size (6291556 bytes).");
        fn_job_fail(i->pool->run, job, "Function.ResponseSizeTooLarge",
                    "Response payload size (%zu bytes) exceeded maximum allowed payload size "
                    "(6291556 bytes).",
                    rq->raw_body.n);
        i->job = NULL;
        return;
    }
    job->reply.n = 0;
    buf_add(&job->reply, rq->body);
    finish(i, outcome);
    accepted(rq);
}

static void serve_init_error(struct fn_instance *i, struct http_request *rq)
{
    accepted(rq);
    if (i->state != FN_STARTING)
        return;
    i->init_failed = true;
    buf_add(&i->init_error, rq->body);
    i->pool->starting_n--;
    i->state = FN_BUSY; /* so that fn_instance_end() counts it once; it has no job */
    fn_instance_end(i);
}

/* invocation/ID/response and invocation/ID/error. */
static void serve_invocation(struct fn_instance *i, struct http_request *rq, struct str rest)
{
    const char *slash = memchr(rest.p, '/', rest.n);
    struct str id = {rest.p, slash != NULL ? (size_t)(slash - rest.p) : rest.n};
    struct str what = str_from(rest, id.n);
    bool response = str_eq(what, STR("/response")), error = str_eq(what, STR("/error"));
    if (!str_eq(rq->head.method, STR("POST")) || (!response && !error))
        refuse(rq, 404, "NotFound", "there is no such path");
    else if (i->job == NULL || !str_eq(id, str_from_c(i->job->id)))
        refuse(rq, 400, "InvalidRequestID", "Invalid request ID");
    else
        serve_outcome(i, rq, response ? FN_ANSWERED : FN_ERROR);
}

static void on_request(void *arg, struct http_request *rq)
{
    struct fn_instance *i = arg;
    struct str path = rq->head.path, invocation = STR(BASE "invocation/");
    bool get = str_eq(rq->head.method, STR("GET"));
    if (get && str_eq(path, STR(BASE "invocation/next")))
        serve_next(i, rq);
    else if (!get && str_eq(path, STR(BASE "init/error")))
        serve_init_error(i, rq);
    else if (str_starts_with(path, invocation))
        serve_invocation(i, rq, str_from(path, invocation.n));
    else
        refuse(rq, 404, "NotFound", "there is no such path");
}

bool fn_runtime_api_start(struct fn_instance *i, struct err *e)
{
    struct http_server_options o = {
        .host = "127.0.0.1",
        .body_bytes_max = 2 * FN_EVENT_BYTES_MAX,
        .header_bytes_max = 64 * 1024,
        .request_timeout_ms = 60 * 1000,
        .idle_timeout_ms = 2 * FN_IDLE_MS,
        .write_timeout_ms = 60 * 1000,
        .connections_max = 16,
        .handler = on_request,
        .handler_arg = i,
    };
    return http_server_start(&i->pool->run->uv, &o, &i->api, e);
}

static void on_stopped(void *arg)
{
    fn_instance_closed(arg);
}

void fn_runtime_api_stop(struct fn_instance *i)
{
    struct http_request *rq = i->asking;
    i->asking = NULL;
    if (rq != NULL)
        refuse(rq, 410, "Gone", "this instance has ended");
    http_server_stop(i->api, 0, on_stopped, i);
}
