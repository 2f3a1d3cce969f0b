/* pool.h - threads for reads that have to wait for the disk or take long, so that
 * they stall no other connection of their loop. */
#ifndef SERVER_POOL_H
#define SERVER_POOL_H

#include "server/call.h"

struct pool;

MUST_CHECK bool pool_start(int threads, struct pool **out, struct err *e);

/* Runs the call's read from the start, or the look ahead of its write, and posts it back
 * to its loop. */
void pool_push(struct pool *p, struct call *c);

/* Finishes what waits, then ends; NULL is fine. */
void pool_stop(struct pool **p);

#endif
