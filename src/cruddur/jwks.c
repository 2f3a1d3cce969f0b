/* jwks.c - see jwks.h. */
#include "cruddur/jwks.h"

#include <curl/curl.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/lock.h"
#include "cruddur/access_token.h"
#include "cruddur/times.h"
#include "ddb.h"

enum { KEYS_MAX = 16, REPLY_BYTES_MAX = 64 * 1024, TIMEOUT_MS = 5000, KID_MAX = 128 };
static const int64_t fetch_again_us = 10 * 1000000, retry_us = 1000000;

struct jwks {
    char *url;
    struct lock lock;
    int n; /* what follows: under the lock */
    struct {
        char kid[KID_MAX];
        EVP_PKEY *key;
    } key[KEYS_MAX];
    int64_t fetched_us; /* last attempt */
    bool failed;        /* it was in vain */
};

struct jwks *jwks_new(const char *url)
{
    struct jwks *k = calloc(1, sizeof(*k));
    if (k == NULL || (k->url = strdup(url)) == NULL)
        abort();
    lock_init(&k->lock, LOCK_CREDENTIALS);
    return k;
}

static void forget(struct jwks *k)
{
    for (int i = 0; i < k->n; i++)
        EVP_PKEY_free(k->key[i].key);
    k->n = 0;
}

void jwks_free(struct jwks *k)
{
    if (k == NULL)
        return;
    forget(k);
    lock_deinit(&k->lock);
    free(k->url);
    free(k);
}

static size_t take_body(char *p, size_t one, size_t n, void *arg)
{
    struct buf *to = arg;
    buf_add(to, (struct str){p, one * n});
    return to->overflow ? 0 : one * n;
}

static bool get(const char *url, struct buf *reply, struct err *e)
{
    long status = 0;
    CURL *c = curl_easy_init();
    if (c == NULL)
        abort();
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, reply);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)TIMEOUT_MS);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    CURLcode code = curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(c);
    if (code != CURLE_OK)
        return err_set(e, ERR_IO, "%s: %s", url, curl_easy_strerror(code));
    return status == 200 || err_set(e, ERR_IO, "%s: answered %ld", url, status);
}

/* Only RSA keys for signatures; what is malformed is as good as absent. */
static void adopt(struct jwks *k, const struct ddb_doc *doc)
{
    struct arena mem = {0};
    const struct ddb_doc *keys = ddb_get(doc, "keys");
    forget(k);
    for (size_t i = 0; i < ddb_count(keys) && k->n < KEYS_MAX; i++) {
        const struct ddb_doc *j = ddb_at(keys, i);
        const char *kid = ddb_get_string(j, "kid"), *type = ddb_get_string(j, "kty");
        const char *n = ddb_get_string(j, "n"), *e = ddb_get_string(j, "e");
        if (kid == NULL || type == NULL || n == NULL || e == NULL || strcmp(type, "RSA") != 0 ||
            strlen(kid) >= KID_MAX)
            continue;
        EVP_PKEY *key = access_token_key(&mem, str_from_c(n), str_from_c(e));
        if (key == NULL)
            continue;
        memcpy(k->key[k->n].kid, kid, strlen(kid) + 1);
        k->key[k->n++].key = key;
    }
    arena_free(&mem);
}

static bool fetch(struct jwks *k, struct err *e)
{
    struct ddb_error why;
    struct buf reply = {.max = REPLY_BYTES_MAX};
    struct ddb_doc *doc = NULL;
    bool good = get(k->url, &reply, e);
    if (good) {
        doc = ddb_doc_parse(reply.p != NULL ? reply.p : "", reply.n, &why);
        good = doc != NULL || err_set(e, ERR_IO, "%s: %s", k->url, why.message);
    }
    if (good)
        adopt(k, doc);
    ddb_doc_free(doc);
    buf_free(&reply);
    return good;
}

static EVP_PKEY *known(const struct jwks *k, struct str kid)
{
    for (int i = 0; i < k->n; i++)
        if (str_eq(str_from_c(k->key[i].kid), kid)) {
            EVP_PKEY_up_ref(k->key[i].key);
            return k->key[i].key;
        }
    return NULL;
}

/* The lock is held while we fetch: who asks meanwhile wants the same answer. */
bool jwks_find(struct jwks *k, struct str kid, EVP_PKEY **out, struct err *e)
{
    bool good = true;
    lock_take(&k->lock);
    EVP_PKEY *key = known(k, kid);
    int64_t now = times_now_us();
    int64_t age = now - k->fetched_us;
    if (key == NULL && k->failed && age < retry_us) {
        good = err_set(e, ERR_IO, "%s: did not answer a moment ago", k->url);
    } else if (key == NULL && (k->failed || age >= fetch_again_us)) {
        good = fetch(k, e);
        k->failed = !good;
        k->fetched_us = now;
        key = known(k, kid);
    }
    lock_drop(&k->lock);
    if (good)
        *out = key;
    return good;
}
