/* fn_api.c - the Lambda API (2015-03-31): from a path to the function that serves it.
 *
 * Whoever may create a function runs programs on this machine.  So the API is there
 * only with `stator serve --functions`; and as long as signatures are not verified,
 * it refuses what comes from a page in a browser, which may be anybody's. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "cloud/fn_api_int.h"
#include "codec/utf8.h"

static const struct route {
    const char *method;
    /* Under /2015-03-31; {} is a function, <> something else; the last / is optional. */
    const char *path;
    bool (*serve)(struct fn_call *c);
    bool raw_body; /* an event, not the operation's input */
} routes[] = {
    {"POST", "functions", fn_create_function, false},
    {"GET", "functions", fn_list_functions, false},
    {"GET", "functions/{}", fn_get_function, false},
    {"DELETE", "functions/{}", fn_delete_function, false},
    {"PUT", "functions/{}/code", fn_update_code, false},
    {"GET", "functions/{}/configuration", fn_get_configuration, false},
    {"PUT", "functions/{}/configuration", fn_update_configuration, false},
    {"POST", "functions/{}/invocations", fn_invoke_function, true},
    {"POST", "event-source-mappings", fn_create_mapping, false},
    {"GET", "event-source-mappings", fn_list_mappings, false},
    {"GET", "event-source-mappings/<>", fn_get_mapping, false},
    {"PUT", "event-source-mappings/<>", fn_update_mapping, false},
    {"DELETE", "event-source-mappings/<>", fn_delete_mapping, false},
};

static struct str base_path(void)
{
    return STR("/2015-03-31/");
}

bool fn_api_match(const struct http_head *h)
{
    return str_starts_with(h->path, base_path());
}

bool fn_reply(struct fn_call *c, int status, json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    if (text == NULL)
        abort();
    buf_add(c->rq->body, str_from_c(text));
    free(text);
    json_decref(value);
    c->rq->status = status;
    return true;
}

bool fn_refuse(struct fn_call *c, int status, const char *type, const char *fmt, ...)
{
    char text[2048];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    json_t *v = json_pack("{s:s s:s}", "Type", status >= 500 ? "Service" : "User", "Message",
                          utf8_valid(str_from_c(text)) ? text : "(not UTF-8)");
    c->rq->headers = arena_printf(c->rq->mem, "x-amzn-ErrorType: %s\r\n", type);
    fn_reply(c, status, v);
    return false;
}

bool fn_refuse_missing(struct fn_call *c, const char *name)
{
    return fn_refuse(c, 404, "ResourceNotFoundException",
                     "Function not found: arn:aws:lambda:%s:%s:function:%s", c->rq->cloud->region,
                     c->rq->cloud->account, name);
}

bool fn_refuse_internal(struct fn_call *c, const struct err *e)
{
    log_error("functions: %s", e->msg);
    return fn_refuse(c, 500, "ServiceException", "%s", e->msg);
}

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* %XX resolved; what is malformed stays as it is. */
static struct str percent_decode(struct arena *mem, struct str s)
{
    char *out = arena_bytes(mem, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        bool escaped = s.p[i] == '%' && i + 2 < s.n && hex(s.p[i + 1]) >= 0 && hex(s.p[i + 2]) >= 0;
        out[n++] = escaped ? (char)(hex(s.p[i + 1]) * 16 + hex(s.p[i + 2])) : s.p[i];
        i += escaped ? 2 : 0;
    }
    return (struct str){out, n};
}

struct str fn_query(const struct fn_call *c, const char *name)
{
    struct str left = c->rq->http->head.query, want = str_from_c(name);
    while (left.n > 0) {
        const char *amp = memchr(left.p, '&', left.n);
        struct str one = {left.p, amp != NULL ? (size_t)(amp - left.p) : left.n};
        left = str_from(left, amp != NULL ? one.n + 1 : one.n);
        if (str_starts_with(one, want) && one.n > want.n && one.p[want.n] == '=')
            return percent_decode(c->rq->mem, str_from(one, want.n + 1));
    }
    return (struct str){0};
}

