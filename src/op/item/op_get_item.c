/* op_get_item.c - GetItem. */
#include "db/db_item.h"
#include "op/item/op_capacity.h"
#include "op/item/op_data.h"
#include "op/item/op_expr.h"
#include "op/item/op_legacy.h"
#include "op/item/op_paths.h"
#include "op/op_list.h"

struct get_item_in {
    struct str table;
    struct item_in key;
    enum tri consistent;
    struct str return_capacity;
    struct list attributes_to_get;
    struct op_expr_in expr;
};

static const struct field get_item_fields[] = {
    FIELD(struct get_item_in, table, "TableName", &shape_table_name, REQUIRED),
    FIELD(struct get_item_in, key, "Key", &shape_item, REQUIRED),
    FIELD(struct get_item_in, consistent, "ConsistentRead", &shape_bool, OPTIONAL),
    FIELD(struct get_item_in, expr.projection, "ProjectionExpression", &shape_string, OPTIONAL),
    FIELD(struct get_item_in, expr.names, "ExpressionAttributeNames", &shape_string_map, OPTIONAL),
    FIELD(struct get_item_in, return_capacity, "ReturnConsumedCapacity", &shape_return_capacity,
          OPTIONAL),
    FIELD(struct get_item_in, attributes_to_get, "AttributesToGet", &shape_attribute_names,
          OPTIONAL),
    {0},
};
static const struct shape get_item_in = {
    .kind = SHAPE_STRUCT,
    .name = "GetItemInput",
    .size = sizeof(struct get_item_in),
    .fields = get_item_fields,
};

static bool get_item_prepare(struct req *rq)
{
    static const struct op_expr_rules rules = {0};
    struct get_item_in *in = rq->in;
    struct op_exprs *x = NEW(&rq->mem, struct op_exprs);
    unsigned legacy = in->attributes_to_get.set ? LEGACY_ATTRIBUTES_TO_GET : 0u;

    rq->prepared = x;
    return op_resolve_table(rq, &in->table) && op_expr_check(&in->expr, legacy, &rules, &rq->err) &&
           op_item_ok(&in->key, false, &rq->err) &&
           op_legacy_names(&rq->mem, &in->attributes_to_get, &x->projection, &rq->err) &&
           op_expr_parse(&rq->mem, &in->expr, &rules, x, &rq->err);
}

static bool get_item_run(struct req *rq, struct db_txn *txn)
{
    const struct get_item_in *in = rq->in;
    const struct op_exprs *x = rq->prepared;
    struct str item;

    const struct table *table = op_table(rq, txn, in->table);
    if (table == NULL || !db_key_check(table_def(table), in->key.item, &rq->err) ||
        !op_paths_projection(table_def(table), x->projection, &rq->err))
        return false;
    struct capacity_at at = {
        .table = table,
        .partition = db_capacity_partition(txn, table, in->key.item),
        .kind = CAPACITY_READ,
    };
    if (!op_capacity_left(rq, txn, &at) || !db_item_get(txn, table, in->key.item, &item, &rq->err))
        return false;

    struct capacity_use use = {
        .table_halves = capacity_read_halves(item_size(item), in->consistent == TRI_TRUE),
        .table_touched = true,
    };
    db_capacity_spend(txn, &at, &use);
    json_out_open(&rq->out, '{');
    if (item.p != NULL)
        op_item_member(&rq->out, STR("Item"),
                       x->projection != NULL ? expr_project(&rq->mem, x->projection, item) : item);
    op_capacity_member(rq, table_def(table), &use, in->return_capacity);
    json_out_close(&rq->out, '}');
    return true;
}

const struct op op_get_item = {
    .name = "GetItem",
    .action = "dynamodb:GetItem",
    .flags = OP_READ,
    .in = &get_item_in,
    .prepare = get_item_prepare,
    .run = get_item_run,
};
