/* fuzz_attr_json.c - bytes as the JSON of an item: what is read without a problem is a
 * well-formed item, and the JSON of that reads back as the same bytes. */
#include <stdlib.h>

#include "model/attr_json.h"
#include "model/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool x)
{
    if (!x)
        abort();
}

static void check_item(struct arena *mem, struct str item)
{
    struct err e = {0};
    struct buf text = {.mem = mem};
    struct json_out o = {.to = &text};
    struct json j;
    struct item_in again;
    must(item_check(item, &e));
    item_json_write(&o, item);
    json_init(&j, mem, buf_str(&text), LIMIT_JSON_DEPTH);
    must(item_in_read(&j, mem, &again, &e) && json_end(&j));
    must(again.problem.n == 0 && str_eq(again.item, item));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena mem = {0};
    struct json j;
    struct item_in item;
    struct attr_in value;
    struct err e = {0}, e2 = {0};
    json_init(&j, &mem, (struct str){(const char *)data, size}, LIMIT_JSON_DEPTH);
    if (item_in_read(&j, &mem, &item, &e) && json_end(&j)) {
        must((item.item.p != NULL) == (item.present && item.problem.n == 0));
        if (item.item.p != NULL)
            check_item(&mem, item.item);
    } else {
        must(json_failed(&j) || e.code == ERR_SERIALIZATION);
    }
    json_init(&j, &mem, (struct str){(const char *)data, size}, LIMIT_JSON_DEPTH);
    if (attr_in_read(&j, &mem, &value, &e2) && json_end(&j) && value.raw.n > 0) {
        struct buf text = {.mem = &mem};
        struct attr v = attr_read(&value.raw);
        must(attr_check(v.raw, &e2));
        attr_text(&text, &v);
    }
    arena_free(&mem);
    return 0;
}
