/* op_transact_write_items.c - TransactWriteItems. */
#include "base/buf.h"
#include "op/item/op_expr.h"
#include "op/item/op_transact.h"
#include "op/op_list.h"

/* Put, Update, Delete and ConditionCheck: which members they have differs. */
struct action_in {
    struct str table;
    struct item_in item; /* Put: Item; else: Key */
    struct op_expr_in expr;
    struct str return_on_failure;
};
struct transact_item_in {
    struct action_in *check, *put, *del, *update;
};
struct transact_write_in {
    struct list items; /* struct transact_item_in */
    struct str return_capacity, return_metrics, token;
};

/* clang-format off */
#define ACTION_FIELDS(item_name, condition_required)                                               \
    FIELD(struct action_in, table, "TableName", &shape_table_name, REQUIRED),                      \
    FIELD(struct action_in, item, item_name, &shape_item, REQUIRED),                               \
    FIELD(struct action_in, expr.condition, "ConditionExpression", &shape_string,                  \
          condition_required),                                                                     \
    FIELD(struct action_in, expr.names, "ExpressionAttributeNames", &shape_string_map, OPTIONAL),  \
    FIELD(struct action_in, expr.values, "ExpressionAttributeValues", &shape_attr_map, OPTIONAL),  \
    FIELD(struct action_in, return_on_failure, "ReturnValuesOnConditionCheckFailure",              \
          &shape_return_on_failure, OPTIONAL)
/* clang-format on */

static const struct field check_fields[] = {ACTION_FIELDS("Key", REQUIRED), {0}};
static const struct field put_fields[] = {ACTION_FIELDS("Item", OPTIONAL), {0}};
static const struct field delete_fields[] = {ACTION_FIELDS("Key", OPTIONAL), {0}};
static const struct field update_fields[] = {
    ACTION_FIELDS("Key", OPTIONAL),
    FIELD(struct action_in, expr.update, "UpdateExpression", &shape_string, REQUIRED),
    {0},
};

#define ACTION(java, fields_)                                                                      \
    {                                                                                              \
        .kind = SHAPE_STRUCT, .name = java, .size = sizeof(struct action_in), .fields = (fields_)  \
    }
static const struct shape check_in = ACTION("ConditionCheck", check_fields);
static const struct shape put_in = ACTION("Put", put_fields);
static const struct shape delete_in = ACTION("Delete", delete_fields);
static const struct shape update_in = ACTION("Update", update_fields);

static const struct field item_fields[] = {
    FIELD(struct transact_item_in, check, "ConditionCheck", &check_in, OPTIONAL),
    FIELD(struct transact_item_in, put, "Put", &put_in, OPTIONAL),
    FIELD(struct transact_item_in, del, "Delete", &delete_in, OPTIONAL),
    FIELD(struct transact_item_in, update, "Update", &update_in, OPTIONAL),
    {0},
};
static const struct shape item_in = {
    .kind = SHAPE_STRUCT,
    .name = "TransactWriteItem",
    .size = sizeof(struct transact_item_in),
    .fields = item_fields,
};
static const struct shape items_in = {
    .kind = SHAPE_LIST,
    .min = 1,
    .max = LIMIT_TRANSACT_ACTIONS,
    .elem = &item_in,
};
static const struct field transact_write_fields[] = {
    FIELD(struct transact_write_in, items, "TransactItems", &items_in, REQUIRED),
    FIELD(struct transact_write_in, return_capacity, "ReturnConsumedCapacity",
          &shape_return_capacity, OPTIONAL),
    FIELD(struct transact_write_in, return_metrics, "ReturnItemCollectionMetrics",
          &shape_return_metrics, OPTIONAL),
    FIELD(struct transact_write_in, token, "ClientRequestToken", &shape_request_token, OPTIONAL),
    {0},
};
static const struct shape transact_write_in = {
    .kind = SHAPE_STRUCT,
    .name = "TransactWriteItemsInput",
    .size = sizeof(struct transact_write_in),
    .fields = transact_write_fields,
};

/* What prepare() leaves: an action per item, still without its table. */
struct prepared {
    struct str *name;
    struct transact_action *action;
    struct transact_request request;
};

static bool pick_action(const struct transact_item_in *in, enum write_kind *kind,
                        struct action_in **out)
{
    const struct {
        struct action_in *in;
        enum write_kind kind;
    } all[] = {
        {in->check, WRITE_CHECK},
        {in->put, WRITE_PUT},
        {in->del, WRITE_DELETE},
        {in->update, WRITE_UPDATE},
    };
    int n = 0;

    for (size_t i = 0; i < COUNT_OF(all); i++) {
        if (all[i].in == NULL)
            continue;
        *kind = all[i].kind;
        *out = all[i].in;
        n++;
    }
    return n == 1;
}

static bool prepare_action(struct req *rq, struct action_in *in, enum write_kind kind,
                           struct transact_action *out)
{
    const struct op_expr_rules rules = {
        .values_need = kind == WRITE_UPDATE ? "UpdateExpression and ConditionExpression are null"
                                            : "ConditionExpression is null",
    };
    struct op_exprs x = {0};

