/* op_common.c - names of tables, and what a request used. */
#include "op/op_common.h"

#include "db/db_item.h"
#include "model/attr_json.h"
#include "op/op_arn.h"

static bool bad_arn(struct req *rq, const char *what, struct str arn)
{
    return err_set(&rq->err, ERR_VALIDATION,
                   "1 validation error detected: Invalid %s in '" STR_FMT "'", what, STR_ARG(arn));
}

static bool is_table_name(struct str s)
{
    if (s.n < LIMIT_TABLE_NAME_MIN || s.n > LIMIT_TABLE_NAME_MAX)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (strchr("_.-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", s.p[i]) ==
                NULL ||
            s.p[i] == '\0')
            return false;
    return true;
}

bool op_resolve_table(struct req *rq, struct str *name)
{
    struct arn a;
    struct str given = *name, prefix = STR("table/");
    rq->table_given = given;
    if (!str_starts_with(given, STR("arn:")))
        return true;
    if (!arn_split(given, &a) || !str_eq(a.service, STR("dynamodb")))
        return err_set(&rq->err, ERR_VALIDATION,
                       "1 validation error detected: Invalid ARN '" STR_FMT "'. Valid ARN format "
                       "is arn:%s:dynamodb:%s:%s:table/<table name>",
                       STR_ARG(given), arn_partition(db_region(rq->db)), db_region(rq->db),
                       db_account(rq->db));
    if (!str_eq(a.partition, str_from_c(arn_partition(db_region(rq->db)))))
        return bad_arn(rq, "AWS partition", given);
    if (!str_eq(a.region, str_from_c(db_region(rq->db))))
        return bad_arn(rq, "AWS region", given);
    if (!str_eq(a.account, str_from_c(db_account(rq->db))))
        return err_set(&rq->err, ERR_ACCESS_DENIED, "Access is denied");
    if (!str_starts_with(a.resource, prefix) || !is_table_name(str_from(a.resource, prefix.n)))
        return bad_arn(rq, "resource type", given);
    *name = str_from(a.resource, prefix.n);
    return true;
}

bool op_resolve_tables(struct req *rq, const struct map *tables, struct str **names)
{
    struct str *name = NEW_ARRAY(&rq->mem, struct str, tables->n);
    for (uint32_t i = 0; i < tables->n; i++) {
        name[i] = tables->key[i];
        if (!op_resolve_table(rq, &name[i]))
            return false;
        for (uint32_t k = 0; k < i; k++)
            if (str_eq(name[i], name[k]))
                return err_set(&rq->err, ERR_VALIDATION,
                               OP_INVALID "RequestItems names table " STR_FMT " more than once",
                               STR_ARG(name[i]));
    }
    *names = name;
    return true;
}

bool op_table_creating(const struct req *rq, const struct table_def *t)
{
    return t->status == TABLE_CREATING ||
           (rq->physics != NULL &&
            env_now_ms(db_env(rq->db)) < t->created_ms + rq->physics->states_ms);
}

bool op_table_settled(struct req *rq, const struct table_def *t)
{
    bool deleting = t->status == TABLE_DELETING;
    if (!deleting && !op_table_creating(rq, t))
        return true;
    return err_set(
        &rq->err, ERR_RESOURCE_IN_USE,
        "Attempt to change a resource which is still in use: Table is being %s: " STR_FMT,
        deleting ? "deleted" : "created", STR_ARG(t->name));
}

const struct table *op_table(struct req *rq, struct db_txn *txn, struct str name)
{
    const struct table *t = db_table(txn, name);
    /* For operations on items, tables in the making or under removal do not exist. */
    if (t != NULL && table_def(t)->status != TABLE_DELETING && !op_table_creating(rq, table_def(t)))
        return t;
    err_set(&rq->err, ERR_RESOURCE_NOT_FOUND, "Requested resource not found");
    return NULL;
}

