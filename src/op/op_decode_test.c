/* Decoding by field tables: values, layer 1 and layer 2 texts, bodies of errors. */
#include "base/tap.h"
#include "model/limits.h"
#include "op/op.h"
#include "op/table/op_table_in.h"

struct part_in {
    struct str key;
    struct opt_int n;
};
struct toy_in {
    struct str table, metrics, first, second;
    enum tri flag;
    struct opt_int count, big;
    struct opt_double ratio;
    struct str blob;
    struct list names, keys, parts;
    struct map strings, values, requests;
    struct part_in *part;
    struct attr_in attr;
    struct item_in item;
};

static const struct shape short_string = {.kind = SHAPE_STRING, .min = 2, .max = 4};
static const struct shape small = {.kind = SHAPE_INT, .min = 1, .max = 10};
static const struct field part_fields[] = {
    FIELD(struct part_in, key, "Key", &short_string, REQUIRED),
    FIELD(struct part_in, n, "N", &small, OPTIONAL),
    {0},
};
static const struct shape part = {
    .kind = SHAPE_STRUCT, .name = "Part", .size = sizeof(struct part_in), .fields = part_fields};
static const struct shape part_list = {.kind = SHAPE_LIST, .max = 2, .elem = &part};
static const struct shape key_list = {.kind = SHAPE_LIST, .elem = &shape_item};
static const struct shape write_list = {.kind = SHAPE_LIST, .min = 1, .max = 25, .elem = &part};
static const struct shape request_map = {
    .kind = SHAPE_MAP, .key = &shape_table_name_ctrl, .elem = &write_list};

#define IN(member, json, shape, req) FIELD(struct toy_in, member, json, shape, req)
static const struct field toy_fields[] = {
    IN(table, "TableName", &shape_table_name, REQUIRED),
    IN(metrics, "Metrics", &shape_return_metrics, OPTIONAL),
    IN(first, "First", &shape_return_metrics, FIELD_ONE_OF),
    IN(second, "Second", &shape_return_metrics, FIELD_ONE_OF),
    IN(flag, "Flag", &shape_bool, OPTIONAL),
    IN(count, "Count", &small, OPTIONAL),
    IN(big, "Big", &shape_long, OPTIONAL),
    IN(ratio, "Ratio", &shape_double, OPTIONAL),
    IN(blob, "Blob", &(const struct shape){.kind = SHAPE_BLOB}, OPTIONAL),
    IN(names, "Names", &shape_attribute_names, OPTIONAL),
    IN(keys, "Keys", &key_list, OPTIONAL),
    IN(parts, "Parts", &part_list, OPTIONAL),
    IN(strings, "Strings", &shape_string_map, OPTIONAL),
    IN(values, "Values", &shape_attr_map, OPTIONAL),
    IN(requests, "Requests", &request_map, OPTIONAL),
    IN(part, "Part", &part, OPTIONAL),
    IN(attr, "Attr", &shape_attr, OPTIONAL),
    IN(item, "Item", &shape_item, OPTIONAL),
    {0},
};
static const struct shape toy_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct toy_in), .fields = toy_fields};
static const struct op toy = {.name = "Toy", .in = &toy_shape};

static const struct field alone_fields[] = {
    IN(table, "TableName", &shape_table_name, REQUIRED | FIELD_ALONE),
    IN(metrics, "Metrics", &shape_return_metrics, REQUIRED),
    {0},
};
static const struct shape alone_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct toy_in), .fields = alone_fields};
static const struct op alone = {.name = "Alone", .in = &alone_shape};

static const struct field parameter_fields[] = {
    IN(metrics, "Metrics", &shape_return_metrics, REQUIRED),
    IN(table, "TableName", &shape_table_name_ctrl, FIELD_PARAMETER),
    {0},
};
static const struct shape parameter_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct toy_in), .fields = parameter_fields};
static const struct op parameter = {.name = "Parameter", .in = &parameter_shape};

#define V1 "1 validation error detected: "
#define V2 "2 validation errors detected: "
#define PARAM                                                                                      \
    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to "        \
    "class java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl "         \
    "and java.lang.Class are in module java.base of loader 'bootstrap')"
#define OBJECT           "Start of structure or map found where not expected"
#define PACKAGE          "com.amazonaws.dynamodb.v20120810."
#define BAD(value, path) "Value '" value "' at '" path "' failed to satisfy constraint: "

