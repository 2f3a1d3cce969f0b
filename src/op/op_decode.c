/* op_decode.c - layer 1: the request's JSON into the operation's struct, in one
 * pass, by its table of fields.
 *
 * Wrong JSON types are SerializationExceptions with the texts of the service's
 * Java runtime; the first one in the text wins, but malformed JSON anywhere
 * wins over all of them. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "codec/base64.h"
#include "codec/json.h"
#include "model/limits.h"
#include "op/op.h"
#include "op/op_decode_int.h"

#define JAVA_PACKAGE "com.amazonaws.dynamodb.v20120810."

struct decode {
    struct json j;
    struct arena *mem;
    struct err *e;
};

/* Where a value stands decides some texts. */
enum place { AS_MEMBER, AS_ELEMENT };

static bool decode_value(struct decode *d, const struct shape *s, enum place place, void *dst);

static void java_type(struct buf *out, const struct shape *s)
{
    static const char *const names[] = {
        [SHAPE_STRING] = "java.lang.String",
        [SHAPE_BOOL] = "java.lang.Boolean",
        [SHAPE_INT] = "java.lang.Integer",
        [SHAPE_LONG] = "java.lang.Long",
        [SHAPE_DOUBLE] = "java.lang.Double",
        [SHAPE_BLOB] = "java.nio.ByteBuffer",
        [SHAPE_ATTR] = JAVA_PACKAGE "AttributeValue",
        [SHAPE_ITEM] = "java.util.Map<java.lang.String, " JAVA_PACKAGE "AttributeValue>",
    };
    if (s->kind == SHAPE_LIST || s->kind == SHAPE_MAP) {
        buf_printf(out, "%s",
                   s->kind == SHAPE_LIST ? "java.util.List<" : "java.util.Map<java.lang.String, ");
        java_type(out, s->elem);
        buf_byte(out, '>');
    } else if (s->kind == SHAPE_STRUCT) {
        buf_printf(out, JAVA_PACKAGE "%s", s->name);
    } else {
        buf_printf(out, "%s", names[s->kind]);
    }
}

static bool refuse_array(struct decode *d, const struct shape *s)
{
    struct buf name = {.max = 512};
    java_type(&name, s);
    bool is_map = s->kind == SHAPE_MAP || s->kind == SHAPE_ITEM;
    err_set(d->e, ERR_SERIALIZATION, "Unrecognized collection type %s" STR_FMT,
            is_map ? "" : "class ", STR_ARG(buf_str(&name)));
    buf_free(&name);
    return false;
}

static bool refuse_scalar(struct decode *d, const struct shape *s, enum place place)
{
    bool is_struct = s->kind == SHAPE_STRUCT || s->kind == SHAPE_ATTR;
    if (place == AS_MEMBER)
        return err_set(d->e, ERR_SERIALIZATION, "Unexpected field type");
    if (is_struct)
        return err_set(d->e, ERR_SERIALIZATION, "Unexpected value type in payload");
    return err_set(d->e, ERR_SERIALIZATION,
                   "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be "
                   "cast to class java.lang.Class (sun.reflect.generics.reflectiveObjects."
                   "ParameterizedTypeImpl and java.lang.Class are in module java.base of loader "
                   "'bootstrap')");
}

static bool refuse_object(struct decode *d)
{
    return err_set(d->e, ERR_SERIALIZATION, "Start of structure or map found where not expected");
}

/* A scalar was wanted and something else came. */
static bool refuse_type(struct decode *d, const struct shape *s, enum json_type got)
{
    static const char *const targets[] = {[SHAPE_STRING] = "String",
                                          [SHAPE_BOOL] = "Boolean",
                                          [SHAPE_INT] = "Integer",
                                          [SHAPE_LONG] = "Long",
                                          [SHAPE_DOUBLE] = "Double"};
    const char *value = "NUMBER_VALUE";
    switch (got) {
    case JSON_ERROR:
        return false; /* the reader knows; asked at the end */
    case JSON_OBJECT:
        return refuse_object(d);
    case JSON_ARRAY:
        return refuse_array(d, s);
    case JSON_TRUE:
        value = "TRUE_VALUE";
        break;
    case JSON_FALSE:
        value = "FALSE_VALUE";
        break;
    case JSON_STRING:
        value = "STRING_VALUE";
        break;
    default:
        value = json_is_integer(d->j.text) ? "NUMBER_VALUE" : "DECIMAL_VALUE";
    }
    if (s->kind == SHAPE_BLOB)
        return err_set(d->e, ERR_SERIALIZATION,
                       "only base-64-encoded strings are convertible to bytes");
    return err_set(d->e, ERR_SERIALIZATION, "%s cannot be converted to %s", value,
                   targets[s->kind]);
}

