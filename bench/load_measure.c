/* load_measure.c - what one server does under one load, and the table that it is done to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "load.h"

enum { FILL_POOL = 2 * LOAD_KEYS };

/* CPU time of a process in us, to the nanosecond where the kernel offers it. */
static double cpu_us(pid_t pid)
{
    clockid_t clock;
    struct timespec t;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) != 0)
        return 0;
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

long load_rss_kb(pid_t pid)
{
    char path[64], line[256];
    long kb = 0;
    snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "r");
    while (f != NULL && fgets(line, sizeof(line), f) != NULL)
        if (strncmp(line, "VmRSS:", 6) == 0)
            kb = strtol(line + 6, NULL, 10);
    if (f != NULL)
        fclose(f);
    return kb;
}

bool load_measure(const struct load_pool *pool, pid_t pid, int port, int conns, int ms,
                  struct figures *out)
{
    struct load_result *r = calloc(1, sizeof(*r));
    double before = cpu_us(pid);
    bool ok = r != NULL && load_run(pool, port, conns, ms, 0, r);
    double used = cpu_us(pid) - before;
    if (ok && r->failed > 0)
        fprintf(stderr, "%llu answers were not 200\n", (unsigned long long)r->failed);
    ok = ok && r->done > 0 && r->failed == 0;
    if (ok)
        *out = (struct figures){(double)r->done / r->seconds, used / (double)r->done,
                                (double)histogram_at(&r->latency_ns, 0.5) / 1e3,
                                (double)histogram_at(&r->latency_ns, 0.99) / 1e3,
                                (double)histogram_at(&r->latency_ns, 0.999) / 1e3};
    free(r);
    return ok;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double load_middle(double *v, int n)
{
    qsort(v, (size_t)n, sizeof(v[0]), by_value);
    return v[n / 2];
}

double load_median(const struct figures *f, int n, size_t member)
{
    double v[LOAD_ROUNDS_MAX];
    for (int i = 0; i < n; i++)
        memcpy(&v[i], (const char *)&f[i] + member, sizeof(double));
    return load_middle(v, n);
}

bool load_create(int port)
{
    struct arena mem = {0};
    struct buf reply = {0};
    struct str body = STR(
        "{\"TableName\":\"load\",\"BillingMode\":\"PAY_PER_REQUEST\",\"AttributeDefinitions\":[{"
        "\"AttributeName\":\"pk\",\"AttributeType\":\"S\"},{\"AttributeName\":\"sk\","
        "\"AttributeType\":\"S\"}],\"KeySchema\":[{\"AttributeName\":\"pk\",\"KeyType\":\"HASH\"},"
        "{\"AttributeName\":\"sk\",\"KeyType\":\"RANGE\"}]}");
    bool ok = load_once(load_request(&mem, "CreateTable", body, 0, port), port, &reply);
    if (!ok)
        fprintf(stderr, "CreateTable failed: " STR_FMT "\n", STR_ARG(buf_str(&reply)));
    buf_free(&reply);
    arena_free(&mem);
    return ok;
}

bool load_fill_table(int port, long from, long to)
{
    bool ok = true;
    for (long at = from; ok && at < to; at += 25 * FILL_POOL) {
        size_t n = size_min((size_t)(to - at) / 25, FILL_POOL);
        struct arena mem = {0};
        struct load_result *r = calloc(1, sizeof(*r));
        struct load_pool pool =
            load_pool_make(&mem, &load_fill, n, port, (size_t)at / 25, (size_t)to);
        ok = r != NULL && load_run(&pool, port, 16, 600000, n, r) && r->failed == 0;
        free(r);
        arena_free(&mem);
    }
    return ok;
}
