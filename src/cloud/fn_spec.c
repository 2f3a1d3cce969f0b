/* fn_spec.c - from a function's configuration to what is to be run.
 *
 * Code that was uploaded is unpacked into code/NAME-HASH, once: the directory gets
 * its name when it is complete. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cloud/fn_int.h"
#include "cloud/fn_zip.h"

enum { ARGUMENTS_MAX = 256 };

/* Understands Python's side of the Lambda contract: _HANDLER is FILE.FUNCTION. */
const char fn_python_runner[] =
    "import importlib, json, os, sys, time, traceback, urllib.error, urllib.request\n"
    "sys.path.insert(0, '.')\n"
    "base = 'http://' + os.environ['AWS_LAMBDA_RUNTIME_API'] + '/2018-06-01/runtime/'\n"
    "web = urllib.request.build_opener(urllib.request.ProxyHandler({}))\n"
    "def post(path, body):\n"
    "    web.open(urllib.request.Request(base + path, body, {'Content-Type': "
    "'application/json'})).read()\n"
    "def problem(e):\n"
    "    return json.dumps({'errorType': type(e).__name__, 'errorMessage': str(e),\n"
    "                       'stackTrace': traceback.format_tb(e.__traceback__)}).encode()\n"
    "class Context:\n"
    "    def __init__(self, h):\n"
    "        self.aws_request_id = h['Lambda-Runtime-Aws-Request-Id']\n"
    "        self.invoked_function_arn = h['Lambda-Runtime-Invoked-Function-Arn']\n"
    "        self.function_name = os.environ['AWS_LAMBDA_FUNCTION_NAME']\n"
    "        self.function_version = os.environ['AWS_LAMBDA_FUNCTION_VERSION']\n"
    "        self.memory_limit_in_mb = os.environ['AWS_LAMBDA_FUNCTION_MEMORY_SIZE']\n"
    "        self.log_group_name = os.environ['AWS_LAMBDA_LOG_GROUP_NAME']\n"
    "        self.log_stream_name = os.environ['AWS_LAMBDA_LOG_STREAM_NAME']\n"
    "        self.client_context = self.identity = None\n"
    "        self._deadline = int(h['Lambda-Runtime-Deadline-Ms'])\n"
    "    def get_remaining_time_in_millis(self):\n"
    "        return max(0, self._deadline - int(time.time() * 1000))\n"
    "try:\n"
    "    name, function = os.environ['_HANDLER'].rsplit('.', 1)\n"
    "    handler = getattr(importlib.import_module(name.replace('/', '.')), function)\n"
    "except BaseException as e:\n"
    "    traceback.print_exc()\n"
    "    post('init/error', problem(e))\n"
    "    sys.exit(1)\n"
    "while True:\n"
    "    with web.open(base + 'invocation/next') as r:\n"
    "        headers, body = r.headers, r.read()\n"
    "    at = 'invocation/' + headers['Lambda-Runtime-Aws-Request-Id']\n"
    "    try:\n"
    "        answer = json.dumps(handler(json.loads(body), Context(headers))).encode()\n"
    "    except Exception as e:\n"
    "        traceback.print_exc()\n"
    "        post(at + '/error', problem(e))\n"
    "    else:\n"
    "        try:\n"
    "            post(at + '/response', answer)\n"
    "        except urllib.error.HTTPError as e:\n"
    "            if e.code != 413:\n"
    "                raise\n";

struct list {
    const char **v;
    size_t n;
};

static void add(struct list *l, const char *text)
{
    if (l->n < ARGUMENTS_MAX)
        l->v[l->n++] = text;
}

static void add_all(struct list *l, const json_t *array, struct arena *mem)
{
    size_t i;
    json_t *v;
    json_array_foreach (array, i, v)
        add(l, arena_cstr(mem, str_from_c(json_string_value(v))));
}

static const char *text_of(const json_t *def, const char *name, struct arena *mem)
{
    const char *s = json_string_value(json_object_get(def, name));
    return arena_cstr(mem, str_from_c(s != NULL ? s : ""));
}

static void add_env(struct list *l, struct arena *mem, const char *name, const char *value)
{
    add(l, arena_cstr(mem, arena_printf(mem, "%s=%s", name, value)));
}

/* Where the function finds the server. */
static const char *endpoint(const struct cloud *c, struct arena *mem)
{
    const char *host = c->host;
    if (strcmp(host, "0.0.0.0") == 0)
        host = "127.0.0.1";
    else if (strcmp(host, "::") == 0)
        host = "::1";
    bool six = strchr(host, ':') != NULL;
    return arena_cstr(mem, arena_printf(mem, "http://%s%s%s:%d", six ? "[" : "", host,
                                        six ? "]" : "", atomic_load(&c->port)));
}

