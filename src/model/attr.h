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

/* Takes the first value off *in.  *in must not be empty. */
struct attr attr_read(struct str *in);

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
struct attr_iter attr_iter(const struct attr *collection);
bool attr_next(struct attr_iter *it, struct str *name, struct attr *value);

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

#endif