static bool decode_bool(struct decode *d, const struct shape *s, enum json_type got, enum tri *out)
{
    static const struct {
        struct str text;
        enum tri value;
    } texts[] = {
        {STR("true"), TRI_TRUE},   {STR("1"), TRI_TRUE},  {STR("yes"), TRI_TRUE},
        {STR("false"), TRI_FALSE}, {STR("0"), TRI_FALSE}, {STR("no"), TRI_FALSE},
    };
    if (got == JSON_TRUE || got == JSON_FALSE) {
        *out = got == JSON_TRUE ? TRI_TRUE : TRI_FALSE;
        return true;
    }
    if (got != JSON_STRING)
        return refuse_type(d, s, got);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        if (str_eq_nocase(d->j.text, texts[i].text)) {
            *out = texts[i].value;
            return true;
        }
    }
    return err_set(d->e, ERR_SERIALIZATION, "Unexpected token received from parser");
}

/* The JSON number just read; its text is not NUL-terminated. */
static double number_double(struct decode *d)
{
    return strtod(arena_cstr(d->mem, d->j.text), NULL);
}

/* Decimals are cut off, as Java's longValue() does. */
static bool decode_int(struct decode *d, const struct shape *s, enum json_type got,
                       struct opt_int *out)
{
    if (got != JSON_NUMBER)
        return refuse_type(d, s, got);
    struct str t = d->j.text;
    int64_t min = s->kind == SHAPE_INT ? INT32_MIN : INT64_MIN;
    int64_t max = s->kind == SHAPE_INT ? INT32_MAX : INT64_MAX;
    int64_t v = 0;
    if (json_is_integer(t) && t.n <= 20) {
        char copy[24];
        memcpy(copy, t.p, t.n);
        copy[t.n] = '\0';
        errno = 0;
        v = strtoll(copy, NULL, 10);
        if (errno == ERANGE)
            return refuse_type(d, s, got);
    } else {
        double f = trunc(number_double(d));
        if (!(f >= -9.2e18 && f <= 9.2e18))
            return refuse_type(d, s, got);
        v = (int64_t)f;
    }
    if (v < min || v > max)
        return refuse_type(d, s, got);
    *out = (struct opt_int){.set = true, .v = v};
    return true;
}

static bool decode_double(struct decode *d, const struct shape *s, enum json_type got,
                          struct opt_double *out)
{
    if (got != JSON_NUMBER)
        return refuse_type(d, s, got);
    *out = (struct opt_double){.set = true, .v = number_double(d)};
    return true;
}

static bool decode_blob(struct decode *d, const struct shape *s, enum json_type got,
                        struct str *out)
{
    if (got != JSON_STRING)
        return refuse_type(d, s, got);
    struct str text = d->j.text;
    if (text.n % 4 != 0)
        return err_set(d->e, ERR_SERIALIZATION,
                       "Base64 encoded length is expected a multiple of 4 bytes but found: %zu",
                       text.n);
    struct buf bytes = {0};
    bool good = base64_decode(&bytes, text);
    if (good)
        *out = arena_dup(d->mem, bytes.n > 0 ? buf_str(&bytes) : STR(""));
    else
        err_set(d->e, ERR_SERIALIZATION, "Invalid last non-pad Base64 character dectected");
    buf_free(&bytes);
    return good;
}

static bool decode_scalar(struct decode *d, const struct shape *s, void *dst)
{
    enum json_type got = json_next(&d->j);
    if (got == JSON_NULL)
        return true;
    switch (s->kind) {
    case SHAPE_STRING:
        if (got != JSON_STRING)
            return refuse_type(d, s, got);
        *(struct str *)dst = d->j.text.n > 0 ? d->j.text : STR("");
        return true;
    case SHAPE_BOOL:
        return decode_bool(d, s, got, dst);
    case SHAPE_INT:
    case SHAPE_LONG:
        return decode_int(d, s, got, dst);
    case SHAPE_DOUBLE:
        return decode_double(d, s, got, dst);
    default:
        assert(s->kind == SHAPE_BLOB);
        return decode_blob(d, s, got, dst);
    }
}

