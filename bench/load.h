/* load.h - the load generator: prepared, signed requests sent over many
 * keep-alive connections from one thread with epoll. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/buf.h"
#include "histogram.h"

/* What one request is: the whole bytes, head and body, signed. */
struct load_pool {
    struct str *request;
    size_t n;
};

enum {
    LOAD_ITEMS = 100000 /* of the usual run */,
    LOAD_SORTED = 20 /* items per partition */,
    LOAD_ROUNDS_MAX = 15,
    LOAD_KEYS = 2048 /* keys that writes go to, each with another text the next time around */
};

struct load_op {
    const char *name; /* X-Amz-Target without prefix; also the row's name */
    const char *label;
    size_t reply_bytes; /* about what the server answers: the floor answers as much */
    void (*body)(struct buf *out, size_t i, size_t items); /* the table has `items` items */
};
extern const struct load_op load_ops[];
extern const size_t load_ops_n;
extern const struct load_op load_put, load_put_streamed, load_fill_expiring;
/* What one operation may cost of the CPU of another, by their labels. */
struct load_bound {
    const char *of, *to;
    double most;
};
extern const struct load_bound load_bounds[];
extern const size_t load_bounds_n;
extern const struct load_op load_fill; /* BatchWriteItem of 25 items, i = 0 .. items / 25 - 1 */

/* Requests number first .. first + n - 1 of an operation, signed now: good for 15 minutes. */
struct load_pool load_pool_make(struct arena *mem, const struct load_op *op, size_t n, int port,
                                size_t first, size_t items);
/* One request of any operation, e.g. CreateTable. */
struct str load_request(struct arena *mem, const char *operation, struct str body,
                        size_t reply_bytes, int port);

struct load_result {
    uint64_t done, failed; /* failed: answers other than 200 */
    double seconds;
    struct histogram latency_ns;
};

/* Sends for `ms`, or until `limit` requests are done (0: no limit). */
bool load_run(const struct load_pool *pool, int port, int connections, int ms, uint64_t limit,
              struct load_result *out);

/* The same while the CPU time of process `pid` is taken. */
struct figures {
    double ops, cpu_us, p50, p99, p999;
};
bool load_measure(const struct load_pool *pool, pid_t pid, int port, int conns, int ms,
                  struct figures *out);
/* The middle one of n values, which it sorts; of one member of n figures, by its offset. */
double load_middle(double *v, int n);
double load_median(const struct figures *f, int n, size_t member);
long load_rss_kb(pid_t pid);

/* The table "load", and its items [from, to), in batches of 25. */
bool load_create(int port);
bool load_fill_table(int port, long from, long to);

/* load_peer.c: the same operations by Stator and by another server with DynamoDB's API, in
 * turn.  Both are up; each has its own processor time counted. */
struct load_server {
    const char *name;
    pid_t pid;
    int port;
};
bool load_peer(struct load_server stator, struct load_server peer, int ms, int rounds);

/* load_ratios.c: what a stream adds to a PutItem, what the deletion of `expiring` items adds
 * to the latency of other writes.  The table "load" is filled. */
bool load_ratios(pid_t pid, int port, int ms, int rounds, size_t expiring);

/* One request, one answer; false when it was not a 200. */
bool load_once(struct str request, int port, struct buf *reply);

#endif