/* One part of a path, up to the next slash. */
static struct str take_part(struct str *left)
{
    const char *slash = left->n > 0 ? memchr(left->p, '/', left->n) : NULL;
    struct str part = {left->p, slash != NULL ? (size_t)(slash - left->p) : left->n};
    *left = str_from(*left, slash != NULL ? part.n + 1 : part.n);
    return part;
}

/* Does the path fit?  Then *function and *other are its parts, still encoded. */
static bool route_fits(const struct route *r, struct str path, struct str *function,
                       struct str *other)
{
    struct str pattern = str_from_c(r->path);
    while (pattern.n > 0) {
        struct str want = take_part(&pattern), part = take_part(&path);
        if (part.n == 0)
            return false;
        if (str_eq(want, STR("{}")))
            *function = part;
        else if (str_eq(want, STR("<>")))
            *other = part;
        else if (!str_eq(want, part))
            return false;
    }
    return path.n == 0;
}

static bool parse_input(struct fn_call *c, const struct route *r, struct str function,
                        struct str other)
{
    const struct http_request *h = c->rq->http;
    struct str name = percent_decode(c->rq->mem, function),
               part = percent_decode(c->rq->mem, other);
    if (function.p != NULL && !fn_name_parse(name, c->name))
        return fn_refuse(c, 400, "ValidationException",
                         "1 validation error detected: Value '" STR_FMT
                         "' at 'functionName' failed "
                         "to satisfy constraint: Member must be the name or the ARN of a function",
                         STR_ARG(name));
    if (part.n >= sizeof(c->part))
        return fn_refuse(c, 404, "ResourceNotFoundException",
                         "The resource you requested does not exist.");
    snprintf(c->part, sizeof(c->part), STR_FMT, STR_ARG(part));
    if (r->raw_body || h->body.n == 0)
        return true;
    json_error_t why;
    c->in = json_loadb(h->body.p, h->body.n, JSON_REJECT_DUPLICATES, &why);
    if (!json_is_object(c->in))
        return fn_refuse(c, 400, "SerializationException", "Could not parse request body: %s",
                         c->in == NULL ? why.text : "it is not an object");
    return true;
}

/* Functions run programs: who asks must be allowed to have them run. */
static bool check_caller(struct fn_call *c)
{
    struct sigv4_identity who;
    struct cloud *cloud = c->rq->cloud;
    if (!cloud_authenticate(c->rq, STR("lambda"), &who))
        return fn_refuse(c, 403, err_name(c->rq->err.code), "%s", c->rq->err.msg);
    if (c->fn == NULL)
        return fn_refuse(c, 403, "AccessDeniedException",
                         "functions are switched off; stator serve --functions runs them");
    if (cloud->credentials == NULL && http_header(&c->rq->http->head, STR("origin")).p != NULL)
        return fn_refuse(c, 403, "AccessDeniedException",
                         "as long as signatures are not verified (--credentials), pages in a "
                         "browser may not call this service");
    return true;
}

static const struct route *find_route(struct fn_call *c, struct str *function, struct str *other)
{
    const struct http_head *h = &c->rq->http->head;
    struct str base = base_path();
    for (size_t i = 0; i < COUNT_OF(routes) && str_starts_with(h->path, base); i++)
        if (str_eq(h->method, str_from_c(routes[i].method)) &&
            route_fits(&routes[i], str_from(h->path, base.n), function, other))
            return &routes[i];
    return NULL;
}

void fn_api_serve(struct cloud_request *rq)
{
    struct fn_call c = {.rq = rq, .fn = rq->cloud->fn};
    struct str function = {0}, other = {0};
    rq->content_type = "application/json";
    const struct route *r = find_route(&c, &function, &other);
    if (r == NULL)
        fn_refuse(&c, 404, "UnknownOperationException", "there is no such operation");
    else if (check_caller(&c) && parse_input(&c, r, function, other))
        (void)r->serve(&c);
    json_decref(c.in);
}
