/* op_check.c - layer 2: constraints on decoded members, worded by path and
 * value as the service words them.
 *
 * Nothing is built while everything is in order: the path to a member is a
 * chain on the stack, and printed only for an error. */
#include <stdio.h>

#include "codec/utf8.h"
#include "model/limits.h"
#include "op/op_decode_int.h"

enum { ERRORS_MAX = 10 };
#define NAME_PATTERN "[a-zA-Z0-9_.-]+"

struct path {
    const struct path *up;
    const char *member; /* of a structure, or NULL */
    uint32_t index;     /* of a list element, from 1, or 0 */
    struct str key;     /* of a map */
};

struct check {
    struct buf text;
    uint32_t errors;
};

static void print_member(struct buf *out, const char *name)
{
    buf_byte(out, (char)(name[0] | 0x20)); /* names of the API are ASCII letters */
    buf_add(out, str_from_c(name + 1));
}

static void print_path(struct buf *out, const struct path *p)
{
    if (p->up != NULL && (p->up->up != NULL || p->up->member != NULL)) {
        print_path(out, p->up);
        buf_byte(out, '.');
    }
    if (p->member != NULL)
        print_member(out, p->member);
    else if (p->index > 0)
        buf_printf(out, "%u.member", p->index);
    else
        buf_printf(out, STR_FMT ".member", STR_ARG(p->key));
}

static void print_value(struct buf *out, const struct shape *s, const void *p, bool element);

/* Here and below: what no text of an error has room for is not printed to be cut off. */
static void print_list(struct buf *out, const struct shape *s, const struct list *l)
{
    size_t size = shape_element_size(s->elem);
    buf_byte(out, '[');
    for (uint32_t i = 0; i < l->n && out->n <= ERR_TEXT_MAX; i++) {
        buf_add(out, i > 0 ? STR(", ") : STR(""));
        print_value(out, s->elem, (const char *)l->v + i * size, true);
    }
    buf_byte(out, ']');
}

static void print_map(struct buf *out, const struct shape *s, const struct map *m)
{
    size_t size = shape_element_size(s->elem);
    buf_byte(out, '{');
    for (uint32_t i = 0; i < m->n && out->n <= ERR_TEXT_MAX; i++) {
        buf_printf(out, "%s" STR_FMT "=", i > 0 ? ", " : "", STR_ARG(m->key[i]));
        print_value(out, s->elem, (const char *)m->v + i * size, true);
    }
    buf_byte(out, '}');
}

static void print_struct(struct buf *out, const struct shape *s, const char *base)
{
    buf_printf(out, "%s(", s->name);
    for (const struct field *f = s->fields; f->name != NULL; f++) {
        buf_add(out, f != s->fields ? STR(", ") : STR(""));
        print_member(out, f->name);
        buf_byte(out, '=');
        print_value(out, f->shape, base + f->offset, false);
    }
    buf_byte(out, ')');
}

static void print_attr(struct buf *out, struct str raw)
{
    if (raw.n == 0)
        return;
    struct attr v = attr_read(&raw);
    attr_text(out, &v);
}

static void print_item(struct buf *out, struct str item)
{
    struct attr map = item_map(item), value;
    struct attr_iter it = attr_iter(&map);
    struct str name;
    bool first = true;
    buf_byte(out, '{');
    while (attr_next(&it, &name, &value)) {
        buf_printf(out, "%s" STR_FMT "=", first ? "" : ", ", STR_ARG(name));
        attr_text(out, &value);
        first = false;
    }
    buf_byte(out, '}');
}

