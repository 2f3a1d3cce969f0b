/* pool_op_list_users.c - ListUsers. */
#include "cloud/pool_attribute.h"
#include "cloud/pool_filter.h"
#include "cloud/pool_op.h"
#include "cloud/pool_page.h"

struct list_in {
    struct str pool_id, filter, token;
    struct list only;
    struct opt_int limit;
};
static const struct shape filter_shape = {.kind = SHAPE_STRING, .max = 256};
static const struct field list_fields[] = {
    FIELD(struct list_in, pool_id, "UserPoolId", &pool_shape_id, REQUIRED),
    FIELD(struct list_in, only, "AttributesToGet", &pool_shape_attribute_names, OPTIONAL),
    FIELD(struct list_in, limit, "Limit", &pool_shape_limit, OPTIONAL),
    FIELD(struct list_in, token, "PaginationToken", &pool_shape_page_token, OPTIONAL),
    FIELD(struct list_in, filter, "Filter", &filter_shape, OPTIONAL),
    {0},
};
static const struct shape list_shape = {.kind = SHAPE_STRUCT,
                                        .name = "ListUsersRequest",
                                        .size = sizeof(struct list_in),
                                        .fields = list_fields};

static bool write_user(struct pool_rq *rq, const void *doc)
{
    const struct list_in *in = rq->in;
    if (!pool_filter_match(rq->arg, doc))
        return false;
    json_out_open(&rq->out, '{');
    pool_write_user(&rq->out, doc, "Attributes", in->only.set ? &in->only : NULL);
    json_out_close(&rq->out, '}');
    return true;
}

static bool run(struct pool_rq *rq)
{
    const struct list_in *in = rq->in;
    const struct str *name = in->only.v;
    struct pool_filter filter;
    struct pool_page page = {
        .rq = rq,
        .collection = STR("pool-user"),
        .prefix = pool_key2(rq->mem, in->pool_id, STR("")),
        .shape = &user_doc_shape,
        .limit = in->limit.v > 0 ? in->limit.v : 60,
        .token = in->token,
        .token_name = "PaginationToken",
        .write = write_user,
    };
    if (!pool_load(rq, in->pool_id) || !pool_filter_parse(rq->mem, in->filter, &filter, rq->e))
        return false;
    for (uint32_t i = 0; i < in->only.n; i++)
        if (!pool_attribute_known(&rq->pool, name[i]))
            return err_set(rq->e, ERR_INVALID_PARAMETER,
                           "One or more requested attributes do not exist.");
    rq->arg = &filter;
    return pool_page_write(&page, "Users");
}

const struct pool_op pool_op_list_users = {.name = "ListUsers", .in = &list_shape, .run = run};
