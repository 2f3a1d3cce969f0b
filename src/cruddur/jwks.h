/* jwks.h - the public keys of the user pool, fetched when needed and kept.
 *
 * A key that is not known makes us fetch again, at most once in ten seconds, so
 * that forged tokens cannot make us hammer the pool.  May be used by any thread. */
#ifndef CRUDDUR_JWKS_H
#define CRUDDUR_JWKS_H

#include <openssl/evp.h>

#include "base/arena.h"
#include "base/err.h"

struct jwks;

struct jwks *jwks_new(const char *url);
void jwks_free(struct jwks *k);

/* The key of that id, the caller's to free, or NULL when the pool has none.
 * False: the pool does not answer, and there is no key of that id here. */
MUST_CHECK bool jwks_find(struct jwks *k, struct str kid, EVP_PKEY **out, struct err *e);

#endif
