/* store_test.c - random transactions against a sorted array, over each backend
 * and wrapper; reopening; faults; damage. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/tap.h"
#include "store/store_fault.h"
#include "store/store_rocks.h"

enum { KEYS = 60, ROUNDS = 400 };

/* The model: value per key number, -1: absent.  Key numbers order like keys. */
struct model {
    int value[KEYS];
};

static uint64_t seed = 12345;
static uint32_t rnd(uint32_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % below;
}

static struct str key_of(int i, char out[16])
{
    int n = snprintf(out, 16, "k%02d%s", i / 2, i % 2 ? "x" : "");
    return (struct str){out, (size_t)n};
}

static bool check_scan(struct store_txn *t, const struct model *m, int from, int to, bool reverse)
{
    char a[16], b[16], k[16], v[16];
    struct err e = {0};
    struct store_cursor *c;
    if (!store_scan(t, key_of(from, a), key_of(to, b), reverse, &c, &e))
        return false;
    bool good = true;
    for (int i = reverse ? to - 1 : from; good && i >= from && i < to; i += reverse ? -1 : 1) {
        if (m->value[i] < 0)
            continue;
        struct str key, value;
        bool have = false;
        good = store_cursor_next(c, &key, &value, &have, &e) && have && str_eq(key, key_of(i, k)) &&
               str_eq(value, (struct str){v, (size_t)snprintf(v, 16, "%d", m->value[i])});
    }
    struct str key, value;
    bool have = true;
    good = good && store_cursor_next(c, &key, &value, &have, &e) && !have;
    good = good && store_cursor_next(c, &key, &value, &have, &e) && !have; /* stays at the end */
    store_cursor_close(&c);
    return good;
}

static bool check_get(struct store_txn *t, const struct model *m, int i)
{
    char k[16], v[16];
    struct err e = {0};
    struct store_value got;
    if (!store_get(t, key_of(i, k), &got, &e))
        return false;
    bool good =
        m->value[i] < 0
            ? got.bytes.p == NULL
            : str_eq(got.bytes, (struct str){v, (size_t)snprintf(v, 16, "%d", m->value[i])});
    store_value_release(&got);
    return good;
}

static bool check_some(struct store_txn *t, const struct model *m)
{
    int from = (int)rnd(KEYS), to = from + (int)rnd((uint32_t)(KEYS - from));
    return check_get(t, m, (int)rnd(KEYS)) && check_scan(t, m, from, to, rnd(2) == 0);
}

static bool random_write(struct store_txn *t, struct model *m)
{
    char k[16], v[16];
    struct err e = {0};
    int i = (int)rnd(KEYS), value = (int)rnd(100000);
    if (rnd(3) == 0) {
        m->value[i] = -1;
        return store_del(t, key_of(i, k), &e);
    }
    m->value[i] = value;
    return store_put(t, key_of(i, k), (struct str){v, (size_t)snprintf(v, 16, "%d", value)}, &e);
}

/* One transaction of nested savepoints; *m becomes what was committed. */
static bool random_txn(struct store *s, struct model *m)
{
    struct err e = {0};
    struct store_txn *t;
    struct model now = *m, saved[8];
    int depth = 0;
    bool good = store_begin(s, STORE_WRITE, &t, &e);
    if (!good)
        return false;
    for (uint32_t n = rnd(30); good && n > 0; n--) {
        switch (rnd(6)) {
        case 0:
            if (depth < 8) {
                store_savepoint(t);
                saved[depth++] = now;
            }
            break;
        case 1:
            if (depth > 0) {
                store_rollback_to(t);
                now = saved[--depth];
            }
            break;
        case 2:
            if (depth > 0) {
                store_release(t);
                depth--;
            }
            break;
        default:
            good = random_write(t, &now) && check_some(t, &now);
        }
    }
    if (!good || rnd(4) == 0) {
        store_abort(&t);
        return good;
    }
    good = store_commit(&t, &e);
    if (good)
        *m = now;
    return good;
}

static bool check_all(struct store *s, const struct model *m, int mode)
{
    struct err e = {0};
    struct store_txn *t;
    if (!store_begin(s, mode, &t, &e))
        return false;
    bool good = check_scan(t, m, 0, KEYS - 1, false) && check_scan(t, m, 0, KEYS - 1, true);
    for (int i = 0; i < KEYS; i++)
        good = good && check_get(t, m, i);
    store_abort(&t);
    return good;
}