static void print_value(struct buf *out, const struct shape *s, const void *p, bool element)
{
    if (!(element && s->kind == SHAPE_STRUCT) && op_absent(s, p)) {
        buf_add(out, STR("null"));
        return;
    }
    switch (s->kind) {
    case SHAPE_STRING:
    case SHAPE_RAW:
        buf_add(out, s->secret ? STR("***") : *(const struct str *)p);
        break;
    case SHAPE_BOOL:
        buf_printf(out, "%s", *(const enum tri *)p == TRI_TRUE ? "true" : "false");
        break;
    case SHAPE_INT:
    case SHAPE_LONG:
        buf_printf(out, "%lld", (long long)((const struct opt_int *)p)->v);
        break;
    case SHAPE_DOUBLE:
        buf_printf(out, "%g", ((const struct opt_double *)p)->v);
        break;
    case SHAPE_BLOB:
        buf_printf(out, "java.nio.HeapByteBuffer[pos=0 lim=%zu cap=%zu]",
                   ((const struct str *)p)->n, ((const struct str *)p)->n);
        break;
    case SHAPE_LIST:
        print_list(out, s, p);
        break;
    case SHAPE_MAP:
        print_map(out, s, p);
        break;
    case SHAPE_STRUCT:
        print_struct(out, s, element ? p : *(const void *const *)p);
        break;
    case SHAPE_ATTR:
        print_attr(out, ((const struct attr_in *)p)->raw);
        break;
    case SHAPE_ITEM:
        print_item(out, ((const struct item_in *)p)->item);
        break;
    }
}

bool op_absent(const struct shape *s, const void *p)
{
    switch (s->kind) {
    case SHAPE_STRING:
    case SHAPE_BLOB:
    case SHAPE_RAW:
        return ((const struct str *)p)->p == NULL;
    case SHAPE_BOOL:
        return *(const enum tri *)p == TRI_ABSENT;
    case SHAPE_INT:
    case SHAPE_LONG:
        return !((const struct opt_int *)p)->set;
    case SHAPE_DOUBLE:
        return !((const struct opt_double *)p)->set;
    case SHAPE_LIST:
        return !((const struct list *)p)->set;
    case SHAPE_MAP:
        return !((const struct map *)p)->set;
    case SHAPE_STRUCT:
        return *(const void *const *)p == NULL;
    case SHAPE_ATTR:
        return !((const struct attr_in *)p)->present;
    case SHAPE_ITEM:
        return !((const struct item_in *)p)->present;
    }
    return true;
}

/* A long value is cut at a character, so that the rest of the text stays readable. */
static void cut_value(struct buf *text, size_t start)
{
    if (text->n - start <= LIMIT_SHOWN_VALUE_BYTES)
        return;
    text->n = start + LIMIT_SHOWN_VALUE_BYTES;
    while (text->n > start && ((unsigned char)text->p[text->n] & 0xC0) == 0x80)
        text->n--;
    buf_add(text, STR("..."));
}

/* One error: value (shape NULL: null) and path; the caller appends what is wrong. */
static bool complain(struct check *c, const struct path *path, const struct shape *s, const void *p)
{
    if (++c->errors > ERRORS_MAX)
        return false;
    buf_add(&c->text, c->errors > 1 ? STR("; ") : STR(""));
    if (s == NULL) {
        buf_add(&c->text, STR("Value null at '"));
    } else if (s->secret) {
        buf_add(&c->text, STR("Value at '"));
    } else {
        buf_add(&c->text, STR("Value '"));
        size_t start = c->text.n;
        print_value(&c->text, s, p, true);
        cut_value(&c->text, start);
        buf_add(&c->text, STR("' at '"));
    }
    print_path(&c->text, path);
    buf_add(&c->text, STR("' failed to satisfy constraint: "));
    return true;
}

#define MUST_NOT_BE_NULL "Member must not be null"

static void check_null(struct check *c, const struct path *path)
{
    if (complain(c, path, NULL, NULL))
        buf_add(&c->text, STR(MUST_NOT_BE_NULL));
}

/* `what`: "length" or "value". */
static void check_range(struct check *c, const struct path *path, const struct shape *s,
                        const void *p, const char *what, int64_t got)
{
    if (got < s->min && complain(c, path, s, p))
        buf_printf(&c->text, "Member must have %s greater than or equal to %lld", what,
                   (long long)s->min);
    if (s->max != 0 && got > s->max && complain(c, path, s, p))
        buf_printf(&c->text, "Member must have %s less than or equal to %lld", what,
                   (long long)s->max);
}

static bool is_name(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char ch = s.p[i];
        if (!((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
              ch == '_' || ch == '.' || ch == '-'))
            return false;
    }
    return s.n > 0;
}