static const struct {
    const char *body, *text;
} type_errors[] = {
    {"", ""},
    {" ", ""},
    {"[]", ""},
    {"\"x\"", ""},
    {"{\"TableName\":1", ""},
    {"{\"TableName\":1}x", ""},
    {"{\"TableName\":\"t\"} {}", ""},
    {"{\"TableName\":true}", "TRUE_VALUE cannot be converted to String"},
    {"{\"TableName\":false}", "FALSE_VALUE cannot be converted to String"},
    {"{\"TableName\":1}", "NUMBER_VALUE cannot be converted to String"},
    {"{\"TableName\":1.5}", "DECIMAL_VALUE cannot be converted to String"},
    {"{\"TableName\":[]}", "Unrecognized collection type class java.lang.String"},
    {"{\"TableName\":{}}", OBJECT},
    {"{\"Flag\":\"maybe\"}", "Unexpected token received from parser"},
    {"{\"Flag\":1}", "NUMBER_VALUE cannot be converted to Boolean"},
    {"{\"Flag\":1.0}", "DECIMAL_VALUE cannot be converted to Boolean"},
    {"{\"Flag\":[]}", "Unrecognized collection type class java.lang.Boolean"},
    {"{\"Flag\":{}}", OBJECT},
    {"{\"Count\":\"1\"}", "STRING_VALUE cannot be converted to Integer"},
    {"{\"Count\":true}", "TRUE_VALUE cannot be converted to Integer"},
    {"{\"Count\":[]}", "Unrecognized collection type class java.lang.Integer"},
    {"{\"Count\":{}}", OBJECT},
    {"{\"Count\":2147483648}", "NUMBER_VALUE cannot be converted to Integer"},
    {"{\"Big\":\"1\"}", "STRING_VALUE cannot be converted to Long"},
    {"{\"Big\":9223372036854775808}", "NUMBER_VALUE cannot be converted to Long"},
    {"{\"Big\":1e400}", "DECIMAL_VALUE cannot be converted to Long"},
    {"{\"Big\":[]}", "Unrecognized collection type class java.lang.Long"},
    {"{\"Ratio\":\"1\"}", "STRING_VALUE cannot be converted to Double"},
    {"{\"Blob\":1}", "only base-64-encoded strings are convertible to bytes"},
    {"{\"Blob\":[]}", "Unrecognized collection type class java.nio.ByteBuffer"},
    {"{\"Blob\":\"abc\"}", "Base64 encoded length is expected a multiple of 4 bytes but found: 3"},
    {"{\"Blob\":\"ab=c\"}", "Invalid last non-pad Base64 character dectected"},
    {"{\"Names\":1}", "Unexpected field type"},
    {"{\"Names\":{}}", OBJECT},
    {"{\"Names\":[\"a\",1]}", "NUMBER_VALUE cannot be converted to String"},
    {"{\"Keys\":[1]}", PARAM},
    {"{\"Keys\":[[]]}",
     "Unrecognized collection type java.util.Map<java.lang.String, " PACKAGE "AttributeValue>"},
    {"{\"Parts\":[1]}", "Unexpected value type in payload"},
    {"{\"Parts\":[[]]}", "Unrecognized collection type class " PACKAGE "Part"},
    {"{\"Part\":1}", "Unexpected field type"},
    {"{\"Part\":[]}", "Unrecognized collection type class " PACKAGE "Part"},
    {"{\"Strings\":1}", "Unexpected field type"},
    {"{\"Strings\":[]}",
     "Unrecognized collection type java.util.Map<java.lang.String, java.lang.String>"},
    {"{\"Values\":[]}",
     "Unrecognized collection type java.util.Map<java.lang.String, " PACKAGE "AttributeValue>"},
    {"{\"Values\":{\":a\":1}}", "Unexpected value type in payload"},
    {"{\"Values\":{\":a\":[]}}", "Unrecognized collection type class " PACKAGE "AttributeValue"},
    {"{\"Requests\":[]}", "Unrecognized collection type java.util.Map<java.lang.String, "
                          "java.util.List<" PACKAGE "Part>>"},
    {"{\"Requests\":{\"abc\":1}}", PARAM},
    {"{\"Requests\":{\"abc\":{}}}", OBJECT},
    {"{\"Attr\":1}", "Unexpected field type"},
    {"{\"Attr\":{\"N\":1}}", "NUMBER_VALUE cannot be converted to String"},
    {"{\"Item\":1}", "Unexpected field type"},
    {"{\"Item\":[]}",
     "Unrecognized collection type java.util.Map<java.lang.String, " PACKAGE "AttributeValue>"},
    {"{\"Item\":{\"a\":{\"S\":1}}}", "NUMBER_VALUE cannot be converted to String"},
    /* the first one wins, also over layer 2; malformed text over all */
    {"{\"Count\":\"1\",\"TableName\":1}", "STRING_VALUE cannot be converted to Integer"},
    {"{\"Item\":{\"a\":{\"S\":1}},}", ""},
};

