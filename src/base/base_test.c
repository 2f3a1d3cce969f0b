/* base_test.c - arena, buf, err, env, str. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/env.h"
#include "base/err.h"
#include "base/format.h"
#include "base/tap.h"

static void test_arena(void)
{
    struct arena a = {0};
    int *first = NEW(&a, int);
    ok(*first == 0, "memory is zeroed");
    arena_bytes(&a, 3);
    long double *x = NEW(&a, long double);
    ok((uintptr_t)x % _Alignof(long double) == 0, "memory is aligned after odd bytes");
    char *big = arena_alloc(&a, 100000);
    ok(big[0] == 0 && big[99999] == 0, "a large piece is zeroed");
    ok(arena_taken(&a) >= 100000 && arena_taken(&a) < 200000, "it knows what it has taken");
    is_bytes(arena_printf(&a, "%d-%s", 7, "x"), STR("7-x"), "printf");
    arena_reset(&a);
    ok(*NEW(&a, int) == 0, "usable after a reset");
    arena_free(&a);
    ok(a.head == NULL && arena_taken(&a) == 0, "empty after free");
}

static void test_buf(void)
{
    struct buf b = {.max = 10};
    buf_add(&b, STR("0123456789"));
    ok(!b.overflow, "exactly the maximum fits");
    buf_byte(&b, 'x');
    ok(b.overflow && b.n == 10, "one more is dropped and remembered");
    buf_free(&b);
    struct buf c = {0};
    for (int i = 0; i < 1000; i++)
        buf_printf(&c, "%03d", i);
    ok(c.n == 3000 && memcmp(c.p + 2997, "999", 3) == 0, "grows");
    buf_free(&c);
    struct arena a = {0};
    struct buf d = {.mem = &a}, other = {.mem = &a};
    for (int i = 0; i < 1000; i++) {
        buf_printf(&d, "%03d", i);
        buf_printf(&other, "%03d", 999 - i);
    }
    ok(d.n == 3000 && memcmp(d.p, "000001", 6) == 0 && memcmp(d.p + 2994, "998999", 6) == 0,
       "grows in an arena beside another");
    ok(memcmp(other.p, "999998", 6) == 0 && memcmp(other.p + 2994, "001000", 6) == 0,
       "which keeps its bytes");
    struct arena alone = {0};
    struct buf large = {.mem = &alone};
    for (int i = 0; i < 1000000; i++)
        buf_printf(&large, "%07d", i);
    ok(memcmp(large.p, "0000000", 7) == 0 && memcmp(large.p + 6999993, "0999999", 7) == 0,
       "grows large");
    ok(arena_taken(&alone) < 3 * large.n, "without leaving its smaller selves behind");
    arena_free(&alone);
    buf_free(&d);
    ok(d.p == NULL && d.mem == &a, "free forgets the bytes only");
    arena_free(&a);
}

static void test_err(void)
{
    struct err e = {0};
    ok(!err_set(&e, ERR_VALIDATION, "no %d", 1), "err_set returns false");
    err_prefix(&e, "Invalid: ");
    is_str(e.msg, "Invalid: no 1", "prefix");
    is_str(err_name(e.code), "ValidationException", "name");
    for (int i = 1; i < ERR_COUNT; i++)
        if (err_type((enum err_code)i) == NULL || err_http_status((enum err_code)i) < 400)
            ok(false, "code %d has a row", i);
    char wide[4096];
    for (size_t i = 0; i < sizeof(wide) - 1; i += 3)
        memcpy(wide + i, "\xe2\x82\xac", 3);
    wide[sizeof(wide) - 1] = '\0';
    err_clear(&e);
    err_set(&e, ERR_VALIDATION, "x%s", wide);
    ok(strlen(e.msg) % 3 == 1, "a long text is cut at a character");
    ok(err_text(&e).n == strlen(e.msg), "and is no longer than that");
}

static void test_err_long(void)
{
    struct arena mem = {0};
    struct err e;
    size_t n = ERR_TEXT_MAX + 1;
    struct str x = {memset(arena_bytes(&mem, n), 'x', n), n};
    err_init(&e, &mem);
    err_set(&e, ERR_VALIDATION, "'" STR_FMT "'", STR_ARG(STR("a\0b")));
    is_bytes(err_text(&e), STR("'a\0b'"), "a NUL ends nothing");
    for (size_t i = sizeof(e.msg) - 2; i <= sizeof(e.msg) + 1; i++) {
        err_init(&e, &mem);
        err_set(&e, ERR_VALIDATION, STR_FMT, STR_ARG(((struct str){x.p, i})));
        ok(err_text(&e).n == i, "%zu bytes are kept", i);
        ok(strlen(e.msg) == size_min(i, sizeof(e.msg) - 1), "%zu of them for the log",
           strlen(e.msg));
        err_prefix(&e, "1: ");
        ok(err_text(&e).n == i + 3 && memcmp(err_text(&e).p, "1: xx", 5) == 0, "a prefix too");
        ok(memcmp(e.msg, "1: xx", 5) == 0 && e.msg[size_min(i + 3, sizeof(e.msg) - 1)] == '\0',
           "in both places");
    }
    err_init(&e, &mem);
    err_set(&e, ERR_VALIDATION, STR_FMT, STR_ARG(x));
    ok(err_text(&e).n == ERR_TEXT_MAX, "there is an end to it");
    arena_free(&mem);
}

PRINTF_LIKE(3, 4)
static struct str print(char out[80], size_t room, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    size_t n = format_text(out, room, fmt, ap);
    va_end(ap);
    return (struct str){out, n};
}

static void test_format(void)
{
    char out[80], want[80];
    static const char fmt[] = "%%|%s|%5.2s|%*d|%-4d|%03u|%c|%lld|%zu|%ld|%02x|%.1f";
#define ARGS "text", "cut", 3, 1, -7, 5u, 'c', -(1LL << 40), (size_t)1 << 40, -3L, 10, 0.25
    snprintf(want, sizeof(want), fmt, ARGS);
    for (size_t room = 0; room < sizeof(out); room++) {
        memset(out, '#', sizeof(out));
        struct str got = print(out, room, fmt, ARGS);
        size_t n = room > 0 ? size_min(got.n, room - 1) : 0;
        bool good = got.n == strlen(want) && memcmp(out, want, n) == 0 &&
                    (room == 0 || out[n] == '\0') && out[room] == '#';
        if (!good || room == sizeof(out) - 1)
            ok(good, "room for %zu: %.*s", room, (int)n, out);
    }
#undef ARGS
    is_bytes(print(out, sizeof(out), "<" STR_FMT ">%d", STR_ARG(STR("\0\0")), 1), STR("<\0\0>1"),
             "all bytes of a str");
    is_bytes(print(out, sizeof(out), STR_FMT, STR_ARG((struct str){0})), STR(""), "nor none");
}

static void test_env(void)
{
    char a[37], b[37];
    env_uuid(env_system(), a);
    env_uuid(env_system(), b);
    ok(strlen(a) == 36 && a[14] == '4' && strchr("89ab", a[19]) != NULL, "a v4 uuid: %s", a);
    ok(strcmp(a, b) != 0, "two differ");
}

int main(void)
{
    test_arena();
    test_buf();
    test_err();
    test_err_long();
    test_format();
    test_env();
    ok(str_eq_nocase(STR("Content-TYPE"), STR("content-type")), "names of headers");
    ok(str_cmp(STR("a"), STR("ab")) < 0 && str_cmp(STR("\xff"), STR("a")) > 0, "byte order");
    return tap_done();
}
