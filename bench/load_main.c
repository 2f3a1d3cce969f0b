/* load_main.c - the benchmark: Stator and the bare HTTP floor, in turn, each
 * operation at each number of connections; prints a table.
 *
 *     load --stator PATH --floor PATH [--ms 1000] [--rounds 3] [--data DIR] [--big ITEMS]
 *          [--only OPERATION | --only ratios] [--connections N]
 *          [--peer NAME --peer-port PORT --peer-pid PID]
 *
 * Server programs run on processor 0, this one on processor 1 where there are
 * two.  CPU is what the kernel accounted to the server process, all threads.
 * Machines are noisy: the medians of the rounds are printed, and the ratio to
 * the floor measured in the same minute, which is what holds. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

enum {
    POOL = 2 * LOAD_KEYS,
    BIG_KEYS = 200000,
    EXPIRING = 100000,
    OPS_MAX = 32,
    PORT_STATOR = 18990,
    PORT_FLOOR = 18991
};
static const int connections[] = {1, 16, 64, 256};

struct options {
    const char *stator, *floor, *data, *only;
    struct load_server peer; /* name NULL: none */
    int ms, rounds, connections;
    long big;
};

static void pin(int cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sysconf(_SC_NPROCESSORS_ONLN) > 1)
        sched_setaffinity(0, sizeof(set), &set);
}

static pid_t spawn(const char *const *argv)
{
    pid_t pid = fork();
    if (pid == 0) {
        pin(0);
        execv(argv[0], (char *const *)(uintptr_t)argv);
        perror(argv[0]);
        _exit(127);
    }
    return pid;
}

