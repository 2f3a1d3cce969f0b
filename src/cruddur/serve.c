/* serve.c - `cruddur serve`: the loop, the way of a request, start and end. */
#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "cruddur/access_token.h"
#include "cruddur/answer.h"
#include "cruddur/ask.h"
#include "cruddur/cmd.h"
#include "cruddur/feed.h"
#include "cruddur/hub.h"
#include "cruddur/sign_up.h"
#include "cruddur/sql_schema.h"

enum {
    BODY_BYTES_MAX = 64 * 1024,
    HEADER_BYTES_MAX = 16 * 1024,
    REQUEST_TIMEOUT_MS = 20 * 1000,
    IDLE_TIMEOUT_MS = 60 * 1000,
    WRITE_TIMEOUT_MS = 30 * 1000,
    CONNECTIONS_MAX = 10000,
    STOP_MS = 3000,
};

/* Whose token is it?  `signed_in` stays false when it is nobody's or no good. */
static bool authenticate(struct ask *a, struct str *sub)
{
    struct str header = http_header(&a->http->head, STR("Authorization"));
    struct access_token t;
    struct access_claims claims;
    struct access_rules rules = {
        .issuer = {str_from_c(a->app->issuer[0]), str_from_c(a->app->issuer[1])},
        .client_id = str_from_c(a->app->set.client_id),
        .now_s = time(NULL)};
    struct err e = {0};
    EVP_PKEY *key = NULL;
    const char *why;
    if (header.n < 7 || !str_eq_nocase((struct str){header.p, 7}, STR("Bearer ")) ||
        !access_token_split(a->mem, str_from(header, 7), &t))
        return true;
    if (!jwks_find(a->app->keys, t.kid, &key, &e)) {
        log_warn("user pool: %s", e.msg);
        return false;
    }
    if (key != NULL && access_token_verify(a->mem, &t, key, &rules, &claims, &why)) {
        *sub = claims.sub;
        a->token_exp_s = claims.exp_s;
    }
    EVP_PKEY_free(key);
    return true;
}

static bool find_me(struct ask *a, struct str sub)
{
    struct err e = {0};
    if (!tools_sql(a->tools, &a->sql, &e) ||
        !users_by_cognito_id(a->sql, a->mem, sub, &a->me, &e)) {
        ask_unavailable(a, e.msg);
        return false;
    }
    /* Only a call that needs an account makes us ask for one. */
    struct str token = str_from(http_header(&a->http->head, STR("Authorization")), 7);
    if (a->me.uuid.n == 0 && a->match.route->auth == ROUTE_USER &&
        !sign_up_late(a->tools, a->sql, a->mem, token, sub, &a->me, &e))
        log_warn("no account for a signed-in user: %s", e.msg);
    return true;
}

/* False: refused. */
static bool admit(struct ask *a)
{
    enum route_auth need = a->match.route->auth;
    struct str sub = {0};
    if (need == ROUTE_OPEN)
        return true;
    if (!authenticate(a, &sub) && need == ROUTE_USER) {
        ask_refuse(a, 503, "unavailable");
        return false;
    }
    if (sub.n > 0 && !find_me(a, sub))
        return false;
    a->signed_in = a->me.uuid.n > 0;
    if (need == ROUTE_USER && sub.n == 0)
        ask_refuse(a, 401, NULL);
    else if (need == ROUTE_USER && !a->signed_in)
        ask_refuse(a, 403, "user_unknown");
    return !ask_refused(a);
}

static void run_job(struct job *j, struct tools *t)
{
    struct ask *a = container_of(j, struct ask, job);
    a->tools = t;
    if (admit(a))
        a->match.route->run(a);
    ask_rollback(a);
    a->tools = NULL;
    a->sql = NULL;
}

static void finish_job(struct job *j)
{
    struct ask *a = container_of(j, struct ask, job);
    if (a->stream != NULL && !ask_refused(a))
        a->stream(a);
    else
        ask_answer(a);
}

static void on_api(struct app *app, struct http_request *rq)
{
    struct route_match m = {0};
    enum route_found found = router_find(api_routes, rq->head.method, rq->head.path, rq->mem, &m);
    struct ask *a = ask_new(app, rq, &m);
    a->job.run = run_job;
    a->job.done = finish_job;
    if (found == ROUTE_NO_PATH)
        ask_refuse(a, 404, "not_found");
    else if (found == ROUTE_NO_METHOD)
        ask_refuse(a, 405, "method_not_allowed");
    else if (!work_push(app->work, &a->job))
        ask_refuse(a, 503, "unavailable");
    else
        return;
    ask_answer(a);
}

