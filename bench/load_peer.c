/* load_peer.c - Stator beside another server with DynamoDB's API: the same requests, in
 * turn, so that noise of the machine meets both. */
#include <stdio.h>

#include "load.h"

enum { POOL = 2 * LOAD_KEYS, PEER_ITEMS = 20000 };
static const int connections[] = {1, 16, 64};

#define MEDIAN(f, m) load_median(f, rounds, offsetof(struct figures, m))

static bool row(const struct load_op *op, const struct load_server s[2], int conns, int ms,
                int rounds)
{
    struct figures f[2][LOAD_ROUNDS_MAX];
    struct arena mem = {0};
    bool ok[2] = {true, true};
    for (int i = 0; i < rounds && ok[0]; i++)
        for (int k = 0; k < 2; k++) {
            struct load_pool pool = load_pool_make(&mem, op, POOL, s[k].port, 0, PEER_ITEMS);
            ok[k] = ok[k] && load_measure(&pool, s[k].pid, s[k].port, conns, ms, &f[k][i]);
            arena_reset(&mem);
        }
    arena_free(&mem);
    if (ok[0] && ok[1])
        printf("%-26s %4d %10.0f %10.0f %8.1f %10.1f %10.1f %8.1f\n", op->label, conns,
               MEDIAN(f[0], ops), MEDIAN(f[1], ops), MEDIAN(f[0], ops) / MEDIAN(f[1], ops),
               MEDIAN(f[0], cpu_us), MEDIAN(f[1], cpu_us),
               MEDIAN(f[1], cpu_us) / MEDIAN(f[0], cpu_us));
    else if (ok[0])
        printf("%-26s %4d %10.0f %10s\n", op->label, conns, MEDIAN(f[0], ops), "refused");
    fflush(stdout);
    return ok[0];
}

bool load_peer(struct load_server stator, struct load_server peer, int ms, int rounds)
{
    const struct load_server s[2] = {stator, peer};
    for (int k = 0; k < 2; k++)
        if (!load_create(s[k].port) || !load_fill_table(s[k].port, 0, PEER_ITEMS))
            return false;
    printf("%-26s %4s %10s %10s %8s %10s %10s %8s\n", "operation", "conn", "ops/s", peer.name,
           "ratio", "CPU us/op", peer.name, "ratio");
    for (size_t i = 0; i < load_ops_n; i++)
        for (size_t c = 0; c < COUNT_OF(connections); c++)
            if (!row(&load_ops[i], s, connections[c], ms, rounds))
                return false;
    printf("resident KiB: %ld, %s %ld\n", load_rss_kb(stator.pid), peer.name,
           load_rss_kb(peer.pid));
    return true;
}
