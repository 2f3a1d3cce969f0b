/* ptr_list.h - pointers in an arena, of any number: what parsers collect.
 *
 * A struct ptr_list that is all zero is an empty list.  What the pointers point to is
 * the user's; the array is the arena's and moves as it grows. */
#ifndef BASE_PTR_LIST_H
#define BASE_PTR_LIST_H

#include "base/arena.h"

struct ptr_list {
    const void **p;
    uint32_t n, cap;
};

static inline void ptr_list_add(struct arena *mem, struct ptr_list *l, const void *entry)
{
    if (l->n == l->cap) {
        uint32_t cap = l->cap == 0 ? 4 : 2 * l->cap;
        const void **grown = NEW_ARRAY(mem, const void *, cap);
        if (l->n > 0)
            memcpy(grown, l->p, l->n * sizeof(*grown));
        l->p = grown;
        l->cap = cap;
    }
    l->p[l->n++] = entry;
}

#endif
