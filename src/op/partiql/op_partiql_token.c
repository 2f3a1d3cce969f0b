/* op_partiql_token.c - see op_partiql_token.h. */
#include "op/partiql/op_partiql_token.h"

#include <openssl/crypto.h>

#include "base/hash.h"
#include "codec/base64.h"
#include "codec/sha256.h"

enum {
    VERSION = 2,
    MAC_BYTES = 16,
    MAC_AT = 1,
    REQUEST_AT = MAC_AT + MAC_BYTES,
    QUERY_AT = REQUEST_AT + PARTIQL_DIGEST_BYTES,
    KEY_AT = QUERY_AT + 4,
};

void op_partiql_request(const struct op_statement *st, const struct table_def *t,
                        const struct index_def *x, unsigned char out[PARTIQL_DIGEST_BYTES])
{
    struct buf content = {0};
    uint16_t index = x != NULL ? x->id : 0;
    XXH128_canonical_t bytes;

    _Static_assert(sizeof(bytes) == PARTIQL_DIGEST_BYTES, "the whole hash");
    op_partiql_content(&content, st->in);
    buf_add(&content, str_from_c(t->uuid));
    buf_add(&content, (struct str){(const char *)&index, sizeof(index)});
    XXH128_canonicalFromHash(&bytes, XXH3_128bits(content.p, content.n));
    memcpy(out, bytes.digest, sizeof(bytes));
    buf_free(&content);
}

static void mac_of(struct req *rq, struct str covered, unsigned char out[SHA256_BYTES])
{
    struct hmac_key key;

    hmac_key_init(&key, db_secret(rq->db));
    hmac_sha256(&key, covered, out);
}

struct str op_partiql_token(struct req *rq, const unsigned char request[PARTIQL_DIGEST_BYTES],
                            const struct partiql_position *at)
{
    size_t n = KEY_AT + at->key.n;
    char *bytes = arena_bytes(&rq->mem, n);
    unsigned char mac[SHA256_BYTES];
    struct buf text = {.mem = &rq->mem};

    bytes[0] = VERSION;
    memcpy(bytes + REQUEST_AT, request, PARTIQL_DIGEST_BYTES);
    for (int i = 0; i < 4; i++)
        bytes[QUERY_AT + i] = (char)(at->query >> (8 * i));
    if (at->key.n > 0)
        memcpy(bytes + KEY_AT, at->key.p, at->key.n);
    mac_of(rq, (struct str){bytes + REQUEST_AT, n - REQUEST_AT}, mac);
    memcpy(bytes + MAC_AT, mac, MAC_BYTES);
    base64_encode(&text, (struct str){bytes, n});
    return buf_str(&text);
}

bool op_partiql_token_read(struct req *rq, struct str token,
                           const unsigned char request[PARTIQL_DIGEST_BYTES],
                           struct partiql_position *out)
{
    struct buf bytes = {.mem = &rq->mem};
    unsigned char mac[SHA256_BYTES];

    if (!base64_decode(&bytes, token) || bytes.n < KEY_AT || bytes.p[0] != VERSION)
        return err_set(&rq->err, ERR_VALIDATION, "Invalid NextToken");
    mac_of(rq, str_from(buf_str(&bytes), REQUEST_AT), mac);
    if (CRYPTO_memcmp(mac, bytes.p + MAC_AT, MAC_BYTES) != 0)
        return err_set(&rq->err, ERR_VALIDATION, "Invalid NextToken");
    if (memcmp(bytes.p + REQUEST_AT, request, PARTIQL_DIGEST_BYTES) != 0)
        return err_set(&rq->err, ERR_VALIDATION, "NextToken does not match request");
    *out = (struct partiql_position){.query = attr_u32(bytes.p + QUERY_AT)};
    if (bytes.n > KEY_AT)
        out->key = str_from(buf_str(&bytes), KEY_AT);
    return true;
}
