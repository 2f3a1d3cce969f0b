/* fn_run.h - functions as processes: starting them, giving them events, ending them.
 *
 * A function is a program that speaks the Lambda runtime API (the HTTP address is in
 * its environment, AWS_LAMBDA_RUNTIME_API): it asks for the next event, answers, asks
 * again.  A process (an instance) works on one event at a time and is kept for the
 * next; when all are busy another is started, up to FN_INSTANCES_MAX.
 *
 * All of it happens on one thread with its own loop.  Callers wait on theirs. */
#ifndef CLOUD_FN_RUN_H
#define CLOUD_FN_RUN_H

#include "base/buf.h"
#include "base/err.h"

enum {
    FN_INSTANCES_MAX = 32,                /* of one function */
    FN_WAITING_MAX = 1000,                /* events of one function without an instance */
    FN_INIT_MS = 10 * 1000,               /* from the start to the first request for an event */
    FN_IDLE_MS = 10 * 60 * 1000,          /* after that an instance is not kept */
    FN_EVENT_BYTES_MAX = 6 * 1024 * 1024, /* and of an answer */
    FN_LOG_TAIL_BYTES = 4096,
    FN_LOG_FILE_BYTES_MAX = 16 * 1024 * 1024, /* then it moves to NAME.log.1 */
};

/* All there is to know to start an instance; fn_run makes its own copy. */
struct fn_spec {
    const char *name, *arn;
    const char *revision; /* another one: other instances */
    const char *cwd;
    const char *const *argv; /* of the program; ends with NULL */
    const char *const *env;  /* "NAME=value"; ends with NULL; without the runtime API's address */
    const char *log_file;
    const char *user; /* to run as; NULL: as we are */
    int timeout_s, memory_mb;
};

enum fn_outcome {
    FN_ANSWERED,
    FN_ERROR,     /* it said so, or took too long, or ended; reply tells which */
    FN_THROTTLED, /* too many events wait */
    FN_STOPPED,   /* the server stops */
};

/* One event on its way; all of it stays the caller's. */
struct fn_job {
    const struct fn_spec *spec;
    struct str event;          /* JSON */
    struct str client_context; /* absent: none */
    enum fn_outcome outcome;
    struct buf reply; /* JSON: the answer, or {"errorType", "errorMessage", ...} */
    struct buf log;   /* the end of what it printed meanwhile */
    char id[37];      /* empty: gets one */
    /* for fn_run */
    struct fn_job *next;
    bool done;
};

struct fn_run;
struct env;
MUST_CHECK bool fn_run_start(struct env *env, struct fn_run **out, struct err *e);
/* Waits for the end; not on a loop's thread. */
void fn_run_invoke(struct fn_run *r, struct fn_job *job);
/* Its instances end once they are idle: it has changed, or is no more. */
void fn_run_forget(struct fn_run *r, const char *name);
/* From now on nothing new; what runs gets a few seconds to end. */
void fn_run_stopping(struct fn_run *r);
void fn_run_stop(struct fn_run **r); /* NULL is fine */

#endif
