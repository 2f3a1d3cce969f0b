/* op_update_time_to_live.c - UpdateTimeToLive.  Items that are there already are
 * indexed by their expiry later, in small slices. */
#include "op/op_common.h"
#include "op/op_list.h"

enum { PAUSE_MS = 30 * 60 * 1000 }; /* between two changes of one table */

struct specification_in {
    enum tri enabled;
    struct str attribute;
};
struct update_time_to_live_in {
    struct str table;
    struct specification_in *specification;
};

static const struct shape attribute_shape = {
    .kind = SHAPE_STRING, .min = 1, .max = LIMIT_KEY_NAME_BYTES};
static const struct field specification_fields[] = {
    FIELD(struct specification_in, enabled, "Enabled", &shape_bool, REQUIRED),
    FIELD(struct specification_in, attribute, "AttributeName", &attribute_shape, REQUIRED),
    {0},
};
static const struct shape specification_shape = {
    .kind = SHAPE_STRUCT,
    .name = "TimeToLiveSpecification",
    .size = sizeof(struct specification_in),
    .fields = specification_fields,
};
static const struct field fields[] = {
    FIELD(struct update_time_to_live_in, table, "TableName", &shape_table_name_ctrl,
          FIELD_PARAMETER),
    FIELD(struct update_time_to_live_in, specification, "TimeToLiveSpecification",
          &specification_shape, REQUIRED),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct update_time_to_live_in), .fields = fields};

static bool update_time_to_live_prepare(struct req *rq)
{
    struct update_time_to_live_in *in = rq->in;
    return op_resolve_table(rq, &in->table);
}

static bool may_change(struct req *rq, const struct table_def *def,
                       const struct specification_in *in, int64_t now)
{
    bool on = in->enabled == TRI_TRUE, is_on = def->ttl_attribute.n > 0;
    if (is_on && !str_eq(def->ttl_attribute, in->attribute))
        return err_set(&rq->err, ERR_VALIDATION,
                       "TimeToLive is active on a different AttributeName: current AttributeName "
                       "is " STR_FMT,
                       STR_ARG(def->ttl_attribute));
    if (on == is_on)
        return err_set(&rq->err, ERR_VALIDATION, "TimeToLive is already %s",
                       on ? "enabled" : "disabled");
    if (def->ttl_changed_ms != 0 && now < def->ttl_changed_ms + PAUSE_MS)
        return err_set(&rq->err, ERR_VALIDATION,
                       "Time to live has been modified multiple times within a fixed interval");
    return true;
}

static void answer(struct req *rq, const struct specification_in *in)
{
    struct json_out *o = &rq->out;
    json_out_open(o, '{');
    json_out_name(o, STR("TimeToLiveSpecification"));
    json_out_open(o, '{');
    json_out_name(o, STR("Enabled"));
    json_out_bool(o, in->enabled == TRI_TRUE);
    json_out_name(o, STR("AttributeName"));
    json_out_str(o, in->attribute);
    json_out_close(o, '}');
    json_out_close(o, '}');
}

static bool update_time_to_live_run(struct req *rq, struct db_txn *txn)
{
    const struct update_time_to_live_in *in = rq->in;
    const struct specification_in *want = in->specification;
    int64_t now = env_now_ms(db_env(rq->db));
    const struct table *t = op_table_made(rq, txn, in->table), *changed;
    if (t == NULL || !op_table_settled(rq, table_def(t)) ||
        !may_change(rq, table_def(t), want, now))
        return false;
    struct table_def *def = table_def_copy(&rq->mem, table_def(t));
    def->ttl_attribute = want->enabled == TRI_TRUE ? want->attribute : STR("");
    def->ttl_changed_ms = now;
    if (!db_table_replace(txn, t, def, &changed, &rq->err))
        return false;
    answer(rq, want);
    return true;
}

const struct op op_update_time_to_live = {
    .name = "UpdateTimeToLive",
    .action = "dynamodb:UpdateTimeToLive",
    .flags = OP_WRITE,
    .in = &in_shape,
    .prepare = update_time_to_live_prepare,
    .run = update_time_to_live_run,
};
