/* sigv4.h - AWS Signature Version 4, both ways: verifying what came in (server)
 * and signing what goes out (client).
 *
 * Verification order and texts: the service's.  Without a credential store any
 * well-formed signature is accepted and only its shape is checked. */
#ifndef AUTH_SIGV4_H
#define AUTH_SIGV4_H

#include "base/arena.h"
#include "base/err.h"
#include "codec/sha256.h"

struct sigv4_header {
    struct str name, value;
};
struct sigv4_request { /* what was signed, or is to be */
    struct str method, path, query;
    const struct sigv4_header *headers;
    size_t headers_n;
    struct str body;
    /* Verifying: what the credential scope has to name; absent accepts any. */
    struct str want_region, want_service;
};

struct credentials; /* access key -> secret; see credentials.h */

struct sigv4_identity {
    /* Borrow from the request or live in the arena.  Where only the shape is checked
     * and the scope is shorter, region and service may be absent. */
    struct str access_key, region, service;
};

/* The authorization, in the header or in the query; fails with the service's
 * texts.  `credentials` NULL: its shape only.  The path and the query are those of
 * the request line, still percent-encoded, without the '?'.  The hash that was
 * signed must be the body's own: UNSIGNED-PAYLOAD does not verify. */
MUST_CHECK bool sigv4_verify(const struct sigv4_request *rq, struct credentials *credentials,
                             int64_t now_ms, struct arena *mem, struct sigv4_identity *out,
                             struct err *e);

/* The service in the credential scope ("dynamodb", "cognito-idp", "ec2"), or an
 * absent str; for dispatch before verification. */
struct str sigv4_scope_service(struct str authorization);

struct sigv4_signer {
    struct str access_key, secret_key, session_token; /* token may be absent */
    struct str region, service;
};
/* Headers to add: X-Amz-Date, X-Amz-Security-Token if any, Authorization; made in
 * the arena.  rq->headers must hold Host and whatever else is to be signed, and none
 * of those three. */
struct sigv4_signed {
    struct sigv4_header header[3];
    size_t n;
};
void sigv4_sign(const struct sigv4_signer *s, const struct sigv4_request *rq, int64_t now_ms,
                struct arena *mem, struct sigv4_signed *out);

#endif
