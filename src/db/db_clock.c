/* db_clock.c - work that time brings: deleting expired items, trimming streams,
 * moving the bound of sequence numbers on, dropping tables that are DELETING.
 *
 * Each kind is looked for at its interval; a pass then goes on slice by slice.
 * After a slice the writer is left to requests for a few times as long as the slice
 * has taken, so that they wait for such work rarely and never long. */
#include "db/db_item.h"
#include "db/db_stream_int.h"

enum {
    TTL_INTERVAL_MS = 30 * 1000,
    TRIM_INTERVAL_MS = 60 * 1000,
    BOUND_INTERVAL_MS = 1000,
    PAUSE_FACTOR = 3,
    WAIT_MAX_MS = 1000,
};

void db_clock_init(struct db *db, int64_t ttl_interval_ms)
{
    db->clockwork.ttl_interval_ms = ttl_interval_ms > 0 ? ttl_interval_ms : TTL_INTERVAL_MS;
    db->clockwork.trim_ms = env_now_ms(db->env) + TRIM_INTERVAL_MS;
    db->clockwork.drop_ms = -1;
    for (uint32_t i = 0; i < db->catalog->n; i++)
        if (db->catalog->table[i]->def->status == TABLE_DELETING)
            db->clockwork.drop_ms = 0;
}

static bool any_ttl(const struct catalog *c)
{
    for (uint32_t i = 0; i < c->n; i++)
        if (c->table[i]->def->ttl_attribute.n > 0)
            return true;
    return false;
}

bool db_table_drop_later(struct db_txn *t, const struct table *table, int64_t ms, struct err *e)
{
    struct db_clockwork *w = &t->db->clockwork;
    struct table_def *def = table_def_copy(&t->mem, table_def(table));
    int64_t at = env_now_ms(t->db->env) + ms;
    def->status = TABLE_DELETING;
    w->drop_ms = at > w->drop_ms ? at : w->drop_ms;
    return db_table_replace(t, table, def, &table, e);
}

/* Drops one table that is DELETING. */
static bool drop_tables(struct db_txn *t, struct err *e)
{
    for (uint32_t i = 0; i < t->view->n; i++)
        if (t->view->table[i]->def->status == TABLE_DELETING)
            return db_table_drop(t, t->view->table[i], e);
    t->db->clockwork.drop_ms = -1;
    return true;
}

static bool due(const struct db_clockwork *w, int64_t now)
{
    return (w->drop_ms >= 0 && w->drop_ms <= now) || w->restart || w->ttl_running ||
           w->trim_running || w->ttl_ms <= now || w->trim_ms <= now || w->bound_ms <= now;
}

int64_t db_clock_wait_ms(struct db *db)
{
    struct db_clockwork *w = &db->clockwork;
    int64_t now = env_now_ms(db->env);
    if (w->ttl_ms > now + w->ttl_interval_ms)
        w->ttl_ms = now; /* the clock was set back */
    if (w->trim_ms > now + TRIM_INTERVAL_MS)
        w->trim_ms = now;
    if (w->bound_ms > now + BOUND_INTERVAL_MS)
        w->bound_ms = now;
    if (w->pause_until_ms > now + WAIT_MAX_MS)
        w->pause_until_ms = now;
    if (w->ttl_ms <= now && !w->ttl_running && !any_ttl(db->catalog))
        w->ttl_ms = now + w->ttl_interval_ms;
    if (w->bound_ms <= now && !db_stream_bound_is_old(db))
        w->bound_ms = now + BOUND_INTERVAL_MS;
    if (due(w, now))
        return w->pause_until_ms > now ? w->pause_until_ms - now : 0;
    int64_t next = w->ttl_ms < w->trim_ms ? w->ttl_ms : w->trim_ms;
    if (w->bound_ms < next)
        next = w->bound_ms;
    if (w->drop_ms >= 0 && w->drop_ms < next)
        next = w->drop_ms;
    return next - now < WAIT_MAX_MS ? next - now : WAIT_MAX_MS;
}

void db_clock_finish(struct db_txn *t, bool committed)
{
    struct db_clockwork *w = &t->db->clockwork;
    if (!t->clocked)
        return;
    t->clocked = false;
    w->restart |= !committed;
    int64_t now = env_now_ms(t->db->env);
    if (committed && now > t->clock_began_ms)
        w->pause_until_ms = now + PAUSE_FACTOR * (now - t->clock_began_ms);
}

bool db_clock_step(struct db_txn *t, struct err *e)
{
    struct db_clockwork *w = &t->db->clockwork;
    int64_t began = env_now_ms(t->db->env);
    bool good = true;
    t->clocked = true;
    t->clock_began_ms = began;
    if (w->restart) {
        w->restart = w->ttl_running = w->trim_running = false;
        w->ttl_low = w->ttl_from < w->ttl_low ? w->ttl_from : w->ttl_low;
        w->ttl_ms = w->trim_ms = w->bound_ms = began;
    }
    if (w->drop_ms >= 0 && w->drop_ms <= began) {
        good = drop_tables(t, e);
    } else if (w->bound_ms <= began) {
        db_stream_move_bound(t);
        w->bound_ms = began + BOUND_INTERVAL_MS;
    } else if (w->ttl_running || w->ttl_ms <= began) {
        good = db_ttl_sweep(t, e);
        if (!w->ttl_running)
            w->ttl_ms = began + w->ttl_interval_ms;
    } else if (w->trim_running || w->trim_ms <= began) {
        good = db_stream_trim(t, e);
        if (!w->trim_running)
            w->trim_ms = began + TRIM_INTERVAL_MS;
    }
    return good;
}
