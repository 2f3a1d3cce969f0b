/* base_test.c - arena, buf, err, env, str. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/env.h"
#include "base/err.h"
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
    is_bytes(arena_printf(&a, "%d-%s", 7, "x"), STR("7-x"), "printf");
    arena_reset(&a);
    ok(*NEW(&a, int) == 0, "usable after a reset");
    arena_free(&a);
    ok(a.head == NULL, "empty after free");
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
    test_env();
    ok(str_eq_nocase(STR("Content-TYPE"), STR("content-type")), "names of headers");
    ok(str_cmp(STR("a"), STR("ab")) < 0 && str_cmp(STR("\xff"), STR("a")) > 0, "byte order");
    return tap_done();
}