static const struct {
    const struct op *op;
    const char *body, *text;
} constraint_errors[] = {
    {&toy, "{}",
     V1 "Value null at 'tableName' failed to satisfy constraint: Member must not be null"},
    {&toy, "{\"TableName\":null}",
     V1 "Value null at 'tableName' failed to satisfy constraint: Member must not be null"},
    {&toy, "{\"TableName\":\"abc\",\"TableName\":null}",
     V1 "Value null at 'tableName' failed to satisfy constraint: Member must not be null"},
    {&toy, "{\"TableName\":\"\"}",
     V1 BAD("", "tableName") "Member must have length greater than or equal to 1"},
    {&toy, "{\"TableName\":\"a;\"}",
     V1 BAD("a;", "tableName") "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"},
    {&toy, "{\"TableName\":\"t\",\"Metrics\":\"\"}",
     V1 BAD("", "metrics") "Member must satisfy enum value set: [SIZE, NONE]"},
    {&toy, "{\"TableName\":\"t\",\"Count\":0}",
     V1 BAD("0", "count") "Member must have value greater than or equal to 1"},
    {&toy, "{\"TableName\":\"t\",\"Count\":11.9}",
     V1 BAD("11", "count") "Member must have value less than or equal to 10"},
    {&toy, "{\"TableName\":\"t\",\"Names\":[]}",
     V1 BAD("[]", "names") "Member must have length greater than or equal to 1"},
    {&toy, "{\"TableName\":\"t\",\"Names\":[\"a\",null]}",
     V1 "Value null at 'names.2.member' failed to satisfy constraint: Member must not be null"},
    {&toy, "{\"TableName\":\"t\",\"Keys\":[null]}",
     V1 "Value null at 'keys.1.member' failed to satisfy constraint: Member must not be null"},
    {&toy, "{\"TableName\":\"t\",\"Part\":{\"Key\":\"a\"}}",
     V1 BAD("a", "part.key") "Member must have length greater than or equal to 2"},
    /* five characters, the last of which is four bytes and counts twice */
    {&toy, "{\"TableName\":\"t\",\"Part\":{\"Key\":\"abc\\ud83d\\ude00\"}}",
     V1 BAD("abc\xF0\x9F\x98\x80", "part.key") "Member must have length less than or equal to 4"},
    {&toy, "{\"TableName\":\"t\",\"Parts\":[{\"Key\":\"ab\"},{\"N\":3}]}",
     V1 "Value null at 'parts.2.member.key' failed to satisfy constraint: Member must not be null"},
    {&toy, "{\"TableName\":\"t\",\"Parts\":[{\"Key\":\"ab\",\"N\":3},null,{\"Key\":\"cd\"}]}",
     V2 BAD("[Part(key=ab, n=3), Part(key=null, n=null), Part(key=cd, n=null)]",
            "parts") "Member must have length less than or equal to 2; "
                     "Value null at 'parts.2.member.key' failed to satisfy constraint: Member must "
                     "not be null"},
    {&toy, "{\"TableName\":\"t\",\"Requests\":{\"ab\":[{\"Key\":\"ab\"}]}}",
     V1 BAD("{ab=[Part(key=ab, n=null)]}",
            "requests") "Map keys must satisfy constraint: [Member must have length less than or "
                        "equal to 255, Member must have length greater than or equal to 3, Member "
                        "must satisfy "
                        "regular expression pattern: [a-zA-Z0-9_.-]+]"},
    {&toy, "{\"TableName\":\"t\",\"Requests\":{\"abc\":[]}}",
     V1 BAD("{abc=[]}", "requests") "Map value must satisfy constraint: [Member must have length "
                                    "less than or equal to 25, Member must have length greater "
                                    "than or equal to 1]"},
    {&toy, "{\"TableName\":\"t\",\"Requests\":{\"abc\":[{}]}}",
     V1
     "Value null at 'requests.abc.member.1.member.key' failed to satisfy constraint: Member must "
     "not be null"},
    {&toy, "{\"First\":\"x\",\"Second\":\"y\",\"TableName\":\"t\"}",
     V1 BAD("x", "first") "Member must satisfy enum value set: [SIZE, NONE]"},
    {&alone, "{\"Metrics\":\"x\"}",
     V1 "Value null at 'tableName' failed to satisfy constraint: Member must not be null"},
    {&alone, "{\"TableName\":\"\",\"Metrics\":\"x\"}",
     V1 BAD("", "tableName") "Member must have length greater than or equal to 1"},
    {&alone, "{\"TableName\":\"t\",\"Metrics\":\"x\"}",
     V1 BAD("x", "metrics") "Member must satisfy enum value set: [SIZE, NONE]"},
    {&parameter, "{\"Metrics\":\"x\"}",
     "The parameter 'TableName' is required but was not present in the request"},
    {&parameter, "{\"Metrics\":\"SIZE\",\"TableName\":\"\"}",
     V2 BAD("", "tableName") "Member must have length greater than or equal to 3; " BAD(
         "", "tableName") "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"},
};

