/* op_delete_item.c - DeleteItem. */
#include "op/item/op_item_write.h"
#include "op/item/op_legacy.h"
#include "op/op_list.h"

static const struct field delete_item_fields[] = {
    FIELD(struct item_write_in, table, "TableName", &shape_table_name, REQUIRED),
    FIELD(struct item_write_in, item, "Key", &shape_item, REQUIRED),
    FIELD(struct item_write_in, expr.condition, "ConditionExpression", &shape_string, OPTIONAL),
    FIELD(struct item_write_in, expr.names, "ExpressionAttributeNames", &shape_string_map,
          OPTIONAL),
    FIELD(struct item_write_in, expr.values, "ExpressionAttributeValues", &shape_attr_map,
          OPTIONAL),
    FIELD(struct item_write_in, return_values, "ReturnValues", &shape_return_values, OPTIONAL),
    FIELD(struct item_write_in, return_capacity, "ReturnConsumedCapacity", &shape_return_capacity,
          OPTIONAL),
    FIELD(struct item_write_in, return_metrics, "ReturnItemCollectionMetrics",
          &shape_return_metrics, OPTIONAL),
    FIELD(struct item_write_in, return_on_failure, "ReturnValuesOnConditionCheckFailure",
          &shape_return_on_failure, OPTIONAL),
    FIELD(struct item_write_in, expected, "Expected", &shape_expected, OPTIONAL),
    FIELD(struct item_write_in, conditional_operator, "ConditionalOperator",
          &shape_conditional_operator, OPTIONAL),
    {0},
};
static const struct shape delete_item_in = {
    .kind = SHAPE_STRUCT,
    .name = "DeleteItemInput",
    .size = sizeof(struct item_write_in),
    .fields = delete_item_fields,
};

static bool delete_item_prepare(struct req *rq)
{
    static const struct op_expr_rules rules = {.values_need = "ConditionExpression is null"};
    struct item_write_in *in = rq->in;
    struct item_write *w = NEW(&rq->mem, struct item_write);
    struct op_exprs *x = &w->exprs;

    rq->prepared = w;
    if (!op_resolve_table(rq, &in->table) ||
        !op_expr_check(&in->expr, op_item_write_legacy(in), &rules, &rq->err) ||
        !op_item_ok(&in->item, false, &rq->err) ||
        !op_return_old_only(in->return_values, false, &rq->err) ||
        !op_legacy_expected(&rq->mem, &in->expected, in->conditional_operator, false, &x->condition,
                            &rq->err) ||
        !op_expr_parse(&rq->mem, &in->expr, &rules, x, &rq->err))
        return false;
    w->write =
        (struct write){.kind = WRITE_DELETE, .item = in->item.item, .condition = x->condition};
    return true;
}

const struct op op_delete_item = {
    .name = "DeleteItem",
    .action = "dynamodb:DeleteItem",
    .flags = OP_WRITE,
    .in = &delete_item_in,
    .prepare = delete_item_prepare,
    .warm = op_item_write_warm,
    .run = op_item_write_run,
};
