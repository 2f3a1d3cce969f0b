/* overlay.h - the changes of a write transaction that has not committed yet:
 * key -> newest value, with undo.
 *
 *   overlay_put(&o, key, value);             value.p == NULL: deleted
 *   uint32_t mark = overlay_mark(&o);
 *   overlay_undo(&o, mark);                  forgets all puts since
 *
 * Keys and values are copied into the overlay's arena and stay valid until
 * overlay_reset(), undone ones included. */
#ifndef STORE_OVERLAY_H
#define STORE_OVERLAY_H

#include "base/arena.h"

struct overlay_version {
    struct str value;
    struct overlay_version *older;
};
struct overlay_entry {
    struct str key;
    uint64_t hash;
    struct overlay_version *now; /* NULL: all its changes were undone */
};
struct overlay {
    struct arena mem;
    struct overlay_entry *entry; /* in the order of the first put */
    uint32_t entry_n, entry_cap;
    uint32_t *slot; /* open addressing; 1 + index into entry, 0: free */
    uint32_t slot_n;
    uint32_t *undo; /* entries, in the order of the puts */
    uint32_t undo_n, undo_cap;
};

/* An overlay that is all zero is empty. */
void overlay_reset(struct overlay *o); /* keeps some memory for the next transaction */
void overlay_free(struct overlay *o);

bool overlay_get(const struct overlay *o, struct str key, struct str *value); /* true: changed */
void overlay_put(struct overlay *o, struct str key, struct str value);
uint32_t overlay_mark(const struct overlay *o);
void overlay_undo(struct overlay *o, uint32_t mark);

/* The changed pairs of [from, to) in key order, allocated from the overlay's
 * arena; to.p == NULL: no upper end. */
struct overlay_pair {
    struct str key, value;
};
size_t overlay_range(struct overlay *o, struct str from, struct str to, struct overlay_pair **out);

#endif
