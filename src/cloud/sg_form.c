/* sg_form.c - see sg_form.h. */
#include "cloud/sg_form.h"

#include "codec/utf8.h"

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static bool decode(struct arena *mem, struct str s, struct str *out)
{
    char *p = arena_bytes(mem, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '+') {
            c = ' ';
        } else if (c == '%') {
            int high = s.n - i > 2 ? hex(s.p[i + 1]) : -1;
            int low = s.n - i > 2 ? hex(s.p[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        }
        p[n++] = c;
    }
    *out = (struct str){p, n};
    return memchr(p, '\0', n) == NULL && utf8_valid(*out);
}

bool sg_form_parse(struct arena *mem, struct str text, struct sg_form *out)
{
    struct sg_form f = {0};
    size_t fields = 1;
    for (size_t i = 0; i < text.n; i++)
        fields += text.p[i] == '&';
    if (fields > SG_FORM_FIELDS_MAX)
        return false;
    f.field = NEW_ARRAY(mem, struct sg_field, fields);
    while (text.n > 0) {
        const char *amp = memchr(text.p, '&', text.n);
        struct str one = {text.p, amp != NULL ? (size_t)(amp - text.p) : text.n};
        text = str_from(text, amp != NULL ? one.n + 1 : one.n);
        const char *equals = one.n > 0 ? memchr(one.p, '=', one.n) : NULL;
        size_t name_n = equals != NULL ? (size_t)(equals - one.p) : one.n;
        struct sg_field *field = &f.field[f.n];
        if (one.n == 0)
            continue;
        if (!decode(mem, (struct str){one.p, name_n}, &field->name) ||
            !decode(mem, str_from(one, equals != NULL ? name_n + 1 : name_n), &field->value))
            return false;
        f.n++;
    }
    *out = f;
    return true;
}

struct str sg_form_get(const struct sg_form *f, const char *name)
{
    struct str want = str_from_c(name);
    for (size_t i = 0; i < f->n; i++)
        if (str_eq(f->field[i].name, want))
            return f->field[i].value;
    return (struct str){0};
}

bool sg_form_has(const struct sg_form *f, const char *name)
{
    struct str want = str_from_c(name);
    for (size_t i = 0; i < f->n; i++) {
        struct str have = f->field[i].name;
        if (str_starts_with(have, want) && (have.n == want.n || have.p[want.n] == '.'))
            return true;
    }
    return false;
}
