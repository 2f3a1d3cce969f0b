/* op_describe_stream.c - DescribeStream: a stream and its shards, a page at a time. */
#include "codec/time_iso.h"
#include "op/op_list.h"
#include "op/op_stream.h"
#include "op/op_table_description.h"

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

static bool is_wanted(const struct wanted *w, const struct db_shard *x)
{
    if (w->behind &&
        (x->begin_ms < w->behind_ms || (x->begin_ms == w->behind_ms && x->lane <= w->behind_lane)))
        return false;
    return !w->children ||
           (x->has_parent && x->parent_begin_ms == w->parent_ms && x->lane == w->parent_lane);
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
    struct db_shard shards[STREAM_SHARDS_MAX];
    const struct db_shard *last = NULL;
    if (!stream_find(rq, txn, in->arn, &s))
        return false;
    size_t n = db_stream_shards(txn, &s, shards), written = 0, i;
    size_t limit = in->limit.set ? (size_t)in->limit.v : SHARDS_MAX;
    json_out_open(o, '{');
    json_out_name(o, STR("StreamDescription"));
    json_out_open(o, '{');
    write_head(rq, &s);
    json_out_name(o, STR("Shards"));
    json_out_open(o, '[');
    for (i = 0; i < n; i++) {
        if (!is_wanted(rq->prepared, &shards[i]))
            continue;
        if (written++ == limit)
            break;
        last = &shards[i];
        write_shard(rq, last);
    }
    json_out_close(o, ']');
    if (i < n) {
        json_out_name(o, STR("LastEvaluatedShardId"));
        json_out_str(o, shard_id(&rq->mem, last->begin_ms, last->lane));
    }
    json_out_close(o, '}');
    json_out_close(o, '}');
    return true;
}

const struct op op_describe_stream = {
    .name = "DescribeStream",
    .action = "dynamodb:DescribeStream",
    .flags = OP_READ,
    .in = &in_shape,
    .prepare = describe_stream_prepare,
    .run = describe_stream_run,
};
