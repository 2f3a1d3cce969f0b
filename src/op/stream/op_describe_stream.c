/* op_describe_stream.c - DescribeStream: a stream and its shards, a page at a time. */
#include "codec/time_iso.h"
#include "op/op_list.h"
#include "op/stream/op_stream.h"
#include "op/table/op_table_description.h"

enum { SHARDS_MAX = 100 };

struct filter_in {
    struct str type, shard;
};
struct describe_stream_in {
    struct str arn, start;
    struct opt_int limit;
    struct filter_in *filter;
};

static const struct shape limit_shape = {.kind = SHAPE_INT, .min = 1, .max = SHARDS_MAX};
static const struct shape type_shape = {
    .kind = SHAPE_STRING,
    .values = (const char *const[]){"CHILD_SHARDS", NULL},
};
static const struct field filter_fields[] = {
    FIELD(struct filter_in, type, "Type", &type_shape, OPTIONAL),
    FIELD(struct filter_in, shard, "ShardId", &shape_shard_id, OPTIONAL),
    {0},
};
static const struct shape filter_shape = {
    .kind = SHAPE_STRUCT,
    .name = "ShardFilter",
    .size = sizeof(struct filter_in),
    .fields = filter_fields,
};
static const struct field fields[] = {
    FIELD(struct describe_stream_in, arn, "StreamArn", &shape_stream_arn, REQUIRED),
    FIELD(struct describe_stream_in, limit, "Limit", &limit_shape, OPTIONAL),
    FIELD(struct describe_stream_in, start, "ExclusiveStartShardId", &shape_shard_id, OPTIONAL),
    FIELD(struct describe_stream_in, filter, "ShardFilter", &filter_shape, OPTIONAL),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct describe_stream_in), .fields = fields};

/* What of the shards is wanted. */
struct wanted {
    bool behind, children;
    int64_t behind_ms, parent_ms;
    unsigned behind_lane, parent_lane;
};

static bool describe_stream_prepare(struct req *rq)
{
    const struct describe_stream_in *in = rq->in;
    struct wanted *w = rq->prepared = NEW(&rq->mem, struct wanted);
    struct stream_name name;
    struct err *e = &rq->err;
    if (!stream_name_parse(rq, in->arn, &name))
        return false;
    w->behind = in->start.p != NULL;
    if (w->behind && !shard_id_parse(in->start, &w->behind_ms, &w->behind_lane))
        return err_set(e, ERR_VALIDATION, "Invalid ExclusiveStartShardId");
    w->children = in->filter != NULL;
    if (!w->children)
        return true;
    if (in->filter->type.p == NULL)
        return err_set(e, ERR_VALIDATION, "ShardFilter needs a Type");
    if (in->filter->shard.p == NULL)
        return err_set(e, ERR_VALIDATION, "ShardFilter of type CHILD_SHARDS needs a ShardId");
    return shard_id_parse(in->filter->shard, &w->parent_ms, &w->parent_lane) ||
           err_set(e, ERR_VALIDATION, "Invalid ShardId in ShardFilter");
}

static struct db_shard_range wanted_range(struct db_txn *txn, const struct db_stream *s,
                                          const struct wanted *w)
{
    struct db_shard_range r = db_stream_shards(txn, s);
    int64_t behind = w->behind ? db_stream_shard_behind(s, w->behind_ms, w->behind_lane) : 0;
    if (behind > r.from)
        r.from = behind;
    if (!w->children)
        return r;
    /* A shard has one child, in its own lane; the parent may be too old to be seen. */
    int64_t child = db_stream_shard_behind(s, w->parent_ms, w->parent_lane) - 1 + STREAM_LANES;
    if (child < r.from || child >= r.to)
        return (struct db_shard_range){0};
    struct db_shard x = db_stream_shard(txn, s, child);
    bool is = x.has_parent && x.parent_begin_ms == w->parent_ms && x.lane == w->parent_lane;
    return (struct db_shard_range){child, child + is};
}

