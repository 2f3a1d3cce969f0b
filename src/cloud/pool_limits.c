/* pool_limits.c - see pool_limits.h. */
#include "cloud/pool_limits.h"

#include <stdlib.h>

#include "base/lock.h"
#include "cloud/pool_seal.h"
#include "codec/sha256.h"

enum {
    SETS = 4096,
    WAYS = 4,
    ID_BYTES = 16,
    FREE_FAILURES = 5,
    LOCKED_MS_MAX = 15 * 60 * 1000,
    PASSWORD = POOL_LIMIT_COUNT, /* the kind of lock-outs */
};

struct entry {
    unsigned char id[ID_BYTES];
    int64_t used_ms; /* 0: free */
    double left;     /* of a bucket */
    int64_t locked_until_ms;
    int failures;
};

struct pool_limits {
    struct lock lock;
    struct hmac_key key;
    struct entry entry[SETS][WAYS];
};

static const struct {
    double burst, per_s;
} buckets[POOL_LIMIT_COUNT] = {
    [POOL_LIMIT_REQUESTS] = {600, 60},           [POOL_LIMIT_MESSAGES] = {300, 1},
    [POOL_LIMIT_USER_CODES] = {10, 10 / 3600.0}, [POOL_LIMIT_USER_GUESSES] = {10, 10 / 3600.0},
    [POOL_LIMIT_SESSION] = {1, 1 / 3600.0},
};

struct pool_limits *pool_limits_new(void)
{
    struct pool_limits *l = calloc(1, sizeof(*l));
    unsigned char secret[SHA256_BYTES];
    if (l == NULL)
        abort();
    lock_init(&l->lock, LOCK_CLOUD);
    pool_random(secret, sizeof(secret));
    hmac_key_init(&l->key, (struct str){(const char *)secret, sizeof(secret)});
    return l;
}

void pool_limits_free(struct pool_limits **l)
{
    if (*l == NULL)
        return;
    lock_deinit(&(*l)->lock);
    free(*l);
    *l = NULL;
}

/* The entry of (kind, who), made new when there is none.  Under the lock. */
static struct entry *find(struct pool_limits *l, int kind, struct str who, int64_t now_ms)
{
    unsigned char digest[SHA256_BYTES];
    struct buf name = {0};
    buf_byte(&name, (char)kind);
    buf_add(&name, who);
    hmac_sha256(&l->key, buf_str(&name), digest);
    buf_free(&name);
    struct entry *set = l->entry[(digest[31] << 8 | digest[30]) % SETS], *oldest = set;
    for (int i = 0; i < WAYS; i++) {
        if (set[i].used_ms != 0 && memcmp(set[i].id, digest, ID_BYTES) == 0)
            return &set[i];
        if (set[i].used_ms < oldest->used_ms)
            oldest = &set[i];
    }
    *oldest = (struct entry){.used_ms = now_ms};
    memcpy(oldest->id, digest, ID_BYTES);
    if (kind < POOL_LIMIT_COUNT)
        oldest->left = buckets[kind].burst;
    return oldest;
}

bool pool_limits_take(struct pool_limits *l, enum pool_limit kind, struct str who, int64_t now_ms)
{
    lock_take(&l->lock);
    struct entry *en = find(l, (int)kind, who, now_ms);
    double passed_s = now_ms > en->used_ms ? (double)(now_ms - en->used_ms) / 1000 : 0;
    en->left += passed_s * buckets[kind].per_s;
    if (en->left > buckets[kind].burst)
        en->left = buckets[kind].burst;
    en->used_ms = now_ms;
    bool may = en->left >= 1;
    if (may)
        en->left -= 1;
    lock_drop(&l->lock);
    return may;
}

void pool_limits_forget(struct pool_limits *l, enum pool_limit kind, struct str who)
{
    lock_take(&l->lock);
    struct entry *en = find(l, (int)kind, who, 1);
    en->left = buckets[kind].burst;
    lock_drop(&l->lock);
}

bool pool_limits_password(struct pool_limits *l, struct str who, int64_t now_ms)
{
    lock_take(&l->lock);
    struct entry *en = find(l, PASSWORD, who, now_ms);
    int64_t idle_since = en->locked_until_ms > en->used_ms ? en->locked_until_ms : en->used_ms;
    if (now_ms - idle_since > LOCKED_MS_MAX)
        en->failures = 0;
    bool may = now_ms >= en->locked_until_ms;
    if (may) {
        en->used_ms = now_ms;
        int over = ++en->failures - FREE_FAILURES;
        int64_t ms = over < 0 ? 0 : over > 9 ? LOCKED_MS_MAX : (int64_t)1000 << over;
        en->locked_until_ms = now_ms + (ms < LOCKED_MS_MAX ? ms : LOCKED_MS_MAX);
    }
    lock_drop(&l->lock);
    return may;
}

void pool_limits_password_right(struct pool_limits *l, struct str who)
{
    lock_take(&l->lock);
    struct entry *en = find(l, PASSWORD, who, 1);
    en->failures = 0;
    en->locked_until_ms = 0;
    lock_drop(&l->lock);
}
