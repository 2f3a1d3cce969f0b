/* op_batch_write_item.c - BatchWriteItem: puts and deletes without conditions.
 *
 * All requests are checked before the first is applied, because one bad one
 * rejects the batch. */
#include "base/buf.h"
#include "model/key.h"
#include "op/item/op_capacity.h"
#include "op/item/op_data.h"
#include "op/item/op_write.h"
#include "op/op_list.h"

struct put_request_in {
    struct item_in item;
};
struct delete_request_in {
    struct item_in key;
};
struct write_request_in {
    struct put_request_in *put;
    struct delete_request_in *del;
};
struct batch_write_in {
    struct map tables; /* struct list of struct write_request_in */
    struct str return_capacity, return_metrics;
};

static const struct field put_request_fields[] = {
    FIELD(struct put_request_in, item, "Item", &shape_item, REQUIRED),
    {0},
};
static const struct shape put_request = {
    .kind = SHAPE_STRUCT,
    .name = "PutRequest",
    .size = sizeof(struct put_request_in),
    .fields = put_request_fields,
};
static const struct field delete_request_fields[] = {
    FIELD(struct delete_request_in, key, "Key", &shape_item, REQUIRED),
    {0},
};
static const struct shape delete_request = {
    .kind = SHAPE_STRUCT,
    .name = "DeleteRequest",
    .size = sizeof(struct delete_request_in),
    .fields = delete_request_fields,
};
static const struct field write_request_fields[] = {
    FIELD(struct write_request_in, put, "PutRequest", &put_request, OPTIONAL),
    FIELD(struct write_request_in, del, "DeleteRequest", &delete_request, OPTIONAL),
    {0},
};
static const struct shape write_request = {
    .kind = SHAPE_STRUCT,
    .name = "WriteRequest",
    .size = sizeof(struct write_request_in),
    .fields = write_request_fields,
};
static const struct shape write_requests = {
    .kind = SHAPE_LIST,
    .min = 1,
    .max = LIMIT_BATCH_WRITE_REQUESTS,
    .elem = &write_request,
};
static const struct shape request_items = {
    .kind = SHAPE_MAP,
    .elem = &write_requests,
    .key = &shape_table_name,
};
static const struct field batch_write_fields[] = {
    FIELD(struct batch_write_in, tables, "RequestItems", &request_items, REQUIRED),
    FIELD(struct batch_write_in, return_capacity, "ReturnConsumedCapacity", &shape_return_capacity,
          OPTIONAL),
    FIELD(struct batch_write_in, return_metrics, "ReturnItemCollectionMetrics",
          &shape_return_metrics, OPTIONAL),
    {0},
};
static const struct shape batch_write_in = {
    .kind = SHAPE_STRUCT,
    .name = "BatchWriteItemInput",
    .size = sizeof(struct batch_write_in),
    .fields = batch_write_fields,
};

/* What prepare() leaves for each table of the request. */
struct batch_table {
    struct str name;
    uint32_t n;
    struct write *write;
};

/* One run over the tables. */
struct batch_write {
    struct req *rq;
    struct db_txn *txn;
    bool **left; /* per table and write: unprocessed */
    uint32_t asked, done;
    struct err *throttled; /* the first that was refused */
    struct str throttled_members;
};

static bool check_counts(struct req *rq, const struct map *tables)
{
    const struct list *requests = tables->v;
    uint32_t total = 0;

    if (tables->n == 0)
        return err_set(&rq->err, ERR_VALIDATION,
                       "The requestItems parameter is required for BatchWriteItem");
    for (uint32_t i = 0; i < tables->n; i++)
        total += requests[i].n;
    return total <= LIMIT_BATCH_WRITE_REQUESTS ||
           err_set(&rq->err, ERR_VALIDATION,
                   "Too many items requested for the BatchWriteItem call");
}

static bool prepare_request(struct req *rq, const struct write_request_in *in, struct write *w)
{
    if ((in->put == NULL) == (in->del == NULL))
        return err_set(&rq->err, ERR_VALIDATION, ATTR_TEXT_MANY_TYPES);
    const struct item_in *item = in->put != NULL ? &in->put->item : &in->del->key;
    *w = (struct write){
        .kind = in->put != NULL ? WRITE_PUT : WRITE_DELETE,
        .item = item->item,
        .key_texts = true,
    };
    return op_item_ok(item, false, &rq->err) &&
           (in->put == NULL || op_write_size(item->item, &rq->err));
}