static void write_shard(struct req *rq, const struct db_shard *x)
{
    struct json_out *o = &rq->out;
    json_out_open(o, '{');
    json_out_name(o, STR("ShardId"));
    json_out_str(o, shard_id(&rq->mem, x->begin_ms, x->lane));
    json_out_name(o, STR("SequenceNumberRange"));
    json_out_open(o, '{');
    json_out_name(o, STR("StartingSequenceNumber"));
    json_out_str(o, sequence_text(&rq->mem, x->first));
    if (x->closed) {
        json_out_name(o, STR("EndingSequenceNumber"));
        json_out_str(o, sequence_text(&rq->mem, x->last));
    }
    json_out_close(o, '}');
    if (x->has_parent) {
        json_out_name(o, STR("ParentShardId"));
        json_out_str(o, shard_id(&rq->mem, x->parent_begin_ms, x->lane));
    }
    json_out_close(o, '}');
}

static void write_keys(struct json_out *o, const struct key_schema *k)
{
    json_out_name(o, STR("KeySchema"));
    json_out_open(o, '[');
    for (int i = 0; i < k->hash_n + k->range_n; i++) {
        json_out_open(o, '{');
        json_out_name(o, STR("AttributeName"));
        json_out_str(o, k->attr[i].name);
        json_out_name(o, STR("KeyType"));
        json_out_str(o, i < k->hash_n ? STR("HASH") : STR("RANGE"));
        json_out_close(o, '}');
    }
    json_out_close(o, ']');
}

static void write_head(struct req *rq, const struct db_stream *s)
{
    struct json_out *o = &rq->out;
    char label[24];
    time_iso_label(s->label_ms, label);
    json_out_name(o, STR("StreamArn"));
    json_out_str(o, stream_arn(rq, s));
    json_out_name(o, STR("StreamLabel"));
    json_out_str(o, str_from_c(label));
    json_out_name(o, STR("StreamStatus"));
    json_out_str(o, s->on ? STR("ENABLED") : STR("DISABLED"));
    json_out_name(o, STR("StreamViewType"));
    json_out_str(o, str_from_c(op_stream_view_name(s->view)));
    json_out_name(o, STR("CreationRequestDateTime"));
    json_out_seconds(o, s->label_ms);
    json_out_name(o, STR("TableName"));
    json_out_str(o, s->table_name);
    write_keys(o, &s->key);
}

static bool describe_stream_run(struct req *rq, struct db_txn *txn)
{
    const struct describe_stream_in *in = rq->in;
    struct json_out *o = &rq->out;
    struct db_stream s;
    struct db_shard x;
    if (!stream_find(rq, txn, in->arn, &s))
        return false;
    int64_t limit = in->limit.set ? in->limit.v : SHARDS_MAX;
    struct db_shard_range r = wanted_range(txn, &s, rq->prepared);
    int64_t end = r.to - r.from > limit ? r.from + limit : r.to;
    json_out_open(o, '{');
    json_out_name(o, STR("StreamDescription"));
    json_out_open(o, '{');
    write_head(rq, &s);
    json_out_name(o, STR("Shards"));
    json_out_open(o, '[');
    for (int64_t i = r.from; i < end; i++) {
        x = db_stream_shard(txn, &s, i);
        write_shard(rq, &x);
    }
    json_out_close(o, ']');
    if (r.from < end && end < r.to) {
        json_out_name(o, STR("LastEvaluatedShardId"));
        json_out_str(o, shard_id(&rq->mem, x.begin_ms, x.lane));
    }
    json_out_close(o, '}');
    json_out_close(o, '}');
    return true;
}

const struct op op_describe_stream = {
    .name = "DescribeStream",
    .action = "dynamodb:DescribeStream",
    .flags = OP_READ | OP_STREAM,
    .in = &in_shape,
    .prepare = describe_stream_prepare,
    .run = describe_stream_run,
};
