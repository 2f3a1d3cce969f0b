/* server.c - puts a server together and takes it apart again. */
#include "server/server.h"

#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "cloud/fn.h"
#include "cloud/sg.h"
#include "cloud/user_pools.h"
#include "server/cloud_pool.h"
#include "server/loop.h"
#include "server/physics.h"
#include "server/pool.h"
#include "server/writer.h"
#include "store/store_rocks.h"

enum {
    POOL_THREADS_MIN = 4,
    CONNECTIONS_MAX = 50000,
    FILES_FOR_THE_STORE = 256,
    /* glibc's default, 8 arenas per processor, only spreads free memory; and fixed
     * thresholds make it give the buffers of large requests back. */
    MALLOC_ARENAS = 4,
    MALLOC_MMAP_BYTES = 512 * 1024,
    MALLOC_TRIM_BYTES = 4 * 1024 * 1024,
};

/* Bounds by what the machine has. */
static void set_bounds(struct server *s)
{
    struct rlimit files = {.rlim_cur = 1024};
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
        getrlimit(RLIMIT_NOFILE, &files);
    }
    size_t n = files.rlim_cur > CONNECTIONS_MAX ? CONNECTIONS_MAX : (size_t)files.rlim_cur;
    n = n > 2 * FILES_FOR_THE_STORE ? n - FILES_FOR_THE_STORE : n / 2;
    s->connections_per_loop = size_max(n / (size_t)s->config.threads, 16);
    size_t memory = (size_t)sysconf(_SC_PHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE);
    s->http_bytes_per_loop =
        size_max(memory / 8 / (size_t)s->config.threads, (size_t)64 * 1024 * 1024);
}

/* For tests, in builds with slow assertions: STATOR_FAULT=N lets the N-th call of
 * the store fail, STATOR_FAULT=N,sticky that one and all after it. */
static struct store *with_fault(struct server *s, struct store *store)
{
#ifdef STATOR_SLOW_ASSERTS
    const char *text = getenv("STATOR_FAULT");
    if (text != NULL) {
        char *end;
        store_fault_init(&s->fault, store);
        s->fault.countdown = strtoll(text, &end, 10);
        s->fault.sticky = strcmp(end, ",sticky") == 0;
        return &s->fault.base;
    }
#endif
    (void)s;
    return store;
}

static bool open_database(struct server *s, struct err *e)
{
    struct store_rocks_options so = {
        .dir = s->config.memory ? NULL : s->config.data,
        .sync = s->config.sync,
    };
    struct store *store;
    if (!store_rocks_open(&so, &store, e))
        return false;
    struct db_options o = {
        .store = with_fault(s, store),
        .env = s->env,
        .cache_bytes = (size_t)sysconf(_SC_PHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE) / 8,
        .region = s->config.region,
        .account = s->config.account,
        .ttl_interval_ms = (int64_t)s->config.ttl_interval_s * 1000,
        .stream_shard_ms = (int64_t)s->config.stream_shard_s * 1000,
        .throttling = s->config.throttling,
        .collection_bytes = (int64_t)s->config.item_collection_mb << 20,
    };
    return db_open(&o, &s->db, e);
}

static bool write_for_cloud(void *arg, cloud_txn *run, void *run_arg, struct err *e)
{
    return writer_run(arg, run, run_arg, e);
}

static bool make_cloud(struct server *s, struct err *e)
{
    struct cloud *c = s->cloud = calloc(1, sizeof(*c));
    if (c == NULL)
        abort();
    c->db = s->db;
    c->env = s->env;
    c->region = s->config.region;
    c->account = s->config.account;
    c->data = s->config.memory ? NULL : s->config.data;
    c->credentials = s->credentials;
    c->host = s->config.host;
    c->write = write_for_cloud;
    c->write_arg = s->writer;
    c->ingress_group = s->config.ingress_group;
    c->functions_user = s->config.functions_user;
    c->pools = user_pools_new(&(struct outbox_options){
        .env = s->env,
        .data = c->data,
        .dir = s->config.outbox,
        .smtp = s->config.smtp,
        .from = s->config.mail_from,
    });
    s->cloud_pool = cloud_pool_start();
    return sg_start(c, &c->sg, e) && (!s->config.functions || fn_start(c, &c->fn, e));
}

static bool start(struct server *s, struct err *e)
{
    int port = s->config.port, threads = s->config.threads;
    /* Our loops share the port, which must not extend to another server's. */
    if (port != 0 && !http_port_free(s->config.host, port, e))
        return false;
    if (s->config.credentials != NULL &&
        !credentials_load(s->config.credentials, &s->credentials, e))
        return false;
    if (s->config.physics != NULL && !physics_load(s->config.physics, &s->physics, e))
        return false;
    if (!open_database(s, e))
        return false;
    s->loops = calloc((size_t)threads, sizeof(*s->loops));
    if (s->loops == NULL)
        abort();
    int pool_threads = threads > POOL_THREADS_MIN ? threads : POOL_THREADS_MIN;
    if (!pool_start(pool_threads, &s->pool, e) ||
        !writer_start(s->db, s->loops, threads, &s->writer, e))
        return false;
    if (!make_cloud(s, e))
        return false;
    for (; s->loops_n < threads; s->loops_n++)
        if (!loop_start(&s->loops[s->loops_n], s, &port, e))
            return false;
    atomic_store(&s->cloud->port, port);
    bool six = strchr(s->config.host, ':') != NULL;
    printf("stator: listening on http://%s%s%s:%d (data in %s)\n", six ? "[" : "", s->config.host,
           six ? "]" : "", port, s->config.memory ? "memory" : s->config.data);
    fflush(stdout);
    return true;
}

/* The loops first: they wait for what writer and pool still have of theirs. */
static void stop(struct server *s)
{
    if (s->cloud != NULL)
        fn_stopping(s->cloud->fn);
    for (int i = 0; i < s->loops_n; i++)
        loop_stop(&s->loops[i]);
    for (int i = 0; i < s->loops_n; i++)
        loop_join(&s->loops[i]);
    pool_stop(&s->pool);
    cloud_pool_stop(&s->cloud_pool);
    if (s->cloud != NULL)
        fn_stop(&s->cloud->fn);
    if (s->cloud != NULL)
        sg_stop(&s->cloud->sg);
    if (s->cloud != NULL)
        user_pools_free(&s->cloud->pools);
    free(s->cloud);
    writer_stop(&s->writer);
    free(s->loops);
    db_close(&s->db);
    physics_free(&s->physics);
    if (s->credentials != NULL)
        credentials_free(s->credentials);
}

bool server_run(const struct config *config, struct err *e)
{
    struct server s = {.config = *config, .env = env_system()};
    sigset_t ends;
    int signal_number;

    mallopt(M_ARENA_MAX, MALLOC_ARENAS);
    mallopt(M_MMAP_THRESHOLD, MALLOC_MMAP_BYTES);
    mallopt(M_TRIM_THRESHOLD, MALLOC_TRIM_BYTES);
    log_set_level((enum log_level)config->log_level);
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, NULL); /* inherited by all threads: only we wait for them */
    set_bounds(&s);
    bool good = start(&s, e);
    if (good) {
        sigwait(&ends, &signal_number);
        log_info("stopping: finishing what is in flight");
    }
    /* From here on a second signal ends the process at once. */
    pthread_sigmask(SIG_UNBLOCK, &ends, NULL);
    stop(&s);
    return good;
}
