/* sql.h - the application's SQL database: SQLite in a file, or PostgreSQL.
 *
 * One connection, used by one thread at a time.  Statements are the same text
 * for both: parameters are $1, $2 ...; every value goes in and comes out as
 * text (or NULL), and is never part of a statement.  Each distinct statement is
 * prepared once per connection.
 *
 * Errors: ERR_DUPLICATE_ITEM for a broken unique constraint, else ERR_IO with
 * the database's text, which is for the log and not for users. */
#ifndef CRUDDUR_SQL_H
#define CRUDDUR_SQL_H

#include "base/arena.h"
#include "base/err.h"

struct sql;

/* "postgresql://..." or "postgres://..." goes to PostgreSQL, anything else is
 * the path of a SQLite file, created when missing. */
MUST_CHECK bool sql_open(const char *url, struct sql **out, struct err *e);
void sql_close(struct sql **s); /* NULL is fine */
bool sql_is_postgres(const struct sql *s);

struct sql_rows {
    uint32_t n, columns;
    struct str *name; /* of each column */
    struct str *cell; /* row * columns + column; p == NULL: NULL */
};
static inline struct str sql_cell(const struct sql_rows *r, uint32_t row, uint32_t column)
{
    assert(row < r->n && column < r->columns);
    return r->cell[row * r->columns + column];
}

/* Runs one statement; rows live in `mem`.  An argument with p == NULL is NULL.
 * A connection that broke is made again once, outside transactions. */
MUST_CHECK bool sql_run(struct sql *s, struct arena *mem, const char *statement,
                        const struct str *args, size_t args_n, struct sql_rows *out, struct err *e);

/* Many statements without parameters, all or (PostgreSQL, SQLite: in one
 * transaction) nothing: schemas and migrations. */
MUST_CHECK bool sql_script(struct sql *s, const char *text, struct err *e);

MUST_CHECK bool sql_begin(struct sql *s, struct err *e);
MUST_CHECK bool sql_commit(struct sql *s, struct err *e);
void sql_rollback(struct sql *s); /* no-op outside a transaction */

#endif
