/* buf.c - growth by doubling; see buf.h. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"

enum { BUF_FIRST_BYTES = 256 };

void buf_free(struct buf *b)
{
    if (b->mem == NULL)
        free(b->p);
    *b = (struct buf){.max = b->max, .mem = b->mem};
}

char *buf_room_slow(struct buf *b, size_t more)
{
    size_t max = b->max != 0 ? b->max : BUF_MAX_DEFAULT;
    if (b->overflow || more > max || b->n > max - more) {
        b->overflow = true;
        return NULL;
    }
    if (b->p == NULL || b->cap - b->n < more) {
        /* Never above the maximum: buf_room() only looks at the capacity. */
        size_t cap = size_min(size_max(size_max(b->cap * 2, b->n + more), BUF_FIRST_BYTES), max);
        char *p = b->mem != NULL ? arena_extend(b->mem, b->p, b->cap, cap) : realloc(b->p, cap);
        if (p == NULL)
            abort();
        b->p = p;
        b->cap = cap;
    }
    return b->p + b->n;
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    assert(n >= 0);
    char *p = buf_room(b, (size_t)n + 1);
    if (p != NULL) {
        vsnprintf(p, (size_t)n + 1, fmt, again);
        b->n += (size_t)n;
    }
    va_end(again);
}
