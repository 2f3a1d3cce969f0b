/* pool_table.c - all operations on user pools, by name. */
#include "cloud/pool_op.h"

static const struct pool_op *const ops[] = {
    &pool_op_admin_confirm,
    &pool_op_admin_create_user,
    &pool_op_admin_delete_attributes,
    &pool_op_admin_delete_user,
    &pool_op_admin_disable,
    &pool_op_admin_enable,
    &pool_op_admin_get_user,
    &pool_op_admin_initiate_auth,
    &pool_op_admin_reset_password,
    &pool_op_admin_respond_to_challenge,
    &pool_op_admin_set_password,
    &pool_op_admin_sign_out,
    &pool_op_admin_update_attributes,
    &pool_op_attribute_code,
    &pool_op_change_password,
    &pool_op_confirm_forgot_password,
    &pool_op_confirm_sign_up,
    &pool_op_create_client,
    &pool_op_create_pool,
    &pool_op_delete_attributes,
    &pool_op_delete_client,
    &pool_op_delete_pool,
    &pool_op_delete_self,
    &pool_op_describe_client,
    &pool_op_describe_pool,
    &pool_op_forgot_password,
    &pool_op_get_user,
    &pool_op_global_sign_out,
    &pool_op_initiate_auth,
    &pool_op_list_clients,
    &pool_op_list_pools,
    &pool_op_list_users,
    &pool_op_resend_code,
    &pool_op_respond_to_challenge,
    &pool_op_revoke_token,
    &pool_op_sign_up,
    &pool_op_update_attributes,
    &pool_op_update_client,
    &pool_op_update_pool,
    &pool_op_verify_attribute,
};

const struct pool_op *pool_op_find(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(ops); i++)
        if (str_eq(name, str_from_c(ops[i]->name)))
            return ops[i];
    return NULL;
}
