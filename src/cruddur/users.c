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

/* People of the sample are nobody's until who has their handle and their confirmed
 * address comes. */
static bool claim(struct sql *s, struct arena *mem, const struct users_new *u, bool *done,
                  struct err *e)
{
    struct sql_rows rows;
    const struct str args[] = {u->cognito_user_id, u->handle, u->email};
    bool good = sql_run(s, mem,
                        "UPDATE users SET cognito_user_id = $1 WHERE cognito_user_id = 'MOCK' AND "
                        "lower(handle) = lower($2) AND lower(email) = lower($3) RETURNING uuid",
                        args, COUNT_OF(args), &rows, e);
    *done = good && rows.n > 0;
    return good;
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
        bool claimed = false;
        *made = there.uuid.n == 0;
        if (!*made || (n == 1 && claim(s, mem, u, &claimed, e) && claimed))
            return true;
        if (e->code == ERR_NONE && insert(s, mem, u, handle, e))
            return true;
        if (e->code != ERR_DUPLICATE_ITEM)
            return false;
        err_clear(e);
    }
    return err_set(e, ERR_IO, "no free handle like " STR_FMT, STR_ARG(u->handle));
}
