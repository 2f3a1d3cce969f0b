/* op_transact_get_items.c - TransactGetItems: items as they were at one instant. */
#include "op/item/op_capacity.h"
#include "op/item/op_expr.h"
#include "op/item/op_paths.h"
#include "op/item/op_transact.h"
#include "op/op_list.h"

struct get_in {
    struct str table;
    struct item_in key;
    struct op_expr_in expr;
};
struct transact_get_item_in {
    struct get_in *get;
};
struct transact_get_in {
    struct list items; /* struct transact_get_item_in */
    struct str return_capacity;
};

static const struct field get_fields[] = {
    FIELD(struct get_in, key, "Key", &shape_item, REQUIRED),
    FIELD(struct get_in, table, "TableName", &shape_table_name, REQUIRED),
    FIELD(struct get_in, expr.projection, "ProjectionExpression", &shape_string, OPTIONAL),
    FIELD(struct get_in, expr.names, "ExpressionAttributeNames", &shape_string_map, OPTIONAL),
    {0},
};
static const struct shape get_in = {
    .kind = SHAPE_STRUCT,
    .name = "Get",
    .size = sizeof(struct get_in),
    .fields = get_fields,
};
static const struct field item_fields[] = {
    FIELD(struct transact_get_item_in, get, "Get", &get_in, REQUIRED),
    {0},
};
static const struct shape item_in = {
    .kind = SHAPE_STRUCT,
    .name = "TransactGetItem",
    .size = sizeof(struct transact_get_item_in),
    .fields = item_fields,
};
static const struct shape items_in = {
    .kind = SHAPE_LIST,
    .min = 1,
    .max = LIMIT_TRANSACT_ACTIONS,
    .elem = &item_in,
};
static const struct field transact_get_fields[] = {
    FIELD(struct transact_get_in, items, "TransactItems", &items_in, REQUIRED),
    FIELD(struct transact_get_in, return_capacity, "ReturnConsumedCapacity", &shape_return_capacity,
          OPTIONAL),
    {0},
};
static const struct shape transact_get_in = {
    .kind = SHAPE_STRUCT,
    .name = "TransactGetItemsInput",
    .size = sizeof(struct transact_get_in),
    .fields = transact_get_fields,
};

/* What prepare() leaves for each item. */
struct prepared {
    struct str table, given; /* its name; what the request has for it */
    struct op_exprs exprs;
};

static bool transact_get_prepare(struct req *rq)
{
    static const struct op_expr_rules rules = {0};
    const struct transact_get_in *in = rq->in;
    const struct transact_get_item_in *item = in->items.v;
    struct prepared *p = NEW_ARRAY(&rq->mem, struct prepared, in->items.n);

    rq->prepared = p;
    for (uint32_t i = 0; i < in->items.n; i++) {
        struct get_in *get = item[i].get;
        struct op_exprs *x = &p[i].exprs;
        if (get == NULL)
            return err_set(
                &rq->err, ERR_VALIDATION,
                "1 validation error detected: Value null at 'transactItems.%u.member.get' "
                "failed to satisfy constraint: Member must not be null",
                i + 1);
        p[i].table = get->table;
        if (!op_resolve_table(rq, &p[i].table) || !op_expr_check(&get->expr, 0, &rules, &rq->err) ||
            !op_item_ok(&get->key, false, &rq->err) ||
            !op_expr_parse(&rq->mem, &get->expr, &rules, x, &rq->err))
            return false;
        p[i].given = rq->table_given;
    }
    return true;
}

/* A key that does not fit cancels; the first one is reported alone. */
static bool check_key(struct req *rq, const struct transact_target *target, uint32_t i, uint32_t n)
{
    const struct prepared *p = rq->prepared;
    const struct table_def *def = table_def(target[i].table);
    struct transact_reason *reason;
    struct err e;

    err_init(&e, &rq->mem);
    if (db_key_check(def, target[i].item, &e) &&
        op_paths_projection(def, p[i].exprs.projection, &e))
        return true;
    reason = NEW_ARRAY(&rq->mem, struct transact_reason, n);
    if (op_transact_reason(&rq->mem, &e, &reason[i]))
        return op_transact_cancel(rq, reason, n);
    rq->err = e;
    return false;
}

static bool check_targets(struct req *rq, struct db_txn *txn, struct transact_target *target)
{
    const struct transact_get_in *in = rq->in;
    const struct transact_get_item_in *item = in->items.v;
    const struct prepared *p = rq->prepared;

    for (uint32_t i = 0; i < in->items.n; i++) {
        const struct table *table = op_table(rq, txn, p[i].table);
        if (table == NULL)
            return false;
        target[i] = (struct transact_target){table, item[i].get->key.item};
    }
    if (op_transact_repeated(&rq->mem, target, in->items.n))
        return err_set(&rq->err, ERR_VALIDATION, TRANSACT_REPEATED);
    for (uint32_t i = 0; i < in->items.n; i++)
        if (!check_key(rq, target, i, in->items.n))
            return false;
    return true;
}

/* A projection that matches nothing leaves no Item. */
static void write_response(struct req *rq, const struct prepared *p, struct str item)
{
    json_out_open(&rq->out, '{');
    if (item.p != NULL && p->exprs.projection != NULL)
        item = expr_project(&rq->mem, p->exprs.projection, item);
    if (item.p != NULL && (p->exprs.projection == NULL || item_map(item).count > 0))
        op_item_member(&rq->out, STR("Item"), item);
    json_out_close(&rq->out, '}');
}

static bool transact_get_run(struct req *rq, struct db_txn *txn)
{
    const struct transact_get_in *in = rq->in;
    const struct prepared *p = rq->prepared;
    struct transact_target *target = NEW_ARRAY(&rq->mem, struct transact_target, in->items.n);
    struct transact_use *use = NEW(&rq->mem, struct transact_use);
    uint64_t bytes = 0;

    if (!check_targets(rq, txn, target))
        return false;
    json_out_open(&rq->out, '{');
    json_out_name(&rq->out, STR("Responses"));
    json_out_open(&rq->out, '[');
    for (uint32_t i = 0; i < in->items.n; i++) {
        struct str item;
        if (!op_reads_go_on(rq, txn, bytes) ||
            !op_transact_read(rq, txn, &target[i], i, in->items.n, &item))
            return false;
        bytes += item_size(item);
        if (!op_transact_bytes(bytes, &rq->err))
            return false;
        struct capacity_use *u = op_transact_use(&rq->mem, use, target[i].table, p[i].given);
        u->table_touched = true;
        u->table_halves += 2 * capacity_read_halves(item_size(item), true);
        write_response(rq, &p[i], item);
    }
    json_out_close(&rq->out, ']');
    op_transact_capacity(&rq->out, use, in->return_capacity, OP_CAPACITY_READ);
    json_out_close(&rq->out, '}');
    return true;
}

const struct op op_transact_get_items = {
    .name = "TransactGetItems",
    .action = "dynamodb:TransactGetItems",
    .flags = OP_READ | OP_SNAPSHOT,
    .in = &transact_get_in,
    .prepare = transact_get_prepare,
    .run = transact_get_run,
};
