/* access_token.h - is this an access token of our user pool, and whose?
 *
 * A token is a JSON Web Token signed with RS256.  Checked are, in this order:
 * its shape, `alg`, the key named by `kid`, the signature, `exp`, `iss`,
 * `token_use` (access) and `client_id`.  Nothing in it is believed before the
 * signature has been verified. */
#ifndef CRUDDUR_ACCESS_TOKEN_H
#define CRUDDUR_ACCESS_TOKEN_H

#include <openssl/evp.h>

#include "base/arena.h"

enum { ACCESS_TOKEN_BYTES_MAX = 8192, ACCESS_TOKEN_ISSUERS_MAX = 3 };

struct access_token {
    struct str kid;
    struct str header, payload, signature; /* decoded */
    struct str signed_part;
};

struct access_rules {
    struct str issuer[ACCESS_TOKEN_ISSUERS_MAX]; /* any of them; empty ones do not count */
    struct str client_id;
    int64_t now_s;
};

struct access_claims {
    struct str sub, username;
    int64_t exp_s;
};

/* Splits and decodes; false: not an RS256 token.  Everything lives in the arena. */
MUST_CHECK bool access_token_split(struct arena *mem, struct str text, struct access_token *out);

/* False: not to be believed; *why says so for the log. */
MUST_CHECK bool access_token_verify(struct arena *mem, const struct access_token *t, EVP_PKEY *key,
                                    const struct access_rules *rules, struct access_claims *out,
                                    const char **why);

/* The public key of modulus and exponent in base64url, as a JWK holds them; NULL:
 * not a key.  To be freed by EVP_PKEY_free(). */
EVP_PKEY *access_token_key(struct arena *mem, struct str n, struct str e);

#endif
