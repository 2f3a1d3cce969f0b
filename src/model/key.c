/* key.c - see key.h for the drawing. */
#include "model/key.h"

#include "base/hash.h"
#include "codec/utf8.h"
#include "model/item.h"
#include "model/number.h"

/* Inside strings: 00 is escaped, so that 00 01 can end them and still be less
 * than any byte that may follow. */
enum { ZERO_ESCAPED = 0xFF, ZERO_END = 0x01 };

static void put_big_endian(struct buf *out, uint64_t v, size_t bytes)
{
    char *p = buf_room(out, bytes);
    if (p == NULL)
        return;
    for (size_t i = 0; i < bytes; i++)
        p[i] = (char)(v >> (8 * (bytes - 1 - i)));
    out->n += bytes;
}

void key_prefix(struct buf *out, uint32_t table, uint16_t index)
{
    put_big_endian(out, (uint64_t)KEY_SPACE_DATA << 48 | (uint64_t)table << 16 | index,
                   KEY_PREFIX_BYTES);
}

void key_prefix_hash(struct buf *out, uint32_t table, uint16_t index, uint64_t hash)
{
    key_prefix(out, table, index);
    put_big_endian(out, hash, KEY_HASH_BYTES);
}

void key_scalar_prefix(struct buf *out, struct str bytes)
{
    while (bytes.n > 0) {
        const char *zero = memchr(bytes.p, 0, bytes.n);
        size_t run = zero != NULL ? (size_t)(zero - bytes.p) : bytes.n;
        buf_add(out, (struct str){bytes.p, run});
        bytes = str_from(bytes, run);
        if (zero != NULL) {
            buf_add(out, (struct str){(char[]){0, (char)ZERO_ESCAPED}, 2});
            bytes = str_from(bytes, 1);
        }
    }
}

void key_scalar(struct buf *out, enum attr_type t, struct str bytes)
{
    assert(attr_is_scalar(t));
    if (t == ATTR_N) {
        struct err e = {0};
        struct number x;
        unsigned char key[NUMBER_KEY_MAX];
        bool canonical = number_parse(bytes, &x, &e);
        assert(canonical);
        if (canonical)
            buf_add(out, (struct str){(char *)key, number_key_encode(&x, key)});
        return;
    }
    key_scalar_prefix(out, bytes);
    buf_add(out, (struct str){(char[]){0, ZERO_END}, 2});
}

/* Writes the partition's hash into the room left for it before `partition`. */
static void fill_hash(struct buf *out, size_t partition)
{
    if (out->overflow)
        return;
    uint64_t hash = hash_bytes((struct str){out->p + partition, out->n - partition});
    for (size_t i = 0; i < KEY_HASH_BYTES; i++)
        out->p[partition - 1 - i] = (char)(hash >> (8 * i));
}

static bool add_attr(struct buf *out, const struct key_attr *a, struct str item)
{
    struct attr v;
    if (!item_find(item, a->name, &v) || v.type != a->type)
        return false;
    key_scalar(out, v.type, v.body);
    return true;
}

/* hash | partition | sort */
static bool add_hashed(struct buf *out, const struct key_schema *k, struct str item)
{
    put_big_endian(out, 0, KEY_HASH_BYTES);
    size_t partition = out->n;
    for (uint32_t i = 0; i < k->hash_n; i++)
        if (!add_attr(out, &k->attr[i], item))
            return false;
    fill_hash(out, partition);
    for (uint32_t i = k->hash_n; i < (uint32_t)k->hash_n + k->range_n; i++)
        if (!add_attr(out, &k->attr[i], item))
            return false;
    return true;
}

bool key_of_item(struct buf *out, const struct table_def *t, struct str item)
{
    size_t start = out->n;
    key_prefix(out, t->id, 0);
    if (add_hashed(out, &t->key, item))
        return true;
    out->n = start;
    return false;
}

bool key_of_entry(struct buf *out, const struct table_def *t, const struct index_def *x,
                  struct str item)
{
    size_t start = out->n;
    key_prefix(out, t->id, x->id);
    bool complete = add_hashed(out, &x->key, item);
    for (uint32_t i = 0; i < (uint32_t)t->key.hash_n + t->key.range_n && complete; i++)
        complete = add_attr(out, &t->key.attr[i], item);
    if (!complete)
        out->n = start;
    return complete;
}

void key_partition(struct buf *out, uint32_t table, uint16_t index, const struct key_schema *k,
                   const struct attr *values)
{
    key_prefix_hash(out, table, index, 0);
    size_t partition = out->n;
    for (uint32_t i = 0; i < k->hash_n; i++) {
        assert(values[i].type == k->attr[i].type);
        key_scalar(out, values[i].type, values[i].body);
    }
    fill_hash(out, partition);
}

bool key_after_prefix(struct buf *out, struct str prefix)
{
    while (prefix.n > 0 && (unsigned char)prefix.p[prefix.n - 1] == 0xFF)
        prefix.n--;
    if (prefix.n == 0)
        return false;
    buf_add(out, (struct str){prefix.p, prefix.n - 1});
    buf_byte(out, (char)(prefix.p[prefix.n - 1] + 1));
    return true;
}

/* The length of the string that in starts with, and where its encoding ends. */
static bool measure_string(struct str in, size_t *decoded, size_t *encoded)
{
    size_t n = 0;
    for (size_t i = 0; i + 1 < in.n; i++, n++) {
        if (in.p[i] != 0)
            continue;
        i++;
        if ((unsigned char)in.p[i] == ZERO_END) {
            *decoded = n;
            *encoded = i + 1;
            return true;
        }
        if ((unsigned char)in.p[i] != ZERO_ESCAPED)
            return false;
    }
    return false;
}

static bool decode_string(struct str *in, enum attr_type t, struct attr_build *b)
{
    size_t decoded, encoded, mark = b->out->n;
    if (!measure_string(*in, &decoded, &encoded))
        return false;
    attr_build_head(b, t, (uint32_t)decoded);
    size_t start = b->out->n;
    struct str rest = {in->p, encoded - 2};
    while (rest.n > 0) {
        const char *zero = memchr(rest.p, 0, rest.n);
        size_t run = zero != NULL ? (size_t)(zero - rest.p) + 1 : rest.n;
        buf_add(b->out, (struct str){rest.p, run});
        rest = str_from(rest, run + (zero != NULL)); /* the FF after it, too */
    }
    struct str made = {b->out->p + start, b->out->n - start};
    if (t == ATTR_S && !b->out->overflow && !utf8_valid(made)) {
        attr_build_undo(b, mark);
        return false;
    }
    *in = str_from(*in, encoded);
    return true;
}

bool key_scalar_decode(struct str *in, enum attr_type t, struct attr_build *b)
{
    assert(attr_is_scalar(t));
    if (t != ATTR_N)
        return decode_string(in, t, b);
    struct number x;
    char text[NUMBER_TEXT_MAX];
    if (!number_key_decode(in, &x))
        return false;
    attr_build_scalar(b, ATTR_N, (struct str){text, number_format(&x, text)});
    return true;
}
