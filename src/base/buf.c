/* buf.c - growth by doubling; see buf.h. */
#include "base/buf.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/format.h"

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
    va_list ap;
    va_start(ap, fmt);
    size_t n = format_text(NULL, 0, fmt, ap);
    char *p = buf_room(b, n + 1);
    if (p != NULL) {
        format_text(p, n + 1, fmt, ap);
        b->n += n;
    }
    va_end(ap);
}
