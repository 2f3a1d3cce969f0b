/* api_marks.c - likes and reposts: who, and how many.
 *
 * The mark and the count change in one transaction; a mark that is there is not
 * made again, so a count is always the number of marks. */
#include "cruddur/api.h"

static const struct mark {
    const char *kind, *done, *count;
    const char *insert, *delete, *up, *down, *now;
} like =
    {
        "like",
        "liked",
        "likes_count",
        "INSERT INTO likes (activity_uuid, user_uuid, created_at) VALUES ($1, $2, $3) "
        "ON CONFLICT DO NOTHING RETURNING user_uuid",
        "DELETE FROM likes WHERE activity_uuid = $1 AND user_uuid = $2 RETURNING user_uuid",
        "UPDATE activities SET likes_count = likes_count + 1 WHERE uuid = $1",
        "UPDATE activities SET likes_count = likes_count - 1 WHERE uuid = $1",
        "SELECT likes_count FROM activities WHERE uuid = $1",
},
  repost = {
      "repost",
      "reposted",
      "reposts_count",
      "INSERT INTO reposts (activity_uuid, user_uuid, created_at) VALUES ($1, $2, $3) "
      "ON CONFLICT DO NOTHING RETURNING user_uuid",
      "DELETE FROM reposts WHERE activity_uuid = $1 AND user_uuid = $2 RETURNING user_uuid",
      "UPDATE activities SET reposts_count = reposts_count + 1 WHERE uuid = $1",
      "UPDATE activities SET reposts_count = reposts_count - 1 WHERE uuid = $1",
      "SELECT reposts_count FROM activities WHERE uuid = $1",
};

/* The author of the activity; false after refusing. */
static bool find_author(struct ask *a, struct str *out)
{
    struct sql_rows rows;
    const struct str args[] = {a->match.param[0], api_now(a)};
    if (!ask_sql(a,
                 "SELECT user_uuid FROM activities WHERE uuid = $1 AND "
                 "(expires_at IS NULL OR expires_at > $2)",
                 args, 2, &rows))
        return false;
    if (rows.n == 0) {
        ask_refuse(a, 404, "activity_not_found");
        return false;
    }
    *out = sql_cell(&rows, 0, 0);
    return true;
}

static bool change(struct ask *a, const struct mark *m, bool on, struct str author)
{
    struct sql_rows rows, ignored;
    const struct str args[] = {a->match.param[0], a->me.uuid, api_now(a)};
    if (!ask_sql(a, on ? m->insert : m->delete, args, on ? 3 : 2, &rows))
        return false;
    if (rows.n == 0)
        return true;
    return ask_sql(a, on ? m->up : m->down, args, 1, &ignored) &&
           (!on || api_notify(a, author, m->kind, args[0], (struct str){0}, (struct str){0}));
}

static void mark(struct ask *a, const struct mark *m, bool on)
{
    struct str author;
    struct sql_rows rows;
    if (!ask_begin(a) || !find_author(a, &author) || !change(a, m, on, author) ||
        !ask_sql(a, m->now, &a->match.param[0], 1, &rows) || !ask_commit(a))
        return;
    api_notified(a);
    json_out_open(&a->out, '{');
    json_out_name(&a->out, str_from_c(m->done));
    json_out_bool(&a->out, on);
    json_out_name(&a->out, str_from_c(m->count));
    json_out_raw(&a->out, sql_cell(&rows, 0, 0));
    json_out_close(&a->out, '}');
}

void api_like(struct ask *a)
{
    mark(a, &like, true);
}

void api_unlike(struct ask *a)
{
    mark(a, &like, false);
}

void api_repost(struct ask *a)
{
    mark(a, &repost, true);
}

void api_unrepost(struct ask *a)
{
    mark(a, &repost, false);
}
