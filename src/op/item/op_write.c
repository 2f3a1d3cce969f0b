/* op_write.c - see op_write.h. */
#include "op/item/op_write.h"

#include "op/item/op_capacity.h"
#include "op/item/op_paths.h"

/* What an update may need beside the item itself, as measured on the service. */
enum {
    UPDATE_KEY_BYTES = 3,
    UPDATE_SET_BYTES = 19,
    UPDATE_REMOVE_BYTES = 2,
    UPDATE_INDEX_BYTES = 1,
    UPDATE_ARITHMETIC_BYTES = 50
};

static bool too_large(enum write_kind kind, struct err *e)
{
    return err_set(e, ERR_VALIDATION, "%s",
                   kind == WRITE_UPDATE ? EXPR_UPDATE_TOO_LARGE
                                        : "Item size has exceeded the maximum allowed size");
}

bool op_write_size(struct str item, struct err *e)
{
    return item_size(item) <= LIMIT_ITEM_BYTES || too_large(WRITE_PUT, e);
}

struct str op_write_key(struct arena *mem, const struct table_def *t, struct str item)
{
    struct str names[LIMIT_KEY_ATTRIBUTES];
    size_t n = (size_t)t->key.hash_n + t->key.range_n;

    for (size_t i = 0; i < n; i++)
        names[i] = t->key.attr[i].name;
    return item_select(mem, item, names, n);
}

static bool check_put(struct arena *mem, const struct table_def *t, const struct write *w,
                      struct err *e)
{
    if (w->key_texts) {
        if (!db_key_check(t, op_write_key(mem, t, w->item), e))
            return false;
    } else if (!db_item_key_check(t, w->item, e)) {
        return false;
    }
    return db_index_keys_check(t, w->item, e);
}

bool op_write_check(struct arena *mem, const struct table_def *t, const struct write *w,
                    struct err *e)
{
    if (w->kind == WRITE_PUT) {
        if (!check_put(mem, t, w, e))
            return false;
    } else if (!db_key_check(t, w->item, e)) {
        return false;
    }
    if (w->kind == WRITE_UPDATE && !op_paths_update(t, w->update, e))
        return false;
    return op_paths_condition(t, w->condition, e);
}

static uint32_t key_bytes(const struct table_def *t, struct str item)
{
    uint32_t sum = 0;

    for (int i = 0; i < t->key.hash_n + t->key.range_n; i++) {
        struct attr v;
        if (item_find(item, t->key.attr[i].name, &v))
            sum += (uint32_t)t->key.attr[i].name.n + attr_size(&v);
    }
    return sum;
}

static uint32_t action_bytes(const struct expr_update_action *a)
{
    if (a->action == EXPR_REMOVE || a->action == EXPR_DELETE)
        return UPDATE_REMOVE_BYTES;
    uint32_t sum = UPDATE_SET_BYTES;
    if (a->action == EXPR_SET && a->path.step[a->path.n - 1].name.p == NULL)
        sum += UPDATE_INDEX_BYTES;
    if (a->value->type == EXPR_PLUS || a->value->type == EXPR_MINUS)
        sum += UPDATE_ARITHMETIC_BYTES;
    return sum;
}

static bool update_size(const struct table_def *t, const struct write *w, struct str item,
                        struct err *e)
{
    uint64_t size = item_size(item), with_update = size;

    if (!w->plain_size && w->update != NULL) {
        with_update += UPDATE_KEY_BYTES;
        for (uint32_t i = 0; i < w->update->n; i++)
            with_update += action_bytes(&w->update->action[i]);
        with_update -= key_bytes(t, item);
    }
    return (size <= LIMIT_ITEM_BYTES && with_update <= LIMIT_ITEM_BYTES) ||
           too_large(WRITE_UPDATE, e);
}

static bool make_update(struct arena *mem, const struct table_def *t, const struct write *w,
                        struct write_result *out, struct err *e)
{
    /* Without any action the update still creates the item. */
    if (w->update == NULL || w->update->n == 0) {
        out->new_item = out->old.p != NULL ? out->old : w->item;
        return true;
    }
    if (!expr_update(mem, w->update, out->old, w->item, &out->new_item, e))
        return false;
    return out->new_item.p == NULL || (db_index_keys_check_update(t, out->old, out->new_item, e) &&
                                       update_size(t, w, out->new_item, e));
}

