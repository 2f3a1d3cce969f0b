/* item_test.c - items: header, lookup, selection, check. */
#include "base/tap.h"
#include "model/item.h"
#include "model/limits.h"

static struct str sample(struct arena *mem)
{
    const struct item_entry entries[] = {
        {STR("title"), STR("\x01\x07"
                           "Ulysses")},
        {STR("pk"), STR("\x02\x02"
                        "42")},
        {STR("flag"), STR("\x04\x01")},
    };
    return item_from_entries(mem, entries, COUNT_OF(entries));
}

static void test_basics(struct arena *mem)
{
    struct str item = sample(mem);
    struct err e = {0};
    struct attr v;
    ok(item_check(item, &e), "well-formed %s", e.msg);
    ok(item_size(item) == 5 + 7 + 2 + 2 + 4 + 1, "size %u", item_size(item));
    ok(item_find(item, STR("pk"), &v) && v.type == ATTR_N && str_eq(v.body, STR("42")), "find");
    ok(!item_find(item, STR("p"), &v), "find nothing");
    struct str none = {0};
    ok(item_size(none) == 0 && !item_find(none, STR("pk"), &v), "an absent item is empty");
    struct str names[] = {STR("title"), STR("nope"), STR("pk"), STR("pk")};
    struct str part = item_select(mem, item, names, COUNT_OF(names));
    ok(item_check(part, &e) && item_map(part).count == 2 && item_size(part) == 16, "select");
    struct str empty = item_select(mem, item, names, 0);
    ok(item_check(empty, &e) && item_size(empty) == 0, "select nothing");
}

static void test_check(struct arena *mem)
{
    struct str item = sample(mem);
    int refused = 0;
    for (size_t n = 0; n < item.n; n++) {
        struct err e = {0};
        refused += !item_check((struct str){item.p, n}, &e);
    }
    ok(refused == (int)item.n, "every shorter part is refused");
    for (size_t i = 0; i < item.n; i++) {
        char *copy = arena_bytes(mem, item.n);
        memcpy(copy, item.p, item.n);
        copy[i] = (char)(copy[i] + 0x80);
        struct err e = {0};
        if (item_check((struct str){copy, item.n}, &e) && i < ITEM_HEADER_BYTES)
            ok(false, "header byte %zu is checked", i);
    }
    char more[64];
    memcpy(more, item.p, item.n);
    more[item.n] = 0;
    struct err e = {0};
    ok(!item_check((struct str){more, item.n + 1}, &e), "a byte too many");
}

static void test_levels(struct arena *mem)
{
    for (uint32_t levels = LIMIT_NESTING_LEVELS; levels <= LIMIT_NESTING_LEVELS + 1; levels++) {
        struct buf out = {.mem = mem};
        struct attr_build b;
        item_begin(&b, &out);
        attr_build_name(&b, STR("a"));
        for (uint32_t i = 1; i < levels; i++)
            attr_build_open(&b, ATTR_L);
        attr_build_null(&b);
        for (uint32_t i = 1; i < levels; i++)
            attr_build_close(&b);
        item_end(&b);
        struct err e = {0};
        ok(item_check(buf_str(&out), &e) == (levels == LIMIT_NESTING_LEVELS), "%u levels", levels);
    }
}

int main(void)
{
    struct arena mem = {0};
    test_basics(&mem);
    test_check(&mem);
    test_levels(&mem);
    arena_free(&mem);
    return tap_done();
}
