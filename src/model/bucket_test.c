#include "model/bucket.h"

#include "base/tap.h"

#define S 1000000000LL

enum { RATE = 5 };

/* Single units taken until the bucket says no. */
static int drain(struct bucket *b, int64_t now, int64_t burst)
{
    int n = 0;
    for (; bucket_has(b, now, burst) && n < 100000; n++)
        bucket_take(b, now, burst, 2, RATE);
    return n;
}

int main(void)
{
    struct bucket b = {0};
    int64_t now = 1000 * S, burst = 300 * S;

    ok(drain(&b, now, burst) == 1500, "a new bucket holds 300 s of its rate");
    ok(!bucket_has(&b, now, burst), "then it is empty");
    ok(!bucket_has(&b, now - 1, burst), "and the past has no more");
    ok(drain(&b, now + S, burst) == RATE, "a second brings the rate");
    ok(drain(&b, now + 11 * S, burst) == 10 * RATE, "ten seconds ten times that");
    ok(drain(&b, now + 1000000 * S, burst) == 1500, "it never holds more than the burst");

    b = (struct bucket){0};
    bucket_take(&b, now, burst, 2 * 1600, RATE);
    ok(!bucket_has(&b, now + 19 * S, burst), "a debt of 100 units needs 20 s");
    ok(bucket_has(&b, now + 21 * S, burst), "and no more");
    bucket_take(&b, now, burst, UINT64_MAX, 1);
    ok(!bucket_has(&b, now + 299 * S, burst), "a huge debt is as large as the bucket");
    ok(bucket_has(&b, now + 301 * S, burst), "and is paid after as long");

    b = (struct bucket){0};
    bucket_take(&b, now, burst, 2 * 1600, RATE);
    ok(bucket_has(&b, now - 10000 * S, burst), "a clock that jumped back fills the bucket");
    ok(drain(&b, now - 10000 * S, burst) == 1500, "to the burst");
    return tap_done();
}
