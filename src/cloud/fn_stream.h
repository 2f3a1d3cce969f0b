/* fn_stream.h - event-source mappings: the changes of a table become events of a
 * function.
 *
 * Each mapping has a thread.  A shard's records come in order, one batch at a time;
 * a child's after its parent's.  How far each shard has come is a document, written
 * after the function has answered: a batch may come twice (after a crash in between),
 * but none is left out.  A batch that fails is tried again, and holds up its own
 * shard only. */
#ifndef CLOUD_FN_STREAM_H
#define CLOUD_FN_STREAM_H

#include "cloud/fn_int.h"

enum { FN_BATCH_MAX = 1000, FN_RESULT_CHARS = 200 };

MUST_CHECK bool fn_streams_start(struct fn *f, struct err *e);
void fn_streams_stopping(struct fn *f);
void fn_streams_stop(struct fn *f);
/* The mapping's document was written: made, changed or removed. */
void fn_streams_changed(struct fn *f, const char *uuid);
/* What became of its last batch. */
void fn_streams_result(struct fn *f, const char *uuid, char out[FN_RESULT_CHARS]);

/* fn_stream_event.c: pure work on JSON. */

/* The records of GetRecords as Lambda hands them over; those before `from` (NULL: none)
 * are left out. */
json_t *fn_stream_records(json_t *got, const char *arn, const char *from);
const char *fn_stream_sequence(const json_t *record);
/* How many records at the front of the batch were handled, by what the function
 * answered; all of them, unless it reports failures of its own. */
size_t fn_stream_handled(const json_t *records, struct str reply, bool reports);

#endif