static bool batch_write_prepare(struct req *rq)
{
    const struct batch_write_in *in = rq->in;
    const struct list *requests = in->tables.v;

    struct str *names;
    if (!check_counts(rq, &in->tables) || !op_resolve_tables(rq, &in->tables, &names))
        return false;
    struct batch_table *t = NEW_ARRAY(&rq->mem, struct batch_table, in->tables.n);
    for (uint32_t i = 0; i < in->tables.n; i++) {
        const struct write_request_in *request = requests[i].v;
        t[i] = (struct batch_table){
            .name = names[i],
            .n = requests[i].n,
            .write = NEW_ARRAY(&rq->mem, struct write, requests[i].n),
        };
        for (uint32_t k = 0; k < t[i].n; k++)
            if (!prepare_request(rq, &request[k], &t[i].write[k]))
                return false;
    }
    rq->prepared = t;
    return true;
}

/* The write's storage key: equal for equal keys, whatever the spelling of numbers. */
static struct str storage_key(struct arena *mem, const struct table_def *t, struct str item)
{
    struct buf key = {0};
    bool keyed = key_of_item(&key, t, item);

    assert(keyed); /* checked before */
    struct str copy = arena_dup(mem, buf_str(&key));
    buf_free(&key);
    return copy;
}

static bool check_table(struct req *rq, const struct table_def *def, const struct batch_table *t)
{
    struct str *keys = NEW_ARRAY(&rq->mem, struct str, t->n);

    for (uint32_t i = 0; i < t->n; i++) {
        if (!op_write_check(&rq->mem, def, &t->write[i], &rq->err))
            return false;
        keys[i] = storage_key(&rq->mem, def, t->write[i].item);
        for (uint32_t k = 0; k < i; k++)
            if (str_eq(keys[i], keys[k]))
                return err_set(&rq->err, ERR_VALIDATION,
                               "Provided list of item keys contains duplicates");
    }
    return true;
}

static void write_capacity(struct req *rq, const struct table *const *table,
                           const struct capacity_use *use, uint32_t n)
{
    const struct batch_write_in *in = rq->in;

    if (!op_capacity_wanted(in->return_capacity))
        return;
    json_out_name(&rq->out, STR("ConsumedCapacity"));
    json_out_open(&rq->out, '[');
    for (uint32_t i = 0; i < n; i++)
        op_capacity_write(&rq->out, in->tables.key[i], table_def(table[i]), &use[i],
                          in->return_capacity, OP_CAPACITY_PLAIN);
    json_out_close(&rq->out, ']');
}

/* One entry per partition key of what was done. */
static bool table_metrics(struct batch_write *b, struct str name, const struct table *table,
                          const struct batch_table *t, const bool *left)
{
    struct json_out *o = &b->rq->out;
    const struct table_def *def = table_def(table);
    json_out_name(o, name);
    json_out_open(o, '[');
    for (uint32_t i = 0; i < t->n; i++) {
        struct attr hash, other;
        bool found = item_find(t->write[i].item, def->key.attr[0].name, &hash), skip = left[i];
        assert(found);
        for (uint32_t k = 0; k < i && !skip; k++)
            skip = !left[k] && item_find(t->write[k].item, def->key.attr[0].name, &other) &&
                   attr_eq(&hash, &other);
        if (!skip && !op_metrics_write(b->rq, b->txn, table, t->write[i].item))
            return false;
    }
    json_out_close(o, ']');
    return true;
}

static bool any_done(const struct batch_table *t, const bool *left)
{
    for (uint32_t i = 0; i < t->n; i++)
        if (!left[i])
            return true;
    return false;
}

static bool write_metrics(struct batch_write *b, const struct table *const *table, uint32_t n)
{
    struct req *rq = b->rq;
    const struct batch_write_in *in = rq->in;
    const struct batch_table *t = rq->prepared;
    bool any = false;

    for (uint32_t i = 0; i < n; i++) {
        if (!op_metrics_wanted(table_def(table[i]), in->return_metrics) ||
            !any_done(&t[i], b->left[i]))
            continue;
        if (!any) {
            json_out_name(&rq->out, STR("ItemCollectionMetrics"));
            json_out_open(&rq->out, '{');
            any = true;
        }
        if (!table_metrics(b, in->tables.key[i], table[i], &t[i], b->left[i]))
            return false;
    }
    if (any)
        json_out_close(&rq->out, '}');
    return true;
}

/* A write that finds the throughput used up stays unprocessed. */
static bool run_write(struct batch_write *b, const struct table *table, const struct write *w,
                      struct capacity_use *use, bool *left)
{
    struct req *rq = b->rq;
    struct write_result done;
    bool throttling = db_throttling(b->txn);

