/* cache.c - see cache.h.
 *
 * 64 shards, each a lock, a chained hash table that grows with its content, and
 * a list in the order of a second-chance clock: the hand takes entries from the
 * old end; one that was hit since goes back to the young end once.
 *
 * (1) An entry is pending, or has a value, or does not exist.  Pending entries
 *     are not on the clock list and are never evicted.
 * (2) `changes` of a shard grows when a key becomes pending and when it stops
 *     being pending; a ticket is its value.  So a fill whose read might have seen
 *     the time before a commit is dropped, whichever of both came first. */
#include "cache/cache.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/lock.h"

enum { SHARDS = 64, BUCKETS_MIN = 64, VALUE_SHARE_MAX = 4 };

struct cache_value {
    _Atomic uint32_t refs;
    bool absent;
    size_t n;
    char bytes[];
};

struct entry {
    struct entry *chain; /* next in the bucket */
    struct entry *older, *younger;
    uint64_t hash;
    struct cache_value *value; /* NULL: pending */
    uint32_t key_n;
    bool hit;
    char key[];
};

struct shard {
    struct lock lock;
    struct entry **bucket;
    size_t bucket_n, entries, bytes;
    struct entry *oldest, *youngest;
    uint64_t changes, hits, misses;
} __attribute__((aligned(64)));

struct cache {
    size_t shard_bytes_max;
    struct shard shard[SHARDS];
};

struct cache *cache_new(size_t bytes_max)
{
    struct cache *c = aligned_alloc(64, sizeof(*c));
    if (c == NULL)
        abort();
    memset(c, 0, sizeof(*c));
    c->shard_bytes_max = bytes_max / SHARDS;
    for (int i = 0; i < SHARDS; i++)
        lock_init(&c->shard[i].lock, LOCK_CACHE);
    return c;
}

void cache_release(struct cache_value *v)
{
    if (v != NULL && atomic_fetch_sub_explicit(&v->refs, 1, memory_order_acq_rel) == 1)
        free(v);
}

void cache_free(struct cache *c)
{
    if (c == NULL)
        return;
    for (int i = 0; i < SHARDS; i++) {
        struct shard *s = &c->shard[i];
        for (size_t b = 0; b < s->bucket_n; b++)
            for (struct entry *x = s->bucket[b], *next; x != NULL; x = next) {
                next = x->chain;
                cache_release(x->value);
                free(x);
            }
        free(s->bucket);
        lock_deinit(&s->lock);
    }
    free(c);
}

struct str cache_value_bytes(const struct cache_value *v)
{
    return v->absent ? (struct str){0} : (struct str){v->bytes, v->n};
}

static struct cache_value *value_new(struct str bytes)
{
    struct cache_value *v = malloc(sizeof(*v) + bytes.n);
    if (v == NULL)
        abort();
    atomic_init(&v->refs, 1);
    v->absent = bytes.p == NULL;
    v->n = bytes.n;
    if (bytes.n > 0)
        memcpy(v->bytes, bytes.p, bytes.n);
    return v;
}

/* What an entry counts; malloc's own overhead included, roughly. */
static size_t cost(const struct entry *x)
{
    return sizeof(*x) + x->key_n + 16 +
           (x->value != NULL ? sizeof(*x->value) + x->value->n + 16 : 0);
}

static struct shard *shard_of(struct cache *c, uint64_t hash)
{
    return &c->shard[hash >> 58]; /* the buckets use the low bits */
}

static void list_add(struct shard *s, struct entry *x)
{
    x->older = s->youngest;
    x->younger = NULL;
    *(s->youngest != NULL ? &s->youngest->younger : &s->oldest) = x;
    s->youngest = x;
}

static void list_remove(struct shard *s, struct entry *x)
{
    *(x->older != NULL ? &x->older->younger : &s->oldest) = x->younger;
    *(x->younger != NULL ? &x->younger->older : &s->youngest) = x->older;
}

/* Where the pointer to the key's entry is, or would be; NULL: no table yet. */
static struct entry **find(struct shard *s, struct str key, uint64_t hash)
{
    if (s->bucket_n == 0)
        return NULL;
    struct entry **at = &s->bucket[hash & (s->bucket_n - 1)];
    while (*at != NULL &&
           !((*at)->hash == hash && str_eq((struct str){(*at)->key, (*at)->key_n}, key)))
        at = &(*at)->chain;
    return at;
}

static void widen(struct shard *s)
{
    size_t n = s->bucket_n == 0 ? BUCKETS_MIN : s->bucket_n * 2;
    struct entry **bucket = calloc(n, sizeof(*bucket));
    if (bucket == NULL)
        abort();
    for (size_t b = 0; b < s->bucket_n; b++)
        for (struct entry *x = s->bucket[b], *next; x != NULL; x = next) {
            next = x->chain;
            x->chain = bucket[x->hash & (n - 1)];
            bucket[x->hash & (n - 1)] = x;
        }
    free(s->bucket);
    s->bucket = bucket;
    s->bucket_n = n;
}