static bool wait_up(int port)
{
    for (int i = 0; i < 500; i++) {
        struct buf reply = {0};
        bool up = load_once(STR("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), port, &reply);
        buf_free(&reply);
        if (up)
            return true;
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    }
    return false;
}

static bool row(const struct options *o, const struct load_op *op, pid_t stator, pid_t bare,
                int conns, double *cpu)
{
    struct figures s[LOAD_ROUNDS_MAX], f[LOAD_ROUNDS_MAX];
    double ratio[LOAD_ROUNDS_MAX];
    struct arena mem = {0};
    struct load_pool pool = load_pool_make(&mem, op, POOL, PORT_STATOR, 0, LOAD_ITEMS);
    bool ok = true;
    for (int i = 0; ok && i < o->rounds; i++) {
        ok = load_measure(&pool, bare, PORT_FLOOR, conns, o->ms / 2, &f[i]) &&
             load_measure(&pool, stator, PORT_STATOR, conns, o->ms, &s[i]);
        ratio[i] = ok ? s[i].cpu_us / f[i].cpu_us : 0;
    }
    arena_free(&mem);
    if (!ok)
        return false;
#define MEDIAN(m) load_median(s, o->rounds, offsetof(struct figures, m))
    *cpu = MEDIAN(cpu_us);
    printf("%-26s %4d %9.0f %8.0f %8.0f %8.0f %9.1f %9.1f %7.2f\n", op->label, conns, MEDIAN(ops),
           MEDIAN(p50), MEDIAN(p99), MEDIAN(p999), *cpu,
           load_median(f, o->rounds, offsetof(struct figures, cpu_us)),
           load_middle(ratio, o->rounds));
#undef MEDIAN
    fflush(stdout);
    return true;
}

/* GetItem of keys from all over a table of `items`: for the first time, and again. */
struct get_cost {
    double cold, warm; /* us of CPU */
};
static bool get_cost(const struct options *o, pid_t stator, size_t items, struct get_cost *out)
{
    struct figures f[LOAD_ROUNDS_MAX], first;
    struct arena mem = {0};
    struct load_pool pool = load_pool_make(&mem, &load_ops[0], BIG_KEYS, PORT_STATOR, 0, items);
    struct load_pool some = {pool.request, BIG_KEYS / 10};
    bool ok = load_measure(&pool, stator, PORT_STATOR, 16, o->ms, &first);
    for (int i = 0; ok && i <= o->rounds; i++) /* once for nothing */
        ok = load_measure(&some, stator, PORT_STATOR, 16, o->ms, &f[i > 0 ? i - 1 : 0]);
    arena_free(&mem);
    if (ok)
        *out = (struct get_cost){first.cpu_us,
                                 load_median(f, o->rounds, offsetof(struct figures, cpu_us))};
    return ok;
}

/* The same reads from a small and from a large table. */
static bool run_big(const struct options *o, pid_t stator)
{
    struct get_cost small, big;
    if (!load_create(PORT_STATOR) || !load_fill_table(PORT_STATOR, 0, LOAD_ITEMS) ||
        !get_cost(o, stator, LOAD_ITEMS, &small) ||
        !load_fill_table(PORT_STATOR, LOAD_ITEMS, o->big) ||
        !get_cost(o, stator, (size_t)o->big, &big))
        return false;
    printf("GetItem, 16 connections, us of CPU with %d and with %ld items:\n"
           "the first time %.1f %.1f (ratio %.2f), again %.1f %.1f (ratio %.2f); RSS %ld KiB\n",
           LOAD_ITEMS, o->big, small.cold, big.cold, big.cold / small.cold, small.warm, big.warm,
           big.warm / small.warm, load_rss_kb(stator));
    return true;
}

static void parse(int argc, char **argv, struct options *o)
{
    for (int i = 1; i + 1 < argc; i += 2) {
        const char *name = argv[i], *v = argv[i + 1];
        if (strcmp(name, "--stator") == 0)
            o->stator = v;
        else if (strcmp(name, "--floor") == 0)
            o->floor = v;
        else if (strcmp(name, "--data") == 0)
            o->data = v;
        else if (strcmp(name, "--only") == 0)
            o->only = v;
        else if (strcmp(name, "--peer") == 0)
            o->peer.name = v;
        else if (strcmp(name, "--peer-port") == 0)
            o->peer.port = (int)strtol(v, NULL, 10);
        else if (strcmp(name, "--peer-pid") == 0)
            o->peer.pid = (pid_t)strtol(v, NULL, 10);
        else if (strcmp(name, "--connections") == 0)
            o->connections = (int)strtol(v, NULL, 10);
        else if (strcmp(name, "--ms") == 0)
            o->ms = (int)strtol(v, NULL, 10);
        else if (strcmp(name, "--rounds") == 0)
            o->rounds = (int)strtol(v, NULL, 10);
        else if (strcmp(name, "--big") == 0)
            o->big = strtol(v, NULL, 10);
    }
    o->rounds = o->rounds < 1 ? 1 : o->rounds > LOAD_ROUNDS_MAX ? LOAD_ROUNDS_MAX : o->rounds;
}

static bool wanted(const struct options *o, const struct load_op *op, int conns)
{
    return (o->only == NULL || strcmp(o->only, op->name) == 0) &&
           (o->connections == 0 || o->connections == conns);
}

static size_t op_at(const char *label)
{
    size_t i = 0;
    while (i < load_ops_n && strcmp(load_ops[i].label, label) != 0)
        i++;
    return i;
}

/* cpu: per operation, at each number of connections; 0: not measured. */
static void print_bounds(double cpu[][COUNT_OF(connections)])
{
    printf("\nCPU of one operation by that of another\n");
    for (size_t r = 0; r < load_bounds_n; r++) {
        const double *of = cpu[op_at(load_bounds[r].of)], *to = cpu[op_at(load_bounds[r].to)];
        for (size_t c = 0; c < COUNT_OF(connections); c++)
            if (of[c] > 0 && to[c] > 0)
                printf("%-26s / %-26s %4d connections: %5.2f, at most %.1f wanted\n",
                       load_bounds[r].of, load_bounds[r].to, connections[c], of[c] / to[c],
                       load_bounds[r].most);
    }
}

static bool run_all(const struct options *o, pid_t stator, pid_t bare)
{
    double cpu[OPS_MAX][COUNT_OF(connections)] = {0};
    if (load_ops_n >= OPS_MAX)
        return false;
    printf("idle RSS: stator %ld KiB, floor %ld KiB\n", load_rss_kb(stator), load_rss_kb(bare));
    if (!load_create(PORT_STATOR) || !load_fill_table(PORT_STATOR, 0, LOAD_ITEMS))
        return false;
    printf("%d items loaded, RSS %ld KiB\n\n", LOAD_ITEMS, load_rss_kb(stator));
    printf("%-26s %4s %9s %8s %8s %8s %9s %9s %7s\n", "operation", "conn", "ops/s", "p50 us",
           "p99 us", "p99.9 us", "CPU us/op", "floor us", "ratio");
    for (size_t i = 0; i < load_ops_n; i++)
        for (size_t c = 0; c < COUNT_OF(connections); c++)
            if (wanted(o, &load_ops[i], connections[c]) &&
                !row(o, &load_ops[i], stator, bare, connections[c], &cpu[i][c]))
                return false;
    print_bounds(cpu);
    printf("\nRSS after the load: %ld KiB\n", load_rss_kb(stator));
    return (o->only != NULL && strcmp(o->only, "ratios") != 0) ||
           load_ratios(stator, PORT_STATOR, o->ms, o->rounds, EXPIRING);
}

static bool measure(const struct options *o, pid_t stator, pid_t bare)
{
    struct load_server ours = {"stator", stator, PORT_STATOR};
    if (o->peer.name != NULL)
        return load_peer(ours, o->peer, o->ms, o->rounds);
    return o->big > 0 ? run_big(o, stator) : run_all(o, stator, bare);
}

int main(int argc, char **argv)
{
    struct options o = {.ms = 1000, .rounds = 3, .data = "build/bench-data"};
    char port_stator[8], port_floor[8];
    parse(argc, argv, &o);
    if (o.stator == NULL || o.floor == NULL) {
        fprintf(stderr,
                "usage: load --stator PATH --floor PATH [--ms N] [--rounds N] [--data DIR]\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    snprintf(port_stator, sizeof(port_stator), "%d", PORT_STATOR);
    snprintf(port_floor, sizeof(port_floor), "%d", PORT_FLOOR);
    const char *const serve[] = {
        o.stator,         "serve",     "--port", port_stator,     "--data",
        o.data,           "--threads", "1",      "--credentials", "bench/credentials.ini",
        "--ttl-interval", "1",         NULL};
    const char *const bare_argv[] = {o.floor, port_floor, NULL};
    pid_t stator = spawn(serve), bare = spawn(bare_argv);
    pin(1);
    bool ok = wait_up(PORT_STATOR) && wait_up(PORT_FLOOR) && measure(&o, stator, bare);
    kill(stator, SIGTERM);
    kill(bare, SIGKILL);
    waitpid(stator, NULL, 0);
    waitpid(bare, NULL, 0);
    if (!ok)
        fprintf(stderr, "load: the run failed\n");
    return ok ? 0 : 1;
}
