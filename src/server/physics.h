/* physics.h - the service's less pleasant sides, on purpose: so that people can
 * test what their programs do about latency, throttling, conflicts, stale reads
 * and the like.  Only in servers that were started with --physics.
 *
 * Requests are looked at when they are decoded and found to be in order.  What
 * does not need the operation's help is done here; the rest is in rq->physics.
 *
 * Old data for stale reads are snapshots: each loop keeps some, taken at regular
 * intervals, for its own requests. */
#ifndef SERVER_PHYSICS_H
#define SERVER_PHYSICS_H

#include "server/call.h"
#include "server/physics_rules.h"

MUST_CHECK bool physics_load(const char *path, struct physics_rules **out, struct err *e);
void physics_free(struct physics_rules **p); /* NULL is fine */

/* A loop's snapshots; on its thread, except for the start. */
struct physics_past;
MUST_CHECK bool physics_past_start(struct loop *l, struct physics_past **out, struct err *e);
void physics_past_stop(struct physics_past *p); /* NULL is fine; frees it by and by */

/* True: the call is in the hands of the rules, which answer it now or later. */
bool physics_take(struct call *c);

#endif
