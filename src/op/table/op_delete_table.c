/* op_delete_table.c - DeleteTable.  The table is gone when the answer is sent;
 * its data is removed later, in small slices. */
#include "op/op_list.h"
#include "op/table/op_table_description.h"

struct delete_table_in {
    struct str table;
};

static const struct field fields[] = {
    FIELD(struct delete_table_in, table, "TableName", &shape_table_name_ctrl, FIELD_PARAMETER),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct delete_table_in), .fields = fields};

static bool delete_table_prepare(struct req *rq)
{
    struct delete_table_in *in = rq->in;
    return op_resolve_table(rq, &in->table);
}

static bool may_be_deleted(struct req *rq, const struct table_def *t)
{
    if (t->deletion_protection)
        return err_set(&rq->err, ERR_VALIDATION,
                       "Resource cannot be deleted as it is currently protected against deletion. "
                       "Disable deletion protection first.");
    for (uint32_t i = 0; i < t->index_n; i++)
        if (t->index[i].status != INDEX_ACTIVE)
            return err_set(&rq->err, ERR_RESOURCE_IN_USE,
                           "Attempt to change a resource which is still in use: Cannot delete "
                           "table while indexes are being created, updated, or deleted.");
    return true;
}

static bool delete_table_run(struct req *rq, struct db_txn *txn)
{
    const struct delete_table_in *in = rq->in;
    const struct table *t = op_table_ctrl(rq, txn, in->table);
    if (t == NULL || !op_table_settled(rq, table_def(t)) || !may_be_deleted(rq, table_def(t)))
        return false;
    struct table_def shown = *table_def(t);
    struct table_description d = {.view = TABLE_DELETED, .def = &shown};
    shown.status = TABLE_DELETING;
    db_table_counts(t, &d.counts);
    op_table_description(rq, &d);
    if (rq->physics != NULL && rq->physics->states_ms > 0)
        return db_table_drop_later(txn, t, rq->physics->states_ms, &rq->err);
    return db_table_drop(txn, t, &rq->err);
}

const struct op op_delete_table = {
    .name = "DeleteTable",
    .action = "dynamodb:DeleteTable",
    .flags = OP_WRITE,
    .in = &in_shape,
    .prepare = delete_table_prepare,
    .run = delete_table_run,
};
