/* ddb.c - the client object: where it connects to and as whom. */
#include "ddb.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/credentials.h"
#include "client/ddb_int.h"

enum { ATTEMPTS_DEFAULT = 4, TIMEOUT_DEFAULT_MS = 20000 };

bool ddb_fail(struct ddb_error *err, enum ddb_error_kind kind, const char *fmt, ...)
{
    va_list ap;
    if (err == NULL)
        return false;
    *err = (struct ddb_error){.kind = kind};
    va_start(ap, fmt);
    vsnprintf(err->message, sizeof(err->message), fmt, ap);
    va_end(ap);
    return false;
}

static struct str first_set(const char *option, struct str found)
{
    return option != NULL ? str_from_c(option) : found;
}

static struct str from_env(const char *name)
{
    const char *v = getenv(name);
    return v != NULL && *v != '\0' ? str_from_c(v) : (struct str){0};
}

/* Who signs: the options, else what the AWS CLI would use. */
static bool identity(struct ddb *ddb, const struct ddb_options *o, struct ddb_error *err)
{
    struct credentials_profile found = {0};
    struct err why = {0};
    if (!credentials_profile_load(&ddb->mem, &found, &why))
        return ddb_fail(err, DDB_ERR_CONFIG, "%s", why.msg);
    struct sigv4_signer *s = &ddb->signer;
    s->access_key = arena_dup(&ddb->mem, first_set(o->access_key, found.access_key));
    s->secret_key = arena_dup(&ddb->mem, first_set(o->secret_key, found.secret_key));
    struct str token =
        first_set(o->session_token, o->access_key == NULL ? found.session_token : (struct str){0});
    if (token.n > 0)
        s->session_token = arena_dup(&ddb->mem, token);
    s->region = arena_dup(&ddb->mem, first_set(o->region, found.region));
    if (o->any_credentials && s->access_key.n == 0) {
        s->access_key = STR("local");
        s->secret_key = STR("local");
    }
    if (o->any_credentials && s->region.n == 0)
        s->region = STR("us-east-1");
    if (s->region.n == 0)
        return ddb_fail(err, DDB_ERR_CONFIG,
                        "no region: set AWS_REGION, or region in the AWS config file");
    if (s->access_key.n == 0 || s->secret_key.n == 0)
        return ddb_fail(err, DDB_ERR_CONFIG,
                        "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a "
                        "profile in the AWS credentials file");
    return true;
}

/* The first is the one that is meant when none is named. */
static const struct {
    const char *name, *variable;
} services[] = {
    {"dynamodb", "AWS_ENDPOINT_URL_DYNAMODB"},
    {"cognito-idp", "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"},
    {"ec2", "AWS_ENDPOINT_URL_EC2"},
};

static bool endpoint(struct ddb *ddb, const struct ddb_options *o, struct ddb_error *err)
{
    size_t i = 0;
    while (o->service != NULL && i < COUNT_OF(services) &&
           strcmp(o->service, services[i].name) != 0)
        i++;
    if (i == COUNT_OF(services))
        return ddb_fail(err, DDB_ERR_CONFIG, "not a service we know: %s", o->service);
    struct str url = first_set(o->endpoint, from_env(services[i].variable));
    if (url.n == 0)
        url = from_env("AWS_ENDPOINT_URL");
    if (url.n == 0)
        url = arena_printf(&ddb->mem, "https://%s." STR_FMT ".amazonaws.com", services[i].name,
                           STR_ARG(ddb->signer.region));
    while (url.n > 0 && url.p[url.n - 1] == '/')
        url.n--;
    size_t scheme = str_starts_with(url, STR("http://"))    ? 7
                    : str_starts_with(url, STR("https://")) ? 8
                                                            : 0;
    struct str host = str_from(url, scheme);
    if (scheme == 0 || host.n == 0 || memchr(host.p, '/', host.n) != NULL)
        return ddb_fail(err, DDB_ERR_CONFIG, "not an endpoint URL: " STR_FMT, STR_ARG(url));
    ddb->host = arena_cstr(&ddb->mem, host);
    ddb->url = arena_cstr(&ddb->mem, arena_printf(&ddb->mem, STR_FMT "/", STR_ARG(url)));
    return true;
}

struct ddb *ddb_new(const struct ddb_options *o, struct ddb_error *err)
{
    struct ddb *ddb = calloc(1, sizeof(*ddb));
    if (ddb == NULL) {
        ddb_fail(err, DDB_ERR_MEMORY, "out of memory");
        return NULL;
    }
    ddb->attempts_max = o->attempts_max > 0 ? o->attempts_max : ATTEMPTS_DEFAULT;
    ddb->timeout_ms = o->timeout_ms > 0 ? o->timeout_ms : TIMEOUT_DEFAULT_MS;
    ddb->curl = curl_easy_init();
    if (ddb->curl == NULL)
        ddb_fail(err, DDB_ERR_MEMORY, "out of memory");
    if (ddb->curl == NULL || !identity(ddb, o, err) || !endpoint(ddb, o, err)) {
        ddb_free(ddb);
        return NULL;
    }
    return ddb;
}

void ddb_free(struct ddb *ddb)
{
    if (ddb == NULL)
        return;
    curl_easy_cleanup(ddb->curl);
    arena_free(&ddb->mem);
    free(ddb);
}
