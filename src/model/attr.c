/* attr.c - reading, comparing, measuring and checking stored values; see attr.h. */
#include "model/attr.h"

#include "codec/utf8.h"
#include "model/limits.h"
#include "model/number.h"

static const char names[ATTR_TYPE_COUNT][5] = {"",   "S",  "N",  "B", "BOOL", "NULL",
                                               "SS", "NS", "BS", "L", "M"};

const char *attr_type_name(enum attr_type t)
{
    assert(t < ATTR_TYPE_COUNT);
    return names[t];
}

bool attr_type_from_name(struct str name, enum attr_type *out)
{
    for (int t = ATTR_S; t < ATTR_TYPE_COUNT; t++) {
        if (str_eq(name, str_from_c(names[t]))) {
            *out = (enum attr_type)t;
            return true;
        }
    }
    return false;
}

int attr_cmp_scalar(const struct attr *a, const struct attr *b)
{
    assert(a->type == b->type);
    return a->type == ATTR_N ? number_cmp_text(a->body, b->body) : str_cmp(a->body, b->body);
}

/* str_cmp(), most often decided by the first bytes without a call. */
static inline int first_cmp(struct str a, struct str b)
{
    if (LIKELY(a.n > 0 && b.n > 0 && a.p[0] != b.p[0]))
        return (unsigned char)a.p[0] < (unsigned char)b.p[0] ? -1 : 1;
    return str_cmp(a, b);
}

bool attr_map_find(const struct attr *map, struct str name, struct attr *out)
{
    assert(map->type == ATTR_M);
    const char *p = map->body.p;
    for (uint32_t left = map->count; left > 0; left--) {
        uint32_t n = attr_varint(&p);
        int c = first_cmp((struct str){p, n}, name);
        p += n;
        if (c == 0) {
            struct str rest = {p, (size_t)(map->body.p + map->body.n - p)};
            *out = attr_read(&rest);
            return true;
        }
        if (c > 0)
            return false;
        p += attr_encoded_bytes(p);
    }
    return false;
}

bool attr_list_at(const struct attr *list, uint32_t index, struct attr *out)
{
    assert(list->type == ATTR_L);
    if (index >= list->count)
        return false;
    const char *p = list->body.p;
    for (; index > 0; index--)
        p += attr_encoded_bytes(p);
    struct str rest = {p, (size_t)(list->body.p + list->body.n - p)};
    *out = attr_read(&rest);
    return true;
}

bool attr_set_has(const struct attr *set, struct str member)
{
    assert(attr_is_set(set->type));
    struct attr_iter it = attr_iter(set);
    struct str name;
    struct attr value;
    while (attr_next(&it, &name, &value)) {
        int c = str_cmp(value.body, member);
        if (c >= 0)
            return c == 0;
    }
    return false;
}

/* One byte, one for each pair of digits, one for a minus.  Pairs are counted from the
 * point in both directions, so 120 has two, 01 and 20; those of zeros at either end
 * of the number do not count. */
uint32_t attr_number_size(struct str text)
{
    const char *p = text.p, *end = text.p + text.n;
    uint32_t negative = p < end && *p == '-';
    p += negative;
    const char *point = memchr(p, '.', (size_t)(end - p));
    const char *whole_end = point != NULL ? point : end, *fraction = whole_end + (point != NULL);
    while (p < whole_end && *p == '0')
        p++;
    if (point == NULL) {
        while (whole_end - p >= 2 && whole_end[-1] == '0' && whole_end[-2] == '0')
            whole_end -= 2;
    } else if (p == whole_end) {
        while (end - fraction >= 2 && fraction[0] == '0' && fraction[1] == '0')
            fraction += 2;
    }
    uint32_t whole = (uint32_t)(whole_end - p),
             part = point != NULL ? (uint32_t)(end - fraction) : 0;
    return 1 + (whole + 1) / 2 + (part + 1) / 2 + (whole + part > 0 ? negative : 0);
}

uint32_t attr_size(const struct attr *v)
{
    switch (v->type) {
    case ATTR_NONE:
    case ATTR_TYPE_COUNT:
        return 0;
    case ATTR_S:
    case ATTR_B:
        return (uint32_t)v->body.n;
    case ATTR_N:
        return attr_number_size(v->body);
    case ATTR_BOOL:
    case ATTR_NULL:
        return 1;
    case ATTR_SS:
    case ATTR_NS:
    case ATTR_BS:
    case ATTR_L:
    case ATTR_M:
        break;
    }
    uint32_t sum = attr_is_set(v->type) ? 0 : 3 + v->count;
    struct attr_iter it = attr_iter(v);
    struct str name;
    struct attr value;
    while (attr_next(&it, &name, &value))
        sum += (uint32_t)name.n + attr_size(&value);
    return sum;
}

