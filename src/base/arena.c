/* arena.c - chained blocks; see arena.h.
 *
 * Under AddressSanitizer every allocation gets a block of its own, so that an
 * overrun inside a request is seen. */
#include "base/arena.h"

#include <stdlib.h>

#include "base/format.h"

struct arena_block {
    struct arena_block *next;
    size_t size; /* of data */
    max_align_t data[];
};

enum { ARENA_BLOCK_BYTES = 8192 - sizeof(struct arena_block), ARENA_KEEP_BYTES = 64 * 1024 };

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
enum { ARENA_ONE_EACH = 1 };
#else
enum { ARENA_ONE_EACH = 0 };
#endif

static void grow(struct arena *a, size_t size)
{
    size_t cap = size;
    if (!ARENA_ONE_EACH)
        cap = size_max(size,
                       a->head == NULL ? ARENA_BLOCK_BYTES : size_min(a->head->size * 2, 1 << 20));
    struct arena_block *b = malloc(sizeof(*b) + cap);
    if (b == NULL)
        abort();
    b->next = a->head;
    b->size = cap;
    a->head = b;
    a->cur = (char *)b->data;
    a->end = a->cur + cap;
}

/* The newest block becomes larger; where its data are now. */
static char *regrow(struct arena *a, size_t size)
{
    struct arena_block *b = realloc(a->head, sizeof(*b) + size);
    if (b == NULL)
        abort();
    b->size = size;
    a->head = b;
    a->end = (char *)b->data + size;
    return (char *)b->data;
}

void *arena_alloc(struct arena *a, size_t size)
{
    size_t align = _Alignof(max_align_t);
    size_t pad = (size_t)(-(uintptr_t)a->cur) & (align - 1);
    if (ARENA_ONE_EACH || a->head == NULL || (size_t)(a->end - a->cur) < size + pad) {
        grow(a, size);
        pad = 0;
    }
    char *p = a->cur + pad;
    a->cur = p + size;
    memset(p, 0, size);
    return p;
}

char *arena_bytes(struct arena *a, size_t size)
{
    if (ARENA_ONE_EACH || a->head == NULL || (size_t)(a->end - a->cur) < size)
        grow(a, size);
    char *p = a->cur;
    a->cur += size;
    return p;
}

char *arena_extend(struct arena *a, char *p, size_t size, size_t more)
{
    assert(more >= size);
    bool newest = p != NULL && p + size == a->cur;
    if (newest && (size_t)(a->end - p) < more && p == (char *)a->head->data)
        p = regrow(a, more); /* what is large has a block of its own */
    if (newest && (size_t)(a->end - p) >= more) {
        a->cur = p + more;
        return p;
    }
    char *q = arena_bytes(a, more);
    if (size > 0)
        memcpy(q, p, size);
    return q;
}

void arena_shorten(struct arena *a, char *p, size_t size, size_t used)
{
    assert(used <= size);
    if (p != NULL && p + size == a->cur)
        a->cur = p + used;
}

struct str arena_dup(struct arena *a, struct str s)
{
    char *p = arena_bytes(a, s.n);
    if (s.n > 0)
        memcpy(p, s.p, s.n);
    return (struct str){p, s.n};
}

char *arena_cstr(struct arena *a, struct str s)
{
    char *p = arena_bytes(a, s.n + 1);
    if (s.n > 0)
        memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return p;
}

struct str arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
    size_t n = format_text(NULL, 0, fmt, ap);
    char *p = arena_bytes(a, n + 1);
    format_text(p, n + 1, fmt, ap);
    return (struct str){p, n};
}

struct str arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    struct str text = arena_vprintf(a, fmt, ap);
    va_end(ap);
    return text;
}

void arena_free(struct arena *a)
{
    for (struct arena_block *b = a->head, *next; b != NULL; b = next) {
        next = b->next;
        free(b);
    }
    *a = (struct arena){0};
}

size_t arena_taken(const struct arena *a)
{
    size_t sum = 0;
    for (const struct arena_block *b = a->head; b != NULL; b = b->next)
        sum += b->size;
    return sum;
}

void arena_reset(struct arena *a)
{
    struct arena_block *b = a->head;
    while (b != NULL && (b->next != NULL || b->size > ARENA_KEEP_BYTES)) {
        struct arena_block *next = b->next;
        free(b);
        b = next;
    }
    a->head = b;
    a->cur = b != NULL ? (char *)b->data : NULL;
    a->end = b != NULL ? a->cur + b->size : NULL;
}
