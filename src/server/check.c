/* check.c - see check.h. */
#include "server/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "db/db_check.h"
#include "store/store_rocks.h"

static void print_line(void *arg, const char *line)
{
    (void)arg;
    puts(line);
}

static bool walk(struct db *db, struct db_check_report *out, struct err *e)
{
    struct db_txn *txn = NULL;
    bool good =
        db_begin(db, DB_READ_SNAPSHOT, false, &txn, e) && db_check(txn, print_line, NULL, out, e);
    db_end(&txn);
    return good;
}

static bool is_data_directory(const char *dir)
{
    char path[4096];
    int n = snprintf(path, sizeof(path), "%s/FORMAT", dir);
    return n > 0 && (size_t)n < sizeof(path) && access(path, F_OK) == 0;
}

bool check_run(const char *dir, uint64_t *problems, struct err *e)
{
    struct store *store;
    struct db *db = NULL;
    struct db_check_report report = {0};
    /* Opening would make a new database where none is. */
    if (!is_data_directory(dir))
        return err_set(e, ERR_IO, "%s: there is no such data directory", dir);
    if (!store_rocks_open(&(struct store_rocks_options){.dir = dir, .sync = true}, &store, e))
        return false;
    struct db_options o = {
        .store = store, .env = env_system(), .region = "us-east-1", .account = "000000000000"};
    bool good = db_open(&o, &db, e) && walk(db, &report, e);
    db_close(&db);
    if (!good)
        return false;
    printf("%s: %" PRIu64 " tables, %" PRIu64 " items, %" PRIu64 " index entries, %" PRIu64
           " times of expiry, %" PRIu64 " streams, %" PRIu64 " stream records, %" PRIu64
           " problems\n",
           dir, report.tables, report.items, report.entries, report.expiries, report.streams,
           report.records, report.problems);
    *problems = report.problems;
    return true;
}
