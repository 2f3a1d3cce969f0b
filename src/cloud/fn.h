/* fn.h - functions, for the server: their start and end, and the Lambda API. */
#ifndef CLOUD_FN_H
#define CLOUD_FN_H

#include "cloud/cloud.h"

MUST_CHECK bool fn_start(struct cloud *c, struct fn **out, struct err *e);
/* Events that run get a few seconds; then, when nobody can call any more: */
void fn_stopping(struct fn *f); /* NULL is fine, also for the next */
void fn_stop(struct fn **f);

/* fn_api.c */
void fn_api_serve(struct cloud_request *rq);
bool fn_api_match(const struct http_head *h);

#endif
