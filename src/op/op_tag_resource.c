/* op_tag_resource.c - TagResource: adds and replaces; all or nothing.  The body
 * of the answer is empty. */
#include "op/op_list.h"
#include "op/op_tags.h"

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
    struct str *table = NEW(&rq->mem, struct str);
    rq->prepared = table;
    if (!tags_resolve(rq, in->arn, table))
        return false;
    if (in->tags.n == 0)
        return err_set(&rq->err, ERR_VALIDATION, "Atleast one Tag needs to be provided as Input.");
    return tags_check(rq, in->tags.v, in->tags.n);
}

static bool tag_resource_run(struct req *rq, struct db_txn *txn)
{
    const struct tag_resource_in *in = rq->in;
    const struct str *name = rq->prepared;
    const struct table *t = tags_table(rq, txn, in->arn, *name);
    if (t == NULL)
        return false;
    struct table_def *def = table_def_copy(&rq->mem, table_def(t));
    return tags_put(rq, def, in->tags.v, in->tags.n) && db_table_replace(txn, t, def, &t, &rq->err);
}

const struct op op_tag_resource = {
    .name = "TagResource",
    .action = "dynamodb:TagResource",
    .flags = OP_WRITE,
    .in = &in_shape,
    .prepare = tag_resource_prepare,
    .run = tag_resource_run,
};
