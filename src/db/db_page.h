/* db_page.h - Query and Scan: a page of items from a table or an index.
 *
 * The caller has resolved everything against the schema: the page is a range of
 * partition (Query) or of hashes (Scan), a direction, a filter and limits.
 * Ends after `limit` evaluated items or when db_page_bytes() reaches LIMIT_PAGE_BYTES
 * (the item that reaches it is included).  A filter so long that its tests would go on
 * for seconds ends it earlier, after LIMIT_PAGE_FILTER_BYTES.
 * In a `cached` transaction a page of more than 200 items or 64 KiB, or a long
 * filter, fails with ERR_WOULD_BLOCK.
 * Pages with fetch_base belong into a snapshot transaction, so that entry and
 * item are of one instant. */
#ifndef DB_DB_PAGE_H
#define DB_DB_PAGE_H

#include "db/db_item.h"
#include "expr/expr.h"

struct db_page {
    const struct table *table;
    const struct index_def *index; /* NULL: the table itself */
    /* Query: the partition-key values (as many as hash_n) and conditions on the sort key;
     * Scan: query == false and a range of hashes. */
    bool query;
    struct attr partition[LIMIT_INDEX_HASH_ATTRIBUTES];
    const struct expr_key_term *sort[LIMIT_INDEX_RANGE_ATTRIBUTES]; /* in schema order */
    uint32_t sort_n;
    uint64_t hash_from, hash_to; /* Scan: both inclusive */
    bool reverse;
    struct str start_key;           /* ExclusiveStartKey as an item; p == NULL: from the start */
    uint32_t limit;                 /* 0: none */
    const struct expr_cond *filter; /* NULL: all pass */
    bool fetch_base;                /* LSI: items are read from the table, not from the entry */
    bool filter_only;               /* with fetch_base: for the filter; answered are entries */
    /* Called for each item that passes, which is valid during the call; false stops
     * with *e set.  NULL: items are only counted. */
    bool (*item)(void *arg, struct str item, struct err *e);
    void *arg;
};
struct db_page_result {
    uint32_t count, scanned;
    uint64_t bytes;          /* evaluated, by DynamoDB's sizes */
    uint64_t fetched_halves; /* LSI with fetch_base: table reads, consistent cost in half units */
    uint64_t fetched_bytes;  /* of their items */
    struct str last_key; /* LastEvaluatedKey as an item in `mem`; p == NULL: the end was reached */
};
/* What counts against LIMIT_PAGE_BYTES.  With items fetched: the entries rounded up to
 * 4 KB together, and each item by itself (Developer Guide, local secondary indexes). */
uint64_t db_page_bytes(const struct db_page_result *r);

MUST_CHECK bool db_page_run(struct db_txn *t, struct arena *mem, const struct db_page *p,
                            struct db_page_result *out, struct err *e);

/* Hash range of one parallel-scan segment. */
void db_page_segment(uint32_t segment, uint32_t total, uint64_t *from, uint64_t *to);

/* The key attributes of `item` that LastEvaluatedKey names for this table or index. */
struct str db_page_key(struct arena *mem, const struct table_def *t, const struct index_def *x,
                       struct str item);

#endif
