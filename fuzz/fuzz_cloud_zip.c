/* fuzz_cloud_zip.c - archives: every path that comes out is harmless. */
#include "base/arena.h"
#include "cloud/fn_zip.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

static bool visit(void *arg, const struct fn_zip_entry *e, struct err *err)
{
    size_t *sum = arg;
    (void)err;
    assert(e->path.n > 0 && e->path.p[0] != '/');
    assert(memmem(e->path.p, e->path.n, "/../", 4) == NULL);
    assert(!str_starts_with(e->path, STR("../")) && !str_eq(e->path, STR("..")));
    for (size_t i = 0; i < e->bytes.n; i++)
        *sum += (unsigned char)e->bytes.p[i];
    return true;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
    struct err e;
    size_t sum = 0;
    err_clear(&e);
    (void)!fn_zip_read((struct str){(const char *)data, n}, visit, &sum, &e);
    return 0;
}
