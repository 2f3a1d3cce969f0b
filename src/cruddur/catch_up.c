/* catch_up.c - see catch_up.h. */
#include "cruddur/catch_up.h"

#include <stdio.h>

#include "codec/json_out.h"
#include "codec/time_iso.h"
#include "cruddur/conversations.h"
#include "cruddur/message_json.h"

enum { OVERLAP_MS = 5000 };

/* Messages are written by many threads: one with a slightly earlier time may have
 * been written after one that the listener has seen. */
static void a_little_before(const char *after, char out[CATCH_UP_CURSOR_MAX])
{
    char time[MESSAGES_TIME_MAX];
    int64_t ms;
    snprintf(out, CATCH_UP_CURSOR_MAX, "%s", after);
    if (!time_iso_extended_parse(str_from_c(after), &ms) || ms < OVERLAP_MS)
        return;
    messages_time((ms - OVERLAP_MS) * 1000, time);
    snprintf(out, CATCH_UP_CURSOR_MAX, "%s", time);
}

bool catch_up_messages(struct tools *t, const char *group_uuid, const char *after,
                       void (*tell)(void *arg, struct str id, struct str data), void *arg,
                       struct err *e)
{
    struct ddb *ddb;
    struct ddb_doc *out = NULL;
    struct ddb_error err;
    char from[CATCH_UP_CURSOR_MAX];
    if (!tools_ddb(t, &ddb, e))
        return false;
    a_little_before(after, from);
    if (!conversations_after(ddb, group_uuid, from, CATCH_UP_MESSAGES_MAX, &out, &err))
        return err_set(e, ERR_IO, "%s: %s", err.type, err.message);
    const struct ddb_doc *items = ddb_get(out, "Items");
    for (size_t i = 0; i < ddb_count(items); i++) {
        struct message_json m;
        struct buf text = {0};
        if (message_json_item(ddb_at(items, i), &m)) {
            m.group_uuid = str_from_c(group_uuid);
            message_json_write(&(struct json_out){.to = &text}, &m);
            tell(arg, m.created_at, buf_str(&text));
        }
        buf_free(&text);
    }
    ddb_doc_free(out);
    return true;
}
