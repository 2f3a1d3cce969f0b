/* key.h - storage keys of items and index entries.
 *
 *   table item   'd' | table:u32 | 0:u16     | hash:u64 | partition | sort
 *   index entry  'd' | table:u32 | index:u16 | hash:u64 | partition | sort
 *                    | base partition | base sort
 *   collection   'd' | table:u32 | FFFF      | hash:u64 | partition    (db_collection.c)
 *
 * Integers are big-endian.  partition and sort are the key attributes in
 * schema order, each in a form that ends itself and whose memcmp order is the
 * order of the values:
 *
 *   S B   the bytes with 00 written as 00 FF, then 00 01
 *   N     number_key_encode()
 *
 * hash is hash_bytes() of the encoded partition, so a scan runs in hash order
 * and parallel-scan segments are equal ranges of hashes.
 *
 * An encoded key is at most KEY_BYTES_MAX long: values are checked against the
 * limits of limits.h before they are encoded. */
#ifndef MODEL_KEY_H
#define MODEL_KEY_H

#include "base/buf.h"
#include "model/attr_build.h"
#include "model/schema.h"

enum { KEY_SPACE_DATA = 'd', KEY_PREFIX_BYTES = 7, KEY_HASH_BYTES = 8, KEY_BYTES_MAX = 16 * 1024 };
enum { KEY_INDEX_COLLECTIONS = 0xFFFF }; /* in the place of an index's id; no index has it */

void key_prefix(struct buf *out, uint32_t table, uint16_t index); /* 7 bytes */
void key_prefix_hash(struct buf *out, uint32_t table, uint16_t index, uint64_t hash);

/* One scalar, self-ending.  For N the text must be canonical. */
void key_scalar(struct buf *out, enum attr_type t, struct str bytes);
/* The part of a string's or binary's encoding that all values with this prefix share. */
void key_scalar_prefix(struct buf *out, struct str bytes);

/* The key of an item by a schema.  False when the item lacks a key attribute or
 * has it with another type (for an index: the item is not in it).
 * key_of_item(): the storage key of a table item.
 * key_of_entry(): the storage key of an index entry. */
bool key_of_item(struct buf *out, const struct table_def *t, struct str item);
bool key_of_entry(struct buf *out, const struct table_def *t, const struct index_def *x,
                  struct str item);

/* prefix | hash | partition for the given partition-key values (attr views in
 * schema order), i.e. where a Query looks. */
void key_partition(struct buf *out, uint32_t table, uint16_t index, const struct key_schema *k,
                   const struct attr *values);

/* The shortest key greater than all keys that start with `prefix`.  False when
 * there is none (all FF). */
bool key_after_prefix(struct buf *out, struct str prefix);

/* Bytes of an encoded scalar are taken off *in and the value is appended to
 * `b` as a scalar; false on malformed bytes. */
MUST_CHECK bool key_scalar_decode(struct str *in, enum attr_type t, struct attr_build *b);

#endif