    if (!op_resolve_table(rq, &in->table) || !op_expr_check(&in->expr, 0, &rules, &rq->err) ||
        !op_item_ok(&in->item, false, &rq->err) ||
        (kind == WRITE_PUT && !op_write_size(in->item.item, &rq->err)) ||
        !op_expr_parse(&rq->mem, &in->expr, &rules, &x, &rq->err))
        return false;
    out->given = rq->table_given;
    out->write = (struct write){
        .kind = kind,
        .item = in->item.item,
        .condition = x.condition,
        .update = x.update,
        .plain_size = true,
    };
    out->return_old = str_eq(in->return_on_failure, STR("ALL_OLD"));
    return true;
}

/* The digest ------------------------------------------------------------------- */

static void add_text(struct buf *to, struct str s)
{
    uint32_t n = s.p != NULL ? (uint32_t)s.n : UINT32_MAX; /* absent is not empty */

    buf_add(to, (struct str){(const char *)&n, sizeof(n)});
    buf_add(to, s);
}

/* The members of a map in the order of their names: what the client's library did with them
 * on the way does not matter. */
static void add_map(struct arena *mem, struct buf *to, const struct map *m, bool values)
{
    struct item_entry *entries = NEW_ARRAY(mem, struct item_entry, m->n);
    const struct str *text = m->v;
    const struct attr_in *value = m->v;

    if (!m->set)
        return;
    for (uint32_t i = 0; i < m->n; i++) {
        struct buf encoded = {.mem = mem};
        struct attr_build b;
        attr_build_init(&b, &encoded);
        if (values)
            attr_build_raw(&b, value[i].raw);
        else
            attr_build_scalar(&b, ATTR_S, text[i]);
        entries[i] = (struct item_entry){m->key[i], buf_str(&encoded)};
    }
    add_text(to, item_from_entries(mem, entries, m->n));
}

static void add_action(struct arena *mem, struct buf *to, const struct action_in *in,
                       enum write_kind kind)
{
    buf_byte(to, (char)kind);
    add_text(to, in->table);
    add_text(to, in->item.item);
    add_text(to, in->expr.condition);
    add_text(to, in->expr.update);
    add_text(to, in->return_on_failure);
    add_map(mem, to, &in->expr.names, false);
    add_map(mem, to, &in->expr.values, true);
}

/* Prepare ---------------------------------------------------------------------- */

static bool transact_write_prepare(struct req *rq)
{
    const struct transact_write_in *in = rq->in;
    const struct transact_item_in *item = in->items.v;
    struct prepared *p = NEW(&rq->mem, struct prepared);
    struct buf content = {0};
    bool good = true;

    rq->prepared = p;
    p->name = NEW_ARRAY(&rq->mem, struct str, in->items.n);
    p->action = NEW_ARRAY(&rq->mem, struct transact_action, in->items.n);
    p->request = (struct transact_request){
        .action = p->action,
        .n = in->items.n,
        .token = in->token,
        .return_capacity = in->return_capacity,
        .return_metrics = in->return_metrics,
    };
    add_text(&content, in->return_metrics);
    for (uint32_t i = 0; i < in->items.n && good; i++) {
        enum write_kind kind = WRITE_CHECK;
        struct action_in *action = NULL;
        good = pick_action(&item[i], &kind, &action)
                   ? prepare_action(rq, action, kind, &p->action[i])
                   : err_set(&rq->err, ERR_VALIDATION,
                             "TransactItems can only contain one of Check, Put, Update or Delete");
        if (!good)
            break;
        p->name[i] = action->table;
        add_action(&rq->mem, &content, action, kind);
    }
    good = good && op_transact_bytes(content.n, &rq->err);
    op_transact_digest(STR("TransactWriteItems"), buf_str(&content), p->request.digest);
    buf_free(&content);
    return good;
}

static bool transact_write_warm(struct req *rq, struct db_txn *txn)
{
    const struct prepared *p = rq->prepared;

    for (uint32_t i = 0; i < p->request.n; i++)
        if (!op_transact_warm(rq, txn, p->name[i], p->action[i].write.item))
            return false;
    return true;
}

static bool transact_write_run(struct req *rq, struct db_txn *txn)
{
    struct prepared *p = rq->prepared;

    for (uint32_t i = 0; i < p->request.n; i++) {
        p->action[i].table = op_table(rq, txn, p->name[i]);
        if (p->action[i].table == NULL)
            return false;
    }
    return op_transact_write(rq, txn, &p->request);
}

const struct op op_transact_write_items = {
    .name = "TransactWriteItems",
    .action = "dynamodb:TransactWriteItems",
    .flags = OP_WRITE,
    .in = &transact_write_in,
    .prepare = transact_write_prepare,
    .warm = transact_write_warm,
    .run = transact_write_run,
};
