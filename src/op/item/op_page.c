/* op_page.c - see op_page.h. */
#include "op/item/op_page.h"

#include "base/buf.h"
#include "op/item/op_capacity.h"
#include "op/item/op_legacy.h"
#include "op/item/op_paths.h"

static bool invalid(struct req *rq, const char *text)
{
    return err_set(&rq->err, ERR_VALIDATION, "%s", text);
}

/* Select, projection and index in the request itself. */
static bool check_select(struct req *rq, const struct page_in *in, bool query)
{
    bool names = in->attributes_to_get.set, expression = in->expr.projection.p != NULL;
    const char *what = NULL;

    if (in->select.p == NULL)
        return true;
    if (str_eq(in->select, STR("SPECIFIC_ATTRIBUTES"))) {
        if (names || expression)
            return true;
        return err_set(&rq->err, ERR_VALIDATION,
                       "%sMust specify the AttributesToGet or ProjectionExpression when choosing "
                       "to get SPECIFIC_ATTRIBUTES",
                       query ? OP_ENVELOPE : "");
    }
    if (str_eq(in->select, STR("ALL_ATTRIBUTES")))
        what = "ALL_ATTRIBUTES";
    else if (str_eq(in->select, STR("COUNT")))
        what = "only the Count";
    else
        what = "ALL_PROJECTED_ATTRIBUTES";
    if (names || expression)
        return err_set(&rq->err, ERR_VALIDATION, "Cannot specify the %s when choosing to get %s",
                       expression ? "ProjectionExpression" : "AttributesToGet", what);
    if (str_eq(in->select, STR("ALL_PROJECTED_ATTRIBUTES")) && in->index.p == NULL)
        return invalid(rq, "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an "
                           "IndexName");
    return true;
}

static bool start_key_values(struct req *rq, const struct item_in *key)
{
    if (key->problem.n == 0)
        return true;
    return err_set(
        &rq->err, ERR_VALIDATION, "%s" STR_FMT,
        key->bare ? "" : "The provided starting key is invalid: ", STR_ARG(key->problem));
}

/* Items fetched for entries of a local index must be of the same instant as the entries. */
static bool may_fetch(const struct page_in *in)
{
    return in->index.p != NULL &&
           (in->expr.filter.p != NULL || in->expr.projection.p != NULL || in->filter.set ||
            in->attributes_to_get.set || str_eq(in->select, STR("ALL_ATTRIBUTES")));
}

bool op_page_prepare(struct req *rq, struct page_in *in, unsigned legacy, bool query,
                     struct op_exprs *x)
{
    const struct op_expr_rules rules = {
        .values_need = query ? "FilterExpression and KeyConditionExpression are null"
                             : "FilterExpression is null",
    };

    if (may_fetch(in))
        rq->flags |= OP_SNAPSHOT;
    if (in->attributes_to_get.set)
        legacy |= LEGACY_ATTRIBUTES_TO_GET;
    if (in->filter.set)
        legacy |= query ? LEGACY_QUERY_FILTER : LEGACY_SCAN_FILTER;
    if (in->conditional_operator.p != NULL)
        legacy |= LEGACY_CONDITIONAL_OPERATOR;
    return op_resolve_table(rq, &in->table) && op_expr_check(&in->expr, legacy, &rules, &rq->err) &&
           check_select(rq, in, query) &&
           op_legacy_filter(&rq->mem, &in->filter, in->conditional_operator, &x->filter,
                            &rq->err) &&
           op_legacy_names(&rq->mem, &in->attributes_to_get, &x->projection, &rq->err) &&
           start_key_values(rq, &in->start_key);
}

bool op_page_target(struct req *rq, struct db_txn *txn, const struct page_in *in, struct db_page *p)
{
    p->table = op_table(rq, txn, in->table);
    if (p->table == NULL)
        return false;
    p->limit = in->limit.set ? (uint32_t)in->limit.v : 0;
    p->start_key = in->start_key.item;
    if (in->index.p == NULL)
        return true;
    p->index = table_def_index(table_def(p->table), in->index);
    if (p->index == NULL)
        return err_set(&rq->err, ERR_VALIDATION,
                       "The table does not have the specified index: " STR_FMT, STR_ARG(in->index));
    if (p->index->status == INDEX_CREATING || p->index->status == INDEX_DELETING)
        return err_set(&rq->err, ERR_VALIDATION,
                       "Cannot read from backfilling global secondary index: " STR_FMT,
                       STR_ARG(in->index));
    if (p->index->global && in->consistent == TRI_TRUE)
        return invalid(rq, "Consistent reads are not supported on global secondary indexes");
    return true;
}

enum key_fit { KEY_FITS, KEY_WRONG_TYPE, KEY_WRONG_NAMES /* or no key at all */ };

/* Are these key attributes in the item, as non-empty values of the right types and sizes? */
static enum key_fit key_fits(const struct key_schema *k, struct str item)
{
    enum key_fit fit = KEY_FITS;
    size_t bytes[2] = {0, 0}; /* of partition and sort key */

    for (int i = 0; i < k->hash_n + k->range_n; i++) {
        struct attr v;
        if (!item_find(item, k->attr[i].name, &v))
            return KEY_WRONG_NAMES;
        if (v.type != k->attr[i].type) {
            fit = KEY_WRONG_TYPE;
            continue;
        }
        if (v.body.n == 0)
            return KEY_WRONG_NAMES;
        bytes[i >= k->hash_n] += attr_size(&v);
    }
    bool small = bytes[0] <= LIMIT_PARTITION_KEY_BYTES && bytes[1] <= LIMIT_SORT_KEY_BYTES;
    return small ? fit : KEY_WRONG_NAMES;
}

