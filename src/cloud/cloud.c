/* cloud.c - which services there are, and what they share. */
#include "cloud/cloud.h"

#include "cloud/fn.h"
#include "cloud/sg.h"
#include "cloud/user_pools.h"

/* A new service is one line. */
static const struct cloud_service services[] = {
    {STR("ec2"), NULL, sg_api_serve},
    {STR("lambda"), fn_api_match, fn_api_serve},
    {STR("cognito-idp"), user_pools_match, user_pools_serve},
};

const struct cloud_service *cloud_find(const struct http_head *h)
{
    struct str scope = sigv4_scope_service(http_header(h, STR("authorization")));
    for (size_t i = 0; i < COUNT_OF(services); i++) {
        const struct cloud_service *s = &services[i];
        if ((scope.n > 0 && str_eq(scope, s->scope)) || (s->match != NULL && s->match(h)))
            return s;
    }
    return NULL;
}

bool cloud_read(struct cloud *c, cloud_txn *run, void *arg, struct err *e)
{
    struct db_txn *t = NULL;
    bool done = db_begin(c->db, DB_READ_SNAPSHOT, false, &t, e) && run(arg, t, e);
    db_end(&t);
    return done;
}

bool cloud_write(struct cloud *c, cloud_txn *run, void *arg, struct err *e)
{
    return c->write(c->write_arg, run, arg, e);
}

bool cloud_authenticate(struct cloud_request *rq, struct str service, struct sigv4_identity *who)
{
    const struct http_head *h = &rq->http->head;
    struct sigv4_header *headers = NEW_ARRAY(rq->mem, struct sigv4_header, h->headers_n + 1);
    for (uint32_t i = 0; i < h->headers_n; i++)
        headers[i] = (struct sigv4_header){h->header[i].name, h->header[i].value};
    struct sigv4_request in = {
        .method = h->method,
        .path = h->path,
        .query = h->query,
        .headers = headers,
        .headers_n = h->headers_n,
        .body = rq->http->raw_body,
        .want_service = service,
    };
    return sigv4_verify(&in, rq->cloud->credentials, env_now_ms(rq->cloud->env), rq->mem, who,
                        &rq->err);
}