/* Elements grow by doubling; what is left behind dies with the arena. */
static void *grow(struct arena *mem, void *old, uint32_t n, uint32_t cap, size_t size)
{
    char *p = arena_alloc(mem, cap * size);
    if (n > 0)
        memcpy(p, old, n * size);
    return p;
}

static bool too_many(struct decode *d)
{
    return err_set(d->e, ERR_VALIDATION, "A list or map of the request has more than %d elements",
                   SHAPE_ELEMENTS_MAX);
}

static bool decode_list(struct decode *d, const struct shape *s, enum place place, struct list *out)
{
    enum json_type got = json_next(&d->j);
    if (got == JSON_NULL || got == JSON_ERROR)
        return got == JSON_NULL;
    if (got != JSON_ARRAY)
        return got == JSON_OBJECT ? refuse_object(d) : refuse_scalar(d, s, place);
    size_t size = shape_element_size(s->elem);
    uint32_t cap = 0;
    *out = (struct list){.set = true};
    while (json_element(&d->j)) {
        if (out->n == SHAPE_ELEMENTS_MAX)
            return too_many(d);
        if (out->n == cap) {
            cap = cap == 0 ? 4 : 2 * cap;
            out->v = grow(d->mem, out->v, out->n, cap, size);
        }
        if (!decode_value(d, s->elem, AS_ELEMENT, (char *)out->v + out->n * size))
            return false;
        out->n++;
    }
    return true;
}

struct key_at {
    struct str key;
    uint32_t at;
};

static int key_at_cmp(const void *a, const void *b)
{
    const struct key_at *x = a, *y = b;
    int c = str_cmp(x->key, y->key);
    return c != 0 ? c : (x->at > y->at) - (x->at < y->at);
}

/* Of repeated keys only the last one stays. */
static void map_drop_repeated(struct arena *mem, struct map *m, size_t size)
{
    if (m->n < 2)
        return;
    struct key_at *keys = NEW_ARRAY(mem, struct key_at, m->n);
    for (uint32_t i = 0; i < m->n; i++)
        keys[i] = (struct key_at){m->key[i], i};
    qsort(keys, m->n, sizeof(*keys), key_at_cmp);
    bool *drop = NULL;
    for (uint32_t i = 0; i + 1 < m->n; i++) {
        if (!str_eq(keys[i].key, keys[i + 1].key))
            continue;
        drop = drop != NULL ? drop : NEW_ARRAY(mem, bool, m->n);
        drop[keys[i].at] = true;
    }
    if (drop == NULL)
        return;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < m->n; i++) {
        if (drop[i])
            continue;
        m->key[kept] = m->key[i];
        memmove((char *)m->v + kept * size, (char *)m->v + i * size, size);
        kept++;
    }
    m->n = kept;
}

static bool decode_map(struct decode *d, const struct shape *s, enum place place, struct map *out)
{
    enum json_type got = json_next(&d->j);
    if (got == JSON_NULL || got == JSON_ERROR)
        return got == JSON_NULL;
    if (got != JSON_OBJECT)
        return got == JSON_ARRAY ? refuse_array(d, s) : refuse_scalar(d, s, place);
    size_t size = shape_element_size(s->elem);
    uint32_t cap = 0;
    struct str key;
    *out = (struct map){.set = true};
    while (json_member(&d->j, &key)) {
        if (out->n == SHAPE_ELEMENTS_MAX)
            return too_many(d);
        if (out->n == cap) {
            cap = cap == 0 ? 4 : 2 * cap;
            out->v = grow(d->mem, out->v, out->n, cap, size);
            out->key = grow(d->mem, out->key, out->n, cap, sizeof(struct str));
        }
        void *dst = (char *)out->v + out->n * size;
        out->key[out->n] = key;
        if (!decode_value(d, s->elem, AS_ELEMENT, dst))
            return false;
        /* A null member is absent; of structures, all zero stands for it. */
        if (s->elem->kind == SHAPE_STRUCT || !op_absent(s->elem, dst))
            out->n++;
    }
    map_drop_repeated(d->mem, out, size);
    return true;
}

/* Members mostly come in an order of their own that repeats, so the search goes
 * on behind the last hit. */
static const struct field *field_find(const struct field *first, const struct field *hint,
                                      struct str name)
{
    for (const struct field *f = hint; f->name != NULL; f++)
        if (f->name_n == name.n && memcmp(f->name, name.p, name.n) == 0)
            return f;
    for (const struct field *f = first; f != hint; f++)
        if (f->name_n == name.n && memcmp(f->name, name.p, name.n) == 0)
            return f;
    return NULL;
}

