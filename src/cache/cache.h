/* cache.h - the item cache: encoded items by full storage key, coherent with
 * the store, bounded.
 *
 * A lookup gives a counted reference to an immutable copy.  Coherence:
 *   (1) Before a commit the writer calls cache_pending() for every key of it:
 *       from then on the key is a miss and cannot be filled.
 *   (2) After the commit succeeded it calls cache_committed() with the new
 *       value; after it failed, cache_forget().
 *   (3) A reader takes a ticket before it reads the store, and its fill is
 *       dropped when any key of the shard changed since.
 * So a hit is never older than the latest commit that anyone could have seen.
 *
 * Absence is cached too (value with p == NULL).  Threads: any. */
#ifndef CACHE_CACHE_H
#define CACHE_CACHE_H

#include "base/str.h"

struct cache;
struct cache_value; /* counted */

struct cache *cache_new(size_t bytes_max); /* 0: a cache that never hits */
void cache_free(struct cache *c);

/* True on a hit; *out is a reference to give back with cache_release(). */
bool cache_get(struct cache *c, struct str key, struct cache_value **out);
struct str cache_value_bytes(const struct cache_value *v); /* p == NULL: known to be absent */
void cache_release(struct cache_value *v);                 /* NULL is fine */

uint64_t cache_ticket(struct cache *c, struct str key);
void cache_fill(struct cache *c, struct str key, uint64_t ticket, struct str value);

void cache_pending(struct cache *c, struct str key);
void cache_committed(struct cache *c, struct str key, struct str value);
void cache_forget(struct cache *c, struct str key);

struct cache_stats {
    uint64_t hits, misses, bytes, entries;
};
void cache_stats(struct cache *c, struct cache_stats *out);

#endif
