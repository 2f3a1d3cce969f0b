/* sigv4_int.h - the texts that are signed; shared by verifying and signing. */
#ifndef AUTH_SIGV4_INT_H
#define AUTH_SIGV4_INT_H

#include "auth/sigv4.h"

/* The value of the first header of that name (any case), or absent. */
struct str sigv4_find_header(const struct sigv4_request *rq, struct str name);

/* A parameter of a query, percent-decoded; made in the arena. */
struct sigv4_param {
    struct str name, value;
};
struct sigv4_params {
    struct sigv4_param *p;
    size_t n;
};
struct sigv4_params sigv4_parse_query(struct arena *mem, struct str query);

/* The canonical request; `signed_headers` as in the Authorization header.  Its size
 * is bounded by that of the request: a list that names a header again and again
 * gives a truncated text, which nobody can have signed. */
struct str sigv4_canonical(const struct sigv4_request *rq, const struct sigv4_params *query,
                           struct str signed_headers, struct arena *mem);

/* `scope`: date/region/service/aws4_request */
struct str sigv4_string_to_sign(struct str date, struct str scope, struct str canonical,
                                struct arena *mem);

void sigv4_derive_key(struct str secret, struct str date, struct str region, struct str service,
                      struct hmac_key *out);

enum { SIGV4_SIGNATURE_CHARS = 2 * SHA256_BYTES };
void sigv4_signature(const struct hmac_key *k, struct str string_to_sign,
                     char out[SIGV4_SIGNATURE_CHARS]);

#endif
