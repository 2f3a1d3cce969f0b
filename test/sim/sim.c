/* sim.c - sim [SEED [STEPS]]: a simulation of the database from a seed; see sim.h. */
#include "sim.h"

#include <ftw.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/tap.h"
#include "db/db_work.h"
#include "model/item.h"
#include "store/store_rocks.h"

enum {
    SEEDS = 8, /* of a run without arguments, and their steps */
    STEPS = 250,
    BATCH_MOST = 5,
    SLICES_MOST = 6,
    FAULT_WITHIN = 120, /* calls of the store */
    TTL_MS = 30 * 1000,
    SETTLE_EVERY = 100,
};
static const int64_t hour_ms = 3600 * 1000;

const char *const sim_table[TABLES] = {"tab0", "tab1", "tab2"};
const char *const sim_global[GLOBALS] = {"one", "two"};

/* --- chance and time ------------------------------------------------------------ */

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

uint32_t sim_random(struct world *w, uint32_t below)
{
    return (uint32_t)(splitmix(&w->random) >> 32) % below;
}

bool sim_one_in(struct world *w, uint32_t n)
{
    return sim_random(w, n) == 0;
}

static int64_t world_now(struct env *e)
{
    return container_of(e, struct world, env)->now_ms;
}

static uint64_t world_random(struct env *e)
{
    return splitmix(&container_of(e, struct world, env)->env_random);
}

static void move_clock(struct world *w, int64_t ms)
{
    w->now_ms += ms;
    if (w->now_ms > w->latest_ms)
        w->latest_ms = w->now_ms;
}

static void jump_clock(struct world *w)
{
    move_clock(w, sim_random(w, 50));
    if (sim_one_in(w, 30))
        move_clock(w, sim_random(w, 2 * (uint32_t)hour_ms));
    if (sim_one_in(w, 150))
        move_clock(w, 25 * hour_ms);
    if (sim_one_in(w, 60))
        move_clock(w, -(int64_t)sim_random(w, 8 * (uint32_t)hour_ms));
}

/* --- failures ------------------------------------------------------------------- */

void sim_fail(struct world *w, const char *fmt, ...)
{
    va_list ap;
    printf("not ok - seed %" PRIu64 ", step %ld: ", w->seed, w->step);
    va_start(ap, fmt);
    vprintf(fmt, ap);
    va_end(ap);
    printf("\n# sim %" PRIu64 " %ld repeats it\n", w->seed, w->step + 1);
    exit(1);
}

bool sim_struck(struct world *w)
{
    bool struck = w->armed && w->fault.countdown == 0;
    if (struck) {
        w->armed = false;
        w->count.faults++;
    }
    return struck;
}

static void arm(struct world *w)
{
    w->armed = true;
    w->fault.countdown = 1 + sim_random(w, FAULT_WITHIN);
}

static void disarm(struct world *w)
{
    w->armed = false;
    w->fault.countdown = -1;
}

/* --- items and their changes ---------------------------------------------------- */

bool sim_same(const struct thing *a, const struct thing *b)
{
    if (!a->there || !b->there)
        return a->there == b->there;
    return a->g == b->g && a->n == b->n && a->v == b->v && a->pad == b->pad && a->t == b->t;
}

void sim_thing_json(struct buf *to, int key, const struct thing *x)
{
    static const char *const g[] = {"", "S\":\"a", "S\":\"b", "S\":\"ab", "N\":\"4"};
    buf_printf(to, "{");
    if (x->g != G_NONE)
        buf_printf(to, "\"g\":{\"%s\"},", g[x->g]);
    if (x->n >= 0)
        buf_printf(to, "\"n\":{\"N\":\"%d\"},", x->n);
    buf_printf(to, "\"p\":{\"S\":\"p%d\"},\"s\":{\"N\":\"%d\"},", key % PARTITIONS,
               key / PARTITIONS);
    if (x->t >= 0)
        buf_printf(to, "\"t\":{\"N\":\"%" PRId64 "\"},", x->t);
    buf_printf(to, "\"v\":{\"N\":\"%d\"}", x->v);
    if (x->pad > 0)
        buf_printf(to, ",\"x\":{\"S\":\"%.*s\"}", x->pad,
                   "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    buf_printf(to, "}");
}

