/* fn_cmd.c - see fn_cmd.h. */
#include "cloud/fn_cmd.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "cloud/cloud_call.h"
#include "codec/base64.h"

enum { EXIT_OK, EXIT_FAILED, EXIT_USAGE, FILE_BYTES_MAX = 12 * 1024 * 1024 };

struct options {
    const char *name, *command, *zip, *runtime, *handler, *role, *payload, *endpoint, *cwd;
    const char *timeout, *memory;
    json_t *env;
    bool async;
};

static int usage(const char *what)
{
    fprintf(
        stderr,
        "stator function: %s\n"
        "Usage: stator function add NAME --command \"PROGRAM ARGUMENTS\" [--cwd DIR]\n"
        "       stator function add NAME --zip FILE --runtime python3.11 --handler FILE.FUNCTION\n"
        "           [--timeout SECONDS] [--memory MB] [--env NAME=VALUE]... [--role ARN]\n"
        "       stator function list | remove NAME | invoke NAME [--payload JSON] [--async]\n"
        "       each with [--endpoint URL]; default: AWS_ENDPOINT_URL_LAMBDA, AWS_ENDPOINT_URL,\n"
        "           http://127.0.0.1:8000\n",
        what);
    return EXIT_USAGE;
}

static int refuse(struct options *o, const char *what)
{
    json_decref(o->env);
    return usage(what);
}

static bool add_env(struct options *o, const char *text)
{
    const char *equals = strchr(text, '=');
    if (equals == NULL || equals == text)
        return false;
    char *name = strndup(text, (size_t)(equals - text));
    bool good = name != NULL && json_object_set_new(o->env, name, json_string(equals + 1)) == 0;
    free(name);
    return good;
}

static bool parse(int argc, char **argv, struct options *o)
{
    const struct {
        const char *flag;
        const char **to;
    } flags[] = {
        {"--command", &o->command}, {"--zip", &o->zip},         {"--runtime", &o->runtime},
        {"--handler", &o->handler}, {"--timeout", &o->timeout}, {"--memory", &o->memory},
        {"--role", &o->role},       {"--payload", &o->payload}, {"--endpoint", &o->endpoint},
        {"--cwd", &o->cwd},
    };
    o->env = json_object();
    for (int i = 0; i < argc; i++) {
        size_t k = 0;
        if (strcmp(argv[i], "--async") == 0) {
            o->async = true;
            continue;
        }
        if (argv[i][0] != '-' && o->name == NULL) {
            o->name = argv[i];
            continue;
        }
        if (i + 1 == argc)
            return false;
        if (strcmp(argv[i], "--env") == 0) {
            if (!add_env(o, argv[++i]))
                return false;
            continue;
        }
        while (k < COUNT_OF(flags) && strcmp(flags[k].flag, argv[i]) != 0)
            k++;
        if (k == COUNT_OF(flags))
            return false;
        *flags[k].to = argv[++i];
    }
    return true;
}

/* Prints what went wrong; true: the status is below 300. */
static bool call(struct arena *mem, struct cloud_call *c, const struct options *o)
{
    struct err e;
    c->endpoint = cloud_call_endpoint(o->endpoint, "AWS_ENDPOINT_URL_LAMBDA");
    c->service = "lambda";
    c->content_type = "application/json";
    err_clear(&e);
    if (!cloud_call(mem, c, &e)) {
        fprintf(stderr, "stator function: %s\n", e.msg);
        return false;
    }
    if (c->status < 300)
        return true;
    json_t *v = json_loadb(c->reply.p, c->reply.n, 0, NULL);
    const char *text = json_string_value(json_object_get(v, "Message"));
    struct str type = cloud_call_header(c, "x-amzn-errortype");
    fprintf(stderr, "stator function: " STR_FMT ": %s\n", STR_ARG(type),
            text != NULL ? text : "the server refuses");
    json_decref(v);
    return false;
}

static bool read_file(const char *path, struct buf *to)
{
    FILE *f = fopen(path, "rbe");
    char piece[16 * 1024];
    size_t n;
    while (f != NULL && (n = fread(piece, 1, sizeof(piece), f)) > 0 && to->n < FILE_BYTES_MAX)
        buf_add(to, (struct str){piece, n});
    bool good = f != NULL && ferror(f) == 0 && to->n < FILE_BYTES_MAX;
    if (f != NULL)
        fclose(f);
    return good;
}

/* The code: an archive, or a command that the server's machine runs where we are. */
static bool add_code(struct arena *mem, const struct options *o, json_t *in)
{
    char here[4096];
    struct buf bytes = {.mem = mem}, text = {.mem = mem};
    if (o->command != NULL) {
        const char *cwd = o->cwd != NULL ? o->cwd : getcwd(here, sizeof(here));
        struct str line = arena_printf(mem, "exec %s", o->command);
        json_object_set_new(in, "PackageType", json_string("Image"));
        json_object_set_new(in, "Code", json_pack("{s:s}", "ImageUri", "local:"));
        json_object_set_new(in, "ImageConfig",
                            json_pack("{s:[s, s, s%], s:s}", "Command", "/bin/sh", "-c", line.p,
                                      line.n, "WorkingDirectory", cwd != NULL ? cwd : "/"));
        return true;
    }
    if (!read_file(o->zip, &bytes)) {
        fprintf(stderr, "stator function: cannot read %s (at most 12 MiB)\n", o->zip);
        return false;
    }
    base64_encode(&text, buf_str(&bytes));
    json_object_set_new(in, "Runtime", json_string(o->runtime));
    json_object_set_new(in, "Handler", json_string(o->handler != NULL ? o->handler : "bootstrap"));
    json_object_set_new(in, "Code", json_pack("{s:s%}", "ZipFile", text.p, text.n));
    return true;
}

