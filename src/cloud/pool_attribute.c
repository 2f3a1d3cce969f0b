/* pool_attribute.c - see pool_attribute.h. */
#include "cloud/pool_attribute.h"

#include <ctype.h>
#include <stdlib.h>

#include "cloud/user_pools.h"

enum { EMAIL_BYTES_MAX = 254, LENGTH_DIGITS_MAX = 9 };

static const struct standard {
    struct str name;
    const char *type, *min, *max;
    bool fixed; /* nobody writes it */
} standard[] = {
    {STR("sub"), "String", "1", "2048", true},
    {STR("name"), "String", "0", "2048", false},
    {STR("given_name"), "String", "0", "2048", false},
    {STR("family_name"), "String", "0", "2048", false},
    {STR("middle_name"), "String", "0", "2048", false},
    {STR("nickname"), "String", "0", "2048", false},
    {STR("preferred_username"), "String", "0", "2048", false},
    {STR("profile"), "String", "0", "2048", false},
    {STR("picture"), "String", "0", "2048", false},
    {STR("website"), "String", "0", "2048", false},
    {STR("email"), "String", "0", "2048", false},
    {STR("email_verified"), "Boolean", NULL, NULL, false},
    {STR("gender"), "String", "0", "2048", false},
    {STR("birthdate"), "String", "10", "10", false},
    {STR("zoneinfo"), "String", "0", "2048", false},
    {STR("locale"), "String", "0", "2048", false},
    {STR("phone_number"), "String", "0", "2048", false},
    {STR("phone_number_verified"), "Boolean", NULL, NULL, false},
    {STR("address"), "String", "0", "2048", false},
    {STR("updated_at"), "Number", "0", NULL, false},
};

struct str pool_attribute_get(const struct list *attributes, struct str name)
{
    const struct attribute *a = attributes->v;
    for (uint32_t i = 0; i < attributes->n; i++)
        if (str_eq(a[i].name, name))
            return a[i].value;
    return (struct str){0};
}

void pool_attribute_set(struct arena *mem, struct list *attributes, struct str name,
                        struct str value)
{
    const struct attribute *a = attributes->v;
    struct list out = {.set = true};
    bool done = false;
    for (uint32_t i = 0; i < attributes->n; i++) {
        bool same = str_eq(a[i].name, name);
        if (same && (value.n == 0 || done))
            continue;
        *(struct attribute *)pool_list_add(mem, &out, sizeof(*a)) =
            same ? (struct attribute){name, value} : a[i];
        done = done || same;
    }
    if (!done && value.n > 0)
        *(struct attribute *)pool_list_add(mem, &out, sizeof(*a)) = (struct attribute){name, value};
    *attributes = out;
}

void pool_attributes_merge(struct arena *mem, struct list *to, const struct list *from)
{
    static const struct str addresses[][2] = {{STR("email"), STR("email_verified")},
                                              {STR("phone_number"), STR("phone_number_verified")}};
    const struct attribute *a = from->v;
    for (size_t k = 0; k < COUNT_OF(addresses); k++) {
        struct str new = pool_attribute_get(from, addresses[k][0]);
        if (new.p != NULL && !str_eq(new, pool_attribute_get(to, addresses[k][0])))
            pool_attribute_set(mem, to, addresses[k][1], new.n > 0 ? STR("false") : STR(""));
    }
    for (uint32_t i = 0; i < from->n; i++)
        pool_attribute_set(mem, to, a[i].name, a[i].value);
}

bool pool_is_email(struct str s)
{
    const char *at = s.n > 0 ? memchr(s.p, '@', s.n) : NULL;
    if (at == NULL || s.n > EMAIL_BYTES_MAX || at == s.p || at == s.p + s.n - 1 ||
        memrchr(s.p, '@', s.n) != at)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7F ||
            strchr("<>(),;:\\\"[]", s.p[i]) != NULL)
            return false;
    return at[1] != '.' && s.p[s.n - 1] != '.';
}

bool pool_is_phone(struct str s)
{
    if (s.n < 2 || s.n > 16 || s.p[0] != '+')
        return false;
    for (size_t i = 1; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return true;
}

static const struct attribute_schema *custom(const struct pool *p, struct str name)
{
    const struct attribute_schema *s = p->schema.v;
    for (uint32_t i = 0; i < p->schema.n; i++)
        if (str_eq(s[i].name, name))
            return &s[i];
    return NULL;
}

static const struct standard *find_standard(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(standard); i++)
        if (str_eq(standard[i].name, name))
            return &standard[i];
    return NULL;
}

