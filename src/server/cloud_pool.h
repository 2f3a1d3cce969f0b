/* cloud_pool.h - threads on which requests to the services of cloud/ run.
 *
 * They may wait for each other (a sign-up runs a function that calls a service), so
 * there are as many as are needed, up to a bound; those not needed end. */
#ifndef SERVER_CLOUD_POOL_H
#define SERVER_CLOUD_POOL_H

#include "server/call.h"

struct cloud_pool;

struct cloud_pool *cloud_pool_start(void);

/* Serves the call (c->cloud and c->service are set) and posts it back to its loop. */
void cloud_pool_push(struct cloud_pool *p, struct call *c);

/* Finishes what waits, then ends; NULL is fine. */
void cloud_pool_stop(struct cloud_pool **p);

#endif
