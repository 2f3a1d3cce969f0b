/* op_shape.h - the shapes of requests as tables, and the C form of what is
 * decoded.  One loop (op_decode.c) turns JSON into a struct by these tables and
 * words the service's layer 1 (types) and layer 2 (constraints) errors.
 *
 *   SHAPE_STRING  struct str        absent: p == NULL
 *   SHAPE_BOOL    enum tri
 *   SHAPE_INT     struct opt_int    Integer; SHAPE_LONG: the same, other texts
 *   SHAPE_DOUBLE  struct opt_double
 *   SHAPE_BLOB    struct str
 *   SHAPE_LIST    struct list       elements of elem->size bytes each
 *   SHAPE_MAP     struct map        keys, and elements of elem->size bytes each
 *   SHAPE_STRUCT  a pointer to the struct, NULL when absent
 *   SHAPE_ATTR    struct attr_in    an AttributeValue
 *   SHAPE_ITEM    struct item_in    a map of name -> AttributeValue, as one stored item
 *   SHAPE_RAW     struct str        any JSON value, as it was written
 *
 * Structures are elements of lists and maps as they are, not as pointers.  A
 * null element of a list is all zero (lists of structures; others are refused);
 * a null member of a map is absent; of repeated members the last one counts.
 * Nothing has more than SHAPE_ELEMENTS_MAX elements. */
#ifndef OP_OP_SHAPE_H
#define OP_OP_SHAPE_H

#include "base/str.h"
#include "model/attr_json.h"

enum shape_kind {
    SHAPE_STRING,
    SHAPE_BOOL,
    SHAPE_INT,
    SHAPE_LONG,
    SHAPE_DOUBLE,
    SHAPE_BLOB,
    SHAPE_LIST,
    SHAPE_MAP,
    SHAPE_STRUCT,
    SHAPE_ATTR,
    SHAPE_ITEM,
    SHAPE_RAW,
};

enum tri { TRI_ABSENT, TRI_FALSE, TRI_TRUE };
struct opt_int {
    bool set;
    int64_t v;
};
struct opt_double {
    bool set;
    double v;
};
struct list {
    uint32_t n;
    bool set;
    void *v;
};
struct map {
    uint32_t n;
    bool set;
    struct str *key;
    void *v;
};

enum { SHAPE_ELEMENTS_MAX = 10000 }; /* of one list or map; far above all limits of the service */

enum shape_pattern {
    PATTERN_NONE,
    PATTERN_NAME /* [a-zA-Z0-9_.-]+ */,
    PATTERN_NAME_OR_ARN /* or arn:... */
};

struct shape_regex {
    const char *text;
    bool (*match)(struct str s);
};

struct field;
struct shape {
    enum shape_kind kind;
    const char *name; /* Java name of structures in texts: "KeySchemaElement"; of all but inputs */
    size_t size;      /* SHAPE_STRUCT: of the struct; others need none */
    int64_t min, max; /* length or value; max 0: no limit */
    enum shape_pattern pattern;
    const struct shape_regex *regex; /* STRING: another pattern */
    bool secret;                     /* STRING: never printed in a text */
    const char *const *values;       /* an enum's values in the service's print order, NULL-ended */
    const struct shape *elem;        /* LIST, MAP */
    const struct shape *key;         /* MAP: constraints on its keys, or NULL */
    const struct field *fields;      /* STRUCT: ended by a field without a name */
};

/* REQUIRED: "Value null at 'x' failed to satisfy constraint: Member must not be null".  The
 * others are top-level peculiarities of some operations, to be or-ed together. */
enum {
    OPTIONAL = 0,
    REQUIRED = 1,
    FIELD_PARAMETER = 2, /* absent: "The parameter 'X' is required but was not present ..." */
    FIELD_ALONE = 4,     /* its errors come before all others, and alone */
    FIELD_ONE_OF = 8,    /* of the fields with this flag only the first wrong one is reported */
};
struct field {
    const char *name; /* as in the JSON: "TableName" */
    const struct shape *shape;
    size_t offset;
    uint16_t required;
    uint16_t name_n;
};
#define FIELD(S, member, json, shape_, req)                                                        \
    {                                                                                              \
        .name = json, .shape = (shape_), .offset = offsetof(S, member), .required = req,           \
        .name_n = sizeof(json) - 1                                                                 \
    }

/* A structure of which only its type is checked: its members are not looked at. */
#define SHAPE_OPAQUE(java)                                                                         \
    {                                                                                              \
        .kind = SHAPE_STRUCT, .name = (java), .size = 1, .fields = shape_no_fields                 \
    }
extern const struct field shape_no_fields[];

/* Shapes that several operations share. */
extern const struct shape shape_nothing; /* input of operations without parameters */
extern const struct shape shape_raw, shape_blob;
extern const struct shape shape_string, shape_bool, shape_int, shape_long, shape_double;
extern const struct shape shape_table_name;      /* data plane: at least 1 character */
extern const struct shape shape_table_name_ctrl; /* control plane: at least 3 */
extern const struct shape shape_index_name, shape_item, shape_attr, shape_string_map,
    shape_attr_map /* name -> struct attr_in: expression values */;
extern const struct shape shape_return_capacity, shape_return_values, shape_return_metrics,
    shape_return_on_failure, shape_select, shape_attribute_names, shape_request_token;

/* What an element of this shape occupies in a list or map. */
size_t shape_element_size(const struct shape *s);

#endif
