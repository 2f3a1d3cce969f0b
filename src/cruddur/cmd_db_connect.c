/* cmd_db_connect.c - talking to the database, and who else does. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "cruddur/cmd_db.h"

static int connect_run(const struct cmd_args *a)
{
    const char *url = cmd_db_url(a);
    if (url == NULL)
        return 1;
    const char *program = cmd_db_is_postgres(url) ? "psql" : "sqlite3";
    fflush(stdout);
    execlp(program, program, url, (char *)NULL);
    fprintf(stderr, "cruddur: %s: %s\n", program, strerror(errno));
    return 1;
}

static void print_line(const struct sql_rows *r, const size_t *width, int64_t row)
{
    for (uint32_t c = 0; c < r->columns; c++) {
        struct str v = row < 0 ? r->name[c] : sql_cell(r, (uint32_t)row, c);
        printf("%s %.*s%*s", c > 0 ? "|" : "", STR_ARG(v), (int)(width[c] - v.n + 1), "");
    }
    putchar('\n');
}

/* As psql shows rows. */
static void print_table(struct arena *mem, const struct sql_rows *r)
{
    size_t *width = NEW_ARRAY(mem, size_t, r->columns);
    for (uint32_t c = 0; c < r->columns; c++) {
        width[c] = r->name[c].n;
        for (uint32_t i = 0; i < r->n; i++)
            width[c] = size_max(width[c], sql_cell(r, i, c).n);
    }
    print_line(r, width, -1);
    for (uint32_t c = 0; c < r->columns; c++) {
        if (c > 0)
            putchar('+');
        for (size_t i = 0; i < width[c] + 2; i++)
            putchar('-');
    }
    putchar('\n');
    for (uint32_t i = 0; i < r->n; i++)
        print_line(r, width, i);
    printf("(%u row%s)\n\n", r->n, r->n == 1 ? "" : "s");
}

static int sessions(const struct cmd_args *a)
{
    struct arena mem = {0};
    struct err e = {0};
    struct sql_rows rows;
    int status = 0;
    cmd_heading("db-sessions");
    struct sql *s = cmd_db_open(a, "sessions");
    if (s == NULL)
        return 1;
    if (!sql_is_postgres(s))
        puts("A SQLite file has no sessions.");
    else if (sql_run(s, &mem,
                     "SELECT pid AS process_id, usename AS user, datname AS db, client_addr, "
                     "application_name AS app, state FROM pg_stat_activity "
                     "WHERE datname IS NOT NULL ORDER BY pid",
                     NULL, 0, &rows, &e))
        print_table(&mem, &rows);
    else
        status = cmd_db_fail("sessions", &e);
    sql_close(&s);
    arena_free(&mem);
    return status;
}

const struct cmd cmd_db_connect = {
    .noun = "db",
    .verb = "connect",
    .args = "",
    .help = "open psql or sqlite3 on the database",
    .run = connect_run,
};
const struct cmd cmd_db_sessions = {
    .noun = "db",
    .verb = "sessions",
    .args = "",
    .help = "who is connected to the database",
    .run = sessions,
};
