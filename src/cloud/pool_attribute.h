/* pool_attribute.h - attributes of users, and the schema they have to fit. */
#ifndef CLOUD_POOL_ATTRIBUTE_H
#define CLOUD_POOL_ATTRIBUTE_H

#include "cloud/pool_doc.h"

struct pool_rq;

/* Absent when the user has none of that name. */
struct str pool_attribute_get(const struct list *attributes, struct str name);
/* Into a copy of the list, which other documents may share; an empty value removes. */
void pool_attribute_set(struct arena *mem, struct list *attributes, struct str name,
                        struct str value);
/* All of `from`; a changed address is not verified any more. */
void pool_attributes_merge(struct arena *mem, struct list *to, const struct list *from);

enum pool_writer { POOL_WRITER_CLIENT, POOL_WRITER_ADMIN };
/* Do these fit the pool's schema, and may the writer write them?  `creating`: all that
 * are required have to be there, and immutable ones may. */
MUST_CHECK bool pool_attributes_check(struct pool_rq *rq, const struct list *attributes,
                                      enum pool_writer writer, bool creating);
/* Is there an attribute of that name in the schema? */
bool pool_attribute_known(const struct pool *p, struct str name);
/* For the schema in a request to create a pool: custom names get their prefix. */
MUST_CHECK bool pool_schema_check(struct arena *mem, struct pool *p, struct err *e);
void pool_schema_write(struct json_out *o, const struct pool *p); /* the array */

bool pool_is_email(struct str s);
bool pool_is_phone(struct str s);

#endif
