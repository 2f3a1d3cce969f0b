/* fn_api_mapping.c - event-source mappings: kept as the API shows them, except that
 * "_From" is the sequence number that LATEST meant when it was made. */
#include <stdio.h>
#include <stdlib.h>

#include "cloud/cloud_op.h"
#include "cloud/fn_api_int.h"
#include "cloud/fn_stream.h"

enum { UUID_CHARS = 36 };

static const struct number {
    const char *name;
    int min, max, otherwise;
    bool minus_one; /* is allowed, too */
} numbers[] = {
    {"BatchSize", 1, FN_BATCH_MAX, 100, false},
    {"MaximumBatchingWindowInSeconds", 0, 300, 0, false},
    {"ParallelizationFactor", 1, 1, 1, false},
    {"MaximumRecordAgeInSeconds", 60, 604800, -1, true},
    {"MaximumRetryAttempts", 0, 10000, -1, true},
};

static bool invalid(struct fn_call *c, const char *what)
{
    return fn_refuse(c, 400, "InvalidParameterValueException", "%s", what);
}

static bool take_number(struct fn_call *c, json_t *def, const struct number *n)
{
    json_t *v = json_object_get(c->in, n->name);
    if (v == NULL || json_is_null(v)) {
        if (json_object_get(def, n->name) == NULL)
            json_object_set_new(def, n->name, json_integer(n->otherwise));
        return true;
    }
    json_int_t i = json_integer_value(v);
    if (!json_is_integer(v) || ((i < n->min || i > n->max) && !(n->minus_one && i == -1)))
        return fn_refuse(c, 400, "InvalidParameterValueException",
                         "%s has to be a number from %d to %d", n->name, n->min, n->max);
    json_object_set(def, n->name, v);
    return true;
}

static bool take_response_types(struct fn_call *c, json_t *def)
{
    json_t *in = json_object_get(c->in, "FunctionResponseTypes"), *v;
    size_t i;
    json_array_foreach (in, i, v)
        if (!json_is_string(v) || strcmp(json_string_value(v), "ReportBatchItemFailures") != 0)
            return invalid(c, "FunctionResponseTypes may only have ReportBatchItemFailures");
    if (json_is_array(in))
        json_object_set(def, "FunctionResponseTypes", in);
    return true;
}

/* The function, by name or ARN, that is to get the events. */
static bool take_function(struct fn_call *c, json_t *def)
{
    struct err e;
    const char *text = json_string_value(json_object_get(c->in, "FunctionName"));
    char name[FN_NAME_MAX + 1];
    if (text == NULL && json_object_get(def, "FunctionArn") != NULL)
        return true;
    if (text == NULL || !fn_name_parse(str_from_c(text), name))
        return invalid(c, "FunctionName has to be the name or the ARN of a function");
    err_clear(&e);
    json_t *function = fn_def_load(c->rq->cloud, name, &e);
    if (function == NULL)
        return e.code != ERR_NONE
                   ? fn_refuse_internal(c, &e)
                   : fn_refuse(c, 404, "ResourceNotFoundException", "Function does not exist");
    json_object_set(def, "FunctionArn", json_object_get(function, "FunctionArn"));
    json_decref(function);
    return true;
}

static bool take_source(struct fn_call *c, json_t *def)
{
    struct err e;
    struct buf out = {.mem = c->rq->mem};
    const char *arn = json_string_value(json_object_get(c->in, "EventSourceArn")),
               *start = json_string_value(json_object_get(c->in, "StartingPosition"));
    if (arn == NULL || strstr(arn, ":dynamodb:") == NULL || strstr(arn, "/stream/") == NULL)
        return invalid(c, "EventSourceArn has to be the ARN of a table's stream; other sources "
                          "are not supported by this server");
    if (start == NULL || (strcmp(start, "LATEST") != 0 && strcmp(start, "TRIM_HORIZON") != 0))
        return invalid(c, "StartingPosition has to be LATEST or TRIM_HORIZON");
    json_t *in = json_pack("{s:s}", "StreamArn", arn);
    char *text = json_dumps(in, JSON_COMPACT);
    json_decref(in);
    err_clear(&e);
    bool good = cloud_op_read(c->rq->cloud, "DescribeStream", str_from_c(text), &out, &e);
    free(text);
    if (!good)
        return fn_refuse(c, 400, "InvalidParameterValueException", "Stream not found: %s", arn);
    json_object_set(def, "EventSourceArn", json_object_get(c->in, "EventSourceArn"));
    json_object_set(def, "StartingPosition", json_object_get(c->in, "StartingPosition"));
    return true;
}

