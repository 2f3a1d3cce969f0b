/* op_capacity.c - see op_capacity.h. */
#include "op/item/op_capacity.h"

#include "base/buf.h"
#include "op/op_arn.h"

#define OF_TABLE                                                                                   \
    "The level of configured provisioned throughput for the table was exceeded. Consider "         \
    "increasing your provisioning level with the UpdateTable API."
#define OF_INDEX                                                                                   \
    "The level of configured provisioned throughput for one or more global secondary indexes of "  \
    "the table was exceeded. Consider increasing your provisioning level for the "                 \
    "under-provisioned global secondary indexes with the UpdateTable API."
#define ON_DEMAND                                                                                  \
    "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically "   \
    "scaling your table or index so please try again shortly. If exceptions persist, check if "    \
    "you have a hot key: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"        \
    "bp-partition-key-design.html"
#define ON_DEMAND_INDEX                                                                            \
    "Throughput exceeds the current capacity for one or more global secondary indexes. DynamoDB "  \
    "is automatically scaling your index so please try again shortly."
#define OF_ACCOUNT                                                                                 \
    "Throughput exceeds the current throughput limit for your account. To request a limit "        \
    "increase, contact AWS Support at https://aws.amazon.com/support"
#define MAX_ON_DEMAND                                                                              \
    "Throughput exceeds the maximum OnDemandThroughput configured on table or index"

const char *op_throttled_text(enum err_code code)
{
    assert(code == ERR_PROVISIONED_THROUGHPUT_EXCEEDED || code == ERR_THROTTLING ||
           code == ERR_REQUEST_LIMIT_EXCEEDED);
    return code == ERR_PROVISIONED_THROUGHPUT_EXCEEDED ? OF_TABLE
           : code == ERR_THROTTLING                    ? ON_DEMAND
                                                       : OF_ACCOUNT;
}

static const char *const limit_names[] = {
    [CAPACITY_PROVISIONED] = "ProvisionedThroughputExceeded",
    [CAPACITY_MAX_ON_DEMAND] = "MaxOnDemandThroughputExceeded",
    [CAPACITY_PARTITION] = "KeyRangeThroughputExceeded",
};

static struct str reasons(struct db *db, struct arena *mem, const struct capacity_at *at,
                          enum capacity_limit limit, bool of_index, bool provisioned)
{
    const struct table_def *def = table_def(at->table);
    struct buf text = {.mem = mem};
    struct json_out o = {.to = &text};
    /* One of the two exceptions spells the member in lower case. */
    json_out_name(&o, provisioned ? STR("ThrottlingReasons") : STR("throttlingReasons"));
    json_out_open(&o, '[');
    json_out_open(&o, '{');
    json_out_name(&o, STR("reason"));
    json_out_str(&o,
                 arena_printf(mem, "%s%s%s", of_index ? "Index" : "Table",
                              at->kind == CAPACITY_READ ? "Read" : "Write", limit_names[limit]));
    json_out_name(&o, STR("resource"));
    json_out_str(&o, of_index ? arn_index(mem, db, def->name, at->index->name)
                              : arn_table(mem, db, def->name));
    json_out_close(&o, '}');
    json_out_close(&o, ']');
    return buf_str(&text);
}

bool op_throttled(struct db *db, struct arena *mem, const struct capacity_at *at,
                  enum capacity_limit limit, struct str *members, struct err *e)
{
    bool of_index = at->index != NULL && at->index->global;
    bool provisioned = table_def(at->table)->billing == BILLING_PROVISIONED;
    *members = reasons(db, mem, at, limit, of_index, provisioned);
    if (provisioned)
        return err_set(e, ERR_PROVISIONED_THROUGHPUT_EXCEEDED, "%s",
                       of_index ? OF_INDEX : OF_TABLE);
    if (limit == CAPACITY_MAX_ON_DEMAND)
        return err_set(e, ERR_THROTTLING, MAX_ON_DEMAND);
    return err_set(e, ERR_THROTTLING, "%s",
                   of_index && at->kind == CAPACITY_WRITE ? ON_DEMAND_INDEX : ON_DEMAND);
}

bool op_capacity_left(struct req *rq, struct db_txn *txn, const struct capacity_at *at)
{
    enum capacity_limit limit;
    return db_capacity_left(txn, at, &limit) ||
           op_throttled(rq->db, &rq->mem, at, limit, &rq->error_members, &rq->err);
}

bool op_reads_go_on(struct req *rq, const struct db_txn *txn, uint64_t bytes)
{
    return !db_txn_cached(txn) || (bytes < LIMIT_LOOP_BYTES && !db_throttling(txn)) ||
           err_set(&rq->err, ERR_WOULD_BLOCK, "several reads");
}
