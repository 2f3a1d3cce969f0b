/* answer.c - the answer to a call, as bytes: JSON in ASCII, and the headers. */
#include "cruddur/answer.h"

#include "cruddur/ask.h"

enum { HEADERS_MAX = 2048 };

static uint32_t code_point(const unsigned char *p, size_t *n)
{
    if (p[0] < 0xE0) {
        *n = 2;
        return (uint32_t)(p[0] & 0x1F) << 6 | (p[1] & 0x3F);
    }
    if (p[0] < 0xF0) {
        *n = 3;
        return (uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3F);
    }
    *n = 4;
    return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3F) << 12 |
           (uint32_t)(p[2] & 0x3F) << 6 | (p[3] & 0x3F);
}

/* Whatever is not ASCII can only stand inside a string; `json` is valid UTF-8. */
void answer_ascii(struct buf *to, struct str json)
{
    size_t from = 0;
    for (size_t i = 0; i < json.n;) {
        if ((unsigned char)json.p[i] < 0x80) {
            i++;
            continue;
        }
        buf_add(to, (struct str){json.p + from, i - from});
        size_t n;
        uint32_t c = code_point((const unsigned char *)json.p + i, &n);
        if (c >= 0x10000) {
            buf_printf(to, "\\u%04x", 0xD800 + ((c - 0x10000) >> 10));
            c = 0xDC00 + ((c - 0x10000) & 0x3FF);
        }
        buf_printf(to, "\\u%04x", c);
        i += n;
        from = i;
    }
    buf_add(to, str_from(json, from));
}

/* The origin, when it is one of ours. */
static struct str allowed_origin(const struct app *app, const struct http_request *rq)
{
    struct str origin = http_header(&rq->head, STR("Origin"));
    for (size_t i = 0; i < COUNT_OF(app->set.origin); i++)
        if (origin.n > 0 && app->set.origin[i] != NULL &&
            str_eq(origin, str_from_c(app->set.origin[i])))
            return origin;
    return (struct str){0};
}

static void cors(struct buf *h, const struct app *app, const struct http_request *rq)
{
    struct str origin = allowed_origin(app, rq);
    buf_printf(h, "Vary: Origin\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n");
    if (origin.n > 0)
        buf_printf(h,
                   "Access-Control-Allow-Origin: " STR_FMT
                   "\r\nAccess-Control-Expose-Headers: Authorization, X-Next-Cursor\r\n",
                   STR_ARG(origin));
}

struct str answer_headers(const struct app *app, const struct http_request *rq)
{
    struct buf h = {.mem = rq->mem};
    cors(&h, app, rq);
    return buf_str(&h);
}

void answer_preflight(const struct app *app, struct http_request *rq)
{
    struct buf h = {.mem = rq->mem};
    struct str headers = http_header(&rq->head, STR("Access-Control-Request-Headers"));
    cors(&h, app, rq);
    if (allowed_origin(app, rq).n > 0)
        buf_printf(&h,
                   "Access-Control-Allow-Methods: DELETE, GET, OPTIONS, POST, PUT\r\n"
                   "Access-Control-Allow-Headers: " STR_FMT "\r\nAccess-Control-Max-Age: 600\r\n",
                   STR_ARG(headers));
    buf_printf(&h, "Allow: DELETE, GET, OPTIONS, POST, PUT\r\n");
    http_response_body(rq);
    http_respond(rq, &(struct http_response){.status = 200,
                                             .content_type = "text/plain",
                                             .extra_headers = buf_str(&h)});
}

static void body(struct ask *a, struct buf *to)
{
    if (a->status == 0) {
        answer_ascii(to, buf_str(&a->body_out));
    } else if (a->codes_n == 0) {
        buf_add(to, STR("{}"));
    } else {
        for (int i = 0; i < a->codes_n; i++)
            buf_printf(to, "%s\"%s\"", i == 0 ? "[" : ",", a->codes[i]);
        buf_byte(to, ']');
    }
    buf_byte(to, '\n');
}

void ask_answer(struct ask *a)
{
    struct http_request *rq = a->http;
    struct buf h = {.mem = a->mem};
    int status = a->status == 0 ? 200 : a->status;
    bool head = str_eq(rq->head.method, STR("HEAD"));
    cors(&h, a->app, rq);
    if (status == 200 && a->cursor[0] != '\0')
        buf_printf(&h, "X-Next-Cursor: %s\r\n", a->cursor);
    if (status == 405)
        buf_printf(&h, "Allow: %s\r\n", a->match.methods);
    if (status == 401)
        buf_printf(&h, "WWW-Authenticate: Bearer\r\n");
    if (status == 503)
        buf_printf(&h, "Retry-After: 1\r\n");
    if (!head)
        body(a, http_response_body(rq));
    http_respond(rq, &(struct http_response){.status = status,
                                             .content_type = "application/json",
                                             .extra_headers = buf_str(&h),
                                             .may_compress = true,
                                             .close = head});
}
