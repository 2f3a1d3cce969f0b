/* fuzz_stream.c - the bytes of streams and of their records: what decodes encodes to
 * the same bytes, what passes the check can be walked. */
#include <stdlib.h>

#include "db/db_stream_code.h"
#include "model/item.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must(bool cond)
{
    if (!cond)
        abort();
}

static void head(struct str in)
{
    struct stream_head h;
    struct err e = {0};
    struct buf again = {0};
    if (!stream_head_decode(in, &h, &e))
        return;
    stream_head_encode(&again, &h);
    must(str_eq(buf_str(&again), in));
    buf_free(&again);
}

static void walk(struct str item)
{
    struct attr map = item_map(item), value;
    struct attr_iter it = attr_iter(&map);
    struct str name;
    while (attr_next(&it, &name, &value))
        must(value.type != ATTR_NONE);
}

static void record(struct str in)
{
    struct stream_record r;
    struct err e = {0};
    struct buf again = {0};
    bool good = stream_record_decode(in, &r, &e);
    if (good) {
        stream_record_encode(&again, &r);
        must(str_eq(buf_str(&again), in));
        buf_free(&again);
    }
    err_clear(&e);
    if (stream_record_check(in, &e)) {
        must(good);
        walk(r.keys);
        walk(r.old_image);
        walk(r.new_image);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct str in = {(const char *)data, n};
    head(in);
    record(in);
    return 0;
}
