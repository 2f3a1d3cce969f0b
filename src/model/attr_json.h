/* attr_json.h - AttributeValue between DynamoDB JSON and stored form.
 *
 * Reading is one pass from the request's bytes into the stored form.  Two kinds
 * of trouble are told apart, because the service reports them at different
 * times:
 *
 *   wrong JSON types (layer 1)     at once, through *e as ERR_SERIALIZATION
 *   wrong values (layer 3)         kept in the result; the operation reports
 *                                  them when their turn comes
 *
 * Malformed JSON is the reader's sticky failure (json_failed()). */
#ifndef MODEL_ATTR_JSON_H
#define MODEL_ATTR_JSON_H

#include "base/arena.h"
#include "codec/json.h"
#include "codec/json_out.h"
#include "model/item.h"

/* What is wrong with values, in the service's words: those that others have to say, too. */
#define ATTR_TEXT_EMPTY                                                                            \
    "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
#define ATTR_TEXT_MANY_TYPES                                                                       \
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "    \
    "supported datatypes"
#define ATTR_TEXT_TOO_DEEP                                                                         \
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "    \
    "beyond supported limit"

/* A value as it arrived. */
struct attr_in {
    struct str raw;     /* encoded value; n == 0 when `problem` is set or it is absent */
    struct str problem; /* what is wrong with the value: the service's text; n == 0: nothing */
    bool present;
    bool bare;      /* problem is one of those that ExclusiveStartKey leaves without a prefix */
    bool enveloped; /* problem is one of those that PutItem and UpdateItem put into the envelope */
};

/* A map name -> value as it arrived (Item, Key, ExpressionAttributeValues ...). */
struct item_in {
    struct str item;    /* item.h form; NULL when `problem` is set or it is absent */
    struct str problem; /* of the first wrong value, in the order of the text */
    bool present;
    uint32_t count; /* members, as sent (after repeated names were merged) */
    bool nested_too_deep;
    struct str problem_name; /* of the member that has the problem */
    bool bare, enveloped;    /* as in attr_in */
    struct str source;       /* the JSON it was read from */
};

/* The value that starts at j's position, as a member of a structure; a JSON null
 * is absent.  False only for layer 1 trouble and malformed JSON (then *e is set or
 * json_failed(j)). */
MUST_CHECK bool attr_in_read(struct json *j, struct arena *mem, struct attr_in *out, struct err *e);

/* The object that starts at j's position.  A JSON null member is absent. */
MUST_CHECK bool item_in_read(struct json *j, struct arena *mem, struct item_in *out, struct err *e);

/* {"S":"x"} ... straight from the stored bytes. */
void attr_json_write(struct json_out *o, const struct attr *v);
/* {"name":{"S":"x"}, ...} */
void item_json_write(struct json_out *o, struct str item);

/* How the service prints a value inside texts of errors: {S:abc}, {N:1}, {L:[...]}. */
void attr_text(struct buf *out, const struct attr *v);

#endif
