/* op_update_item.c - UpdateItem. */
#include "op/item/op_item_write.h"
#include "op/item/op_legacy.h"
#include "op/op_list.h"

struct update_item_in {
    struct item_write_in common; /* first: op_item_write_run() looks at it */
    struct map attribute_updates;
};

/* Of the enums only the first wrong one is reported, in the order of these fields. */
static const struct field update_item_fields[] = {
    FIELD(struct update_item_in, common.table, "TableName", &shape_table_name,
          REQUIRED | FIELD_ALONE),
    FIELD(struct update_item_in, common.item, "Key", &shape_item, REQUIRED),
    FIELD(struct update_item_in, common.expr.update, "UpdateExpression", &shape_string, OPTIONAL),
    FIELD(struct update_item_in, common.expr.condition, "ConditionExpression", &shape_string,
          OPTIONAL),
    FIELD(struct update_item_in, common.expr.names, "ExpressionAttributeNames", &shape_string_map,
          OPTIONAL),
    FIELD(struct update_item_in, common.expr.values, "ExpressionAttributeValues", &shape_attr_map,
          OPTIONAL),
    FIELD(struct update_item_in, common.return_values, "ReturnValues", &shape_return_values,
          FIELD_ONE_OF),
    FIELD(struct update_item_in, common.return_capacity, "ReturnConsumedCapacity",
          &shape_return_capacity, FIELD_ONE_OF),
    FIELD(struct update_item_in, common.return_metrics, "ReturnItemCollectionMetrics",
          &shape_return_metrics, FIELD_ONE_OF),
    FIELD(struct update_item_in, common.return_on_failure, "ReturnValuesOnConditionCheckFailure",
          &shape_return_on_failure, OPTIONAL),
    FIELD(struct update_item_in, attribute_updates, "AttributeUpdates", &shape_attribute_updates,
          OPTIONAL),
    FIELD(struct update_item_in, common.expected, "Expected", &shape_expected, OPTIONAL),
    FIELD(struct update_item_in, common.conditional_operator, "ConditionalOperator",
          &shape_conditional_operator, OPTIONAL),
    {0},
};
static const struct shape update_item_in = {
    .kind = SHAPE_STRUCT,
    .name = "UpdateItemInput",
    .size = sizeof(struct update_item_in),
    .fields = update_item_fields,
};

static bool update_item_prepare(struct req *rq)
{
    static const struct op_expr_rules rules = {
        .values_need = "UpdateExpression and ConditionExpression are null",
        .envelope = true,
    };
    struct update_item_in *in = rq->in;
    struct item_write_in *common = &in->common;
    struct item_write *w = NEW(&rq->mem, struct item_write);
    struct op_exprs *x = &w->exprs;
    unsigned legacy =
        op_item_write_legacy(common) | (in->attribute_updates.set ? LEGACY_ATTRIBUTE_UPDATES : 0u);

    rq->prepared = w;
    if (!op_resolve_table(rq, &common->table) ||
        !op_expr_check(&common->expr, legacy, &rules, &rq->err) ||
        !op_item_ok(&common->item, true, &rq->err) ||
        !op_legacy_updates(&rq->mem, &in->attribute_updates, &x->update, &rq->err) ||
        !op_legacy_expected(&rq->mem, &common->expected, common->conditional_operator, true,
                            &x->condition, &rq->err) ||
        !op_expr_parse(&rq->mem, &common->expr, &rules, x, &rq->err))
        return false;
    w->write = (struct write){.kind = WRITE_UPDATE,
                              .item = common->item.item,
                              .condition = x->condition,
                              .update = x->update};
    return true;
}

const struct op op_update_item = {
    .name = "UpdateItem",
    .action = "dynamodb:UpdateItem",
    .flags = OP_WRITE,
    .in = &update_item_in,
    .prepare = update_item_prepare,
    .warm = op_item_write_warm,
    .run = op_item_write_run,
};
