/* messages.h - how conversations lie in the one table.
 *
 *   message group   pk GRP#<my uuid>       sk last activity   one row per participant; the
 *                                                             user_* fields are the other person
 *   message         pk MSG#<group uuid>    sk created at      the user_* fields are the sender
 *
 * sk is an ISO 8601 time in UTC with microseconds, so that its byte order is
 * the order of time.  Message rows have no message_group_uuid: the index
 * message-group-sk-index holds exactly the group rows.
 *
 * Access patterns: A messages of a group, newest first; B my groups, newest
 * first; C a message into a group; D the first message of a new group; E group
 * rows after a message (the stream function). */
#ifndef CRUDDUR_MESSAGES_H
#define CRUDDUR_MESSAGES_H

#include "base/base.h"
#include "ddb.h"

enum { MESSAGES_TIME_MAX = 33 };

struct messages_user {
    const char *uuid, *display_name, *handle;
};

const char *messages_table(void); /* DDB_MESSAGE_TABLE, else "cruddur-messages" */
extern const char messages_index[];

/* "2026-11-22T10:38:55.054745+00:00"; us: microseconds since 1970. */
void messages_time(int64_t us, char out[MESSAGES_TIME_MAX]);

/* Requests, to be freed by the caller. */
struct ddb_doc *messages_schema(void);                                          /* CreateTable */
struct ddb_doc *messages_query_conversation(const char *group_uuid, int limit); /* pattern A */
struct ddb_doc *messages_query_groups(const char *user_uuid);                   /* pattern B */

/* Rows, written into an empty Item. */
void messages_group_row(struct ddb_doc *item, const char *group_uuid, const char *my_uuid,
                        const struct messages_user *other, const char *time, const char *message);
void messages_row(struct ddb_doc *item, const char *group_uuid, const char *message_uuid,
                  const struct messages_user *sender, const char *time, const char *message);

#endif
