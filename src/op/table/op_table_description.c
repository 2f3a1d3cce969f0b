/* op_table_description.c - the TableDescription of the API, member by member.
 * The service writes the members of every structure in the order of their names. */
#include "op/table/op_table_description.h"

#include "codec/time_iso.h"
#include "op/op_arn.h"

enum { DAY_MS = 24 * 60 * 60 * 1000 };

static const char *const table_statuses[] = {
    [TABLE_ACTIVE] = "ACTIVE",
    [TABLE_CREATING] = "CREATING",
    [TABLE_UPDATING] = "UPDATING",
    [TABLE_DELETING] = "DELETING",
};
static const char *const index_statuses[] = {
    [INDEX_ACTIVE] = "ACTIVE",
    [INDEX_CREATING] = "CREATING",
    [INDEX_UPDATING] = "UPDATING",
    [INDEX_DELETING] = "DELETING",
};
static const char *const projections[] = {
    [PROJECTION_ALL] = "ALL",
    [PROJECTION_KEYS_ONLY] = "KEYS_ONLY",
    [PROJECTION_INCLUDE] = "INCLUDE",
};
static const char *const stream_views[] = {
    [STREAM_NONE] = "",
    [STREAM_KEYS_ONLY] = "KEYS_ONLY",
    [STREAM_NEW_IMAGE] = "NEW_IMAGE",
    [STREAM_OLD_IMAGE] = "OLD_IMAGE",
    [STREAM_BOTH] = "NEW_AND_OLD_IMAGES",
};

const char *op_stream_view_name(enum stream_view v)
{
    return stream_views[v];
}

static void member_str(struct json_out *o, const char *name, struct str v)
{
    json_out_name(o, str_from_c(name));
    json_out_str(o, v);
}

static void member_int(struct json_out *o, const char *name, int64_t v)
{
    json_out_name(o, str_from_c(name));
    json_out_int(o, v);
}

static void member_bool(struct json_out *o, const char *name, bool v)
{
    json_out_name(o, str_from_c(name));
    json_out_bool(o, v);
}

static void member_time(struct json_out *o, const char *name, int64_t ms)
{
    json_out_name(o, str_from_c(name));
    json_out_seconds_e(o, ms);
}

static void member_open(struct json_out *o, const char *name, char bracket)
{
    json_out_name(o, str_from_c(name));
    json_out_open(o, bracket);
}

static void write_definitions(struct json_out *o, const struct table_def *t)
{
    member_open(o, "AttributeDefinitions", '[');
    for (uint32_t i = 0; i < t->attr_n; i++) {
        json_out_open(o, '{');
        member_str(o, "AttributeName", t->attr[i].name);
        member_str(o, "AttributeType", str_from_c(attr_type_name(t->attr[i].type)));
        json_out_close(o, '}');
    }
    json_out_close(o, ']');
}

static void write_keys(struct json_out *o, const struct key_schema *k)
{
    member_open(o, "KeySchema", '[');
    for (uint32_t i = 0; i < (uint32_t)k->hash_n + k->range_n; i++) {
        json_out_open(o, '{');
        member_str(o, "AttributeName", k->attr[i].name);
        member_str(o, "KeyType", i < k->hash_n ? STR("HASH") : STR("RANGE"));
        json_out_close(o, '}');
    }
    json_out_close(o, ']');
}

static void write_throughput(struct json_out *o, const struct throughput *t, int64_t now_ms)
{
    member_open(o, "ProvisionedThroughput", '{');
    if (t->last_decrease_ms != 0)
        member_time(o, "LastDecreaseDateTime", t->last_decrease_ms);
    if (t->last_increase_ms != 0)
        member_time(o, "LastIncreaseDateTime", t->last_increase_ms);
    bool today = t->decrease_day == now_ms / DAY_MS;
    member_int(o, "NumberOfDecreasesToday", today ? t->decreases_today : 0);
    member_int(o, "ReadCapacityUnits", t->rcu);
    member_int(o, "WriteCapacityUnits", t->wcu);
    json_out_close(o, '}');
}

