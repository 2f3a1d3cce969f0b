/* lambda_runtime.h - a function process: asks the Lambda runtime API (where
 * AWS_LAMBDA_RUNTIME_API says) for one event after the other and answers it. */
#ifndef CRUDDUR_LAMBDA_RUNTIME_H
#define CRUDDUR_LAMBDA_RUNTIME_H

#include "base/buf.h"
#include "base/err.h"

/* The answer is JSON, appended to `reply`; on failure e->msg is the errorMessage and
 * *type the errorType. */
typedef bool (*lambda_handler)(void *arg, struct str event, struct buf *reply, const char **type,
                               struct err *e);

/* Returns the exit status when the runtime API is no more. */
int lambda_runtime_run(lambda_handler handler, void *arg);

#endif
