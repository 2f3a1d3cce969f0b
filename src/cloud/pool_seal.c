/* pool_seal.c - see pool_seal.h. */
#include "cloud/pool_seal.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <unistd.h>

enum { NONCE_BYTES = 12, TAG_BYTES = 16, PART_BYTES = 256, PLAIN_BYTES_MAX = 1 << 16 };

void pool_random(void *out, size_t n)
{
    for (size_t at = 0; at < n; at += PART_BYTES)
        if (getentropy((char *)out + at, size_min(n - at, PART_BYTES)) != 0)
            abort();
}

void pool_seal(const unsigned char key[POOL_SEAL_KEY_BYTES], struct str what, struct str plain,
               struct buf *to)
{
    unsigned char nonce[NONCE_BYTES], tag[TAG_BYTES];
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    int n;
    assert(plain.n <= PLAIN_BYTES_MAX);
    pool_random(nonce, sizeof(nonce));
    buf_add(to, (struct str){(const char *)nonce, sizeof(nonce)});
    char *out = buf_room(to, plain.n);
    if (c == NULL || out == NULL ||
        EVP_EncryptInit_ex(c, EVP_aes_256_gcm(), NULL, key, nonce) != 1 ||
        EVP_EncryptUpdate(c, NULL, &n, (const unsigned char *)what.p, (int)what.n) != 1 ||
        EVP_EncryptUpdate(c, (unsigned char *)out, &n, (const unsigned char *)plain.p,
                          (int)plain.n) != 1 ||
        EVP_EncryptFinal_ex(c, tag, &n) != 1 ||
        EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, tag) != 1)
        abort();
    to->n += plain.n;
    buf_add(to, (struct str){(const char *)tag, sizeof(tag)});
    EVP_CIPHER_CTX_free(c);
}

bool pool_unseal(const unsigned char key[POOL_SEAL_KEY_BYTES], struct str what, struct str sealed,
                 struct buf *to)
{
    if (sealed.n < NONCE_BYTES + TAG_BYTES || sealed.n > PLAIN_BYTES_MAX)
        return false;
    const unsigned char *p = (const unsigned char *)sealed.p;
    size_t plain_n = sealed.n - NONCE_BYTES - TAG_BYTES;
    unsigned char tag[TAG_BYTES], last[TAG_BYTES];
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    char *out = buf_room(to, plain_n + 1);
    int n;
    if (c == NULL || out == NULL)
        abort();
    memcpy(tag, p + NONCE_BYTES + plain_n, TAG_BYTES);
    bool good =
        EVP_DecryptInit_ex(c, EVP_aes_256_gcm(), NULL, key, p) == 1 &&
        EVP_DecryptUpdate(c, NULL, &n, (const unsigned char *)what.p, (int)what.n) == 1 &&
        EVP_DecryptUpdate(c, (unsigned char *)out, &n, p + NONCE_BYTES, (int)plain_n) == 1 &&
        EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, tag) == 1 &&
        EVP_DecryptFinal_ex(c, last, &n) == 1;
    EVP_CIPHER_CTX_free(c);
    if (good)
        to->n += plain_n;
    return good;
}
