/* overlay.c - see overlay.h.
 *
 * Each key has one entry and a stack of versions; the undo list says whose
 * stack to pop.  An entry is never taken out: undone keys stay as entries
 * without a version, so slots need no tombstones. */
#include "store/overlay.h"

#include <stdlib.h>

#include "base/hash.h"

enum { OVERLAY_SLOTS_MIN = 256, OVERLAY_KEEP_ENTRIES = 64 * 1024 };

static void *grow(void *p, uint32_t *cap, size_t size)
{
    uint32_t wider = *cap == 0 ? OVERLAY_SLOTS_MIN / 2 : *cap * 2;
    assert(wider > *cap);
    p = realloc(p, wider * size);
    if (p == NULL)
        abort();
    *cap = wider;
    return p;
}

void overlay_free(struct overlay *o)
{
    arena_free(&o->mem);
    free(o->entry);
    free(o->slot);
    free(o->undo);
    *o = (struct overlay){0};
}

void overlay_reset(struct overlay *o)
{
    if (o->entry_cap > OVERLAY_KEEP_ENTRIES || o->undo_cap > OVERLAY_KEEP_ENTRIES) {
        overlay_free(o);
        return;
    }
    arena_reset(&o->mem);
    if (o->entry_n > 0)
        memset(o->slot, 0, o->slot_n * sizeof(*o->slot));
    o->entry_n = o->undo_n = 0;
}

/* The slot of the key, or the free one where it would go. */
static uint32_t *find_slot(const struct overlay *o, struct str key, uint64_t hash)
{
    for (uint32_t i = (uint32_t)hash & (o->slot_n - 1);; i = (i + 1) & (o->slot_n - 1)) {
        uint32_t at = o->slot[i];
        if (at == 0 || (o->entry[at - 1].hash == hash && str_eq(o->entry[at - 1].key, key)))
            return &o->slot[i];
    }
}

static void widen_slots(struct overlay *o)
{
    free(o->slot);
    o->slot_n = o->slot_n == 0 ? OVERLAY_SLOTS_MIN : o->slot_n * 2;
    o->slot = calloc(o->slot_n, sizeof(*o->slot));
    if (o->slot == NULL)
        abort();
    for (uint32_t i = 0; i < o->entry_n; i++)
        *find_slot(o, o->entry[i].key, o->entry[i].hash) = i + 1;
}

bool overlay_get(const struct overlay *o, struct str key, struct str *value)
{
    if (o->entry_n == 0)
        return false;
    uint32_t at = *find_slot(o, key, hash_bytes(key));
    if (at == 0 || o->entry[at - 1].now == NULL)
        return false;
    *value = o->entry[at - 1].now->value;
    return true;
}

void overlay_put(struct overlay *o, struct str key, struct str value)
{
    if (o->entry_n * 2 >= o->slot_n)
        widen_slots(o);
    uint64_t hash = hash_bytes(key);
    uint32_t *slot = find_slot(o, key, hash);
    if (*slot == 0) {
        if (o->entry_n == o->entry_cap)
            o->entry = grow(o->entry, &o->entry_cap, sizeof(*o->entry));
        o->entry[o->entry_n++] = (struct overlay_entry){arena_dup(&o->mem, key), hash, NULL};
        *slot = o->entry_n;
    }
    struct overlay_entry *entry = &o->entry[*slot - 1];
    struct overlay_version *v = NEW(&o->mem, struct overlay_version);
    v->value = value.p == NULL ? (struct str){0} : arena_dup(&o->mem, value);
    v->older = entry->now;
    entry->now = v;
    if (o->undo_n == o->undo_cap)
        o->undo = grow(o->undo, &o->undo_cap, sizeof(*o->undo));
    o->undo[o->undo_n++] = *slot - 1;
}

uint32_t overlay_mark(const struct overlay *o)
{
    return o->undo_n;
}

void overlay_undo(struct overlay *o, uint32_t mark)
{
    assert(mark <= o->undo_n);
    while (o->undo_n > mark) {
        struct overlay_entry *entry = &o->entry[o->undo[--o->undo_n]];
        assert(entry->now != NULL);
        entry->now = entry->now->older;
    }
}

static int by_key(const void *a, const void *b)
{
    return str_cmp(((const struct overlay_pair *)a)->key, ((const struct overlay_pair *)b)->key);
}

size_t overlay_range(struct overlay *o, struct str from, struct str to, struct overlay_pair **out)
{
    size_t n = 0;
    for (int pass = 0; pass < 2; pass++) { /* count, then fill */
        if (pass == 1)
            *out = NEW_ARRAY(&o->mem, struct overlay_pair, n);
        n = 0;
        for (uint32_t i = 0; i < o->entry_n; i++) {
            const struct overlay_entry *entry = &o->entry[i];
            if (entry->now == NULL || str_cmp(entry->key, from) < 0 ||
                (to.p != NULL && str_cmp(entry->key, to) >= 0))
                continue;
            if (pass == 1)
                (*out)[n] = (struct overlay_pair){entry->key, entry->now->value};
            n++;
        }
    }
    if (n > 1)
        qsort(*out, n, sizeof(**out), by_key);
    return n;
}