static void check_enum(struct check *c, const struct path *path, const struct shape *s,
                       const struct str *v)
{
    for (const char *const *name = s->values; *name != NULL; name++)
        if (str_eq(*v, str_from_c(*name)))
            return;
    if (!complain(c, path, s, v))
        return;
    buf_add(&c->text, STR("Member must satisfy enum value set: ["));
    for (const char *const *name = s->values; *name != NULL; name++)
        buf_printf(&c->text, "%s%s", name != s->values ? ", " : "", *name);
    buf_byte(&c->text, ']');
}

enum { TABLE_ARN_MAX = 1024 };

static void check_string(struct check *c, const struct path *path, const struct shape *s,
                         const struct str *v)
{
    if (s->values != NULL) {
        check_enum(c, path, s, v);
        return;
    }
    if (s->pattern == PATTERN_NAME_OR_ARN && str_starts_with(*v, STR("arn:"))) {
        struct shape arn = {.kind = SHAPE_STRING, .min = 1, .max = TABLE_ARN_MAX};
        check_range(c, path, &arn, v, "length", (int64_t)v->n);
        return;
    }
    if (s->min > 0 || (s->max > 0 && (int64_t)v->n > s->max))
        check_range(c, path, s, v, "length", (int64_t)utf8_utf16_units(*v));
    if (s->pattern != PATTERN_NONE && !(v->n == 0 && s->min <= 1) && !is_name(*v) &&
        complain(c, path, s, v))
        buf_add(&c->text, STR("Member must satisfy regular expression pattern: " NAME_PATTERN));
    if (s->regex != NULL && !s->regex->match(*v) && complain(c, path, s, v))
        buf_printf(&c->text, "Member must satisfy regular expression pattern: %s", s->regex->text);
}

static void check_value(struct check *c, const struct path *path, const struct shape *s,
                        const void *p, bool element);

static void check_list(struct check *c, const struct path *path, const struct shape *s,
                       const struct list *l)
{
    size_t size = shape_element_size(s->elem);
    for (uint32_t i = 0; i < l->n && c->errors <= ERRORS_MAX; i++) {
        const void *p = (const char *)l->v + i * size;
        struct path at = {.up = path, .index = i + 1};
        if (s->elem->kind != SHAPE_STRUCT && op_absent(s->elem, p))
            check_null(c, &at);
        else
            check_value(c, &at, s->elem, p, true);
    }
}

/* "Map keys must satisfy constraint: [...]", with all constraints of the key. */
static void print_constraints(struct buf *out, const struct shape *s)
{
    bool first = true;
    buf_byte(out, '[');
    if (s->max > 0) {
        buf_printf(out, "Member must have length less than or equal to %lld", (long long)s->max);
        first = false;
    }
    if (s->min > 0) {
        buf_printf(out, "%sMember must have length greater than or equal to %lld",
                   first ? "" : ", ", (long long)s->min);
        first = false;
    }
    if (s->pattern != PATTERN_NONE)
        buf_printf(out, "%sMember must satisfy regular expression pattern: " NAME_PATTERN,
                   first ? "" : ", ");
    buf_byte(out, ']');
}

/* Does `p` alone break its own shape's constraints (not those of its parts)? */
static bool breaks(const struct shape *s, const void *p)
{
    struct check c = {.text = {.max = 1}, .errors = 0};
    struct path none = {.member = "x"};
    if (s->kind == SHAPE_STRING)
        check_string(&c, &none, s, p);
    else if (s->kind == SHAPE_LIST)
        check_range(&c, &none, s, p, "length", ((const struct list *)p)->n);
    buf_free(&c.text);
    return c.errors > 0;
}