bool pool_attribute_known(const struct pool *p, struct str name)
{
    return find_standard(name) != NULL || custom(p, name) != NULL;
}

static bool off_schema(struct pool_rq *rq, struct str name, const char *why)
{
    return err_set(rq->e, ERR_INVALID_PARAMETER,
                   "Attributes did not conform to the schema: " STR_FMT ": %s\n", STR_ARG(name),
                   why);
}

/* The digits of a limit; false: there is none. */
static bool limit_of(struct str text, size_t *out)
{
    *out = 0;
    if (text.n == 0 || text.n > LENGTH_DIGITS_MAX)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
        *out = *out * 10 + (size_t)(text.p[i] - '0');
    }
    return true;
}

static bool is_number(struct str s)
{
    size_t i = s.n > 0 && s.p[0] == '-';
    for (size_t k = i; k < s.n; k++)
        if (s.p[k] < '0' || s.p[k] > '9')
            return false;
    return s.n > i;
}

static bool check_custom(struct pool_rq *rq, const struct attribute_schema *s, struct str value)
{
    size_t limit;
    if (str_eq(s->type, STR("Number")) && !is_number(value))
        return off_schema(rq, s->name, "Attribute value must be a number");
    if (str_eq(s->type, STR("Boolean")) && !str_eq(value, STR("true")) &&
        !str_eq(value, STR("false")))
        return off_schema(rq, s->name, "Attribute value must be a boolean");
    if (s->string != NULL && limit_of(s->string->min, &limit) && value.n < limit)
        return off_schema(rq, s->name, "String must be longer than or equal to the minimum length");
    if (s->string != NULL && limit_of(s->string->max, &limit) && value.n > limit)
        return off_schema(rq, s->name,
                          "String must be shorter than or equal to the maximum length");
    return true;
}

static bool check_one(struct pool_rq *rq, const struct attribute *a, enum pool_writer writer,
                      bool creating)
{
    const struct standard *st = find_standard(a->name);
    const struct attribute_schema *sc = custom(&rq->pool, a->name);
    bool verified =
        str_eq(a->name, STR("email_verified")) || str_eq(a->name, STR("phone_number_verified"));
    if (st == NULL && sc == NULL)
        return off_schema(rq, a->name, "Attribute does not exist in the schema.");
    bool may = st == NULL || !st->fixed;
    if (writer == POOL_WRITER_CLIENT)
        may = may && !verified && (sc == NULL || sc->developer_only != TRI_TRUE) &&
              (!rq->client.write.set || pool_list_has(&rq->client.write, a->name));
    if (!may)
        return err_set(rq->e, ERR_NOT_AUTHORIZED,
                       "A client attempted to write unauthorized attribute");
    if (!creating && sc != NULL && sc->is_mutable == TRI_FALSE)
        return err_set(rq->e, ERR_INVALID_PARAMETER,
                       "user." STR_FMT ": Attribute cannot be updated.\n", STR_ARG(a->name));
    if (a->value.n == 0)
        return true;
    if (str_eq(a->name, STR("email")) && !pool_is_email(a->value))
        return err_set(rq->e, ERR_INVALID_PARAMETER, "Invalid email address format.");
    if (str_eq(a->name, STR("phone_number")) && !pool_is_phone(a->value))
        return err_set(rq->e, ERR_INVALID_PARAMETER, "Invalid phone number format.");
    if (verified && !str_eq(a->value, STR("true")) && !str_eq(a->value, STR("false")))
        return off_schema(rq, a->name, "Attribute value must be a boolean");
    if (str_eq(a->name, STR("birthdate")) && a->value.n != 10)
        return off_schema(rq, a->name, "Attribute value length must be 10");
    if (str_eq(a->name, STR("updated_at")) && !is_number(a->value))
        return off_schema(rq, a->name, "Attribute value must be a number");
    return sc == NULL || check_custom(rq, sc, a->value);
}

