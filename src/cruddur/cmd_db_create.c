/* cmd_db_create.c - making and dropping the database itself: with PostgreSQL from
 * beside it (the database `postgres`), with SQLite as a file. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "cruddur/cmd_db.h"
#include "cruddur/cmd_db_steps.h"
#include "cruddur/router.h"
#include "cruddur/settings.h"

struct target {
    struct str beside; /* URL of the database `postgres` of the same server */
    struct str quoted; /* the name as an identifier */
};

static bool split(struct arena *mem, const char *url, struct target *out, struct err *e)
{
    struct str u = str_from_c(url);
    const char *authority = strstr(url, "://") + 3;
    const char *slash = strchr(authority, '/'), *query = strchr(authority, '?');
    size_t path = slash != NULL ? (size_t)(slash - url) : u.n;
    size_t end = query != NULL ? (size_t)(query - url) : u.n;
    if (path + 1 >= end)
        return err_set(e, ERR_VALIDATION, "CONNECTION_URL names no database");
    struct str name = router_decode((struct str){url + path + 1, end - path - 1}, false, mem);
    struct buf quoted = {.mem = mem};
    buf_byte(&quoted, '"');
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] == '"')
            buf_byte(&quoted, '"');
        buf_byte(&quoted, name.p[i]);
    }
    buf_byte(&quoted, '"');
    out->quoted = buf_str(&quoted);
    out->beside = arena_printf(mem, "%.*s/postgres%s", (int)path, url, url + end);
    return true;
}

static bool on_server(const char *url, const char *statement, struct err *e)
{
    struct arena mem = {0};
    struct target t = {0};
    struct sql *s = NULL;
    struct sql_rows rows;
    bool good =
        split(&mem, url, &t, e) && sql_open(arena_cstr(&mem, t.beside), &s, e) &&
        sql_run(s, &mem,
                arena_cstr(&mem, arena_printf(&mem, "%s " STR_FMT, statement, STR_ARG(t.quoted))),
                NULL, 0, &rows, e);
    sql_close(&s);
    arena_free(&mem);
    return good;
}

static bool make_file(const char *path, struct err *e)
{
    struct sql *s = NULL;
    int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
    close(fd);
    bool good = sql_open(path, &s, e);
    sql_close(&s);
    return good;
}

/* Only what is a database is deleted: the path may have been mistyped. */
static bool delete_file(const char *path, struct err *e)
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    char head[16] = {0}, name[4096];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return true;
    ssize_t n = fd >= 0 ? read(fd, head, sizeof(head)) : -1;
    if (fd >= 0)
        close(fd);
    if (n != 0 && memcmp(head, "SQLite format 3", sizeof(head)) != 0)
        return err_set(e, ERR_VALIDATION, "%s is not a SQLite database", path);
    for (size_t i = 0; i < COUNT_OF(suffixes); i++) {
        snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
        if (unlink(name) != 0 && errno != ENOENT)
            return err_set(e, ERR_IO, "%s: %s", name, strerror(errno));
    }
    return true;
}

static bool is_local(const struct cmd_args *a, struct err *e)
{
    return !a->prod || err_set(e, ERR_VALIDATION,
                               "the production database is not made or dropped "
                               "from here");
}

int cmd_db_create_run(const struct cmd_args *a)
{
    struct err e = {0};
    const char *url = settings_db_url(false);
    cmd_heading("db-create");
    if (!is_local(a, &e) ||
        !(cmd_db_is_postgres(url) ? on_server(url, "CREATE DATABASE", &e) : make_file(url, &e)))
        return cmd_db_fail("create", &e);
    puts("CREATE DATABASE");
    return 0;
}

int cmd_db_drop_run(const struct cmd_args *a)
{
    struct err e = {0};
    const char *url = settings_db_url(false);
    cmd_heading("db-drop");
    if (!is_local(a, &e) ||
        !(cmd_db_is_postgres(url) ? on_server(url, "DROP DATABASE IF EXISTS", &e)
                                  : delete_file(url, &e)))
        return cmd_db_fail("drop", &e);
    puts("DROP DATABASE");
    return 0;
}

const struct cmd cmd_db_create = {
    .noun = "db",
    .verb = "create",
    .args = "",
    .help = "make the SQL database that CONNECTION_URL names",
    .run = cmd_db_create_run,
};
const struct cmd cmd_db_drop = {
    .noun = "db",
    .verb = "drop",
    .args = "",
    .help = "delete it",
    .run = cmd_db_drop_run,
};
