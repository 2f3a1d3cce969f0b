/* fn_def.c - the configuration of a function: kept as the API shows it, except that
 * members whose name begins with "_" are ours:
 *
 *   _CodeHash  SHA-256 of the archive, in hexadecimal
 *   _Tags      what was given as tags */
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>

#include "cloud/fn_api_int.h"
#include "cloud/fn_zip.h"
#include "codec/base64.h"
#include "codec/sha256.h"
#include "codec/time_iso.h"

static const char local_image[] = "local:";

/* Is it nothing, however it is spelt? */
static bool is_empty(const json_t *v)
{
    const char *k;
    json_t *member;
    if (json_is_object(v)) {
        json_object_foreach ((json_t *)(uintptr_t)v, k, member)
            if (!is_empty(member))
                return false;
        return true;
    }
    return v == NULL || json_is_null(v) || json_is_false(v) ||
           (json_is_string(v) && json_string_length(v) == 0) ||
           (json_is_array(v) && json_array_size(v) == 0);
}

/* What says no more than that everything is as it would be without it. */
static bool is_neutral(const char *name, const json_t *v)
{
    const char *mode = json_string_value(json_object_get(v, "Mode")),
               *apply = json_string_value(json_object_get(v, "ApplyOn"));
    if (strcmp(name, "TracingConfig") == 0)
        return mode != NULL && strcmp(mode, "PassThrough") == 0;
    if (strcmp(name, "SnapStart") == 0)
        return apply != NULL && strcmp(apply, "None") == 0;
    if (strcmp(name, "EphemeralStorage") == 0)
        return json_integer_value(json_object_get(v, "Size")) == 512;
    return false;
}

bool fn_check_members(struct fn_call *c, const char *const *known)
{
    const char *name;
    json_t *v;
    json_object_foreach (c->in, name, v) {
        const char *const *k = known;
        while (*k != NULL && strcmp(*k, name) != 0)
            k++;
        if (*k == NULL && !is_empty(v) && !is_neutral(name, v))
            return fn_refuse(c, 400, "InvalidParameterValueException",
                             "%s is not supported by this server", name);
    }
    return true;
}

static bool invalid(struct fn_call *c, const char *value, const char *member, const char *rule)
{
    return fn_refuse(c, 400, "InvalidParameterValueException",
                     "1 validation error detected: Value '%s' at '%s' failed to satisfy "
                     "constraint: %s",
                     value, member, rule);
}

static bool take_text(struct fn_call *c, json_t *def, const char *name, size_t max)
{
    json_t *v = json_object_get(c->in, name);
    if (v == NULL || json_is_null(v))
        return true;
    if (!json_is_string(v) || json_string_length(v) > max)
        return fn_refuse(c, 400, "InvalidParameterValueException",
                         "%s has to be a string of at most %zu characters", name, max);
    json_object_set(def, name, v);
    return true;
}

static bool take_int(struct fn_call *c, json_t *def, const char *name, const char *member, int min,
                     int max)
{
    json_t *v = json_object_get(c->in, name);
    char text[32], rule[96];
    if (v == NULL || json_is_null(v))
        return true;
    long long n = json_integer_value(v);
    if (json_is_integer(v) && n >= min && n <= max) {
        json_object_set(def, name, v);
        return true;
    }
    snprintf(text, sizeof(text), "%lld", n);
    snprintf(rule, sizeof(rule), "Member must have value %s than or equal to %d",
             n < min ? "greater" : "less", n < min ? min : max);
    return invalid(c, text, member, rule);
}

