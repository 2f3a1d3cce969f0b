/* pool_filter.c - see pool_filter.h. */
#include "cloud/pool_filter.h"

#include "cloud/pool_attribute.h"

static const struct str searchable[] = {
    STR("username"),   STR("email"),       STR("phone_number"),       STR("name"),
    STR("given_name"), STR("family_name"), STR("preferred_username"), STR("cognito:user_status"),
    STR("status"),     STR("sub"),
};

static bool wrong(struct err *e)
{
    return err_set(e, ERR_INVALID_PARAMETER, "Error while parsing filter.");
}

static void skip_spaces(struct str *s)
{
    while (s->n > 0 && (*s->p == ' ' || *s->p == '\t'))
        *s = str_from(*s, 1);
}

static bool parse_value(struct arena *mem, struct str *s, struct str *out)
{
    char *to = arena_bytes(mem, s->n + 1);
    size_t n = 0;
    if (s->n == 0 || *s->p != '"')
        return false;
    *s = str_from(*s, 1);
    while (s->n > 0 && *s->p != '"') {
        if (*s->p == '\\' && s->n > 1)
            *s = str_from(*s, 1);
        to[n++] = *s->p;
        *s = str_from(*s, 1);
    }
    if (s->n == 0)
        return false;
    *s = str_from(*s, 1);
    *out = (struct str){to, n};
    return true;
}

bool pool_filter_parse(struct arena *mem, struct str text, struct pool_filter *out, struct err *e)
{
    struct str s = text;
    *out = (struct pool_filter){0};
    skip_spaces(&s);
    if (s.n == 0)
        return true;
    size_t quoted = *s.p == '"', n = 0; /* the name may be quoted too */
    s = str_from(s, quoted);
    while (n < s.n && strchr(" \t=^\"", s.p[n]) == NULL)
        n++;
    out->name = (struct str){s.p, n};
    s = str_from(s, n);
    if (quoted != 0 && (s.n == 0 || *s.p != '"'))
        return wrong(e);
    s = str_from(s, quoted);
    skip_spaces(&s);
    out->is_prefix = s.n > 0 && *s.p == '^';
    s = str_from(s, out->is_prefix);
    if (s.n == 0 || *s.p != '=')
        return wrong(e);
    s = str_from(s, 1);
    skip_spaces(&s);
    if (!parse_value(mem, &s, &out->value))
        return wrong(e);
    skip_spaces(&s);
    if (s.n > 0 || out->name.n == 0)
        return wrong(e);
    for (size_t i = 0; i < COUNT_OF(searchable); i++)
        if (str_eq(searchable[i], out->name))
            return true;
    return err_set(e, ERR_INVALID_PARAMETER, "Invalid search attribute: " STR_FMT,
                   STR_ARG(out->name));
}

bool pool_filter_match(const struct pool_filter *f, const struct user *u)
{
    struct str v;
    if (f->name.n == 0)
        return true;
    if (str_eq(f->name, STR("username")))
        v = u->name;
    else if (str_eq(f->name, STR("cognito:user_status")))
        v = u->status;
    else if (str_eq(f->name, STR("status")))
        v = u->enabled == TRI_FALSE ? STR("Disabled") : STR("Enabled");
    else
        v = pool_attribute_get(&u->attributes, f->name);
    if (v.p == NULL || v.n < f->value.n)
        return false;
    bool exact = str_eq(f->name, STR("cognito:user_status"));
    struct str head = {v.p, f->value.n};
    return (exact ? str_eq(head, f->value) : str_eq_nocase(head, f->value)) &&
           (f->is_prefix || v.n == f->value.n);
}