/* What create and update have in common. */
static bool take_common(struct fn_call *c, json_t *def)
{
    json_t *enabled = json_object_get(c->in, "Enabled"),
           *bisect = json_object_get(c->in, "BisectBatchOnFunctionError");
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        if (!take_number(c, def, &numbers[i]))
            return false;
    if (!take_response_types(c, def) || !take_function(c, def))
        return false;
    if (json_is_boolean(bisect))
        json_object_set(def, "BisectBatchOnFunctionError", bisect);
    if (json_is_boolean(enabled))
        json_object_set_new(def, "State",
                            json_string(json_is_true(enabled) ? "Enabled" : "Disabled"));
    json_object_set_new(def, "LastModified",
                        json_real((double)env_now_ms(c->rq->cloud->env) / 1000.0));
    return true;
}

struct change {
    struct str uuid;
    json_t *def;  /* to be written; NULL: to be removed */
    json_t *same; /* out: another one for the same function and stream */
    bool fresh;
};

static bool is_same(void *arg, struct str key, struct str value)
{
    struct change *ch = arg;
    json_t *def = json_loadb(value.p, value.n, 0, NULL);
    (void)key;
    if (ch->same == NULL &&
        json_equal(json_object_get(def, "FunctionArn"), json_object_get(ch->def, "FunctionArn")) &&
        json_equal(json_object_get(def, "EventSourceArn"),
                   json_object_get(ch->def, "EventSourceArn")))
        ch->same = json_incref(def);
    json_decref(def);
    return true;
}

struct removal {
    struct db_txn *txn;
    struct err *e;
};

static bool remove_cursor(void *arg, struct str key, struct str value)
{
    struct removal *r = arg;
    (void)value;
    return db_doc_del(r->txn, STR("fn-cursor"), key, r->e);
}

static bool write_change(void *arg, struct db_txn *t, struct err *e)
{
    struct change *ch = arg;
    struct removal r = {t, e};
    char from[CLOUD_SEQUENCE_CHARS];
    if (ch->def == NULL)
        return db_doc_del(t, STR("fn-map"), ch->uuid, e) &&
               db_doc_scan(t, STR("fn-cursor"), ch->uuid, remove_cursor, &r, e) &&
               e->code == ERR_NONE;
    if (ch->fresh && !db_doc_scan(t, STR("fn-map"), (struct str){0}, is_same, ch, e))
        return false;
    if (ch->same != NULL)
        return true;
    const char *start = json_string_value(json_object_get(ch->def, "StartingPosition"));
    if (ch->fresh && strcmp(start, "LATEST") == 0) {
        cloud_op_sequence(t, from);
        json_object_set_new(ch->def, "_From", json_string(from));
    }
    char *text = json_dumps(ch->def, JSON_COMPACT);
    if (text == NULL)
        abort();
    bool good = db_doc_put(t, STR("fn-map"), ch->uuid, str_from_c(text), e);
    free(text);
    return good;
}

/* As it is shown: with what became of the last batch, without what is ours. */
static json_t *shown(struct fn_call *c, const json_t *def)
{
    char result[FN_RESULT_CHARS];
    json_t *out = fn_def_shown(def);
    fn_streams_result(c->fn, json_string_value(json_object_get(def, "UUID")), result);
    json_object_set_new(out, "LastProcessingResult",
                        json_string(result[0] != '\0' ? result : "No records processed"));
    return out;
}

bool fn_create_mapping(struct fn_call *c)
{
    static const char *const known[] = {"EventSourceArn",
                                        "FunctionName",
                                        "Enabled",
                                        "BatchSize",
                                        "MaximumBatchingWindowInSeconds",
                                        "ParallelizationFactor",
                                        "StartingPosition",
                                        "MaximumRecordAgeInSeconds",
                                        "BisectBatchOnFunctionError",
                                        "MaximumRetryAttempts",
                                        "FunctionResponseTypes",
                                        NULL};
    struct err e;
    char uuid[37];
    struct cloud *cloud = c->rq->cloud;
    env_uuid(cloud->env, uuid);
    struct str arn = arena_printf(c->rq->mem, "arn:aws:lambda:%s:%s:event-source-mapping:%s",
                                  cloud->region, cloud->account, uuid);
    json_t *def =
        json_pack("{s:s s:s% s:s s:s s:b s:[]}", "UUID", uuid, "EventSourceMappingArn", arn.p,
                  arn.n, "State", "Enabled", "StateTransitionReason", "User action",
                  "BisectBatchOnFunctionError", 0, "FunctionResponseTypes");
    bool good = fn_check_members(c, known) && take_source(c, def) && take_common(c, def);
    struct change ch = {.uuid = {uuid, UUID_CHARS}, .def = def, .fresh = true};
    err_clear(&e);
    if (good && !cloud_write(cloud, write_change, &ch, &e))
        good = fn_refuse_internal(c, &e);
    if (good && ch.same != NULL)
        good =
            fn_refuse(c, 409, "ResourceConflictException",
                      "The event source arn (\" %s \") and function (\" %s \") provided mapping "
                      "already exists. Please update or delete the existing mapping with UUID %s",
                      json_string_value(json_object_get(def, "EventSourceArn")),
                      json_string_value(json_object_get(def, "FunctionArn")),
                      json_string_value(json_object_get(ch.same, "UUID")));
    if (good) {
        fn_streams_changed(c->fn, uuid);
        fn_reply(c, 202, shown(c, def));
    }
    json_decref(ch.same);
    json_decref(def);
    return good;
}