static bool name_is_reserved(const char *k)
{
    static const char *const names[] = {"_HANDLER", "AWS_REGION", "AWS_DEFAULT_REGION",
                                        "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strcmp(names[i], k) == 0)
            return true;
    return strncmp(k, "AWS_LAMBDA_", 11) == 0;
}

static bool take_environment(struct fn_call *c, json_t *def)
{
    json_t *in = json_object_get(c->in, "Environment"), *v;
    json_t *variables = json_object_get(in, "Variables");
    const char *k;
    size_t bytes = 0;
    if (in == NULL || json_is_null(in))
        return true;
    if (!json_is_object(in) || (variables != NULL && !json_is_object(variables)))
        return fn_refuse(c, 400, "InvalidParameterValueException",
                         "Environment.Variables has to be an object");
    json_object_foreach (variables, k, v) {
        if (!json_is_string(v) || k[0] == '\0' || strspn(k, "=") != 0 || strchr(k, '=') != NULL)
            return fn_refuse(c, 400, "InvalidParameterValueException",
                             "environment variables need names without '=' and strings as values");
        if (name_is_reserved(k))
            return fn_refuse(c, 400, "InvalidParameterValueException",
                             "Lambda was unable to configure your environment variables because "
                             "the environment variables you have provided contains reserved keys "
                             "that are currently not supported for modification. Reserved keys "
                             "used in this request: %s",
                             k);
        bytes += strlen(k) + json_string_length(v);
    }
    if (bytes > 4096 || json_object_size(variables) > 200)
        return fn_refuse(c, 400, "InvalidParameterValueException",
                         "Lambda was unable to configure your environment variables because the "
                         "environment variables you have provided exceeded the 4KB limit.");
    if (json_object_size(variables) > 0)
        json_object_set_new(def, "Environment", json_pack("{s:O}", "Variables", variables));
    else
        json_object_del(def, "Environment");
    return true;
}

static bool strings_only(const json_t *array)
{
    size_t i;
    json_t *v;
    if (array != NULL && !json_is_array(array))
        return false;
    json_array_foreach (array, i, v)
        if (!json_is_string(v))
            return false;
    return json_array_size(array) <= 100;
}

static bool take_image(struct fn_call *c, json_t *def)
{
    json_t *in = json_object_get(c->in, "ImageConfig");
    json_t *entry = json_object_get(in, "EntryPoint"), *command = json_object_get(in, "Command"),
           *where = json_object_get(in, "WorkingDirectory");
    if (in == NULL || json_is_null(in))
        return true;
    if (!strings_only(entry) || !strings_only(command) ||
        (where != NULL && (!json_is_string(where) || json_string_value(where)[0] != '/')) ||
        json_array_size(entry) + json_array_size(command) == 0)
        return fn_refuse(c, 400, "InvalidParameterValueException",
                         "ImageConfig needs a command in EntryPoint and Command (lists of "
                         "strings), and WorkingDirectory has to be an absolute path");
    json_object_set_new(def, "ImageConfigResponse", json_pack("{s:O}", "ImageConfig", in));
    return true;
}

/* The runtimes there are: a program of one's own, and whatever python3 is installed. */
static bool check_runtime(struct fn_call *c, const json_t *def)
{
    const char *runtime = json_string_value(json_object_get(def, "Runtime")),
               *handler = json_string_value(json_object_get(def, "Handler")),
               *type = json_string_value(json_object_get(def, "PackageType"));
    bool image = type != NULL && strcmp(type, "Image") == 0;
    if (type != NULL && !image && strcmp(type, "Zip") != 0)
        return invalid(c, type, "packageType", "Member must satisfy enum value set: [Image, Zip]");
    if (image && (runtime != NULL || handler != NULL))
        return fn_refuse(c, 400, "InvalidParameterValueException",
                         "Please don't provide Handler or Runtime or Layer when the intended "
                         "function PackageType is Image");
    if (image && json_object_get(def, "ImageConfigResponse") == NULL)
        return fn_refuse(c, 400, "InvalidParameterValueException",
                         "ImageConfig is needed: its Command is what is run");
    if (image)
        return true;
    if (runtime == NULL || handler == NULL)
        return fn_refuse(c, 400, "InvalidParameterValueException",
                         "Runtime and Handler are mandatory parameters for functions created with "
                         "deployment packages.");
    bool python = strncmp(runtime, "python3.", 8) == 0;
    if (!python && strcmp(runtime, "provided") != 0 && strncmp(runtime, "provided.al", 11) != 0)
        return invalid(c, runtime, "runtime",
                       "Member must satisfy enum value set: [provided, provided.al2, "
                       "provided.al2023, python3.*] or the function's PackageType be Image");
    if (python && strchr(handler, '.') == NULL)
        return invalid(c, handler, "handler", "Member must have the form FILE.FUNCTION");
    return true;
}

static bool check_architecture(struct fn_call *c, json_t *def)
{
    struct utsname machine;
    const char *ours =
        uname(&machine) == 0 && strcmp(machine.machine, "aarch64") == 0 ? "arm64" : "x86_64";
    json_t *in = json_object_get(c->in, "Architectures");
    const char *asked = json_string_value(json_array_get(in, 0));
    if (asked != NULL && strcmp(asked, ours) != 0)
        return fn_refuse(c, 400, "InvalidParameterValueException",
                         "this server runs on %s and cannot run functions for %s", ours, asked);
    json_object_set_new(def, "Architectures", json_pack("[s]", ours));
    return true;
}

void fn_def_touch(struct fn_call *c, json_t *def)
{
    char id[37], when[25], text[40];
    env_uuid(c->rq->cloud->env, id);
    time_iso_extended(env_now_ms(c->rq->cloud->env), when);
    snprintf(text, sizeof(text), "%.23s+0000", when);
    json_object_set_new(def, "RevisionId", json_string(id));
    json_object_set_new(def, "LastModified", json_string(text));
}

static json_t *new_def(struct fn_call *c)
{
    const struct cloud *cloud = c->rq->cloud;
    char arn[256];
    snprintf(arn, sizeof(arn), "arn:aws:lambda:%s:%s:function:%s", cloud->region, cloud->account,
             c->name);
    return json_pack("{s:s s:s s:i s:s s:i s:i s:s s:s s:s s:s s:{s:s}}", "FunctionName", c->name,
                     "FunctionArn", arn, "CodeSize", 0, "Description", "", "Timeout", 3,
                     "MemorySize", 128, "Version", "$LATEST", "State", "Active", "LastUpdateStatus",
                     "Successful", "PackageType", "Zip", "TracingConfig", "Mode", "PassThrough");
}

json_t *fn_def_make(struct fn_call *c, const json_t *old)
{
    json_t *def = old != NULL ? json_deep_copy(old) : new_def(c);
    json_t *tags = json_object_get(c->in, "Tags");
    if (def == NULL)
        abort();
    bool good = (old != NULL || take_text(c, def, "PackageType", 5)) &&
                take_text(c, def, "Description", 256) && take_text(c, def, "Role", 2048) &&
                take_text(c, def, "Handler", 128) && take_text(c, def, "Runtime", 64) &&
                take_int(c, def, "Timeout", "timeout", 1, 900) &&
                take_int(c, def, "MemorySize", "memorySize", 128, 32768) &&
                take_environment(c, def) && take_image(c, def) && check_runtime(c, def) &&
                (old != NULL || check_architecture(c, def));
    if (good && json_object_get(def, "Role") == NULL)
        good = invalid(c, "null", "role", "Member must not be null");
    if (!good) {
        json_decref(def);
        return NULL;
    }
    if (json_is_object(tags))
        json_object_set(def, "_Tags", tags);
    fn_def_touch(c, def);
    return def;
}

static bool look_only(void *arg, const struct fn_zip_entry *entry, struct err *e)
{
    (void)arg, (void)entry, (void)e;
    return true;
}

static bool take_zip(struct fn_call *c, json_t *def, const char *text, struct str *zip)
{
    struct buf bytes = {.mem = c->rq->mem}, shown = {.mem = c->rq->mem};
    unsigned char hash[SHA256_BYTES];
    char hex[2 * SHA256_BYTES + 1];
    struct err e;
    if (!base64_decode(&bytes, str_from_c(text)))
        return fn_refuse(c, 400, "SerializationException", "ZipFile is not base64");
    err_clear(&e);
    if (!fn_zip_read(buf_str(&bytes), look_only, NULL, &e))
        return fn_refuse(c, 400, "InvalidParameterValueException", "%s", e.msg);
    sha256(buf_str(&bytes), hash);
    hex_encode(hash, sizeof(hash), hex);
    hex[2 * SHA256_BYTES] = '\0';
    base64_encode(&shown, (struct str){(const char *)hash, sizeof(hash)});
    json_object_set_new(def, "CodeSha256", json_stringn(shown.p, shown.n));
    json_object_set_new(def, "_CodeHash", json_string(hex));
    json_object_set_new(def, "CodeSize", json_integer((json_int_t)bytes.n));
    *zip = buf_str(&bytes);
    return true;
}

bool fn_def_code(struct fn_call *c, json_t *def, const json_t *code, struct str *zip)
{
    const char *file = json_string_value(json_object_get(code, "ZipFile")),
               *image = json_string_value(json_object_get(code, "ImageUri")),
               *type = json_string_value(json_object_get(def, "PackageType"));
    bool want_image = strcmp(type, "Image") == 0;
    *zip = (struct str){0};
    if (json_object_get(code, "S3Bucket") != NULL)
        return fn_refuse(c, 400, "InvalidParameterValueException",
                         "code in S3 is not supported by this server: give it as ZipFile");
    if (want_image && image != NULL && strcmp(image, local_image) == 0)
        return true;
    if (want_image)
        return fn_refuse(c, 400, "InvalidParameterValueException",
                         "Code.ImageUri has to be \"%s\": the command in ImageConfig is run on "
                         "this machine; container images are not supported",
                         local_image);
    if (file == NULL || file[0] == '\0')
        return fn_refuse(c, 400, "InvalidParameterValueException",
                         "Please provide a source for function code.");
    return take_zip(c, def, file, zip);
}

json_t *fn_def_shown(const json_t *def)
{
    json_t *shown = json_object(), *v;
    const char *k;
    json_object_foreach ((json_t *)(uintptr_t)def, k, v)
        if (k[0] != '_')
            json_object_set(shown, k, v);
    return shown;
}

struct load {
    const char *name;
    json_t *def;
};

static bool load(void *arg, struct db_txn *t, struct err *e)
{
    struct load *l = arg;
    struct str text;
    if (!db_doc_get(t, STR("fn"), str_from_c(l->name), &text, e))
        return false;
    if (text.p != NULL && (l->def = json_loadb(text.p, text.n, 0, NULL)) == NULL)
        return err_set(e, ERR_IO, "the configuration of function %s is damaged", l->name);
    return true;
}

json_t *fn_def_load(struct cloud *c, const char *name, struct err *e)
{
    struct load l = {.name = name};
    return cloud_read(c, load, &l, e) ? l.def : NULL;
}

struct save {
    struct str name, text, zip;
    const char *revision;
};

static bool save(void *arg, struct db_txn *t, struct err *e)
{
    const struct save *s = arg;
    struct str old;
    if (!db_doc_get(t, STR("fn"), s->name, &old, e))
        return false;
    json_t *def = old.p != NULL ? json_loadb(old.p, old.n, 0, NULL) : NULL;
    const char *revision = json_string_value(json_object_get(def, "RevisionId"));
    bool same = s->revision != NULL ? revision != NULL && strcmp(revision, s->revision) == 0
                                    : old.p == NULL;
    json_decref(def);
    if (!same)
        return err_set(e, ERR_RESOURCE_IN_USE, "another change of the function came in between");
    return db_doc_put(t, STR("fn"), s->name, s->text, e) &&
           (s->zip.p == NULL || db_doc_put(t, STR("fn-code"), s->name, s->zip, e));
}

bool fn_def_save(struct cloud *c, const json_t *def, struct str zip, const char *revision,
                 struct err *e)
{
    char *text = json_dumps(def, JSON_COMPACT);
    if (text == NULL)
        abort();
    struct save s = {
        .name = str_from_c(json_string_value(json_object_get(def, "FunctionName"))),
        .text = str_from_c(text),
        .zip = zip,
        .revision = revision,
    };
    bool good = cloud_write(c, save, &s, e);
    free(text);
    return good;
}
