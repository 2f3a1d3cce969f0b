/* cache_test.c - coherence, eviction, and readers and a writer at once. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/tap.h"
#include "cache/cache.h"

static bool hit(struct cache *c, const char *key, const char *want)
{
    struct cache_value *v;
    if (!cache_get(c, str_from_c(key), &v))
        return want == NULL;
    struct str got = cache_value_bytes(v);
    bool good = want != NULL && (want[0] == '-' ? got.p == NULL : str_eq(got, str_from_c(want)));
    cache_release(v);
    return good;
}

static void test_rules(void)
{
    struct cache *c = cache_new(1 << 20);
    struct str k = STR("k");
    ok(hit(c, "k", NULL), "an empty cache misses");
    uint64_t ticket = cache_ticket(c, k);
    cache_fill(c, k, ticket, STR("1"));
    ok(hit(c, "k", "1"), "filled");
    struct cache_value *held;
    bool have = cache_get(c, k, &held);
    cache_pending(c, k);
    ok(hit(c, "k", NULL), "pending: a miss");
    cache_fill(c, k, cache_ticket(c, k), STR("stale"));
    ok(hit(c, "k", NULL), "pending: no fill");
    ticket = cache_ticket(c, k);
    cache_committed(c, k, STR("2"));
    ok(hit(c, "k", "2"), "committed");
    ok(have && str_eq(cache_value_bytes(held), STR("1")), "a reference keeps its value");
    cache_release(held);
    cache_pending(c, k);
    cache_forget(c, k);
    ok(hit(c, "k", NULL), "forgotten");
    cache_fill(c, k, ticket, STR("stale"));
    ok(hit(c, "k", NULL), "a fill with a ticket from before a change is dropped");
    cache_fill(c, k, cache_ticket(c, k), (struct str){0});
    ok(hit(c, "k", "-"), "absence is cached");
    cache_pending(c, k);
    cache_committed(c, k, STR(""));
    ok(hit(c, "k", ""), "empty is not absent");
    cache_free(c);
    c = cache_new(0);
    cache_fill(c, k, cache_ticket(c, k), STR("1"));
    cache_pending(c, k);
    cache_committed(c, k, STR("1"));
    ok(hit(c, "k", NULL), "a cache of no bytes never hits");
    struct cache_stats st;
    cache_stats(c, &st);
    ok(st.entries == 0 && st.bytes == 0 && st.misses == 1, "and holds nothing");
    cache_free(c);
}

static void test_eviction(void)
{
    struct cache *c = cache_new(640 * 1024);
    char key[32], value[100];
    memset(value, 'v', sizeof(value));
    for (int i = 0; i < 20000; i++) {
        snprintf(key, sizeof(key), "key%d", i);
        cache_fill(c, str_from_c(key), cache_ticket(c, str_from_c(key)), (struct str){value, 100});
        struct cache_value *v;
        if (cache_get(c, STR("key7"), &v)) /* stays in use */
            cache_release(v);
    }
    struct cache_stats st;
    cache_stats(c, &st);
    ok(st.bytes <= 640 * 1024 && st.entries > 1000, "bounded: %llu bytes, %llu entries",
       (unsigned long long)st.bytes, (unsigned long long)st.entries);
    struct cache_value *v = NULL;
    ok(cache_get(c, STR("key7"), &v), "what is in use stays");
    cache_release(v);
    cache_free(c);
}

/* The store: one number per key; the writer follows the protocol, readers fill.
 * `seen` is the newest number that any reader or the writer knows committed. */
enum { KEYS = 16, COMMITS = 30000, READERS = 3 };
struct race {
    struct cache *cache;
    _Atomic int stored[KEYS], committed[KEYS];
    _Atomic bool stop;
    _Atomic int wrong;
    _Atomic int64_t hits;
};

static struct str number(int x, char out[16])
{
    return (struct str){out, (size_t)snprintf(out, 16, "%d", x)};
}

static void *reader(void *arg)
{
    struct race *r = arg;
    for (unsigned i = 0; !atomic_load(&r->stop); i++) {
        char k[16], v[16];
        int n = (int)(i % KEYS);
        struct str key = number(n, k);
        int before = atomic_load(&r->committed[n]);
        struct cache_value *held;
        if (cache_get(r->cache, key, &held)) {
            int got = (int)strtol(cache_value_bytes(held).p, NULL, 10);
            cache_release(held);
            atomic_fetch_add(&r->hits, 1);
            if (got < before)
                atomic_fetch_add(&r->wrong, 1);
            continue;
        }
        uint64_t ticket = cache_ticket(r->cache, key);
        int got = atomic_load(&r->stored[n]);
        cache_fill(r->cache, key, ticket, (struct str){v, 1 + number(got, v).n});
    }
    return NULL;
}

static void test_race(void)
{
    struct race r = {.cache = cache_new(1 << 20)};
    pthread_t thread[READERS];
    for (int i = 0; i < READERS; i++)
        pthread_create(&thread[i], NULL, reader, &r);
    for (int i = 1; i <= COMMITS || (atomic_load(&r.hits) < 100 && i < 1000 * COMMITS); i++) {
        char k[16], v[32];
        int n = i * 7 % KEYS;
        struct str key = number(n, k);
        cache_pending(r.cache, key);
        if (i % 5 == 0) {
            cache_forget(r.cache, key); /* a failed commit */
            continue;
        }
        atomic_store(&r.stored[n], i);
        memset(v, 0, sizeof(v));
        cache_committed(r.cache, key, (struct str){v, 1 + number(i, v).n}); /* with a NUL */
        atomic_store(&r.committed[n], i);
    }
    atomic_store(&r.stop, true);
    for (int i = 0; i < READERS; i++)
        pthread_join(thread[i], NULL);
    ok(atomic_load(&r.wrong) == 0 && atomic_load(&r.hits) > 0,
       "no hit is older than what was known to be committed (%lld hits)",
       (long long)atomic_load(&r.hits));
    cache_free(r.cache);
}

int main(void)
{
    test_rules();
    test_eviction();
    test_race();
    return tap_done();
}
