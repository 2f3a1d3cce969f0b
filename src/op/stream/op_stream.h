/* op_stream.h - names, shards, sequence numbers and iterators of streams, as the
 * API writes them. */
#ifndef OP_OP_STREAM_H
#define OP_OP_STREAM_H

#include "db/db_stream.h"
#include "op/op_common.h"

extern const struct shape shape_stream_arn, shape_shard_id;

struct stream_name {
    struct str account, table;
    int64_t label_ms;
};
/* False for what cannot be the name of a stream ("Invalid StreamArn"), and for
 * streams of other accounts. */
MUST_CHECK bool stream_name_parse(struct req *rq, struct str arn, struct stream_name *out);
/* In run(): the stream, or ERR_RESOURCE_NOT_FOUND. */
MUST_CHECK bool stream_find(struct req *rq, struct db_txn *txn, struct str arn,
                            struct db_stream *out);
/* The same, but what there is not is no error: *found is false, also for what cannot be a name. */
MUST_CHECK bool stream_lookup(struct req *rq, struct db_txn *txn, struct str arn,
                              struct db_stream *out, bool *found);
struct str stream_arn(struct req *rq, const struct db_stream *s);

/* shardId-<when it begins, ms, 20 digits>-<the least hash of its lane, 8 hex> */
struct str shard_id(struct arena *mem, int64_t begin_ms, unsigned lane);
MUST_CHECK bool shard_id_parse(struct str id, int64_t *begin_ms, unsigned *lane);
bool shard_find(struct db_txn *txn, const struct db_stream *s, int64_t begin_ms, unsigned lane,
                struct db_shard *out);

/* 21 digits: 1 and the number. */
struct str sequence_text(struct arena *mem, uint64_t sequence);
MUST_CHECK bool sequence_parse(struct str text, uint64_t *out);

/* Where a reader of a shard is.  The text is <stream ARN>|1|<base64>, authenticated
 * with the secret of the database, valid for 15 minutes. */
struct stream_iterator {
    struct str arn;
    int64_t begin_ms; /* the shard */
    uint8_t lane;
    bool from_horizon; /* whatever is the oldest */
    uint64_t from;     /* the first sequence number that is wanted */
    int64_t issued_ms;
};
struct str iterator_write(struct req *rq, const struct stream_iterator *it);
/* Fails with the API's errors, also for one that has expired. */
MUST_CHECK bool iterator_read(struct req *rq, struct str text, struct stream_iterator *out);
MUST_CHECK bool iterator_trimmed(struct req *rq); /* sets the error, returns false */

#endif
