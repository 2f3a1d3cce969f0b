/* sql_sqlite.c - SQLite: one file, write-ahead log, full sync. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "cruddur/sql_int.h"

enum { STATEMENTS_MAX = 128, BUSY_MS = 5000, ROWS_MAX = 10000 };

struct sqlite {
    struct sql base;
    sqlite3 *db;
    uint32_t n;
    struct {
        char *text;
        sqlite3_stmt *stmt;
    } prepared[STATEMENTS_MAX];
};

static struct sqlite *of(struct sql *s)
{
    return (struct sqlite *)s;
}

static bool fail(struct sqlite *s, struct err *e)
{
    int code = sqlite3_extended_errcode(s->db);
    bool duplicate = code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY;
    return err_set(e, duplicate ? ERR_DUPLICATE_ITEM : ERR_IO, "SQLite: %s", sqlite3_errmsg(s->db));
}

static void forget(struct sqlite *s)
{
    for (uint32_t i = 0; i < s->n; i++) {
        sqlite3_finalize(s->prepared[i].stmt);
        free(s->prepared[i].text);
    }
    s->n = 0;
}

static bool prepare(struct sqlite *s, const char *text, sqlite3_stmt **out, struct err *e)
{
    for (uint32_t i = 0; i < s->n; i++)
        if (strcmp(s->prepared[i].text, text) == 0) {
            *out = s->prepared[i].stmt;
            return true;
        }
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v3(s->db, text, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
        return fail(s, e);
    if (s->n == STATEMENTS_MAX)
        forget(s);
    char *copy = strdup(text);
    if (copy == NULL)
        abort();
    s->prepared[s->n].text = copy;
    s->prepared[s->n++].stmt = stmt;
    *out = stmt;
    return true;
}

/* $1 may stand in a statement more than once: parameters are bound by name. */
static void bind(sqlite3_stmt *stmt, const struct str *args, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char name[32];
        snprintf(name, sizeof(name), "$%zu", i + 1);
        int at = sqlite3_bind_parameter_index(stmt, name);
        if (at == 0)
            continue;
        if (args[i].p == NULL)
            sqlite3_bind_null(stmt, at);
        else
            sqlite3_bind_text64(stmt, at, args[i].p, args[i].n, SQLITE_TRANSIENT, SQLITE_UTF8);
    }
}

static struct str column(sqlite3_stmt *stmt, struct arena *mem, int i)
{
    const char *p = (const char *)sqlite3_column_text(stmt, i);
    if (p == NULL)
        return (struct str){0};
    return arena_dup(mem, (struct str){p, (size_t)sqlite3_column_bytes(stmt, i)});
}

static bool step_all(struct sqlite *s, sqlite3_stmt *stmt, struct arena *mem, struct sql_rows *out,
                     struct err *e)
{
    struct sql_rows rows = {.columns = (uint32_t)sqlite3_column_count(stmt)};
    size_t cap = 0;
    rows.name = NEW_ARRAY(mem, struct str, rows.columns);
    for (uint32_t c = 0; c < rows.columns; c++)
        rows.name[c] = arena_dup(mem, str_from_c(sqlite3_column_name(stmt, (int)c)));
    int code;
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
        if (rows.n == ROWS_MAX)
            return err_set(e, ERR_IO, "SQLite: more than %d rows", ROWS_MAX);
        if (rows.n == cap) {
            cap = cap == 0 ? 8 : cap * 2;
            struct str *more = NEW_ARRAY(mem, struct str, cap * rows.columns);
            if (rows.n > 0)
                memcpy(more, rows.cell, sizeof(*more) * rows.n * rows.columns);
            rows.cell = more;
        }
        for (uint32_t c = 0; c < rows.columns; c++)
            rows.cell[rows.n * rows.columns + c] = column(stmt, mem, (int)c);
        rows.n++;
    }
    if (code != SQLITE_DONE)
        return fail(s, e);
    *out = rows;
    return true;
}

static bool run(struct sql *base, struct arena *mem, const char *text, const struct str *args,
                size_t n, struct sql_rows *out, struct err *e)
{
    sqlite3_stmt *stmt = NULL;
    if (!prepare(of(base), text, &stmt, e))
        return false;
    bind(stmt, args, n);
    bool good = step_all(of(base), stmt, mem, out, e);
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return good;
}

static bool script(struct sql *base, const char *text, struct err *e)
{
    struct sqlite *s = of(base);
    forget(s); /* a schema change would make each prepare itself again */
    return sqlite3_exec(s->db, text, NULL, NULL, NULL) == SQLITE_OK || fail(s, e);
}

static void shut(struct sql *base)
{
    forget(of(base));
    sqlite3_close(of(base)->db);
    free(of(base));
}

static const struct sql_ops ops = {.run = run, .script = script, .close = shut};

bool sql_sqlite_open(const char *path, struct sql **out, struct err *e)
{
    struct sqlite *s = calloc(1, sizeof(*s));
    if (s == NULL)
        abort();
    s->base.ops = &ops;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    bool good = sqlite3_open_v2(path, &s->db, flags, NULL) == SQLITE_OK;
    if (good) {
        sqlite3_busy_timeout(s->db, BUSY_MS);
        good = sqlite3_exec(s->db,
                            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                            "PRAGMA foreign_keys=ON",
                            NULL, NULL, NULL) == SQLITE_OK;
    }
    if (!good) {
        err_set(e, ERR_IO, "%s: %s", path, sqlite3_errmsg(s->db));
        shut(&s->base);
        return false;
    }
    *out = &s->base;
    return true;
}
