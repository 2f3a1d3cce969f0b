/* fuzz_key.c - the first byte says the type.  The rest as an encoded scalar: what decodes
 * encodes to the same bytes.  The rest as two values, divided at a line's end: their keys
 * have their order, and neither begins with the other. */
#include <stdlib.h>

#include "model/key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool x)
{
    if (!x)
        abort();
}

static void check_encoded(struct arena *mem, enum attr_type t, struct str in)
{
    struct buf value = {.mem = mem}, key = {.mem = mem};
    struct attr_build b;
    struct str rest = in;
    struct err e = {0};
    attr_build_init(&b, &value);
    if (!key_scalar_decode(&rest, t, &b)) {
        must(value.n == 0 && rest.n == in.n);
        return;
    }
    struct str made = buf_str(&value);
    must(attr_check(made, &e));
    struct attr v = attr_read(&made);
    key_scalar(&key, t, v.body);
    must(str_eq(buf_str(&key), (struct str){in.p, in.n - rest.n}));
}

static void check_order(struct arena *mem, struct str a, struct str b)
{
    struct buf ka = {.mem = mem}, kb = {.mem = mem}, prefix = {.mem = mem}, value = {.mem = mem};
    key_scalar(&ka, ATTR_B, a);
    key_scalar(&kb, ATTR_B, b);
    key_scalar_prefix(&prefix, a);
    int order = str_cmp(a, b), keys = str_cmp(buf_str(&ka), buf_str(&kb));
    must((order > 0) - (order < 0) == (keys > 0) - (keys < 0));
    must(order == 0 || !str_starts_with(buf_str(&ka), buf_str(&kb)));
    must(str_starts_with(b, a) == str_starts_with(buf_str(&kb), buf_str(&prefix)));
    struct attr_build build;
    struct str rest = buf_str(&ka);
    attr_build_init(&build, &value);
    must(key_scalar_decode(&rest, ATTR_B, &build) && rest.n == 0);
    struct str made = buf_str(&value);
    must(str_eq(attr_read(&made).body, a));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct arena mem = {0};
    struct str in = {(const char *)data + 1, size - 1};
    check_encoded(&mem, (enum attr_type)(ATTR_S + data[0] % 3), in);
    const char *line = in.n > 0 ? memchr(in.p, '\n', in.n) : NULL;
    if (line != NULL) {
        size_t n = (size_t)(line - in.p);
        check_order(&mem, (struct str){in.p, n}, str_from(in, n + 1));
    }
    arena_free(&mem);
    return 0;
}
