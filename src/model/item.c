/* item.c - building and checking items; see item.h. */
#include "model/item.h"

#include "model/limits.h"

/* An item counts its names and values, but not the 3 bytes that a map counts. */
static uint32_t size_of(const struct attr *map)
{
    uint32_t sum = 0;
    struct attr_iter it = attr_iter(map);
    struct str name;
    struct attr value;
    while (attr_next(&it, &name, &value))
        sum += (uint32_t)name.n + attr_size(&value);
    return sum;
}

static void put_size(char *header, uint32_t size)
{
    for (int i = 0; i < 4; i++)
        header[1 + i] = (char)(size >> (8 * i));
}

void item_begin(struct attr_build *b, struct buf *out)
{
    attr_build_init(b, out);
    buf_add(out, (struct str){(char[ITEM_HEADER_BYTES]){ITEM_VERSION}, ITEM_HEADER_BYTES});
    attr_build_open(b, ATTR_M);
}

void item_end(struct attr_build *b)
{
    assert(b->depth == 1);
    size_t start = b->level[0].start;
    attr_build_close(b);
    if (b->out->overflow)
        return;
    struct str value = {b->out->p + start, b->out->n - start};
    struct attr map = attr_read(&value);
    put_size(b->out->p + start - ITEM_HEADER_BYTES, size_of(&map));
}

struct str item_measured(struct arena *mem, struct str item)
{
    struct attr map = item_map(item);
    uint32_t size = size_of(&map);
    if (size == item_size(item))
        return item;
    char *copy = arena_bytes(mem, item.n);
    memcpy(copy, item.p, item.n);
    put_size(copy, size);
    return (struct str){copy, item.n};
}

bool item_check_form(struct str bytes, struct err *e)
{
    if (bytes.n <= ITEM_HEADER_BYTES || bytes.p[0] != ITEM_VERSION ||
        bytes.p[ITEM_HEADER_BYTES] != ATTR_M)
        return err_set(e, ERR_INTERNAL, "Malformed item: not an item of version %d", ITEM_VERSION);
    /* The item itself is no level. */
    return attr_check_levels(str_from(bytes, ITEM_HEADER_BYTES), LIMIT_NESTING_LEVELS + 1, e);
}

bool item_check(struct str bytes, struct err *e)
{
    if (!item_check_form(bytes, e))
        return false;
    struct attr map = item_map(bytes);
    if (size_of(&map) != item_size(bytes))
        return err_set(e, ERR_INTERNAL, "Malformed item: it is not of the size that it states");
    return true;
}

struct str item_select(struct arena *mem, struct str item, const struct str *names, size_t n)
{
    struct buf out = {.mem = mem};
    struct attr_build b;
    struct attr map = item_map(item), value;
    struct attr_iter it = attr_iter(&map);
    struct str name;
    item_begin(&b, &out);
    while (attr_next(&it, &name, &value)) {
        bool wanted = false;
        for (size_t i = 0; i < n && !wanted; i++)
            wanted = str_eq(names[i], name);
        if (wanted) {
            attr_build_name(&b, name);
            attr_build_raw(&b, value.raw);
        }
    }
    item_end(&b);
    return buf_str(&out);
}

struct str item_from_entries(struct arena *mem, const struct item_entry *entries, size_t n)
{
    struct buf out = {.mem = mem};
    struct attr_build b;
    item_begin(&b, &out);
    for (size_t i = 0; i < n; i++) {
        attr_build_name(&b, entries[i].name);
        attr_build_raw(&b, entries[i].raw);
    }
    item_end(&b);
    return buf_str(&out);
}
