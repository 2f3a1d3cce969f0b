/* tap.h - the whole unit-test framework (Test Anything Protocol). */
#ifndef BASE_TAP_H
#define BASE_TAP_H

#include <stdio.h>
#include <string.h>

#include "base/str.h"

static int tap_count, tap_failed;

#define ok(cond, ...)                                                                              \
    do {                                                                                           \
        int ok_ = !!(cond);                                                                        \
        printf("%sok %d - ", ok_ ? "" : "not ", ++tap_count);                                      \
        printf(__VA_ARGS__);                                                                       \
        printf("\n");                                                                              \
        if (!ok_)                                                                                  \
            tap_failed++, printf("# %s:%d: %s\n", __FILE__, __LINE__, #cond);                      \
    } while (0)
#define is_str(got, want, ...)                                                                     \
    do {                                                                                           \
        const char *got_ = (got), *want_ = (want);                                                 \
        ok(strcmp(got_, want_) == 0, __VA_ARGS__);                                                 \
        if (strcmp(got_, want_) != 0)                                                              \
            printf("#  got: %s\n# want: %s\n", got_, want_);                                       \
    } while (0)

#define is_bytes(got, want, ...)                                                                   \
    do {                                                                                           \
        struct str got_ = (got), want_ = (want);                                                   \
        ok(str_eq(got_, want_), __VA_ARGS__);                                                      \
        if (!str_eq(got_, want_))                                                                  \
            printf("#  got: " STR_FMT "\n# want: " STR_FMT "\n", STR_ARG(got_), STR_ARG(want_));   \
    } while (0)

static inline int tap_done(void)
{
    printf("1..%d\n", tap_count);
    return tap_failed != 0;
}

#endif
