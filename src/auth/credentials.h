/* credentials.h - secrets by access key, from AWS's own ini files.
 *
 * For verification each key keeps its derived signing keys (per date, region,
 * service) as HMAC states, so that a request costs no derivation. */
#ifndef AUTH_CREDENTIALS_H
#define AUTH_CREDENTIALS_H

#include "base/arena.h"
#include "base/err.h"
#include "codec/sha256.h"

struct credentials;

enum { CREDENTIALS_FILE_BYTES_MAX = 1 << 20 };

/* Every profile with aws_access_key_id and aws_secret_access_key is a key that
 * may sign.  Names the file and line of what is wrong. */
MUST_CHECK bool credentials_load(const char *file, struct credentials **out, struct err *e);
/* The same from a text that was read already; copied. */
MUST_CHECK bool credentials_parse(const char *file, struct str text, struct credentials **out,
                                  struct err *e);
void credentials_free(struct credentials *c);

/* Is this a key we have, with the session token that belongs to it (absent: none)?
 * Thread-safe, like the next. */
enum credentials_match { CREDENTIALS_UNKNOWN_KEY, CREDENTIALS_WRONG_TOKEN, CREDENTIALS_MATCH };
enum credentials_match credentials_match(const struct credentials *c, struct str access_key,
                                         struct str session_token);

/* The key that signs in a scope; false: no such access key. */
bool credentials_signing_key(struct credentials *c, struct str access_key, struct str date,
                             struct str region, struct str service, struct hmac_key *out);

/* One profile, as the AWS CLI would find it: environment, then the files named
 * by AWS_SHARED_CREDENTIALS_FILE / AWS_CONFIG_FILE or in ~/.aws, profile
 * AWS_PROFILE or "default".  For clients.  A file that does not exist is no error;
 * half a pair of keys is, and so is a profile that was asked for and is nowhere. */
struct credentials_profile {
    struct str access_key, secret_key, session_token, region; /* absent: p == NULL */
};
MUST_CHECK bool credentials_profile_load(struct arena *mem, struct credentials_profile *out,
                                         struct err *e);

#endif