/* The members of an object whose brace was taken. */
static bool decode_members(struct decode *d, const struct shape *s, char *base)
{
    const struct field *hint = s->fields;
    struct str name;
    while (json_member(&d->j, &name)) {
        const struct field *f = field_find(s->fields, hint, name);
        if (f == NULL) {
            json_skip(&d->j);
            continue;
        }
        if (!decode_value(d, f->shape, AS_MEMBER, base + f->offset))
            return false;
        hint = f[1].name != NULL ? f + 1 : s->fields;
    }
    return true;
}

static bool decode_struct(struct decode *d, const struct shape *s, enum place place, void *dst)
{
    enum json_type got = json_next(&d->j);
    if (got == JSON_NULL || got == JSON_ERROR)
        return got == JSON_NULL;
    if (got != JSON_OBJECT)
        return got == JSON_ARRAY ? refuse_array(d, s) : refuse_scalar(d, s, place);
    if (place == AS_ELEMENT)
        return decode_members(d, s, dst);
    void *made = arena_alloc(d->mem, s->size);
    *(void **)dst = made;
    return decode_members(d, s, made);
}

/* Attribute values have a reader of their own, which wants an object. */
static bool decode_attrs(struct decode *d, const struct shape *s, enum place place, void *dst)
{
    const char *p = d->j.at;
    while (p < d->j.end && (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r'))
        p++;
    char c = p < d->j.end ? *p : '\0';
    if (c == '{')
        return s->kind == SHAPE_ITEM ? item_in_read(&d->j, d->mem, dst, d->e)
                                     : attr_in_read(&d->j, d->mem, dst, d->e);
    if (c == 'n')
        return json_next(&d->j) == JSON_NULL;
    return c == '[' ? refuse_array(d, s) : refuse_scalar(d, s, place);
}

static bool decode_raw(struct decode *d, struct str *out)
{
    struct str raw = json_raw(&d->j);
    if (!str_eq(raw, STR("null")))
        *out = raw;
    return raw.p != NULL;
}

static bool decode_value(struct decode *d, const struct shape *s, enum place place, void *dst)
{
    bool pointer = s->kind == SHAPE_STRUCT && place == AS_MEMBER;
    memset(dst, 0, pointer ? sizeof(void *) : shape_element_size(s)); /* a repeated member */
    switch (s->kind) {
    case SHAPE_LIST:
        return decode_list(d, s, place, dst);
    case SHAPE_MAP:
        return decode_map(d, s, place, dst);
    case SHAPE_STRUCT:
        return decode_struct(d, s, place, dst);
    case SHAPE_ATTR:
    case SHAPE_ITEM:
        return decode_attrs(d, s, place, dst);
    case SHAPE_RAW:
        return decode_raw(d, dst);
    default:
        return decode_scalar(d, s, dst);
    }
}

static bool well_formed(struct arena *mem, struct str body)
{
    struct json j;
    json_init(&j, mem, body, LIMIT_JSON_DEPTH);
    json_skip(&j);
    return json_end(&j);
}

bool op_decode_input(struct arena *mem, const struct shape *s, struct str body, void **out,
                     struct err *e)
{
    struct decode d = {.mem = mem, .e = e};
    void *in = *out = arena_alloc(mem, s->size);
    json_init(&d.j, mem, body, LIMIT_JSON_DEPTH);
    bool good = json_next(&d.j) == JSON_OBJECT && decode_members(&d, s, in) && json_end(&d.j);
    if (good)
        return op_check(s, in, e);
    if (e->code == ERR_NONE || !well_formed(mem, body)) {
        err_init(e, e->mem);
        return err_set(e, ERR_SERIALIZATION, "%s", "");
    }
    return false;
}

bool op_decode(struct req *rq, struct str body)
{
    return op_decode_input(&rq->mem, rq->op->in, body, &rq->in, &rq->err);
}

bool op_decode_doc(struct arena *mem, const struct shape *s, struct str json, void *out,
                   struct err *e)
{
    struct decode d = {.mem = mem, .e = e};
    json_init(&d.j, mem, json, LIMIT_JSON_DEPTH);
    if (json_next(&d.j) == JSON_OBJECT && decode_members(&d, s, out) && json_end(&d.j))
        return true;
    err_init(e, e->mem);
    return err_set(e, ERR_IO, "a stored document is damaged");
}
