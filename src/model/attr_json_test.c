/* attr_json_test.c - DynamoDB JSON in both directions, and the texts of what is wrong. */
#include "base/tap.h"
#include "model/attr_json.h"
#include "model/limits.h"

#define INVALID "One or more parameter values were invalid: "

static const struct {
    const char *in, *out; /* an item; out NULL: the same */
} items[] = {
    {"{}", NULL},
    {"{\"a\":{\"S\":\"\"}}", NULL},
    {"{\"a\":{\"S\":\"x\\ny\\\"\\u0000\\u00e9\"}}", "{\"a\":{\"S\":\"x\\ny\\\"\\u0000\xc3\xa9\"}}"},
    {"{\"b\":{\"N\":\"1e3\"},\"a\":{\"N\":\"-0\"}}",
     "{\"a\":{\"N\":\"0\"},\"b\":{\"N\":\"1000\"}}"},
    {"{\"a\":{\"B\":\"aGVsbG8=\"},\"b\":{\"B\":\"\"}}", NULL},
    {"{\"a\":{\"B\":\"Yg==\"},\"c\":{\"B\":\"YWI=\"},\"d\":{\"B\":\"YWJj\"}}",
     "{\"a\":{\"B\":\"Yg==\"},\"c\":{\"B\":\"YWI=\"},\"d\":{\"B\":\"YWJj\"}}"},
    {"{\"a\":{\"BOOL\":true},\"b\":{\"BOOL\":false},\"c\":{\"NULL\":true}}", NULL},
    {"{\"a\":{\"BOOL\":\"YES\"},\"b\":{\"BOOL\":\"0\"},\"c\":{\"NULL\":\"1\"}}",
     "{\"a\":{\"BOOL\":true},\"b\":{\"BOOL\":false},\"c\":{\"NULL\":true}}"},
    {"{\"a\":{\"SS\":[\"b\",\"a\",\"\"]}}", "{\"a\":{\"SS\":[\"\",\"a\",\"b\"]}}"},
    {"{\"a\":{\"NS\":[\"2\",\"1.0\"]}}", "{\"a\":{\"NS\":[\"1\",\"2\"]}}"},
    {"{\"a\":{\"BS\":[\"Yg==\",\"YQ==\",\"\"]}}", "{\"a\":{\"BS\":[\"\",\"YQ==\",\"Yg==\"]}}"},
    {"{\"a\":{\"L\":[]},\"b\":{\"M\":{}}}", NULL},
    {"{\"a\":{\"L\":[{\"S\":\"x\"},{\"L\":[{\"N\":\"1\"}]},{\"M\":{\"k\":{\"NULL\":true}}}]}}",
     NULL},
    {"{\"a\":{\"M\":{\"z\":{\"N\":\"1\"},\"y\":{\"M\":{\"x\":{\"S\":\"deep\"}}}}}}",
     "{\"a\":{\"M\":{\"y\":{\"M\":{\"x\":{\"S\":\"deep\"}}},\"z\":{\"N\":\"1\"}}}}"},
    {"{\"a\":{\"S\":\"1\"},\"a\":{\"S\":\"2\"}}", "{\"a\":{\"S\":\"2\"}}"},
    {"{\"a\":{\"S\":\"1\",\"S\":\"2\"}}", "{\"a\":{\"S\":\"2\"}}"},
    {"{\"a\":null,\"b\":{\"S\":\"x\",\"N\":null,\"Q\":{\"x\":[1]}}}", "{\"b\":{\"S\":\"x\"}}"},
    {"{\"a\":{\"L\":[null,{\"S\":\"x\"},null]},\"b\":{\"M\":{\"c\":null}}}",
     "{\"a\":{\"L\":[{\"S\":\"x\"}]},\"b\":{\"M\":{}}}"},
    {" { \"a b.c\" : { \"S\" : \"x\" } } ", "{\"a b.c\":{\"S\":\"x\"}}"},
};

static struct json reader(struct arena *mem, const char *text)
{
    struct json j;
    json_init(&j, mem, str_from_c(text), LIMIT_JSON_DEPTH);
    return j;
}

static void test_items(struct arena *mem)
{
    for (size_t i = 0; i < COUNT_OF(items); i++) {
        struct json j = reader(mem, items[i].in);
        struct item_in in;
        struct err e = {0};
        struct buf text = {.mem = mem};
        struct json_out o = {.to = &text};
        if (!item_in_read(&j, mem, &in, &e) || in.problem.n > 0 || !json_end(&j)) {
            ok(false, "%s: %s %.*s", items[i].in, e.msg, STR_ARG(in.problem));
            continue;
        }
        if (!item_check(in.item, &e))
            ok(false, "%s", e.msg);
        item_json_write(&o, in.item);
        is_bytes(buf_str(&text), str_from_c(items[i].out != NULL ? items[i].out : items[i].in),
                 "%s", items[i].in);
    }
}

