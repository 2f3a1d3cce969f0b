/* conversations_int.h - what conversations.c and conversations_move.c share. */
#ifndef CRUDDUR_CONVERSATIONS_INT_H
#define CRUDDUR_CONVERSATIONS_INT_H

#include "ddb.h"

/* The group rows of one conversation, by the index: a Query's answer, to be freed. */
bool conversations_rows(struct ddb *ddb, const char *group_uuid, struct ddb_doc **out,
                        struct ddb_error *err);

#endif
