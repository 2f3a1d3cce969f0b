/* pool_token.h - what a sign-in gives: access and id tokens (RS256), and the refresh
 * token, which only we can read.
 *
 * A sign-in has an id, the claim origin_jti: a UUID of version 7, so that the moment
 * of the sign-in is in it.  Signing out everywhere moves the user's valid_from_ms
 * beyond that moment; revoking writes the id into the collection pool-revoked. */
#ifndef CLOUD_POOL_TOKEN_H
#define CLOUD_POOL_TOKEN_H

#include "cloud/user_pools.h"

/* "AuthenticationResult":{...} for rq->user and rq->client.  `sign_in` absent: a new
 * sign-in, with a refresh token. */
struct pool_sign_in {
    struct str id;
    int64_t at_ms;
};
MUST_CHECK bool pool_token_write(struct pool_rq *rq, const struct pool_sign_in *sign_in);

/* Whom an access token is for: loads pool, client and user.  *sign_in may be NULL. */
MUST_CHECK bool pool_token_load(struct pool_rq *rq, struct str token, struct pool_sign_in *sign_in);

/* Whom a refresh token is for: loads the user; rq->pool and rq->client are loaded. */
MUST_CHECK bool pool_token_refresh(struct pool_rq *rq, struct str token,
                                   struct pool_sign_in *sign_in);
/* Ends the sign-in of this refresh token. */
MUST_CHECK bool pool_token_revoke(struct pool_rq *rq, struct str token);

#endif
