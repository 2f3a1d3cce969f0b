/* fn_api_function.c - functions: create, show, list, change, delete. */
#include <stdlib.h>

#include "cloud/fn_api_int.h"

enum { LIST_DEFAULT = 50, LIST_MAX = 10000 };

/* The function in the path; NULL: it has answered. */
static json_t *find(struct fn_call *c)
{
    struct err e;
    err_clear(&e);
    json_t *def = fn_def_load(c->rq->cloud, c->name, &e);
    if (def == NULL && e.code == ERR_NONE)
        fn_refuse_missing(c, c->name);
    else if (def == NULL)
        fn_refuse_internal(c, &e);
    return def;
}

/* Saves and answers with the configuration; takes the reference. */
static bool store(struct fn_call *c, json_t *def, struct str zip, const char *revision, int status)
{
    struct err e;
    err_clear(&e);
    bool good = fn_def_save(c->rq->cloud, def, zip, revision, &e);
    if (good)
        fn_reply(c, status, fn_def_shown(def));
    else if (e.code == ERR_RESOURCE_IN_USE && revision == NULL)
        fn_refuse(c, 409, "ResourceConflictException", "Function already exist: %s", c->name);
    else if (e.code == ERR_RESOURCE_IN_USE)
        fn_refuse(c, 409, "ResourceConflictException", "%s", e.msg);
    else
        fn_refuse_internal(c, &e);
    json_decref(def);
    return good;
}

bool fn_create_function(struct fn_call *c)
{
    static const char *const known[] = {
        "FunctionName", "Runtime",       "Role",       "Handler",     "Code",
        "Description",  "Timeout",       "MemorySize", "PackageType", "Environment",
        "ImageConfig",  "Architectures", "Tags",       NULL};
    const char *name = json_string_value(json_object_get(c->in, "FunctionName"));
    struct str zip;
    if (name == NULL || !fn_name_parse(str_from_c(name), c->name))
        return fn_refuse(c, 400, "InvalidParameterValueException",
                         "1 validation error detected: Value '%s' at 'functionName' failed to "
                         "satisfy constraint: Member must satisfy regular expression pattern: "
                         "[a-zA-Z0-9-_]{1,64}",
                         name != NULL ? name : "null");
    if (!fn_check_members(c, known))
        return false;
    json_t *def = fn_def_make(c, NULL);
    if (def == NULL)
        return false;
    if (!fn_def_code(c, def, json_object_get(c->in, "Code"), &zip)) {
        json_decref(def);
        return false;
    }
    return store(c, def, zip, NULL, 201);
}

bool fn_get_configuration(struct fn_call *c)
{
    json_t *def = find(c);
    if (def == NULL)
        return false;
    fn_reply(c, 200, fn_def_shown(def));
    json_decref(def);
    return true;
}

bool fn_get_function(struct fn_call *c)
{
    json_t *def = find(c);
    if (def == NULL)
        return false;
    json_t *tags = json_object_get(def, "_Tags");
    bool image = json_object_get(def, "ImageConfigResponse") != NULL;
    json_t *out = json_pack("{s:o, s:{s:s}}", "Configuration", fn_def_shown(def), "Code",
                            "RepositoryType", image ? "local" : "stator");
    if (image)
        json_object_set_new(json_object_get(out, "Code"), "ImageUri", json_string("local:"));
    if (tags != NULL)
        json_object_set(out, "Tags", tags);
    fn_reply(c, 200, out);
    json_decref(def);
    return true;
}

struct list {
    json_t *functions;
    size_t max;
    char *marker; /* the last name that was listed, when there are more */
};

static bool list_one(void *arg, struct str key, struct str value)
{
    struct list *l = arg;
    json_t *def = json_loadb(value.p, value.n, 0, NULL);
    (void)key;
    if (json_array_size(l->functions) == l->max) {
        json_t *last = json_array_get(l->functions, l->max - 1);
        l->marker = strdup(json_string_value(json_object_get(last, "FunctionName")));
        json_decref(def);
        return false;
    }
    if (def != NULL)
        json_array_append_new(l->functions, fn_def_shown(def));
    json_decref(def);
    return true;
}