#define MANY                                                                                       \
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "    \
    "supported datatypes"
#define EMPTY                                                                                      \
    "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
#define NOT_NUMERIC "The parameter cannot be converted to a numeric value: x"
#define NULL_FALSE  INVALID "Null attribute value types must have the value of true"

static const struct {
    const char *value, *problem;
    bool bare, enveloped;
} problems[] = {
    {"{}", EMPTY, false, false},
    {"{\"X\":\"y\"}", EMPTY, false, false},
    {"{\"S\":null}", EMPTY, false, false},
    {"{\"S\":\"a\",\"N\":\"1\"}", MANY, false, false},
    {"{\"L\":[],\"M\":{}}", MANY, false, false},
    {"{\"N\":\"x\"}", NOT_NUMERIC, true, false},
    {"{\"N\":\"\"}", "The parameter cannot be converted to a numeric value", true, false},
    {"{\"S\":\"a\",\"N\":\"x\"}", NOT_NUMERIC, true, false},
    {"{\"NS\":[\"x\",\"x\"],\"S\":\"a\"}", NOT_NUMERIC, true, false},
    {"{\"NS\":[\"1\",\"x\"]}", NOT_NUMERIC, true, false},
    {"{\"NULL\":false}", NULL_FALSE, false, true},
    {"{\"NULL\":\"no\"}", NULL_FALSE, false, true},
    {"{\"NULL\":false,\"S\":\"a\"}", MANY, false, false},
    {"{\"SS\":[]}", INVALID "An string set  may not be empty", false, true},
    {"{\"NS\":[]}", INVALID "An number set  may not be empty", true, true},
    {"{\"BS\":[]}", INVALID "Binary sets should not be empty", false, true},
    {"{\"SS\":[\"a\",\"a\"]}", INVALID "Input collection [a, a] contains duplicates.", false, true},
    {"{\"SS\":[\"b\",\"a\",\"b\"]}", INVALID "Input collection [b, a, b] contains duplicates.",
     false, true},
    {"{\"BS\":[\"Yg==\",\"Yg==\"]}",
     INVALID "Input collection [Yg==, Yg==]of type BS contains duplicates.", false, true},
    {"{\"NS\":[\"1\",\"1.0\"]}", "Input collection contains duplicates", true, true},
    {"{\"L\":[{\"S\":\"a\"},{\"N\":\"x\"},{}]}", NOT_NUMERIC, true, false},
    {"{\"M\":{\"a\":{\"M\":{\"b\":{\"NULL\":false}}}}}", NULL_FALSE, false, true},
    {"{\"M\":{\"\":{\"S\":\"a\"}}}", INVALID "Attribute name must not be empty", false, false},
};

static void test_problems(struct arena *mem)
{
    for (size_t i = 0; i < COUNT_OF(problems); i++) {
        struct attr_in in;
        struct err e = {0};
        struct json j = reader(mem, problems[i].value);
        bool good = attr_in_read(&j, mem, &in, &e) && json_end(&j);
        ok(good && in.present && in.raw.n == 0 && in.bare == problems[i].bare &&
               in.enveloped == problems[i].enveloped,
           "%s %s", problems[i].value, e.msg);
        if (good)
            is_bytes(in.problem, str_from_c(problems[i].problem), "  text");
        /* In an item, between two good ones and before another bad one. */
        struct str text = arena_printf(
            mem, "{\"a\":{\"S\":\"\"},\"b\":%s,\"c\":{\"S\":\"\"},\"d\":{}}", problems[i].value);
        struct item_in item;
        json_init(&j, mem, text, LIMIT_JSON_DEPTH);
        good = item_in_read(&j, mem, &item, &e) && json_end(&j);
        ok(good && str_eq(item.problem, str_from_c(problems[i].problem)) && item.count == 4 &&
               item.item.p == NULL && str_eq(item.problem_name, STR("b")),
           "  as attribute b");
    }
}