static bool decode(struct req *rq, const struct op *op, struct str body)
{
    *rq = (struct req){.op = op};
    err_init(&rq->err, &rq->mem);
    return op_decode(rq, body);
}

static void test_errors(void)
{
    struct req rq;
    for (size_t i = 0; i < COUNT_OF(type_errors); i++) {
        bool good = decode(&rq, &toy, str_from_c(type_errors[i].body));
        ok(!good && rq.err.code == ERR_SERIALIZATION, "%s", type_errors[i].body);
        is_str(rq.err.msg, type_errors[i].text, "  text");
        arena_free(&rq.mem);
    }
    for (size_t i = 0; i < COUNT_OF(constraint_errors); i++) {
        bool good = decode(&rq, constraint_errors[i].op, str_from_c(constraint_errors[i].body));
        ok(!good && rq.err.code == ERR_VALIDATION, "%s", constraint_errors[i].body);
        is_str(rq.err.msg, constraint_errors[i].text, "  text");
        arena_free(&rq.mem);
    }
}

static void test_scalars(void)
{
    struct req rq;
    bool good = decode(&rq, &toy,
                       STR("{ \"Unknown\": [{\"x\":[1,2]}], \"TableName\":\"a\\u002db\","
                           "\"Flag\":\"YES\",\"Count\":2.9,\"Big\":-9223372036854775808,"
                           "\"Ratio\":0.5,\"Blob\":\"aGk=\",\"Metrics\":null,\"Count\":7}"));
    const struct toy_in *in = rq.in;
    ok(good, "decodes: %s", rq.err.msg);
    is_bytes(in->table, STR("a-b"), "an escaped string");
    ok(in->flag == TRI_TRUE, "a word for a boolean");
    ok(in->count.set && in->count.v == 7, "the last of two members counts");
    ok(in->big.set && in->big.v == INT64_MIN, "the smallest long");
    ok(in->ratio.set && in->ratio.v == 0.5, "a double");
    is_bytes(in->blob, STR("hi"), "a blob");
    ok(in->metrics.p == NULL && !in->names.set && in->part == NULL, "null and absent are the same");
    arena_free(&rq.mem);
    good = decode(&rq, &toy, STR("{\"TableName\":\"t\",\"Count\":2.9,\"Flag\":\"0\",\"Big\":1e3}"));
    in = rq.in;
    ok(good && in->count.v == 2 && in->big.v == 1000, "decimals are cut off");
    ok(in->flag == TRI_FALSE, "0 is false");
    arena_free(&rq.mem);
}

