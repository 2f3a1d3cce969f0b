/* db_stream.h - streams: the changes of a table's items, readable for 24 hours.
 *
 * A stream has STREAM_LANES lanes; an item's changes are all in the lane of its
 * partition key's hash, in the order in which they happened.  At intervals (four
 * hours unless db_options says otherwise; a stream keeps what it began with) each
 * lane goes on in a new shard, whose parent is the one before.  So a shard is (when
 * it begins, lane), and which shards there are follows from the stream's label and
 * from how far sequence numbers have come: nothing is stored for it.
 *
 * Sequence numbers are those of one counter for the whole database that never
 * falls behind the clock: milliseconds since 1970 in the upper 44 bits.  They
 * grow with every record, also over restarts and when the clock is set back.
 *
 * A stream lives on for 24 hours after it was switched off or its table was
 * deleted: closed, but readable.  Records older than 24 hours are not shown; what
 * they take is given back by db_work. */
#ifndef DB_DB_STREAM_H
#define DB_DB_STREAM_H

#include "db/db_catalog.h"

enum {
    STREAM_LANES = 4,
    STREAM_KEEP_MS = 24 * 60 * 60 * 1000,
};

/* A stream, as it is in a transaction; strings live until that ends. */
struct db_stream {
    struct str table_name;
    int64_t label_ms; /* when it was switched on; with the name, its identity */
    bool on;
    enum stream_view view;
    struct key_schema key; /* of the table */
    /* for db/ */
    uint32_t table;
    uint64_t end;
    int64_t shard_ms;
};
/* *found false: there is none, or it has ended more than 24 hours ago. */
MUST_CHECK bool db_stream_get(struct db_txn *t, struct str table_name, int64_t label_ms,
                              struct db_stream *out, bool *found, struct err *e);

/* Streams by table name and label, those after (after_name, after_label_ms), only
 * of one table when `table_name`.p != NULL; at most n.  *more: there are others. */
struct db_stream_after {
    struct str name; /* p == NULL: from the start */
    int64_t label_ms;
};
MUST_CHECK bool db_stream_list(struct db_txn *t, struct str table_name,
                               const struct db_stream_after *after, size_t n, struct db_stream *out,
                               size_t *count, bool *more, struct err *e);

struct db_shard {
    int64_t begin_ms;
    uint8_t lane;
    bool has_parent, closed;
    int64_t parent_begin_ms;
    uint64_t first, last; /* sequence numbers; `last` of an open one is not yet certain */
};
/* The shards that can be seen are those of 24 hours, and the ones that began before:
 * numbered from the oldest, the lanes of one time side by side. */
struct db_shard_range {
    int64_t from, to; /* [from, to): numbers */
};
struct db_shard_range db_stream_shards(struct db_txn *t, const struct db_stream *s);
struct db_shard db_stream_shard(struct db_txn *t, const struct db_stream *s, int64_t number);
/* The number of the first one behind that; of its own, if it is a shard, plus 1. */
int64_t db_stream_shard_behind(const struct db_stream *s, int64_t begin_ms, unsigned lane);

/* The sequence number of the next record, at the least: everything below is visible
 * in this transaction or will never be.  This is what LATEST means. */
uint64_t db_stream_next(struct db_txn *t);
/* Records below this one are older than 24 hours. */
uint64_t db_stream_horizon(struct db_txn *t);

struct db_stream_view {
    uint64_t sequence;
    const char *event; /* INSERT, MODIFY, REMOVE */
    bool by_ttl;
    int64_t created_ms;
    struct str keys, old_image, new_image; /* items; images p == NULL: not there */
    uint32_t size;                         /* of keys and images, by DynamoDB's rule */
};
/* Shows the records of the shard from `from` on, at most `limit`, and about
 * LIMIT_PAGE_BYTES.  *next: where to go on; *finished: the shard is closed and has
 * no more.  The view is valid during the call only. */
typedef void db_stream_visit(void *arg, const struct db_stream_view *r);
MUST_CHECK bool db_stream_read(struct db_txn *t, const struct db_stream *s,
                               const struct db_shard *shard, uint64_t from, uint32_t limit,
                               db_stream_visit *visit, void *arg, uint64_t *next, bool *finished,
                               struct err *e);

/* From where on to read the shard for the records of a time and later: the sequence
 * number of the first whose created_ms is at least `ms`, or of the next to come. */
MUST_CHECK bool db_stream_seek(struct db_txn *t, const struct db_stream *s,
                               const struct db_shard *shard, int64_t ms, uint64_t *from,
                               struct err *e);

#endif
