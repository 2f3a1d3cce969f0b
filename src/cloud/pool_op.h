/* pool_op.h - the operations on user pools; pool_table.c finds them by name. */
#ifndef CLOUD_POOL_OP_H
#define CLOUD_POOL_OP_H

#include "cloud/pool_shapes.h"
#include "cloud/user_pools.h"

/* pool_op_pool.c */
extern const struct pool_op pool_op_create_pool, pool_op_describe_pool, pool_op_list_pools,
    pool_op_update_pool, pool_op_delete_pool;
/* pool_op_client.c */
extern const struct pool_op pool_op_create_client, pool_op_describe_client, pool_op_list_clients,
    pool_op_update_client, pool_op_delete_client;
/* pool_op_sign_up.c */
extern const struct pool_op pool_op_sign_up, pool_op_confirm_sign_up, pool_op_resend_code,
    pool_op_admin_confirm;
/* pool_op_auth.c, pool_op_respond.c */
extern const struct pool_op pool_op_initiate_auth, pool_op_admin_initiate_auth,
    pool_op_respond_to_challenge, pool_op_admin_respond_to_challenge;
/* pool_op_self.c */
extern const struct pool_op pool_op_get_user, pool_op_update_attributes, pool_op_delete_attributes,
    pool_op_change_password, pool_op_global_sign_out, pool_op_revoke_token, pool_op_delete_self,
    pool_op_attribute_code, pool_op_verify_attribute;
/* pool_op_forgot.c */
extern const struct pool_op pool_op_forgot_password, pool_op_confirm_forgot_password;
/* pool_op_list_users.c */
extern const struct pool_op pool_op_list_users;
/* pool_op_admin.c, pool_op_admin_create.c */
extern const struct pool_op pool_op_admin_get_user, pool_op_admin_delete_user,
    pool_op_admin_update_attributes, pool_op_admin_delete_attributes, pool_op_admin_enable,
    pool_op_admin_disable, pool_op_admin_sign_out, pool_op_admin_set_password,
    pool_op_admin_reset_password, pool_op_admin_create_user;

/* Members that most requests have, by the same names. */
struct pool_user_in { /* of an administrator */
    struct str pool_id, username, context;
};
extern const struct shape pool_user_shape;

/* SECRET_HASH of clients that have a secret. */
MUST_CHECK bool pool_check_secret(struct pool_rq *rq, struct str username, struct str given);

/* UserAttributes and so on as JSON: a list of names and values; `only` NULL: all. */
void pool_write_attributes(struct json_out *o, const struct list *attributes,
                           const struct list *only);
/* What a new user of the given name is called: fills in name, sub and, where the name
 * is an address, that attribute.  pool_new_user.c */
MUST_CHECK bool pool_name_new_user(struct pool_rq *rq, struct str given, struct user *u);
void pool_finish_new_user(struct pool_rq *rq, struct user *u); /* sub first, nothing empty */
/* An address that might be the one of a user who is not there. */
struct str pool_nobody_address(struct pool_rq *rq, struct str name);

/* pool_op_self.c: for administrators too.  pool_sign_out() is a pool_change. */
MUST_CHECK bool pool_remove_attributes(struct pool_rq *rq, struct list *names, bool admin);
bool pool_sign_out(struct pool_rq *rq, struct user *u, struct err *e);

/* pool_op_forgot.c: sends rq->user a code for a new password; *address: where to. */
MUST_CHECK bool pool_send_reset(struct pool_rq *rq, struct str *address);
/* pool_op_admin.c: until when a temporary password is good that is given now. */
int64_t pool_temporary_until(struct pool_rq *rq);

/* Username, Attributes under the name `attributes_name`, dates, status. */
void pool_write_user(struct json_out *o, const struct user *u, const char *attributes_name,
                     const struct list *only);

/* Runs the pool's PostConfirmation function, if it has one, for rq->user. */
MUST_CHECK bool pool_post_confirmation(struct pool_rq *rq, const char *source,
                                       struct str client_id);

/* GET /<pool>/.well-known/...: pool_document.c */
MUST_CHECK bool pool_document(struct cloud_request *rq);

#endif
