/* srp.h - the server's side of SRP-6a as user pools speak it: the 3072-bit group of
 * RFC 3526, g = 2, SHA-256.
 *
 *   x = H(salt | H(pool user ":" password))   v = g^x        kept: salt and v, never more
 *   B = k v + g^b                             k = H(N | g)
 *   S = (A v^u)^b                             u = H(A | B)
 *   key = first 16 bytes of HKDF(salt u, secret S, "Caldera Derived Key")
 *
 * Numbers enter hashes as the shortest big-endian bytes with a leading zero where the
 * top bit is set.  Exponentiation takes the same time for all secrets.  One call
 * takes milliseconds: not on a loop, not on the writer. */
#ifndef CLOUD_SRP_H
#define CLOUD_SRP_H

#include "base/buf.h"

enum {
    SRP_GROUP_BYTES = 384,
    SRP_SALT_BYTES = 16,
    SRP_SECRET_BYTES = 32, /* b */
    SRP_KEY_BYTES = 16,
    SRP_A_HEX_MAX = 2 * SRP_GROUP_BYTES + 2,
};

/* `pool` is the pool's id behind its '_'. */
void srp_verifier(struct str pool, struct str user, struct str password,
                  const unsigned char salt[SRP_SALT_BYTES], unsigned char v[SRP_GROUP_BYTES]);

/* B for the server's secret b. */
void srp_server_public(const unsigned char v[SRP_GROUP_BYTES],
                       const unsigned char b[SRP_SECRET_BYTES], unsigned char B[SRP_GROUP_BYTES]);

/* SRP_A as clients send it, in hexadecimal; false: it is none, or 0 modulo N. */
MUST_CHECK bool srp_client_public_parse(struct str hex, unsigned char A[SRP_GROUP_BYTES]);

/* The key that only a client who knows the password shares.  A is as parsed. */
MUST_CHECK bool srp_server_key(const unsigned char A[SRP_GROUP_BYTES],
                               const unsigned char v[SRP_GROUP_BYTES],
                               const unsigned char b[SRP_SECRET_BYTES],
                               unsigned char key[SRP_KEY_BYTES]);

/* Appends the number in the hexadecimal form that clients read. */
void srp_hex(struct buf *to, const unsigned char *bytes, size_t n);

#endif
