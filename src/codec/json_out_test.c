/* json_out_test.c */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/tap.h"
#include "codec/json_out.h"

static const struct {
    double v;
    const char *want;
} doubles[] = {
    {0, "0.0"},
    {-0.0, "-0.0"},
    {1, "1.0"},
    {0.5, "0.5"},
    {-2.5, "-2.5"},
    {25, "25.0"},
    {40000, "40000.0"},
    {0.1, "0.1"},
    {0.30000000000000004, "0.30000000000000004"},
    {1.0 / 3, "0.3333333333333333"},
    {123456789.125, "123456789.125"},
    {1e9, "1000000000.0"},
    {1e20, "100000000000000000000.0"},
    {1e21, "1.0E21"},
    {1.5e-6, "0.0000015"},
    {1e-7, "1.0E-7"},
    {-1.25e-9, "-1.25E-9"},
    {9007199254740993.0, "9007199254740992.0"},
    {1.7976931348623157e308, "1.7976931348623157E308"},
    {5e-324, "5.0E-324"},
};

static void test_numbers(struct buf *b)
{
    for (size_t i = 0; i < COUNT_OF(doubles); i++) {
        struct json_out o = {.to = b};
        b->n = 0;
        json_out_double(&o, doubles[i].v);
        is_bytes(buf_str(b), str_from_c(doubles[i].want), "%s", doubles[i].want);
        buf_byte(b, '\0');
        ok(strtod(b->p, NULL) == doubles[i].v, "reads back");
    }
    uint64_t seed = 88172645463325252ULL;
    bool back = true;
    for (int i = 0; i < 20000; i++) {
        seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
        double v;
        memcpy(&v, &seed, sizeof(v));
        if (!isfinite(v))
            continue;
        struct json_out o = {.to = b};
        b->n = 0;
        json_out_double(&o, v);
        buf_byte(b, '\0');
        back = back && strtod(b->p, NULL) == v;
    }
    ok(back, "random numbers read back");

    struct json_out o = {.to = b};
    b->n = 0;
    json_out_open(&o, '[');
    json_out_int(&o, 0);
    json_out_int(&o, INT64_MIN);
    json_out_int(&o, INT64_MAX);
    json_out_int(&o, -7);
    json_out_double(&o, (double)INFINITY);
    json_out_seconds(&o, 1700000000123);
    json_out_seconds(&o, 1700000000120);
    json_out_seconds(&o, 1700000000000);
    json_out_seconds(&o, 5);
    json_out_seconds(&o, -1500);
    json_out_seconds_e(&o, 1556147129209);
    json_out_seconds_e(&o, 1723076080690);
    json_out_seconds_e(&o, 1000000000000);
    json_out_seconds_e(&o, 10000000000);
    json_out_seconds_e(&o, 9999999999);
    json_out_seconds_e(&o, 0);
    json_out_close(&o, ']');
    is_bytes(buf_str(b),
             STR("[0,-9223372036854775808,9223372036854775807,-7,null,1700000000.123,"
                 "1700000000.12,1700000000.0,0.005,-1.5,1.556147129209E9,1.72307608069E9,1.0E9,"
                 "1.0E7,9999999.999,0.0]"),
             "integers and seconds");
}

static void test_strings(struct buf *b)
{
    struct json_out o = {.to = b};
    b->n = 0;
    json_out_str(&o, STR("plain \xc3\xa9\x7f and long enough for a wide step"));
    json_out_str(&o, STR("\"\\\b\f\n\r\t\x01\x1f\0/"));
    json_out_str(&o, (struct str){0});
    is_bytes(buf_str(b),
             STR("\"plain \xc3\xa9\x7f and long enough for a wide step\","
                 "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\\u0000/\",\"\""),
             "strings");
    b->n = 0;
    json_escape(b, STR("no quotes around \"this\" one"));
    is_bytes(buf_str(b), STR("no quotes around \\\"this\\\" one"), "escaped only");
}

static void test_structure(struct buf *b)
{
    struct json_out o = {.to = b};
    b->n = 0;
    json_out_open(&o, '{');
    json_out_name(&o, STR("a"));
    json_out_open(&o, '[');
    json_out_open(&o, '[');
    json_out_close(&o, ']');
    json_out_open(&o, '{');
    json_out_close(&o, '}');
    json_out_bool(&o, true);
    json_out_bool(&o, false);
    json_out_null(&o);
    json_out_close(&o, ']');
    json_out_name(&o, STR("q\"q"));
    json_out_raw(&o, STR("{\"x\":1}"));
    json_out_name(&o, STR("b"));
    json_out_base64(&o, STR("foob"));
    json_out_name(&o, STR(""));
    json_out_str(&o, STR("z"));
    json_out_close(&o, '}');
    is_bytes(buf_str(b),
             STR("{\"a\":[[],{},true,false,null],\"q\\\"q\":{\"x\":1},\"b\":\"Zm9vYg==\","
                 "\"\":\"z\"}"),
             "commas are in their places");
}

static void test_overflow(void)
{
    struct buf b = {.max = 8};
    struct json_out o = {.to = &b};
    for (int i = 0; i < 5; i++)
        json_out_str(&o, STR("abcdef"));
    ok(b.overflow && b.n <= 8, "a full buffer drops and remembers");
    buf_free(&b);
}

int main(void)
{
    struct buf b = {0};
    test_numbers(&b);
    test_strings(&b);
    test_structure(&b);
    test_overflow();
    buf_free(&b);
    return tap_done();
}
