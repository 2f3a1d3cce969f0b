/* api_messages.c - conversations: the list, the messages of one, sending. */
#include <stdio.h>

#include "base/log.h"
#include "cruddur/api.h"
#include "cruddur/conversations.h"
#include "cruddur/feed.h"
#include "cruddur/hub.h"
#include "cruddur/message_json.h"

static bool ddb_of(struct ask *a, struct ddb **out)
{
    struct err e = {0};
    if (tools_ddb(a->tools, out, &e))
        return true;
    ask_unavailable(a, e.msg);
    return false;
}

static bool failed(struct ask *a, const struct ddb_error *err)
{
    struct str why = arena_printf(a->mem, "%s: %s", err->type, err->message);
    ask_unavailable(a, arena_cstr(a->mem, why));
    return false;
}

static const char *cursor(struct ask *a)
{
    struct str s = ask_query(a, "before");
    if (s.p != NULL && (s.n == 0 || s.n >= MESSAGES_TIME_MAX)) {
        ask_refuse(a, 400, "before_malformed");
        return NULL;
    }
    return s.p != NULL ? arena_cstr(a->mem, s) : NULL;
}

static void set_cursor(struct ask *a, const struct ddb_doc *page)
{
    const char *sk = ddb_item_get_s(ddb_get(page, "LastEvaluatedKey"), "sk");
    if (sk != NULL)
        snprintf(a->cursor, sizeof(a->cursor), "%s", sk);
}

void api_message_groups(struct ask *a)
{
    struct ddb *ddb;
    struct ddb_doc *page = NULL;
    struct ddb_error err;
    struct message_json m;
    const char *before = cursor(a);
    if (ask_refused(a) || !ddb_of(a, &ddb))
        return;
    if (!conversations_groups(ddb, arena_cstr(a->mem, a->me.uuid), before, &page, &err)) {
        failed(a, &err);
        return;
    }
    const struct ddb_doc *items = ddb_get(page, "Items");
    json_out_open(&a->out, '[');
    for (size_t i = 0; i < ddb_count(items); i++)
        if (message_json_group(ddb_at(items, i), &m))
            message_json_write(&a->out, &m);
    json_out_close(&a->out, ']');
    set_cursor(a, page);
    ddb_doc_free(page);
}

/* False after refusing: only who takes part reads, writes or listens. */
bool api_is_member(struct ask *a, struct ddb *ddb, struct str group,
                   struct conversation_people *people)
{
    struct ddb_error err;
    if (!conversations_people(ddb, arena_cstr(a->mem, group), people, &err))
        return failed(a, &err);
    if (conversations_has(people, arena_cstr(a->mem, a->me.uuid)))
        return true;
    ask_refuse(a, 403, "not_a_member");
    return false;
}

void api_messages(struct ask *a)
{
    struct ddb *ddb;
    struct ddb_doc *page = NULL;
    struct ddb_error err;
    struct message_json m;
    struct conversation_people people;
    struct str group = a->match.param[0];
    const char *before = cursor(a);
    if (ask_refused(a) || !ddb_of(a, &ddb) || !api_is_member(a, ddb, group, &people))
        return;
    if (!conversations_messages(ddb, arena_cstr(a->mem, group), before, &page, &err)) {
        failed(a, &err);
        return;
    }
    const struct ddb_doc *items = ddb_get(page, "Items");
    json_out_open(&a->out, '[');
    for (size_t i = ddb_count(items); i-- > 0;)
        if (message_json_item(ddb_at(items, i), &m))
            message_json_write(&a->out, &m);
    json_out_close(&a->out, ']');
    set_cursor(a, page);
    ddb_doc_free(page);
}

static struct messages_user as_messages_user(struct ask *a, const struct user *u)
{
    return (struct messages_user){.uuid = arena_cstr(a->mem, u->uuid),
                                  .display_name = arena_cstr(a->mem, u->display_name),
                                  .handle = arena_cstr(a->mem, u->handle)};
}

static void message_object(struct ask *a, struct json_out *o, const struct conversation_message *m,
                           bool as_group)
{
    struct message_json j = {.created_at = str_from_c(m->time),
                             .display_name = a->me.display_name,
                             .handle = a->me.handle,
                             .message = str_from_c(m->text),
                             .group_uuid = str_from_c(m->group_uuid),
                             .uuid = str_from_c(m->uuid)};
    if (as_group) { /* as the other person's list shows it */
        j.uuid = j.group_uuid;
        j.group_uuid = (struct str){0};
    }
    message_json_write(o, &j);
}

