/* ask.c - see ask.h. */
#include "cruddur/ask.h"

#include <stdio.h>

#include "base/log.h"
#include "codec/json.h"
#include "codec/utf8.h"

enum { MEMBERS_MAX = 32, DEPTH_MAX = 16 };

struct ask_body {
    uint32_t n;
    struct {
        struct str name, text;
        bool is_text;
    } member[MEMBERS_MAX];
};

struct ask *ask_new(struct app *app, struct http_request *http, const struct route_match *m)
{
    struct ask *a = NEW(http->mem, struct ask);
    *a = (struct ask){.app = app, .http = http, .mem = http->mem, .match = *m};
    a->body_out.mem = a->mem;
    a->out.to = &a->body_out;
    return a;
}

static struct str trim(struct str s)
{
    while (s.n > 0 && strchr(" \t\r\n", s.p[s.n - 1]) != NULL)
        s.n--;
    while (s.n > 0 && strchr(" \t\r\n", s.p[0]) != NULL)
        s = str_from(s, 1);
    return s;
}

static bool read_members(struct ask *a, struct ask_body *b)
{
    struct json j;
    struct str name;
    json_init(&j, a->mem, a->http->body, DEPTH_MAX);
    if (a->http->body_state != HTTP_BODY_OK || json_next(&j) != JSON_OBJECT)
        return false;
    while (json_member(&j, &name)) {
        if (b->n == MEMBERS_MAX)
            return false;
        struct json ahead = j;
        enum json_type type = json_next(&ahead);
        json_skip(&j);
        if (type == JSON_NULL)
            continue;
        b->member[b->n].name = name;
        b->member[b->n].text = type == JSON_STRING ? trim(ahead.text) : (struct str){0};
        b->member[b->n++].is_text = type == JSON_STRING;
    }
    return json_end(&j);
}

struct str ask_field(struct ask *a, const char *name)
{
    if (a->body == NULL) {
        a->body = NEW(a->mem, struct ask_body);
        if (!read_members(a, a->body)) {
            ask_refuse(a, 400, "body_malformed");
            a->body->n = 0;
        }
    }
    for (uint32_t i = a->body->n; i-- > 0;) { /* of names that repeat the last counts */
        if (!str_eq(a->body->member[i].name, str_from_c(name)))
            continue;
        struct str s = a->body->member[i].text;
        if (!a->body->member[i].is_text || (s.n > 0 && memchr(s.p, '\0', s.n) != NULL))
            ask_refuse(a, 400, "body_malformed");
        return s;
    }
    return (struct str){0};
}

struct str ask_query(struct ask *a, const char *name)
{
    struct str s = router_query(a->http->head.query, str_from_c(name), a->mem);
    if (s.n > 0 && (!utf8_valid(s) || memchr(s.p, '\0', s.n) != NULL)) {
        ask_refuse(a, 400, "query_malformed");
        return (struct str){0};
    }
    return s;
}

size_t ask_chars(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return n;
}

void ask_refuse(struct ask *a, int status, const char *code)
{
    if (a->status != 0)
        return;
    a->status = status;
    a->codes_n = 0;
    if (code != NULL)
        a->codes[a->codes_n++] = code;
}

void ask_code(struct ask *a, const char *code)
{
    if (a->status != 0 && a->status != 422)
        return;
    a->status = 422;
    assert(a->codes_n < ASK_CODES_MAX);
    a->codes[a->codes_n++] = code;
}

struct str ask_message(struct ask *a, size_t max, const char *too_long)
{
    struct str message = ask_field(a, "message");
    if (message.n == 0)
        ask_code(a, "message_blank");
    else if (ask_chars(message) > max)
        ask_code(a, too_long);
    return message;
}

void ask_unavailable(struct ask *a, const char *why)
{
    if (a->status == 0)
        log_warn("%s: %s", a->match.route->pattern, why);
    ask_refuse(a, 503, "unavailable");
}

static bool connected(struct ask *a)
{
    struct err e = {0};
    if (a->sql != NULL || tools_sql(a->tools, &a->sql, &e))
        return true;
    ask_unavailable(a, e.msg);
    return false;
}

bool ask_sql(struct ask *a, const char *statement, const struct str *args, size_t n,
             struct sql_rows *out)
{
    struct err e = {0};
    if (!connected(a))
        return false;
    if (sql_run(a->sql, a->mem, statement, args, n, out, &e))
        return true;
    ask_unavailable(a, e.msg);
    return false;
}

bool ask_begin(struct ask *a)
{
    struct err e = {0};
    if (!connected(a))
        return false;
    if (sql_begin(a->sql, &e))
        return true;
    ask_unavailable(a, e.msg);
    return false;
}

bool ask_commit(struct ask *a)
{
    struct err e = {0};
    if (sql_commit(a->sql, &e))
        return true;
    ask_unavailable(a, e.msg);
    return false;
}

void ask_rollback(struct ask *a)
{
    if (a->sql != NULL)
        sql_rollback(a->sql);
}

static bool ends_with(struct str s, struct str end)
{
    return s.n >= end.n && str_eq(str_from(s, s.n - end.n), end);
}

/* "2026-11-22 10:38:55.054000" or the same with a T becomes "2026-11-22T10:38:55.054". */
static struct str sql_time(struct ask *a, struct str t)
{
    char *p = arena_cstr(a->mem, t);
    if (t.n > 10 && p[10] == ' ')
        p[10] = 'T';
    if (memchr(p, '.', t.n) != NULL)
        while (p[t.n - 1] == '0')
            t.n--;
    if (t.n > 0 && p[t.n - 1] == '.')
        t.n--;
    return (struct str){p, t.n};
}

static void cell(struct ask *a, struct str name, struct str v)
{
    if (v.p == NULL)
        json_out_null(&a->out);
    else if (ends_with(name, STR("_count")) || str_eq(name, STR("unread")))
        json_out_raw(&a->out, v);
    else if (str_eq(name, STR("liked")) || str_eq(name, STR("reposted")) ||
             str_eq(name, STR("read")))
        json_out_bool(&a->out, str_eq(v, STR("t")) || str_eq(v, STR("1")));
    else if (ends_with(name, STR("_at")))
        json_out_str(&a->out, sql_time(a, v));
    else
        json_out_str(&a->out, v);
}

void ask_row(struct ask *a, const struct sql_rows *r, uint32_t row)
{
    json_out_open(&a->out, '{');
    for (uint32_t c = 0; c < r->columns; c++) {
        if (!a->marks && (str_eq(r->name[c], STR("liked")) || str_eq(r->name[c], STR("reposted"))))
            continue;
        json_out_name(&a->out, r->name[c]);
        cell(a, r->name[c], sql_cell(r, row, c));
    }
    json_out_close(&a->out, '}');
}

void ask_member(struct ask *a, const char *name, struct str value)
{
    json_out_name(&a->out, str_from_c(name));
    if (value.p != NULL)
        json_out_str(&a->out, value);
    else
        json_out_null(&a->out);
}

void ask_member_c(struct ask *a, const char *name, const char *value)
{
    ask_member(a, name, str_from_c(value));
}
