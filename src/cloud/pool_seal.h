/* pool_seal.h - what a client keeps for us and must neither read nor change: refresh
 * tokens, the state of a sign-in.  AES-256-GCM.
 *
 *   nonce: 12 bytes | ciphertext | tag: 16 bytes */
#ifndef CLOUD_POOL_SEAL_H
#define CLOUD_POOL_SEAL_H

#include "base/buf.h"

enum { POOL_SEAL_KEY_BYTES = 32 };

/* Random bytes that nobody can guess; aborts when the system has none. */
void pool_random(void *out, size_t n);

/* `what` says what is sealed; it opens only under the same name. */
void pool_seal(const unsigned char key[POOL_SEAL_KEY_BYTES], struct str what, struct str plain,
               struct buf *to);
MUST_CHECK bool pool_unseal(const unsigned char key[POOL_SEAL_KEY_BYTES], struct str what,
                            struct str sealed, struct buf *to);

#endif
