/* attr_test.c - building, reading, measuring and checking stored values. */
#include "base/tap.h"
#include "model/attr_build.h"

static struct str bytes_of(struct buf *out)
{
    return buf_str(out);
}

static const struct {
    const char *number;
    uint32_t size;
} number_sizes[] = {
    {"1", 2},      {"12", 2},    {"123", 3},     {"1.5", 3},
    {"100", 2},    {"-42", 3},   {"0", 1},       {"0.5", 2},
    {"0.001", 2},  {"1.001", 4}, {"-1", 3},      {"100.5", 4},
    {"1000", 2},   {"1010", 3},  {"-0.25", 3},   {"12345678901234567890123456789012345678", 20},
    {"10.01", 3},  {"120", 3},   {"190", 3},     {"60", 2},
    {"1200", 2},   {"10", 2},    {"-1230", 4},   {"0.012", 3},
    {"0.0012", 2}, {"0.05", 2},  {"0.00012", 3},
};

static void test_sizes(void)
{
    for (size_t i = 0; i < COUNT_OF(number_sizes); i++)
        ok(attr_number_size(str_from_c(number_sizes[i].number)) == number_sizes[i].size,
           "%s counts %u", number_sizes[i].number, number_sizes[i].size);
    char big[126];
    memset(big, '0', sizeof(big));
    big[0] = '1';
    ok(attr_number_size((struct str){big, 126}) == 2, "1E125 counts 2");
    struct buf out = {0};
    struct attr_build b;
    attr_build_init(&b, &out);
    attr_build_open(&b, ATTR_M);
    attr_build_name(&b, STR("list"));
    attr_build_open(&b, ATTR_L);
    attr_build_bool(&b, true);
    attr_build_null(&b);
    attr_build_scalar(&b, ATTR_S, STR("four"));
    attr_build_close(&b);
    attr_build_name(&b, STR("ns"));
    attr_build_open(&b, ATTR_NS);
    attr_build_member(&b, STR("12"));
    attr_build_member(&b, STR("123"));
    attr_build_close(&b);
    attr_build_close(&b);
    struct str in = bytes_of(&out);
    struct attr v = attr_read(&in);
    /* map 3 + 2 entries; "list" 4 + 3 + 3 elements + 1 + 1 + 4; "ns" 2 + 2 + 3 */
    ok(attr_size(&v) == 5 + 16 + 7, "a map counts %u", attr_size(&v));
    buf_free(&out);
}

static void test_map_order(void)
{
    static const char *const names[] = {"b",        "a\x01", "a", "longer name 2", "longer name 1",
                                        "\xc3\xa9", "b"};
    static const char *const want[] = {"a",       "a\x01", "b", "longer name 1", "longer name 2",
                                       "\xc3\xa9"};
    struct buf out = {0};
    struct attr_build b;
    attr_build_init(&b, &out);
    attr_build_open(&b, ATTR_M);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        attr_build_name(&b, str_from_c(names[i]));
        attr_build_scalar(&b, ATTR_N, i == 6 ? STR("6") : STR("1"));
    }
    ok(attr_build_close(&b), "a repeated name is no failure");
    struct str in = bytes_of(&out), name;
    struct attr map = attr_read(&in), v;
    struct attr_iter it = attr_iter(&map);
    ok(map.count == COUNT_OF(want), "names are there once");
    for (size_t i = 0; attr_next(&it, &name, &v); i++)
        is_bytes(name, str_from_c(want[i]), "name %zu", i);
    ok(attr_map_find(&map, STR("b"), &v) && str_eq(v.body, STR("6")), "the last value is kept");
    ok(!attr_map_find(&map, STR("aa"), &v), "not found between");
    ok(!attr_map_find(&map, STR("\xff"), &v), "not found at the end");
    struct err e = {0};
    ok(attr_check(map.raw, &e), "canonical %s", e.msg);
    buf_free(&out);
}

