/* db_stream_int.h - what the files of streams share, and db/ calls. */
#ifndef DB_DB_STREAM_INT_H
#define DB_DB_STREAM_INT_H

#include "db/db_int.h"
#include "db/db_stream.h"

enum { STREAM_SEQUENCE_SHIFT = 20, STREAM_RECORD_KEY_BYTES = 22 };

/* db_stream.c */
uint64_t stream_sequence_at(int64_t ms); /* the least of that millisecond */
void stream_head_key(struct buf *out, struct str table_name, int64_t label_ms);
void stream_record_key(struct buf *out, uint32_t table, int64_t label_ms, unsigned lane,
                       uint64_t sequence);
/* The parts of such a key borrow from it. */
bool stream_head_key_parse(struct str key, struct str *name, int64_t *label_ms);
struct str stream_keys_of(struct arena *mem, const struct key_schema *k, struct str item);

/* db_stream_tags.c: the key of a stream's tags, from the stream's own */
struct str stream_tags_key(struct arena *mem, struct str head_key);

#endif
