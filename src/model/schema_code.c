/* schema_code.c - table_def to and from the bytes in the catalog.
 *
 * An item (item.h) with "format" = N 1 and one member per member of table_def
 * that is not zero.  Structures are maps, arrays are lists of maps, enums,
 * integers are numbers; a key schema is the map
 *     hash: number of hash attributes, attrs: list of { name, type }
 * A later version may add members, and this one refuses definitions that use
 * them, since it could not keep them; one that changes what is there raises the
 * format. */
#include <inttypes.h>
#include <stdio.h>

#include "model/item.h"
#include "model/schema_int.h"

enum { FORMAT = 1 };

/* --- encoding ------------------------------------------------------------------ */

static void put_struct(struct attr_build *b, const struct schema_shape *shape, const char *s);

static void put_number(struct attr_build *b, const char *name, uint64_t magnitude, bool negative)
{
    char text[24];
    int n = snprintf(text, sizeof(text), "%s%" PRIu64, negative ? "-" : "", magnitude);
    if (magnitude == 0)
        return;
    attr_build_name(b, str_from_c(name));
    attr_build_scalar(b, ATTR_N, (struct str){text, (size_t)n});
}

static void put_text(struct attr_build *b, const char *name, struct str s)
{
    if (s.n == 0)
        return;
    attr_build_name(b, str_from_c(name));
    attr_build_scalar(b, ATTR_S, s);
}

static void put_array(struct attr_build *b, const char *name, const struct schema_shape *of,
                      const char *p, uint32_t n)
{
    if (n == 0)
        return;
    attr_build_name(b, str_from_c(name));
    attr_build_open(b, ATTR_L);
    for (uint32_t i = 0; i < n; i++) {
        attr_build_open(b, ATTR_M);
        put_struct(b, of, p + i * of->size);
        attr_build_close(b);
    }
    attr_build_close(b);
}

static void put_key(struct attr_build *b, const char *name, const struct key_schema *k)
{
    uint32_t n = (uint32_t)k->hash_n + k->range_n;
    if (n == 0)
        return;
    attr_build_name(b, str_from_c(name));
    attr_build_open(b, ATTR_M);
    put_number(b, "hash", k->hash_n, false);
    put_array(b, "attrs", &schema_key_attr, (const char *)k->attr, n);
    attr_build_close(b);
}

/* An unsigned member of 2, 4 or 8 bytes. */
static uint64_t load(const char *p, size_t bytes)
{
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    if (bytes == sizeof(u16))
        return memcpy(&u16, p, sizeof(u16)), u16;
    if (bytes == sizeof(u32))
        return memcpy(&u32, p, sizeof(u32)), u32;
    return memcpy(&u64, p, sizeof(u64)), u64;
}

static void put_member(struct attr_build *b, const struct schema_member *m, const char *s)
{
    const char *p = s + m->offset, *array;
    int64_t i64;
    switch (m->kind) {
    case SCHEMA_STR:
        put_text(b, m->name, *(const struct str *)(const void *)p);
        break;
    case SCHEMA_UUID:
        put_text(b, m->name, str_from_c(p));
        break;
    case SCHEMA_BOOL:
        put_number(b, m->name, *(const bool *)p, false);
        break;
    case SCHEMA_U16:
        put_number(b, m->name, load(p, 2), false);
        break;
    case SCHEMA_U32:
    case SCHEMA_ENUM:
        put_number(b, m->name, load(p, 4), false);
        break;
    case SCHEMA_U64:
        put_number(b, m->name, load(p, 8), false);
        break;
    case SCHEMA_I64:
        memcpy(&i64, p, sizeof(i64));
        put_number(b, m->name, i64 < 0 ? 0 - (uint64_t)i64 : (uint64_t)i64, i64 < 0);
        break;
    case SCHEMA_KEY:
        put_key(b, m->name, (const struct key_schema *)(const void *)p);
        break;
    case SCHEMA_STRUCT:
        attr_build_name(b, str_from_c(m->name));
        attr_build_open(b, ATTR_M);
        put_struct(b, m->of, p);
        attr_build_close(b);
        break;
    case SCHEMA_ARRAY:
        memcpy(&array, p, sizeof(array));
        put_array(b, m->name, m->of, array, (uint32_t)load(s + m->count_offset, 4));
        break;
    }
}