bool pool_attributes_check(struct pool_rq *rq, const struct list *attributes,
                           enum pool_writer writer, bool creating)
{
    const struct attribute *a = attributes->v;
    const struct attribute_schema *s = rq->pool.schema.v;
    for (uint32_t i = 0; i < attributes->n; i++)
        if (!check_one(rq, &a[i], writer, creating))
            return false;
    for (uint32_t i = 0; creating && writer == POOL_WRITER_CLIENT && i < rq->pool.schema.n; i++)
        if (s[i].required == TRI_TRUE && !str_eq(s[i].name, STR("sub")) &&
            pool_attribute_get(attributes, s[i].name).n == 0)
            return off_schema(rq, s[i].name, "The attribute is required");
    return true;
}

bool pool_schema_check(struct arena *mem, struct pool *p, struct err *e)
{
    struct attribute_schema *s = p->schema.v;
    for (uint32_t i = 0; i < p->schema.n; i++) {
        if (s[i].name.n == 0)
            return err_set(e, ERR_INVALID_PARAMETER, "Name is required for a schema attribute.");
        if (find_standard(s[i].name) != NULL)
            continue;
        if (s[i].type.n == 0)
            return err_set(e, ERR_INVALID_PARAMETER,
                           "AttributeDataType is required for " STR_FMT ".", STR_ARG(s[i].name));
        if (s[i].required == TRI_TRUE)
            return err_set(e, ERR_INVALID_PARAMETER,
                           "Required custom attributes are not supported currently.");
        s[i].name = arena_printf(mem, "%scustom:" STR_FMT,
                                 s[i].developer_only == TRI_TRUE ? "dev:" : "", STR_ARG(s[i].name));
    }
    return true;
}

static void write_limits(struct json_out *o, const char *type, struct str min, struct str max)
{
    bool is_number_type = strcmp(type, "Number") == 0;
    if (!is_number_type && strcmp(type, "String") != 0)
        return;
    json_out_name(o, is_number_type ? STR("NumberAttributeConstraints")
                                    : STR("StringAttributeConstraints"));
    json_out_open(o, '{');
    if (min.n > 0) {
        json_out_name(o, is_number_type ? STR("MinValue") : STR("MinLength"));
        json_out_str(o, min);
    }
    if (max.n > 0) {
        json_out_name(o, is_number_type ? STR("MaxValue") : STR("MaxLength"));
        json_out_str(o, max);
    }
    json_out_close(o, '}');
}

static void write_one(struct json_out *o, struct str name, const char *type, bool developer_only,
                      bool is_mutable, bool required, struct str min, struct str max)
{
    json_out_open(o, '{');
    json_out_name(o, STR("Name"));
    json_out_str(o, name);
    json_out_name(o, STR("AttributeDataType"));
    json_out_str(o, str_from_c(type));
    json_out_name(o, STR("DeveloperOnlyAttribute"));
    json_out_bool(o, developer_only);
    json_out_name(o, STR("Mutable"));
    json_out_bool(o, is_mutable);
    json_out_name(o, STR("Required"));
    json_out_bool(o, required);
    write_limits(o, type, min, max);
    json_out_close(o, '}');
}

void pool_schema_write(struct json_out *o, const struct pool *p)
{
    const struct attribute_schema *s = p->schema.v;
    json_out_open(o, '[');
    for (size_t i = 0; i < COUNT_OF(standard); i++) {
        const struct standard *st = &standard[i];
        const struct attribute_schema *set = custom(p, st->name);
        bool required = st->fixed || (set != NULL && set->required == TRI_TRUE);
        bool is_mutable = !st->fixed && !(set != NULL && set->is_mutable == TRI_FALSE);
        write_one(o, st->name, st->type, false, is_mutable, required, str_from_c(st->min),
                  str_from_c(st->max));
    }
    for (uint32_t i = 0; i < p->schema.n; i++) {
        const struct attribute_limits *l = s[i].string != NULL ? s[i].string : s[i].number;
        char type[16] = "String";
        if (find_standard(s[i].name) != NULL)
            continue;
        if (s[i].type.n > 0 && s[i].type.n < sizeof(type)) {
            memcpy(type, s[i].type.p, s[i].type.n);
            type[s[i].type.n] = '\0';
        }
        write_one(o, s[i].name, type, s[i].developer_only == TRI_TRUE, s[i].is_mutable != TRI_FALSE,
                  false, l != NULL ? l->min : STR(""), l != NULL ? l->max : STR(""));
    }
    json_out_close(o, ']');
}