struct list_from {
    struct list *list;
    struct str after;
};

static bool list_all(void *arg, struct db_txn *t, struct err *e)
{
    struct list_from *f = arg;
    return db_doc_scan_after(t, STR("fn"), f->after, list_one, f->list, e);
}

bool fn_list_functions(struct fn_call *c)
{
    struct err e;
    struct str max = fn_query(c, "MaxItems");
    struct list l = {.functions = json_array(), .max = LIST_DEFAULT};
    struct list_from from = {&l, fn_query(c, "Marker")};
    if (max.n > 0)
        l.max = (size_t)strtoul(arena_cstr(c->rq->mem, max), NULL, 10);
    if (l.max < 1 || l.max > LIST_MAX) {
        json_decref(l.functions);
        return fn_refuse(c, 400, "InvalidParameterValueException",
                         "MaxItems has to be from 1 to %d", LIST_MAX);
    }
    err_clear(&e);
    if (!cloud_read(c->rq->cloud, list_all, &from, &e)) {
        json_decref(l.functions);
        return fn_refuse_internal(c, &e);
    }
    json_t *out = json_pack("{s:o}", "Functions", l.functions);
    if (l.marker != NULL)
        json_object_set_new(out, "NextMarker", json_string(l.marker));
    free(l.marker);
    return fn_reply(c, 200, out);
}

/* What the caller thinks it changes. */
static bool check_revision(struct fn_call *c, const json_t *def)
{
    const char *want = json_string_value(json_object_get(c->in, "RevisionId")),
               *have = json_string_value(json_object_get(def, "RevisionId"));
    return want == NULL || strcmp(want, have) == 0 ||
           fn_refuse(c, 412, "PreconditionFailedException",
                     "The Revision Id provided does not match the latest Revision Id. Call the "
                     "GetFunction/GetAlias API to retrieve the latest Revision Id");
}

bool fn_update_code(struct fn_call *c)
{
    static const char *const known[] = {"ZipFile",    "ImageUri",      "DryRun",
                                        "RevisionId", "Architectures", NULL};
    struct str zip;
    json_t *old = find(c);
    if (old == NULL)
        return false;
    json_t *def = json_deep_copy(old);
    bool good =
        fn_check_members(c, known) && check_revision(c, old) && fn_def_code(c, def, c->in, &zip);
    if (good && json_is_true(json_object_get(c->in, "DryRun"))) {
        fn_reply(c, 200, fn_def_shown(def));
    } else if (good) {
        fn_def_touch(c, def);
        good = store(c, json_incref(def), zip,
                     json_string_value(json_object_get(old, "RevisionId")), 200);
    }
    json_decref(def);
    json_decref(old);
    if (good)
        fn_run_forget(c->fn->run, c->name);
    return good;
}

bool fn_update_configuration(struct fn_call *c)
{
    static const char *const known[] = {"FunctionName", "Runtime",    "Role",       "Handler",
                                        "Description",  "Timeout",    "MemorySize", "Environment",
                                        "ImageConfig",  "RevisionId", NULL};
    json_t *old = find(c);
    if (old == NULL)
        return false;
    json_t *def = fn_check_members(c, known) && check_revision(c, old) ? fn_def_make(c, old) : NULL;
    bool good = def != NULL && store(c, def, (struct str){0},
                                     json_string_value(json_object_get(old, "RevisionId")), 200);
    json_decref(old);
    if (good)
        fn_run_forget(c->fn->run, c->name);
    return good;
}

static bool forget(void *arg, struct db_txn *t, struct err *e)
{
    struct str name = str_from_c(arg);
    return db_doc_del(t, STR("fn"), name, e) && db_doc_del(t, STR("fn-code"), name, e);
}

bool fn_delete_function(struct fn_call *c)
{
    struct err e;
    json_t *def = find(c);
    if (def == NULL)
        return false;
    json_decref(def);
    err_clear(&e);
    if (!cloud_write(c->rq->cloud, forget, c->name, &e))
        return fn_refuse_internal(c, &e);
    fn_run_forget(c->fn->run, c->name);
    fn_code_remove(c->fn, c->name);
    c->rq->status = 204;
    c->rq->content_type = NULL;
    return true;
}
