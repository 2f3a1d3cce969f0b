/* dispatch.h - which front end serves a request: one table. */
#ifndef SERVER_DISPATCH_H
#define SERVER_DISPATCH_H

#include "server/call.h"

/* Answers the call, now or later. */
void dispatch(struct call *c);

/* 404 with the body that the service gives to whatever it does not know. */
void dispatch_not_found(struct call *c);

/* front_cloud.c: the other services. */
bool front_cloud_match(const struct http_request *rq);
void front_cloud(struct call *c);

/* front_dynamodb.c: the DynamoDB and DynamoDB Streams APIs. */
void front_dynamodb(struct call *c);
/* Runs an operation that is decoded and prepared, and answers. */
void front_dynamodb_run(struct call *c);

#endif