static void test_collections(void)
{
    struct req rq;
    bool good =
        decode(&rq, &toy,
               STR("{\"TableName\":\"t\",\"Names\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"\"],"
                   "\"Parts\":[{\"Key\":\"ab\",\"N\":1},{\"Key\":\"cd\"}],"
                   "\"Strings\":{\"a\":\"1\",\"b\":null,\"c\":\"2\",\"a\":\"3\"},"
                   "\"Values\":{\":a\":{\"S\":\"x\"},\":b\":{\"N\":\"07\"}},"
                   "\"Requests\":{\"abc\":[{\"Key\":\"xy\"}]},\"Part\":{\"Key\":\"pq\",\"N\":10},"
                   "\"Attr\":{\"BOOL\":true},\"Item\":{\"k\":{\"S\":\"v\"},\"a\":{\"N\":\"1\"}}}"));
    const struct toy_in *in = rq.in;
    ok(good, "decodes: %s", rq.err.msg);
    const struct str *names = in->names.v;
    ok(in->names.n == 6, "a list");
    is_bytes(names[4], STR("e"), "  keeps its elements while it grows");
    ok(names[5].p != NULL && names[5].n == 0, "  tells empty from absent");
    const struct part_in *parts = in->parts.v;
    ok(in->parts.n == 2 && parts[0].n.v == 1 && !parts[1].n.set, "a list of structures");
    is_bytes(parts[1].key, STR("cd"), "  its second");
    const struct str *strings = in->strings.v;
    ok(in->strings.n == 2, "a map without its null and its repeated member");
    is_bytes(in->strings.key[0], STR("c"), "  first key");
    is_bytes(strings[1], STR("3"), "  the last of the repeated ones stays");
    const struct attr_in *values = in->values.v;
    struct str raw = values[1].raw;
    struct attr seven = attr_read(&raw);
    ok(in->values.n == 2 && seven.type == ATTR_N, "a map of attribute values");
    is_bytes(seven.body, STR("7"), "  a number");
    const struct list *requests = in->requests.v;
    ok(in->requests.n == 1 && requests[0].n == 1, "a map of lists");
    ok(in->part != NULL && in->part->n.v == 10, "a structure");
    struct attr k;
    ok(in->item.present && item_find(in->item.item, STR("k"), &k), "an item");
    is_bytes(k.body, STR("v"), "  its attribute");
    arena_free(&rq.mem);
}

static void test_names(void)
{
    static const struct {
        const char *name;
        bool good;
    } names[] = {
        {"abc", true},
        {"A.b-c_9", true},
        {"arn:aws:dynamodb:us-east-1:000000000000:table/abc", true},
        {"arn", true},
        {"ab", false},
        {"a b c", false},
        {"\\u00e9abc", false},
    };
    struct req rq;
    char body[128];
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        snprintf(body, sizeof(body), "{\"Metrics\":\"SIZE\",\"TableName\":\"%s\"}", names[i].name);
        ok(decode(&rq, &parameter, str_from_c(body)) == names[i].good, "name %s", names[i].name);
        arena_free(&rq.mem);
    }
}

/* A list of `n` empty strings. */
static struct str long_list(struct arena *mem, size_t n)
{
    struct buf b = {0};
    buf_add(&b, STR("{\"TableName\":\"t\",\"Strings\":{"));
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s\"k%zu\":\"\"", i > 0 ? "," : "", i);
    buf_add(&b, STR("}}"));
    struct str s = arena_dup(mem, buf_str(&b));
    buf_free(&b);
    return s;
}