static void test_model(struct store *s, struct model *m, const char *what)
{
    bool good = true;
    for (int i = 0; i < ROUNDS && good; i++) {
        struct model before = *m;
        struct store_txn *t;
        struct err e = {0};
        good = store_begin(s, STORE_READ | STORE_SNAPSHOT, &t, &e);
        good = good && random_txn(s, m) && check_some(t, &before); /* the snapshot holds */
        store_abort(&t);
        good = good && check_all(s, m, STORE_READ);
    }
    ok(good, "%s: agrees with a sorted array", what);
    ok(check_all(s, m, STORE_READ | STORE_SNAPSHOT), "%s: through a snapshot", what);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st, (void)flag, (void)ftw;
    return remove(path);
}

static void remove_tree(const char *dir)
{
    nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static struct store *open_dir(const char *dir)
{
    struct err e = {0};
    struct store *s = NULL;
    struct store_rocks_options o = {.dir = dir, .sync = true, .cache_bytes = 1 << 20};
    if (!store_rocks_open(&o, &s, &e))
        printf("# %s\n", e.msg);
    return s;
}

static bool refuses(const char *dir, const char *why)
{
    struct err e = {0};
    struct store *s = NULL;
    struct store_rocks_options o = {.dir = dir, .sync = true};
    bool opened = store_rocks_open(&o, &s, &e);
    if (opened || e.code != ERR_IO || strstr(e.msg, why) == NULL || strchr(e.msg, '\n') != NULL)
        printf("# %s\n", opened ? "opened" : e.msg);
    store_close(&s);
    return !opened && e.code == ERR_IO && strstr(e.msg, why) != NULL;
}

static void write_file(const char *dir, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    FILE *f = fopen(path, "we");
    if (f != NULL) {
        fputs(text, f);
        fclose(f);
    }
}

static void test_dir(const char *dir)
{
    struct model m;
    memset(&m, -1, sizeof(m));
    struct store *s = open_dir(dir);
    ok(s != NULL, "a directory is made, parents too");
    if (s == NULL)
        return;
    test_model(s, &m, "rocks");
    ok(refuses(dir, "in use by another process"), "a held directory is refused");
    store_close(&s);
    s = open_dir(dir);
    ok(s != NULL && check_all(s, &m, STORE_READ), "all is there after a reopen");
    store_close(&s);
    write_file(dir, "FORMAT", "2\n");
    ok(refuses(dir, "newer version (format 2"), "a newer format is refused");
    write_file(dir, "FORMAT", "x\n");
    ok(refuses(dir, "FORMAT is not a number"), "a spoiled marker is refused");
    write_file(dir, "FORMAT", "1\n");
    char from[256], to[256];
    snprintf(from, sizeof(from), "%s/rocks/CURRENT", dir);
    snprintf(to, sizeof(to), "%s/rocks/CURRENT.away", dir);
    rename(from, to);
    ok(refuses(dir, "rocks/CURRENT is missing"), "no empty database over old data");
    rename(to, from);
    s = open_dir(dir);
    ok(s != NULL && check_all(s, &m, STORE_READ), "nothing was harmed");
    store_close(&s);
}

/* A child commits until it is killed and tells each answer through a pipe. */
static void test_kill(const char *dir)
{
    for (int round = 0; round < 5; round++) {
        int fd[2], told = -1;
        if (pipe(fd) != 0)
            return;
        pid_t pid = fork();
        if (pid == 0) {
            struct store *s = open_dir(dir);
            for (int i = 0; s != NULL; i++) {
                struct store_txn *t;
                struct err e = {0};
                char v[16];
                snprintf(v, sizeof(v), "%d", i);
                if (!store_begin(s, STORE_WRITE, &t, &e) ||
                    !store_put(t, STR("a"), str_from_c(v), &e) ||
                    !store_put(t, STR("b"), str_from_c(v), &e) || !store_commit(&t, &e) ||
                    write(fd[1], &i, sizeof(i)) != sizeof(i))
                    break;
            }
            _exit(1);
        }
        close(fd[1]);
        for (int i; told < 30 + round * 7 && read(fd[0], &i, sizeof(i)) == sizeof(i);)
            told = i;
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        for (int i; read(fd[0], &i, sizeof(i)) == sizeof(i);)
            told = i;
        close(fd[0]);
        struct store *s = open_dir(dir);
        struct store_txn *t = NULL;
        struct store_value a = {0}, b = {0};
        struct err e = {0};
        bool good = s != NULL && store_begin(s, STORE_READ, &t, &e) &&
                    store_get(t, STR("a"), &a, &e) && store_get(t, STR("b"), &b, &e);
        int value = good && a.bytes.p != NULL ? (int)strtol(a.bytes.p, NULL, 10) : -1;
        ok(good && value >= told && value <= told + 1 && str_eq(a.bytes, b.bytes),
           "killed after %d answers: %d found", told, value);
        store_value_release(&a);
        store_value_release(&b);
        store_abort(&t);
        store_close(&s);
    }
}

/* Flips a byte in the newest file of that kind. */
static bool spoil(const char *dir, const char *kind, double where)
{
    char cmd[512], path[300] = "";
    snprintf(cmd, sizeof(cmd), "ls %s/rocks/*.%s | tail -1", dir, kind);
    FILE *f = popen(cmd, "re");
    if (f == NULL || fgets(path, sizeof(path), f) == NULL)
        return false;
    pclose(f);
    path[strcspn(path, "\n")] = '\0';
    int fd = open(path, O_RDWR | O_CLOEXEC);
    off_t size = lseek(fd, 0, SEEK_END), at = (off_t)((double)size * where);
    char c = 0;
    bool good = at < size && pread(fd, &c, 1, at) == 1;
    c = (char)~c;
    good = good && pwrite(fd, &c, 1, at) == 1;
    close(fd);
    return good;
}

static bool commit_one(struct store *s, const char *key, struct str value, struct err *e)
{
    struct store_txn *t;
    err_clear(e);
    return store_begin(s, STORE_WRITE, &t, e) && store_put(t, str_from_c(key), value, e) &&
           store_commit(&t, e);
}

static bool holds(struct store *s, const char *key, const char *value)
{
    struct store_txn *t;
    struct store_value v;
    struct err e = {0};
    if (!store_begin(s, STORE_READ, &t, &e))
        return false;
    bool good = store_get(t, str_from_c(key), &v, &e) &&
                (value == NULL ? v.bytes.p == NULL : str_eq(v.bytes, str_from_c(value)));
    store_value_release(&v);
    store_abort(&t);
    return good;
}

static void test_damage(const char *dir)
{
    struct err e = {0};
    struct store *s = open_dir(dir);
    bool good = s != NULL;
    for (int i = 0; good && i < 100; i++)
        good = commit_one(s, "first", STR("1"), &e);
    store_close(&s);
    ok(good && spoil(dir, "log", 0.999), "the last commit's bytes are spoiled");
    s = open_dir(dir);
    ok(s != NULL && holds(s, "first", "1"), "an unfinished commit is dropped, the rest is there");
    for (int i = 0; s != NULL && i < 100; i++)
        good = good && commit_one(s, "first", STR("2"), &e);
    store_close(&s);
    ok(good && spoil(dir, "log", 0.5), "a commit in the middle is spoiled");
    ok(refuses(dir, "is damaged"), "no acknowledged commit is dropped in silence");
}

static void test_damaged_table(const char *dir)
{
    struct err e = {0};
    static char big[100000];
    memset(big, 'x', sizeof(big));
    struct store *s = open_dir(dir);
    bool good = s != NULL && commit_one(s, "a", (struct str){big, sizeof(big)}, &e) &&
                commit_one(s, "b", (struct str){big, sizeof(big)}, &e);
    store_close(&s);
    s = open_dir(dir); /* moves the log into a table */
    store_close(&s);
    ok(good && spoil(dir, "sst", 0.25), "a byte of a table file is spoiled");
    s = open_dir(dir);
    struct store_txn *t = NULL;
    struct store_value v = {0};
    good = s != NULL && store_begin(s, STORE_READ, &t, &e) && !store_get(t, STR("a"), &v, &e);
    ok(good && e.code == ERR_IO, "what it held gives an error: %.70s", e.msg);
    store_abort(&t);
    ok(s != NULL && commit_one(s, "c", STR("1"), &e) && holds(s, "c", "1"), "the rest goes on");
    store_close(&s);
}

/* The disk is full: files may not grow past a limit. */
static void test_full_disk(const char *dir)
{
    struct err e = {0};
    struct store *s = open_dir(dir);
    ok(s != NULL && commit_one(s, "kept", STR("old"), &e), "a commit before");
    if (s == NULL)
        return;
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit old, tight;
    getrlimit(RLIMIT_FSIZE, &old);
    tight = (struct rlimit){4096, old.rlim_max};
    setrlimit(RLIMIT_FSIZE, &tight);
    static char big[100000];
    err_clear(&e);
    memset(big, 'x', sizeof(big));
    struct store_txn *t = NULL;
    bool failed =
        store_begin(s, STORE_WRITE, &t, &e) && store_put(t, STR("kept"), STR("new"), &e) &&
        store_put(t, STR("big"), (struct str){big, sizeof(big)}, &e) && !store_commit(&t, &e);
    ok(failed && e.code == ERR_IO, "no room: %.60s", e.msg);
    ok(holds(s, "kept", "old") && holds(s, "big", NULL), "reads go on and see nothing of it");
    ok(!commit_one(s, "kept", STR("new"), &e) && e.code == ERR_IO, "writes fail: %.70s", e.msg);
    ok(holds(s, "kept", "old"), "reads still go on");
    setrlimit(RLIMIT_FSIZE, &old);
    ok(commit_one(s, "more", STR("1"), &e), "there is room again: the next write heals the store");
    ok(holds(s, "kept", "old") && holds(s, "big", NULL) && holds(s, "more", "1"), "all is right");
    store_close(&s);
    s = open_dir(dir);
    ok(s != NULL && holds(s, "kept", "old") && holds(s, "big", NULL) && holds(s, "more", "1"),
       "and after a reopen");
    store_close(&s);
}

/* Stands in for libc's, for RocksDB too. */
static _Atomic bool sync_fails;
int fdatasync(int fd)
{
    if (!atomic_load(&sync_fails))
        return (int)syscall(SYS_fdatasync, fd);
    errno = EIO;
    return -1;
}

/* The commit's bytes are all in the log, but not known to be on disk. */
static void test_failed_sync(const char *dir)
{
    struct err e = {0};
    struct store *s = open_dir(dir);
    ok(s != NULL && commit_one(s, "kept", STR("old"), &e), "a commit before");
    if (s == NULL)
        return;
    atomic_store(&sync_fails, true);
    struct store_txn *t = NULL;
    bool failed = store_begin(s, STORE_WRITE, &t, &e) &&
                  store_put(t, STR("kept"), STR("new"), &e) &&
                  store_put(t, STR("fresh"), STR("1"), &e) && !store_commit(&t, &e);
    atomic_store(&sync_fails, false);
    ok(failed && e.code == ERR_IO, "the sync fails: %.60s", e.msg);
    ok(holds(s, "kept", "old") && holds(s, "fresh", NULL), "nothing of it is visible");
    ok(commit_one(s, "more", STR("1"), &e), "the next write heals the store");
    ok(holds(s, "kept", "old") && holds(s, "fresh", NULL) && holds(s, "more", "1"),
       "the failed commit did not come back");
    store_close(&s);
    s = open_dir(dir);
    ok(s != NULL && holds(s, "kept", "old") && holds(s, "fresh", NULL) && holds(s, "more", "1"),
       "nor after a reopen");
    store_close(&s);
}

static void test_fault(void)
{
    struct err e = {0};
    struct store *inner;
    struct store_rocks_options o = {.cache_bytes = 1 << 20};
    if (!store_rocks_open(&o, &inner, &e))
        return;
    struct store_fault f;
    store_fault_init(&f, store_trace_new(inner));
    struct store *s = &f.base;
    struct model m;
    memset(&m, -1, sizeof(m));
    test_model(s, &m, "fault over trace over memory");
    bool clean = true;
    int failures = 0;
    for (int n = 1; n < 60; n++) {
        atomic_store(&f.countdown, n);
        failures += !random_txn(s, &m);
        atomic_store(&f.countdown, -1);
        clean = clean && check_all(s, &m, STORE_READ);
    }
    ok(clean && failures > 20, "a fault at any call leaves nothing behind (%d)", failures);
    f.sticky = true;
    atomic_store(&f.countdown, 1);
    ok(!random_txn(s, &m) && !random_txn(s, &m), "sticky faults stay");
    atomic_store(&f.countdown, -1);
    store_close(&s);
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    log_set_level(LOG_ERROR);
    char dir[] = "/tmp/store_test_XXXXXX";
    if (mkdtemp(dir) == NULL)
        return 1;
    char sub[64];
    snprintf(sub, sizeof(sub), "%s/a/b", dir);
    test_dir(sub);
    test_fault();
    snprintf(sub, sizeof(sub), "%s/kill", dir);
    test_kill(sub);
    snprintf(sub, sizeof(sub), "%s/damage", dir);
    test_damage(sub);
    snprintf(sub, sizeof(sub), "%s/table", dir);
    test_damaged_table(sub);
    snprintf(sub, sizeof(sub), "%s/full", dir);
    test_full_disk(sub);
    snprintf(sub, sizeof(sub), "%s/sync", dir);
    test_failed_sync(sub);
    remove_tree(dir);
    return tap_done();
}
