/* cmd_db.c - see cmd_db.h. */
#include "cruddur/cmd_db.h"

#include <stdio.h>
#include <unistd.h>

#include "cruddur/seed_conversation.h"
#include "cruddur/settings.h"
#include "cruddur/users.h"

int cmd_db_fail(const char *what, const struct err *e)
{
    fflush(stdout);
    fprintf(stderr, "cruddur: %s: %s\n", what, e->msg);
    return 1;
}

const char *cmd_db_url(const struct cmd_args *a)
{
    const char *url = settings_db_url(a->prod);
    if (url == NULL)
        fprintf(stderr, "cruddur: PROD_CONNECTION_URL is not set\n");
    else if (a->prod)
        puts("Running in production mode");
    return url;
}

struct sql *cmd_db_open(const struct cmd_args *a, const char *what)
{
    struct err e = {0};
    struct sql *s = NULL;
    const char *url = cmd_db_url(a);
    if (url != NULL && !sql_open(url, &s, &e))
        cmd_db_fail(what, &e);
    return s;
}

bool cmd_db_is_postgres(const char *url)
{
    return strncmp(url, "postgres://", 11) == 0 || strncmp(url, "postgresql://", 13) == 0;
}

static void from_sql(struct sql *s, struct arena *mem, struct messages_user out[2])
{
    for (int i = 0; i < 2; i++) {
        struct err e = {0};
        struct user u;
        if (!users_by_handle(s, mem, str_from_c(seed_users[i].handle), &u, &e) || u.uuid.n == 0)
            continue;
        out[i] = (struct messages_user){.uuid = arena_cstr(mem, u.uuid),
                                        .display_name = arena_cstr(mem, u.display_name),
                                        .handle = arena_cstr(mem, u.handle)};
    }
}

void cmd_db_seed_users(const struct cmd_args *a, struct arena *mem, struct messages_user out[2])
{
    struct err e = {0};
    struct sql *s = NULL;
    const char *url = settings_db_url(a->prod);
    memcpy(out, seed_users, sizeof(seed_users));
    /* To look must not make a file. */
    if (url == NULL || (!cmd_db_is_postgres(url) && access(url, F_OK) != 0))
        return;
    if (sql_open(url, &s, &e))
        from_sql(s, mem, out);
    else
        fprintf(stderr, "cruddur: using the fixed ids of the sample's people: %s\n", e.msg);
    sql_close(&s);
}
