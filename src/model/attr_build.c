/* attr_build.c - one pass, then sorting of what came out of order; see attr_build.h. */
#include "model/attr_build.h"

#include <stdlib.h>

enum { HEAD_BYTES = 9, VARINT_MAX = 5 }; /* of a collection: type, body, count */

/* Requests name attributes in any order, so sorting is the usual case: what is
 * small is sorted on the stack. */
enum { SMALL_MEMBERS = 32, SMALL_BYTES = 4096 };

struct member {
    uint64_t head;  /* first 8 bytes of the name, big-endian: decides most comparisons */
    const char *at; /* its encoding: of a map a name and a value, of a set the member */
};

void attr_build_init(struct attr_build *b, struct buf *out)
{
    b->out = out;
    b->depth = 0;
}

static struct attr_build_level *top(struct attr_build *b)
{
    return &b->level[b->depth - 1];
}

static void put_u32(char *p, uint32_t n)
{
    for (int i = 0; i < 4; i++)
        p[i] = (char)(n >> (8 * i));
}

static inline char *put_varint(char *p, uint32_t n)
{
    for (; n >= 0x80; n >>= 7)
        *p++ = (char)(n | 0x80);
    *p++ = (char)n;
    return p;
}

/* A value begins: lists count it; in maps its name was counted. */
static inline void begin_value(struct attr_build *b)
{
    if (b->depth > 0 && top(b)->type == ATTR_L)
        top(b)->count++;
}

void attr_build_open(struct attr_build *b, enum attr_type t)
{
    assert(t >= ATTR_SS && t < ATTR_TYPE_COUNT);
    assert(b->depth < ATTR_BUILD_DEPTH_MAX);
    begin_value(b);
    struct attr_build_level *l = &b->level[b->depth++];
    *l = (struct attr_build_level){.start = (uint32_t)b->out->n, .type = (uint8_t)t};
    char *p = buf_room(b->out, HEAD_BYTES);
    if (p == NULL)
        return;
    memset(p, 0, HEAD_BYTES);
    *p = (char)t;
    b->out->n += HEAD_BYTES;
}

/* The name of a map's entry or the member of a set. */
static inline void add_name(struct attr_build *b, struct str name)
{
    struct attr_build_level *l = top(b);
    char *p = buf_room(b->out, VARINT_MAX + name.n);
    if (p == NULL || b->out->overflow)
        return;
    if (l->count > 0 && !l->unsorted) {
        const char *last = b->out->p + l->last;
        uint32_t n = attr_varint(&last);
        l->unsorted = str_cmp((struct str){last, n}, name) >= 0;
    }
    l->last = (uint32_t)b->out->n;
    l->count++;
    char *q = put_varint(p, (uint32_t)name.n);
    if (name.n > 0)
        memcpy(q, name.p, name.n);
    b->out->n += (size_t)(q - p) + name.n;
}

void attr_build_name(struct attr_build *b, struct str name)
{
    assert(b->depth > 0);
    assert(top(b)->type == ATTR_M);
    add_name(b, name);
}

void attr_build_member(struct attr_build *b, struct str bytes)
{
    assert(b->depth > 0);
    assert(attr_is_set((enum attr_type)top(b)->type));
    add_name(b, bytes);
}

void attr_build_head(struct attr_build *b, enum attr_type t, uint32_t n)
{
    assert(attr_is_scalar(t));
    begin_value(b);
    char *p = buf_room(b->out, 1 + VARINT_MAX);
    if (p == NULL)
        return;
    *p = (char)t;
    b->out->n += (size_t)(put_varint(p + 1, n) - p);
}

void attr_build_scalar(struct attr_build *b, enum attr_type t, struct str bytes)
{
    assert(attr_is_scalar(t));
    begin_value(b);
    char *p = buf_room(b->out, 1 + VARINT_MAX + bytes.n);
    if (p == NULL)
        return;
    *p = (char)t;
    char *q = put_varint(p + 1, (uint32_t)bytes.n);
    if (bytes.n > 0)
        memcpy(q, bytes.p, bytes.n);
    b->out->n += (size_t)(q - p) + bytes.n;
}

void attr_build_bool(struct attr_build *b, bool value)
{
    attr_build_raw(b, (struct str){(char[]){ATTR_BOOL, (char)value}, 2});
}

void attr_build_null(struct attr_build *b)
{
    attr_build_raw(b, (struct str){(char[]){ATTR_NULL}, 1});
}

void attr_build_raw(struct attr_build *b, struct str encoded)
{
    begin_value(b);
    buf_add(b->out, encoded);
}

