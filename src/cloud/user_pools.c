/* user_pools.c - from an HTTP request to an operation on user pools and back. */
#include "cloud/user_pools.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "cloud/pool_op.h"
#include "cloud/pool_shapes.h"

static const struct str target_prefix = STR("AWSCognitoIdentityProviderService.");

struct user_pools *user_pools_new(const struct outbox_options *o)
{
    struct user_pools *p = calloc(1, sizeof(*p));
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (p == NULL || sem_init(&p->calculations, 0, processors > 1 ? (unsigned)processors : 1) != 0)
        abort();
    p->limits = pool_limits_new();
    p->outbox = outbox_new(o);
    pool_random(p->session_key, sizeof(p->session_key));
    return p;
}

void user_pools_free(struct user_pools **at)
{
    struct user_pools *p = *at;
    if (p == NULL)
        return;
    outbox_free(&p->outbox);
    pool_limits_free(&p->limits);
    sem_destroy(&p->calculations);
    free(p);
    *at = NULL;
}

void pool_calculate(struct pool_rq *rq)
{
    while (sem_wait(&rq->pools->calculations) != 0)
        continue; /* a signal */
}

void pool_calculated(struct pool_rq *rq)
{
    sem_post(&rq->pools->calculations);
}

static bool is_document(const struct http_head *h)
{
    return str_eq(h->method, STR("GET")) &&
           memmem(h->path.p, h->path.n, "/.well-known/", strlen("/.well-known/")) != NULL;
}

bool user_pools_match(const struct http_head *h)
{
    return str_starts_with(http_header(h, STR("x-amz-target")), target_prefix) || is_document(h);
}

static struct str source_of(struct cloud_request *rq)
{
    struct sockaddr_storage peer;
    char text[INET6_ADDRSTRLEN] = "";
    if (!http_peer(rq->http, &peer))
        return STR("");
    if (peer.ss_family == AF_INET6)
        inet_ntop(AF_INET6, &((struct sockaddr_in6 *)(void *)&peer)->sin6_addr, text, sizeof(text));
    else
        inet_ntop(AF_INET, &((struct sockaddr_in *)(void *)&peer)->sin_addr, text, sizeof(text));
    return arena_dup(rq->mem, str_from_c(text));
}

static bool run_operation(struct cloud_request *rq, struct str name)
{
    struct sigv4_identity who;
    struct pool_rq prq = {
        .cloud = rq->cloud,
        .pools = rq->cloud->pools,
        .op = pool_op_find(name),
        .mem = rq->mem,
        .out = {.to = rq->body},
        .e = &rq->err,
    };
    if (prq.op == NULL)
        return err_set(&rq->err, ERR_UNKNOWN_OPERATION, "%s", "");
    if (rq->http->body_state != HTTP_BODY_OK)
        return err_set(&rq->err, ERR_SERIALIZATION, "%s", "");
    if (!prq.op->is_public && !cloud_authenticate(rq, STR("cognito-idp"), &who))
        return false;
    if (!op_decode_input(rq->mem, prq.op->in, rq->http->body, &prq.in, &rq->err)) {
        if (rq->err.code == ERR_VALIDATION)
            rq->err.code = ERR_INVALID_PARAMETER; /* as this service calls it */
        return false;
    }
    prq.source = source_of(rq);
    prq.now_ms = env_now_ms(rq->cloud->env);
    json_out_open(&prq.out, '{');
    if (!pool_shape_check(prq.op->in, prq.in, &rq->err) || !prq.op->run(&prq))
        return false;
    json_out_close(&prq.out, '}');
    return true;
}

static const char *error_type(const struct err *e)
{
    if (e->code == ERR_THROTTLING || e->code == ERR_CONFLICT)
        return "TooManyRequestsException";
    return err_http_status(e->code) == 500 ? "InternalErrorException" : err_name(e->code);
}

static void write_error(struct cloud_request *rq, size_t start, const char *what)
{
    struct json_out o = {.to = rq->body};
    bool internal = err_http_status(rq->err.code) == 500;
    if (internal)
        log_error("user pools: %s: %s", what, rq->err.msg);
    rq->body->n = start;
    rq->status = err_http_status(rq->err.code);
    json_out_open(&o, '{');
    json_out_name(&o, STR("__type"));
    json_out_str(&o, str_from_c(error_type(&rq->err)));
    if (rq->err.msg[0] != '\0') {
        json_out_name(&o, STR("message"));
        json_out_str(&o, internal ? STR("Something went wrong") : err_text(&rq->err));
    }
    json_out_close(&o, '}');
}

void user_pools_serve(struct cloud_request *rq)
{
    const struct http_head *h = &rq->http->head;
    struct str target = http_header(h, STR("x-amz-target"));
    size_t start = rq->body->n;
    if (is_document(h)) {
        rq->content_type = "application/json";
        if (!pool_document(rq))
            write_error(rq, start, "a public document");
        return;
    }
    rq->content_type = "application/x-amz-json-1.1";
    struct str name = str_starts_with(target, target_prefix) ? str_from(target, target_prefix.n)
                                                             : (struct str){0};
    if (!run_operation(rq, name))
        write_error(rq, start, "an operation");
}
