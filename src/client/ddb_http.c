/* ddb_http.c - one signed POST over libcurl. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/env.h"
#include "client/ddb_int.h"

enum { REPLY_BYTES_MAX = 64 * 1024 * 1024 };

static size_t take_body(char *p, size_t one, size_t n, void *arg)
{
    struct buf *to = arg;
    buf_add(to, (struct str){p, one * n});
    return to->overflow ? 0 : one * n;
}

static size_t take_header(char *p, size_t one, size_t n, void *arg)
{
    struct ddb_exchange *x = arg;
    struct str line = {p, one * n}, name = STR("x-amz-crc32:");
    if (line.n > name.n && line.n < 64 && str_eq_nocase((struct str){p, name.n}, name)) {
        char text[64];
        memcpy(text, p + name.n, line.n - name.n);
        text[line.n - name.n] = '\0';
        x->crc32 = (uint32_t)strtoul(text, NULL, 10);
        x->has_crc32 = true;
    }
    return one * n;
}

static struct curl_slist *add(struct curl_slist *list, struct arena *mem, struct str name,
                              struct str value)
{
    struct str line = arena_printf(mem, STR_FMT ": " STR_FMT, STR_ARG(name), STR_ARG(value));
    struct curl_slist *more = curl_slist_append(list, arena_cstr(mem, line));
    if (more == NULL)
        curl_slist_free_all(list);
    return more;
}

/* The headers that are signed, then what signing adds. */
static struct curl_slist *headers(struct ddb *ddb, const struct ddb_exchange *x, struct arena *mem)
{
    struct sigv4_header sent[] = {
        {STR("Content-Type"), str_from_c(x->content_type)},
        {STR("Host"), str_from_c(ddb->host)},
        {STR("X-Amz-Target"), str_from_c(x->target)},
    };
    size_t sent_n = COUNT_OF(sent) - (x->target == NULL);
    struct sigv4_request rq = {.method = STR("POST"),
                               .path = STR("/"),
                               .query = STR(""),
                               .headers = sent,
                               .headers_n = sent_n,
                               .body = x->body};
    struct sigv4_signer signer = ddb->signer;
    struct sigv4_signed added;
    signer.service = str_from_c(x->service);
    sigv4_sign(&signer, &rq, env_now_ms(env_system()), mem, &added);

    struct curl_slist *list =
        curl_slist_append(NULL, "Expect:"); /* no 100-continue: one round trip */
    for (size_t i = 0; list != NULL && i < sent_n; i++)
        list = add(list, mem, sent[i].name, sent[i].value);
    for (size_t i = 0; list != NULL && i < added.n; i++)
        list = add(list, mem, added.header[i].name, added.header[i].value);
    return list;
}

enum ddb_sent ddb_http_post(struct ddb *ddb, struct ddb_exchange *x, struct ddb_error *err)
{
    struct arena mem = {0};
    struct curl_slist *list = headers(ddb, x, &mem);
    if (list == NULL) {
        arena_free(&mem);
        ddb_fail(err, DDB_ERR_MEMORY, "out of memory");
        return DDB_REFUSED;
    }
    x->reply->n = 0;
    x->reply->max = REPLY_BYTES_MAX;
    x->reply->overflow = false;
    x->has_crc32 = false;
    curl_easy_setopt(ddb->curl, CURLOPT_URL, ddb->url);
    curl_easy_setopt(ddb->curl, CURLOPT_POSTFIELDS, x->body.p);
    curl_easy_setopt(ddb->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)x->body.n);
    curl_easy_setopt(ddb->curl, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(ddb->curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(ddb->curl, CURLOPT_WRITEDATA, x->reply);
    curl_easy_setopt(ddb->curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(ddb->curl, CURLOPT_HEADERDATA, x);
    curl_easy_setopt(ddb->curl, CURLOPT_TIMEOUT_MS, (long)ddb->timeout_ms);
    curl_easy_setopt(ddb->curl, CURLOPT_NOSIGNAL, 1L);
    CURLcode code = curl_easy_perform(ddb->curl);
    curl_slist_free_all(list);
    arena_free(&mem);
    if (code != CURLE_OK) {
        ddb_fail(err, DDB_ERR_NETWORK, "cannot reach %s: %s", ddb->url, curl_easy_strerror(code));
        return code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL ? DDB_REFUSED
                                                                                 : DDB_BROKEN;
    }
    curl_easy_getinfo(ddb->curl, CURLINFO_RESPONSE_CODE, &x->status);
    return DDB_SENT;
}
