/* api.h - the handlers of the API, one group of calls per file; table in api.c,
 * contract in docs/cruddur-api.md. */
#ifndef CRUDDUR_API_H
#define CRUDDUR_API_H

#include "cruddur/ask.h"

enum { API_PAGE = 40, API_POST_CHARS_MAX = 280, API_MESSAGE_CHARS_MAX = 1024 };

/* api_config.c */
void api_health_check(struct ask *a);
void api_config(struct ask *a);

/* api_activities.c */
void api_home(struct ask *a);
void api_search(struct ask *a);
void api_person_activities(struct ask *a);
void api_show(struct ask *a);
void api_show_of(struct ask *a);

/* api_post.c */
void api_create(struct ask *a);
void api_reply(struct ask *a);
void api_delete(struct ask *a);

/* api_marks.c */
void api_like(struct ask *a);
void api_unlike(struct ask *a);
void api_repost(struct ask *a);
void api_unrepost(struct ask *a);

/* api_users.c */
void api_me(struct ask *a);
void api_user_short(struct ask *a);
void api_user_search(struct ask *a);
void api_profile_update(struct ask *a);

/* api_notifications.c */
void api_notifications(struct ask *a);
void api_unread(struct ask *a);
void api_read(struct ask *a);

/* api_messages.c */
void api_message_groups(struct ask *a);
void api_messages(struct ask *a);
void api_send(struct ask *a);

struct conversation_people;
/* Who takes part; false after refusing me because I do not. */
MUST_CHECK bool api_is_member(struct ask *a, struct ddb *ddb, struct str group,
                              struct conversation_people *people);

/* api_events.c */
void api_group_events(struct ask *a);
void api_my_events(struct ask *a);

/* Where a page of rows sorted by created_at and uuid, newest first, begins. */
struct api_before {
    struct str created_at, uuid;
};
/* From ?before=; refuses what is not one of our cursors. */
struct api_before api_before(struct ask *a);
/* Writes an array of rows, at most `page`; when there is one more, its cursor.  The
 * rows have columns created_at and uuid. */
void api_rows(struct ask *a, const struct sql_rows *rows, uint32_t page);

/* Profile by handle or by uuid (the other absent): false after 404 or 503.  Writes
 * the object, with the email when `mine`. */
bool api_profile(struct ask *a, struct str handle, struct str uuid, bool mine);

/* The columns of an Activity in the order of names; $1 is who asks, or NULL. */
#define API_ACTIVITY_COLUMNS                                                                       \
    "a.created_at, u.display_name, a.expires_at, u.handle, "                                       \
    "EXISTS (SELECT 1 FROM likes l WHERE l.activity_uuid = a.uuid AND l.user_uuid = $1) "          \
    "AS liked, a.likes_count, a.message, a.replies_count, a.reply_to_activity_uuid, "              \
    "EXISTS (SELECT 1 FROM reposts r WHERE r.activity_uuid = a.uuid AND r.user_uuid = $1) "        \
    "AS reposted, a.reposts_count, a.uuid "
#define API_ACTIVITY_FROM "FROM activities a JOIN users u ON u.uuid = a.user_uuid "
/* $2 is now, $3 and $4 the cursor. */
#define API_ACTIVITY_ALIVE "(a.expires_at IS NULL OR a.expires_at > $2) "
#define API_ACTIVITY_PAGE                                                                          \
    "AND (a.created_at < $3 OR (a.created_at = $3 AND a.uuid < $4)) "                              \
    "ORDER BY a.created_at DESC, a.uuid DESC LIMIT 41"

/* Reads ?marks=. */
void api_marks(struct ask *a);
struct str api_now(struct ask *a);
/* Writes the activity of that uuid; false after 404 or 503. */
bool api_activity(struct ask *a, struct str uuid, struct str of_handle);

/* A notification for `user`, unless that is me; inside the caller's transaction.
 * False after refusing. */
MUST_CHECK bool api_notify(struct ask *a, struct str user, const char *kind,
                           struct str activity_uuid, struct str group_uuid, struct str text);
/* After the commit: tells the pages that are open of what was new. */
void api_notified(struct ask *a);

#endif
