/* conversations.h - the messaging table through libddb: reading, writing and
 * moving conversations.  Rows and requests are those of messages.h.
 *
 * Beside them there is one row per conversation that was begun here:
 *
 *   pair   pk PAIR#<group uuid>   sk PAIR   user_uuid, other_user_uuid
 *
 * Its key follows from the two people, so of two who write to each other for the
 * first time at the same moment only one begins; it has no message_group_uuid and
 * so is not in the index.
 *
 * All functions block; strings that go out live in the documents or the arena. */
#ifndef CRUDDUR_CONVERSATIONS_H
#define CRUDDUR_CONVERSATIONS_H

#include "base/arena.h"
#include "cruddur/messages.h"

enum { CONVERSATIONS_PAGE = 20, CONVERSATIONS_UUID_MAX = 37, CONVERSATIONS_PEOPLE_MAX = 16 };

/* Pages, newest first; `before` (may be NULL) is the sk of the last row already
 * seen.  *out is a Query's answer, to be freed. */
MUST_CHECK bool conversations_groups(struct ddb *ddb, const char *user_uuid, const char *before,
                                     struct ddb_doc **out, struct ddb_error *err);
MUST_CHECK bool conversations_messages(struct ddb *ddb, const char *group_uuid, const char *before,
                                       struct ddb_doc **out, struct ddb_error *err);
/* Oldest first, later than `after`. */
MUST_CHECK bool conversations_after(struct ddb *ddb, const char *group_uuid, const char *after,
                                    int limit, struct ddb_doc **out, struct ddb_error *err);

/* Who takes part. */
struct conversation_people {
    int n;
    char uuid[CONVERSATIONS_PEOPLE_MAX][CONVERSATIONS_UUID_MAX];
};
MUST_CHECK bool conversations_people(struct ddb *ddb, const char *group_uuid,
                                     struct conversation_people *out, struct ddb_error *err);
bool conversations_has(const struct conversation_people *p, const char *user_uuid);

struct conversation_message {
    char group_uuid[CONVERSATIONS_UUID_MAX], uuid[CONVERSATIONS_UUID_MAX];
    char time[MESSAGES_TIME_MAX];
    const char *text;
};

/* Pattern C.  m->group_uuid and text in; uuid and time out.  The row is new: two
 * messages at the same microsecond get different times. */
MUST_CHECK bool conversations_send(struct ddb *ddb, const struct messages_user *sender,
                                   struct conversation_message *m, struct ddb_error *err);

/* Pattern D, or C when the two have a conversation: text in, all else out. */
MUST_CHECK bool conversations_send_to(struct ddb *ddb, const struct messages_user *sender,
                                      const struct messages_user *receiver,
                                      struct conversation_message *m, bool *begun,
                                      struct ddb_error *err);

/* Pattern E: all group rows at this message, unless they are at a later one. */
MUST_CHECK bool conversations_move(struct ddb *ddb, const char *group_uuid, const char *time,
                                   const char *text, struct ddb_error *err);

#endif