static const struct table *not_found(struct req *rq, struct str name)
{
    err_set(&rq->err, ERR_RESOURCE_NOT_FOUND,
            "Requested resource not found: Table: " STR_FMT " not found", STR_ARG(name));
    return NULL;
}

const struct table *op_table_ctrl(struct req *rq, struct db_txn *txn, struct str name)
{
    const struct table *t = db_table(txn, name);
    return t != NULL ? t : not_found(rq, name);
}

const struct table *op_table_made(struct req *rq, struct db_txn *txn, struct str name)
{
    const struct table *t = db_table(txn, name);
    return t != NULL && !op_table_creating(rq, table_def(t)) ? t : not_found(rq, name);
}

static void capacity_units(struct json_out *o, uint64_t halves, enum op_capacity_kind kind)
{
    double units = (double)halves / 2;
    json_out_name(o, STR("CapacityUnits"));
    json_out_double(o, units);
    if (kind == OP_CAPACITY_PLAIN)
        return;
    json_out_name(o,
                  kind == OP_CAPACITY_READ ? STR("ReadCapacityUnits") : STR("WriteCapacityUnits"));
    json_out_double(o, units);
}

/* The touched indexes of one sort; nothing when there are none. */
static void capacity_indexes(struct json_out *o, const struct table_def *t,
                             const struct capacity_use *use, bool global,
                             enum op_capacity_kind kind)
{
    bool open = false;
    for (uint32_t i = 0; i < t->index_n; i++) {
        if (t->index[i].global != global || !use->touched[i])
            continue;
        if (!open) {
            json_out_name(o, global ? STR("GlobalSecondaryIndexes") : STR("LocalSecondaryIndexes"));
            json_out_open(o, '{');
            open = true;
        }
        json_out_name(o, t->index[i].name);
        json_out_open(o, '{');
        capacity_units(o, use->index_halves[i], kind);
        json_out_close(o, '}');
    }
    if (open)
        json_out_close(o, '}');
}

void op_capacity_write(struct json_out *o, struct str name, const struct table_def *t,
                       const struct capacity_use *use, struct str mode, enum op_capacity_kind kind)
{
    json_out_open(o, '{');
    json_out_name(o, STR("TableName"));
    json_out_str(o, name);
    capacity_units(o, capacity_total_halves(use), kind);
    if (str_eq(mode, STR("INDEXES"))) {
        json_out_name(o, STR("Table"));
        json_out_open(o, '{');
        capacity_units(o, use->table_halves, kind);
        json_out_close(o, '}');
        capacity_indexes(o, t, use, false, kind);
        capacity_indexes(o, t, use, true, kind);
    }
    json_out_close(o, '}');
}

bool op_metrics_wanted(const struct table_def *t, struct str mode)
{
    return str_eq(mode, STR("SIZE")) && table_def_has_local(t);
}

void op_metrics_range(int64_t bytes, double range[2])
{
    range[0] = (double)(bytes / LIMIT_GIGABYTE);
    range[1] = range[0] + 1;
}

bool op_metrics_write(struct req *rq, struct db_txn *txn, const struct table *table,
                      struct str item)
{
    struct json_out *o = &rq->out;
    const struct table_def *t = table_def(table);
    struct attr hash;
    int64_t bytes;
    bool found = item_find(item, t->key.attr[0].name, &hash);
    assert(found); /* keys were checked */
    if (!db_collection_bytes(txn, table, item, &bytes, &rq->err))
        return false;
    double range[2];
    op_metrics_range(bytes, range);
    json_out_open(o, '{');
    json_out_name(o, STR("ItemCollectionKey"));
    json_out_open(o, '{');
    json_out_name(o, t->key.attr[0].name);
    attr_json_write(o, &hash);
    json_out_close(o, '}');
    json_out_name(o, STR("SizeEstimateRangeGB"));
    json_out_open(o, '[');
    json_out_double(o, range[0]);
    json_out_double(o, range[1]);
    json_out_close(o, ']');
    json_out_close(o, '}');
    return true;
}
