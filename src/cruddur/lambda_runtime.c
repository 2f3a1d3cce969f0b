/* lambda_runtime.c - see lambda_runtime.h. */
#include "cruddur/lambda_runtime.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

#include "codec/json_out.h"

enum { REQUEST_ID_MAX = 128, EVENT_BYTES_MAX = 6 * 1024 * 1024 + 65536, URL_MAX = 512 };

struct next {
    char id[REQUEST_ID_MAX];
    struct buf event;
};

static size_t take_body(char *p, size_t one, size_t n, void *arg)
{
    struct buf *to = arg;
    buf_add(to, (struct str){p, one * n});
    return to->overflow ? 0 : one * n;
}

static size_t take_header(char *p, size_t one, size_t n, void *arg)
{
    struct next *next = arg;
    struct str line = {p, one * n}, name = STR("lambda-runtime-aws-request-id:");
    if (line.n <= name.n || !str_eq_nocase((struct str){line.p, name.n}, name))
        return line.n;
    struct str v = str_from(line, name.n);
    while (v.n > 0 && (v.p[v.n - 1] == '\r' || v.p[v.n - 1] == '\n'))
        v.n--;
    while (v.n > 0 && v.p[0] == ' ')
        v = str_from(v, 1);
    if (v.n < sizeof(next->id)) {
        memcpy(next->id, v.p, v.n);
        next->id[v.n] = '\0';
    }
    return line.n;
}

/* There is no limit to the time until the next event. */
static bool get_next(CURL *c, const char *api, struct next *next)
{
    char url[URL_MAX];
    long status = 0;
    next->event.n = 0;
    next->id[0] = '\0';
    snprintf(url, sizeof(url), "http://%s/2018-06-01/runtime/invocation/next", api);
    curl_easy_reset(c);
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, &next->event);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, next);
    CURLcode code = curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK && status == 200 && next->id[0] != '\0')
        return true;
    fprintf(stderr, "cruddur: runtime API: %s, status %ld\n", curl_easy_strerror(code), status);
    return false;
}

static bool post(CURL *c, const char *api, const char *id, const char *how, struct str body)
{
    char url[URL_MAX];
    long status = 0;
    struct buf ignored = {.max = EVENT_BYTES_MAX};
    struct curl_slist *h = curl_slist_append(NULL, "Content-Type: application/json");
    snprintf(url, sizeof(url), "http://%s/2018-06-01/runtime/invocation/%s/%s", api, id, how);
    h = curl_slist_append(h, "Expect:");
    curl_easy_reset(c);
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, h);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, body.p != NULL ? body.p : "");
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, &ignored);
    CURLcode code = curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(h);
    buf_free(&ignored);
    if (code == CURLE_OK && status < 300)
        return true;
    fprintf(stderr, "cruddur: runtime API: %s, status %ld\n", curl_easy_strerror(code), status);
    return false;
}

static void write_error(struct buf *to, const char *type, const char *message)
{
    struct json_out o = {.to = to};
    json_out_open(&o, '{');
    json_out_name(&o, STR("errorMessage"));
    json_out_str(&o, str_from_c(message));
    json_out_name(&o, STR("errorType"));
    json_out_str(&o, str_from_c(type));
    json_out_close(&o, '}');
}

static bool serve_one(CURL *c, const char *api, struct next *next, lambda_handler handler,
                      void *arg)
{
    struct buf reply = {0};
    struct err e = {0};
    const char *type = "Error";
    if (!get_next(c, api, next))
        return false;
    bool good = handler(arg, buf_str(&next->event), &reply, &type, &e);
    if (!good) {
        fprintf(stderr, "[ERROR] %s: %s\n", type, e.msg);
        reply.n = 0;
        write_error(&reply, type, e.msg);
    }
    bool posted = post(c, api, next->id, good ? "response" : "error", buf_str(&reply));
    buf_free(&reply);
    return posted;
}

int lambda_runtime_run(lambda_handler handler, void *arg)
{
    const char *api = getenv("AWS_LAMBDA_RUNTIME_API");
    struct next next = {.event = {.max = EVENT_BYTES_MAX}};
    if (api == NULL || *api == '\0') {
        fprintf(stderr, "cruddur: this is a function: it runs where AWS_LAMBDA_RUNTIME_API is set, "
                        "e.g. by `stator function add`\n");
        return 2;
    }
    CURL *c = curl_easy_init();
    if (c == NULL)
        abort();
    while (serve_one(c, api, &next, handler, arg))
        fflush(stdout);
    curl_easy_cleanup(c);
    buf_free(&next.event);
    return 1;
}
