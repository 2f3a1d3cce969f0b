/* sql_pq.c - PostgreSQL through libpq. */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "cruddur/sql_int.h"

enum { STATEMENTS_MAX = 128, ARGS_MAX = 32 };

struct pq {
    struct sql base;
    PGconn *conn;
    uint32_t n;
    char *prepared[STATEMENTS_MAX]; /* statement i is named "s<i>" on the server */
};

static struct pq *of(struct sql *s)
{
    return (struct pq *)s;
}

static bool fail(struct pq *s, PGresult *r, struct err *e)
{
    const char *state = r != NULL ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    bool duplicate = state != NULL && strcmp(state, "23505") == 0;
    const char *text = r != NULL ? PQresultErrorMessage(r) : PQerrorMessage(s->conn);
    size_t n = strcspn(text, "\n");
    err_set(e, duplicate ? ERR_DUPLICATE_ITEM : ERR_IO, "PostgreSQL: %.*s", (int)n, text);
    PQclear(r);
    return false;
}

static void forget(struct pq *s)
{
    for (uint32_t i = 0; i < s->n; i++)
        free(s->prepared[i]);
    s->n = 0;
}

static bool prepare(struct pq *s, const char *text, char name[16], struct err *e)
{
    uint32_t i = 0;
    while (i < s->n && strcmp(s->prepared[i], text) != 0)
        i++;
    snprintf(name, 16, "s%u", i);
    if (i < s->n)
        return true;
    if (i == STATEMENTS_MAX)
        return err_set(e, ERR_IO, "PostgreSQL: more than %d statements", STATEMENTS_MAX);
    PGresult *r = PQprepare(s->conn, name, text, 0, NULL);
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        return fail(s, r, e);
    PQclear(r);
    s->prepared[i] = strdup(text);
    if (s->prepared[i] == NULL)
        abort();
    s->n++;
    return true;
}

static void take_rows(PGresult *r, struct arena *mem, struct sql_rows *out)
{
    struct sql_rows rows = {.n = (uint32_t)PQntuples(r), .columns = (uint32_t)PQnfields(r)};
    rows.name = NEW_ARRAY(mem, struct str, rows.columns);
    rows.cell = NEW_ARRAY(mem, struct str, (size_t)rows.n * rows.columns);
    for (uint32_t c = 0; c < rows.columns; c++)
        rows.name[c] = arena_dup(mem, str_from_c(PQfname(r, (int)c)));
    for (uint32_t i = 0; i < rows.n * rows.columns; i++) {
        int row = (int)(i / rows.columns), c = (int)(i % rows.columns);
        if (!PQgetisnull(r, row, c))
            rows.cell[i] =
                arena_dup(mem, (struct str){PQgetvalue(r, row, c), (size_t)PQgetlength(r, row, c)});
    }
    *out = rows;
}

static bool run_once(struct pq *s, struct arena *mem, const char *text, const char *const *values,
                     size_t n, struct sql_rows *out, struct err *e)
{
    char name[16];
    if (!prepare(s, text, name, e))
        return false;
    PGresult *r = PQexecPrepared(s->conn, name, (int)n, values, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(r);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        return fail(s, r, e);
    take_rows(r, mem, out);
    PQclear(r);
    return true;
}

static bool run(struct sql *base, struct arena *mem, const char *text, const struct str *args,
                size_t n, struct sql_rows *out, struct err *e)
{
    struct pq *s = of(base);
    const char *values[ARGS_MAX];
    assert(n <= ARGS_MAX);
    for (size_t i = 0; i < n; i++)
        values[i] = args[i].p != NULL ? arena_cstr(mem, args[i]) : NULL;
    if (run_once(s, mem, text, values, n, out, e))
        return true;
    if (PQstatus(s->conn) != CONNECTION_BAD || base->in_transaction)
        return false;
    forget(s);
    PQreset(s->conn);
    if (PQstatus(s->conn) != CONNECTION_OK)
        return false;
    err_clear(e);
    return run_once(s, mem, text, values, n, out, e);
}

static bool script(struct sql *base, const char *text, struct err *e)
{
    struct pq *s = of(base);
    PGresult *r = PQexec(s->conn, text);
    ExecStatusType status = PQresultStatus(r);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY)
        return fail(s, r, e);
    PQclear(r);
    return true;
}

static void shut(struct sql *base)
{
    forget(of(base));
    PQfinish(of(base)->conn);
    free(of(base));
}

static void ignore_notice(void *arg, const char *text)
{
    (void)arg;
    (void)text; /* "table does not exist, skipping" is no news */
}

static const struct sql_ops ops = {.run = run, .script = script, .close = shut};

bool sql_pq_open(const char *url, struct sql **out, struct err *e)
{
    struct pq *s = calloc(1, sizeof(*s));
    if (s == NULL)
        abort();
    s->base.ops = &ops;
    s->base.postgres = true;
    s->conn = PQconnectdb(url);
    if (PQstatus(s->conn) != CONNECTION_OK) {
        fail(s, NULL, e);
        shut(&s->base);
        return false;
    }
    PQsetNoticeProcessor(s->conn, ignore_notice, NULL);
    *out = &s->base;
    return true;
}
