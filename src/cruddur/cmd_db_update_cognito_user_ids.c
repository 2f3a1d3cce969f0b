/* cmd_db_update_cognito_user_ids.c - gives each person of the database the id that
 * the user pool has for their handle.  An id that belongs to somebody else here, as
 * when two users of the pool ask for one handle, is left alone and said. */
#include <stdio.h>

#include "cruddur/cmd_db.h"
#include "cruddur/cmd_db_steps.h"
#include "cruddur/pool_users.h"

/* 1: done; 0: the database has no such handle, or the id is another's; -1: failed. */
static int update(struct sql *s, const char *handle, const char *sub, struct err *e)
{
    struct arena mem = {0};
    struct sql_rows rows;
    const struct str args[] = {str_from_c(handle), str_from_c(sub)};
    bool good = sql_run(s, &mem,
                        "UPDATE users SET cognito_user_id = $2 WHERE lower(handle) = lower($1) "
                        "RETURNING uuid",
                        args, COUNT_OF(args), &rows, e);
    int result = good ? rows.n > 0 : e->code == ERR_DUPLICATE_ITEM ? 0 : -1;
    if (!good && result == 0)
        err_clear(e);
    arena_free(&mem);
    return result;
}

int cmd_db_update_cognito_user_ids_run(const struct cmd_args *a)
{
    struct err e = {0};
    int status = 0;
    cmd_heading("db-update-cognito-user-ids");
    struct sql *s = cmd_db_open(a, "update-cognito-user-ids");
    struct ddb_doc *list = s != NULL ? pool_users_list(a, "update-cognito-user-ids") : NULL;
    const struct ddb_doc *users = pool_users_of(list);
    for (size_t i = 0; status == 0 && i < ddb_count(users); i++) {
        const char *handle = pool_users_attribute(ddb_at(users, i), "preferred_username");
        const char *sub = pool_users_attribute(ddb_at(users, i), "sub");
        if (handle == NULL || sub == NULL)
            continue;
        int done = update(s, handle, sub, &e);
        if (done < 0)
            status = cmd_db_fail("update-cognito-user-ids", &e);
        else
            printf("---- %s %s%s\n", handle, sub, done == 0 ? " (nobody here)" : "");
    }
    if (list == NULL)
        status = 1;
    ddb_doc_free(list);
    sql_close(&s);
    return status;
}

const struct cmd cmd_db_update_cognito_user_ids = {
    .noun = "db",
    .verb = "update-cognito-user-ids",
    .args = "",
    .help = "take over the user pool's ids, by handle",
    .run = cmd_db_update_cognito_user_ids_run,
};
