/* api_notifications.c - what others did that concerns me. */
#include <stdio.h>

#include "base/env.h"
#include "cruddur/api.h"
#include "cruddur/hub.h"

void api_notifications(struct ask *a)
{
    struct sql_rows rows;
    struct api_before before = api_before(a);
    const struct str args[] = {a->me.uuid, api_now(a), before.created_at, before.uuid};
    if (ask_refused(a) ||
        !ask_sql(a,
                 "SELECT n.activity_uuid, n.created_at, u.display_name, x.expires_at, u.handle, "
                 "n.kind, COALESCE(x.likes_count, 0) AS likes_count, "
                 "COALESCE(x.message, n.message, '') AS message, n.message_group_uuid, "
                 "(n.read_at IS NOT NULL) AS read, COALESCE(x.replies_count, 0) AS replies_count, "
                 "x.reply_to_activity_uuid, COALESCE(x.reposts_count, 0) AS reposts_count, n.uuid "
                 "FROM notifications n JOIN users u ON u.uuid = n.actor_uuid "
                 "LEFT JOIN activities x ON x.uuid = n.activity_uuid "
                 "WHERE n.user_uuid = $1 AND (x.expires_at IS NULL OR x.expires_at > $2) "
                 "AND (n.created_at < $3 OR (n.created_at = $3 AND n.uuid < $4)) "
                 "ORDER BY n.created_at DESC, n.uuid DESC LIMIT 41",
                 args, COUNT_OF(args), &rows))
        return;
    api_rows(a, &rows, API_PAGE);
}

static bool unread(struct ask *a, struct str user, struct str *out)
{
    struct sql_rows rows;
    const struct str args[] = {user, api_now(a)};
    if (!ask_sql(a,
                 "SELECT count(*) AS unread FROM notifications n LEFT JOIN activities x "
                 "ON x.uuid = n.activity_uuid WHERE n.user_uuid = $1 AND n.read_at IS NULL "
                 "AND (x.expires_at IS NULL OR x.expires_at > $2)",
                 args, 2, &rows))
        return false;
    *out = sql_cell(&rows, 0, 0);
    return true;
}

void api_unread(struct ask *a)
{
    struct str n;
    if (!unread(a, a->me.uuid, &n))
        return;
    json_out_open(&a->out, '{');
    json_out_name(&a->out, STR("unread"));
    json_out_raw(&a->out, n);
    json_out_close(&a->out, '}');
}

void api_read(struct ask *a)
{
    struct sql_rows rows;
    const struct str args[] = {a->me.uuid, api_now(a)};
    if (ask_sql(a, "UPDATE notifications SET read_at = $2 WHERE user_uuid = $1 AND read_at IS NULL",
                args, 2, &rows))
        json_out_raw(&a->out, STR("{\"unread\":0}"));
}

bool api_notify(struct ask *a, struct str user, const char *kind, struct str activity_uuid,
                struct str group_uuid, struct str text)
{
    char uuid[37];
    struct sql_rows rows;
    if (str_eq(user, a->me.uuid))
        return true;
    env_uuid(env_system(), uuid);
    const struct str args[] = {str_from_c(uuid), user,       a->me.uuid, str_from_c(kind),
                               activity_uuid,    group_uuid, text,       api_now(a)};
    if (!ask_sql(a,
                 "INSERT INTO notifications (uuid, user_uuid, actor_uuid, kind, activity_uuid, "
                 "message_group_uuid, message, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, "
                 "$8) ON CONFLICT DO NOTHING RETURNING uuid",
                 args, COUNT_OF(args), &rows))
        return false;
    if (rows.n > 0 && a->notified_n < ASK_NOTIFIED_MAX) {
        a->notified[a->notified_n].user = user;
        a->notified[a->notified_n++].kind = kind;
    }
    return true;
}

void api_notified(struct ask *a)
{
    for (int i = 0; i < a->notified_n && hub_has_listeners(a->app->hub); i++) {
        struct str n;
        struct buf text = {.mem = a->mem};
        if (!unread(a, a->notified[i].user, &n))
            return;
        buf_printf(&text, "{\"kind\":\"%s\",\"unread\":" STR_FMT "}", a->notified[i].kind,
                   STR_ARG(n));
        hub_publish(a->app->hub, HUB_USER, a->notified[i].user, "notification", (struct str){0},
                    buf_str(&text));
    }
}
