/* cmd_db_setup.c - the database from nothing; ends at the first step that fails. */
#include "cruddur/cmd_db_steps.h"

static int (*const steps[])(const struct cmd_args *) = {
    cmd_db_drop_run,
    cmd_db_create_run,
    cmd_db_schema_load_run,
    cmd_db_seed_run,
    cmd_db_update_cognito_user_ids_run,
};

static int run(const struct cmd_args *a)
{
    int status = 0;
    cmd_heading("db-setup");
    for (size_t i = 0; i < COUNT_OF(steps) && status == 0; i++)
        status = steps[i](a);
    return status;
}

const struct cmd cmd_db_setup = {
    .noun = "db",
    .verb = "setup",
    .args = "",
    .help = "drop, create, schema-load, seed, update-cognito-user-ids",
    .run = run,
};
