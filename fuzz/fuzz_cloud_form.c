/* fuzz_cloud_form.c - forms: what is read is there again when it is written and read once more. */
#include "base/buf.h"
#include "cloud/sg_form.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
    static const char digits[] = "0123456789ABCDEF";
    struct arena mem = {0};
    struct sg_form f, again;
    struct buf text = {.mem = &mem};
    if (!sg_form_parse(&mem, (struct str){(const char *)data, n}, &f)) {
        arena_free(&mem);
        return 0;
    }
    for (size_t i = 0; i < f.n; i++) {
        struct str parts[2] = {f.field[i].name, f.field[i].value};
        for (int k = 0; k < 2; k++) {
            for (size_t j = 0; j < parts[k].n; j++) {
                unsigned char c = (unsigned char)parts[k].p[j];
                buf_byte(&text, '%');
                buf_byte(&text, digits[c >> 4]);
                buf_byte(&text, digits[c & 15]);
            }
            buf_byte(&text, k == 0 ? '=' : '&');
        }
    }
    bool good = sg_form_parse(&mem, buf_str(&text), &again);
    assert(good);
    assert(again.n == f.n);
    for (size_t i = 0; i < f.n; i++)
        assert(str_eq(f.field[i].name, again.field[i].name) &&
               str_eq(f.field[i].value, again.field[i].value));
    arena_free(&mem);
    return 0;
}