int fn_cmd_add(int argc, char **argv)
{
    struct options o = {.runtime = "provided.al2023"};
    struct arena mem = {0};
    struct cloud_call c = {.method = "POST", .path = "/2015-03-31/functions"};
    if (!parse(argc, argv, &o) || o.name == NULL || (o.command == NULL) == (o.zip == NULL))
        return refuse(&o, "add takes a name and one of --command and --zip");
    json_t *in = json_pack("{s:s s:s s:{s:O}}", "FunctionName", o.name, "Role",
                           o.role != NULL ? o.role : "arn:aws:iam::000000000000:role/function",
                           "Environment", "Variables", o.env);
    if (o.timeout != NULL)
        json_object_set_new(in, "Timeout", json_integer(strtol(o.timeout, NULL, 10)));
    if (o.memory != NULL)
        json_object_set_new(in, "MemorySize", json_integer(strtol(o.memory, NULL, 10)));
    bool good = add_code(&mem, &o, in);
    char *text = json_dumps(in, JSON_COMPACT);
    c.body = str_from_c(text);
    good = good && text != NULL && call(&mem, &c, &o);
    if (good) {
        json_t *out = json_loadb(c.reply.p, c.reply.n, 0, NULL);
        const char *arn = json_string_value(json_object_get(out, "FunctionArn"));
        puts(arn != NULL ? arn : "");
        json_decref(out);
    }
    free(text);
    json_decref(in);
    json_decref(o.env);
    arena_free(&mem);
    return good ? EXIT_OK : EXIT_FAILED;
}

static void print_one(const json_t *f)
{
    size_t i;
    json_t *word;
    json_t *image = json_object_get(json_object_get(f, "ImageConfigResponse"), "ImageConfig");
    const char *runtime = json_string_value(json_object_get(f, "Runtime"));
    printf("%-24s  %4llds  %6lld MB  ", json_string_value(json_object_get(f, "FunctionName")),
           (long long)json_integer_value(json_object_get(f, "Timeout")),
           (long long)json_integer_value(json_object_get(f, "MemorySize")));
    if (image == NULL)
        printf("%s %s", runtime, json_string_value(json_object_get(f, "Handler")));
    json_array_foreach (json_object_get(image, "Command"), i, word)
        printf("%s%s", i > 0 ? " " : "", json_string_value(word));
    putchar('\n');
}

int fn_cmd_list(int argc, char **argv)
{
    struct options o = {0};
    struct arena mem = {0};
    struct cloud_call c = {.method = "GET", .path = "/2015-03-31/functions?MaxItems=10000"};
    size_t i;
    json_t *f;
    if (!parse(argc, argv, &o) || o.name != NULL)
        return refuse(&o, "list takes no name");
    bool good = call(&mem, &c, &o);
    json_t *out = good ? json_loadb(c.reply.p, c.reply.n, 0, NULL) : NULL;
    json_array_foreach (json_object_get(out, "Functions"), i, f)
        print_one(f);
    json_decref(out);
    json_decref(o.env);
    arena_free(&mem);
    return good ? EXIT_OK : EXIT_FAILED;
}

int fn_cmd_remove(int argc, char **argv)
{
    struct options o = {0};
    struct arena mem = {0};
    if (!parse(argc, argv, &o) || o.name == NULL)
        return refuse(&o, "remove takes a name");
    struct str path = arena_printf(&mem, "/2015-03-31/functions/%s", o.name);
    struct cloud_call c = {.method = "DELETE", .path = arena_cstr(&mem, path)};
    bool good = call(&mem, &c, &o);
    json_decref(o.env);
    arena_free(&mem);
    return good ? EXIT_OK : EXIT_FAILED;
}

int fn_cmd_invoke(int argc, char **argv)
{
    struct options o = {.payload = "{}"};
    struct arena mem = {0};
    if (!parse(argc, argv, &o) || o.name == NULL)
        return refuse(&o, "invoke takes a name");
    struct str path = arena_printf(&mem, "/2015-03-31/functions/%s/invocations", o.name);
    struct cloud_call c = {
        .method = "POST",
        .path = arena_cstr(&mem, path),
        .body = str_from_c(o.payload),
        .extra = o.async ? "X-Amz-Invocation-Type: Event\r\n" : NULL,
    };
    bool good = call(&mem, &c, &o);
    if (good && c.reply.n > 0)
        printf(STR_FMT "\n", STR_ARG(c.reply));
    bool failed = cloud_call_header(&c, "x-amz-function-error").p != NULL;
    json_decref(o.env);
    arena_free(&mem);
    return good && !failed ? EXIT_OK : EXIT_FAILED;
}
