/* op_data.h - what the operations on items have in common: wording wrong
 * values, ReturnValues, members of responses. */
#ifndef OP_OP_DATA_H
#define OP_OP_DATA_H

#include "op/op_common.h"

/* Some errors of PutItem and UpdateItem come in the envelope of constraint
 * violations, for no reason but history. */
#define OP_ENVELOPE "1 validation error detected: "

/* Reports what was wrong with the values of an item or key when it was read. */
MUST_CHECK bool op_item_ok(const struct item_in *in, bool envelope, struct err *e);
/* The same for one value. */
MUST_CHECK bool op_value_ok(const struct attr_in *in, bool envelope, struct err *e);

enum return_values {
    RETURN_NONE,
    RETURN_ALL_OLD,
    RETURN_ALL_NEW,
    RETURN_UPDATED_OLD,
    RETURN_UPDATED_NEW
};
/* The parameter as checked by its shape; absent: NONE. */
enum return_values op_return_values(struct str param);
/* PutItem and DeleteItem know two of them only. */
MUST_CHECK bool op_return_old_only(struct str param, bool envelope, struct err *e);

/* Puts "Item" into the error body of a failed condition, if the request asked for it. */
void op_return_on_failure(struct req *rq, struct str param, struct str old);

/* A member of the response whose value is an item. */
void op_item_member(struct json_out *o, struct str name, struct str item);
/* The member "ConsumedCapacity", if ReturnConsumedCapacity asks for it. */
void op_capacity_member(struct req *rq, const struct table_def *t, const struct capacity_use *use,
                        struct str mode);

#endif