void sim_change(struct world *w, struct model *m, int table, int key, const struct thing *to,
                bool by_ttl)
{
    struct model_table *t = &m->table[table];
    struct thing *x = &t->thing[key];
    if (sim_same(x, to))
        return;
    if (t->stream >= 0) {
        if (m->changes == w->change_cap) {
            w->change_cap = 2 * w->change_cap + 1000;
            w->change = realloc(w->change, w->change_cap * sizeof(*w->change));
            if (w->change == NULL)
                abort();
        }
        w->change[m->changes++] = (struct change){.stream = t->stream,
                                                  .key = key,
                                                  .old = *x,
                                                  .now = *to,
                                                  .by_ttl = by_ttl,
                                                  .created_ms = w->now_ms};
    }
    *x = *to;
}

/* --- opening and crashing ------------------------------------------------------- */

static bool open_world(struct world *w)
{
    struct err e = {0};
    struct store *rocks;
    struct store_rocks_options so = {
        .dir = w->dir, .cache_bytes = 1 << 20, .memtable_bytes = 256 * 1024};
    if (!store_rocks_open(&so, &rocks, &e))
        sim_fail(w, "cannot open the store: %s", e.msg);
    int64_t countdown = w->fault.countdown;
    store_fault_init(&w->fault, rocks);
    w->fault.countdown = w->armed ? countdown : -1;
    struct db_options o = {
        .store = &w->fault.base,
        .env = &w->env,
        .cache_bytes = 256 * 1024, /* so small that it forgets */
        .region = "local",
        .account = "000000000000",
        .ttl_interval_ms = TTL_MS,
        .collection_bytes = 400, /* so small that it is met */
    };
    bool good = db_open(&o, &w->db, &e), struck = sim_struck(w);
    if (good == struck)
        sim_fail(w, "opening %s: %s", good ? "went well with a fault" : "failed", e.msg);
    return good;
}

/* Whatever was not committed is gone; the next life may begin with a fault, or with a clock
 * that was set back. */
static void crash(struct world *w)
{
    db_end(&w->old);
    db_close(&w->db);
    disarm(w);
    if (sim_one_in(w, 4))
        arm(w);
    if (sim_one_in(w, 4))
        move_clock(w, -(int64_t)sim_random(w, (uint32_t)hour_ms));
    if (!open_world(w) && !open_world(w))
        sim_fail(w, "it does not open");
    w->count.crashes++;
}

/* --- steps ---------------------------------------------------------------------- */

/* As the writer does it: requests between savepoints, one commit for all. */
static void batch_step(struct world *w)
{
    struct model next = w->model;
    struct request r;
    struct db_txn *txn;
    struct err e = {0};
    if (!db_begin(w->db, DB_WRITE, false, &txn, &e)) {
        if (!sim_struck(w))
            sim_fail(w, "begin: %s", e.msg);
        return;
    }
    for (uint32_t n = 1 + sim_random(w, BATCH_MOST); n > 0; n--) {
        sim_random_request(w, &next, &r);
        sim_run(w, txn, &next, &r);
    }
    if (sim_one_in(w, 40)) {
        db_end(&txn);
        crash(w);
        return;
    }
    bool good = db_commit(&txn, &e), struck = sim_struck(w);
    if (good == struck)
        sim_fail(w, "commit %s: %s", good ? "went well with a fault" : "failed", e.msg);
    if (good)
        w->model = next;
}

static void work_step(struct world *w, uint32_t slices)
{
    for (; slices > 0 && db_work_pending(w->db); slices--) {
        struct err e = {0};
        struct db_txn *txn = NULL;
        bool good = db_begin(w->db, DB_WRITE, false, &txn, &e) && db_work_step(txn, &e);
        if (good && sim_one_in(w, 50)) {
            db_end(&txn);
            crash(w);
            return;
        }
        good = good && db_commit(&txn, &e);
        db_end(&txn);
        if (good == sim_struck(w))
            sim_fail(w, "work %s: %s", good ? "went well with a fault" : "failed", e.msg);
        sim_absorb_expired(w);
        w->count.work++;
    }
}

