/* pool_shapes.h - shapes that the operations on user pools share. */
#ifndef CLOUD_POOL_SHAPES_H
#define CLOUD_POOL_SHAPES_H

#include "cloud/pool_doc.h"

extern const struct shape pool_shape_id, pool_shape_client_id, pool_shape_username,
    pool_shape_password, pool_shape_temporary_password, pool_shape_attributes,
    pool_shape_attribute_name, pool_shape_attribute_names, pool_shape_code, pool_shape_token,
    pool_shape_secret_hash, pool_shape_strings, pool_shape_session, pool_shape_limit,
    pool_shape_page_token;
/* What a request may hold and this server cannot do: present means refused. */
extern const struct shape pool_shape_refused;
/* What a request may hold that tells a service about the client and asks for nothing. */
extern const struct shape pool_shape_context;

extern const struct shape pool_create_shape, pool_update_shape; /* struct pool */
extern const struct shape pool_settings_shape;                  /* what Describe shows of it */
extern const struct shape pool_client_create_shape, pool_client_update_shape,
    pool_client_settings_shape; /* struct pool_client */

/* Fails with InvalidParameterException when anything is there that is refused. */
MUST_CHECK bool pool_shape_check(const struct shape *s, const void *in, struct err *e);

#endif
