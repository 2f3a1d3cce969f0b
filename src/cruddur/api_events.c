/* api_events.c - who may listen to what; the listening itself is in hub.c. */
#include "cruddur/api.h"
#include "cruddur/conversations.h"
#include "cruddur/hub.h"

void api_group_events(struct ask *a)
{
    struct ddb *ddb;
    struct err e = {0};
    struct conversation_people people;
    struct str group = a->match.param[0], after = ask_query(a, "after");
    if (after.p == NULL)
        after = http_header(&a->http->head, STR("Last-Event-ID"));
    if (after.n >= MESSAGES_TIME_MAX)
        ask_refuse(a, 400, "after_malformed");
    if (ask_refused(a))
        return;
    if (!tools_ddb(a->tools, &ddb, &e)) {
        ask_unavailable(a, e.msg);
        return;
    }
    if (api_is_member(a, ddb, group, &people))
        hub_listen(a, HUB_GROUP, group, after);
}

void api_my_events(struct ask *a)
{
    hub_listen(a, HUB_USER, a->me.uuid, (struct str){0});
}
