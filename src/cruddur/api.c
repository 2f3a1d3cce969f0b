/* api.c - every call of the API, and what several of them need. */
#include "cruddur/api.h"

#include <stdio.h>

#include "codec/time_iso.h"
#include "cruddur/times.h"

const struct route api_routes[] = {
    {"GET", "/api/health-check", ROUTE_OPEN, api_health_check},
    {"GET", "/api/config", ROUTE_OPEN, api_config},
    {"GET", "/api/activities/home", ROUTE_OPTIONAL, api_home},
    {"GET", "/api/activities/search", ROUTE_OPTIONAL, api_search},
    {"GET", "/api/activities/notifications", ROUTE_USER, api_notifications},
    {"GET", "/api/activities/@:name", ROUTE_OPTIONAL, api_person_activities},
    {"GET", "/api/activities/@:name/status/:uuid", ROUTE_OPTIONAL, api_show_of},
    {"GET", "/api/activities/:uuid", ROUTE_OPTIONAL, api_show},
    {"DELETE", "/api/activities/:uuid", ROUTE_USER, api_delete},
    {"POST", "/api/activities", ROUTE_USER, api_create},
    {"POST", "/api/activities/:uuid/reply", ROUTE_USER, api_reply},
    {"POST", "/api/activities/:uuid/like", ROUTE_USER, api_like},
    {"DELETE", "/api/activities/:uuid/like", ROUTE_USER, api_unlike},
    {"POST", "/api/activities/:uuid/repost", ROUTE_USER, api_repost},
    {"DELETE", "/api/activities/:uuid/repost", ROUTE_USER, api_unrepost},
    {"GET", "/api/notifications/unread", ROUTE_USER, api_unread},
    {"POST", "/api/notifications/read", ROUTE_USER, api_read},
    {"GET", "/api/users/me", ROUTE_USER, api_me},
    {"GET", "/api/users/search", ROUTE_USER, api_user_search},
    {"GET", "/api/users/@:name/short", ROUTE_OPEN, api_user_short},
    {"POST", "/api/profile/update", ROUTE_USER, api_profile_update},
    {"PUT", "/api/profile/update", ROUTE_USER, api_profile_update},
    {"GET", "/api/message_groups", ROUTE_USER, api_message_groups},
    {"GET", "/api/messages/:uuid", ROUTE_USER, api_messages},
    {"POST", "/api/messages", ROUTE_USER, api_send},
    {"GET", "/api/messages/:uuid/events", ROUTE_USER, api_group_events},
    {"GET", "/api/events", ROUTE_USER, api_my_events},
    {0},
};

struct str api_now(struct ask *a)
{
    char now[TIMES_SQL_MAX];
    times_sql(times_now_us(), now);
    return arena_dup(a->mem, str_from_c(now));
}

/* A cursor is "<created_at>,<uuid>" as the database spells them. */
struct api_before api_before(struct ask *a)
{
    int64_t ms;
    struct str s = ask_query(a, "before");
    struct api_before b = {STR("9999-12-31T00:00:00.000000"),
                           STR("ffffffff-ffff-ffff-ffff-ffffffffffff")};
    if (s.p == NULL || ask_refused(a))
        return b;
    const char *comma = s.n > 0 ? memchr(s.p, ',', s.n) : NULL;
    if (comma != NULL)
        b = (struct api_before){{s.p, (size_t)(comma - s.p)},
                                str_from(s, (size_t)(comma - s.p) + 1)};
    char last = b.created_at.n > 0 ? b.created_at.p[b.created_at.n - 1] : 'Z';
    if (comma == NULL || !router_is_uuid(b.uuid) || b.created_at.n > 26 || last == 'Z' ||
        !time_iso_extended_parse(b.created_at, &ms))
        ask_refuse(a, 400, "before_malformed");
    return b;
}

static uint32_t column(const struct sql_rows *rows, struct str name)
{
    uint32_t c = 0;
    while (!str_eq(rows->name[c], name))
        c++;
    return c;
}

static void set_cursor(struct ask *a, const struct sql_rows *rows, uint32_t row)
{
    struct str at = sql_cell(rows, row, column(rows, STR("created_at")));
    struct str uuid = sql_cell(rows, row, column(rows, STR("uuid")));
    int n = snprintf(a->cursor, sizeof(a->cursor), STR_FMT "," STR_FMT, STR_ARG(at), STR_ARG(uuid));
    assert(n > 0 && (size_t)n < sizeof(a->cursor));
    if (at.n > 10)
        a->cursor[10] = 'T';
}

void api_rows(struct ask *a, const struct sql_rows *rows, uint32_t page)
{
    json_out_open(&a->out, '[');
    for (uint32_t i = 0; i < rows->n && i < page; i++)
        ask_row(a, rows, i);
    json_out_close(&a->out, ']');
    if (rows->n > page)
        set_cursor(a, rows, page - 1);
}
