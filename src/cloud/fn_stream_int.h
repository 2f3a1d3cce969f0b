/* fn_stream_int.h - what the files of event-source mappings share.
 *
 *   fn_stream.c        threads: one per mapping
 *   fn_stream_shard.c  one shard: reading, giving batches to the function
 *   fn_stream_event.c  batches as JSON */
#ifndef CLOUD_FN_STREAM_INT_H
#define CLOUD_FN_STREAM_INT_H

#include "cloud/cloud_op.h"
#include "cloud/fn_stream.h"

enum { FN_SHARD_ID_MAX = 66 };

struct fn_shard {
    struct fn_shard *next;
    char id[FN_SHARD_ID_MAX], parent[FN_SHARD_ID_MAX];
    bool loaded;                       /* the cursor is */
    bool done;                         /* it has ended, and all of it was handled */
    bool seen;                         /* in the latest description of the stream */
    char cursor[CLOUD_SEQUENCE_CHARS]; /* the last that was handled; "": none yet */
    char *iterator;                    /* NULL: to be asked for */
    size_t limit;                      /* of records in the next batch */
    int tries;                         /* of the batch at the cursor that have failed */
    int64_t retry_ms;                  /* not before */
    int64_t first_ms;                  /* since when a batch that is not full waits; 0: none does */
};

struct fn_mapping {
    struct fn_streams *streams;
    struct fn_mapping *next;
    pthread_t thread;
    char uuid[37];
    /* of its thread */
    json_t *def;
    struct fn_shard *shards;
    int64_t described_ms;
    /* under the lock of streams */
    char result[FN_RESULT_CHARS];
    bool gone; /* the thread has ended by itself */
};

struct fn_streams {
    struct fn *fn;
    struct lock lock;
    pthread_cond_t wake;
    struct fn_mapping *mappings; /* under the lock */
    bool stop;                   /* under the lock */
};

/* True: there was something to do, and there may be more. */
bool fn_shard_turn(struct fn_mapping *m, struct fn_shard *s);
void fn_mapping_result(struct fn_mapping *m, const char *fmt, ...) PRINTF_LIKE(2, 3);

static inline const char *fn_mapping_text(const struct fn_mapping *m, const char *name)
{
    return json_string_value(json_object_get(m->def, name));
}
static inline int64_t fn_mapping_int(const struct fn_mapping *m, const char *name)
{
    return json_integer_value(json_object_get(m->def, name));
}

#endif