/* The key's entry, made pending when there was none. */
static struct entry *obtain(struct shard *s, struct str key, uint64_t hash)
{
    if (s->entries >= s->bucket_n)
        widen(s);
    struct entry **at = find(s, key, hash);
    if (*at != NULL)
        return *at;
    struct entry *x = malloc(sizeof(*x) + key.n);
    if (x == NULL)
        abort();
    *x = (struct entry){.hash = hash, .key_n = (uint32_t)key.n};
    memcpy(x->key, key.p, key.n);
    *at = x;
    s->entries++;
    s->bytes += cost(x);
    return x;
}

static void set_value(struct shard *s, struct entry *x, struct cache_value *v)
{
    assert(x->value == NULL && v != NULL);
    s->bytes -= cost(x);
    x->value = v;
    s->bytes += cost(x);
    list_add(s, x);
}

static void take_value(struct shard *s, struct entry *x)
{
    if (x->value == NULL)
        return;
    list_remove(s, x);
    s->bytes -= cost(x);
    cache_release(x->value);
    x->value = NULL;
    s->bytes += cost(x);
}

static void drop(struct shard *s, struct entry **at)
{
    struct entry *x = *at;
    take_value(s, x);
    *at = x->chain;
    s->entries--;
    s->bytes -= cost(x);
    free(x);
}

static void evict(struct cache *c, struct shard *s)
{
    while (s->bytes > c->shard_bytes_max && s->oldest != NULL) {
        struct entry *x = s->oldest;
        if (x->hit) {
            x->hit = false; /* its second chance */
            list_remove(s, x);
            list_add(s, x);
        } else {
            drop(s, find(s, (struct str){x->key, x->key_n}, x->hash));
        }
    }
}

bool cache_get(struct cache *c, struct str key, struct cache_value **out)
{
    uint64_t hash = hash_bytes(key);
    struct shard *s = shard_of(c, hash);
    lock_take(&s->lock);
    struct entry **at = find(s, key, hash);
    struct cache_value *v = at != NULL && *at != NULL ? (*at)->value : NULL;
    if (v != NULL) {
        (*at)->hit = true;
        atomic_fetch_add_explicit(&v->refs, 1, memory_order_relaxed);
        s->hits++;
    } else {
        s->misses++;
    }
    lock_drop(&s->lock);
    if (v != NULL)
        *out = v;
    return v != NULL;
}

uint64_t cache_ticket(struct cache *c, struct str key)
{
    struct shard *s = shard_of(c, hash_bytes(key));
    lock_take(&s->lock);
    uint64_t ticket = s->changes;
    lock_drop(&s->lock);
    return ticket;
}

static bool fits(const struct cache *c, struct str key, struct str value)
{
    return key.n + value.n + sizeof(struct entry) <= c->shard_bytes_max / VALUE_SHARE_MAX;
}

void cache_fill(struct cache *c, struct str key, uint64_t ticket, struct str value)
{
    if (!fits(c, key, value))
        return;
    uint64_t hash = hash_bytes(key);
    struct shard *s = shard_of(c, hash);
    struct cache_value *v = value_new(value);
    lock_take(&s->lock);
    struct entry **at = find(s, key, hash);
    if (s->changes == ticket && (at == NULL || *at == NULL)) { /* else pending, or filled already */
        set_value(s, obtain(s, key, hash), v);
        evict(c, s);
        v = NULL;
    }
    lock_drop(&s->lock);
    cache_release(v);
}

void cache_pending(struct cache *c, struct str key)
{
    uint64_t hash = hash_bytes(key);
    struct shard *s = shard_of(c, hash);
    lock_take(&s->lock);
    s->changes++; /* (2) */
    take_value(s, obtain(s, key, hash));
    lock_drop(&s->lock);
}

/* Ends the pending time of a key, with a value or without. */
static void settle(struct cache *c, struct str key, struct cache_value *v)
{
    uint64_t hash = hash_bytes(key);
    struct shard *s = shard_of(c, hash);
    lock_take(&s->lock);
    s->changes++; /* (2) */
    struct entry **at = find(s, key, hash);
    assert(at != NULL && *at != NULL && (*at)->value == NULL); /* was made pending before */
    if (v != NULL)
        set_value(s, *at, v);
    else
        drop(s, at);
    evict(c, s);
    lock_drop(&s->lock);
}

void cache_committed(struct cache *c, struct str key, struct str value)
{
    settle(c, key, fits(c, key, value) ? value_new(value) : NULL);
}

void cache_forget(struct cache *c, struct str key)
{
    settle(c, key, NULL);
}

void cache_stats(struct cache *c, struct cache_stats *out)
{
    *out = (struct cache_stats){0};
    for (int i = 0; i < SHARDS; i++) {
        struct shard *s = &c->shard[i];
        lock_take(&s->lock);
        out->hits += s->hits;
        out->misses += s->misses;
        out->bytes += s->bytes;
        out->entries += s->entries;
        lock_drop(&s->lock);
    }
}
