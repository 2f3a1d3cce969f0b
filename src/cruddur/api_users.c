/* api_users.c - people: me, others, profiles. */
#include "cruddur/api.h"

enum { BIO_CHARS_MAX = 280 };

bool api_profile(struct ask *a, struct str handle, struct str uuid, bool mine)
{
    struct sql_rows rows;
    const struct str args[] = {mine ? uuid : handle, api_now(a)};
#define COUNT_COLUMN                                                                               \
    "(SELECT count(*) FROM activities a WHERE a.user_uuid = u.uuid AND "                           \
    "(a.expires_at IS NULL OR a.expires_at > $2)) AS cruds_count, "
#define FIRST_COLUMNS                                                                              \
    "SELECT u.bio, u.cognito_user_id AS cognito_user_uuid, u.created_at, " COUNT_COLUMN            \
    "u.display_name, "
    if (!ask_sql(a,
                 mine ? FIRST_COLUMNS "u.email, u.handle, u.uuid FROM users u WHERE u.uuid = $1"
                      : FIRST_COLUMNS
                     "u.handle, u.uuid FROM users u WHERE lower(u.handle) = lower($1)",
                 args, 2, &rows))
        return false;
    if (rows.n == 0) {
        ask_refuse(a, 404, "user_not_found");
        return false;
    }
    ask_row(a, &rows, 0);
    return true;
}

void api_me(struct ask *a)
{
    api_profile(a, (struct str){0}, a->me.uuid, true);
}

void api_user_short(struct ask *a)
{
    struct sql_rows rows;
    if (!ask_sql(a, "SELECT display_name, handle, uuid FROM users WHERE lower(handle) = lower($1)",
                 &a->match.param[0], 1, &rows))
        return;
    if (rows.n == 0)
        ask_refuse(a, 404, "user_not_found");
    else
        ask_row(a, &rows, 0);
}

void api_profile_update(struct ask *a)
{
    struct sql_rows rows;
    struct str name = ask_field(a, "display_name"), bio = ask_field(a, "bio");
    if (name.n == 0)
        ask_code(a, "display_name_blank");
    else if (ask_chars(name) > USERS_NAME_MAX)
        ask_code(a, "display_name_exceed_max_chars");
    if (ask_chars(bio) > BIO_CHARS_MAX)
        ask_code(a, "bio_exceed_max_chars");
    const struct str args[] = {a->me.uuid, name, bio};
    if (ask_refused(a) ||
        !ask_sql(a,
                 bio.p != NULL
                     ? "UPDATE users SET display_name = $2, bio = $3 WHERE uuid = $1 "
                       "RETURNING handle"
                     : "UPDATE users SET display_name = $2 WHERE uuid = $1 RETURNING handle",
                 args, bio.p != NULL ? 3 : 2, &rows))
        return;
    json_out_open(&a->out, '{');
    ask_member(a, "handle", a->me.handle);
    json_out_close(&a->out, '}');
}