static void write_on_demand(struct json_out *o, const struct throughput *t)
{
    if (t->max_read_units == 0 && t->max_write_units == 0)
        return;
    member_open(o, "OnDemandThroughput", '{');
    if (t->max_read_units != 0)
        member_int(o, "MaxReadRequestUnits", t->max_read_units);
    if (t->max_write_units != 0)
        member_int(o, "MaxWriteRequestUnits", t->max_write_units);
    json_out_close(o, '}');
}

static void write_warm(struct json_out *o, const struct throughput *t, const char *status)
{
    member_open(o, "WarmThroughput", '{');
    member_int(o, "ReadUnitsPerSecond", t->warm_read);
    member_str(o, "Status", str_from_c(status));
    member_int(o, "WriteUnitsPerSecond", t->warm_write);
    json_out_close(o, '}');
}

static bool is_warming(const struct table_description *d, uint32_t of)
{
    return (d->warming >> of & 1) != 0;
}

static void write_projection(struct json_out *o, const struct index_def *x)
{
    member_open(o, "Projection", '{');
    if (x->projection == PROJECTION_INCLUDE) {
        member_open(o, "NonKeyAttributes", '[');
        for (uint32_t i = 0; i < x->non_key_n; i++)
            json_out_str(o, x->non_key[i]);
        json_out_close(o, ']');
    }
    member_str(o, "ProjectionType", str_from_c(projections[x->projection]));
    json_out_close(o, '}');
}

static void write_index(struct req *rq, const struct table_description *d, uint32_t i)
{
    struct json_out *o = &rq->out;
    const struct index_def *x = &d->def->index[i];
    bool described = d->view == TABLE_DESCRIBED;
    json_out_open(o, '{');
    if (x->global && x->status == INDEX_CREATING && d->view != TABLE_CREATED)
        member_bool(o, "Backfilling", x->backfilling && described);
    member_str(o, "IndexArn", arn_index(&rq->mem, rq->db, d->def->name, x->name));
    member_str(o, "IndexName", x->name);
    member_int(o, "IndexSizeBytes", d->counts.index_bytes[i]);
    if (x->global)
        member_str(o, "IndexStatus", str_from_c(index_statuses[x->status]));
    member_int(o, "ItemCount", d->counts.index_items[i]);
    write_keys(o, &x->key);
    if (x->global)
        write_on_demand(o, &x->throughput);
    write_projection(o, x);
    if (x->global) {
        write_throughput(o, &x->throughput, env_now_ms(db_env(rq->db)));
        /* Of an index it is "UPDATING" or "ACTIVE", of one in the making too. */
        bool warm = x->status == INDEX_ACTIVE && !is_warming(d, i);
        if (described || d->warm)
            write_warm(o, &x->throughput, warm ? "ACTIVE" : "UPDATING");
    }
    json_out_close(o, '}');
}

static void write_indexes(struct req *rq, const struct table_description *d, bool global)
{
    struct json_out *o = &rq->out;
    bool open = false;
    for (uint32_t i = 0; i < d->def->index_n; i++) {
        if (d->def->index[i].global != global)
            continue;
        if (!open)
            member_open(o, global ? "GlobalSecondaryIndexes" : "LocalSecondaryIndexes", '[');
        open = true;
        write_index(rq, d, i);
    }
    if (open)
        json_out_close(o, ']');
}

static void write_billing(struct json_out *o, const struct table_description *d)
{
    const struct table_def *t = d->def;
    if (!t->billing_summary)
        return;
    member_open(o, "BillingModeSummary", '{');
    member_str(o, "BillingMode",
               t->billing == BILLING_PROVISIONED ? STR("PROVISIONED") : STR("PAY_PER_REQUEST"));
    if (d->view == TABLE_DESCRIBED && t->pay_per_request_ms != 0)
        member_time(o, "LastUpdateToPayPerRequestDateTime", t->pay_per_request_ms);
    json_out_close(o, '}');
}

