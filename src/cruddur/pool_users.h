/* pool_users.h - the people of the user pool, as the commands see them. */
#ifndef CRUDDUR_POOL_USERS_H
#define CRUDDUR_POOL_USERS_H

#include "cruddur/cmd.h"

/* All users, over all pages: an array of the service's user objects with the
 * attributes preferred_username and sub, inside a document to be freed; NULL after
 * saying why. */
struct ddb_doc *pool_users_list(const struct cmd_args *a, const char *what);
const struct ddb_doc *pool_users_of(const struct ddb_doc *list);

/* NULL: the user has no such attribute. */
const char *pool_users_attribute(const struct ddb_doc *user, const char *name);

#endif
