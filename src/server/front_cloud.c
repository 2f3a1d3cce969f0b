/* front_cloud.c - requests to the services of cloud/: to their threads and back. */
#include "server/cloud_pool.h"
#include "server/dispatch.h"
#include "server/loop.h"
#include "server/server.h"

bool front_cloud_match(const struct http_request *rq)
{
    return cloud_find(&rq->head) != NULL;
}

void front_cloud(struct call *c)
{
    c->service = cloud_find(&c->http->head);
    c->cloud = (struct cloud_request){.cloud = c->loop->server->cloud};
    cloud_pool_push(c->loop->server->cloud_pool, c);
}
