/* cmd.h - the utility commands: `cruddur NOUN VERB [ARGS] [prod]`.
 *
 * One file per command, one line per command in cmd.c.  `prod`, wherever it
 * stands, drops the local endpoint: region, credentials and endpoint then come
 * from the environment and the AWS config files, as for the AWS CLI.
 *
 * A command prints results on stdout and one clear line on stderr when it
 * fails; it returns the exit status. */
#ifndef CRUDDUR_CMD_H
#define CRUDDUR_CMD_H

#include "base/base.h"
#include "ddb.h"

struct cmd_args {
    int n;
    const char *const *arg; /* without noun, verb and `prod` */
    bool prod;
};
struct cmd {
    const char *noun, *verb, *args, *help; /* verb NULL: `cruddur NOUN [ARGS]` */
    int args_min, args_max;
    int (*run)(const struct cmd_args *a);
};

int cmd_main(int argc, char **argv);

/* A client by the rules above; NULL after saying why on stderr. */
struct ddb *cmd_ddb(const struct cmd_args *a);

/* "cruddur: WHAT: Type: message" on stderr; returns 1, the exit status. */
int cmd_fail(const char *what, const struct ddb_error *err);

/* Prints a document as sorted JSON, indented by 2. */
void cmd_print(const struct ddb_doc *doc);

/* "== label" in bold cyan when stdout is a terminal. */
void cmd_heading(const char *label);

extern const struct cmd cmd_serve, cmd_post_confirmation, cmd_messaging_stream;
extern const struct cmd cmd_ddb_schema_load, cmd_ddb_seed, cmd_ddb_scan, cmd_ddb_list_tables,
    cmd_ddb_drop, cmd_ddb_get_conversation, cmd_ddb_list_conversations;
extern const struct cmd cmd_db_setup, cmd_db_create, cmd_db_drop, cmd_db_schema_load, cmd_db_seed,
    cmd_db_update_cognito_user_ids, cmd_db_migrate, cmd_db_rollback, cmd_db_connect,
    cmd_db_sessions;
extern const struct cmd cmd_cognito_list_users, cmd_cognito_setup, cmd_rds_update_sg_rule;

#endif