#define NO_STRING "cannot be converted to String"
#define NO_BOOL   "cannot be converted to Boolean"
#define ONLY64    "only base-64-encoded strings are convertible to bytes"
#define NOT_HERE  "Start of structure or map found where not expected"
#define FIELD     "Unexpected field type"
#define NO_CLASS  "Unrecognized collection type class "
#define NO_MAP                                                                                     \
    "Unrecognized collection type java.util.Map<java.lang.String, "                                \
    "com.amazonaws.dynamodb.v20120810.AttributeValue>"
#define NO_VALUE NO_CLASS "com.amazonaws.dynamodb.v20120810.AttributeValue"

static const struct {
    const char *item, *text;
} types[] = {
    {"7", FIELD},
    {"\"s\"", FIELD},
    {"[]", NO_MAP},
    {"{\"a\":7}", "Unexpected value type in payload"},
    {"{\"a\":\"s\"}", "Unexpected value type in payload"},
    {"{\"a\":[]}", NO_VALUE},
    {"{\"a\":{\"S\":true}}", "TRUE_VALUE " NO_STRING},
    {"{\"a\":{\"S\":false}}", "FALSE_VALUE " NO_STRING},
    {"{\"a\":{\"S\":1}}", "NUMBER_VALUE " NO_STRING},
    {"{\"a\":{\"N\":123}}", "NUMBER_VALUE " NO_STRING},
    {"{\"a\":{\"N\":1.5}}", "DECIMAL_VALUE " NO_STRING},
    {"{\"a\":{\"N\":[]}}", NO_CLASS "java.lang.String"},
    {"{\"a\":{\"S\":{}}}", NOT_HERE},
    {"{\"a\":{\"BOOL\":\"maybe\"}}", "Unexpected token received from parser"},
    {"{\"a\":{\"NULL\":\"maybe\"}}", "Unexpected token received from parser"},
    {"{\"a\":{\"BOOL\":1}}", "NUMBER_VALUE " NO_BOOL},
    {"{\"a\":{\"BOOL\":1.0}}", "DECIMAL_VALUE " NO_BOOL},
    {"{\"a\":{\"NULL\":[]}}", NO_CLASS "java.lang.Boolean"},
    {"{\"a\":{\"BOOL\":{}}}", NOT_HERE},
    {"{\"a\":{\"B\":true}}", ONLY64},
    {"{\"a\":{\"B\":1}}", ONLY64},
    {"{\"a\":{\"B\":[]}}", NO_CLASS "java.nio.ByteBuffer"},
    {"{\"a\":{\"B\":{}}}", NOT_HERE},
    {"{\"a\":{\"B\":\"abc\"}}",
     "Base64 encoded length is expected a multiple of 4 bytes but found: 3"},
    {"{\"a\":{\"B\":\"ab!=\"}}", "Invalid last non-pad Base64 character dectected"},
    {"{\"a\":{\"B\":\"====\"}}", "Invalid last non-pad Base64 character dectected"},
    {"{\"a\":{\"B\":\"Yh==\"}}", "Invalid last non-pad Base64 character dectected"},
    {"{\"a\":{\"BS\":[1]}}", ONLY64},
    {"{\"a\":{\"SS\":\"s\"}}", FIELD},
    {"{\"a\":{\"SS\":{}}}", NOT_HERE},
    {"{\"a\":{\"SS\":[1]}}", "NUMBER_VALUE " NO_STRING},
    {"{\"a\":{\"NS\":[[]]}}", NO_CLASS "java.lang.String"},
    {"{\"a\":{\"L\":1}}", FIELD},
    {"{\"a\":{\"L\":{}}}", NOT_HERE},
    {"{\"a\":{\"L\":[1]}}", "Unexpected value type in payload"},
    {"{\"a\":{\"L\":[[]]}}", NO_VALUE},
    {"{\"a\":{\"M\":1}}", FIELD},
    {"{\"a\":{\"M\":[]}}", NO_MAP},
    {"{\"a\":{\"M\":{\"b\":1}}}", "Unexpected value type in payload"},
    {"{\"a\":{\"N\":\"x\"},\"b\":{\"M\":{\"c\":{\"S\":1}}}}", "NUMBER_VALUE " NO_STRING},
};

static void test_types(struct arena *mem)
{
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct item_in in;
        struct err e = {0};
        struct json j = reader(mem, types[i].item);
        ok(!item_in_read(&j, mem, &in, &e) && e.code == ERR_SERIALIZATION, "%s", types[i].item);
        is_str(e.msg, types[i].text, "  text");
    }
    struct attr_in in;
    struct err e = {0};
    struct json j = reader(mem, "1");
    ok(!attr_in_read(&j, mem, &in, &e), "a member that is no structure");
    is_str(e.msg, FIELD, "  text");
    j = reader(mem, "null");
    err_clear(&e);
    ok(attr_in_read(&j, mem, &in, &e) && !in.present && in.problem.n == 0, "null is absent");
}

