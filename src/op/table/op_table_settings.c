/* op_table_settings.c - settings of tables: rules and texts. */
#include "op/table/op_table_settings.h"

#include "op/op_arn.h"

#define UNITS_MAX 1000000000000LL

static bool out_of_bounds(struct req *rq, int64_t v, const char *member, struct str index)
{
    return err_set(&rq->err, ERR_VALIDATION, "Given value %lld for %s is out of bounds%s" STR_FMT,
                   (long long)v, member, index.n > 0 ? " for index " : "", STR_ARG(index));
}

bool settings_units_check(struct req *rq, const struct units_in *in, struct str index)
{
    if (in->read.v > UNITS_MAX)
        return out_of_bounds(rq, in->read.v, "ReadCapacityUnits", index);
    if (in->write.v > UNITS_MAX)
        return out_of_bounds(rq, in->write.v, "WriteCapacityUnits", index);
    return true;
}

static bool above_limit(struct req *rq, int64_t v, const char *member, struct str index)
{
    const char *whose = index.n > 0 ? "index" : "table";
    return err_set(&rq->err, ERR_LIMIT_EXCEEDED,
                   "The requested %s%s" STR_FMT
                   ", %lld, is above the per %s maximum for the account in %s. Per %s maximum: %d. "
                   "Refer to the Amazon DynamoDB Developer Guide for current limits and how to "
                   "request higher limits.",
                   member, index.n > 0 ? " for index " : "", STR_ARG(index), (long long)v, whose,
                   db_region(rq->db), whose, LIMIT_TABLE_CAPACITY_UNITS);
}

bool settings_limit_check(struct req *rq, const struct units_in *in, struct str index)
{
    if (in->read.v > LIMIT_TABLE_CAPACITY_UNITS)
        return above_limit(rq, in->read.v, "ReadCapacityUnits", index);
    if (in->write.v > LIMIT_TABLE_CAPACITY_UNITS)
        return above_limit(rq, in->write.v, "WriteCapacityUnits", index);
    return true;
}

/* "table", or the index in one of two spellings: "index : x" and "index x" */
static struct str whose(struct req *rq, struct str index, const char *colon)
{
    return index.n == 0 ? STR("table")
                        : arena_printf(&rq->mem, "index%s " STR_FMT, colon, STR_ARG(index));
}

static bool above_account(struct req *rq, const char *member, const char *of, struct str whom,
                          bool read)
{
    return err_set(&rq->err, ERR_LIMIT_EXCEEDED,
                   "Subscriber limit exceeded: Requested %s for %s for " STR_FMT
                   " exceeds TableMax%sCapacityUnits of the account in region %s",
                   member, of, STR_ARG(whom), read ? "Read" : "Write", db_region(rq->db));
}

bool settings_on_demand_limit(struct req *rq, const struct units_in *in, struct str index)
{
    struct str whom = whose(rq, index, " :");
    if (in->read.set && in->read.v > LIMIT_TABLE_CAPACITY_UNITS)
        return above_account(rq, "MaxReadRequestUnits", "OnDemandThroughput", whom, true);
    if (in->write.set && in->write.v > LIMIT_TABLE_CAPACITY_UNITS)
        return above_account(rq, "MaxWriteRequestUnits", "OnDemandThroughput", whom, false);
    return true;
}

bool settings_warm_limit(struct req *rq, const struct units_in *in, struct str index)
{
    struct str whom = whose(rq, index, "");
    if (in->read.set && in->read.v > LIMIT_TABLE_CAPACITY_UNITS)
        return above_account(rq, "ReadUnitsPerSecond", "WarmThroughput", whom, true);
    if (in->write.set && in->write.v > LIMIT_TABLE_CAPACITY_UNITS)
        return above_account(rq, "WriteUnitsPerSecond", "WarmThroughput", whom, false);
    return true;
}

struct reserved {
    int64_t read, write;
};

static void reserve(struct reserved *r, const struct table_def *t)
{
    r->read += t->throughput.rcu;
    r->write += t->throughput.wcu;
    for (uint32_t i = 0; i < t->index_n; i++) {
        r->read += t->index[i].throughput.rcu;
        r->write += t->index[i].throughput.wcu;
    }
}

static bool within_account(struct req *rq, const char *member, int64_t reserved, int64_t more)
{
    return more <= 0 || reserved + more <= LIMIT_ACCOUNT_CAPACITY_UNITS ||
           err_set(
               &rq->err, ERR_LIMIT_EXCEEDED,
               "This request would have caused the %s limit to be exceeded for the account in "
               "%s. Current %s reserved by the account: %lld. Limit: %d. Requested: %lld. Refer "
               "to the Amazon DynamoDB Developer Guide for current limits and how to request "
               "higher limits.",
               member, db_region(rq->db), member, (long long)reserved, LIMIT_ACCOUNT_CAPACITY_UNITS,
               (long long)more);
}

bool settings_account_limit(struct req *rq, struct db_txn *txn, const struct table_def *old,
                            const struct table_def *def)
{
    struct reserved all = {0}, was = {0}, will = {0};
    if (old != NULL)
        reserve(&was, old);
    reserve(&will, def);
    if (will.read <= was.read && will.write <= was.write)
        return true;
    size_t n = db_table_count(txn);
    struct str *names = NEW_ARRAY(&rq->mem, struct str, n);
    bool more;
    n = db_table_names(txn, &rq->mem, (struct str){0}, n, names, &more);
    for (size_t i = 0; i < n; i++)
        reserve(&all, table_def(db_table(txn, names[i])));
    return within_account(rq, "ReadCapacityUnits", all.read, will.read - was.read) &&
           within_account(rq, "WriteCapacityUnits", all.write, will.write - was.write);
}

