/* fuzz_item.c - bytes as a stored item: what item_check() lets through can be walked,
 * measured, and written as JSON that reads back as the same bytes. */
#include <stdlib.h>

#include "model/attr_json.h"
#include "model/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool x)
{
    if (!x)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size}, name;
    struct err e = {0};
    if (!item_check(bytes, &e))
        return 0;
    struct arena mem = {0};
    struct attr map = item_map(bytes), v, found;
    struct attr_iter it = attr_iter(&map);
    uint32_t sum = 0;
    while (attr_next(&it, &name, &v)) {
        struct err e2 = {0};
        must(item_find(bytes, name, &found) && attr_eq(&v, &found));
        must(attr_check(v.raw, &e2));
        sum += (uint32_t)name.n + attr_size(&v);
    }
    must(sum == item_size(bytes));
    struct buf text = {.mem = &mem};
    struct json_out o = {.to = &text};
    item_json_write(&o, bytes);
    struct json j;
    struct item_in in;
    json_init(&j, &mem, buf_str(&text), LIMIT_JSON_DEPTH);
    must(item_in_read(&j, &mem, &in, &e) && json_end(&j));
    must(in.problem.n == 0 && str_eq(in.item, bytes));
    arena_free(&mem);
    return 0;
}
