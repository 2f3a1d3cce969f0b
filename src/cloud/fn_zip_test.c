/* fn_zip_test.c - archives made here, byte by byte, and what becomes of them. */
#include <libdeflate.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/tap.h"
#include "cloud/fn_zip.h"

static void put(struct buf *b, size_t n, uint64_t v)
{
    for (size_t i = 0; i < n; i++)
        buf_byte(b, i < 8 ? (char)(v >> (8 * i)) : '\0');
}

struct entry {
    const char *path, *text;
    unsigned method, mode, flags;
    int crc_off;
};

/* One entry and the directory; `deflate`: really packed. */
static struct str make(struct arena *mem, const struct entry *e)
{
    struct buf b = {.mem = mem};
    struct str text = str_from_c(e->text), packed = text, path = str_from_c(e->path);
    char space[256];
    uint32_t crc = libdeflate_crc32(0, text.p, text.n) + (uint32_t)e->crc_off;
    if (e->method == 8) {
        struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
        packed = (struct str){space,
                              libdeflate_deflate_compress(c, text.p, text.n, space, sizeof(space))};
        libdeflate_free_compressor(c);
    }
    put(&b, 4, 0x04034b50);
    put(&b, 22, 0);
    put(&b, 2, path.n);
    put(&b, 2, 0);
    buf_add(&b, path);
    buf_add(&b, packed);
    size_t at = b.n;
    put(&b, 4, 0x02014b50);
    put(&b, 2, 3 << 8);
    put(&b, 2, 20);
    put(&b, 2, e->flags);
    put(&b, 2, e->method);
    put(&b, 4, 0);
    put(&b, 4, crc);
    put(&b, 4, packed.n);
    put(&b, 4, text.n);
    put(&b, 2, path.n);
    put(&b, 8, 0);
    put(&b, 4, (uint64_t)e->mode << 16);
    put(&b, 4, 0);
    buf_add(&b, path);
    size_t n = b.n - at;
    put(&b, 4, 0x06054b50);
    put(&b, 4, 0);
    put(&b, 2, 1);
    put(&b, 2, 1);
    put(&b, 4, n);
    put(&b, 4, at);
    put(&b, 2, 0);
    return buf_str(&b);
}

static bool show(void *arg, const struct fn_zip_entry *e, struct err *err)
{
    (void)err;
    buf_printf(arg, "%s" STR_FMT "%s=" STR_FMT, e->directory ? "d:" : "", STR_ARG(e->path),
               e->executable ? "*" : "", STR_ARG(e->bytes));
    return true;
}

static const struct {
    struct entry e;
    const char *want;
} cases[] = {
    {{"a.py", "text", 0, S_IFREG | 0644, 0, 0}, "a.py=text"},
    {{"a.py", "texttexttexttext", 8, S_IFREG | 0644, 0, 0}, "a.py=texttexttexttext"},
    {{"bin/run", "#!", 0, S_IFREG | 0755, 0, 0}, "bin/run*=#!"},
    {{"dir/", "", 0, S_IFDIR | 0644, 0, 0}, "d:dir="},
    {{"", "x", 0, 0, 0, 0}, "refused"},
    {{"/etc/passwd", "x", 0, 0, 0, 0}, "refused"},
    {{"../x", "x", 0, 0, 0, 0}, "refused"},
    {{"a/../../x", "x", 0, 0, 0, 0}, "refused"},
    {{"a//x", "x", 0, 0, 0, 0}, "refused"},
    {{"a/./x", "x", 0, 0, 0, 0}, "refused"},
    {{"a\\..\\x", "x", 0, 0, 0, 0}, "refused"},
    {{"link", "/etc", 0, S_IFLNK | 0777, 0, 0}, "refused"},
    {{"a", "x", 0, 0, 1, 0}, "refused"},
    {{"a", "x", 9, 0, 0, 0}, "refused"},
    {{"a", "x", 0, 0, 0, 1}, "refused"},
    {{"a", "x", 8, 0, 0, 1}, "refused"},
};

int main(void)
{
    struct arena mem = {0};
    struct err e;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buf out = {.mem = &mem};
        struct str zip = make(&mem, &cases[i].e);
        err_clear(&e);
        bool good = fn_zip_read(zip, show, &out, &e);
        is_bytes(good ? buf_str(&out) : STR("refused"), str_from_c(cases[i].want), "\"%s\"",
                 cases[i].e.path);
        /* Cut anywhere it is refused, and never read beyond. */
        bool cut = false;
        for (size_t n = 0; n < zip.n; n++) {
            err_clear(&e);
            out.n = 0;
            cut |= fn_zip_read(arena_dup(&mem, (struct str){zip.p, n}), show, &out, &e);
        }
        ok(!cut, "\"%s\", cut", cases[i].e.path);
    }
    arena_free(&mem);
    return tap_done();
}
