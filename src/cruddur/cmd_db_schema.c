/* cmd_db_schema.c - tables: loading them anew, seeding, migrating, going back. */
#include <stdio.h>

#include "cruddur/cmd_db.h"
#include "cruddur/cmd_db_steps.h"
#include "cruddur/sql_schema.h"

/* "CREATE TABLE", "CREATE INDEX"...: what psql says of each statement of a script. */
static void print_tags(const char *script)
{
    while (*script != '\0') {
        const char *end = strchr(script, ';');
        char verb[16], noun[16], third[16];
        if (end == NULL || sscanf(script, "%15s %15s %15s", verb, noun, third) != 3)
            return;
        printf("%s %s\n", verb, strcmp(noun, "UNIQUE") == 0 ? third : noun);
        script = end + 1;
    }
}

static void told(void *arg, const struct sql_schema_step *step)
{
    if (arg != NULL)
        printf("%d %s\n", step->version, step->name);
    print_tags(step->up);
}

int cmd_db_schema_load_run(const struct cmd_args *a)
{
    struct err e = {0};
    cmd_heading("db-schema-load");
    struct sql *s = cmd_db_open(a, "schema-load");
    if (s == NULL)
        return 1;
    int status = sql_schema_load(s, told, NULL, &e) ? 0 : cmd_db_fail("schema-load", &e);
    sql_close(&s);
    return status;
}

int cmd_db_seed_run(const struct cmd_args *a)
{
    struct err e = {0};
    int users, activities, status = 0;
    cmd_heading("db-seed");
    struct sql *s = cmd_db_open(a, "seed");
    if (s == NULL)
        return 1;
    if (sql_schema_seed(s, &users, &activities, &e))
        printf("INSERT 0 %d\nINSERT 0 %d\n", users, activities);
    else
        status = cmd_db_fail("seed", &e);
    sql_close(&s);
    return status;
}

static int migrate(const struct cmd_args *a)
{
    struct err e = {0};
    int pending = 0, status = 0;
    cmd_heading("db-migrate");
    struct sql *s = cmd_db_open(a, "migrate");
    if (s == NULL)
        return 1;
    if (!sql_schema_pending(s, &pending, &e) || !sql_schema_migrate(s, told, &e, &e))
        status = cmd_db_fail("migrate", &e);
    else if (pending <= 0)
        puts("nothing to do");
    sql_close(&s);
    return status;
}

static int rollback(const struct cmd_args *a)
{
    struct err e = {0};
    const struct sql_schema_step *step = NULL;
    int status = 0;
    cmd_heading("db-rollback");
    struct sql *s = cmd_db_open(a, "rollback");
    if (s == NULL)
        return 1;
    if (!sql_schema_rollback(s, &step, &e)) {
        status = cmd_db_fail("rollback", &e);
    } else if (step == NULL) {
        puts("nothing to do");
    } else {
        printf("%d %s\n", step->version, step->name);
        print_tags(step->down);
    }
    sql_close(&s);
    return status;
}

const struct cmd cmd_db_schema_load = {
    .noun = "db",
    .verb = "schema-load",
    .args = "",
    .help = "drop all tables and make them anew",
    .run = cmd_db_schema_load_run,
};
const struct cmd cmd_db_seed = {
    .noun = "db",
    .verb = "seed",
    .args = "",
    .help = "write the sample's people and post",
    .run = cmd_db_seed_run,
};
const struct cmd cmd_db_migrate = {
    .noun = "db",
    .verb = "migrate",
    .args = "",
    .help = "bring the tables up to date",
    .run = migrate,
};
const struct cmd cmd_db_rollback = {
    .noun = "db",
    .verb = "rollback",
    .args = "",
    .help = "undo the last migration",
    .run = rollback,
};