/* The table's stream tells every server; without one we tell our own listeners. */
static void tell(struct ask *a, const struct conversation_message *m,
                 const struct conversation_people *people)
{
    struct buf text = {.mem = a->mem}, group = {.mem = a->mem};
    if (feed_follows(a->app->feed) || !hub_has_listeners(a->app->hub))
        return;
    message_object(a, &(struct json_out){.to = &text}, m, false);
    hub_publish(a->app->hub, HUB_GROUP, str_from_c(m->group_uuid), "message", str_from_c(m->time),
                buf_str(&text));
    message_object(a, &(struct json_out){.to = &group}, m, true);
    for (int i = 0; i < people->n; i++)
        if (!str_eq(str_from_c(people->uuid[i]), a->me.uuid))
            hub_publish(a->app->hub, HUB_USER, str_from_c(people->uuid[i]), "message_group",
                        str_from_c(m->time), buf_str(&group));
}

/* At most one unread per conversation: usually there is one, and nothing is written. */
static void notify(struct ask *a, const struct conversation_message *m, struct str user)
{
    struct sql_rows rows;
    struct str group = str_from_c(m->group_uuid);
    const struct str args[] = {user, group};
    if (!ask_sql(a,
                 "SELECT 1 FROM notifications WHERE user_uuid = $1 AND message_group_uuid = $2 "
                 "AND kind = 'message' AND read_at IS NULL",
                 args, 2, &rows) ||
        rows.n > 0)
        return;
    if (api_notify(a, user, "message", (struct str){0}, group, str_from_c(m->text)))
        api_notified(a);
}

/* After the message is safe nothing may make its sender believe that it is not. */
static void after_sending(struct ask *a, struct ddb *ddb, const struct conversation_message *m,
                          const struct conversation_people *people, bool begun)
{
    struct ddb_error err;
    enum group_rows mode = a->app->set.group_rows;
    bool stream =
        mode == GROUP_ROWS_STREAM || (mode == GROUP_ROWS_AUTO && feed_has_stream(a->app->feed));
    if (!begun && !stream && !conversations_move(ddb, m->group_uuid, m->time, m->text, &err))
        log_warn("conversation %s: list not moved: %s %s", m->group_uuid, err.type, err.message);
    tell(a, m, people);
    for (int i = 0; i < people->n; i++)
        if (!str_eq(str_from_c(people->uuid[i]), a->me.uuid))
            notify(a, m, str_from_c(people->uuid[i]));
    a->status = 0;
    a->codes_n = 0;
}

static void send_to_group(struct ask *a, struct str group, struct str text)
{
    struct ddb *ddb;
    struct ddb_error err;
    struct conversation_people people;
    struct conversation_message m = {.text = arena_cstr(a->mem, text)};
    const struct messages_user me = as_messages_user(a, &a->me);
    if (!router_is_uuid(group)) {
        ask_refuse(a, 403, "not_a_member");
        return;
    }
    if (!ddb_of(a, &ddb) || !api_is_member(a, ddb, group, &people))
        return;
    memcpy(m.group_uuid, group.p, group.n);
    if (!conversations_send(ddb, &me, &m, &err)) {
        failed(a, &err);
        return;
    }
    after_sending(a, ddb, &m, &people, false);
    message_object(a, &a->out, &m, false);
}

static void send_to_person(struct ask *a, struct str handle, struct str text)
{
    struct ddb *ddb;
    struct err e = {0};
    struct ddb_error err;
    struct user other;
    bool begun;
    struct conversation_people people = {.n = 1};
    struct conversation_message m = {.text = arena_cstr(a->mem, text)};
    if (!users_by_handle(a->sql, a->mem, handle, &other, &e)) {
        ask_unavailable(a, e.msg);
        return;
    }
    if (other.uuid.n == 0)
        ask_code(a, "user_receiver_not_found");
    else if (str_eq(other.uuid, a->me.uuid))
        ask_code(a, "user_receiver_is_sender");
    if (ask_refused(a) || !ddb_of(a, &ddb))
        return;
    const struct messages_user me = as_messages_user(a, &a->me);
    const struct messages_user you = as_messages_user(a, &other);
    snprintf(people.uuid[0], CONVERSATIONS_UUID_MAX, "%s", you.uuid);
    if (!conversations_send_to(ddb, &me, &you, &m, &begun, &err)) {
        failed(a, &err);
        return;
    }
    after_sending(a, ddb, &m, &people, begun);
    json_out_open(&a->out, '{');
    ask_member_c(a, "message_group_uuid", m.group_uuid);
    json_out_close(&a->out, '}');
}

void api_send(struct ask *a)
{
    struct str group = ask_field(a, "message_group_uuid"), handle = ask_field(a, "handle");
    struct str text = ask_message(a, API_MESSAGE_CHARS_MAX, "message_exceed_max_chars_1024");
    if (group.p != NULL && group.n == 0)
        ask_code(a, "message_group_uuid_blank");
    if (group.p == NULL && handle.n == 0)
        ask_code(a, "user_receiver_handle_blank");
    if (ask_refused(a))
        return;
    if (group.p != NULL)
        send_to_group(a, group, text);
    else
        send_to_person(a, handle, text);
}
