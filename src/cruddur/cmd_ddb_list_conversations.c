/* cmd_ddb_list_conversations.c - pattern B: a person's conversations, newest first. */
#include <stdio.h>

#include "cruddur/cmd_db.h"
#include "cruddur/messages.h"

static bool print_page(void *arg, const struct ddb_doc *out)
{
    (void)arg;
    cmd_print(out);
    return true;
}

static int run(const struct cmd_args *a)
{
    struct ddb *ddb = cmd_ddb(a);
    if (ddb == NULL)
        return 1;
    struct ddb_error err;
    struct arena mem = {0};
    struct messages_user users[2];
    cmd_db_seed_users(a, &mem, users);
    const char *me = a->n > 0 ? a->arg[0] : users[0].uuid;
    struct ddb_doc *in = messages_query_groups(me);
    int status = 0;
    printf("my-uuid: %s\n", me);
    if (!ddb_pages(ddb, "Query", in, print_page, NULL, &err))
        status = cmd_fail("list-conversations", &err);
    ddb_doc_free(in);
    ddb_free(ddb);
    arena_free(&mem);
    return status;
}

const struct cmd cmd_ddb_list_conversations = {
    .noun = "ddb",
    .verb = "list-conversations",
    .args = "[USER_UUID]",
    .help = "print a person's conversations (the first seeded person's)",
    .args_max = 1,
    .run = run,
};