static void test_malformed(struct arena *mem)
{
    static const char whole[] =
        "{\"a\":{\"M\":{\"b\":{\"L\":[{\"SS\":[\"x\",\"y\"]},{\"B\":\"YQ==\"},{\"BOOL\":true}]}}}}";
    for (size_t n = 0; n < sizeof(whole) - 1; n++) {
        struct json j;
        struct item_in in;
        struct err e = {0};
        json_init(&j, mem, (struct str){whole, n}, LIMIT_JSON_DEPTH);
        if (item_in_read(&j, mem, &in, &e) || !json_failed(&j) || e.code != ERR_NONE)
            ok(false, "cut off at %zu", n);
    }
    ok(true, "every part of a text is refused as malformed");
}

static void test_levels(struct arena *mem)
{
    for (int levels = 32; levels <= 34; levels++) {
        struct buf text = {.mem = mem};
        buf_add(&text, STR("{\"a\":"));
        for (int i = 1; i < levels; i++)
            buf_add(&text, i % 2 != 0 ? STR("{\"L\":[") : STR("{\"M\":{\"k\":"));
        buf_add(&text, STR("{\"S\":\"x\"}"));
        for (int i = levels - 1; i >= 1; i--)
            buf_add(&text, i % 2 != 0 ? STR("]}") : STR("}}"));
        buf_byte(&text, '}');
        struct json j;
        struct item_in in;
        struct err e = {0};
        json_init(&j, mem, buf_str(&text), LIMIT_JSON_DEPTH);
        bool good = item_in_read(&j, mem, &in, &e) && json_end(&j);
        ok(good && in.nested_too_deep == (levels > 32), "%d levels %s", levels, e.msg);
        is_bytes(in.problem,
                 levels == 32 ? STR("")
                              : STR("Nesting Levels have exceeded supported limits: Attributes in "
                                    "the item have nested levels beyond supported limit"),
                 "  text");
    }
}

static void test_long_names(struct arena *mem)
{
    for (size_t n = 65535; n <= 65536; n++) {
        struct buf text = {.mem = mem};
        buf_add(&text, STR("{\""));
        memset(buf_room(&text, n), 'n', n);
        text.n += n;
        buf_add(&text, STR("\":{\"S\":\"x\"}}"));
        struct json j;
        struct item_in in;
        struct err e = {0};
        json_init(&j, mem, buf_str(&text), LIMIT_JSON_DEPTH);
        ok(item_in_read(&j, mem, &in, &e) && (in.problem.n == 0) == (n == 65535), "name of %zu", n);
        if (n == 65536)
            is_bytes(in.problem, STR("Attribute name is too large, must be less than 65536 bytes"),
                     "  text");
    }
}

static void test_text(struct arena *mem)
{
    static const char *const texts[][2] = {
        {"{\"S\":\"a\"}", "{S:a}"},
        {"{\"N\":\"1.0\"}", "{N:1}"},
        {"{\"B\":\"YQ==\"}", "{B:YQ==}"},
        {"{\"BOOL\":false}", "{BOOL:false}"},
        {"{\"NULL\":true}", "{NULL:true}"},
        {"{\"SS\":[\"b\",\"a\"]}", "{SS:[a, b]}"},
        {"{\"L\":[{\"N\":\"1\"},{\"L\":[]}]}", "{L:[{N:1}, {L:[]}]}"},
        {"{\"M\":{\"k\":{\"S\":\"v\"},\"l\":{\"N\":\"2\"}}}", "{M:{k={S:v}, l={N:2}}}"},
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct json j = reader(mem, texts[i][0]);
        struct attr_in in;
        struct err e = {0};
        struct buf out = {.mem = mem};
        if (attr_in_read(&j, mem, &in, &e) && in.raw.n > 0) {
            struct attr v = attr_read(&in.raw);
            attr_text(&out, &v);
        }
        is_bytes(buf_str(&out), str_from_c(texts[i][1]), "text of %s", texts[i][0]);
    }
}

int main(void)
{
    struct arena mem = {0};
    test_items(&mem);
    test_problems(&mem);
    test_types(&mem);
    test_malformed(&mem);
    test_levels(&mem);
    test_long_names(&mem);
    test_text(&mem);
    arena_free(&mem);
    return tap_done();
}
