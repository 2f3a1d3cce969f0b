/* api_activities.c - reading posts: home, search, one person's, one with replies. */
#include "cruddur/api.h"

enum { TERM_CHARS_MAX = 100, REPLIES_MAX = 200 };

void api_marks(struct ask *a)
{
    a->marks = a->signed_in && str_eq(ask_query(a, "marks"), STR("1"));
}

/* A page of the statement: $1 me, $2 now, $3 and $4 the cursor, $5 `arg`. */
static void page(struct ask *a, const char *statement, struct str arg)
{
    struct sql_rows rows;
    struct api_before before = api_before(a);
    const struct str args[] = {a->me.uuid, api_now(a), before.created_at, before.uuid, arg};
    api_marks(a);
    if (ask_refused(a) || !ask_sql(a, statement, args, arg.p != NULL ? 5 : 4, &rows))
        return;
    api_rows(a, &rows, API_PAGE);
}

void api_home(struct ask *a)
{
    page(a,
         "SELECT " API_ACTIVITY_COLUMNS API_ACTIVITY_FROM
         "WHERE a.reply_to_activity_uuid IS NULL AND " API_ACTIVITY_ALIVE API_ACTIVITY_PAGE,
         (struct str){0});
}

/* The term as a pattern for LIKE, every character standing for itself. */
static struct str pattern(struct ask *a, struct str term)
{
    struct buf b = {.mem = a->mem};
    buf_byte(&b, '%');
    for (size_t i = 0; i < term.n; i++) {
        if (term.p[i] == '%' || term.p[i] == '_' || term.p[i] == '!')
            buf_byte(&b, '!');
        buf_byte(&b, term.p[i]);
    }
    buf_byte(&b, '%');
    return buf_str(&b);
}

static struct str search_term(struct ask *a)
{
    struct str term = ask_query(a, "term");
    while (term.n > 0 && term.p[0] == ' ')
        term = str_from(term, 1);
    while (term.n > 0 && term.p[term.n - 1] == ' ')
        term.n--;
    if (term.n == 0)
        ask_code(a, "search_term_blank");
    else if (ask_chars(term) > TERM_CHARS_MAX)
        ask_code(a, "search_term_exceed_max_chars");
    return pattern(a, term);
}

void api_search(struct ask *a)
{
    struct str term = search_term(a);
    if (ask_refused(a))
        return;
    page(a,
         "SELECT " API_ACTIVITY_COLUMNS API_ACTIVITY_FROM
         "WHERE (lower(a.message) LIKE lower($5) ESCAPE '!' OR lower(u.handle) LIKE lower($5) "
         "ESCAPE '!' OR lower(u.display_name) LIKE lower($5) ESCAPE '!') "
         "AND " API_ACTIVITY_ALIVE API_ACTIVITY_PAGE,
         term);
}

void api_user_search(struct ask *a)
{
    struct sql_rows rows;
    struct str term = search_term(a);
    if (ask_refused(a) ||
        !ask_sql(a,
                 "SELECT display_name, handle, uuid FROM users WHERE lower(handle) LIKE lower($1) "
                 "ESCAPE '!' OR lower(display_name) LIKE lower($1) ESCAPE '!' "
                 "ORDER BY lower(handle) LIMIT 20",
                 &term, 1, &rows))
        return;
    api_rows(a, &rows, rows.n);
}

void api_person_activities(struct ask *a)
{
    struct str handle = a->match.param[0];
    json_out_open(&a->out, '{');
    json_out_name(&a->out, STR("activities"));
    page(a,
         "SELECT " API_ACTIVITY_COLUMNS API_ACTIVITY_FROM
         "WHERE lower(u.handle) = lower($5) AND " API_ACTIVITY_ALIVE API_ACTIVITY_PAGE,
         handle);
    json_out_name(&a->out, STR("profile"));
    if (!ask_refused(a) && api_profile(a, handle, (struct str){0}, false))
        json_out_close(&a->out, '}');
}

bool api_activity(struct ask *a, struct str uuid, struct str of_handle)
{
    struct sql_rows rows;
    const struct str args[] = {a->me.uuid, api_now(a), uuid, of_handle};
    if (!ask_sql(a,
                 of_handle.p != NULL
                     ? "SELECT " API_ACTIVITY_COLUMNS API_ACTIVITY_FROM
                       "WHERE a.uuid = $3 AND lower(u.handle) = lower($4) AND " API_ACTIVITY_ALIVE
                     : "SELECT " API_ACTIVITY_COLUMNS API_ACTIVITY_FROM
                       "WHERE a.uuid = $3 AND " API_ACTIVITY_ALIVE,
                 args, of_handle.p != NULL ? 4 : 3, &rows))
        return false;
    if (rows.n == 0) {
        ask_refuse(a, 404, "activity_not_found");
        return false;
    }
    ask_row(a, &rows, 0);
    return true;
}

static void show(struct ask *a, struct str uuid, struct str of_handle)
{
    struct sql_rows rows;
    api_marks(a);
    json_out_open(&a->out, '{');
    json_out_name(&a->out, STR("activity"));
    if (ask_refused(a) || !api_activity(a, uuid, of_handle))
        return;
    const struct str args[] = {a->me.uuid, api_now(a), uuid};
    if (!ask_sql(a,
                 "SELECT " API_ACTIVITY_COLUMNS API_ACTIVITY_FROM
                 "WHERE a.reply_to_activity_uuid = $3 AND " API_ACTIVITY_ALIVE
                 "ORDER BY a.created_at, a.uuid LIMIT 200",
                 args, 3, &rows))
        return;
    json_out_name(&a->out, STR("replies"));
    api_rows(a, &rows, REPLIES_MAX);
    json_out_close(&a->out, '}');
}

void api_show(struct ask *a)
{
    show(a, a->match.param[0], (struct str){0});
}

void api_show_of(struct ask *a)
{
    show(a, a->match.param[1], a->match.param[0]);
}
