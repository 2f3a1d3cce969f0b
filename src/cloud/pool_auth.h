/* pool_auth.h - the steps of signing in, between InitiateAuth and the tokens. */
#ifndef CLOUD_POOL_AUTH_H
#define CLOUD_POOL_AUTH_H

#include "cloud/srp.h"
#include "cloud/user_pools.h"

/* The state between two steps, which the client keeps for us, sealed. */
struct pool_session {
    struct str kind, pool, client, user /* absent: there is none */, name, id, a, b;
    struct opt_int expires_ms;
};
#define POOL_SESSION_SRP          "srp"
#define POOL_SESSION_NEW_PASSWORD "new-password"

/* Base64; fills in pool, client, id and expires_ms. */
struct str pool_session_seal(struct pool_rq *rq, struct pool_session *s);
/* Of this kind, pool and client and not expired, else NotAuthorizedException. */
MUST_CHECK bool pool_session_open(struct pool_rq *rq, const char *kind, struct str sealed,
                                  struct pool_session *out);
/* Each may be used once. */
MUST_CHECK bool pool_session_use(struct pool_rq *rq, const struct pool_session *s);

/* A parameter of the request; absent when there is none. */
struct str pool_auth_parameter(const struct map *m, const char *name);
MUST_CHECK bool pool_auth_need(struct pool_rq *rq, const struct map *m, const char *name,
                               struct str *out);

/* NotAuthorizedException "Incorrect username or password." */
bool pool_auth_wrong(struct pool_rq *rq);
/* Counts an attempt, and refuses it when there were too many. */
MUST_CHECK bool pool_auth_may_try(struct pool_rq *rq, struct str name);

/* The password was right: writes the tokens, or the challenge of a temporary one. */
MUST_CHECK bool pool_auth_proceed(struct pool_rq *rq, struct str name);

#endif
