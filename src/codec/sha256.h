/* sha256.h - SHA-256 and HMAC, with precomputed key states.
 *
 * The compression is OpenSSL's; HMAC keys are kept as the two hash states after
 * the padded key, so that signing 140 bytes costs two blocks less than HMAC from
 * the key. */
#ifndef CODEC_SHA256_H
#define CODEC_SHA256_H

#include "base/buf.h"

enum { SHA256_BYTES = 32 };

struct hmac_key {                  /* transparent value: copy it */
    uint32_t inner[32], outer[32]; /* opaque hash states */
};

void sha256(struct str s, unsigned char out[SHA256_BYTES]);
void hmac_key_init(struct hmac_key *k, struct str key);
void hmac_sha256(const struct hmac_key *k, struct str s, unsigned char out[SHA256_BYTES]);

void hex_encode(const unsigned char *bytes, size_t n, char *out /* 2n, no NUL */);
MUST_CHECK bool hex_decode(struct str hex, unsigned char *out /* hex.n / 2 */); /* either case */

#endif
