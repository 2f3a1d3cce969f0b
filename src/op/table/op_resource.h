/* op_resource.h - ResourceArn of tags and policies: a table or a stream. */
#ifndef OP_OP_RESOURCE_H
#define OP_OP_RESOURCE_H

#include "op/op_common.h"

struct resource {
    struct str arn;
    struct str table; /* its name; of a stream, that of its table */
    bool is_stream;
};
/* In prepare(): other services, regions, accounts and other resources are errors, of
 * which tags and policies have some in different words. */
enum resource_for { RESOURCE_FOR_TAGS, RESOURCE_FOR_POLICY };
MUST_CHECK bool resource_parse(struct req *rq, struct str arn, enum resource_for what,
                               struct resource *out);

#endif
