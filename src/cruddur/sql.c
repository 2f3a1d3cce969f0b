/* sql.c - chooses the database; transactions, which both spell alike. */
#include "cruddur/sql.h"

#include "cruddur/sql_int.h"

bool sql_open(const char *url, struct sql **out, struct err *e)
{
    struct str u = str_from_c(url);
    bool postgres =
        str_starts_with(u, STR("postgresql://")) || str_starts_with(u, STR("postgres://"));
    return postgres ? sql_pq_open(url, out, e) : sql_sqlite_open(url, out, e);
}

void sql_close(struct sql **s)
{
    if (*s != NULL)
        (*s)->ops->close(*s);
    *s = NULL;
}

bool sql_is_postgres(const struct sql *s)
{
    return s->postgres;
}

bool sql_run(struct sql *s, struct arena *mem, const char *statement, const struct str *args,
             size_t args_n, struct sql_rows *out, struct err *e)
{
    return s->ops->run(s, mem, statement, args, args_n, out, e);
}

static bool word(struct sql *s, const char *statement, struct err *e)
{
    struct arena mem = {0};
    struct sql_rows rows;
    bool good = sql_run(s, &mem, statement, NULL, 0, &rows, e);
    arena_free(&mem);
    return good;
}

bool sql_begin(struct sql *s, struct err *e)
{
    assert(!s->in_transaction);
    /* SQLite would otherwise find out at the first write that another writer was faster. */
    if (!word(s, s->postgres ? "BEGIN" : "BEGIN IMMEDIATE", e))
        return false;
    s->in_transaction = true;
    return true;
}

bool sql_commit(struct sql *s, struct err *e)
{
    assert(s->in_transaction);
    if (!word(s, "COMMIT", e)) {
        sql_rollback(s);
        return false;
    }
    s->in_transaction = false;
    return true;
}

void sql_rollback(struct sql *s)
{
    struct err ignored = {0};
    if (s->in_transaction && !word(s, "ROLLBACK", &ignored))
        err_clear(&ignored); /* the connection is gone, and the transaction with it */
    s->in_transaction = false;
}

bool sql_script(struct sql *s, const char *text, struct err *e)
{
    if (!sql_begin(s, e))
        return false;
    if (!s->ops->script(s, text, e)) {
        sql_rollback(s);
        return false;
    }
    return sql_commit(s, e);
}
