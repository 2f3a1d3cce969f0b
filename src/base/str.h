/* str.h - a borrowed run of bytes.  Pass it by value.
 *
 * A str never owns its bytes, may contain NUL, and is not NUL-terminated.
 * The empty str may have p == NULL; where "absent" and "empty" differ (members
 * of a request), absent is p == NULL and empty is p != NULL with n == 0. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <string.h>

#include "base/base.h"

struct str {
    const char *p;
    size_t n;
};

#define STR(lit)   ((struct str){"" lit, sizeof(lit) - 1})
#define STR_FMT    "%.*s"
#define STR_ARG(s) (int)(s).n, (s).p != NULL ? (s).p : ""

static inline struct str str_from_c(const char *s)
{
    return (struct str){s, s != NULL ? strlen(s) : 0};
}

static inline bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* Order of unsigned bytes; a proper prefix comes first.  <0, 0 or >0. */
static inline int str_cmp(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n > 0 ? memcmp(a.p, b.p, n) : 0;
    return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

static inline bool str_starts_with(struct str s, struct str prefix)
{
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

/* ASCII letters only: names of headers, keywords. */
static inline bool str_eq_nocase(struct str a, struct str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++) {
        unsigned char x = (unsigned char)a.p[i], y = (unsigned char)b.p[i];
        x = (unsigned char)(x >= 'A' && x <= 'Z' ? x + 32 : x);
        y = (unsigned char)(y >= 'A' && y <= 'Z' ? y + 32 : y);
        if (x != y)
            return false;
    }
    return true;
}

/* The bytes from `at` on; at <= s.n. */
static inline struct str str_from(struct str s, size_t at)
{
    assert(at <= s.n);
    return (struct str){s.p + at, s.n - at};
}

#endif
