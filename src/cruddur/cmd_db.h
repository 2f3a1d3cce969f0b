/* cmd_db.h - what the commands on the SQL database share. */
#ifndef CRUDDUR_CMD_DB_H
#define CRUDDUR_CMD_DB_H

#include "cruddur/cmd.h"
#include "cruddur/messages.h"
#include "cruddur/sql.h"

/* Says on stderr what failed; returns 1. */
int cmd_db_fail(const char *what, const struct err *e);

/* The database's URL, or NULL after saying what is not set. */
const char *cmd_db_url(const struct cmd_args *a);
/* NULL after saying why. */
struct sql *cmd_db_open(const struct cmd_args *a, const char *what);

bool cmd_db_is_postgres(const char *url);

/* The two people of the sample conversation, by handle, with the ids that the
 * database gives them when it has them, else the fixed ones. */
void cmd_db_seed_users(const struct cmd_args *a, struct arena *mem, struct messages_user out[2]);

#endif