static void on_request(void *arg, struct http_request *rq)
{
    struct app *app = arg;
    bool api = str_starts_with(rq->head.path, STR("/api/"));
    if (api && str_eq(rq->head.method, STR("OPTIONS")))
        answer_preflight(app, rq);
    else if (api)
        on_api(app, rq);
    else
        static_serve(app, rq);
}

static void on_http_stopped(void *arg)
{
    struct app *app = arg;
    work_stop(app->work);
    feed_free(app->feed); /* from here on nobody publishes */
    hub_stop(app->hub);
}

static void on_signal(uv_signal_t *s, int number)
{
    struct app *app = s->data;
    (void)number;
    uv_close((uv_handle_t *)s, NULL);
    if (app->stopping)
        return;
    app->stopping = true;
    feed_stop(app->feed); /* nothing new for the listeners, */
    hub_close(app->hub);  /* who are told to go */
    http_server_stop(app->http, STOP_MS, on_http_stopped, app);
    for (size_t i = 0; i < COUNT_OF(app->signals); i++)
        if (!uv_is_closing((uv_handle_t *)&app->signals[i]))
            uv_close((uv_handle_t *)&app->signals[i], NULL);
}

/* A SQLite file is brought up to date at once; a database server is its owner's. */
static bool prepare_database(const struct settings *set, struct err *e)
{
    struct sql *s = NULL;
    int pending = 0;
    if (!sql_open(set->db_url, &s, e)) {
        log_warn("the database does not answer yet: %s", e->msg);
        err_clear(e);
        return true;
    }
    bool good = sql_is_postgres(s) ? sql_schema_pending(s, &pending, e)
                                   : sql_schema_migrate(s, NULL, NULL, e);
    if (good && pending > 0)
        log_warn("the database is %d migrations behind: run `cruddur db migrate`", pending);
    sql_close(&s);
    return good;
}

static bool start(struct app *app, struct arena *mem, struct err *e)
{
    static const int numbers[] = {SIGINT, SIGTERM};
    const struct settings *set = &app->set;
    app->page_headers = static_headers(mem, set);
    app->issuer[0] = arena_cstr(mem, arena_printf(mem, "https://cognito-idp.%s.amazonaws.com/%s",
                                                  set->region, set->pool_id));
    app->issuer[1] = arena_cstr(mem, arena_printf(mem, "%s/%s", set->pool_endpoint, set->pool_id));
    app->keys =
        jwks_new(arena_cstr(mem, arena_printf(mem, "%s/.well-known/jwks.json", app->issuer[1])));
    struct http_server_options o = {.host = set->host,
                                    .port = set->port,
                                    .body_bytes_max = BODY_BYTES_MAX,
                                    .header_bytes_max = HEADER_BYTES_MAX,
                                    .request_timeout_ms = REQUEST_TIMEOUT_MS,
                                    .idle_timeout_ms = IDLE_TIMEOUT_MS,
                                    .write_timeout_ms = WRITE_TIMEOUT_MS,
                                    .connections_max = CONNECTIONS_MAX,
                                    .server_name = "cruddur",
                                    .handler = on_request,
                                    .handler_arg = app};
    if (uv_loop_init(&app->uv) != 0)
        return err_set(e, ERR_IO, "cannot make an event loop");
    if (!prepare_database(set, e) || !work_start(set, &app->uv, &app->work, e))
        return false;
    app->hub = hub_start(app);
    if (!feed_start(app, &app->feed, e) || !http_server_start(&app->uv, &o, &app->http, e))
        return false;
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        uv_signal_init(&app->uv, &app->signals[i]);
        app->signals[i].data = app;
        uv_signal_start(&app->signals[i], on_signal, numbers[i]);
    }
    return true;
}

static int run(const struct cmd_args *args)
{
    struct arena mem = {0};
    struct app app = {0};
    struct err e = {0};
    signal(SIGPIPE, SIG_IGN);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    if (!settings_serve(&mem, args->n, args->arg, &app.set, &e) || !start(&app, &mem, &e)) {
        fprintf(stderr, "cruddur: %s\n", e.msg);
        exit(1); /* threads may be running: they end with the process */
    }
    log_info("cruddur listens on http://%s:%d", app.set.host, http_server_port(app.http));
    if (app.set.client_id[0] == '\0' || app.set.pool_id[0] == '\0')
        log_warn("no user pool (AWS_COGNITO_USER_POOL_ID and ..._CLIENT_ID): nobody can sign in");
    uv_run(&app.uv, UV_RUN_DEFAULT);
    uv_loop_close(&app.uv);
    hub_free(app.hub);
    work_free(app.work);
    jwks_free(app.keys);
    arena_free(&mem);
    return 0;
}

const struct cmd cmd_serve = {
    .noun = "serve",
    .args = "[FLAGS]",
    .help = "run the application: API and pages",
    .args_max = 16,
    .run = run,
};
