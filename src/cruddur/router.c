/* router.c - see router.h. */
#include "cruddur/router.h"

#include <stdio.h>

bool router_is_uuid(struct str s)
{
    if (s.n != 36)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (dash ? c != '-' : !hex)
            return false;
    }
    return true;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 32);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

struct str router_decode(struct str s, bool plus, struct arena *mem)
{
    char *p = arena_bytes(mem, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        int hi = -1, lo = -1;
        if (s.p[i] == '%' && i + 2 < s.n) {
            hi = hex_digit(s.p[i + 1]);
            lo = hex_digit(s.p[i + 2]);
        }
        if (hi >= 0 && lo >= 0) {
            p[n++] = (char)(hi * 16 + lo);
            i += 2;
        } else {
            p[n++] = plus && s.p[i] == '+' ? ' ' : s.p[i];
        }
    }
    return (struct str){p, n};
}

struct str router_query(struct str query, struct str name, struct arena *mem)
{
    while (query.n > 0) {
        const char *amp = memchr(query.p, '&', query.n);
        struct str pair = {query.p, amp != NULL ? (size_t)(amp - query.p) : query.n};
        query = str_from(query, pair.n + (amp != NULL));
        const char *eq = pair.n > 0 ? memchr(pair.p, '=', pair.n) : NULL;
        struct str key = {pair.p, eq != NULL ? (size_t)(eq - pair.p) : pair.n};
        if (str_eq(key, name))
            return router_decode(str_from(pair, size_min(key.n + 1, pair.n)), true, mem);
    }
    return (struct str){0};
}

static struct str segment(struct str *rest)
{
    const char *slash = rest->n > 0 ? memchr(rest->p, '/', rest->n) : NULL;
    struct str s = {rest->p, slash != NULL ? (size_t)(slash - rest->p) : rest->n};
    *rest = str_from(*rest, s.n + (slash != NULL));
    return s;
}

static struct str lower(struct str s, struct arena *mem)
{
    char *p = arena_cstr(mem, s);
    for (size_t i = 0; i < s.n; i++)
        if (p[i] >= 'A' && p[i] <= 'F')
            p[i] = (char)(p[i] + 32);
    return (struct str){p, s.n};
}

static bool match(const char *pattern, struct str path, struct arena *mem, struct str *param)
{
    struct str want = str_from_c(pattern);
    size_t n = 0;
    while (want.n > 0 && path.n > 0) {
        struct str w = segment(&want), s = segment(&path);
        if (str_eq(w, STR(":uuid"))) {
            if (!router_is_uuid(s))
                return false;
            param[n++] = lower(s, mem); /* as the databases spell it */
        } else if (str_eq(w, STR("@:name"))) {
            struct str name = s.n > 0 ? router_decode(s, false, mem) : s;
            if (name.n < 2 || name.p[0] != '@')
                return false;
            param[n++] = str_from(name, 1);
        } else if (!str_eq(w, s)) {
            return false;
        }
        assert(n <= ROUTE_PARAMS_MAX);
    }
    return want.n == 0 && path.n == 0;
}

enum route_found router_find(const struct route *routes, struct str method, struct str path,
                             struct arena *mem, struct route_match *out)
{
    struct str param[ROUTE_PARAMS_MAX + 1];
    size_t n = 0;
    out->methods[0] = '\0';
    if (path.n > 1 && path.p[path.n - 1] == '/')
        path.n = 0; /* no pattern ends so */
    for (const struct route *r = routes; r->method != NULL; r++) {
        if (!match(r->pattern, path, mem, param))
            continue;
        if (str_eq(str_from_c(r->method), method)) {
            out->route = r;
            memcpy(out->param, param, sizeof(out->param));
            return ROUTE_FOUND;
        }
        if (strstr(out->methods, r->method) == NULL)
            n += (size_t)snprintf(out->methods + n, sizeof(out->methods) - n, "%s%s",
                                  n > 0 ? ", " : "", r->method);
    }
    return n > 0 ? ROUTE_NO_METHOD : ROUTE_NO_PATH;
}
