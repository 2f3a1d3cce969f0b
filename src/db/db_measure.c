/* db_measure.c - the sizes that stored items and entries state, by today's measure: what
 * a database needs whose numbers were measured otherwise.
 *
 * (1) A value and what its size adds to the counters change in one transaction, so a
 *     start that was cut off is simply made again. */
#include "base/log.h"
#include "db/db_int.h"
#include "model/item.h"

enum { MEASURE_RECORDS = 10000 };

struct measure {
    struct db *db;
    struct db_txn *t; /* NULL: to be begun */
    const struct table *table;
    uint16_t index;   /* 0: the items */
    uint32_t records; /* in the open transaction */
};

/* (1) */
static bool put_value(struct measure *m, struct str key, struct str value, int64_t grown,
                      struct err *e)
{
    if (m->t == NULL && !db_begin(m->db, DB_WRITE, false, &m->t, e))
        return false;
    if (!store_put(m->t->store, key, value, e))
        return false;
    db_count(m->t, m->table, m->index, 0, grown);
    if (++m->records < MEASURE_RECORDS)
        return true;
    m->records = 0;
    return db_commit(&m->t, e);
}

static bool measure_value(struct measure *m, struct db_txn *from, struct str key, struct str item,
                          struct err *e)
{
    arena_reset(&from->scratch);
    struct str now = item_measured(&from->scratch, item);
    return now.p == item.p ||
           put_value(m, key, now, (int64_t)item_size(now) - (int64_t)item_size(item), e);
}

static bool measure_values(struct measure *m, struct db_txn *from, struct err *e)
{
    struct buf low = {.mem = &from->mem}, high = {.mem = &from->mem};
    struct store_cursor *c;
    struct str key, item;
    bool good, have;
    key_prefix(&low, m->table->def->id, m->index);
    bool bounded = key_after_prefix(&high, buf_str(&low));
    assert(bounded);
    if (!bounded || !store_scan(from->store, buf_str(&low), buf_str(&high), false, &c, e))
        return false;
    while ((good = store_cursor_next(c, &key, &item, &have, e)) && have)
        if (!(good = measure_value(m, from, key, item, e)))
            break;
    store_cursor_close(&c);
    return good;
}

static bool measure_table(struct measure *m, struct db_txn *from, struct err *e)
{
    const struct table_def *def = m->table->def;
    log_info("measuring the items of table " STR_FMT, STR_ARG(def->name));
    m->index = 0;
    if (!measure_values(m, from, e))
        return false;
    for (uint32_t i = 0; i < def->index_n; i++) {
        m->index = def->index[i].id;
        if (!measure_values(m, from, e))
            return false;
    }
    return true;
}

bool db_measure(struct db *db, struct err *e)
{
    struct measure m = {.db = db};
    struct db_txn *from;
    if (!db_begin(db, DB_READ_SNAPSHOT, false, &from, e))
        return false;
    bool good = true;
    for (uint32_t i = 0; i < from->view->n && good; i++) {
        m.table = from->view->table[i];
        good = measure_table(&m, from, e);
    }
    if (good && m.t != NULL)
        good = db_commit(&m.t, e);
    db_end(&m.t);
    db_end(&from);
    return good;
}
