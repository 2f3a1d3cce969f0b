/* op_decode_int.h - between the two halves of decoding: op_decode.c (layer 1,
 * JSON into structs) and op_check.c (layer 2, constraints on what arrived). */
#ifndef OP_OP_DECODE_INT_H
#define OP_OP_DECODE_INT_H

#include "base/err.h"
#include "op/op_shape.h"

/* "N validation errors detected: ..." when members of the structure `in` break
 * the constraints of its shape. */
MUST_CHECK bool op_check(const struct shape *shape, const void *in, struct err *e);

/* Is there nothing at `p`, which a member of this shape occupies? */
bool op_absent(const struct shape *s, const void *p);

#endif
