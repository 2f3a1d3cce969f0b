/* app.h - what the parts of `cruddur serve` share.
 *
 * One loop has all connections; it finds the route, answers files and refusals
 * itself and hands the rest to the worker threads (work.h). */
#ifndef CRUDDUR_APP_H
#define CRUDDUR_APP_H

#include <uv.h>

#include "cruddur/jwks.h"
#include "cruddur/router.h"
#include "cruddur/settings.h"
#include "cruddur/work.h"
#include "net/http_server.h"

struct hub; /* who listens to events; see hub.h */
struct feed;

struct app {
    struct settings set;
    uv_loop_t uv;
    struct http_server *http;
    struct work *work;
    struct jwks *keys;
    struct hub *hub;
    struct feed *feed;
    const char *page_headers; /* of every page and file */
    const char *issuer[2];
    uv_signal_t signals[2];
    bool stopping;
};

/* api.c: every call of the API; ends with an empty one. */
extern const struct route api_routes[];

/* One request that a file of the pages answers; on the loop. */
void static_serve(const struct app *app, struct http_request *rq);
/* The headers of every page, made once: what a browser may do with it. */
const char *static_headers(struct arena *mem, const struct settings *set);

#endif
