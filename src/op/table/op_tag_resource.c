/* op_tag_resource.c - TagResource: adds and replaces; all or nothing.  The body
 * of the answer is empty. */
#include "op/op_list.h"
#include "op/table/op_tags.h"

struct tag_resource_in {
    struct str arn;
    struct list tags; /* struct tag_in */
};

static const struct field fields[] = {
    FIELD(struct tag_resource_in, arn, "ResourceArn", &shape_string, OPTIONAL),
    FIELD(struct tag_resource_in, tags, "Tags", &shape_tags, REQUIRED),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct tag_resource_in), .fields = fields};

static bool tag_resource_prepare(struct req *rq)
{
    const struct tag_resource_in *in = rq->in;
    struct resource *r = NEW(&rq->mem, struct resource);
    rq->prepared = r;
    if (!resource_parse(rq, in->arn, RESOURCE_FOR_TAGS, r))
        return false;
    if (in->tags.n == 0)
        return err_set(&rq->err, ERR_VALIDATION, "Atleast one Tag needs to be provided as Input.");
    return tags_check(rq, in->tags.v, in->tags.n);
}

static bool tag_resource_run(struct req *rq, struct db_txn *txn)
{
    const struct tag_resource_in *in = rq->in;
    struct tagged of;
    return tags_find(rq, txn, &of) && tags_put(rq, &of.tags, in->tags.v, in->tags.n) &&
           tags_store(rq, txn, &of);
}

const struct op op_tag_resource = {
    .name = "TagResource",
    .action = "dynamodb:TagResource",
    .flags = OP_WRITE,
    .in = &in_shape,
    .prepare = tag_resource_prepare,
    .run = tag_resource_run,
};
