/* cmd_db_steps.h - the commands that `db setup` runs one after the other; each
 * returns an exit status. */
#ifndef CRUDDUR_CMD_DB_STEPS_H
#define CRUDDUR_CMD_DB_STEPS_H

#include "cruddur/cmd.h"

int cmd_db_create_run(const struct cmd_args *a);
int cmd_db_drop_run(const struct cmd_args *a);
int cmd_db_schema_load_run(const struct cmd_args *a);
int cmd_db_seed_run(const struct cmd_args *a);
int cmd_db_update_cognito_user_ids_run(const struct cmd_args *a);

#endif
