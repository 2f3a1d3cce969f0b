/* users.c - see users.h. */
#include "cruddur/users.h"

#include "base/env.h"
#include "cruddur/times.h"

enum { HANDLES_TRIED_MAX = 100 };

static bool find(struct sql *s, struct arena *mem, const char *statement, struct str arg,
                 struct user *out, struct err *e)
{
    struct sql_rows rows;
    if (!sql_run(s, mem, statement, &arg, 1, &rows, e))
        return false;
    *out = (struct user){0};
    if (rows.n > 0)
        *out = (struct user){.uuid = sql_cell(&rows, 0, 0),
                             .handle = sql_cell(&rows, 0, 1),
                             .display_name = sql_cell(&rows, 0, 2)};
    return true;
}

bool users_by_cognito_id(struct sql *s, struct arena *mem, struct str id, struct user *out,
                         struct err *e)
{
    return find(s, mem, "SELECT uuid, handle, display_name FROM users WHERE cognito_user_id = $1",
                id, out, e);
}

bool users_by_handle(struct sql *s, struct arena *mem, struct str handle, struct user *out,
                     struct err *e)
{
    return find(s, mem,
                "SELECT uuid, handle, display_name FROM users WHERE lower(handle) = lower($1)",
                handle, out, e);
}

static bool insert(struct sql *s, struct arena *mem, const struct users_new *u, struct str handle,
                   struct err *e)
{
    char uuid[37], now[TIMES_SQL_MAX];
    struct sql_rows rows;
    env_uuid(env_system(), uuid);
    times_sql(times_now_us(), now);
    const struct str args[] = {str_from_c(uuid), u->display_name,    handle,
                               u->email,         u->cognito_user_id, str_from_c(now)};
    return sql_run(s, mem,
                   "INSERT INTO users (uuid, display_name, handle, email, cognito_user_id, "
                   "created_at) VALUES ($1, $2, $3, $4, $5, $6)",
                   args, COUNT_OF(args), &rows, e);
}

/* The unique indexes decide, so two at once cannot both win: who loses looks again. */
bool users_insert(struct sql *s, struct arena *mem, const struct users_new *u, bool *made,
                  struct err *e)
{
    for (int n = 1; n <= HANDLES_TRIED_MAX; n++) {
        struct user there;
        struct str handle =
            n == 1 ? u->handle : arena_printf(mem, STR_FMT "%d", STR_ARG(u->handle), n);
        if (!users_by_cognito_id(s, mem, u->cognito_user_id, &there, e))
            return false;
        *made = there.uuid.n == 0;
        if (!*made || insert(s, mem, u, handle, e))
            return true;
        if (e->code != ERR_DUPLICATE_ITEM)
            return false;
        err_clear(e);
    }
    return err_set(e, ERR_IO, "no free handle like " STR_FMT, STR_ARG(u->handle));
}
