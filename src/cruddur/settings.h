/* settings.h - what `cruddur serve` and the commands were told: flags and
 * environment.  Everything is read once, at the start; strings live as long as
 * the program (the environment, argv or the arena given). */
#ifndef CRUDDUR_SETTINGS_H
#define CRUDDUR_SETTINGS_H

#include "base/arena.h"
#include "base/err.h"

enum group_rows { GROUP_ROWS_AUTO, GROUP_ROWS_APP, GROUP_ROWS_STREAM };

struct settings {
    const char *host;
    int port, threads;
    const char *web; /* directory of the pages, or NULL */
    enum group_rows group_rows;
    const char *db_url;
    const char *pool_id, *client_id; /* "" when not set */
    const char *region;
    const char *pool_endpoint, *pool_public_endpoint; /* without a trailing slash */
    const char *ddb_endpoint;                         /* NULL: as the AWS CLI finds it */
    const char *origin[2];                            /* FRONTEND_URL, BACKEND_URL; or NULL */
};

MUST_CHECK bool settings_serve(struct arena *mem, int argc, const char *const *argv,
                               struct settings *out, struct err *e);

extern const char settings_flags[]; /* of settings_serve(), a line each, for people */

/* The environment alone.  The first of the names that is set and not empty. */
const char *settings_env(const char *const *names, const char *otherwise);
const char *settings_db_url(bool prod); /* NULL: prod, and PROD_CONNECTION_URL is not set */
const char *settings_pool_id(void);     /* "" when not set */
/* The endpoint of a service ("DYNAMODB", "COGNITO_IDENTITY_PROVIDER", "EC2"); NULL: prod. */
const char *settings_endpoint(const char *service, bool prod);

#endif
