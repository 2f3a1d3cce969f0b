/* env.c - the real clock and the kernel's random bytes. */
#include "base/env.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

static int64_t system_now_ms(struct env *e)
{
    struct timespec t;
    (void)e;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Kernel bytes are fetched 512 at a time: a request id costs no system call. */
static uint64_t system_random(struct env *e)
{
    static _Thread_local uint64_t pool[64];
    static _Thread_local size_t left;
    (void)e;
    if (left == 0) {
        if (getentropy(pool, 256) != 0 || getentropy(pool + 32, 256) != 0)
            abort();
        left = COUNT_OF(pool);
    }
    return pool[--left];
}

struct env *env_system(void)
{
    static struct env system_env = {.now_ms = system_now_ms, .random = system_random};
    return &system_env;
}

void env_uuid(struct env *e, char out[37])
{
    uint64_t a = env_random(e), b = env_random(e);
    snprintf(out, 37, "%08x-%04x-4%03x-%04x-%04x%08x", (unsigned)(a >> 32),
             (unsigned)(a >> 16 & 0xFFFF), (unsigned)(a & 0xFFF),
             (unsigned)((b >> 48 & 0x3FFF) | 0x8000), (unsigned)(b >> 32 & 0xFFFF),
             (unsigned)(b & 0xFFFFFFFF));
}