static void write_latest_stream(struct req *rq, const struct table_def *t)
{
    char label[24];
    if (t->stream_label_ms == 0)
        return;
    time_iso_label(t->stream_label_ms, label);
    member_str(&rq->out, "LatestStreamArn",
               arn_stream(&rq->mem, rq->db, t->name, t->stream_label_ms));
    member_str(&rq->out, "LatestStreamLabel", str_from_c(label));
}

static void write_sse(struct json_out *o, const struct table_def *t)
{
    if (!t->sse_kms)
        return;
    member_open(o, "SSEDescription", '{');
    member_str(o, "KMSMasterKeyArn", t->sse_key_arn);
    member_str(o, "SSEType", STR("KMS"));
    member_str(o, "Status", STR("ENABLED"));
    json_out_close(o, '}');
}

static void write_stream(struct json_out *o, const struct table_def *t)
{
    if (t->stream == STREAM_NONE)
        return;
    member_open(o, "StreamSpecification", '{');
    member_bool(o, "StreamEnabled", true);
    member_str(o, "StreamViewType", str_from_c(stream_views[t->stream]));
    json_out_close(o, '}');
}

static void write_class(struct json_out *o, const struct table_def *t)
{
    if (t->table_class == TABLE_CLASS_UNSET)
        return;
    member_open(o, "TableClassSummary", '{');
    if (t->table_class_ms != 0)
        member_time(o, "LastUpdateDateTime", t->table_class_ms);
    member_str(o, "TableClass",
               t->table_class == TABLE_CLASS_STANDARD ? STR("STANDARD")
                                                      : STR("STANDARD_INFREQUENT_ACCESS"));
    json_out_close(o, '}');
}

static void write_warm_table(struct json_out *o, const struct table_description *d)
{
    const struct table_def *t = d->def;
    if (d->view == TABLE_DESCRIBED || d->warm)
        write_warm(o, &t->throughput,
                   is_warming(d, LIMIT_INDEXES)  ? "UPDATING"
                   : t->status == TABLE_UPDATING ? "ACTIVE"
                                                 : table_statuses[t->status]);
}

void op_table_description(struct req *rq, const struct table_description *d)
{
    struct json_out *o = &rq->out;
    const struct table_def *t = d->def;
    bool whole = d->view != TABLE_DELETED;
    json_out_open(o, '{');
    member_open(o, d->view == TABLE_DESCRIBED ? "Table" : "TableDescription", '{');
    if (whole)
        write_definitions(o, t);
    write_billing(o, d);
    if (whole)
        member_time(o, "CreationDateTime", t->created_ms);
    member_bool(o, "DeletionProtectionEnabled", t->deletion_protection);
    if (whole)
        write_indexes(rq, d, true);
    member_int(o, "ItemCount", d->counts.items);
    if (whole) {
        write_keys(o, &t->key);
        write_latest_stream(rq, t);
        write_indexes(rq, d, false);
        write_on_demand(o, &t->throughput);
    }
    write_throughput(o, &t->throughput, env_now_ms(db_env(rq->db)));
    if (whole) {
        write_sse(o, t);
        write_stream(o, t);
    }
    member_str(o, "TableArn", arn_table(&rq->mem, rq->db, t->name));
    if (whole)
        write_class(o, t);
    member_str(o, "TableId", str_from_c(t->uuid));
    member_str(o, "TableName", t->name);
    member_int(o, "TableSizeBytes", d->counts.bytes);
    member_str(o, "TableStatus", str_from_c(table_statuses[t->status]));
    if (whole)
        write_warm_table(o, d);
    json_out_close(o, '}');
    json_out_close(o, '}');
}
