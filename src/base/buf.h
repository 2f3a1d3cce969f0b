/* buf.h - bytes that grow, owned by the buffer, up to a stated maximum.
 *
 * A buffer with `mem` set takes its bytes from that arena: they live as long as
 * the arena, and buf_free() only forgets them.
 *
 * A struct buf that is all zero is an empty buffer without a maximum of its
 * own (BUF_MAX_DEFAULT holds).  Appending past the maximum sets `overflow` and
 * drops the bytes: ask once, at the end (style: sticky errors).  Running out of
 * memory aborts. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/str.h"

enum { BUF_MAX_DEFAULT = 1 << 30 };

struct arena;

struct buf {
    char *p;
    size_t n, cap;
    size_t max;        /* 0: BUF_MAX_DEFAULT */
    struct arena *mem; /* NULL: malloc() */
    bool overflow;
};

void buf_free(struct buf *b);

/* Room for `more` bytes at b->p + b->n, or NULL when that passes the maximum.
 * The caller writes there and adds to b->n itself. */
char *buf_room_slow(struct buf *b, size_t more);
static inline char *buf_room(struct buf *b, size_t more)
{
    return LIKELY(b->cap - b->n >= more && b->p != NULL) ? b->p + b->n : buf_room_slow(b, more);
}

static inline void buf_add(struct buf *b, struct str s)
{
    char *p = buf_room(b, s.n);
    if (p == NULL || s.n == 0)
        return;
    memcpy(p, s.p, s.n);
    b->n += s.n;
}

static inline void buf_byte(struct buf *b, char c)
{
    char *p = buf_room(b, 1);
    if (p == NULL)
        return;
    *p = c;
    b->n++;
}

/* See format.h. */
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);

static inline struct str buf_str(const struct buf *b)
{
    return (struct str){b->p, b->n};
}

#endif
