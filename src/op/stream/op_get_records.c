/* op_get_records.c - GetRecords: records of a shard from an iterator on. */
#include "base/hash.h"
#include "model/attr_json.h"
#include "op/op_list.h"
#include "op/stream/op_stream.h"
#include "op/table/op_table_description.h"

enum { RECORDS_MAX = 1000 };

struct get_records_in {
    struct str iterator;
    struct opt_int limit;
};

static const struct shape iterator_shape = {.kind = SHAPE_STRING, .min = 1, .max = 2048};
static const struct shape limit_shape = {.kind = SHAPE_INT, .min = 1, .max = RECORDS_MAX};
static const struct field fields[] = {
    FIELD(struct get_records_in, iterator, "ShardIterator", &iterator_shape, REQUIRED),
    FIELD(struct get_records_in, limit, "Limit", &limit_shape, OPTIONAL),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct get_records_in), .fields = fields};

static bool get_records_prepare(struct req *rq)
{
    const struct get_records_in *in = rq->in;
    struct stream_iterator *it = rq->prepared = NEW(&rq->mem, struct stream_iterator);
    return iterator_read(rq, in->iterator, it);
}

struct writing {
    struct req *rq;
    const struct db_stream *stream;
    uint64_t salt; /* of this stream */
};

static void member(struct json_out *o, const char *name, struct str value)
{
    json_out_name(o, str_from_c(name));
    json_out_str(o, value);
}

static void member_item(struct json_out *o, const char *name, struct str item)
{
    if (item.p == NULL)
        return;
    json_out_name(o, str_from_c(name));
    item_json_write(o, item);
}

static void write_change(struct json_out *o, struct arena *mem, const struct db_stream *s,
                         const struct db_stream_view *r)
{
    json_out_name(o, STR("dynamodb"));
    json_out_open(o, '{');
    json_out_name(o, STR("ApproximateCreationDateTime"));
    json_out_int(o, r->created_ms / 1000);
    member_item(o, "Keys", r->keys);
    member_item(o, "NewImage", r->new_image);
    member_item(o, "OldImage", r->old_image);
    member(o, "SequenceNumber", sequence_text(mem, r->sequence));
    json_out_name(o, STR("SizeBytes"));
    json_out_int(o, r->size);
    member(o, "StreamViewType", str_from_c(op_stream_view_name(s->view)));
    json_out_close(o, '}');
}

static void write_record(void *arg, const struct db_stream_view *r)
{
    const struct writing *w = arg;
    struct json_out *o = &w->rq->out;
    struct arena *mem = &w->rq->mem;
    json_out_open(o, '{');
    /* An odd factor keeps different sequence numbers different. */
    member(o, "eventID",
           arena_printf(mem, "%016llx%016llx", (unsigned long long)(w->salt ^ r->sequence),
                        (unsigned long long)(r->sequence * 0x9E3779B97F4A7C15ULL)));
    member(o, "eventName", str_from_c(r->event));
    member(o, "eventVersion", STR("1.1"));
    member(o, "eventSource", STR("aws:dynamodb"));
    member(o, "awsRegion", str_from_c(db_region(w->rq->db)));
    write_change(o, mem, w->stream, r);
    if (r->by_ttl) {
        json_out_name(o, STR("userIdentity"));
        json_out_open(o, '{');
        member(o, "PrincipalId", STR("dynamodb.amazonaws.com"));
        member(o, "Type", STR("Service"));
        json_out_close(o, '}');
    }
    json_out_close(o, '}');
}

static bool get_records_run(struct req *rq, struct db_txn *txn)
{
    const struct get_records_in *in = rq->in;
    const struct stream_iterator *it = rq->prepared;
    struct json_out *o = &rq->out;
    struct db_stream s;
    struct stream_iterator next = *it;
    bool finished;
    if (!stream_find(rq, txn, it->arn, &s))
        return false;
    int64_t number = db_stream_shard_behind(&s, it->begin_ms, it->lane) - 1;
    if ((!it->from_horizon && it->from < db_stream_horizon(txn)) ||
        number < db_stream_shards(txn, &s).from)
        return iterator_trimmed(rq);
    /* It was there when the iterator was made: a transaction that looks at what was
     * before that finds it without records. */
    struct db_shard shard = db_stream_shard(txn, &s, number);
    struct writing w = {rq, &s, hash_bytes(it->arn)};
    uint32_t limit = in->limit.set ? (uint32_t)in->limit.v : RECORDS_MAX;
    json_out_open(o, '{');
    json_out_name(o, STR("Records"));
    json_out_open(o, '[');
    if (!db_stream_read(txn, &s, &shard, it->from, limit, write_record, &w, &next.from, &finished,
                        &rq->err))
        return false;
    json_out_close(o, ']');
    if (!finished) {
        next.from_horizon = false;
        next.issued_ms = env_now_ms(db_env(rq->db));
        member(o, "NextShardIterator", iterator_write(rq, &next));
    }
    json_out_close(o, '}');
    return true;
}

const struct op op_get_records = {
    .name = "GetRecords",
    .action = "dynamodb:GetRecords",
    .flags = OP_READ | OP_STREAM,
    .in = &in_shape,
    .prepare = get_records_prepare,
    .run = get_records_run,
};
