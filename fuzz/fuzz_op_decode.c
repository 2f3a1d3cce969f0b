/* fuzz_op_decode.c - any bytes as a request.  Malformed JSON and nothing else
 * gives the bare SerializationException; the body of an error is JSON; what was
 * decoded can be read to its last byte. */
#include "model/limits.h"
#include "op/op.h"
#include "op/table/op_table_in.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct toy_in {
    struct str table;
    enum tri flag;
    struct opt_int count;
    struct opt_double ratio;
    struct str blob;
    struct list attributes, global, keys;
    struct map strings, values, requests;
    struct sse_in *sse;
    struct attr_in attr;
    struct item_in item;
};

static const struct shape blob = {.kind = SHAPE_BLOB};
static const struct shape small = {.kind = SHAPE_INT, .min = 1, .max = 10};
static const struct shape key_list = {.kind = SHAPE_LIST, .elem = &shape_item};
static const struct shape request_map = {
    .kind = SHAPE_MAP, .key = &shape_table_name_ctrl, .elem = &shape_tags};
#define IN(member, json, shape, req) FIELD(struct toy_in, member, json, shape, req)
static const struct field fields[] = {
    IN(table, "TableName", &shape_table_name, REQUIRED),
    IN(flag, "Flag", &shape_bool, OPTIONAL),
    IN(count, "Count", &small, OPTIONAL),
    IN(ratio, "Ratio", &shape_double, OPTIONAL),
    IN(blob, "Blob", &blob, OPTIONAL),
    IN(attributes, "AttributeDefinitions", &shape_attribute_definitions, OPTIONAL),
    IN(global, "GlobalSecondaryIndexes", &shape_global_indexes, OPTIONAL),
    IN(keys, "Keys", &key_list, OPTIONAL),
    IN(strings, "Strings", &shape_string_map, OPTIONAL),
    IN(values, "Values", &shape_attr_map, OPTIONAL),
    IN(requests, "Requests", &request_map, OPTIONAL),
    IN(sse, "SSESpecification", &shape_sse_specification, OPTIONAL),
    IN(attr, "Attr", &shape_attr, OPTIONAL),
    IN(item, "Item", &shape_item, OPTIONAL),
    {0},
};
static const struct shape toy_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct toy_in), .fields = fields};
static const struct op toy = {.name = "Toy", .in = &toy_shape};

static bool is_object(struct arena *mem, struct str text)
{
    struct json j;
    json_init(&j, mem, text, LIMIT_JSON_DEPTH);
    enum json_type t = json_next(&j);
    json_skip_rest(&j, t);
    return json_end(&j) && t == JSON_OBJECT;
}

static unsigned sum(struct str s)
{
    unsigned v = 0;
    for (size_t i = 0; i < s.n; i++)
        v += (unsigned char)s.p[i];
    return v;
}

static void read_all(const struct toy_in *in)
{
    volatile unsigned seen = sum(in->table) + sum(in->blob) + sum(in->attr.raw);
    const struct attribute_in *a = in->attributes.v;
    for (uint32_t i = 0; i < in->attributes.n; i++)
        seen += sum(a[i].name) + sum(a[i].type);
    const struct index_in *x = in->global.v;
    for (uint32_t i = 0; i < in->global.n; i++)
        seen += sum(x[i].name) + x[i].key.n + (x[i].provisioned != NULL);
    const struct item_in *k = in->keys.v;
    for (uint32_t i = 0; i < in->keys.n; i++)
        seen += sum(k[i].item);
    const struct str *s = in->strings.v;
    for (uint32_t i = 0; i < in->strings.n; i++)
        seen += sum(in->strings.key[i]) + sum(s[i]);
    const struct attr_in *v = in->values.v;
    for (uint32_t i = 0; i < in->values.n; i++)
        seen += sum(in->values.key[i]) + sum(v[i].raw);
    const struct list *r = in->requests.v;
    for (uint32_t i = 0; i < in->requests.n; i++)
        seen += sum(in->requests.key[i]) + r[i].n;
    struct err e = {0};
    if (in->item.item.p != NULL)
        assert(item_check(in->item.item, &e));
    (void)seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct req rq = {.op = &toy};
    struct str body = {(const char *)data, size};
    bool object = is_object(&rq.mem, body);
    if (op_decode(&rq, body)) {
        assert(object);
        read_all(rq.in);
    } else {
        bool bare = rq.err.code == ERR_SERIALIZATION && rq.err.msg[0] == '\0';
        assert(rq.err.code == ERR_SERIALIZATION || rq.err.code == ERR_VALIDATION);
        assert(bare == !object);
        struct buf text = {0};
        op_error_body(&rq, &text);
        assert(is_object(&rq.mem, buf_str(&text)));
        buf_free(&text);
    }
    arena_free(&rq.mem);
    return 0;
}
