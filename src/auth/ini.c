/* ini.c - see ini.h. */
#include "auth/ini.h"

void ini_init(struct ini *i, struct str text)
{
    const char *p = text.p != NULL ? text.p : "";
    *i = (struct ini){.at = p, .end = p + text.n};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct str trim(struct str s)
{
    while (s.n > 0 && is_blank(s.p[s.n - 1]))
        s.n--;
    while (s.n > 0 && is_blank(*s.p))
        s = str_from(s, 1);
    return s;
}

static bool is_comment(struct str s)
{
    return s.n == 0 || *s.p == '#' || *s.p == ';';
}

static bool problem(struct ini *i, const char *what)
{
    i->problem = what;
    i->at = i->end;
    return false;
}

/* [name], [profile name] or [profile "name"] */
static bool section(struct ini *i, struct str line)
{
    const char *close = memchr(line.p, ']', line.n);
    if (close == NULL)
        return problem(i, "a section without its closing bracket");
    size_t n = (size_t)(close - line.p);
    if (!is_comment(trim(str_from(line, n + 1))))
        return problem(i, "text behind the name of a section");
    struct str name = trim((struct str){line.p + 1, n - 1});
    size_t word = STR("profile").n;
    if (str_starts_with(name, STR("profile")) && name.n > word && is_blank(name.p[word]))
        name = trim(str_from(name, word));
    if (name.n >= 2 && (*name.p == '"' || *name.p == '\'') && name.p[name.n - 1] == *name.p)
        name = (struct str){name.p + 1, name.n - 2};
    if (name.n == 0)
        return problem(i, "a section without a name");
    i->section = name;
    i->in_section = true;
    i->has_setting = false;
    i->key = i->value = (struct str){0};
    return true;
}

static bool setting(struct ini *i, struct str line)
{
    const char *equals = memchr(line.p, '=', line.n);
    if (equals == NULL)
        return problem(i, "neither a section nor \"name = value\"");
    if (!i->in_section)
        return problem(i, "a setting in front of the first section");
    size_t n = (size_t)(equals - line.p);
    i->key = trim((struct str){line.p, n});
    i->value = trim(str_from(line, n + 1));
    if (i->key.n == 0)
        return problem(i, "a setting without a name");
    i->has_setting = true;
    return true;
}

bool ini_next(struct ini *i)
{
    while (i->at < i->end) {
        const char *newline = memchr(i->at, '\n', (size_t)(i->end - i->at));
        const char *stop = newline != NULL ? newline : i->end;
        struct str raw = {i->at, (size_t)(stop - i->at)}, line = trim(raw);
        i->at = newline != NULL ? newline + 1 : i->end;
        i->line++;
        if (is_comment(line) || (is_blank(*raw.p) && i->has_setting))
            continue;
        return *line.p == '[' ? section(i, line) : setting(i, line);
    }
    return false;
}
