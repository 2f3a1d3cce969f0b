/* settings.c - see settings.h. */
#include "cruddur/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#ifndef CRUDDUR_WEB
#define CRUDDUR_WEB "/usr/local/share/cruddur/web"
#endif

enum { PORT_DEFAULT = 4567, THREADS_DEFAULT = 8, THREADS_MAX = 256 };

const char settings_flags[] =
    "  --host ADDRESS                listen on this IP address (127.0.0.1)\n"
    "  --port PORT                   listen on this port; 0: any free one (4567)\n"
    "  --threads N                   threads with a connection to the databases each (8)\n"
    "  --web DIR                     the pages (./web, else where they were installed)\n"
    "  --group-rows auto|app|stream  who moves a conversation to its last message: the server, "
    "the\n"
    "                                function messaging-stream, or that if there is a stream "
    "(auto)\n";

static const char endpoint_local[] = "http://localhost:8000";

const char *settings_env(const char *const *names, const char *otherwise)
{
    for (; *names != NULL; names++) {
        const char *v = getenv(*names);
        if (v != NULL && *v != '\0')
            return v;
    }
    return otherwise;
}

const char *settings_db_url(bool prod)
{
    if (prod)
        return settings_env((const char *const[]){"PROD_CONNECTION_URL", NULL}, NULL);
    return settings_env((const char *const[]){"CONNECTION_URL", "CRUDDUR_DB", NULL},
                        "./cruddur.db");
}

const char *settings_pool_id(void)
{
    return settings_env(
        (const char *const[]){"AWS_COGNITO_USER_POOL_ID", "AWS_COGNITO_AWS_USER_POOL_ID", NULL},
        "");
}

const char *settings_endpoint(const char *service, bool prod)
{
    char name[80];
    snprintf(name, sizeof(name), "AWS_ENDPOINT_URL_%s", service);
    return prod ? NULL
                : settings_env((const char *const[]){name, "AWS_ENDPOINT_URL", NULL},
                               endpoint_local);
}

static const char *without_slash(struct arena *mem, const char *url)
{
    struct str u = str_from_c(url);
    while (u.n > 0 && u.p[u.n - 1] == '/')
        u.n--;
    return arena_cstr(mem, u);
}

static const char *web_default(void)
{
    if (access("web/index.html", R_OK) == 0)
        return "web";
    return access(CRUDDUR_WEB "/index.html", R_OK) == 0 ? CRUDDUR_WEB : NULL;
}

static void from_environment(struct arena *mem, struct settings *s)
{
    s->db_url = settings_db_url(false);
    s->pool_id = settings_pool_id();
    s->client_id = settings_env((const char *const[]){"AWS_COGNITO_USER_POOL_CLIENT_ID",
                                                      "AWS_COGNITO_AWS_USER_POOL_CLIENT_ID", NULL},
                                "");
    s->pool_endpoint = without_slash(mem, settings_endpoint("COGNITO_IDENTITY_PROVIDER", false));
    s->pool_public_endpoint =
        without_slash(mem, settings_env((const char *const[]){"COGNITO_PUBLIC_ENDPOINT", NULL},
                                        s->pool_endpoint));
    s->ddb_endpoint = settings_endpoint("DYNAMODB", false);
    s->origin[0] = settings_env((const char *const[]){"FRONTEND_URL", NULL}, NULL);
    s->origin[1] = settings_env((const char *const[]){"BACKEND_URL", NULL}, NULL);
    /* A pool's id begins with its region. */
    const char *underscore = strchr(s->pool_id, '_');
    s->region = underscore != NULL
                    ? arena_cstr(mem, (struct str){s->pool_id, (size_t)(underscore - s->pool_id)})
                    : settings_env((const char *const[]){"AWS_REGION", "AWS_DEFAULT_REGION", NULL},
                                   "us-east-1");
}

static bool number(const char *flag, const char *text, int max, int *out, struct err *e)
{
    char *end;
    long v = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || v < 0 || v > max)
        return err_set(e, ERR_VALIDATION, "%s takes a number from 0 to %d", flag, max);
    *out = (int)v;
    return true;
}

static bool rows_mode(const char *text, enum group_rows *out, struct err *e)
{
    static const char *const names[] = {"auto", "app", "stream"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strcmp(text, names[i]) == 0) {
            *out = (enum group_rows)i;
            return true;
        }
    return err_set(e, ERR_VALIDATION, "--group-rows takes auto, app or stream");
}

static bool flag(struct settings *s, const char *name, const char *value, struct err *e)
{
    if (value == NULL)
        return err_set(e, ERR_VALIDATION, "%s takes a value", name);
    if (strcmp(name, "--host") == 0)
        s->host = value;
    else if (strcmp(name, "--web") == 0)
        s->web = value;
    else if (strcmp(name, "--port") == 0)
        return number(name, value, 65535, &s->port, e);
    else if (strcmp(name, "--threads") == 0)
        return number(name, value, THREADS_MAX, &s->threads, e);
    else if (strcmp(name, "--group-rows") == 0)
        return rows_mode(value, &s->group_rows, e);
    else
        return err_set(e, ERR_VALIDATION, "unknown flag %s", name);
    return true;
}

bool settings_serve(struct arena *mem, int argc, const char *const *argv, struct settings *out,
                    struct err *e)
{
    struct settings s = {.host = "127.0.0.1", .port = PORT_DEFAULT, .threads = THREADS_DEFAULT};
    from_environment(mem, &s);
    for (int i = 0; i < argc; i += 2)
        if (!flag(&s, argv[i], i + 1 < argc ? argv[i + 1] : NULL, e))
            return false;
    if (s.threads == 0)
        s.threads = THREADS_DEFAULT;
    if (s.web == NULL)
        s.web = web_default();
    *out = s;
    return true;
}
