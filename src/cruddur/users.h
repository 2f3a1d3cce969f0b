/* users.h - people: found by handle, by the user pool's id, or made. */
#ifndef CRUDDUR_USERS_H
#define CRUDDUR_USERS_H

#include "cruddur/sql.h"

enum { USERS_HANDLE_MAX = 64, USERS_NAME_MAX = 64 };

struct user {
    struct str uuid, handle, display_name;
};

/* A person who signed up.  `handle` is what they asked for. */
struct users_new {
    struct str display_name, handle, email, cognito_user_id;
};

/* out->uuid.n == 0: nobody. */
MUST_CHECK bool users_by_cognito_id(struct sql *s, struct arena *mem, struct str id,
                                    struct user *out, struct err *e);
MUST_CHECK bool users_by_handle(struct sql *s, struct arena *mem, struct str handle,
                                struct user *out, struct err *e);

/* Once per cognito_user_id: a second time nothing happens, *made is false.  When
 * the handle is taken, a number is put behind it; but a person of the sample who
 * has that handle and that address becomes theirs. */
MUST_CHECK bool users_insert(struct sql *s, struct arena *mem, const struct users_new *u,
                             bool *made, struct err *e);

#endif
