/* op_item_write.c - see op_item_write.h. */
#include "op/item/op_item_write.h"

unsigned op_item_write_legacy(const struct item_write_in *in)
{
    return (in->expected.set ? LEGACY_EXPECTED : 0u) |
           (in->conditional_operator.p != NULL ? LEGACY_CONDITIONAL_OPERATOR : 0u);
}

/* The item that ReturnValues asks for; p == NULL: the response has none. */
static struct str returned(struct arena *mem, const struct item_write *w, enum return_values r,
                           const struct write_result *done)
{
    const struct expr_update *u = w->write.update;

    switch (r) {
    case RETURN_ALL_OLD:
        return done->old;
    case RETURN_ALL_NEW:
        return done->new_item;
    case RETURN_UPDATED_OLD:
        if (u != NULL && done->old.p != NULL)
            return expr_update_touched(mem, u, done->old);
        break;
    case RETURN_UPDATED_NEW:
        if (u != NULL && done->new_item.p != NULL)
            return expr_update_touched(mem, u, done->new_item);
        break;
    case RETURN_NONE:
        break;
    }
    return (struct str){0};
}

static bool respond(struct req *rq, struct db_txn *txn, const struct table *table,
                    const struct write_result *done, const struct capacity_use *use)
{
    const struct table_def *t = table_def(table);
    const struct item_write_in *in = rq->in;
    const struct item_write *w = rq->prepared;
    struct json_out *o = &rq->out;

    json_out_open(o, '{');
    struct str item = returned(&rq->mem, w, op_return_values(in->return_values), done);
    if (item.p != NULL)
        op_item_member(o, STR("Attributes"), item);
    op_capacity_member(rq, t, use, in->return_capacity);
    if (op_metrics_wanted(t, in->return_metrics)) {
        json_out_name(o, STR("ItemCollectionMetrics"));
        if (!op_metrics_write(rq, txn, table, w->write.item))
            return false;
    }
    json_out_close(o, '}');
    return true;
}

bool op_item_write_warm(struct req *rq, struct db_txn *txn)
{
    const struct item_write_in *in = rq->in;
    const struct item_write *w = rq->prepared;
    const struct table *table = db_table(txn, in->table);

    return table == NULL || db_item_warm(txn, table, w->write.item, &rq->err);
}

bool op_item_write_run(struct req *rq, struct db_txn *txn)
{
    const struct item_write_in *in = rq->in;
    const struct item_write *w = rq->prepared;
    struct write_result done;
    struct capacity_use use = {0};

    const struct table *table = op_table(rq, txn, in->table);
    if (table == NULL)
        return false;
    const struct table_def *t = table_def(table);
    if (!op_write_check(&rq->mem, t, &w->write, &rq->err))
        return false;
    if (!op_write_run(txn, &rq->mem, table, &w->write, &done, &use, &rq->err)) {
        rq->error_members = done.throttled;
        op_return_on_failure(rq, in->return_on_failure, done.old);
        return false;
    }
    return respond(rq, txn, table, &done, &use);
}
