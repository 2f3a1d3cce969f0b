/* op_stream.c - see op_stream.h. */
#include "op/stream/op_stream.h"

#include <stdlib.h>

#include "codec/time_iso.h"
#include "op/op_arn.h"

enum { LABEL_CHARS = 23, SEQUENCE_DIGITS = 21, SHARD_ID_CHARS = 37 };

const struct shape shape_stream_arn = {.kind = SHAPE_STRING, .min = 37, .max = 1024};
const struct shape shape_shard_id = {.kind = SHAPE_STRING, .min = 28, .max = 65};

static bool name_read(struct str arn, struct stream_name *out)
{
    struct arn a;
    struct str prefix = STR("table/"), middle = STR("/stream/");
    char again[24];
    if (!arn_split(arn, &a) || !str_eq(a.service, STR("dynamodb")) ||
        !str_starts_with(a.resource, prefix))
        return false;
    struct str rest = str_from(a.resource, prefix.n);
    const char *slash = rest.n > 0 ? memchr(rest.p, '/', rest.n) : NULL;
    size_t n = slash != NULL ? (size_t)(slash - rest.p) : 0;
    struct str label = STR("");
    if (slash != NULL && str_starts_with(str_from(rest, n), middle))
        label = str_from(rest, n + middle.n);
    if (n == 0 || label.n != LABEL_CHARS || !time_iso_extended_parse(label, &out->label_ms))
        return false;
    time_iso_label(out->label_ms, again);
    out->table = (struct str){rest.p, n};
    out->account = a.account;
    return str_eq(label, str_from_c(again));
}

bool stream_name_parse(struct req *rq, struct str arn, struct stream_name *out)
{
    if (!name_read(arn, out))
        return err_set(&rq->err, ERR_VALIDATION, "Invalid StreamArn");
    return str_eq(out->account, str_from_c(db_account(rq->db))) ||
           err_set(&rq->err, ERR_ACCESS_DENIED, "Access is denied");
}

bool stream_lookup(struct req *rq, struct db_txn *txn, struct str arn, struct db_stream *out,
                   bool *found)
{
    struct stream_name name;
    *found = false;
    /* Of another region or account there is none here. */
    return !name_read(arn, &name) ||
           !str_eq(arn, arn_stream(&rq->mem, rq->db, name.table, name.label_ms)) ||
           db_stream_get(txn, name.table, name.label_ms, out, found, &rq->err);
}

bool stream_find(struct req *rq, struct db_txn *txn, struct str arn, struct db_stream *out)
{
    struct stream_name name;
    bool found;
    if (!stream_name_parse(rq, arn, &name) || !stream_lookup(rq, txn, arn, out, &found))
        return false;
    return found ||
           err_set(&rq->err, ERR_RESOURCE_NOT_FOUND,
                   "Requested resource not found: Stream: " STR_FMT " not found", STR_ARG(arn));
}

struct str stream_arn(struct req *rq, const struct db_stream *s)
{
    return arn_stream(&rq->mem, rq->db, s->table_name, s->label_ms);
}

/* --- shards and sequence numbers ----------------------------------------------- */

static unsigned least_hash(unsigned lane)
{
    return lane * (UINT32_MAX / STREAM_LANES + 1);
}

struct str shard_id(struct arena *mem, int64_t begin_ms, unsigned lane)
{
    return arena_printf(mem, "shardId-%020lld-%08x", (long long)begin_ms, least_hash(lane));
}

bool shard_id_parse(struct str id, int64_t *begin_ms, unsigned *lane)
{
    char text[SHARD_ID_CHARS + 1];
    if (id.n != SHARD_ID_CHARS || !str_starts_with(id, STR("shardId-")) || id.p[28] != '-')
        return false;
    memcpy(text, id.p, id.n);
    text[id.n] = '\0';
    if (strspn(text + 8, "0123456789") != 20 || strspn(text + 29, "0123456789abcdef") != 8)
        return false;
    unsigned hash = (unsigned)strtoul(text + 29, NULL, 16);
    *begin_ms = strtoll(text + 8, NULL, 10);
    *lane = hash / least_hash(1);
    return hash == least_hash(*lane);
}

bool shard_find(struct db_txn *txn, const struct db_stream *s, int64_t begin_ms, unsigned lane,
                struct db_shard *out)
{
    struct db_shard_range seen = db_stream_shards(txn, s);
    int64_t number = db_stream_shard_behind(s, begin_ms, lane) - 1;
    if (number < seen.from || number >= seen.to)
        return false;
    *out = db_stream_shard(txn, s, number);
    return out->begin_ms == begin_ms && out->lane == lane;
}

struct str sequence_text(struct arena *mem, uint64_t sequence)
{
    return arena_printf(mem, "1%020llu", (unsigned long long)sequence);
}

bool sequence_parse(struct str text, uint64_t *out)
{
    uint64_t v = 0;
    if (text.n != SEQUENCE_DIGITS || text.p[0] != '1')
        return false;
    for (size_t i = 1; i < text.n; i++) {
        unsigned digit = (unsigned)text.p[i] - '0';
        if (digit > 9 || v > (UINT64_MAX - digit) / 10)
            return false;
        v = 10 * v + digit;
    }
    *out = v;
    return true;
}
