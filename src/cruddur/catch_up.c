/* catch_up.c - see catch_up.h. */
#include "cruddur/catch_up.h"

#include "codec/json_out.h"
#include "cruddur/conversations.h"
#include "cruddur/message_json.h"

bool catch_up_messages(struct tools *t, const char *group_uuid, const char *after,
                       void (*tell)(void *arg, struct str id, struct str data), void *arg,
                       struct err *e)
{
    struct ddb *ddb;
    struct ddb_doc *out = NULL;
    struct ddb_error err;
    if (!tools_ddb(t, &ddb, e))
        return false;
    if (!conversations_after(ddb, group_uuid, after, CATCH_UP_MESSAGES_MAX, &out, &err))
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
