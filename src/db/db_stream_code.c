/* db_stream_code.c - see db_stream_code.h. */
#include "db/db_stream_code.h"

#include "db/db_int.h"
#include "model/item.h"

enum { HEAD_FIXED = 30, RECORD_FIXED = 19 };

void stream_put_u64(struct buf *out, uint64_t v)
{
    db_put_u32(out, (uint32_t)(v >> 32));
    db_put_u32(out, (uint32_t)v);
}

uint64_t stream_get_u64(const char *p)
{
    return (uint64_t)db_get_u32(p) << 32 | db_get_u32(p + 4);
}

static bool damaged(struct err *e, const char *what)
{
    return err_set(e, ERR_IO, "the data are damaged: %s", what);
}

void stream_head_encode(struct buf *out, const struct stream_head *h)
{
    bool usual = h->shard_ms == STREAM_SHARD_MS;
    assert(h->shard_ms >= STREAM_SHARD_MS_MIN && h->shard_ms <= UINT32_MAX);
    buf_byte(out, usual ? STREAM_CODE_VERSION : STREAM_CODE_SHARD_MS);
    db_put_u32(out, h->table);
    buf_byte(out, (char)h->view);
    stream_put_u64(out, h->end);
    stream_put_u64(out, (uint64_t)h->ended_ms);
    stream_put_u64(out, h->trimmed);
    if (!usual)
        db_put_u32(out, (uint32_t)h->shard_ms);
    buf_byte(out, (char)h->key.hash_n);
    buf_byte(out, (char)h->key.range_n);
    for (int i = 0; i < h->key.hash_n + h->key.range_n; i++) {
        const struct key_attr *a = &h->key.attr[i];
        assert(a->name.n <= LIMIT_KEY_NAME_BYTES);
        buf_byte(out, (char)a->type);
        buf_byte(out, (char)a->name.n);
        buf_add(out, a->name);
    }
}

/* The names and types of the keys, to the end. */
static bool decode_keys(struct str rest, struct key_schema *k)
{
    if (rest.n < 2 || rest.p[0] != 1 || (unsigned char)rest.p[1] > 1)
        return false;
    *k = (struct key_schema){.hash_n = (uint8_t)rest.p[0], .range_n = (uint8_t)rest.p[1]};
    rest = str_from(rest, 2);
    for (int i = 0; i < k->hash_n + k->range_n; i++) {
        if (rest.n < 2 || rest.n < 2 + (size_t)(unsigned char)rest.p[1])
            return false;
        size_t n = (unsigned char)rest.p[1];
        k->attr[i] = (struct key_attr){{rest.p + 2, n}, (enum attr_type)(unsigned char)rest.p[0]};
        if (!attr_is_scalar(k->attr[i].type))
            return false;
        rest = str_from(rest, 2 + n);
    }
    return rest.n == 0;
}

bool stream_head_decode(struct str bytes, struct stream_head *out, struct err *e)
{
    const char *p = bytes.p;
    if (bytes.n < HEAD_FIXED + 4 || (p[0] != STREAM_CODE_VERSION && p[0] != STREAM_CODE_SHARD_MS))
        return damaged(e, "a stream");
    bool usual = p[0] == STREAM_CODE_VERSION;
    struct stream_head h = {
        .table = db_get_u32(p + 1),
        .view = (enum stream_view)(unsigned char)p[5],
        .end = stream_get_u64(p + 6),
        .ended_ms = (int64_t)stream_get_u64(p + 14),
        .trimmed = stream_get_u64(p + 22),
        .shard_ms = usual ? STREAM_SHARD_MS : db_get_u32(p + HEAD_FIXED),
    };
    if (h.view < STREAM_KEYS_ONLY || h.view > STREAM_BOTH || h.shard_ms < STREAM_SHARD_MS_MIN ||
        usual != (h.shard_ms == STREAM_SHARD_MS))
        return damaged(e, "a stream");
    if (!decode_keys(str_from(bytes, usual ? HEAD_FIXED : HEAD_FIXED + 4), &h.key))
        return damaged(e, "the keys of a stream");
    *out = h;
    return true;
}

void stream_record_encode(struct buf *out, const struct stream_record *r)
{
    size_t n = RECORD_FIXED + r->keys.n + r->old_image.n + r->new_image.n;
    if (buf_room(out, n) == NULL)
        return;
    buf_byte(out, STREAM_CODE_VERSION);
    buf_byte(out, (char)r->event);
    buf_byte(out, r->by_ttl ? STREAM_CODE_BY_TTL : 0);
    stream_put_u64(out, (uint64_t)r->created_ms);
    db_put_u32(out, (uint32_t)r->keys.n);
    db_put_u32(out, (uint32_t)r->old_image.n);
    buf_add(out, r->keys);
    buf_add(out, r->old_image);
    buf_add(out, r->new_image);
}

static struct str part(struct str *rest, size_t n)
{
    struct str out = {n > 0 ? rest->p : NULL, n};
    *rest = str_from(*rest, n);
    return out;
}

bool stream_record_decode(struct str bytes, struct stream_record *out, struct err *e)
{
    const char *p = bytes.p;
    if (bytes.n < RECORD_FIXED || p[0] != STREAM_CODE_VERSION || p[1] < STREAM_INSERT ||
        p[1] > STREAM_REMOVE || (p[2] & ~STREAM_CODE_BY_TTL) != 0)
        return damaged(e, "a stream record");
    size_t keys = db_get_u32(p + 11), old = db_get_u32(p + 15);
    struct str rest = str_from(bytes, RECORD_FIXED);
    if (keys > rest.n || old > rest.n - keys)
        return damaged(e, "a stream record");
    out->event = (enum stream_event)p[1];
    out->by_ttl = (p[2] & STREAM_CODE_BY_TTL) != 0;
    out->created_ms = (int64_t)stream_get_u64(p + 3);
    out->keys = part(&rest, keys);
    out->old_image = part(&rest, old);
    out->new_image = part(&rest, rest.n);
    return true;
}

bool stream_record_check(struct str bytes, struct err *e)
{
    struct stream_record r;
    if (!stream_record_decode(bytes, &r, e))
        return false;
    bool image = r.old_image.p != NULL || r.new_image.p != NULL;
    if (image == (r.keys.p != NULL) || (r.event == STREAM_INSERT && r.old_image.p != NULL) ||
        (r.event == STREAM_REMOVE && r.new_image.p != NULL) ||
        (r.by_ttl && r.event != STREAM_REMOVE))
        return damaged(e, "a stream record with the wrong parts");
    return (r.keys.p == NULL || item_check(r.keys, e)) &&
           (r.old_image.p == NULL || item_check(r.old_image, e)) &&
           (r.new_image.p == NULL || item_check(r.new_image, e));
}
