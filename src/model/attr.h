/* attr.h - one attribute value, in the form in which it is stored.
 *
 *   S N B     type:u8 | n:varint | n bytes                  N: canonical decimal text
 *   BOOL      type:u8 | 0 or 1:u8
 *   NULL      type:u8
 *   SS NS BS  type:u8 | body:u32 | count:u32 | count x { n:varint | n bytes }
 *   L         type:u8 | body:u32 | count:u32 | count x value
 *   M         type:u8 | body:u32 | count:u32 | count x { n:varint | name | value }
 *
 * u32 are little-endian; body is the number of bytes after the count; varint is
 * LEB128, at most 5 bytes.
 *
 * The form is canonical: maps are sorted by the bytes of their names, sets by
 * the bytes of their members, neither has one twice, numbers are in canonical
 * text.  So two values are equal, in DynamoDB's deep sense, exactly when their
 * bytes are equal: attr_eq() is a memcmp.
 *
 * attr_read() and what is built on it trust their input: it was made by
 * attr_build.h or has passed attr_check().  Bytes from a disk or a peer go
 * through attr_check() first.
 *
 * Everything here borrows; nothing allocates. */
#ifndef MODEL_ATTR_H
#define MODEL_ATTR_H

#include "base/err.h"
#include "base/str.h"

/* Part of the format on disk: never renumber. */
enum attr_type {
    ATTR_NONE = 0, /* no value: a missing attribute */
    ATTR_S = 1,
    ATTR_N = 2,
    ATTR_B = 3,
    ATTR_BOOL = 4,
    ATTR_NULL = 5,
    ATTR_SS = 6,
    ATTR_NS = 7,
    ATTR_BS = 8,
    ATTR_L = 9,
    ATTR_M = 10,
    ATTR_TYPE_COUNT
};

/* A view of one value. */
struct attr {
    enum attr_type type;
    uint32_t count;  /* SS NS BS L M: children; BOOL: 0 or 1; else 0 */
    struct str body; /* S N B: the bytes; collections: the encoded children; else empty */
    struct str raw;  /* the whole encoding, type byte included */
};

const char *attr_type_name(enum attr_type t);                /* "S" "N" ... "M" */
bool attr_type_from_name(struct str name, enum attr_type *); /* exact, upper case */

static inline bool attr_is_scalar(enum attr_type t) /* may be a key */
{
    return t == ATTR_S || t == ATTR_N || t == ATTR_B;
}
static inline bool attr_is_set(enum attr_type t)
{
    return t == ATTR_SS || t == ATTR_NS || t == ATTR_BS;
}
/* The type of a set's members: SS -> S, NS -> N, BS -> B. */
static inline enum attr_type attr_member_type(enum attr_type set)
{
    return (enum attr_type)(set - ATTR_SS + ATTR_S);
}

/* The two forms of lengths. */
static inline uint32_t attr_u32(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}
static inline uint32_t attr_varint(const char **p)
{
    uint32_t b = (unsigned char)*(*p)++;
    uint32_t n = b & 0x7F;
    for (unsigned shift = 7; UNLIKELY(b >= 0x80) && shift < 35; shift += 7) {
        b = (unsigned char)*(*p)++;
        n |= (b & 0x7F) << shift;
    }
    return n;
}

/* Takes the first value off *in.  *in must not be empty. */
static inline struct attr attr_read(struct str *in)
{
    slow_assert(in->n > 0);
    const char *p = in->p;
    struct attr v = {.type = (enum attr_type)(unsigned char)*p++};
    if (LIKELY(v.type <= ATTR_B)) {
        uint32_t n = attr_varint(&p);
        v.body = (struct str){p, n};
        p += n;
    } else if (v.type >= ATTR_SS) {
        v.count = attr_u32(p + 4);
        v.body = (struct str){p + 8, attr_u32(p)};
        p += 8 + v.body.n;
    } else if (v.type == ATTR_BOOL) {
        v.count = (unsigned char)*p++;
    }
    v.raw = (struct str){in->p, (size_t)(p - in->p)};
    slow_assert(v.raw.n <= in->n);
    *in = (struct str){p, in->n - v.raw.n};
    return v;
}

/* How many bytes the encoded value at p takes. */
static inline size_t attr_encoded_bytes(const char *p)
{
    enum attr_type type = (enum attr_type)(unsigned char)*p;
    if (LIKELY(type <= ATTR_B)) {
        const char *q = p + 1;
        uint32_t n = attr_varint(&q);
        return (size_t)(q - p) + n;
    }
    if (type >= ATTR_SS)
        return 9 + (size_t)attr_u32(p + 1);
    return type == ATTR_BOOL ? 2 : 1;
}

static inline bool attr_eq(const struct attr *a, const struct attr *b)
{
    return str_eq(a->raw, b->raw);
}

/* <0, 0, >0 for two values of one scalar type: strings and binary by unsigned
 * bytes, numbers by value. */
int attr_cmp_scalar(const struct attr *a, const struct attr *b);

/* Walking a collection:
 *     struct attr_iter it = attr_iter(&list);
 *     while (attr_next(&it, &name, &value)) ...
 * name is empty for lists; for sets, value is a scalar view without `raw`. */
struct attr_iter {
    enum attr_type type; /* of the collection */
    uint32_t left;
    struct str rest;
};
static inline struct attr_iter attr_iter(const struct attr *collection)
{
    return (struct attr_iter){collection->type, collection->count, collection->body};
}
static inline bool attr_next(struct attr_iter *it, struct str *name, struct attr *value)
{
    if (it->left == 0)
        return false;
    it->left--;
    *name = (struct str){0};
    if (it->type == ATTR_L) {
        *value = attr_read(&it->rest);
        return true;
    }
    const char *p = it->rest.p;
    uint32_t n = attr_varint(&p);
    struct str bytes = {p, n};
    p += n;
    it->rest = (struct str){p, it->rest.n - (size_t)(p - it->rest.p)};
    if (it->type == ATTR_M) {
        *name = bytes;
        *value = attr_read(&it->rest);
    } else {
        *value = (struct attr){.type = attr_member_type(it->type), .body = bytes};
    }
    return true;
}

/* A member of a map by name (stops early: maps are sorted); of a list by index. */
bool attr_map_find(const struct attr *map, struct str name, struct attr *out);
bool attr_list_at(const struct attr *list, uint32_t index, struct attr *out);
bool attr_set_has(const struct attr *set, struct str member);

/* What the value counts towards the item size; the size table of the
 * developer guide, with the measured rule for numbers. */
uint32_t attr_size(const struct attr *v);
uint32_t attr_number_size(struct str canonical_text);

/* Is `in` exactly one well-formed canonical value of at most
 * LIMIT_NESTING_LEVELS levels?  For bytes that we did not just make. */
MUST_CHECK bool attr_check(struct str in, struct err *e);
/* The same with another limit of levels; a scalar has one. */
MUST_CHECK bool attr_check_levels(struct str in, uint32_t levels, struct err *e);

#endif
