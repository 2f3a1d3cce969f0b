/* arena.h - memory that dies all at once: one arena per request.
 *
 * Nothing that comes from an arena is freed by hand.  Memory is zeroed and
 * aligned for any type; running out aborts, because everything that a client
 * sends is bounded before it is allocated.  Not safe for two threads at once;
 * an arena may be handed from one thread to another.
 *
 * A struct arena that is all zero is an empty arena. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>

#include "base/str.h"

struct arena {
    struct arena_block *head;
    char *cur, *end;
};

#define NEW(a, T)          ((T *)arena_alloc((a), sizeof(T)))
#define NEW_ARRAY(a, T, n) ((T *)arena_alloc((a), sizeof(T) * (n)))

void *arena_alloc(struct arena *a, size_t size);

/* For bytes that are written at once: neither zeroed nor aligned. */
char *arena_bytes(struct arena *a, size_t size);

/* arena_bytes() that were `size` (p may be NULL) become `more`: in place when
 * they are the newest and there is room, else as a copy.  What grows alone leaves no
 * copies behind. */
char *arena_extend(struct arena *a, char *p, size_t size, size_t more);
/* Of these `size` bytes only `used` are needed: the rest is free again when they
 * are the newest. */
void arena_shorten(struct arena *a, char *p, size_t size, size_t used);

struct str arena_dup(struct arena *a, struct str s);
char *arena_cstr(struct arena *a, struct str s); /* a NUL-terminated copy */
/* Texts, see format.h; a NUL is behind them. */
struct str arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
struct str arena_vprintf(struct arena *a, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);

void arena_free(struct arena *a);

/* How many bytes it has taken from the system: what a request costs at its height. */
size_t arena_taken(const struct arena *a);

/* Forget everything but keep the first block for the next user, unless it is large. */
void arena_reset(struct arena *a);

#endif
