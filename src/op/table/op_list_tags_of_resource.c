/* op_list_tags_of_resource.c - ListTagsOfResource.  All tags fit one page, so
 * there is never a NextToken; one that is sent is ignored, as the service does. */
#include "op/op_list.h"
#include "op/table/op_tags.h"

struct list_tags_in {
    struct str arn, token;
};

static const struct field fields[] = {
    FIELD(struct list_tags_in, arn, "ResourceArn", &shape_string, OPTIONAL),
    FIELD(struct list_tags_in, token, "NextToken", &shape_string, OPTIONAL),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct list_tags_in), .fields = fields};

static bool list_tags_prepare(struct req *rq)
{
    const struct list_tags_in *in = rq->in;
    rq->prepared = NEW(&rq->mem, struct resource);
    return resource_parse(rq, in->arn, RESOURCE_FOR_TAGS, rq->prepared);
}

static bool list_tags_run(struct req *rq, struct db_txn *txn)
{
    struct json_out *o = &rq->out;
    struct tagged of;
    if (!tags_find(rq, txn, &of))
        return false;
    json_out_open(o, '{');
    json_out_name(o, STR("Tags"));
    json_out_open(o, '[');
    for (uint32_t i = 0; i < of.tags.n; i++) {
        json_out_open(o, '{');
        json_out_name(o, STR("Key"));
        json_out_str(o, of.tags.tag[i].key);
        json_out_name(o, STR("Value"));
        json_out_str(o, of.tags.tag[i].value);
        json_out_close(o, '}');
    }
    json_out_close(o, ']');
    json_out_close(o, '}');
    return true;
}

const struct op op_list_tags_of_resource = {
    .name = "ListTagsOfResource",
    .action = "dynamodb:ListTagsOfResource",
    .flags = OP_READ,
    .in = &in_shape,
    .prepare = list_tags_prepare,
    .run = list_tags_run,
};
