/* message_json.c - see message_json.h. */
#include "cruddur/message_json.h"

static bool row(const struct ddb_doc *item, const char *uuid, struct message_json *out)
{
    *out = (struct message_json){
        .created_at = str_from_c(ddb_item_get_s(item, "sk")),
        .display_name = str_from_c(ddb_item_get_s(item, "user_display_name")),
        .handle = str_from_c(ddb_item_get_s(item, "user_handle")),
        .message = str_from_c(ddb_item_get_s(item, "message")),
        .uuid = str_from_c(ddb_item_get_s(item, uuid)),
    };
    return out->created_at.p != NULL && out->uuid.p != NULL && out->message.p != NULL &&
           out->handle.p != NULL && out->display_name.p != NULL;
}

bool message_json_item(const struct ddb_doc *item, struct message_json *out)
{
    return row(item, "message_uuid", out);
}

bool message_json_group(const struct ddb_doc *item, struct message_json *out)
{
    return row(item, "message_group_uuid", out);
}

static void member(struct json_out *o, struct str name, struct str value)
{
    json_out_name(o, name);
    json_out_str(o, value);
}

void message_json_write(struct json_out *o, const struct message_json *m)
{
    json_out_open(o, '{');
    member(o, STR("created_at"), m->created_at);
    member(o, STR("display_name"), m->display_name);
    member(o, STR("handle"), m->handle);
    member(o, STR("message"), m->message);
    if (m->group_uuid.p != NULL)
        member(o, STR("message_group_uuid"), m->group_uuid);
    member(o, STR("uuid"), m->uuid);
    json_out_close(o, '}');
}
