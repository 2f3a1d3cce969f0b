/* catch_up.h - what was said after a moment, for who comes back to listen. */
#ifndef CRUDDUR_CATCH_UP_H
#define CRUDDUR_CATCH_UP_H

#include "cruddur/work.h"

enum { CATCH_UP_CURSOR_MAX = 48, CATCH_UP_MESSAGES_MAX = 500 };

/* Calls tell(arg, time, JSON) for each message, oldest first, beginning a few seconds
 * earlier: who has seen one tells so by its uuid. */
MUST_CHECK bool catch_up_messages(struct tools *t, const char *group_uuid, const char *after,
                                  void (*tell)(void *arg, struct str id, struct str data),
                                  void *arg, struct err *e);

#endif
