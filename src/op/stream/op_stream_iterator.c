/* op_stream_iterator.c - iterators: what a reader hands back to go on.
 *
 *   <stream ARN>|1|base64( version:u8 = 1 | lane:u8 | from_horizon:u8 | begin_ms:u64 |
 *                          from:u64 | issued_ms:u64 | mac:16 bytes )
 *
 * The MAC is over the purpose, the ARN and what comes before it, so that nobody can
 * make an iterator for a stream that they were not given one for. */
#include <openssl/crypto.h>

#include "codec/base64.h"
#include "codec/sha256.h"
#include "op/stream/op_stream.h"

enum {
    VERSION = 1,
    PAYLOAD_BYTES = 27,
    MAC_BYTES = 16,
    ITERATOR_MS = 15 * 60 * 1000,
};
#define MIDDLE "|1|"

static void put_u64(char *p, uint64_t v)
{
    for (int i = 7; i >= 0; i--, v >>= 8)
        p[i] = (char)(v & 0xFF);
}

static uint64_t get_u64(const char *p)
{
    uint64_t v = 0;
    for (int i = 0; i < 8; i++)
        v = v << 8 | (unsigned char)p[i];
    return v;
}

static void make_mac(struct req *rq, struct str arn, const char *payload, char out[MAC_BYTES])
{
    struct hmac_key key;
    struct buf text = {.mem = &rq->mem};
    unsigned char mac[SHA256_BYTES];
    buf_add(&text, STR("shard iterator" MIDDLE));
    buf_add(&text, arn);
    buf_add(&text, (struct str){payload, PAYLOAD_BYTES});
    hmac_key_init(&key, db_secret(rq->db));
    hmac_sha256(&key, buf_str(&text), mac);
    memcpy(out, mac, MAC_BYTES);
}

struct str iterator_write(struct req *rq, const struct stream_iterator *it)
{
    char bytes[PAYLOAD_BYTES + MAC_BYTES] = {VERSION, (char)it->lane, (char)it->from_horizon};
    struct buf out = {.mem = &rq->mem};
    put_u64(bytes + 3, (uint64_t)it->begin_ms);
    put_u64(bytes + 11, it->from);
    put_u64(bytes + 19, (uint64_t)it->issued_ms);
    make_mac(rq, it->arn, bytes, bytes + PAYLOAD_BYTES);
    buf_add(&out, it->arn);
    buf_add(&out, STR(MIDDLE));
    base64_encode(&out, (struct str){bytes, sizeof(bytes)});
    return buf_str(&out);
}

bool iterator_read(struct req *rq, struct str text, struct stream_iterator *out)
{
    struct buf bytes = {.mem = &rq->mem};
    char mac[MAC_BYTES];
    const char *at = memmem(text.p, text.n, MIDDLE, strlen(MIDDLE));
    struct str arn = {text.p, at != NULL ? (size_t)(at - text.p) : 0};
    bool good = at != NULL && base64_decode(&bytes, str_from(text, arn.n + strlen(MIDDLE))) &&
                bytes.n == PAYLOAD_BYTES + MAC_BYTES && bytes.p[0] == VERSION;
    if (good) {
        make_mac(rq, arn, bytes.p, mac);
        good = CRYPTO_memcmp(mac, bytes.p + PAYLOAD_BYTES, MAC_BYTES) == 0;
    }
    if (!good)
        return err_set(&rq->err, ERR_VALIDATION, "Invalid ShardIterator");
    *out = (struct stream_iterator){
        .arn = arn,
        .lane = (uint8_t)bytes.p[1],
        .from_horizon = bytes.p[2] != 0,
        .begin_ms = (int64_t)get_u64(bytes.p + 3),
        .from = get_u64(bytes.p + 11),
        .issued_ms = (int64_t)get_u64(bytes.p + 19),
    };
    if (out->issued_ms + ITERATOR_MS < env_now_ms(db_env(rq->db)))
        return err_set(&rq->err, ERR_EXPIRED_ITERATOR,
                       "The provided iterator exceeds the maximum age allowed.");
    return true;
}

bool iterator_trimmed(struct req *rq)
{
    return err_set(&rq->err, ERR_TRIMMED_DATA_ACCESS,
                   "The data you are trying to access has been trimmed.");
}
