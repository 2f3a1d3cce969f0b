/* cmd_cognito_list_users.c - the people of the user pool, and who has which id. */
#include "cruddur/pool_users.h"

static int run(const struct cmd_args *a)
{
    struct ddb_doc *list = pool_users_list(a, "list-users");
    if (list == NULL)
        return 1;
    const struct ddb_doc *users = pool_users_of(list);
    struct ddb_doc *ids = ddb_doc_new();
    for (size_t i = 0; i < ddb_count(users); i++) {
        const char *handle = pool_users_attribute(ddb_at(users, i), "preferred_username");
        const char *sub = pool_users_attribute(ddb_at(users, i), "sub");
        if (handle != NULL && sub != NULL)
            ddb_set_string(ids, handle, sub);
    }
    cmd_print(users);
    cmd_print(ids);
    ddb_doc_free(ids);
    ddb_doc_free(list);
    return 0;
}

const struct cmd cmd_cognito_list_users = {
    .noun = "cognito",
    .verb = "list-users",
    .args = "",
    .help = "print the users of the pool, then handle -> sub",
    .run = run,
};
