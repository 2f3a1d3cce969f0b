/* op_scan.c - Scan. */
#include "base/buf.h"
#include "model/key.h"
#include "op/item/op_legacy.h"
#include "op/item/op_page.h"
#include "op/item/op_paths.h"
#include "op/op_list.h"

struct scan_in {
    struct page_in page;
    struct opt_int segment, total_segments;
};

static const struct shape scan_limit = {.kind = SHAPE_INT, .min = 1, .max = INT32_MAX};
static const struct shape scan_segment = {
    .kind = SHAPE_INT, .min = 0, .max = LIMIT_SCAN_SEGMENTS - 1};
static const struct shape scan_total = {.kind = SHAPE_INT, .min = 1, .max = LIMIT_SCAN_SEGMENTS};

static const struct field scan_fields[] = {
    FIELD(struct scan_in, page.table, "TableName", &shape_table_name, REQUIRED),
    FIELD(struct scan_in, page.index, "IndexName", &shape_index_name, OPTIONAL),
    FIELD(struct scan_in, page.expr.filter, "FilterExpression", &shape_string, OPTIONAL),
    FIELD(struct scan_in, page.expr.projection, "ProjectionExpression", &shape_string, OPTIONAL),
    FIELD(struct scan_in, page.expr.names, "ExpressionAttributeNames", &shape_string_map, OPTIONAL),
    FIELD(struct scan_in, page.expr.values, "ExpressionAttributeValues", &shape_attr_map, OPTIONAL),
    FIELD(struct scan_in, page.limit, "Limit", &scan_limit, OPTIONAL),
    FIELD(struct scan_in, page.start_key, "ExclusiveStartKey", &shape_item, OPTIONAL),
    FIELD(struct scan_in, segment, "Segment", &scan_segment, OPTIONAL),
    FIELD(struct scan_in, total_segments, "TotalSegments", &scan_total, OPTIONAL),
    FIELD(struct scan_in, page.consistent, "ConsistentRead", &shape_bool, OPTIONAL),
    FIELD(struct scan_in, page.select, "Select", &shape_select, OPTIONAL),
    FIELD(struct scan_in, page.return_capacity, "ReturnConsumedCapacity", &shape_return_capacity,
          OPTIONAL),
    FIELD(struct scan_in, page.attributes_to_get, "AttributesToGet", &shape_attribute_names,
          OPTIONAL),
    FIELD(struct scan_in, page.filter, "ScanFilter", &shape_conditions, OPTIONAL),
    FIELD(struct scan_in, page.conditional_operator, "ConditionalOperator",
          &shape_conditional_operator, OPTIONAL),
    {0},
};
static const struct shape scan_in = {
    .kind = SHAPE_STRUCT,
    .name = "ScanInput",
    .size = sizeof(struct scan_in),
    .fields = scan_fields,
};

static bool check_segments(struct req *rq, const struct scan_in *in)
{
    if (in->segment.set && !in->total_segments.set)
        return err_set(&rq->err, ERR_VALIDATION,
                       "The TotalSegments parameter is required but was not present in the "
                       "request when Segment parameter is present");
    if (!in->segment.set && in->total_segments.set)
        return err_set(&rq->err, ERR_VALIDATION,
                       "The Segment parameter is required but was not present in the request when "
                       "parameter TotalSegments is present");
    if (in->segment.set && in->segment.v >= in->total_segments.v)
        return err_set(&rq->err, ERR_VALIDATION,
                       "The Segment parameter is zero-based and must be less than parameter "
                       "TotalSegments: Segment: %lld is not less than TotalSegments: %lld",
                       (long long)in->segment.v, (long long)in->total_segments.v);
    return true;
}

static bool scan_prepare(struct req *rq)
{
    static const struct op_expr_rules rules = {0};
    struct scan_in *in = rq->in;
    struct op_exprs *x = NEW(&rq->mem, struct op_exprs);

    rq->prepared = x;
    return op_page_prepare(rq, &in->page, 0, false, x) && check_segments(rq, in) &&
           op_expr_parse(&rq->mem, &in->page.expr, &rules, x, &rq->err);
}

/* The hash in the storage key of where the scan is to go on. */
static uint64_t start_hash(const struct db_page *p)
{
    struct buf key = {0};
    bool keyed = p->index != NULL ? key_of_entry(&key, table_def(p->table), p->index, p->start_key)
                                  : key_of_item(&key, table_def(p->table), p->start_key);
    uint64_t hash = 0;

    assert(keyed); /* checked against the schema */
    assert(key.n >= KEY_PREFIX_BYTES + KEY_HASH_BYTES);
    for (size_t i = 0; i < KEY_HASH_BYTES; i++)
        hash = hash << 8 | (unsigned char)key.p[KEY_PREFIX_BYTES + i];
    buf_free(&key);
    return hash;
}

static bool take_segment(struct req *rq, const struct scan_in *in, struct db_page *p)
{
    p->hash_from = 0;
    p->hash_to = UINT64_MAX;
    if (!in->segment.set)
        return true;
    db_page_segment((uint32_t)in->segment.v, (uint32_t)in->total_segments.v, &p->hash_from,
                    &p->hash_to);
    if (!in->page.start_key.present)
        return true;
    uint64_t hash = start_hash(p);
    if (hash >= p->hash_from && hash <= p->hash_to)
        return true;
    return err_set(&rq->err, ERR_VALIDATION,
                   "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use "
                   "ExclusiveStartKey with correct Segment. TotalSegments: %lld Segment: %lld",
                   (long long)in->total_segments.v, (long long)in->segment.v);
}

static bool scan_run(struct req *rq, struct db_txn *txn)
{
    const struct scan_in *in = rq->in;
    const struct op_exprs *x = rq->prepared;
    struct db_page p = {.query = false};

    return op_page_target(rq, txn, &in->page, &p) && op_page_start_key(rq, &in->page, &p) &&
           take_segment(rq, in, &p) &&
           op_paths_projection(table_def(p.table), x->projection, &rq->err) &&
           op_page_projected(rq, &in->page, x, &p) && op_page_answer(rq, txn, &in->page, x, &p);
}

const struct op op_scan = {
    .name = "Scan",
    .action = "dynamodb:Scan",
    .flags = OP_READ | OP_SLOW,
    .in = &scan_in,
    .prepare = scan_prepare,
    .run = scan_run,
};
