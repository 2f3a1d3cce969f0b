/* fn_int.h - what the files of functions share.
 *
 *   fn_api*.c     the Lambda API
 *   fn_def.c      what is kept of a function, as the API shows it
 *   fn_spec.c     from that to what is to be run: code on disk, environment
 *   fn_run.h      running it
 *   fn_async.c    events whose sender does not wait: kept until done, retried
 *   fn_stream*.c  event-source mappings: the changes of a table as events
 *   trigger.c     for other services
 *
 * Documents: "fn" NAME -> configuration, "fn-code" NAME -> zip archive,
 * "fn-async" ID -> event, "fn-map" UUID -> mapping, "fn-cursor" UUID/SHARD -> how
 * far it has come.  All but the archive are JSON. */
#ifndef CLOUD_FN_INT_H
#define CLOUD_FN_INT_H

#include <jansson.h>

#include "base/lock.h"
#include "cloud/fn.h"
#include "cloud/fn_run.h"

struct fn_async;
struct fn_streams;

struct fn {
    struct cloud *cloud;
    struct fn_run *run;
    struct fn_async *async;
    struct fn_streams *streams;
    struct lock code; /* held while code is unpacked */
    char dir[1024];   /* of logs, code and dead letters */
    bool dir_is_ours; /* to be removed at the end: data is in memory */
};

enum { FN_NAME_MAX = 64 };

/* From a name, an ARN, or ACCOUNT:function:NAME, each perhaps with :$LATEST. */
bool fn_name_parse(struct str text, char out[FN_NAME_MAX + 1]);

/* The configuration; NULL with *e clear: there is no such function. */
json_t *fn_def_load(struct cloud *c, const char *name, struct err *e);

/* The function's answer to one event.  False: it was not even tried, and *e says why
 * (ERR_RESOURCE_NOT_FOUND, ERR_IO).  The job's reply and log are to be freed. */
MUST_CHECK bool fn_invoke(struct fn *f, const char *name, struct fn_job *job, struct arena *mem,
                          struct err *e);
bool fn_spec_make(struct fn *f, const json_t *def, struct arena *mem, struct fn_spec *out,
                  struct err *e);
void fn_code_remove(struct fn *f, const char *name); /* unpacked code */
void fn_remove_tree(const char *path);
extern const char fn_python_runner[]; /* a program for Python's -c */

/* A line of JSON to the function's dead letters; durable when it returns true. */
MUST_CHECK bool fn_dead_letter(struct fn *f, const char *name, json_t *letter, struct err *e);
/* A job's result as a JSON value: what it is, or its text where it is not JSON. */
json_t *fn_json_or_text(struct str bytes);

/* fn_async.c */
MUST_CHECK bool fn_async_start(struct fn *f, struct err *e);
enum fn_sent { FN_SENT, FN_SENT_TOO_MANY, FN_SENT_FAILED };
enum fn_sent fn_async_send(struct fn *f, const char *name, struct str event, char id[37],
                           struct err *e);
void fn_async_stop(struct fn *f);

#endif
