/* pool_password.h - passwords: policy, and the verifier that is kept in their place. */
#ifndef CLOUD_POOL_PASSWORD_H
#define CLOUD_POOL_PASSWORD_H

#include "cloud/srp.h"
#include "cloud/user_pools.h"

/* InvalidPasswordException with the first rule that it breaks. */
MUST_CHECK bool pool_password_check(const struct pool *p, struct str password, struct err *e);

/* A new salt and verifier in the arena; calculates. */
void pool_password_make(struct pool_rq *rq, struct str user_name, struct str password,
                        struct str *salt, struct str *verifier);

/* Is it rq->user's?  Calculates just as long when there is no such user or password. */
bool pool_password_right(struct pool_rq *rq, struct str name, struct str password);

/* A random password that fits the policy. */
struct str pool_password_random(struct pool_rq *rq);

/* What stands for a user who is not there: always the same for the same name. */
struct pool_nobody {
    unsigned char salt[SRP_SALT_BYTES], verifier[SRP_GROUP_BYTES];
    char id[37];
};
void pool_password_nobody(struct pool_rq *rq, struct str name, struct pool_nobody *out);

#endif