static void test_limits(void)
{
    struct arena mem = {0};
    struct req rq;
    ok(decode(&rq, &toy, long_list(&mem, SHAPE_ELEMENTS_MAX)), "as many elements as may be");
    ok(((struct toy_in *)rq.in)->strings.n == SHAPE_ELEMENTS_MAX, "  all are there");
    arena_free(&rq.mem);
    ok(!decode(&rq, &toy, long_list(&mem, SHAPE_ELEMENTS_MAX + 1)) && rq.err.code == ERR_VALIDATION,
       "one more is refused");
    arena_free(&rq.mem);

    /* Eleven things are wrong; ten are told. */
    ok(!decode(&rq, &toy,
               STR("{\"TableName\":\"t\",\"Requests\":{\"abc\":[{},{},{},{},{},{},{},{},{},{},{}]"
                   "}}")),
       "eleven errors");
    ok(strncmp(rq.err.msg, "10 validation errors detected: ", 31) == 0, "  ten are told");
    ok(strstr(rq.err.msg, ".10.member") != NULL && strstr(rq.err.msg, ".11.member") == NULL,
       "  the first ten");
    arena_free(&rq.mem);

    for (size_t n = LIMIT_SHOWN_VALUE_BYTES; n <= LIMIT_SHOWN_VALUE_BYTES + 1; n++) {
        struct str name = {memset(arena_bytes(&mem, n), 'x', n), n};
        struct str body = arena_printf(&mem, "{\"TableName\":\"" STR_FMT "\"}", STR_ARG(name));
        ok(!decode(&rq, &toy, body), "a long value");
        name.n = LIMIT_SHOWN_VALUE_BYTES;
        is_bytes(err_text(&rq.err),
                 arena_printf(&mem,
                              "1 validation error detected: Value '" STR_FMT "%s' at 'tableName' "
                              "failed to satisfy constraint: Member must have length less than or "
                              "equal to 255",
                              STR_ARG(name), n > LIMIT_SHOWN_VALUE_BYTES ? "..." : ""),
                 "  is shown up to a length");
        arena_free(&rq.mem);
    }
    arena_free(&mem);
}

static void test_cut_off(void)
{
    struct str whole = STR("{\"TableName\":\"t\",\"Parts\":[{\"Key\":\"ab\",\"N\":1}],\"Values\":"
                           "{\":a\":{\"L\":[{\"S\":\"\\u00e9\"}]}},\"Flag\":true}");
    struct req rq;
    bool all = true;
    for (size_t n = 0; n < whole.n; n++) {
        all = all && !decode(&rq, &toy, (struct str){whole.p, n}) &&
              rq.err.code == ERR_SERIALIZATION && rq.err.msg[0] == '\0';
        arena_free(&rq.mem);
    }
    ok(all, "every part of a request is malformed");
    ok(decode(&rq, &toy, whole), "the whole is not");
    arena_free(&rq.mem);
}

static void is_body(enum err_code code, const char *msg, const char *members, const char *want)
{
    struct req rq = {.error_members = str_from_c(members)};
    struct buf to = {0};
    err_set(&rq.err, code, "%s", msg);
    op_error_body(&rq, &to);
    is_bytes(buf_str(&to), str_from_c(want), "body of %s", err_name(code));
    buf_free(&to);
}

static void test_bodies(void)
{
    is_body(ERR_VALIDATION, "a \"b\"", NULL,
            "{\"__type\":\"com.amazon.coral.validate#ValidationException\",\"message\":\"a "
            "\\\"b\\\"\"}");
    is_body(ERR_SERIALIZATION, "", NULL,
            "{\"__type\":\"com.amazon.coral.service#SerializationException\"}");
    is_body(ERR_SERIALIZATION, "x", NULL,
            "{\"__type\":\"com.amazon.coral.service#SerializationException\",\"Message\":\"x\"}");
    is_body(ERR_UNKNOWN_OPERATION, "", NULL,
            "{\"__type\":\"com.amazon.coral.service#UnknownOperationException\"}");
    is_body(ERR_CONDITIONAL_CHECK_FAILED, "The conditional request failed", "\"Item\":{}",
            "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException\","
            "\"Item\":{},\"message\":\"The conditional request failed\"}");
    is_body(ERR_TRANSACTION_CANCELED, "Transaction cancelled", "\"CancellationReasons\":[]",
            "{\"__type\":\"com.amazonaws.dynamodb.v20120810#TransactionCanceledException\","
            "\"CancellationReasons\":[],\"Message\":\"Transaction cancelled\"}");
    is_body(ERR_PROVISIONED_THROUGHPUT_EXCEEDED, "slow", "\"ThrottlingReasons\":[]",
            "{\"__type\":\"com.amazonaws.dynamodb.v20120810#"
            "ProvisionedThroughputExceededException\",\"message\":\"slow\","
            "\"ThrottlingReasons\":[]}");
    is_body(ERR_IO, "/var/lib/secret: no space", NULL,
            "{\"__type\":\"com.amazonaws.dynamodb.v20120810#InternalServerError\",\"message\":"
            "\"Internal server error\"}");
}

int main(void)
{
    test_errors();
    test_scalars();
    test_collections();
    test_names();
    test_limits();
    test_cut_off();
    test_bodies();
    return tap_done();
}