static const char *const *environment(struct fn *f, const json_t *def, const char *cwd,
                                      struct arena *mem)
{
    struct cloud *c = f->cloud;
    struct list l = {NEW_ARRAY(mem, const char *, ARGUMENTS_MAX + 1), 0};
    const char *name = text_of(def, "FunctionName", mem), *path = getenv("PATH");
    json_t *variables = json_object_get(json_object_get(def, "Environment"), "Variables"), *v;
    const char *k;
    /* getenv() gives the first of two: what was asked for comes first. */
    json_object_foreach (variables, k, v)
        add_env(&l, mem, k, json_string_value(v));
    add_env(&l, mem, "PATH", path != NULL ? path : "/usr/local/bin:/usr/bin:/bin");
    add_env(&l, mem, "LANG", "C.UTF-8");
    add_env(&l, mem, "TZ", ":UTC");
    add_env(&l, mem, "HOME", "/tmp");
    add_env(&l, mem, "_HANDLER", text_of(def, "Handler", mem));
    add_env(&l, mem, "LAMBDA_TASK_ROOT", cwd);
    add_env(&l, mem, "AWS_REGION", c->region);
    add_env(&l, mem, "AWS_DEFAULT_REGION", c->region);
    add_env(&l, mem, "AWS_ENDPOINT_URL", endpoint(c, mem));
    add_env(&l, mem, "AWS_LAMBDA_FUNCTION_NAME", name);
    add_env(&l, mem, "AWS_LAMBDA_FUNCTION_VERSION", "$LATEST");
    add_env(&l, mem, "AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
    add_env(&l, mem, "AWS_LAMBDA_LOG_GROUP_NAME",
            arena_cstr(mem, arena_printf(mem, "/aws/lambda/%s", name)));
    add_env(&l, mem, "AWS_LAMBDA_LOG_STREAM_NAME", name);
    add_env(&l, mem, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
            arena_cstr(mem, arena_printf(mem, "%lld",
                                         (long long)json_integer_value(
                                             json_object_get(def, "MemorySize")))));
    if (c->credentials == NULL) { /* any will do; where not, they are the function's own affair */
        add_env(&l, mem, "AWS_ACCESS_KEY_ID", name);
        add_env(&l, mem, "AWS_SECRET_ACCESS_KEY", name);
    }
    return l.v;
}

struct code_read {
    const char *name, *dir;
    bool found;
};

static bool unpack(void *arg, struct db_txn *t, struct err *e)
{
    struct code_read *r = arg;
    struct str zip;
    if (!db_doc_get(t, STR("fn-code"), str_from_c(r->name), &zip, e))
        return false;
    r->found = zip.p != NULL;
    return !r->found || fn_zip_unpack(zip, r->dir, e);
}

void fn_code_remove(struct fn *f, const char *name)
{
    char path[1400];
    size_t n = strlen(name);
    snprintf(path, sizeof(path), "%s/code", f->dir);
    lock_take(&f->code);
    DIR *d = opendir(path);
    for (struct dirent *x; d != NULL && (x = readdir(d)) != NULL;) {
        /* NAME-HASH: the hash has no "-". */
        if (strncmp(x->d_name, name, n) != 0 || x->d_name[n] != '-' ||
            strchr(x->d_name + n + 1, '-') != NULL)
            continue;
        snprintf(path, sizeof(path), "%s/code/%s", f->dir, x->d_name);
        fn_remove_tree(path);
    }
    if (d != NULL)
        closedir(d);
    lock_drop(&f->code);
}

/* The directory with the code of this configuration. */
static const char *code_dir(struct fn *f, const json_t *def, struct arena *mem, struct err *e)
{
    const char *name = text_of(def, "FunctionName", mem), *hash = text_of(def, "_CodeHash", mem);
    const char *dir = arena_cstr(mem, arena_printf(mem, "%s/code/%s-%.24s", f->dir, name, hash));
    const char *partial = arena_cstr(mem, arena_printf(mem, "%s.partial", dir));
    struct code_read r = {.name = name, .dir = partial};
    lock_take(&f->code);
    bool good = access(dir, F_OK) == 0;
    if (!good) {
        fn_remove_tree(partial);
        good = cloud_read(f->cloud, unpack, &r, e) &&
               (r.found || err_set(e, ERR_IO, "the code of function %s is missing", name)) &&
               (rename(partial, dir) == 0 ||
                err_set(e, ERR_IO, "cannot rename %s: %s", partial, strerror(errno)));
    }
    lock_drop(&f->code);
    return good ? dir : NULL;
}

bool fn_spec_make(struct fn *f, const json_t *def, struct arena *mem, struct fn_spec *out,
                  struct err *e)
{
    struct list argv = {NEW_ARRAY(mem, const char *, ARGUMENTS_MAX + 1), 0};
    const json_t *image =
        json_object_get(json_object_get(def, "ImageConfigResponse"), "ImageConfig");
    const char *runtime = text_of(def, "Runtime", mem), *cwd;
    if (image != NULL) {
        const char *where = json_string_value(json_object_get(image, "WorkingDirectory"));
        cwd = arena_cstr(mem, str_from_c(where != NULL ? where : "/"));
        add_all(&argv, json_object_get(image, "EntryPoint"), mem);
        add_all(&argv, json_object_get(image, "Command"), mem);
    } else {
        cwd = code_dir(f, def, mem, e);
        if (cwd == NULL)
            return false;
        if (strncmp(runtime, "python", 6) == 0) {
            add(&argv, "python3");
            add(&argv, "-u");
            add(&argv, "-c");
            add(&argv, fn_python_runner);
        } else {
            add(&argv, "./bootstrap");
        }
    }
    const char *name = text_of(def, "FunctionName", mem);
    *out = (struct fn_spec){
        .name = name,
        .arn = text_of(def, "FunctionArn", mem),
        .revision = text_of(def, "RevisionId", mem),
        .cwd = cwd,
        .argv = argv.v,
        .env = environment(f, def, cwd, mem),
        .log_file = arena_cstr(mem, arena_printf(mem, "%s/logs/%s.log", f->dir, name)),
        .user = f->cloud->functions_user,
        .timeout_s = (int)json_integer_value(json_object_get(def, "Timeout")),
        .memory_mb = (int)json_integer_value(json_object_get(def, "MemorySize")),
    };
    return true;
}