static void test_many(void)
{
    struct buf out = {0};
    struct attr_build b;
    attr_build_init(&b, &out);
    attr_build_open(&b, ATTR_SS);
    char text[16];
    for (unsigned i = 0; i < 5000; i++)
        attr_build_member(
            &b, (struct str){text, (size_t)snprintf(text, sizeof(text), "%u", i * 7919 % 5000)});
    ok(attr_build_close(&b), "5000 members, none twice");
    struct err e = {0};
    ok(attr_check(bytes_of(&out), &e), "in order %s", e.msg);
    struct str in = bytes_of(&out);
    struct attr v = attr_read(&in);
    ok(attr_set_has(&v, STR("4999")) && !attr_set_has(&v, STR("5000")), "has");
    out.n = 0;
    attr_build_open(&b, ATTR_NS);
    attr_build_member(&b, STR("2"));
    attr_build_member(&b, STR("1"));
    attr_build_member(&b, STR("2"));
    ok(!attr_build_close(&b), "a member twice");
    in = bytes_of(&out);
    v = attr_read(&in);
    ok(v.count == 2, "is kept once");
    buf_free(&out);
}

static void test_list(void)
{
    struct buf out = {0};
    struct attr_build b;
    attr_build_init(&b, &out);
    attr_build_open(&b, ATTR_L);
    attr_build_scalar(&b, ATTR_S, STR("zero"));
    size_t mark = out.n;
    attr_build_scalar(&b, ATTR_S, STR("taken back"));
    attr_build_undo(&b, mark);
    attr_build_open(&b, ATTR_M);
    attr_build_close(&b);
    attr_build_head(&b, ATTR_B, 3);
    buf_add(&out, STR("two"));
    attr_build_close(&b);
    struct str in = bytes_of(&out);
    struct attr list = attr_read(&in), v;
    ok(in.n == 0 && list.count == 3, "three elements");
    ok(attr_list_at(&list, 2, &v) && v.type == ATTR_B && str_eq(v.body, STR("two")), "the last");
    ok(attr_list_at(&list, 1, &v) && v.type == ATTR_M && v.count == 0, "an empty map");
    ok(!attr_list_at(&list, 3, &v), "past the end");
    buf_free(&out);
    char longer[300];
    memset(longer, 'x', sizeof(longer));
    attr_build_init(&b, &out);
    attr_build_scalar(&b, ATTR_S, (struct str){longer, sizeof(longer)});
    in = bytes_of(&out);
    v = attr_read(&in);
    ok(v.body.n == 300 && v.raw.n == 303 && attr_encoded_bytes(out.p) == 303, "two-byte length");
    buf_free(&out);
}

static void test_overflow(void)
{
    for (size_t max = 1; max < 80; max++) {
        struct buf out = {.max = max};
        struct attr_build b;
        attr_build_init(&b, &out);
        attr_build_open(&b, ATTR_M);
        for (int i = 9; i > 0; i--) {
            attr_build_name(&b, (struct str){&"123456789"[i - 1], 1});
            attr_build_open(&b, ATTR_L);
            attr_build_scalar(&b, ATTR_S, STR("abc"));
            attr_build_close(&b);
        }
        attr_build_close(&b);
        if (!out.overflow || out.n > max)
            ok(false, "overflow at %zu is noticed", max);
        buf_free(&out);
    }
    ok(true, "a full buffer is noticed at every step");
}