static void check_map(struct check *c, const struct path *path, const struct shape *s,
                      const struct map *m)
{
    size_t size = shape_element_size(s->elem);
    bool bad_key = false, bad_value = false;
    for (uint32_t i = 0; i < m->n; i++) {
        bad_key = bad_key || (s->key != NULL && breaks(s->key, &m->key[i]));
        bad_value = bad_value ||
                    (s->elem->kind == SHAPE_LIST && breaks(s->elem, (const char *)m->v + i * size));
    }
    if (bad_key && complain(c, path, s, m)) {
        buf_add(&c->text, STR("Map keys must satisfy constraint: "));
        print_constraints(&c->text, s->key);
    }
    if (bad_value && complain(c, path, s, m)) {
        buf_add(&c->text, STR("Map value must satisfy constraint: "));
        print_constraints(&c->text, s->elem);
    }
    for (uint32_t i = 0; i < m->n && c->errors <= ERRORS_MAX; i++) {
        struct path at = {.up = path, .key = m->key[i]};
        const void *p = (const char *)m->v + i * size;
        if (s->elem->kind == SHAPE_LIST)
            check_list(c, &at, s->elem, p); /* its length was looked at above */
        else
            check_value(c, &at, s->elem, p, true);
    }
}

static void check_fields(struct check *c, const struct path *path, const struct shape *s,
                         const char *base)
{
    bool one_of_failed = false;
    for (const struct field *f = s->fields; f->name != NULL; f++) {
        struct path at = {.up = path, .member = f->name};
        const void *p = base + f->offset;
        if ((f->required & FIELD_ONE_OF) != 0 && one_of_failed)
            continue;
        uint32_t before = c->errors;
        if (!op_absent(f->shape, p))
            check_value(c, &at, f->shape, p, false);
        else if ((f->required & REQUIRED) != 0)
            check_null(c, &at);
        one_of_failed = one_of_failed || ((f->required & FIELD_ONE_OF) != 0 && c->errors > before);
    }
}

static void check_value(struct check *c, const struct path *path, const struct shape *s,
                        const void *p, bool element)
{
    switch (s->kind) {
    case SHAPE_STRING:
        if (s->values != NULL || s->max != 0 || s->min != 0 || s->pattern != PATTERN_NONE ||
            s->regex != NULL)
            check_string(c, path, s, p);
        break;
    case SHAPE_INT:
    case SHAPE_LONG:
        if (s->max != 0 || s->min != 0)
            check_range(c, path, s, p, "value", ((const struct opt_int *)p)->v);
        break;
    case SHAPE_LIST:
        check_range(c, path, s, p, "length", ((const struct list *)p)->n);
        check_list(c, path, s, p);
        break;
    case SHAPE_MAP:
        check_range(c, path, s, p, "length", ((const struct map *)p)->n);
        check_map(c, path, s, p);
        break;
    case SHAPE_STRUCT:
        check_fields(c, path, s, element ? p : *(const void *const *)p);
        break;
    default:
        break;
    }
}

/* The members whose errors come first and alone. */
static bool check_alone(struct check *c, const struct shape *s, const char *base, struct err *e)
{
    for (const struct field *f = s->fields; f->name != NULL; f++) {
        if ((f->required & (FIELD_PARAMETER | FIELD_ALONE)) == 0)
            continue;
        struct path at = {.member = f->name};
        const void *p = base + f->offset;
        bool absent = op_absent(f->shape, p);
        if (absent && (f->required & FIELD_PARAMETER) != 0)
            return err_set(e, ERR_VALIDATION,
                           "The parameter '%s' is required but was not present in the request",
                           f->name);
        if ((f->required & FIELD_ALONE) == 0)
            continue;
        if (!absent)
            check_value(c, &at, f->shape, p, false);
        else if ((f->required & REQUIRED) != 0)
            check_null(c, &at);
        if (c->errors > 0)
            return false;
    }
    return true;
}

bool op_check(const struct shape *shape, const void *in, struct err *e)
{
    struct check c = {0};
    struct path top = {0};
    if (check_alone(&c, shape, in, e))
        check_fields(&c, &top, shape, in);
    if (c.errors > 0) {
        uint32_t n = c.errors < ERRORS_MAX ? c.errors : ERRORS_MAX;
        err_set(e, ERR_VALIDATION, "%u validation error%s detected: " STR_FMT, n, n > 1 ? "s" : "",
                STR_ARG(buf_str(&c.text)));
    }
    buf_free(&c.text);
    return e->code == ERR_NONE;
}
