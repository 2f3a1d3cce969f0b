/* op_table_in.h - the parts of tables as requests name them, shared by
 * CreateTable and UpdateTable. */
#ifndef OP_OP_TABLE_IN_H
#define OP_OP_TABLE_IN_H

#include "op/op_shape.h"

struct attribute_in { /* AttributeDefinition; KeySchemaElement: type is HASH or RANGE */
    struct str name, type;
};
struct projection_in {
    struct str type;
    struct list non_key; /* struct str */
};
struct units_in { /* ProvisionedThroughput, OnDemandThroughput, WarmThroughput */
    struct opt_int read, write;
};
struct index_in { /* of any sort, to create or to update */
    struct str name;
    struct list key; /* struct attribute_in */
    struct projection_in *projection;
    struct units_in *provisioned, *on_demand, *warm;
};
struct stream_in {
    enum tri enabled;
    struct str view;
};
struct sse_in {
    enum tri enabled;
    struct str type, key;
};
struct tag_in {
    struct str key, value;
};

extern const struct shape shape_attribute_definitions, shape_table_keys, shape_billing_mode,
    shape_provisioned, shape_on_demand, shape_warm, shape_local_indexes, shape_global_indexes,
    shape_global_index_create, shape_global_index_update, shape_global_index_delete,
    shape_stream_specification, shape_sse_specification, shape_tags;

#endif
