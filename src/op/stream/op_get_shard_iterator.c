/* op_get_shard_iterator.c - GetShardIterator: where in a shard to begin to read. */
#include "op/op_list.h"
#include "op/stream/op_stream.h"

struct get_shard_iterator_in {
    struct str arn, shard, type, sequence;
    struct opt_double timestamp; /* seconds */
};

static const struct shape type_shape = {
    .kind = SHAPE_STRING,
    .values = (const char *const[]){"TRIM_HORIZON", "LATEST", "AT_SEQUENCE_NUMBER",
                                    "AFTER_SEQUENCE_NUMBER", "AT_TIMESTAMP", NULL},
};
static const struct shape sequence_shape = {.kind = SHAPE_STRING, .min = 21, .max = 40};
static const struct field fields[] = {
    FIELD(struct get_shard_iterator_in, arn, "StreamArn", &shape_stream_arn, REQUIRED),
    FIELD(struct get_shard_iterator_in, shard, "ShardId", &shape_shard_id, REQUIRED),
    FIELD(struct get_shard_iterator_in, type, "ShardIteratorType", &type_shape, REQUIRED),
    FIELD(struct get_shard_iterator_in, sequence, "SequenceNumber", &sequence_shape, OPTIONAL),
    FIELD(struct get_shard_iterator_in, timestamp, "Timestamp", &shape_double, OPTIONAL),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct get_shard_iterator_in), .fields = fields};

/* What prepare() leaves: of the two the one that is wanted. */
struct start {
    uint64_t sequence;
    int64_t ms;
};

static bool by_time(const struct get_shard_iterator_in *in)
{
    return str_eq(in->type, STR("AT_TIMESTAMP"));
}

static bool by_sequence(const struct get_shard_iterator_in *in)
{
    return str_eq(in->type, STR("AT_SEQUENCE_NUMBER")) ||
           str_eq(in->type, STR("AFTER_SEQUENCE_NUMBER"));
}

/* A parameter that belongs to some types is there exactly with these. */
static bool check_given(struct req *rq, const char *name, bool wanted, bool given)
{
    const struct get_shard_iterator_in *in = rq->in;
    return wanted == given || err_set(&rq->err, ERR_VALIDATION,
                                      "%s must %sbe specified for ShardIteratorType " STR_FMT, name,
                                      given ? "not " : "", STR_ARG(in->type));
}

static bool check_time(struct req *rq, struct start *start)
{
    const struct get_shard_iterator_in *in = rq->in;
    double ms = in->timestamp.v * 1000;
    int64_t now_ms = env_now_ms(db_env(rq->db));
    if (!in->timestamp.set)
        return true;
    if (ms > (double)now_ms)
        return err_set(&rq->err, ERR_VALIDATION, "Timestamp must not be in the future");
    start->ms = ms > 0 ? (int64_t)(ms + 0.5) : 0;
    return true;
}

static bool get_shard_iterator_prepare(struct req *rq)
{
    const struct get_shard_iterator_in *in = rq->in;
    struct start *start = rq->prepared = NEW(&rq->mem, struct start);
    struct stream_name name;
    if (!stream_name_parse(rq, in->arn, &name) ||
        !check_given(rq, "SequenceNumber", by_sequence(in), in->sequence.p != NULL) ||
        !check_given(rq, "Timestamp", by_time(in), in->timestamp.set) || !check_time(rq, start))
        return false;
    return in->sequence.p == NULL || sequence_parse(in->sequence, &start->sequence) ||
           err_set(&rq->err, ERR_VALIDATION, "Invalid SequenceNumber");
}

static bool from_time(struct req *rq, struct db_txn *txn, const struct db_stream *s,
                      const struct db_shard *shard, struct stream_iterator *it)
{
    int64_t ms = ((const struct start *)rq->prepared)->ms;
    it->from_horizon = ms < it->issued_ms - STREAM_KEEP_MS;
    it->from = shard->first;
    return it->from_horizon || db_stream_seek(txn, s, shard, ms, &it->from, &rq->err);
}

/* Where to begin in the shard. */
static bool position(struct req *rq, struct db_txn *txn, const struct db_stream *s,
                     const struct db_shard *shard, struct stream_iterator *it)
{
    const struct get_shard_iterator_in *in = rq->in;
    uint64_t sequence = ((const struct start *)rq->prepared)->sequence;
    if (str_eq(in->type, STR("TRIM_HORIZON"))) {
        it->from_horizon = true;
        it->from = shard->first;
    } else if (by_time(in)) {
        return from_time(rq, txn, s, shard, it);
    } else if (!by_sequence(in)) {
        uint64_t next = db_stream_next(txn);
        it->from = next > shard->last ? shard->last + 1 : next;
    } else {
        it->from = sequence + (uint64_t)str_eq(in->type, STR("AFTER_SEQUENCE_NUMBER"));
        if (it->from < db_stream_horizon(txn))
            return iterator_trimmed(rq);
        if (sequence < shard->first || sequence > shard->last)
            return err_set(&rq->err, ERR_VALIDATION, "Invalid SequenceNumber");
    }
    return true;
}

static bool get_shard_iterator_run(struct req *rq, struct db_txn *txn)
{
    const struct get_shard_iterator_in *in = rq->in;
    struct json_out *o = &rq->out;
    struct db_stream s;
    struct db_shard shard;
    int64_t begin_ms;
    unsigned lane;
    if (!stream_find(rq, txn, in->arn, &s))
        return false;
    if (!shard_id_parse(in->shard, &begin_ms, &lane) ||
        !shard_find(txn, &s, begin_ms, lane, &shard))
        return err_set(&rq->err, ERR_RESOURCE_NOT_FOUND,
                       "Requested resource not found: Shard does not exist");
    struct stream_iterator it = {
        .arn = in->arn,
        .begin_ms = begin_ms,
        .lane = (uint8_t)lane,
        .issued_ms = env_now_ms(db_env(rq->db)),
    };
    if (!position(rq, txn, &s, &shard, &it))
        return false;
    json_out_open(o, '{');
    json_out_name(o, STR("ShardIterator"));
    json_out_str(o, iterator_write(rq, &it));
    json_out_close(o, '}');
    return true;
}

const struct op op_get_shard_iterator = {
    .name = "GetShardIterator",
    .action = "dynamodb:GetShardIterator",
    .flags = OP_READ | OP_STREAM,
    .in = &in_shape,
    .prepare = get_shard_iterator_prepare,
    .run = get_shard_iterator_run,
};