/* A snapshot shows the same however much later it is looked at. */
static void snapshot_step(struct world *w)
{
    struct err e = {0};
    if (w->old != NULL) {
        sim_check_items(w, w->old, &w->old_model);
        db_end(&w->old);
        w->count.snapshots++;
    } else if (db_begin(w->db, DB_READ_SNAPSHOT, false, &w->old, &e)) {
        w->old_model = w->model;
    } else if (!sim_struck(w)) {
        sim_fail(w, "snapshot: %s", e.msg);
    }
}

/* Given time and no faults, all that waits is done, also after a restart. */
static void settle(struct world *w)
{
    if (sim_one_in(w, 2))
        crash(w);
    disarm(w);
    for (int i = 0; i < 3; i++) {
        move_clock(w, TTL_MS + 1000);
        while (db_work_pending(w->db)) {
            work_step(w, 1);
            disarm(w); /* it may have crashed */
        }
    }
    sim_check_settled(w);
}

/* Looks at everything, undisturbed. */
static void check(struct world *w)
{
    int64_t countdown = w->fault.countdown;
    w->fault.countdown = -1;
    sim_check(w);
    sim_follow_streams(w);
    if (sim_one_in(w, 20))
        sim_reread_streams(w);
    w->fault.countdown = countdown;
}

static void step(struct world *w)
{
    jump_clock(w);
    if (!w->armed && sim_one_in(w, 3))
        arm(w);
    if (sim_one_in(w, 3))
        work_step(w, 1 + sim_random(w, SLICES_MOST));
    else
        batch_step(w);
    sim_read_items(w);
    if (sim_one_in(w, 10))
        snapshot_step(w);
    if (sim_one_in(w, 60))
        crash(w);
    if (w->step % SETTLE_EVERY == SETTLE_EVERY - 1)
        settle(w);
    check(w);
    arena_reset(&w->mem);
}

/* --- a history ------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

static void history(uint64_t seed, long steps)
{
    struct world *w = calloc(1, sizeof(*w));
    if (w == NULL)
        abort();
    const char *tmp = getenv("TMPDIR");
    w->env = (struct env){world_now, world_random};
    w->seed = w->random = seed;
    w->env_random = ~seed;
    w->now_ms = w->latest_ms = 1700000000000;
    for (int i = 0; i < TABLES; i++)
        w->model.table[i].stream = -1;
    snprintf(w->dir, sizeof(w->dir), "%s/sim-XXXXXX", tmp != NULL ? tmp : "/tmp");
    if (mkdtemp(w->dir) == NULL)
        sim_fail(w, "cannot make %s", w->dir);
    disarm(w);
    if (!open_world(w))
        sim_fail(w, "it does not open");
    for (; w->step < steps; w->step++)
        step(w);
    settle(w);
    check(w);
    db_end(&w->old);
    db_close(&w->db);
    nftw(w->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    ok(w->count.done > steps / 2 && w->count.refused > 0 && w->count.faults > steps / 20,
       "seed %" PRIu64 ": %ld steps, %ld requests done, %ld refused, %ld faults, %ld crashes, "
       "%ld slices of work, %ld items expired, %ld stream records, %ld replays, %ld snapshots",
       seed, steps, w->count.done, w->count.refused, w->count.faults, w->count.crashes,
       w->count.work, w->count.expired, w->count.records, w->count.replays, w->count.snapshots);
    arena_free(&w->mem);
    free(w->change);
    free(w);
}

int main(int argc, char **argv)
{
    log_set_level(LOG_ERROR);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc > 1) {
        history(strtoull(argv[1], NULL, 10), argc > 2 ? strtol(argv[2], NULL, 10) : STEPS);
        return tap_done();
    }
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        history(seed, STEPS);
    return tap_done();
}