#define BYTES(s) s, sizeof(s) - 1
static const struct {
    const char *bytes;
    size_t n;
    bool good;
} checks[] = {
    {BYTES("\x01\x00"), true},
    {BYTES("\x01\x03"
           "abc"),
     true},
    {BYTES("\x01\x03"
           "ab"),
     false},
    {BYTES("\x01\x03"
           "abcd"),
     false},
    {BYTES("\x01\x83\x00"
           "abc"),
     false}, /* a longer length than needed */
    {BYTES("\x01\xff\xff\xff\xff\xff\x01"), false},
    {BYTES("\x01\x02\xc3\xa9"), true},
    {BYTES("\x01\x01\xc3"), false}, /* not UTF-8 */
    {BYTES("\x02\x01"
           "7"),
     true},
    {BYTES("\x02\x02"
           "07"),
     false},
    {BYTES("\x02\x03"
           "1e3"),
     false},
    {BYTES("\x02\x00"), false},
    {BYTES("\x03\x01\xff"), true},
    {BYTES("\x04\x01"), true},
    {BYTES("\x04\x02"), false},
    {BYTES("\x04"), false},
    {BYTES("\x05"), true},
    {BYTES("\x05\x05"), false},
    {BYTES("\x00"), false},
    {BYTES("\x0b"), false},
    {BYTES(""), false},
    {BYTES("\x06\x04\0\0\0\x02\0\0\0\x01"
           "a\x01"
           "b"),
     true},
    {BYTES("\x06\x04\0\0\0\x02\0\0\0\x01"
           "b\x01"
           "a"),
     false},
    {BYTES("\x06\x04\0\0\0\x02\0\0\0\x01"
           "a\x01"
           "a"),
     false},
    {BYTES("\x06\x04\0\0\0\x01\0\0\0\x01"
           "a\x01"
           "b"),
     false},
    {BYTES("\x06\x04\0\0\0\x03\0\0\0\x01"
           "a\x01"
           "b"),
     false},
    {BYTES("\x06\x05\0\0\0\x02\0\0\0\x01"
           "a\x01"
           "b"),
     false},
    {BYTES("\x06\0\0\0\0\0\0\0\0"), false}, /* sets are never empty */
    {BYTES("\x09\0\0\0\0\0\0\0\0"), true},
    {BYTES("\x09\x01\0\0\0\x01\0\0\0\x05"), true},
    {BYTES("\x0a\x03\0\0\0\x01\0\0\0\x01"
           "a\x05"),
     true},
    {BYTES("\x0a\x02\0\0\0\x01\0\0\0\x01"
           "a"),
     false},
    {BYTES("\x0a\x02\0\0\0\x01\0\0\0\0\x05"), false}, /* no name */
    {BYTES("\x0a\x06\0\0\0\x02\0\0\0\x01"
           "b\x05\x01"
           "a\x05"),
     false},
};

static void test_check(void)
{
    for (size_t i = 0; i < COUNT_OF(checks); i++) {
        struct err e = {0};
        bool good = attr_check((struct str){checks[i].bytes, checks[i].n}, &e);
        ok(good == checks[i].good, "check %zu: %s", i, e.msg);
    }
    struct buf out = {0};
    struct attr_build b;
    for (uint32_t levels = 32; levels <= 33; levels++) {
        struct err e = {0};
        out.n = 0;
        attr_build_init(&b, &out);
        for (uint32_t i = 1; i < levels; i++)
            attr_build_open(&b, ATTR_L);
        attr_build_null(&b);
        for (uint32_t i = 1; i < levels; i++)
            attr_build_close(&b);
        ok(attr_check(bytes_of(&out), &e) == (levels == 32), "%u levels", levels);
    }
    buf_free(&out);
}

static void test_names(void)
{
    for (int t = ATTR_S; t < ATTR_TYPE_COUNT; t++) {
        enum attr_type back = ATTR_NONE;
        const char *name = attr_type_name((enum attr_type)t);
        ok(attr_type_from_name(str_from_c(name), &back) && back == (enum attr_type)t, "%s", name);
    }
    enum attr_type unused;
    ok(!attr_type_from_name(STR(""), &unused) && !attr_type_from_name(STR("s"), &unused), "others");
    struct attr a = {.type = ATTR_N, .body = STR("9")}, b = {.type = ATTR_N, .body = STR("10")};
    ok(attr_cmp_scalar(&a, &b) < 0, "numbers by value");
    a.type = b.type = ATTR_S;
    ok(attr_cmp_scalar(&a, &b) > 0, "strings by bytes");
}

int main(void)
{
    test_sizes();
    test_map_order();
    test_many();
    test_list();
    test_overflow();
    test_check();
    test_names();
    return tap_done();
}