void attr_build_undo(struct attr_build *b, size_t mark)
{
    if (b->out->overflow)
        return;
    assert(mark <= b->out->n);
    b->out->n = mark;
    if (b->depth > 0 && top(b)->type == ATTR_L)
        top(b)->count--;
}

static uint64_t head_of(const char *name, size_t n, const char *end)
{
    unsigned char h[8] = {0};
    uint64_t v = 0;
    if (LIKELY(end - name >= 8))
        memcpy(h, name, 8); /* a fixed length is one instruction */
    else
        memcpy(h, name, n < 8 ? n : 8);
    for (int i = 0; i < 8; i++)
        v = v << 8 | h[i];
    return n >= 8 ? v : n == 0 ? 0 : v >> (8 * (8 - n)) << (8 * (8 - n));
}

static struct str name_of(const struct member *m)
{
    const char *p = m->at;
    uint32_t n = attr_varint(&p);
    return (struct str){p, n};
}

/* By name, then by position: of equal names the last is the newest. */
static inline int member_cmp(const struct member *a, const struct member *b)
{
    if (LIKELY(a->head != b->head))
        return a->head < b->head ? -1 : 1;
    int c = str_cmp(name_of(a), name_of(b));
    return c != 0 ? c : (a->at > b->at) - (a->at < b->at);
}

static int member_cmp_void(const void *a, const void *b)
{
    return member_cmp(a, b);
}

static void sort_members(struct member *m, uint32_t n)
{
    if (n > SMALL_MEMBERS) {
        qsort(m, n, sizeof(*m), member_cmp_void);
        return;
    }
    for (uint32_t i = 1; i < n; i++) {
        struct member x = m[i];
        uint32_t at = i;
        for (; at > 0 && member_cmp(&x, &m[at - 1]) < 0; at--)
            m[at] = m[at - 1];
        m[at] = x;
    }
}

/* How many bytes a member of a collection takes. */
static inline size_t member_bytes(enum attr_type t, const char *at)
{
    const char *p = at;
    uint32_t n = attr_varint(&p);
    p += n;
    if (t == ATTR_M)
        p += attr_encoded_bytes(p);
    return (size_t)(p - at);
}

static void find_members(const struct attr_build_level *l, const char *p, const char *end,
                         struct member *m)
{
    for (uint32_t i = 0; i < l->count; i++) {
        const char *name = p;
        uint32_t n = attr_varint(&name);
        m[i] = (struct member){head_of(name, n, end), p};
        p += member_bytes((enum attr_type)l->type, p);
    }
}

/* Puts the members in order, without the repeated ones.  False: there were such. */
static bool reorder(struct buf *out, struct attr_build_level *l, struct member *m, char *scratch)
{
    char *body = out->p + l->start + HEAD_BYTES;
    find_members(l, body, out->p + out->n, m);
    sort_members(m, l->count);
    uint32_t kept = 0;
    char *to = scratch;
    for (uint32_t i = 0; i < l->count; i++) {
        if (UNLIKELY(i + 1 < l->count && m[i].head == m[i + 1].head &&
                     str_eq(name_of(&m[i]), name_of(&m[i + 1]))))
            continue;
        size_t n = member_bytes((enum attr_type)l->type, m[i].at);
        memcpy(to, m[i].at, n);
        to += n;
        kept++;
    }
    bool unique = kept == l->count;
    size_t n = (size_t)(to - scratch);
    memcpy(body, scratch, n);
    out->n = l->start + HEAD_BYTES + n;
    l->count = kept;
    return unique;
}

static bool sort_level(struct buf *out, struct attr_build_level *l)
{
    size_t bytes = out->n - l->start - HEAD_BYTES;
    if (l->count <= SMALL_MEMBERS && bytes <= SMALL_BYTES) {
        struct member m[SMALL_MEMBERS];
        char scratch[SMALL_BYTES];
        return reorder(out, l, m, scratch);
    }
    struct member *m = malloc(l->count * sizeof(*m) + bytes);
    if (m == NULL)
        abort();
    bool unique = reorder(out, l, m, (char *)(m + l->count));
    free(m);
    return unique;
}

bool attr_build_close(struct attr_build *b)
{
    assert(b->depth > 0);
    struct attr_build_level *l = &b->level[--b->depth];
    if (b->out->overflow)
        return true;
    bool unique = !l->unsorted || sort_level(b->out, l);
    char *p = b->out->p + l->start;
    put_u32(p + 1, (uint32_t)(b->out->n - l->start - HEAD_BYTES));
    put_u32(p + 5, l->count);
    return unique || l->type == ATTR_M;
}
