/* op_control.c - see op_control.h. */
#include "op/absent/op_control.h"

#include "op/op_arn.h"

const struct shape shape_table_arn = {
    .kind = SHAPE_STRING, .min = 1, .max = LIMIT_ARN_CHARS, .pattern = PATTERN_NAME_OR_ARN};
const struct shape shape_global_table_name = {
    .kind = SHAPE_STRING,
    .pattern = PATTERN_NAME,
};
const struct shape shape_arn = {.kind = SHAPE_STRING, .min = 37, .max = LIMIT_ARN_CHARS};

bool control_prepare(struct req *rq)
{
    struct control_in *in = rq->in;
    return in->table.p == NULL || op_resolve_table(rq, &in->table);
}

static bool name_length(struct req *rq, const char *what, struct str name)
{
    if (name.n >= LIMIT_TABLE_NAME_MIN && name.n <= LIMIT_TABLE_NAME_MAX)
        return true;
    return err_set(&rq->err, ERR_VALIDATION,
                   "%s must be at least %d characters long and at most %d characters long", what,
                   LIMIT_TABLE_NAME_MIN, LIMIT_TABLE_NAME_MAX);
}

bool control_prepare_index(struct req *rq)
{
    const struct control_in *in = rq->in;
    return control_prepare(rq) && (in->index.p == NULL || name_length(rq, "IndexName", in->index));
}

bool control_prepare_global(struct req *rq)
{
    const struct control_in *in = rq->in;
    return name_length(rq, "TableName", in->table);
}

const struct table *control_table_backup(struct req *rq, struct db_txn *txn, struct str name)
{
    const struct table *t = db_table(txn, name);
    if (t != NULL && !op_table_creating(rq, table_def(t)))
        return t;
    err_set(&rq->err, ERR_TABLE_NOT_FOUND, "Table not found: " STR_FMT, STR_ARG(name));
    return NULL;
}

bool control_index(struct req *rq, struct db_txn *txn, const struct control_in *in)
{
    const struct table *t = op_table_made(rq, txn, in->table);
    if (t == NULL)
        return false;
    const struct index_def *x =
        in->index.p != NULL ? table_def_index(table_def(t), in->index) : NULL;
    if (in->index.p == NULL || (x != NULL && x->global))
        return true;
    return err_set(&rq->err, ERR_RESOURCE_NOT_FOUND,
                   "Requested resource not found: Index: " STR_FMT " not found for table: " STR_FMT,
                   STR_ARG(in->index), STR_ARG(in->table));
}

void control_empty_list(struct req *rq, struct str name)
{
    json_out_open(&rq->out, '{');
    json_out_name(&rq->out, name);
    json_out_raw(&rq->out, STR("[]"));
    json_out_close(&rq->out, '}');
}

void control_member(struct json_out *o, struct str name, struct str value)
{
    json_out_name(o, name);
    json_out_str(o, value);
}

bool control_no_global_table(struct req *rq, enum err_code code, struct str name)
{
    return err_set(&rq->err, code, "Global table with name: '" STR_FMT "' does not exist.",
                   STR_ARG(name));
}

bool control_is_arn(struct str arn, struct str kind)
{
    struct arn a;
    if (!arn_split(arn, &a) || !str_eq(a.service, STR("dynamodb")) ||
        !str_starts_with(a.resource, STR("table/")))
        return false;
    struct str name = str_from(a.resource, STR("table/").n);
    const char *slash = name.n > 0 ? memchr(name.p, '/', name.n) : NULL;
    struct str rest = slash != NULL ? str_from(name, (size_t)(slash - name.p)) : STR("");
    return slash != name.p && rest.n > kind.n && str_starts_with(rest, kind);
}

void control_backups_answer(struct req *rq)
{
    json_out_raw(&rq->out,
                 STR("{\"ContinuousBackupsDescription\":{\"ContinuousBackupsStatus\":\"DISABLED\","
                     "\"PointInTimeRecoveryDescription\":{\"PointInTimeRecoveryStatus\":"
                     "\"DISABLED\"}}}"));
}

void control_insights_answer(struct req *rq, const struct control_in *in)
{
    struct json_out *o = &rq->out;
    json_out_open(o, '{');
    control_member(o, STR("TableName"), in->table);
    if (in->index.p != NULL)
        control_member(o, STR("IndexName"), in->index);
    control_member(o, STR("ContributorInsightsStatus"), STR("DISABLED"));
    json_out_close(o, '}');
}
