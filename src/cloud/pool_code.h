/* pool_code.h - the six digits that prove an address: made, kept as a keyed hash, sent,
 * checked. */
#ifndef CLOUD_POOL_CODE_H
#define CLOUD_POOL_CODE_H

#include "cloud/user_pools.h"

#define POOL_CODE_SIGN_UP "signup"
#define POOL_CODE_FORGOT  "forgot"
#define POOL_CODE_VERIFY  "verify:" /* and the attribute's name */

struct pool_code {
    struct str digits;     /* for the message alone */
    struct user_code code; /* what is kept */
};
/* It proves this address alone, not what the attribute may be changed to. */
void pool_code_make(struct pool_rq *rq, struct str user_name, struct str purpose,
                    struct str attribute, struct str address, struct pool_code *out);
void pool_code_put(struct pool_rq *rq, struct user *u, const struct user_code *code);
void pool_code_drop(struct pool_rq *rq, struct user *u, struct str purpose);

/* Exceptions CodeMismatch and ExpiredCode; *attribute is what the code proves. */
MUST_CHECK bool pool_code_check(struct pool_rq *rq, const struct user *u, struct str purpose,
                                struct str given, struct str *attribute, struct err *e);

/* Limits how often codes are sent to, or tried for, whom `name` stands for. */
MUST_CHECK bool pool_code_may_send(struct pool_rq *rq, struct str name);
MUST_CHECK bool pool_code_may_guess(struct pool_rq *rq, struct str name);

/* The address that a code can go to: of those that the pool verifies, or of all that
 * are verified (`only_verified`).  Absent: none. */
struct str pool_code_address(struct pool_rq *rq, const struct user *u, bool only_verified);

MUST_CHECK bool pool_code_send(struct pool_rq *rq, const struct user *u, struct str attribute,
                               struct str digits);
MUST_CHECK bool pool_invite_send(struct pool_rq *rq, const struct user *u, struct str medium,
                                 struct str name, struct str password);

/* {"AttributeName": ...}; the address is masked. */
void pool_code_details(struct json_out *o, struct pool_rq *rq, struct str attribute,
                       struct str address);

#endif