struct find {
    const char *uuid;
    json_t *def;
};

static bool find_one(void *arg, struct db_txn *t, struct err *e)
{
    struct find *f = arg;
    struct str text;
    if (!db_doc_get(t, STR("fn-map"), str_from_c(f->uuid), &text, e))
        return false;
    f->def = text.p != NULL ? json_loadb(text.p, text.n, 0, NULL) : NULL;
    return true;
}

/* The mapping in the path; NULL: it has answered. */
static json_t *find(struct fn_call *c)
{
    struct err e;
    struct find f = {.uuid = c->part};
    err_clear(&e);
    if (!cloud_read(c->rq->cloud, find_one, &f, &e))
        fn_refuse_internal(c, &e);
    else if (f.def == NULL)
        fn_refuse(c, 404, "ResourceNotFoundException",
                  "The resource you requested does not exist.");
    return f.def;
}

bool fn_get_mapping(struct fn_call *c)
{
    json_t *def = find(c);
    if (def == NULL)
        return false;
    fn_reply(c, 200, shown(c, def));
    json_decref(def);
    return true;
}

static bool list_one(void *arg, struct str key, struct str value)
{
    json_t *def = json_loadb(value.p, value.n, 0, NULL);
    (void)key;
    if (def != NULL)
        json_array_append_new(arg, def);
    return true;
}

static bool list_all(void *arg, struct db_txn *t, struct err *e)
{
    return db_doc_scan(t, STR("fn-map"), (struct str){0}, list_one, arg, e);
}

static bool text_is(const json_t *def, const char *name, struct str want)
{
    return str_eq(str_from_c(json_string_value(json_object_get(def, name))), want);
}

bool fn_list_mappings(struct fn_call *c)
{
    struct err e;
    struct str source = fn_query(c, "EventSourceArn"), function = fn_query(c, "FunctionName");
    char name[FN_NAME_MAX + 1] = "", have[FN_NAME_MAX + 1];
    json_t *all = json_array(), *out = json_array(), *def;
    size_t i;
    err_clear(&e);
    if (function.n > 0)
        (void)fn_name_parse(function, name);
    bool good = cloud_read(c->rq->cloud, list_all, all, &e);
    json_array_foreach (all, i, def) {
        struct str arn = str_from_c(json_string_value(json_object_get(def, "FunctionArn")));
        bool fits = fn_name_parse(arn, have) && (function.n == 0 || strcmp(have, name) == 0);
        if (fits && (source.n == 0 || text_is(def, "EventSourceArn", source)))
            json_array_append_new(out, shown(c, def));
    }
    json_decref(all);
    if (good)
        return fn_reply(c, 200, json_pack("{s:o}", "EventSourceMappings", out));
    json_decref(out);
    return fn_refuse_internal(c, &e);
}

bool fn_update_mapping(struct fn_call *c)
{
    static const char *const known[] = {"FunctionName",
                                        "Enabled",
                                        "BatchSize",
                                        "MaximumBatchingWindowInSeconds",
                                        "ParallelizationFactor",
                                        "MaximumRecordAgeInSeconds",
                                        "BisectBatchOnFunctionError",
                                        "MaximumRetryAttempts",
                                        "FunctionResponseTypes",
                                        "UUID",
                                        NULL};
    struct err e;
    json_t *def = find(c);
    if (def == NULL)
        return false;
    struct change ch = {.uuid = str_from_c(c->part), .def = def};
    bool good = fn_check_members(c, known) && take_common(c, def);
    err_clear(&e);
    if (good && !cloud_write(c->rq->cloud, write_change, &ch, &e))
        good = fn_refuse_internal(c, &e);
    if (good) {
        fn_streams_changed(c->fn, c->part);
        fn_reply(c, 202, shown(c, def));
    }
    json_decref(def);
    return good;
}

bool fn_delete_mapping(struct fn_call *c)
{
    struct err e;
    json_t *def = find(c);
    if (def == NULL)
        return false;
    struct change ch = {.uuid = str_from_c(c->part)};
    err_clear(&e);
    bool good = cloud_write(c->rq->cloud, write_change, &ch, &e) || fn_refuse_internal(c, &e);
    if (good) {
        fn_streams_changed(c->fn, c->part);
        json_object_set_new(def, "State", json_string("Deleting"));
        fn_reply(c, 202, shown(c, def));
    }
    json_decref(def);
    return good;
}