static bool make_new(struct arena *mem, const struct table_def *t, const struct write *w,
                     struct write_result *out, struct err *e)
{
    switch (w->kind) {
    case WRITE_PUT:
        out->new_item = w->item;
        return true;
    case WRITE_UPDATE:
        return make_update(mem, t, w, out, e);
    default:
        out->new_item = (struct str){0};
        return true;
    }
}

/* The write, whatever throughput is left. */
static bool write_item(struct db_txn *txn, struct arena *mem, const struct table *table,
                       const struct write *w, struct write_result *out, struct capacity_use *use,
                       struct err *e)
{
    if (!db_item_get(txn, table, w->item, &out->old, e))
        return false;
    if (w->condition != NULL && !expr_true(w->condition, out->old))
        return err_set(e, ERR_CONDITIONAL_CHECK_FAILED, "The conditional request failed");
    use->table_touched = true;
    if (w->kind == WRITE_CHECK) {
        out->new_item = out->old;
        use->table_halves += capacity_write_halves(item_size(out->old));
        return true;
    }
    if (!make_new(mem, table_def(table), w, out, e))
        return false;
    if (out->new_item.p != NULL && !db_item_local_fits(txn, table, out->new_item))
        return too_large(w->kind, e);
    if (out->old.p == NULL && out->new_item.p == NULL) {
        use->table_halves += capacity_write_halves(0);
        return true;
    }
    struct db_change c = {.table = table, .old = out->old, .new_item = out->new_item};
    return db_item_change(txn, &c, use, e);
}

static bool write_left(struct db_txn *txn, struct arena *mem, const struct capacity_at *at,
                       struct write_result *out, struct err *e)
{
    enum capacity_limit limit;

    return db_capacity_left(txn, at, &limit) ||
           op_throttled(db_txn_db(txn), mem, at, limit, &out->throttled, e);
}

/* The write needs throughput of every global index that it touches; which ones is known when
 * it is done.  Their partitions pay here, the indexes themselves with the table. */
static bool indexes_left(struct db_txn *txn, struct arena *mem, const struct table *table,
                         const struct capacity_use *use, struct write_result *out, struct err *e)
{
    const struct table_def *t = table_def(table);

    for (uint32_t i = 0; i < t->index_n; i++) {
        const struct index_def *x = &t->index[i];
        struct capacity_at at = {.table = table, .index = x, .kind = CAPACITY_WRITE};
        if (!use->touched[i] || !x->global)
            continue;
        at.partition = db_capacity_partition_in(txn, table, x, out->new_item);
        if (at.partition == 0)
            at.partition = db_capacity_partition_in(txn, table, x, out->old);
        if (!write_left(txn, mem, &at, out, e))
            return false;
        db_capacity_spend_partition(txn, &at, use->index_halves[i]);
    }
    return true;
}

uint64_t op_write_failed_halves(struct arena *mem, const struct table_def *t, const struct write *w,
                                struct str old)
{
    struct write_result would = {.old = old};
    struct err unfit = {0};
    uint32_t bytes = item_size(old);

    if (w->kind != WRITE_CHECK && make_new(mem, t, w, &would, &unfit) &&
        item_size(would.new_item) > bytes)
        bytes = item_size(would.new_item);
    return capacity_write_halves(bytes);
}

static bool write_metered(struct db_txn *txn, struct arena *mem, const struct table *table,
                          const struct write *w, struct write_result *out, struct capacity_use *use,
                          struct err *e)
{
    struct capacity_use one = {0};
    struct capacity_at at = {
        .table = table,
        .partition = db_capacity_partition(txn, table, w->item),
        .kind = CAPACITY_WRITE,
    };

    if (!write_left(txn, mem, &at, out, e))
        return false;
    bool good =
        write_item(txn, mem, table, w, out, &one, e) && indexes_left(txn, mem, table, &one, out, e);
    if (!good && e->code != ERR_CONDITIONAL_CHECK_FAILED)
        return false;
    if (!good)
        one.table_halves = op_write_failed_halves(mem, table_def(table), w, out->old);
    db_capacity_spend(txn, &at, &one);
    if (good)
        capacity_use_add(use, &one);
    return good;
}

bool op_write_run(struct db_txn *txn, struct arena *mem, const struct table *table,
                  const struct write *w, struct write_result *out, struct capacity_use *use,
                  struct err *e)
{
    *out = (struct write_result){0};
    if (db_throttling(txn))
        return write_metered(txn, mem, table, w, out, use, e);
    return write_item(txn, mem, table, w, out, use, e);
}
