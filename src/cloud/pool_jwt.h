/* pool_jwt.h - JSON Web Tokens signed with RS256: a pool's key, signing, verifying. */
#ifndef CLOUD_POOL_JWT_H
#define CLOUD_POOL_JWT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* A new 2048-bit key, which takes a tenth of a second: its DER and its id, both in the
 * arena. */
void pool_jwt_key(struct arena *mem, struct str *der, struct str *kid);

/* header.payload.signature, appended; fails with ERR_IO when the DER is damaged. */
MUST_CHECK bool pool_jwt_sign(struct str der, struct str kid, struct str claims, struct buf *to,
                              struct err *e);

/* The parts of a token that nobody has verified yet; false: it is none. */
struct pool_jwt {
    struct str signed_text, signature, claims;
};
MUST_CHECK bool pool_jwt_parse(struct arena *mem, struct str token, struct pool_jwt *out);
MUST_CHECK bool pool_jwt_verify(const struct pool_jwt *t, struct str der);

/* The key's public half as a JSON Web Key, appended. */
MUST_CHECK bool pool_jwt_public(struct str der, struct str kid, struct buf *to, struct err *e);

#endif
