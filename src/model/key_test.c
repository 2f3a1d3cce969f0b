/* key_test.c - storage keys: order, ends, decoding, items and entries. */
#include "base/hash.h"
#include "base/tap.h"
#include "model/item.h"
#include "model/key.h"

/* In ascending order. */
static const struct {
    enum attr_type type;
    const char *bytes;
    size_t n;
} ordered[] = {
    {ATTR_S, "", 0},     {ATTR_S, "\0", 1},     {ATTR_S, "\0\0", 2},     {ATTR_S, "\0\1", 2},
    {ATTR_S, "\1", 1},   {ATTR_S, "a", 1},      {ATTR_S, "a\0", 2},      {ATTR_S, "a\0b", 3},
    {ATTR_S, "a\1", 2},  {ATTR_S, "aa", 2},     {ATTR_S, "b", 1},        {ATTR_S, "\xc3\xa9", 2},
    {ATTR_B, "\xff", 1}, {ATTR_B, "\xff\0", 2}, {ATTR_B, "\xff\xff", 2},
};
static const char *const ordered_numbers[] = {
    "-1000000", "-12.5", "-12.45", "-1", "-0.001", "0",   "0.001",
    "0.0012",   "1",     "1.5",    "2",  "10",     "100",
};

static struct str encoded(struct buf *out, enum attr_type t, struct str bytes)
{
    size_t start = out->n;
    key_scalar(out, t, bytes);
    return (struct str){out->p + start, out->n - start};
}

static void test_pair(struct arena *mem, enum attr_type t, struct str low, struct str high)
{
    struct buf a = {.mem = mem}, b = {.mem = mem};
    struct str ka = encoded(&a, t, low), kb = encoded(&b, t, high);
    if (str_cmp(ka, kb) >= 0 || str_starts_with(kb, ka))
        ok(false, "'" STR_FMT "' before '" STR_FMT "'", STR_ARG(low), STR_ARG(high));
}

static void test_decode(struct arena *mem, enum attr_type t, struct str bytes)
{
    struct buf key = {.mem = mem}, out = {.mem = mem};
    struct str in = encoded(&key, t, bytes), whole = in;
    struct attr_build b;
    attr_build_init(&b, &out);
    bool good = key_scalar_decode(&in, t, &b) && in.n == 0;
    struct str made = buf_str(&out);
    struct attr v = good ? attr_read(&made) : (struct attr){0};
    ok(good && v.type == t && str_eq(v.body, bytes), "decodes '" STR_FMT "'", STR_ARG(bytes));
    for (size_t n = 0; n < whole.n; n++) {
        in = (struct str){whole.p, n};
        if (key_scalar_decode(&in, t, &b))
            ok(false, "a key cut off at %zu is refused", n);
    }
}

static void test_order(struct arena *mem)
{
    for (size_t i = 0; i < COUNT_OF(ordered); i++) {
        struct str low = {ordered[i].bytes, ordered[i].n};
        test_decode(mem, ordered[i].type, low);
        for (size_t j = i + 1; j < COUNT_OF(ordered); j++)
            test_pair(mem, ordered[i].type, low, (struct str){ordered[j].bytes, ordered[j].n});
    }
    for (size_t i = 0; i < COUNT_OF(ordered_numbers); i++) {
        struct str low = str_from_c(ordered_numbers[i]);
        test_decode(mem, ATTR_N, low);
        for (size_t j = i + 1; j < COUNT_OF(ordered_numbers); j++)
            test_pair(mem, ATTR_N, low, str_from_c(ordered_numbers[j]));
    }
}

static void test_prefix(struct arena *mem)
{
    struct buf prefix = {.mem = mem}, key = {.mem = mem}, after = {.mem = mem};
    key_scalar_prefix(&prefix, (struct str){"a\0", 2});
    encoded(&key, ATTR_S, (struct str){"a\0bc", 4});
    ok(str_starts_with(buf_str(&key), buf_str(&prefix)), "what begins alike is encoded alike");
    ok(key_after_prefix(&after, STR("ab\xff\xff")), "there is a key after");
    is_bytes(buf_str(&after), STR("ac"), "the shortest one");
    ok(!key_after_prefix(&after, STR("\xff\xff")), "nothing after FF FF");
    ok(!key_after_prefix(&after, STR("")), "nothing after everything");
    struct attr_build b;
    struct buf out = {.mem = mem};
    attr_build_init(&b, &out);
    struct str bad[] = {STR("a\0\2"), STR("a"), STR(""), STR("a\0"), STR("\xff\0\1")};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        ok(!key_scalar_decode(&bad[i], ATTR_S, &b) && out.n == 0, "malformed string %zu", i);
}

static struct str sample(struct arena *mem)
{
    const struct item_entry entries[] = {
        {STR("pk"), STR("\x01\x01"
                        "p")},
        {STR("sk"), STR("\x02\x01"
                        "7")},
        {STR("g"), STR("\x03\x01"
                       "g")},
    };
    return item_from_entries(mem, entries, COUNT_OF(entries));
}

static void test_items(struct arena *mem)
{
    struct table_def t = {
        .id = 0x01020304,
        .key = {.hash_n = 1, .range_n = 1, .attr = {{STR("pk"), ATTR_S}, {STR("sk"), ATTR_N}}},
    };
    struct index_def x = {.id = 0x0506, .key = {.hash_n = 1, .attr = {{STR("g"), ATTR_B}}}};
    struct str item = sample(mem);
    struct buf key = {.mem = mem}, entry = {.mem = mem}, part = {.mem = mem};
    ok(key_of_item(&key, &t, item), "an item has a key");
    uint64_t hash = hash_bytes(STR("p\0\1"));
    struct buf want = {.mem = mem};
    buf_add(&want, STR("d\1\2\3\4\0\0"));
    for (int i = 7; i >= 0; i--)
        buf_byte(&want, (char)(hash >> (8 * i)));
    struct attr partition = {.type = ATTR_S, .body = STR("p")};
    key_partition(&part, t.id, 0, &t.key, &partition);
    struct buf hashed = {.mem = mem};
    key_prefix_hash(&hashed, t.id, 0, hash);
    is_bytes(buf_str(&hashed), buf_str(&want), "prefix and hash");
    buf_add(&want, STR("p\0\1"));
    is_bytes(buf_str(&part), buf_str(&want), "the partition");
    encoded(&want, ATTR_N, STR("7"));
    is_bytes(buf_str(&key), buf_str(&want), "the key");
    ok(key_of_entry(&entry, &t, &x, item), "the item is in the index");
    ok(str_starts_with(buf_str(&entry), STR("d\1\2\3\4\5\6")), "under the index's number");
    is_bytes(str_from(buf_str(&entry), 15), STR("g\0\1p\0\1\xc0\x82\x47\0"),
             "index key, then base key");
    x.key.attr[0].type = ATTR_S;
    ok(!key_of_entry(&entry, &t, &x, item), "another type is not in the index");
    t.key.attr[1].name = STR("nope");
    size_t n = key.n;
    ok(!key_of_item(&key, &t, item) && key.n == n, "without a key attribute nothing is written");
}

int main(void)
{
    struct arena mem = {0};
    test_order(&mem);
    test_prefix(&mem);
    test_items(&mem);
    arena_free(&mem);
    return tap_done();
}
