/* op_get_shard_iterator.c - GetShardIterator: where in a shard to begin to read. */
#include "op/op_list.h"
#include "op/op_stream.h"

struct get_shard_iterator_in {
    struct str arn, shard, type, sequence;
};

static const struct shape type_shape = {
    .kind = SHAPE_STRING,
    .values = (const char *const[]){"TRIM_HORIZON", "LATEST", "AT_SEQUENCE_NUMBER",
                                    "AFTER_SEQUENCE_NUMBER", NULL},
};
static const struct shape sequence_shape = {.kind = SHAPE_STRING, .min = 21, .max = 40};
static const struct field fields[] = {
    FIELD(struct get_shard_iterator_in, arn, "StreamArn", &shape_stream_arn, REQUIRED),
    FIELD(struct get_shard_iterator_in, shard, "ShardId", &shape_shard_id, REQUIRED),
    FIELD(struct get_shard_iterator_in, type, "ShardIteratorType", &type_shape, REQUIRED),
    FIELD(struct get_shard_iterator_in, sequence, "SequenceNumber", &sequence_shape, OPTIONAL),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct get_shard_iterator_in), .fields = fields};

static bool by_sequence(const struct get_shard_iterator_in *in)
{
    return str_eq(in->type, STR("AT_SEQUENCE_NUMBER")) ||
           str_eq(in->type, STR("AFTER_SEQUENCE_NUMBER"));
}

static bool get_shard_iterator_prepare(struct req *rq)
{
    const struct get_shard_iterator_in *in = rq->in;
    uint64_t *sequence = rq->prepared = NEW(&rq->mem, uint64_t);
    struct stream_name name;
    if (!stream_name_parse(rq, in->arn, &name))
        return false;
    if (by_sequence(in) != (in->sequence.p != NULL))
        return err_set(&rq->err, ERR_VALIDATION,
                       in->sequence.p != NULL
                           ? "SequenceNumber must not be specified for ShardIteratorType " STR_FMT
                           : "SequenceNumber must be specified for ShardIteratorType " STR_FMT,
                       STR_ARG(in->type));
    return in->sequence.p == NULL || sequence_parse(in->sequence, sequence) ||
           err_set(&rq->err, ERR_VALIDATION, "Invalid SequenceNumber");
}

/* Where to begin in the shard. */
static bool position(struct req *rq, struct db_txn *txn, const struct db_shard *shard,
                     struct stream_iterator *it)
{
    const struct get_shard_iterator_in *in = rq->in;
    uint64_t sequence = *(uint64_t *)rq->prepared;
    if (str_eq(in->type, STR("TRIM_HORIZON"))) {
        it->from_horizon = true;
        it->from = shard->first;
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
    if (!position(rq, txn, &shard, &it))
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
