/* rocks_heal.c - going on after a failed commit.
 *
 * RocksDB refuses all writes after its log could not be written or synced (full
 * disk, I/O error) and must be opened again.  What this does:
 *
 * (1) A failed commit is invisible: RocksDB has not shown it, and readers go on
 *     with the database as it is.
 * (2) But its bytes may be in the log whole, if only the sync failed, and
 *     recovery would bring them back.  So the previous values of its keys are
 *     kept (there can be no commit in between) and written back after the log
 *     has been replayed, before anybody reads.  If the process dies first, the
 *     commit may turn out to have happened: its clients were told "internal
 *     error", which promises neither.
 * (3) The next write transaction heals before it begins, when the disk takes a
 *     probe; until then it fails and the server is read-only.
 * (4) Healing waits for readers to leave and holds new ones at the door. */
#include <stdio.h>
#include <time.h>

#include "base/log.h"
#include "store/rocks_int.h"

enum { DRAIN_MS_MAX = 10 * 1000 };

static void sleep_ms(void)
{
    nanosleep(&(struct timespec){0, 1000000}, NULL);
}

/* Sequentially consistent on both sides: either we see `shut`, or the healer
 * sees us among the users. */
static bool step_in(struct rocks *r)
{
    atomic_fetch_add(&r->users, 1);
    if (LIKELY(!atomic_load(&r->shut)))
        return true;
    atomic_fetch_sub(&r->users, 1);
    return false;
}

void rocks_leave(struct rocks *r)
{
    atomic_fetch_sub(&r->users, 1);
}

static bool wait_outside(struct rocks *r, int mode, struct err *e)
{
    if ((mode & STORE_CACHED) != 0)
        return err_set(e, ERR_WOULD_BLOCK, "the store is being opened again");
    for (int ms = 0; atomic_load(&r->shut); ms++) {
        if (ms > DRAIN_MS_MAX)
            return err_set(e, ERR_IO, "the store is being opened again");
        sleep_ms();
    }
    return true;
}

bool rocks_enter(struct rocks *r, int mode, struct err *e)
{
    rocksdb_set_perf_level(rocksdb_disable); /* of this thread: nobody reads its counters */
    for (;;) {
        enum rocks_health health = atomic_load(&r->health);
        bool heal = health == ROCKS_CLOSED || (health != ROCKS_WELL && (mode & STORE_WRITE) != 0);
        if (heal && (mode & STORE_CACHED) != 0)
            return err_set(e, ERR_WOULD_BLOCK, "the store has to be opened again");
        if (heal && !rocks_heal(r, e))
            return false;
        if (step_in(r)) {
            if (LIKELY(r->db != NULL))
                return true;
            rocks_leave(r); /* closed since we looked */
        } else if (!wait_outside(r, mode, e)) {
            return false;
        }
    }
}

/* Keeps what the keys of the failed commit held before. */
void rocks_commit_failed(struct rocks *r, const char *why)
{
    log_error("store: a commit failed, no writes until the disk is well again: %s", why);
    for (uint32_t i = 0; i < r->changes.entry_n; i++) {
        struct overlay_entry *entry = &r->changes.entry[i];
        struct str seen, key = entry->key;
        if (entry->now == NULL || overlay_get(&r->undo, key, &seen))
            continue;
        char *text = NULL;
        size_t n = 0;
        char *p = rocksdb_get(r->db, r->read_any, key.p, key.n, &n, &text);
        if (text == NULL)
            overlay_put(&r->undo, key, (struct str){p, n});
        else /* cannot be undone: the commit might come back */
            log_error("store: cannot read what a failed commit would change: %s", text);
        rocksdb_free(text);
        rocksdb_free(p);
    }
    atomic_store(&r->health, ROCKS_READ_ONLY);
}

static bool write_undo(struct rocks *r, struct err *e)
{
    rocksdb_writebatch_t *batch = rocksdb_writebatch_create();
    for (uint32_t i = 0; i < r->undo.entry_n; i++) {
        struct str k = r->undo.entry[i].key, v = r->undo.entry[i].now->value;
        if (v.p == NULL)
            rocksdb_writebatch_delete(batch, k.p, k.n);
        else
            rocksdb_writebatch_put(batch, k.p, k.n, v.p, v.n);
    }
    char *text = NULL;
    rocksdb_write(r->db, r->write, batch, &text);
    rocksdb_writebatch_destroy(batch);
    return text == NULL || rocks_fail(e, text);
}

static bool reopen(struct rocks *r, struct err *e)
{
    if (r->db != NULL)
        rocksdb_close(r->db);
    r->db = NULL;
    atomic_store(&r->health, ROCKS_CLOSED);
    if (!rocks_db_open(r, e))
        return false;
    if (!write_undo(r, e)) {
        rocksdb_close(r->db);
        r->db = NULL;
        return false;
    }
    overlay_reset(&r->undo);
    atomic_store(&r->health, ROCKS_WELL);
    log_warn("store: opened again after a failed commit");
    return true;
}

static bool drain(struct rocks *r, struct err *e)
{
    for (int ms = 0; atomic_load(&r->users) > 0; ms++) {
        if (ms > DRAIN_MS_MAX)
            return err_set(e, ERR_IO, "the store waits for readers before it can be opened again");
        sleep_ms();
    }
    return true;
}

bool rocks_heal(struct rocks *r, struct err *e)
{
    lock_take(&r->heal_lock);
    bool good = atomic_load(&r->health) == ROCKS_WELL;
    if (!good && rocks_dir_probe(r, e)) {
        atomic_store(&r->shut, true);
        good = drain(r, e) && reopen(r, e);
        atomic_store(&r->shut, false);
    }
    lock_drop(&r->heal_lock);
    return good;
}
