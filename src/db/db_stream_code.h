/* db_stream_code.h - the bytes of streams in the store.  Pure functions.
 *
 * A stream, under 'S' | table name | 00 | label:u64 :
 *
 *   version:u8 | table:u32 | view:u8 | end:u64 | ended_ms:u64 | trimmed:u64 |
 *   [shard_ms:u32] | hash_n:u8 | range_n:u8 | (hash_n + range_n) x { type:u8 | n:u8 | name }
 *
 *   version  1; 2 with shard_ms, which is four hours otherwise
 *   end      0 while the stream is on; else a sequence number after all records
 *   trimmed  no record below this one is left
 *
 * A record of a change, under 's' | table:u32 | label:u64 | lane:u8 | sequence:u64 :
 *
 *   version:u8 = 1 | event:u8 | flags:u8 | created_ms:u64 |
 *   keys:u32 | old:u32 | keys item | old item | new item
 *
 *   flags  1: the service itself deleted the item because it had expired
 *   keys   (bytes) only there when neither image is; the images are there as the
 *          view wants them.  What is left after keys and old is the new image.
 *
 * Integers are big-endian.  Items are in the form of model/item.h. */
#ifndef DB_DB_STREAM_CODE_H
#define DB_DB_STREAM_CODE_H

#include "base/buf.h"
#include "model/schema.h"

enum { STREAM_CODE_VERSION = 1, STREAM_CODE_SHARD_MS = 2, STREAM_CODE_BY_TTL = 1 };
enum { STREAM_SHARD_MS = 4 * 60 * 60 * 1000, STREAM_SHARD_MS_MIN = 1000 };
enum stream_event { STREAM_INSERT = 1, STREAM_MODIFY = 2, STREAM_REMOVE = 3 };

struct stream_head {
    uint32_t table;
    enum stream_view view;
    uint64_t end;
    int64_t ended_ms;
    uint64_t trimmed;
    int64_t shard_ms;
    struct key_schema key; /* names borrow from the bytes */
};
void stream_head_encode(struct buf *out, const struct stream_head *h);
MUST_CHECK bool stream_head_decode(struct str bytes, struct stream_head *out, struct err *e);

struct stream_record {
    enum stream_event event;
    bool by_ttl;
    int64_t created_ms;
    struct str keys, old_image, new_image; /* items; p == NULL: not there */
};
void stream_record_encode(struct buf *out, const struct stream_record *r);
/* Shallow: the items are checked by stream_record_check(). */
MUST_CHECK bool stream_record_decode(struct str bytes, struct stream_record *out, struct err *e);
/* For bytes of unknown origin: the whole of it. */
MUST_CHECK bool stream_record_check(struct str bytes, struct err *e);

void stream_put_u64(struct buf *out, uint64_t v);
uint64_t stream_get_u64(const char *p);

#endif
