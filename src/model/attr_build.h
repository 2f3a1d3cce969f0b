/* attr_build.h - making values and items in stored form, in one pass.
 *
 *     struct attr_build b;
 *     attr_build_init(&b, &out);              out: where the bytes go
 *     attr_build_open(&b, ATTR_M);
 *     attr_build_name(&b, STR("title"));
 *     attr_build_scalar(&b, ATTR_S, STR("Ulysses"));
 *     attr_build_close(&b);
 *
 * Members of maps and sets may come in any order: close() sorts, and drops all
 * but the last value of a repeated map name.  A repeated set member is kept out
 * and remembered in `duplicate`, which close() of that set returns as false.
 * Nesting deeper than ATTR_BUILD_DEPTH_MAX is the caller's to prevent.
 *
 * Numbers must be canonical text already (number.h).
 *
 * When *out reaches its maximum the result is worthless: look at out->overflow
 * at the end. */
#ifndef MODEL_ATTR_BUILD_H
#define MODEL_ATTR_BUILD_H

#include "base/buf.h"
#include "model/attr.h"

enum { ATTR_BUILD_DEPTH_MAX = 48 };

struct attr_build {
    struct buf *out;
    uint32_t depth;
    struct attr_build_level {
        uint32_t start; /* where its type byte is in *out */
        uint32_t count;
        uint32_t last; /* where its newest member starts */
        uint8_t type;  /* enum attr_type */
        bool unsorted; /* a member came out of order */
    } level[ATTR_BUILD_DEPTH_MAX];
};

void attr_build_init(struct attr_build *b, struct buf *out);
void attr_build_open(struct attr_build *b, enum attr_type collection);
void attr_build_name(struct attr_build *b, struct str name); /* inside M, before each value */
void attr_build_scalar(struct attr_build *b, enum attr_type t, struct str bytes); /* S N B */
void attr_build_bool(struct attr_build *b, bool value);
void attr_build_null(struct attr_build *b);
void attr_build_raw(struct attr_build *b, struct str encoded);  /* a whole encoded value */
void attr_build_member(struct attr_build *b, struct str bytes); /* inside SS NS BS */
/* The head of a scalar of n bytes; the caller appends exactly these to *out. */
void attr_build_head(struct attr_build *b, enum attr_type t, uint32_t n);
/* Takes back the value that was begun at byte `mark` of *out, name excluded. */
void attr_build_undo(struct attr_build *b, size_t mark);
/* Ends the innermost collection.  False: a set had a member twice. */
bool attr_build_close(struct attr_build *b);

#endif
