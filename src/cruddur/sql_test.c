/* sql_test.c - the same statements on SQLite and, where SQL_TEST_URL names one,
 * on PostgreSQL. */
#include <stdlib.h>
#include <unistd.h>

#include "base/tap.h"
#include "cruddur/sql.h"

static bool run(struct sql *s, struct arena *mem, const char *text, const struct str *args,
                size_t n, struct sql_rows *rows, struct err *e)
{
    err_clear(e);
    return sql_run(s, mem, text, args, n, rows, e);
}

static void test_all(const char *url)
{
    struct arena mem = {0};
    struct err e = {0};
    struct sql *s;
    struct sql_rows rows;
    if (!sql_open(url, &s, &e)) {
        ok(false, "open: %s", e.msg);
        return;
    }
    const char *which = sql_is_postgres(s) ? "PostgreSQL" : "SQLite";
    ok(sql_script(s,
                  "DROP TABLE IF EXISTS people; CREATE TABLE people (name text PRIMARY KEY, "
                  "bio text, age integer);",
                  &e),
       "%s: a script", which);
    struct str who[] = {STR("O'Neil; DROP TABLE people"), {0}, STR("41")};
    ok(run(s, &mem, "INSERT INTO people (name, bio, age) VALUES ($1, $2, $3)", who, 3, &rows, &e),
       "%s: insert: %s", which, e.msg);
    ok(!run(s, &mem, "INSERT INTO people (name, bio, age) VALUES ($1, $2, $3)", who, 3, &rows,
            &e) &&
           e.code == ERR_DUPLICATE_ITEM,
       "%s: a second one is a duplicate", which);
    ok(run(s, &mem, "SELECT name, bio, age FROM people WHERE name = $1 OR name = $1", who, 1, &rows,
           &e) &&
           rows.n == 1 && rows.columns == 3,
       "%s: a parameter twice", which);
    is_bytes(sql_cell(&rows, 0, 0), who[0], "%s: text", which);
    ok(sql_cell(&rows, 0, 1).p == NULL, "%s: NULL", which);
    is_bytes(sql_cell(&rows, 0, 2), STR("41"), "%s: a number as text", which);
    is_bytes(rows.name[2], STR("age"), "%s: a column's name", which);

    err_clear(&e);
    ok(sql_begin(s, &e) && run(s, &mem, "DELETE FROM people", NULL, 0, &rows, &e), "%s: begin",
       which);
    sql_rollback(s);
    ok(run(s, &mem, "SELECT name FROM people", NULL, 0, &rows, &e) && rows.n == 1,
       "%s: rolled back", which);
    ok(!run(s, &mem, "SELECT nonsense FROM people", NULL, 0, &rows, &e) && e.code == ERR_IO,
       "%s: a bad statement: %s", which, e.msg);
    err_clear(&e);
    ok(!sql_script(s, "DELETE FROM people; nonsense", &e), "%s: a bad script", which);
    ok(run(s, &mem, "SELECT name FROM people", NULL, 0, &rows, &e) && rows.n == 1,
       "%s: of which nothing stays", which);
    sql_close(&s);
    arena_free(&mem);
}

int main(void)
{
    char path[] = "/tmp/sql_test_XXXXXX";
    int fd = mkstemp(path);
    test_all(path);
    if (fd >= 0)
        close(fd);
    unlink(path);
    if (getenv("SQL_TEST_URL") != NULL)
        test_all(getenv("SQL_TEST_URL"));
    return tap_done();
}