static void put_struct(struct attr_build *b, const struct schema_shape *shape, const char *s)
{
    for (size_t i = 0; i < shape->n; i++)
        put_member(b, &shape->member[i], s);
}

struct str table_def_encode(struct arena *mem, const struct table_def *t)
{
    struct buf out = {.mem = mem};
    struct attr_build b;
    item_begin(&b, &out);
    put_number(&b, "format", FORMAT, false);
    put_struct(&b, &schema_table, (const char *)t);
    item_end(&b);
    return buf_str(&out);
}

/* --- decoding ------------------------------------------------------------------ */

static bool take_struct(struct arena *mem, const struct schema_shape *shape, const struct attr *map,
                        char *s, struct err *e);

static bool refuse(struct err *e, const char *name)
{
    return err_set(e, ERR_INTERNAL, "Malformed table definition: %s", name);
}

static bool take_number(const struct attr *v, uint64_t max, uint64_t *out, bool *negative)
{
    struct str s = v->body;
    uint64_t n = 0;
    *negative = s.n > 0 && s.p[0] == '-';
    if (v->type != ATTR_N)
        return false;
    for (size_t i = *negative; i < s.n; i++) {
        unsigned digit = (unsigned)((unsigned char)s.p[i] - '0');
        if (digit > 9 || n > (UINT64_MAX - digit) / 10)
            return false;
        n = n * 10 + digit;
    }
    *out = n;
    return n <= max;
}

static bool take_unsigned(const struct attr *v, uint64_t max, char *p, size_t bytes)
{
    uint64_t n;
    bool negative;
    if (!take_number(v, max, &n, &negative) || negative)
        return false;
    uint8_t u8 = (uint8_t)n;
    uint16_t u16 = (uint16_t)n;
    uint32_t u32 = (uint32_t)n;
    const void *from = bytes == 1   ? (void *)&u8
                       : bytes == 2 ? (void *)&u16
                       : bytes == 4 ? (void *)&u32
                                    : (void *)&n;
    memcpy(p, from, bytes);
    return true;
}

static bool take_signed(const struct attr *v, char *p)
{
    uint64_t n;
    bool negative;
    if (!take_number(v, INT64_MAX, &n, &negative))
        return false;
    int64_t value = negative ? -(int64_t)n : (int64_t)n;
    memcpy(p, &value, sizeof(value));
    return true;
}

/* The elements of a list of maps, into room for as many. */
static bool take_elements(struct arena *mem, const struct schema_shape *of, const struct attr *list,
                          char *to, struct err *e)
{
    struct attr_iter it = attr_iter(list);
    struct attr v;
    struct str name;
    for (; attr_next(&it, &name, &v); to += of->size)
        if (v.type != ATTR_M || !take_struct(mem, of, &v, to, e))
            return e->code != ERR_NONE ? false : refuse(e, "not a list of maps");
    return true;
}

static bool take_key(struct arena *mem, const struct attr *v, struct key_schema *k, struct err *e)
{
    struct attr hash, attrs;
    uint64_t n;
    bool negative;
    if (v->type != ATTR_M || !attr_map_find(v, STR("hash"), &hash) ||
        !attr_map_find(v, STR("attrs"), &attrs) || attrs.type != ATTR_L ||
        !take_number(&hash, LIMIT_INDEX_HASH_ATTRIBUTES, &n, &negative) || negative || n == 0 ||
        attrs.count < n || attrs.count - n > LIMIT_INDEX_RANGE_ATTRIBUTES)
        return refuse(e, "not a key schema");
    k->hash_n = (uint8_t)n;
    k->range_n = (uint8_t)(attrs.count - n);
    if (!take_elements(mem, &schema_key_attr, &attrs, (char *)k->attr, e))
        return false;
    for (uint32_t i = 0; i < attrs.count; i++)
        if (!attr_is_scalar(k->attr[i].type))
            return refuse(e, "a key attribute without a type");
    return true;
}

