/* op_table_in.c - shapes of the parts of tables. */
#include "op/table/op_table_in.h"

#include "model/limits.h"

static const struct shape key_name = {.kind = SHAPE_STRING, .min = 1, .max = LIMIT_KEY_NAME_BYTES};

static const struct shape attribute_type = {
    .kind = SHAPE_STRING,
    .values = (const char *const[]){"B", "N", "S", NULL},
};
static const struct field definition_fields[] = {
    FIELD(struct attribute_in, name, "AttributeName", &key_name, REQUIRED),
    FIELD(struct attribute_in, type, "AttributeType", &attribute_type, REQUIRED),
    {0},
};
static const struct shape definition = {
    .kind = SHAPE_STRUCT,
    .name = "AttributeDefinition",
    .size = sizeof(struct attribute_in),
    .fields = definition_fields,
};
const struct shape shape_attribute_definitions = {.kind = SHAPE_LIST, .elem = &definition};

static const struct shape key_type = {
    .kind = SHAPE_STRING,
    .values = (const char *const[]){"HASH", "RANGE", NULL},
};
static const struct field key_fields[] = {
    FIELD(struct attribute_in, name, "AttributeName", &key_name, REQUIRED),
    FIELD(struct attribute_in, type, "KeyType", &key_type, REQUIRED),
    {0},
};
static const struct shape key_element = {
    .kind = SHAPE_STRUCT,
    .name = "KeySchemaElement",
    .size = sizeof(struct attribute_in),
    .fields = key_fields,
};
const struct shape shape_table_keys = {
    .kind = SHAPE_LIST, .min = 1, .max = 2, .elem = &key_element};
/* How many keys a global index may have has texts of its own. */
static const struct shape global_keys = {.kind = SHAPE_LIST, .min = 1, .elem = &key_element};

static const struct shape projection_type = {
    .kind = SHAPE_STRING,
    .values = (const char *const[]){"ALL", "INCLUDE", "KEYS_ONLY", NULL},
};
static const struct shape non_key_attributes = {
    .kind = SHAPE_LIST, .min = 1, .max = LIMIT_NON_KEY_ATTRIBUTES, .elem = &key_name};
static const struct field projection_fields[] = {
    FIELD(struct projection_in, type, "ProjectionType", &projection_type, OPTIONAL),
    FIELD(struct projection_in, non_key, "NonKeyAttributes", &non_key_attributes, OPTIONAL),
    {0},
};
static const struct shape projection = {
    .kind = SHAPE_STRUCT,
    .name = "Projection",
    .size = sizeof(struct projection_in),
    .fields = projection_fields,
};

const struct shape shape_billing_mode = {
    .kind = SHAPE_STRING,
    .values = (const char *const[]){"PROVISIONED", "PAY_PER_REQUEST", NULL},
};

static const struct shape positive_long = {.kind = SHAPE_LONG, .min = 1};
static const struct field provisioned_fields[] = {
    FIELD(struct units_in, read, "ReadCapacityUnits", &positive_long, REQUIRED),
    FIELD(struct units_in, write, "WriteCapacityUnits", &positive_long, REQUIRED),
    {0},
};
const struct shape shape_provisioned = {
    .kind = SHAPE_STRUCT,
    .name = "ProvisionedThroughput",
    .size = sizeof(struct units_in),
    .fields = provisioned_fields,
};
static const struct field on_demand_fields[] = {
    FIELD(struct units_in, read, "MaxReadRequestUnits", &shape_long, OPTIONAL),
    FIELD(struct units_in, write, "MaxWriteRequestUnits", &shape_long, OPTIONAL),
    {0},
};
const struct shape shape_on_demand = {
    .kind = SHAPE_STRUCT,
    .name = "OnDemandThroughput",
    .size = sizeof(struct units_in),
    .fields = on_demand_fields,
};
static const struct field warm_fields[] = {
    FIELD(struct units_in, read, "ReadUnitsPerSecond", &shape_long, OPTIONAL),
    FIELD(struct units_in, write, "WriteUnitsPerSecond", &shape_long, OPTIONAL),
    {0},
};
const struct shape shape_warm = {
    .kind = SHAPE_STRUCT,
    .name = "WarmThroughput",
    .size = sizeof(struct units_in),
    .fields = warm_fields,
};

