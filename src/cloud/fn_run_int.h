/* fn_run_int.h - what the files of the running side of functions share.
 *
 *   fn_run.c          the thread, its queue, which instance gets which event
 *   fn_instance.c     one process: start, output, end
 *   fn_runtime_api.c  what it says and hears over HTTP
 *   fn_exec.c         the last step before the program, in the new process */
#ifndef CLOUD_FN_RUN_INT_H
#define CLOUD_FN_RUN_INT_H

#include "base/env.h"
#include "base/lock.h"
#include "cloud/fn_run.h"
#include "net/http_server.h"

struct fn_jobs { /* first in, first out */
    struct fn_job *first, *last;
    int n;
};

struct fn_run {
    struct env *env;
    pthread_t thread;
    uv_loop_t uv;
    uv_async_t wake;
    char self[4096]; /* this program's file */
    struct fn_pool *pools;
    bool ending; /* seen by the loop */
    int instances;
    struct lock lock;
    pthread_cond_t finished; /* some job is */
    /* under the lock */
    struct fn_jobs arrived;
    struct forgotten {
        struct forgotten *next;
        char name[];
    } * forget;
    bool stopping;
};

/* One revision of a function. */
struct fn_pool {
    struct fn_run *run;
    struct fn_pool *next;
    struct arena mem; /* of the spec */
    struct fn_spec spec;
    struct fn_instance *instances;
    int instances_n, starting_n;
    int alive; /* instances, with those that are not closed yet */
    struct fn_jobs waiting;
    bool retired; /* no longer current: goes when the last instance has gone */
    int log_fd;
};

enum fn_state { FN_STARTING, FN_IDLE, FN_BUSY, FN_ENDING };

struct fn_instance {
    struct fn_pool *pool;
    struct fn_instance *next;
    enum fn_state state;
    uv_process_t process;
    uv_pipe_t output;
    uv_timer_t timer; /* for the end of what the state allows */
    struct http_server *api;
    int open;                    /* handles and servers not yet closed */
    struct http_request *asking; /* waits for its next event */
    struct fn_job *job;
    bool late; /* ended by us, since it took too long */
    bool init_failed;
    struct buf init_error;
    uint64_t started_ns, job_ns;
    int64_t init_ms; /* -1: was reported */
    int64_t deadline_ms;
    char read[16 * 1024];
};

/* fn_run.c */
struct fn_job *fn_jobs_take(struct fn_jobs *l);
void fn_job_finish(struct fn_run *r, struct fn_job *job, enum fn_outcome outcome);
void fn_job_fail(struct fn_run *r, struct fn_job *job, const char *type, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
void fn_pool_pump(struct fn_pool *p); /* gives events to those that ask; starts instances */
void fn_pool_log(struct fn_pool *p, struct str text);
void fn_pool_left(struct fn_pool *p); /* an instance has gone */

/* fn_instance.c */
bool fn_instance_start(struct fn_pool *p, struct err *e);
void fn_instance_take(struct fn_instance *i, struct fn_job *job); /* from IDLE to BUSY */
void fn_instance_rest(struct fn_instance *i);                     /* to IDLE */
void fn_instance_end(struct fn_instance *i);                      /* kills it */
void fn_instance_allow(struct fn_instance *i, uint64_t ms);       /* from now on, for its state */
void fn_instance_hurry(struct fn_instance *i, uint64_t ms);       /* ends within this time */
void fn_instance_drain(struct fn_instance *i);                    /* reads what it has printed */
void fn_instance_report(struct fn_instance *i);                   /* END and REPORT lines */
void fn_instance_closed(struct fn_instance *i);                   /* one of `open` is */

/* fn_runtime_api.c */
bool fn_runtime_api_start(struct fn_instance *i, struct err *e);
void fn_runtime_api_give(struct fn_instance *i); /* i->job to i->asking */
void fn_runtime_api_stop(struct fn_instance *i);

#endif