static bool take_array(struct arena *mem, const struct schema_member *m, const struct attr *v,
                       char *s, struct err *e)
{
    if (v->type != ATTR_L || v->count > m->max)
        return refuse(e, m->name);
    char *array = arena_alloc(mem, m->of->size * size_max(v->count, 1));
    memcpy(s + m->offset, &array, sizeof(array));
    memcpy(s + m->count_offset, &v->count, sizeof(v->count));
    return take_elements(mem, m->of, v, array, e);
}

static bool take_text(struct arena *mem, const struct schema_member *m, const struct attr *v,
                      char *p)
{
    if (v->type != ATTR_S)
        return false;
    if (m->kind == SCHEMA_STR) {
        struct str copy = arena_dup(mem, v->body);
        memcpy(p, &copy, sizeof(copy));
        return true;
    }
    if (v->body.n != sizeof((struct table_def){0}.uuid) - 1 ||
        memchr(v->body.p, '\0', v->body.n) != NULL)
        return false;
    memcpy(p, v->body.p, v->body.n); /* the structure is zeroed: the NUL is there */
    return true;
}

static bool take_member(struct arena *mem, const struct schema_member *m, const struct attr *v,
                        char *s, struct err *e)
{
    char *p = s + m->offset;
    bool good = false;
    switch (m->kind) {
    case SCHEMA_STR:
    case SCHEMA_UUID:
        good = take_text(mem, m, v, p);
        break;
    case SCHEMA_BOOL:
        good = take_unsigned(v, 1, p, 1);
        break;
    case SCHEMA_U16:
        good = take_unsigned(v, UINT16_MAX, p, 2);
        break;
    case SCHEMA_U32:
        good = take_unsigned(v, UINT32_MAX, p, 4);
        break;
    case SCHEMA_ENUM:
        good = take_unsigned(v, m->max, p, 4);
        break;
    case SCHEMA_U64:
        good = take_unsigned(v, UINT64_MAX, p, 8);
        break;
    case SCHEMA_I64:
        good = take_signed(v, p);
        break;
    case SCHEMA_KEY:
        return take_key(mem, v, (struct key_schema *)(void *)p, e);
    case SCHEMA_STRUCT:
        if (v->type == ATTR_M)
            return take_struct(mem, m->of, v, p, e);
        break;
    case SCHEMA_ARRAY:
        return take_array(mem, m, v, s, e);
    }
    return good || refuse(e, m->name);
}

static const struct schema_member *member_named(const struct schema_shape *shape, struct str name)
{
    for (size_t i = 0; i < shape->n; i++)
        if (str_eq(str_from_c(shape->member[i].name), name))
            return &shape->member[i];
    return NULL;
}

static bool take_struct(struct arena *mem, const struct schema_shape *shape, const struct attr *map,
                        char *s, struct err *e)
{
    struct attr_iter it = attr_iter(map);
    struct attr v;
    struct str name;
    while (attr_next(&it, &name, &v)) {
        if (shape == &schema_table && str_eq(name, STR("format")))
            continue;
        const struct schema_member *m = member_named(shape, name);
        if (m == NULL)
            return refuse(e, "a member that this version does not know");
        if (!take_member(mem, m, &v, s, e))
            return false;
    }
    return true;
}

bool table_def_decode(struct arena *mem, struct str bytes, struct table_def **out, struct err *e)
{
    if (!item_check_form(bytes, e))
        return false;
    struct attr v, map = item_map(bytes);
    uint64_t format;
    bool negative;
    if (!item_find(bytes, STR("format"), &v) || !take_number(&v, UINT64_MAX, &format, &negative))
        return refuse(e, "no format");
    if (format != FORMAT || negative)
        return refuse(e, "written by another version");
    struct table_def *t = NEW(mem, struct table_def);
    if (!take_struct(mem, &schema_table, &map, (char *)t, e))
        return false;
    *out = t;
    return true;
}
