/* op_shape.c - the shapes that several operations share.  Enums are in the
 * order in which the service prints them. */
#include "op/op_shape.h"

#include "model/limits.h"

const struct field shape_no_fields[] = {{0}};
const struct shape shape_nothing = {.kind = SHAPE_STRUCT, .size = 1, .fields = shape_no_fields};

const struct shape shape_raw = {.kind = SHAPE_RAW};
const struct shape shape_blob = {.kind = SHAPE_BLOB};
const struct shape shape_string = {.kind = SHAPE_STRING};
const struct shape shape_bool = {.kind = SHAPE_BOOL};
const struct shape shape_int = {.kind = SHAPE_INT};
const struct shape shape_long = {.kind = SHAPE_LONG};
const struct shape shape_double = {.kind = SHAPE_DOUBLE};

const struct shape shape_table_name = {
    .kind = SHAPE_STRING,
    .min = 1,
    .max = LIMIT_TABLE_NAME_MAX,
    .pattern = PATTERN_NAME_OR_ARN,
};
const struct shape shape_table_name_ctrl = {
    .kind = SHAPE_STRING,
    .min = LIMIT_TABLE_NAME_MIN,
    .max = LIMIT_TABLE_NAME_MAX,
    .pattern = PATTERN_NAME_OR_ARN,
};
const struct shape shape_index_name = {
    .kind = SHAPE_STRING,
    .min = LIMIT_TABLE_NAME_MIN,
    .max = LIMIT_TABLE_NAME_MAX,
    .pattern = PATTERN_NAME,
};

const struct shape shape_item = {.kind = SHAPE_ITEM};
const struct shape shape_attr = {.kind = SHAPE_ATTR};
const struct shape shape_string_map = {.kind = SHAPE_MAP, .elem = &shape_string};
const struct shape shape_attr_map = {.kind = SHAPE_MAP, .elem = &shape_attr};

const struct shape shape_return_capacity = {
    .kind = SHAPE_STRING,
    .values = (const char *const[]){"INDEXES", "TOTAL", "NONE", NULL},
};
const struct shape shape_return_values = {
    .kind = SHAPE_STRING,
    .values =
        (const char *const[]){"ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW", NULL},
};
const struct shape shape_return_metrics = {
    .kind = SHAPE_STRING,
    .values = (const char *const[]){"SIZE", "NONE", NULL},
};
const struct shape shape_return_on_failure = {
    .kind = SHAPE_STRING,
    .values = (const char *const[]){"ALL_OLD", "NONE", NULL},
};
const struct shape shape_select = {
    .kind = SHAPE_STRING,
    .values = (const char *const[]){"SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES",
                                    "ALL_PROJECTED_ATTRIBUTES", NULL},
};

const struct shape shape_request_token = {.kind = SHAPE_STRING, .min = 1, .max = 36};

static const struct shape attribute_name = {
    .kind = SHAPE_STRING,
    .max = LIMIT_ATTRIBUTE_NAME_BYTES,
};
const struct shape shape_attribute_names = {
    .kind = SHAPE_LIST,
    .min = 1,
    .max = 255,
    .elem = &attribute_name,
};

size_t shape_element_size(const struct shape *s)
{
    switch (s->kind) {
    case SHAPE_STRING:
    case SHAPE_BLOB:
    case SHAPE_RAW:
        return sizeof(struct str);
    case SHAPE_BOOL:
        return sizeof(enum tri);
    case SHAPE_INT:
    case SHAPE_LONG:
        return sizeof(struct opt_int);
    case SHAPE_DOUBLE:
        return sizeof(struct opt_double);
    case SHAPE_LIST:
        return sizeof(struct list);
    case SHAPE_MAP:
        return sizeof(struct map);
    case SHAPE_STRUCT:
        return s->size;
    case SHAPE_ATTR:
        return sizeof(struct attr_in);
    case SHAPE_ITEM:
        return sizeof(struct item_in);
    }
    return 0;
}