static const struct field local_index_fields[] = {
    FIELD(struct index_in, name, "IndexName", &shape_index_name, REQUIRED),
    FIELD(struct index_in, key, "KeySchema", &shape_table_keys, REQUIRED),
    FIELD(struct index_in, projection, "Projection", &projection, REQUIRED),
    {0},
};
static const struct shape local_index = {
    .kind = SHAPE_STRUCT,
    .name = "LocalSecondaryIndex",
    .size = sizeof(struct index_in),
    .fields = local_index_fields,
};
const struct shape shape_local_indexes = {.kind = SHAPE_LIST, .elem = &local_index};

static const struct field global_index_fields[] = {
    FIELD(struct index_in, name, "IndexName", &shape_index_name, REQUIRED),
    FIELD(struct index_in, key, "KeySchema", &global_keys, REQUIRED),
    FIELD(struct index_in, projection, "Projection", &projection, REQUIRED),
    FIELD(struct index_in, provisioned, "ProvisionedThroughput", &shape_provisioned, OPTIONAL),
    FIELD(struct index_in, on_demand, "OnDemandThroughput", &shape_on_demand, OPTIONAL),
    FIELD(struct index_in, warm, "WarmThroughput", &shape_warm, OPTIONAL),
    {0},
};
static const struct shape global_index = {
    .kind = SHAPE_STRUCT,
    .name = "GlobalSecondaryIndex",
    .size = sizeof(struct index_in),
    .fields = global_index_fields,
};
const struct shape shape_global_indexes = {.kind = SHAPE_LIST, .elem = &global_index};
const struct shape shape_global_index_create = {
    .kind = SHAPE_STRUCT,
    .name = "CreateGlobalSecondaryIndexAction",
    .size = sizeof(struct index_in),
    .fields = global_index_fields,
};

static const struct field global_update_fields[] = {
    FIELD(struct index_in, name, "IndexName", &shape_index_name, REQUIRED),
    FIELD(struct index_in, provisioned, "ProvisionedThroughput", &shape_provisioned, OPTIONAL),
    FIELD(struct index_in, on_demand, "OnDemandThroughput", &shape_on_demand, OPTIONAL),
    FIELD(struct index_in, warm, "WarmThroughput", &shape_warm, OPTIONAL),
    {0},
};
const struct shape shape_global_index_update = {
    .kind = SHAPE_STRUCT,
    .name = "UpdateGlobalSecondaryIndexAction",
    .size = sizeof(struct index_in),
    .fields = global_update_fields,
};
static const struct field global_delete_fields[] = {
    FIELD(struct index_in, name, "IndexName", &shape_index_name, REQUIRED),
    {0},
};
const struct shape shape_global_index_delete = {
    .kind = SHAPE_STRUCT,
    .name = "DeleteGlobalSecondaryIndexAction",
    .size = sizeof(struct index_in),
    .fields = global_delete_fields,
};

static const struct shape stream_view = {
    .kind = SHAPE_STRING,
    .values =
        (const char *const[]){"OLD_IMAGE", "KEYS_ONLY", "NEW_AND_OLD_IMAGES", "NEW_IMAGE", NULL},
};
static const struct field stream_fields[] = {
    FIELD(struct stream_in, enabled, "StreamEnabled", &shape_bool, REQUIRED),
    FIELD(struct stream_in, view, "StreamViewType", &stream_view, OPTIONAL),
    {0},
};
const struct shape shape_stream_specification = {
    .kind = SHAPE_STRUCT,
    .name = "StreamSpecification",
    .size = sizeof(struct stream_in),
    .fields = stream_fields,
};

static const struct shape sse_type = {
    .kind = SHAPE_STRING,
    .values = (const char *const[]){"AES256", "KMS", NULL},
};
static const struct field sse_fields[] = {
    FIELD(struct sse_in, enabled, "Enabled", &shape_bool, OPTIONAL),
    FIELD(struct sse_in, type, "SSEType", &sse_type, OPTIONAL),
    FIELD(struct sse_in, key, "KMSMasterKeyId", &shape_string, OPTIONAL),
    {0},
};
const struct shape shape_sse_specification = {
    .kind = SHAPE_STRUCT,
    .name = "SSESpecification",
    .size = sizeof(struct sse_in),
    .fields = sse_fields,
};

/* Keys and values of tags have texts of their own: op_tags.c. */
static const struct field tag_fields[] = {
    FIELD(struct tag_in, key, "Key", &shape_string, OPTIONAL),
    FIELD(struct tag_in, value, "Value", &shape_string, OPTIONAL),
    {0},
};
static const struct shape tag = {
    .kind = SHAPE_STRUCT,
    .name = "Tag",
    .size = sizeof(struct tag_in),
    .fields = tag_fields,
};
const struct shape shape_tags = {.kind = SHAPE_LIST, .elem = &tag};