static bool on_demand_member(struct req *rq, const struct opt_int *v, const char *member,
                             enum billing_mode billing, struct str index, bool update)
{
    if (!v->set)
        return true;
    if (billing == BILLING_PROVISIONED)
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "%s for OnDemandThroughput cannot be specified when %stable "
                                  "BillingMode is PROVISIONED%s",
                       member, update ? "the " : "", update ? "" : ".");
    if (v->v > 0 || (update && v->v == -1))
        return true;
    return err_set(&rq->err, ERR_VALIDATION,
                   OP_INVALID "Requested %s for OnDemandThroughput for " STR_FMT
                              " is outside of valid range",
                   member, STR_ARG(whose(rq, index, " :")));
}

bool settings_on_demand_check(struct req *rq, const struct units_in *in, enum billing_mode billing,
                              struct str index, bool update)
{
    return on_demand_member(rq, &in->read, "MaxReadRequestUnits", billing, index, update) &&
           on_demand_member(rq, &in->write, "MaxWriteRequestUnits", billing, index, update);
}

static void raise_to(int64_t *v, int64_t to)
{
    *v = *v > to ? *v : to;
}

void settings_warm_raise(struct throughput *t, enum billing_mode billing)
{
    bool on_demand = billing == BILLING_PAY_PER_REQUEST;
    raise_to(&t->warm_read, on_demand ? ON_DEMAND_READ_UNITS : t->rcu);
    raise_to(&t->warm_write, on_demand ? ON_DEMAND_WRITE_UNITS : t->wcu);
}

#define WARM_TOO_LOW_ON_DEMAND                                                                     \
    "initial throughput for OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/"     \
    "developerguide/on-demand-capacity-mode.html#on-demand-capacity-mode-initial"

const char *settings_warm_initial(enum billing_mode billing)
{
    return billing == BILLING_PAY_PER_REQUEST ? WARM_TOO_LOW_ON_DEMAND : NULL;
}

static bool warm_too_low(struct req *rq, const char *member, struct str index, const char *than)
{
    return err_set(&rq->err, ERR_VALIDATION,
                   OP_INVALID "Requested %s for WarmThroughput for " STR_FMT " is lower than %s",
                   member, STR_ARG(whose(rq, index, "")), than);
}

bool settings_warm_check(struct req *rq, const struct units_in *in, const struct throughput *t,
                         struct str index, const char *than)
{
    bool provisioned = than == NULL;
    if (in->read.set && in->read.v < t->warm_read)
        return warm_too_low(rq, "ReadUnitsPerSecond", index,
                            provisioned ? "ReadCapacityUnits of ProvisionedThroughput" : than);
    if (in->write.set && in->write.v < t->warm_write)
        return warm_too_low(rq, "WriteUnitsPerSecond", index,
                            provisioned ? "WriteCapacityUnits of ProvisionedThroughput" : than);
    return true;
}

void settings_warm_set(struct throughput *t, const struct units_in *in)
{
    if (in->read.set)
        raise_to(&t->warm_read, in->read.v);
    if (in->write.set)
        raise_to(&t->warm_write, in->write.v);
}

bool settings_table_class(struct req *rq, struct str in, enum table_class *out)
{
    if (in.p == NULL)
        return true;
    if (str_eq(in, STR("STANDARD")))
        *out = TABLE_CLASS_STANDARD;
    else if (str_eq(in, STR("STANDARD_INFREQUENT_ACCESS")))
        *out = TABLE_CLASS_INFREQUENT_ACCESS;
    else
        return err_set(&rq->err, ERR_VALIDATION,
                       "Invalid table-class parameter provided. Please try again with a valid "
                       "table-class value: [STANDARD, STANDARD_INFREQUENT_ACCESS].");
    return true;
}

enum stream_view settings_stream_view(struct str in)
{
    static const struct {
        struct str name;
        enum stream_view view;
    } views[] = {
        {STR("KEYS_ONLY"), STREAM_KEYS_ONLY},
        {STR("NEW_IMAGE"), STREAM_NEW_IMAGE},
        {STR("OLD_IMAGE"), STREAM_OLD_IMAGE},
        {STR("NEW_AND_OLD_IMAGES"), STREAM_BOTH},
    };
    for (size_t i = 0; i < COUNT_OF(views); i++)
        if (str_eq(in, views[i].name))
            return views[i].view;
    return STREAM_NONE;
}

bool settings_unsupported(struct req *rq, const char *member)
{
    return err_set(&rq->err, ERR_VALIDATION, OP_INVALID "%s is not supported by this server",
                   member);
}

bool settings_sse(struct req *rq, const struct sse_in *in)
{
    const char *text = NULL;
    bool has_key = in->key.p != NULL, has_type = in->type.p != NULL;
    if (in->enabled == TRI_FALSE && has_type)
        text = "SSEType can not be specified if Enabled is false";
    else if (in->enabled == TRI_FALSE && has_key)
        text = "KMSMasterKeyId can not be specified if Enabled is false";
    else if (has_type && str_eq(in->type, STR("AES256")))
        text = "SSEType AES256 is not supported";
    else if (has_key && !has_type)
        text = "SSEType KMS is required if KMSMasterKeyId is specified";
    if (text != NULL)
        return err_set(&rq->err, ERR_VALIDATION, OP_INVALID "%s", text);
    /* To say ENABLED while nothing is encrypted would be worse than to refuse. */
    if (in->enabled == TRI_TRUE || has_type)
        return settings_unsupported(rq, "SSESpecification with SSEType KMS");
    return true;
}
