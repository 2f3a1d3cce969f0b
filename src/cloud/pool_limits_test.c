#include "cloud/pool_limits.h"

#include "base/tap.h"

enum { START = 1000000, S = 1000, MINUTE = 60 * S };

static void test_buckets(struct pool_limits *l)
{
    int n = 0;
    while (n < 100 && pool_limits_take(l, POOL_LIMIT_USER_CODES, STR("u"), START))
        n++;
    ok(n == 10, "ten codes at once, then none: %d", n);
    ok(pool_limits_take(l, POOL_LIMIT_USER_CODES, STR("v"), START), "others have their own");
    ok(pool_limits_take(l, POOL_LIMIT_USER_GUESSES, STR("u"), START), "so have other kinds");
    ok(!pool_limits_take(l, POOL_LIMIT_USER_CODES, STR("u"), START + 5 * MINUTE), "not yet");
    ok(pool_limits_take(l, POOL_LIMIT_USER_CODES, STR("u"), START + 12 * MINUTE), "in time again");
    pool_limits_forget(l, POOL_LIMIT_USER_CODES, STR("u"));
    ok(pool_limits_take(l, POOL_LIMIT_USER_CODES, STR("u"), START + 12 * MINUTE), "forgotten");
    ok(pool_limits_take(l, POOL_LIMIT_SESSION, STR("s"), START), "a session once");
    ok(!pool_limits_take(l, POOL_LIMIT_SESSION, STR("s"), START + 15 * MINUTE), "not twice");
}

static void test_passwords(struct pool_limits *l)
{
    int64_t now = START;
    for (int i = 0; i < 5; i++)
        ok(pool_limits_password(l, STR("p"), now), "attempt %d", i);
    for (int64_t wait = S; wait <= 8 * S; wait *= 2) {
        ok(!pool_limits_password(l, STR("p"), now + wait - 1), "locked for %lld ms",
           (long long)wait);
        now += wait;
        ok(pool_limits_password(l, STR("p"), now), "then one more");
    }
    pool_limits_password_right(l, STR("p"));
    ok(pool_limits_password(l, STR("p"), now), "the right one ends it");
    for (int i = 0; i < 200; i++, now += 16 * MINUTE)
        if (!pool_limits_password(l, STR("q"), now))
            ok(false, "after a quarter of an hour all is forgotten");
    ok(pool_limits_password(l, STR("other"), now), "others are not locked");
}

static void test_many(struct pool_limits *l)
{
    char name[32];
    int refused = 0;
    for (int i = 0; i < 100000; i++) {
        int n = snprintf(name, sizeof(name), "flood%d", i);
        refused +=
            !pool_limits_take(l, POOL_LIMIT_REQUESTS, (struct str){name, (size_t)n}, START + i);
    }
    ok(refused == 0, "a flood of names finds a place for each");
}

int main(void)
{
    struct pool_limits *l = pool_limits_new();
    test_buckets(l);
    test_passwords(l);
    test_many(l);
    pool_limits_free(&l);
    pool_limits_free(&l);
    return tap_done();
}
