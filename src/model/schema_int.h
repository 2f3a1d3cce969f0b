/* schema_int.h - table_def described by tables, so that copying, encoding and
 * decoding cannot forget a member. */
#ifndef MODEL_SCHEMA_INT_H
#define MODEL_SCHEMA_INT_H

#include "model/schema.h"

enum schema_kind {
    SCHEMA_STR,
    SCHEMA_BOOL,
    SCHEMA_U16,
    SCHEMA_U32,
    SCHEMA_U64,
    SCHEMA_I64,
    SCHEMA_ENUM,
    SCHEMA_UUID,   /* char[37] */
    SCHEMA_KEY,    /* struct key_schema */
    SCHEMA_STRUCT, /* of */
    SCHEMA_ARRAY,  /* pointer to of[count] */
};

struct schema_member {
    const char *name; /* in the encoding: never rename */
    enum schema_kind kind;
    size_t offset;
    size_t count_offset; /* SCHEMA_ARRAY: of the uint32_t */
    uint32_t max;        /* SCHEMA_ENUM: the last value; SCHEMA_ARRAY: most elements */
    const struct schema_shape *of;
};

struct schema_shape {
    const struct schema_member *member;
    size_t n, size;
};

extern const struct schema_shape schema_table, schema_key_attr;

#endif
