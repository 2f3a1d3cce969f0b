/* sign_up.h - a person of the user pool becomes a person here. */
#ifndef CRUDDUR_SIGN_UP_H
#define CRUDDUR_SIGN_UP_H

#include "cruddur/users.h"
#include "cruddur/work.h"

/* From the pool's attributes, {"sub": ..., "email": ..., "preferred_username": ...,
 * "name": ...}; borrows.  On failure *type is a name for what is wrong. */
MUST_CHECK bool sign_up_read(const struct ddb_doc *attributes, struct users_new *out,
                             const char **type, struct err *e);

/* Asks the pool who holds this token, and makes the account that is missing, as when
 * the database was away while they confirmed.  False: they get none, *e says why. */
MUST_CHECK bool sign_up_late(struct tools *t, struct sql *s, struct arena *mem, struct str token,
                             struct str sub, struct user *out, struct err *e);

#endif
