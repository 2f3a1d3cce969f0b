/* op_list_streams.c - ListStreams: by table and age, a page at a time. */
#include "codec/time_iso.h"
#include "model/limits.h"
#include "op/op_list.h"
#include "op/stream/op_stream.h"

enum { STREAMS_MAX = 100 };

struct list_streams_in {
    struct str table, start;
    struct opt_int limit;
};

/* A name: an ARN will not do here. */
static const struct shape table_shape = {
    .kind = SHAPE_STRING,
    .min = LIMIT_TABLE_NAME_MIN,
    .max = LIMIT_TABLE_NAME_MAX,
    .pattern = PATTERN_NAME,
};
static const struct shape limit_shape = {.kind = SHAPE_INT, .min = 1, .max = STREAMS_MAX};
static const struct field fields[] = {
    FIELD(struct list_streams_in, table, "TableName", &table_shape, OPTIONAL),
    FIELD(struct list_streams_in, limit, "Limit", &limit_shape, OPTIONAL),
    FIELD(struct list_streams_in, start, "ExclusiveStartStreamArn", &shape_stream_arn, OPTIONAL),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct list_streams_in), .fields = fields};

static bool list_streams_prepare(struct req *rq)
{
    const struct list_streams_in *in = rq->in;
    struct stream_name *after = rq->prepared = NEW(&rq->mem, struct stream_name);
    return in->start.p == NULL || stream_name_parse(rq, in->start, after);
}

static void write_stream(struct req *rq, const struct db_stream *s)
{
    struct json_out *o = &rq->out;
    char label[24];
    time_iso_label(s->label_ms, label);
    json_out_open(o, '{');
    json_out_name(o, STR("StreamArn"));
    json_out_str(o, stream_arn(rq, s));
    json_out_name(o, STR("TableName"));
    json_out_str(o, s->table_name);
    json_out_name(o, STR("StreamLabel"));
    json_out_str(o, str_from_c(label));
    json_out_close(o, '}');
}

static bool list_streams_run(struct req *rq, struct db_txn *txn)
{
    const struct list_streams_in *in = rq->in;
    const struct stream_name *name = rq->prepared;
    struct db_stream_after after = {name->table, name->label_ms};
    struct db_stream *s = NEW_ARRAY(&rq->mem, struct db_stream, STREAMS_MAX);
    struct json_out *o = &rq->out;
    size_t limit = in->limit.set ? (size_t)in->limit.v : STREAMS_MAX, n;
    bool more;
    assert(limit >= 1 && limit <= STREAMS_MAX);
    if (!db_stream_list(txn, in->table, &after, limit, s, &n, &more, &rq->err))
        return false;
    json_out_open(o, '{');
    json_out_name(o, STR("Streams"));
    json_out_open(o, '[');
    for (size_t i = 0; i < n; i++)
        write_stream(rq, &s[i]);
    json_out_close(o, ']');
    if (more) {
        json_out_name(o, STR("LastEvaluatedStreamArn"));
        json_out_str(o, stream_arn(rq, &s[n - 1]));
    }
    json_out_close(o, '}');
    return true;
}

const struct op op_list_streams = {
    .name = "ListStreams",
    .action = "dynamodb:ListStreams",
    .flags = OP_READ | OP_STREAM,
    .in = &in_shape,
    .prepare = list_streams_prepare,
    .run = list_streams_run,
};