    *left = op_physics_unprocessed(rq->physics, b->asked++);
    if (*left)
        return true;
    if (throttling)
        db_savepoint(b->txn);
    bool good = op_write_run(b->txn, &rq->mem, table, w, &done, use, &rq->err);
    if (throttling && !good)
        db_rollback(b->txn);
    else if (throttling)
        db_release(b->txn);
    b->done += good;
    if (good || !op_is_throttled(&rq->err))
        return good;
    if (b->throttled == NULL) {
        b->throttled = NEW(&rq->mem, struct err);
        *b->throttled = rq->err;
        b->throttled_members = done.throttled;
    }
    err_init(&rq->err, &rq->mem);
    return *left = true;
}

static bool run_writes(struct batch_write *b, const struct table *const *table,
                       const struct batch_table *t, uint32_t n, struct capacity_use *use)
{
    for (uint32_t i = 0; i < n; i++) {
        b->left[i] = NEW_ARRAY(&b->rq->mem, bool, t[i].n);
        for (uint32_t k = 0; k < t[i].n; k++)
            if (!run_write(b, table[i], &t[i].write[k], &use[i], &b->left[i][k]))
                return false;
    }
    if (b->done > 0 || b->throttled == NULL)
        return true;
    b->rq->err = *b->throttled; /* all of them: then it is an error */
    b->rq->error_members = b->throttled_members;
    return false;
}

static void write_request_out(struct json_out *o, const struct write *w)
{
    bool put = w->kind == WRITE_PUT;

    json_out_open(o, '{');
    json_out_name(o, put ? STR("PutRequest") : STR("DeleteRequest"));
    json_out_open(o, '{');
    op_item_member(o, put ? STR("Item") : STR("Key"), w->item);
    json_out_close(o, '}');
    json_out_close(o, '}');
}

static void write_unprocessed(struct batch_write *b, const struct batch_table *t,
                              const struct map *tables)
{
    struct json_out *o = &b->rq->out;

    json_out_name(o, STR("UnprocessedItems"));
    json_out_open(o, '{');
    for (uint32_t i = 0; i < tables->n; i++) {
        bool open = false;
        for (uint32_t k = 0; k < t[i].n; k++) {
            if (!b->left[i][k])
                continue;
            if (!open) {
                json_out_name(o, tables->key[i]);
                json_out_open(o, '[');
            }
            open = true;
            write_request_out(o, &t[i].write[k]);
        }
        if (open)
            json_out_close(o, ']');
    }
    json_out_close(o, '}');
}

static bool batch_write_warm(struct req *rq, struct db_txn *txn)
{
    const struct batch_write_in *in = rq->in;
    const struct batch_table *t = rq->prepared;

    for (uint32_t i = 0; i < in->tables.n; i++) {
        const struct table *table = db_table(txn, t[i].name);
        for (uint32_t k = 0; table != NULL && k < t[i].n; k++)
            if (!db_item_warm(txn, table, t[i].write[k].item, &rq->err))
                return false;
    }
    return true;
}

static bool batch_write_run(struct req *rq, struct db_txn *txn)
{
    const struct batch_write_in *in = rq->in;
    const struct batch_table *t = rq->prepared;
    uint32_t n = in->tables.n;
    const struct table **table = NEW_ARRAY(&rq->mem, const struct table *, n);
    struct capacity_use *use = NEW_ARRAY(&rq->mem, struct capacity_use, n);

    for (uint32_t i = 0; i < n; i++) {
        table[i] = op_table(rq, txn, t[i].name);
        if (table[i] == NULL)
            return false;
    }
    for (uint32_t i = 0; i < n; i++)
        if (!check_table(rq, table_def(table[i]), &t[i]))
            return false;
    struct batch_write b = {.rq = rq, .txn = txn, .left = NEW_ARRAY(&rq->mem, bool *, n)};
    if (!run_writes(&b, table, t, n, use))
        return false;
    json_out_open(&rq->out, '{');
    write_unprocessed(&b, t, &in->tables);
    write_capacity(rq, table, use, n);
    if (!write_metrics(&b, table, n))
        return false;
    json_out_close(&rq->out, '}');
    return true;
}

const struct op op_batch_write_item = {
    .name = "BatchWriteItem",
    .action = "dynamodb:BatchWriteItem",
    .flags = OP_WRITE,
    .in = &batch_write_in,
    .prepare = batch_write_prepare,
    .warm = batch_write_warm,
    .run = batch_write_run,
};