/* --- checking bytes of unknown origin --------------------------------------- */

static bool malformed(struct err *e, const char *what)
{
    return err_set(e, ERR_INTERNAL, "Malformed attribute value: %s", what);
}

/* Takes a varint and that many bytes.  Only the shortest varint is canonical. */
static bool take_bytes(struct str *in, struct str *out)
{
    uint64_t n = 0;
    size_t at = 0;
    unsigned char b;
    do {
        if (at == in->n || at == 5)
            return false;
        b = (unsigned char)in->p[at];
        n |= (uint64_t)(b & 0x7F) << (7 * at);
        at++;
    } while (b >= 0x80);
    if ((at > 1 && b == 0) || n > in->n - at)
        return false;
    *out = (struct str){in->p + at, (size_t)n};
    *in = str_from(*in, at + (size_t)n);
    return true;
}

static bool check_scalar(enum attr_type t, struct str bytes, struct err *e)
{
    char scratch[NUMBER_TEXT_MAX];
    struct str canonical;
    struct err ignored = {0};
    if (t == ATTR_S && !utf8_valid(bytes))
        return malformed(e, "not UTF-8");
    if (t == ATTR_N &&
        (!number_canonical(bytes, scratch, &canonical, &ignored) || !str_eq(canonical, bytes)))
        return malformed(e, "not a canonical number");
    return true;
}

static bool check_value(struct str *in, uint32_t levels, struct err *e);

static bool check_members(enum attr_type t, struct str body, uint32_t count, uint32_t levels,
                          struct err *e)
{
    struct str last = {0}, bytes;
    for (uint32_t i = 0; i < count; i++) {
        if (t != ATTR_L) {
            if (!take_bytes(&body, &bytes))
                return malformed(e, "a member does not fit");
            if (i > 0 && str_cmp(last, bytes) >= 0)
                return malformed(e, "members out of order");
            last = bytes;
        }
        if (attr_is_set(t)) {
            if (!check_scalar(attr_member_type(t), bytes, e))
                return false;
            continue;
        }
        if (t == ATTR_M &&
            (bytes.n == 0 || bytes.n > LIMIT_ATTRIBUTE_NAME_BYTES || !utf8_valid(bytes)))
            return malformed(e, "not a name");
        if (!check_value(&body, levels, e))
            return false;
    }
    return body.n == 0 || malformed(e, "bytes after the last member");
}

static bool check_collection(enum attr_type t, struct str *in, uint32_t levels, struct err *e)
{
    if (in->n < 8 || attr_u32(in->p) > in->n - 8)
        return malformed(e, "a collection does not fit");
    struct str body = {in->p + 8, attr_u32(in->p)};
    uint32_t count = attr_u32(in->p + 4);
    if (attr_is_set(t) && count == 0)
        return malformed(e, "an empty set");
    *in = str_from(*in, 8 + body.n);
    return check_members(t, body, count, levels - 1, e);
}

static bool check_value(struct str *in, uint32_t levels, struct err *e)
{
    if (levels == 0)
        return malformed(e, "too many levels");
    if (in->n == 0)
        return malformed(e, "cut off");
    enum attr_type t = (enum attr_type)(unsigned char)in->p[0];
    if (t == ATTR_NONE || t >= ATTR_TYPE_COUNT)
        return malformed(e, "no such type");
    *in = str_from(*in, 1);
    if (t == ATTR_NULL)
        return true;
    if (t == ATTR_BOOL) {
        if (in->n == 0 || (unsigned char)in->p[0] > 1)
            return malformed(e, "neither true nor false");
        *in = str_from(*in, 1);
        return true;
    }
    if (t >= ATTR_SS)
        return check_collection(t, in, levels, e);
    struct str bytes;
    if (!take_bytes(in, &bytes))
        return malformed(e, "a scalar does not fit");
    return check_scalar(t, bytes, e);
}

bool attr_check_levels(struct str in, uint32_t levels, struct err *e)
{
    if (!check_value(&in, levels, e))
        return false;
    return in.n == 0 || malformed(e, "bytes after the value");
}

bool attr_check(struct str in, struct err *e)
{
    return attr_check_levels(in, LIMIT_NESTING_LEVELS, e);
}
