/* op_untag_resource.c - UntagResource: removing what is not there is fine.  The
 * body of the answer is empty. */
#include "op/op_list.h"
#include "op/table/op_tags.h"

struct untag_resource_in {
    struct str arn;
    struct list keys; /* struct str */
};

static const struct shape key_list = {.kind = SHAPE_LIST, .elem = &shape_string};
static const struct field fields[] = {
    FIELD(struct untag_resource_in, arn, "ResourceArn", &shape_string, OPTIONAL),
    FIELD(struct untag_resource_in, keys, "TagKeys", &key_list, REQUIRED),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct untag_resource_in), .fields = fields};

static bool untag_resource_prepare(struct req *rq)
{
    const struct untag_resource_in *in = rq->in;
    const struct str *keys = in->keys.v;
    struct resource *r = NEW(&rq->mem, struct resource);
    rq->prepared = r;
    if (!resource_parse(rq, in->arn, RESOURCE_FOR_TAGS, r))
        return false;
    if (in->keys.n == 0)
        return err_set(&rq->err, ERR_VALIDATION,
                       "Atleast one Tag Key needs to be provided as Input.");
    for (uint32_t i = 0; i < in->keys.n; i++)
        if (!tag_key_check(rq, keys[i]))
            return false;
    if (in->keys.n > LIMIT_TAGS)
        return err_set(&rq->err, ERR_VALIDATION,
                       "Number of Tags exceed the current limit for the provided ResourceArn");
    return true;
}

static bool untag_resource_run(struct req *rq, struct db_txn *txn)
{
    const struct untag_resource_in *in = rq->in;
    struct tagged of;
    if (!tags_find(rq, txn, &of))
        return false;
    tags_remove(&of.tags, in->keys.v, in->keys.n);
    return tags_store(rq, txn, &of);
}

const struct op op_untag_resource = {
    .name = "UntagResource",
    .action = "dynamodb:UntagResource",
    .flags = OP_WRITE,
    .in = &in_shape,
    .prepare = untag_resource_prepare,
    .run = untag_resource_run,
};
