/* fuzz_schema.c - bytes as a table's definition: what decodes encodes to bytes that decode
 * and encode to themselves. */
#include <stdlib.h>

#include "model/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool x)
{
    if (!x)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena mem = {0};
    struct table_def *t, *again;
    struct err e = {0};
    if (table_def_decode(&mem, (struct str){(const char *)data, size}, &t, &e)) {
        struct str bytes = table_def_encode(&mem, t);
        must(table_def_decode(&mem, bytes, &again, &e));
        must(str_eq(bytes, table_def_encode(&mem, again)));
        must(str_eq(bytes, table_def_encode(&mem, table_def_copy(&mem, again))));
    }
    arena_free(&mem);
    return 0;
}
