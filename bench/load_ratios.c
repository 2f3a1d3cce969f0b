/* load_ratios.c - what features cost, as ratios of two measurements taken in turn:
 * noise of the machine meets both. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

enum { CONNECTIONS = 64, POOL = 2 * LOAD_KEYS };

#define TABLE(name, more)                                                                          \
    "{\"TableName\":\"" name "\",\"BillingMode\":\"PAY_PER_REQUEST\",\"AttributeDefinitions\":[{"  \
    "\"AttributeName\":\"pk\",\"AttributeType\":\"S\"},{\"AttributeName\":\"sk\","                 \
    "\"AttributeType\":"                                                                           \
    "\"S\"}],\"KeySchema\":[{\"AttributeName\":\"pk\",\"KeyType\":\"HASH\"},{\"AttributeName\":"   \
    "\"sk\","                                                                                      \
    "\"KeyType\":\"RANGE\"}]" more "}"

static bool call(int port, const char *operation, const char *body, struct buf *reply)
{
    struct arena mem = {0};
    reply->n = 0;
    bool ok = load_once(load_request(&mem, operation, str_from_c(body), 0, port), port, reply);
    if (!ok)
        fprintf(stderr, "%s failed: " STR_FMT "\n", operation, STR_ARG(buf_str(reply)));
    arena_free(&mem);
    return ok;
}

static bool streams(pid_t pid, int port, int ms, int rounds)
{
    struct arena mem = {0};
    struct buf reply = {0};
    double plain[LOAD_ROUNDS_MAX], streamed[LOAD_ROUNDS_MAX], ratio[LOAD_ROUNDS_MAX];
    struct figures a, b;
    bool ok = call(port, "CreateTable",
                   TABLE("streamed", ",\"StreamSpecification\":{\"StreamEnabled\":true,"
                                     "\"StreamViewType\":\"NEW_AND_OLD_IMAGES\"}"),
                   &reply);
    struct load_pool put = load_pool_make(&mem, &load_put, POOL, port, 0, LOAD_ITEMS);
    struct load_pool with = load_pool_make(&mem, &load_put_streamed, POOL, port, 0, LOAD_ITEMS);
    ok = ok && load_measure(&with, pid, port, CONNECTIONS, ms, &b); /* the items are there */
    for (int i = 0; ok && i < rounds; i++) {
        ok = load_measure(&put, pid, port, CONNECTIONS, ms, &a) &&
             load_measure(&with, pid, port, CONNECTIONS, ms, &b);
        plain[i] = ok ? a.cpu_us : 0;
        streamed[i] = ok ? b.cpu_us : 0;
        ratio[i] = ok ? b.cpu_us / a.cpu_us : 0;
    }
    if (ok) {
        printf("\nPutItem at %d connections: %.1f us of CPU, with a stream of both images %.1f: ",
               CONNECTIONS, load_middle(plain, rounds), load_middle(streamed, rounds));
        printf("ratio %.2f\n", load_middle(ratio, rounds));
    }
    buf_free(&reply);
    arena_free(&mem);
    return ok;
}

static long item_count(int port, struct buf *reply)
{
    struct str name = STR("\"ItemCount\":");
    if (!call(port, "DescribeTable", "{\"TableName\":\"expiring\"}", reply))
        return -1;
    buf_byte(reply, '\0');
    const char *at = strstr(reply->p, name.p);
    return at != NULL ? strtol(at + name.n, NULL, 10) : -1;
}

static bool expiry(pid_t pid, int port, int ms, int rounds, size_t items)
{
    struct arena mem = {0};
    struct buf reply = {0};
    double quiet[LOAD_ROUNDS_MAX], busy[LOAD_ROUNDS_MAX];
    struct figures f;
    struct load_result *r = calloc(1, sizeof(*r));
    bool ok = r != NULL && call(port, "CreateTable", TABLE("expiring", ""), &reply) &&
              call(port, "UpdateTimeToLive",
                   "{\"TableName\":\"expiring\",\"TimeToLiveSpecification\":{\"Enabled\":true,"
                   "\"AttributeName\":\"ttl\"}}",
                   &reply);
    struct load_pool put = load_pool_make(&mem, &load_put, POOL, port, 0, LOAD_ITEMS);
    for (int i = 0; ok && i < rounds; i++) {
        ok = load_measure(&put, pid, port, CONNECTIONS, ms, &f);
        quiet[i] = ok ? f.p99 : 0;
    }
    struct load_pool fill =
        load_pool_make(&mem, &load_fill_expiring, items / 25, port, 0, LOAD_ITEMS);
    ok = ok && load_run(&fill, port, 16, 600000, fill.n, r) && r->failed == 0;
    ok = ok && load_measure(&put, pid, port, CONNECTIONS, 3500, &f); /* now they expire */
    long before = ok ? item_count(port, &reply) : -1;
    for (int i = 0; ok && i < rounds; i++) {
        ok = load_measure(&put, pid, port, CONNECTIONS, ms, &f);
        busy[i] = ok ? f.p99 : 0;
    }
    long after = ok ? item_count(port, &reply) : -1;
    if (ok && after >= 0) {
        double a = load_middle(quiet, rounds), b = load_middle(busy, rounds);
        printf("PutItem's p99 at %d connections: %.0f us, while items expire %.0f: ratio %.2f "
               "(%ld of %zu deleted meanwhile)\n",
               CONNECTIONS, a, b, b / a, before - after, items);
    }
    free(r);
    buf_free(&reply);
    arena_free(&mem);
    return ok && after >= 0;
}

bool load_ratios(pid_t pid, int port, int ms, int rounds, size_t expiring)
{
    return streams(pid, port, ms, rounds) && expiry(pid, port, ms, rounds, expiring);
}
