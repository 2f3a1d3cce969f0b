/* seed_conversation.h - two people and what they said, for a first look. */
#ifndef CRUDDUR_SEED_CONVERSATION_H
#define CRUDDUR_SEED_CONVERSATION_H

#include "cruddur/messages.h"

enum { SEED_MESSAGES = 104 };

extern const char seed_group_uuid[];
extern const struct messages_user seed_users[2]; /* the first speaks first; they alternate */
extern const char *const seed_messages[SEED_MESSAGES];

#endif
