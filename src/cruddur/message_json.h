/* message_json.h - a row of the messaging table as the API shows it. */
#ifndef CRUDDUR_MESSAGE_JSON_H
#define CRUDDUR_MESSAGE_JSON_H

#include "codec/json_out.h"
#include "ddb.h"

struct message_json { /* borrows */
    struct str created_at, display_name, handle, message;
    struct str group_uuid; /* absent: the object has no such member */
    struct str uuid;
};

/* A message row, without group_uuid; false: not a whole one. */
bool message_json_item(const struct ddb_doc *item, struct message_json *out);
/* A group row: uuid is the conversation's. */
bool message_json_group(const struct ddb_doc *item, struct message_json *out);

void message_json_write(struct json_out *o, const struct message_json *m);

#endif