/* How many attributes LastEvaluatedKey has for this table or index. */
static uint32_t key_attributes(const struct table_def *t, const struct index_def *x)
{
    uint32_t n = (uint32_t)t->key.hash_n + t->key.range_n;

    for (int i = 0; x != NULL && i < x->key.hash_n + x->key.range_n; i++)
        n += !key_schema_has(&t->key, x->key.attr[i].name);
    return n;
}

bool op_page_start_key(struct req *rq, const struct page_in *in, struct db_page *p)
{
    const struct table_def *t = table_def(p->table);

    if (!in->start_key.present)
        return true;
    enum key_fit fit = key_fits(&t->key, p->start_key);
    if (p->index != NULL && fit != KEY_WRONG_NAMES) {
        enum key_fit of_index = key_fits(&p->index->key, p->start_key);
        fit = of_index != KEY_FITS ? of_index : fit;
    }
    if (item_map(p->start_key).count != key_attributes(t, p->index))
        fit = KEY_WRONG_NAMES;
    if (fit == KEY_FITS)
        return true;
    if (p->index != NULL && fit == KEY_WRONG_TYPE)
        return invalid(rq, "The provided key element does not match the schema");
    if (p->index != NULL || p->query)
        return invalid(rq, "The provided starting key is invalid");
    return invalid(rq, "The provided starting key is invalid: The provided key element does not "
                       "match the schema");
}

/* A global index has what is projected to it and no more; for a local one the rest is fetched. */
static bool check_global(struct req *rq, const struct page_in *in, const struct buf *missing,
                         const struct db_page *p)
{
    struct str index = p->index->name;

    if (str_eq(in->select, STR("ALL_ATTRIBUTES")) && p->index->projection != PROJECTION_ALL)
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "Select type ALL_ATTRIBUTES is not supported for global "
                                  "secondary index " STR_FMT
                                  " because its projection type is not ALL",
                       STR_ARG(index));
    if (missing->n == 0)
        return true;
    return err_set(&rq->err, ERR_VALIDATION,
                   OP_INVALID "Global secondary index " STR_FMT " does not project [" STR_FMT "]",
                   STR_ARG(index), STR_ARG(buf_str(missing)));
}

bool op_page_projected(struct req *rq, const struct page_in *in, const struct op_exprs *x,
                       struct db_page *p)
{
    const struct table_def *t = table_def(p->table);
    struct buf missing = {0};
    bool good = true;

    if (p->index != NULL) {
        op_paths_unprojected(t, p->index, x->filter, x->projection, &missing);
        bool all = str_eq(in->select, STR("ALL_ATTRIBUTES"));
        p->fetch_base =
            !p->index->global && p->index->projection != PROJECTION_ALL && (missing.n > 0 || all);
        /* Without a word about attributes the index's own are meant. */
        p->filter_only = x->projection == NULL && !all;
        good = !p->index->global || check_global(rq, in, &missing, p);
    }
    buf_free(&missing);
    return good && op_paths_condition(t, x->filter, &rq->err);
}

struct page_items {
    struct req *rq;
    const struct expr_projection *projection;
};

static bool write_item(void *arg, struct str item, struct err *e)
{
    struct page_items *w = arg;

    (void)e;
    if (w->projection != NULL)
        item = expr_project(&w->rq->mem, w->projection, item);
    item_json_write(&w->rq->out, item);
    return true;
}

static bool count_item(void *arg, struct str item, struct err *e)
{
    (void)arg;
    (void)item;
    (void)e;
    return true;
}

static void page_use(const struct page_in *in, const struct db_page *p,
                     const struct db_page_result *r, struct capacity_use *use)
{
    bool consistent = in->consistent == TRI_TRUE;
    uint64_t halves = capacity_read_halves(r->bytes, consistent);

    use->table_touched = true;
    if (p->index == NULL) {
        use->table_halves = halves;
        return;
    }
    size_t at = (size_t)(p->index - table_def(p->table)->index);
    use->index_halves[at] = halves;
    use->touched[at] = true;
    use->table_halves = consistent ? r->fetched_halves : r->fetched_halves / 2;
}

bool op_page_answer(struct req *rq, struct db_txn *txn, const struct page_in *in,
                    const struct op_exprs *x, struct db_page *p)
{
    struct json_out *o = &rq->out;
    struct page_items items = {.rq = rq, .projection = x->projection};
    bool counts = str_eq(in->select, STR("COUNT"));
    struct db_page_result r = {0};

    struct capacity_at at = {
        .table = p->table,
        .index = p->index,
        .partition = p->query ? db_capacity_partition_of(txn, p->table, p->index, p->partition) : 0,
        .kind = CAPACITY_READ,
    };

    if (!op_capacity_left(rq, txn, &at))
        return false;
    p->filter = x->filter;
    p->item = counts ? count_item : write_item;
    p->arg = &items;
    json_out_open(o, '{');
    if (!counts) {
        json_out_name(o, STR("Items"));
        json_out_open(o, '[');
    }
    if (!db_page_run(txn, &rq->mem, p, &r, &rq->err))
        return false;
    if (!counts)
        json_out_close(o, ']');
    json_out_name(o, STR("Count"));
    json_out_int(o, r.count);
    json_out_name(o, STR("ScannedCount"));
    json_out_int(o, r.scanned);
    if (r.last_key.p != NULL)
        op_item_member(o, STR("LastEvaluatedKey"), r.last_key);
    struct capacity_use use = {0};
    page_use(in, p, &r, &use);
    db_capacity_spend(txn, &at, &use);
    op_capacity_member(rq, table_def(p->table), &use, in->return_capacity);
    json_out_close(o, '}');
    return true;
}
