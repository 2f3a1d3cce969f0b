/* op_partiql_select.c - SELECT: an item by key, or pages of queries or of a scan.
 *
 * A page ends as one of Query and Scan does, over all queries of the plan
 * together; NextToken tells which of them goes on, and where. */
#include "base/buf.h"
#include "db/db_page.h"
#include "op/item/op_capacity.h"
#include "op/item/op_paths.h"
#include "op/item/op_query_key.h"
#include "op/partiql/op_partiql_token.h"

struct run {
    struct req *rq;
    struct db_txn *txn;
    const struct partiql_select *sel;
    const struct partiql_statement *s;
    const struct table *table;
    const struct index_def *index;
    struct partiql_read plan;
    struct partiql_position at;
    bool more; /* it does not end here: goes on at `at` */
    struct db_page_result sum;
    uint64_t halves; /* what the queries cost, each rounded for itself */
    struct capacity_use use;
    bool fetch_base;
};

static bool find_index(struct run *r)
{
    const struct partiql_select *sel = r->sel;

    if (r->s->index.p == NULL)
        return true;
    r->index = table_def_index(table_def(r->table), r->s->index);
    if (r->index == NULL)
        return err_set(&r->rq->err, ERR_VALIDATION, "The table does not have the specified index");
    if (r->index->status == INDEX_CREATING || r->index->status == INDEX_DELETING)
        return err_set(&r->rq->err, ERR_VALIDATION,
                       "Cannot read from backfilling global secondary index: " STR_FMT,
                       STR_ARG(r->index->name));
    if (r->index->global && sel->consistent)
        return err_set(&r->rq->err, ERR_VALIDATION,
                       "Strongly consistent read is not supported on Global Secondary Indexes");
    return true;
}

/* A filter on what the index does not have refuses queries, unless one of them does without.  In a
 * scan nothing has that attribute. */
static bool check_filters(struct run *r)
{
    struct buf missing = {.mem = &r->rq->mem};

    for (uint32_t i = 0; i < r->plan.queries_n; i++) {
        missing.n = 0;
        op_paths_unprojected(table_def(r->table), r->index, r->plan.query[i].filter, NULL,
                             &missing);
        if (missing.n == 0)
            return true;
    }
    return missing.n == 0 ||
           err_set(&r->rq->err, ERR_VALIDATION,
                   OP_INVALID "Secondary index " STR_FMT
                              " does not project one or more filter attributes: [" STR_FMT "]",
                   STR_ARG(r->index->name), STR_ARG(buf_str(&missing)));
}

/* A global index has what is projected to it and no more; for a local one the rest is fetched. */
static bool check_projection(struct run *r)
{
    struct buf missing = {.mem = &r->rq->mem};
    struct expr_projection p = {r->s->columns_n, r->s->column};

    if (r->index == NULL || r->index->projection == PROJECTION_ALL)
        return true;
    op_paths_unprojected(table_def(r->table), r->index, NULL, &p, &missing);
    if (missing.n > 0 && r->index->global)
        return err_set(&r->rq->err, ERR_VALIDATION,
                       OP_INVALID "Global secondary index " STR_FMT " does not project [" STR_FMT
                                  "]",
                       STR_ARG(r->index->name), STR_ARG(buf_str(&missing)));
    r->fetch_base = missing.n > 0;
    return check_filters(r);
}

/* One item by key --------------------------------------------------------------------- */

static bool get(struct run *r)
{
    struct req *rq = r->rq;
    struct partiql_get what = {r->table, r->plan.key, r->sel->consistent};
    struct str item;

    if (r->sel->next_token.p != NULL)
        return err_set(&rq->err, ERR_VALIDATION, "NextToken does not match request");
    if (!db_key_check(table_def(r->table), r->plan.key, &rq->err) ||
        !op_partiql_get(rq, r->txn, &what, &r->use, &item))
        return false;
    if (item.p != NULL && (r->plan.filter == NULL || expr_true(r->plan.filter, item)))
        op_partiql_columns(&rq->out, r->s, item);
    return true;
}

/* Pages ------------------------------------------------------------------------------- */

static bool write_row(void *arg, struct str item, struct err *e)
{
    struct run *r = arg;

    (void)e;
    op_partiql_columns(&r->rq->out, r->s, item);
    return true;
}

static bool run_page(struct run *r, uint32_t i, struct db_page_result *out)
{
    const struct table_def *t = table_def(r->table);
    bool query = r->plan.queries_n > 0;
    struct db_page p = {
        .table = r->table,
        .index = r->index,
        .query = query,
        .hash_to = UINT64_MAX,
        .reverse = r->plan.reverse,
        .start_key = r->at.key,
        .limit = r->sel->limit > 0 ? r->sel->limit - r->sum.scanned : 0,
        .filter = query ? r->plan.query[i].filter : r->plan.filter,
        .fetch_base = r->fetch_base,
        .item = write_row,
        .arg = r,
    };

    if (query && !op_query_key(r->index != NULL ? &r->index->key : &t->key, &r->plan.query[i].key,
                               &p, &r->rq->err))
        return false;
    return db_page_run(r->txn, &r->rq->mem, &p, out, &r->rq->err);
}

