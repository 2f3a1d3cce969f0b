/* op_query.c - Query. */
#include "op/item/op_legacy.h"
#include "op/item/op_page.h"
#include "op/item/op_paths.h"
#include "op/item/op_query_key.h"
#include "op/op_list.h"

struct query_in {
    struct page_in page;
    struct map key_conditions; /* struct condition_in */
    enum tri forward;
};

static const struct field query_fields[] = {
    FIELD(struct query_in, page.table, "TableName", &shape_table_name, REQUIRED),
    FIELD(struct query_in, page.index, "IndexName", &shape_index_name, OPTIONAL),
    FIELD(struct query_in, page.expr.key_condition, "KeyConditionExpression", &shape_string,
          OPTIONAL),
    FIELD(struct query_in, page.expr.filter, "FilterExpression", &shape_string, OPTIONAL),
    FIELD(struct query_in, page.expr.projection, "ProjectionExpression", &shape_string, OPTIONAL),
    FIELD(struct query_in, page.expr.names, "ExpressionAttributeNames", &shape_string_map,
          OPTIONAL),
    FIELD(struct query_in, page.expr.values, "ExpressionAttributeValues", &shape_attr_map,
          OPTIONAL),
    FIELD(struct query_in, forward, "ScanIndexForward", &shape_bool, OPTIONAL),
    FIELD(struct query_in, page.limit, "Limit", &shape_int, OPTIONAL),
    FIELD(struct query_in, page.start_key, "ExclusiveStartKey", &shape_item, OPTIONAL),
    FIELD(struct query_in, page.consistent, "ConsistentRead", &shape_bool, OPTIONAL),
    FIELD(struct query_in, page.select, "Select", &shape_select, OPTIONAL),
    FIELD(struct query_in, page.return_capacity, "ReturnConsumedCapacity", &shape_return_capacity,
          OPTIONAL),
    FIELD(struct query_in, page.attributes_to_get, "AttributesToGet", &shape_attribute_names,
          OPTIONAL),
    FIELD(struct query_in, key_conditions, "KeyConditions", &shape_conditions, OPTIONAL),
    FIELD(struct query_in, page.filter, "QueryFilter", &shape_conditions, OPTIONAL),
    FIELD(struct query_in, page.conditional_operator, "ConditionalOperator",
          &shape_conditional_operator, OPTIONAL),
    {0},
};
static const struct shape query_in = {
    .kind = SHAPE_STRUCT,
    .name = "QueryInput",
    .size = sizeof(struct query_in),
    .fields = query_fields,
};

static bool query_prepare(struct req *rq)
{
    static const struct op_expr_rules rules = {0};
    struct query_in *in = rq->in;
    struct op_exprs *x = NEW(&rq->mem, struct op_exprs);

    rq->prepared = x;
    if (in->page.limit.set && in->page.limit.v < 1)
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_ENVELOPE "Value at 'Limit' failed to satisfy constraint: Member must "
                                   "have value greater than or equal to 1");
    if (!op_page_prepare(rq, &in->page, in->key_conditions.set ? LEGACY_KEY_CONDITIONS : 0u, true,
                         x))
        return false;
    if (!in->key_conditions.set && in->page.expr.key_condition.p == NULL)
        return err_set(&rq->err, ERR_VALIDATION,
                       "Either the KeyConditions or KeyConditionExpression parameter must be "
                       "specified in the request.");
    if (!op_expr_parse(&rq->mem, &in->page.expr, &rules, x, &rq->err) ||
        !op_legacy_key_conditions(&rq->mem, &in->key_conditions, &x->key_condition, &rq->err))
        return false;
    /* Only an index may have a key of more attributes. */
    return x->key_condition->n <= 2 || in->page.index.p != NULL ||
           err_set(&rq->err, ERR_VALIDATION, "Conditions can be of length 1 or 2 only");
}

static bool query_check(struct req *rq, struct db_txn *txn, struct db_page *p)
{
    const struct query_in *in = rq->in;
    const struct op_exprs *x = rq->prepared;

    if (!op_page_target(rq, txn, &in->page, p) || !op_page_start_key(rq, &in->page, p))
        return false;
    const struct table_def *t = table_def(p->table);
    const struct key_schema *k = op_page_schema(p);
    if (!op_query_key(k, x->key_condition, p, &rq->err))
        return false;
    if (op_query_one_row(k, p))
        p->limit = 0;
    return (!in->page.start_key.present || op_query_start(k, p, &rq->err)) &&
           op_paths_projection(t, x->projection, &rq->err) &&
           op_paths_filter_keys(
               k, x->filter, in->page.filter.set ? "QueryFilter" : "Filter Expression", &rq->err) &&
           op_page_projected(rq, &in->page, x, p);
}

static bool query_run(struct req *rq, struct db_txn *txn)
{
    const struct query_in *in = rq->in;
    struct db_page p = {.query = true, .reverse = in->forward == TRI_FALSE};

    return query_check(rq, txn, &p) && op_page_answer(rq, txn, &in->page, rq->prepared, &p);
}

const struct op op_query = {
    .name = "Query",
    .action = "dynamodb:Query",
    .flags = OP_READ,
    .in = &query_in,
    .prepare = query_prepare,
    .run = query_run,
};
