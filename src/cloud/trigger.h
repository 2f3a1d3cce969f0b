/* trigger.h - one service has a function run by another: the only thing that, say,
 * user pools have to know of functions. */
#ifndef CLOUD_TRIGGER_H
#define CLOUD_TRIGGER_H

#include "base/buf.h"
#include "base/err.h"

struct cloud;

/* Runs the function with the event and waits for its end.  True: what it answered
 * is appended to `reply`.  False: e->msg is what it reported ("errorMessage"), or why
 * it could not be run: there is no such function (ERR_RESOURCE_NOT_FOUND), it took
 * too long, it crashed.  Not on a loop's or the writer's thread. */
MUST_CHECK bool trigger_invoke(struct cloud *c, const char *function_arn, struct str event_json,
                               struct buf *reply, struct err *e);

#endif