/* After so many queries. */
static bool page_is_full(const struct run *r, uint32_t queries)
{
    return db_page_bytes(&r->sum) >= LIMIT_PAGE_BYTES || queries == PARTIQL_PAGE_READS ||
           (r->sel->limit > 0 && r->sum.scanned >= r->sel->limit);
}

static void charge(struct run *r)
{
    bool consistent = r->sel->consistent;

    r->use.table_touched = true;
    if (r->index == NULL) {
        r->use.table_halves = r->halves;
        return;
    }
    size_t at = (size_t)(r->index - table_def(r->table)->index);
    r->use.index_halves[at] = r->halves;
    r->use.touched[at] = true;
    r->use.table_halves = consistent ? r->sum.fetched_halves : r->sum.fetched_halves / 2;
}

static uint32_t queries(const struct run *r)
{
    return r->plan.queries_n > 0 ? r->plan.queries_n : 1;
}

static bool pages(struct run *r)
{
    struct capacity_at at = {.table = r->table, .index = r->index, .kind = CAPACITY_READ};
    uint32_t first = r->at.query;

    /* A scan is long work: not on a thread that may not wait. */
    if (r->plan.queries_n == 0 && db_txn_cached(r->txn))
        return err_set(&r->rq->err, ERR_WOULD_BLOCK, "a scan");
    if (!op_capacity_left(r->rq, r->txn, &at))
        return false;
    for (uint32_t i = first; i < queries(r) && !r->more; i++) {
        struct db_page_result one = {0};
        if (!run_page(r, i, &one))
            return false;
        r->sum.scanned += one.scanned;
        r->sum.bytes += one.bytes;
        r->halves += capacity_read_halves(one.bytes, r->sel->consistent);
        r->sum.fetched_halves += one.fetched_halves;
        r->at = (struct partiql_position){i, one.last_key};
        r->more = one.last_key.p != NULL;
        if (r->more || i + 1 == queries(r) || !page_is_full(r, i + 1 - first))
            continue;
        r->at.query++;
        r->more = true;
    }
    charge(r);
    db_capacity_spend(r->txn, &at, &r->use);
    return true;
}

static bool start(struct run *r, unsigned char request[PARTIQL_DIGEST_BYTES])
{
    if (r->sel->next_token.p == NULL)
        return true;
    op_partiql_request(r->sel->statement, table_def(r->table), r->index, request);
    if (!op_partiql_token_read(r->rq, r->sel->next_token, request, &r->at))
        return false;
    return r->at.query < queries(r) || err_set(&r->rq->err, ERR_VALIDATION, "Invalid NextToken");
}

static void write_next(struct run *r)
{
    struct json_out *o = &r->rq->out;
    unsigned char request[PARTIQL_DIGEST_BYTES];

    op_partiql_request(r->sel->statement, table_def(r->table), r->index, request);
    json_out_name(o, STR("NextToken"));
    json_out_str(o, op_partiql_token(r->rq, request, &r->at));
    if (r->at.key.p != NULL)
        op_item_member(o, STR("LastEvaluatedKey"), r->at.key);
}

static bool plan(struct run *r)
{
    struct req *rq = r->rq;
    unsigned char request[PARTIQL_DIGEST_BYTES];

    r->table = op_table(rq, r->txn, r->s->table);
    if (r->table == NULL || !find_index(r))
        return false;
    const struct table_def *t = table_def(r->table);
    return partiql_plan_read(&rq->mem, t, r->index, r->s, &r->plan, &rq->err) &&
           op_paths_condition(t, r->s->where, &rq->err) && check_projection(r) &&
           (r->plan.key.p != NULL || start(r, request));
}

bool op_partiql_select(struct req *rq, struct db_txn *txn, const struct partiql_select *sel)
{
    struct run r = {.rq = rq, .txn = txn, .sel = sel, .s = &sel->statement->s};

    if (!plan(&r))
        return false;
    json_out_open(&rq->out, '{');
    json_out_name(&rq->out, STR("Items"));
    json_out_open(&rq->out, '[');
    if (!(r.plan.key.p != NULL ? get(&r) : pages(&r)))
        return false;
    json_out_close(&rq->out, ']');
    if (r.more)
        write_next(&r);
    op_capacity_member(rq, table_def(r.table), &r.use, sel->return_capacity);
    json_out_close(&rq->out, '}');
    return true;
}
