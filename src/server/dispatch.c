/* dispatch.c - the table of front ends.  The first whose match says yes gets the
 * request; a new service is one line. */
#include "server/dispatch.h"

#include "server/loop.h"
#include "server/server.h"

static bool is_preflight(const struct http_request *rq)
{
    return str_eq(rq->head.method, STR("OPTIONS")) &&
           http_header(&rq->head, STR("origin")).p != NULL;
}

/* A browser asks what it may send: anything, since requests are signed. */
static void serve_preflight(struct call *c)
{
    const struct http_head *h = &c->http->head;
    struct str headers = http_header(h, STR("access-control-request-headers"));
    struct str method = http_header(h, STR("access-control-request-method"));
    struct buf *body = call_body(c);
    struct str more = STR("Access-Control-Max-Age: 172800\r\n");
    (void)body;
    if (headers.p != NULL)
        more = arena_printf(c->http->mem, STR_FMT "Access-Control-Allow-Headers: " STR_FMT "\r\n",
                            STR_ARG(more), STR_ARG(headers));
    if (method.p != NULL)
        more = arena_printf(c->http->mem, STR_FMT "Access-Control-Allow-Methods: " STR_FMT "\r\n",
                            STR_ARG(more), STR_ARG(method));
    call_respond(c, 200, NULL, more);
}

static bool is_health(const struct http_request *rq)
{
    return str_eq(rq->head.method, STR("GET")) && str_eq(rq->head.path, STR("/"));
}

static void serve_health(struct call *c)
{
    buf_printf(call_body(c), "healthy: dynamodb.%s.amazonaws.com ", c->loop->server->config.region);
    call_respond(c, 200, "text/plain", (struct str){0});
}

static bool is_any(const struct http_request *rq)
{
    (void)rq;
    return true;
}

static const struct front {
    bool (*match)(const struct http_request *rq);
    void (*serve)(struct call *c);
} fronts[] = {
    {is_preflight, serve_preflight},
    {is_health, serve_health},
    {front_cloud_match, front_cloud},
    {is_any, front_dynamodb}, /* last: it also answers what nobody knows */
};

void dispatch(struct call *c)
{
    const struct front *f = fronts;
    while (!f->match(c->http))
        f++;
    f->serve(c);
}

void dispatch_not_found(struct call *c)
{
    buf_add(call_body(c), STR("<UnknownOperationException/>\n"));
    call_respond(c, 404, NULL, (struct str){0});
}
