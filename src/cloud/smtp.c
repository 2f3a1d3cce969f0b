/* smtp.c - see smtp.h. */
#include "cloud/smtp.h"

#define CURL_DISABLE_TYPECHECK /* its checks are macros around the names that we load */
#include <curl/curl.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#undef curl_easy_setopt

enum { URL_BYTES = 1024, TIMEOUT_S = 10 };

struct smtp {
    void *library;
    __typeof__(curl_global_init) *global_init;
    __typeof__(curl_easy_init) *easy_init;
    __typeof__(curl_easy_setopt) *easy_setopt;
    __typeof__(curl_easy_perform) *easy_perform;
    __typeof__(curl_easy_strerror) *easy_strerror;
    __typeof__(curl_easy_cleanup) *easy_cleanup;
    __typeof__(curl_slist_append) *slist_append;
    __typeof__(curl_slist_free_all) *slist_free_all;
};

bool smtp_new(struct smtp **out, struct err *e)
{
    struct smtp *s = calloc(1, sizeof(*s));
    if (s == NULL)
        abort();
    const struct {
        const char *name;
        void *to; /* where the function's address goes */
    } names[] = {
        {"curl_global_init", &s->global_init},     {"curl_easy_init", &s->easy_init},
        {"curl_easy_setopt", &s->easy_setopt},     {"curl_easy_perform", &s->easy_perform},
        {"curl_easy_strerror", &s->easy_strerror}, {"curl_easy_cleanup", &s->easy_cleanup},
        {"curl_slist_append", &s->slist_append},   {"curl_slist_free_all", &s->slist_free_all},
    };
    s->library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    bool good = s->library != NULL;
    for (size_t i = 0; good && i < COUNT_OF(names); i++) {
        void *f = dlsym(s->library, names[i].name);
        memcpy(names[i].to, &f, sizeof(f));
        good = f != NULL;
    }
    if (!good) {
        err_set(e, ERR_IO, "mail cannot be sent: %s", dlerror());
        smtp_free(&s);
        return false;
    }
    s->global_init(CURL_GLOBAL_DEFAULT);
    *out = s;
    return true;
}

void smtp_free(struct smtp **s)
{
    if (*s != NULL && (*s)->library != NULL)
        dlclose((*s)->library);
    free(*s);
    *s = NULL;
}

static size_t read_more(char *to, size_t size, size_t n, void *arg)
{
    struct str *rest = arg;
    size_t part = size_min(size * n, rest->n);
    if (part > 0)
        memcpy(to, rest->p, part);
    *rest = str_from(*rest, part);
    return part;
}

bool smtp_send(struct smtp *s, const char *server, const char *from, const char *to,
               struct str message, struct err *e)
{
    char url[URL_BYTES], why[CURL_ERROR_SIZE] = "";
    CURL *c = s->easy_init();
    struct curl_slist *recipients = s->slist_append(NULL, to);
    if (c == NULL || recipients == NULL)
        abort();
    snprintf(url, sizeof(url), "smtp://%s", server);
    s->easy_setopt(c, CURLOPT_URL, url);
    s->easy_setopt(c, CURLOPT_MAIL_FROM, from);
    s->easy_setopt(c, CURLOPT_MAIL_RCPT, recipients);
    s->easy_setopt(c, CURLOPT_READFUNCTION, read_more);
    s->easy_setopt(c, CURLOPT_READDATA, &message);
    s->easy_setopt(c, CURLOPT_UPLOAD, 1L);
    s->easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    s->easy_setopt(c, CURLOPT_TIMEOUT, (long)TIMEOUT_S);
    s->easy_setopt(c, CURLOPT_ERRORBUFFER, why);
    s->easy_setopt(c, CURLOPT_USE_SSL, (long)CURLUSESSL_TRY);
    CURLcode code = s->easy_perform(c);
    if (code != CURLE_OK)
        err_set(e, ERR_IO, "the mail server %s does not take a message: %s", server,
                why[0] != '\0' ? why : s->easy_strerror(code));
    s->slist_free_all(recipients);
    s->easy_cleanup(c);
    return code == CURLE_OK;
}
