/* cmd.c - the table of commands, and what they share. */
#include "cruddur/cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cruddur/settings.h"

static const char endpoint_local[] = "http://localhost:8000";

static const struct cmd *const commands[] = {
    &cmd_serve,
    &cmd_post_confirmation,
    &cmd_messaging_stream,
    &cmd_ddb_schema_load,
    &cmd_ddb_seed,
    &cmd_ddb_scan,
    &cmd_ddb_list_tables,
    &cmd_ddb_drop,
    &cmd_ddb_get_conversation,
    &cmd_ddb_list_conversations,
    &cmd_db_setup,
    &cmd_db_create,
    &cmd_db_drop,
    &cmd_db_schema_load,
    &cmd_db_seed,
    &cmd_db_update_cognito_user_ids,
    &cmd_db_migrate,
    &cmd_db_rollback,
    &cmd_db_connect,
    &cmd_db_sessions,
    &cmd_cognito_list_users,
    &cmd_cognito_setup,
    &cmd_rds_update_sg_rule,
};

static int usage(FILE *to)
{
    fprintf(to, "usage: cruddur NOUN VERB [ARGUMENTS] [prod]\n\n");
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        char left[80];
        const struct cmd *c = commands[i];
        snprintf(left, sizeof(left), "%s %s%s%s", c->noun, c->verb != NULL ? c->verb : "",
                 c->verb != NULL ? " " : "", c->args);
        fprintf(to, "  %-36s %s\n", left, c->help);
    }
    fprintf(to,
            "\nWithout `prod` the endpoint is AWS_ENDPOINT_URL, else %s;\n"
            "with it, what the environment and the AWS config files say.\n",
            endpoint_local);
    fprintf(to, "\nFlags of serve:\n%s", settings_flags);
    return to == stdout ? 0 : 2;
}

static const struct cmd *find(const char *noun, const char *verb)
{
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        if (strcmp(commands[i]->noun, noun) == 0 &&
            (commands[i]->verb == NULL || (verb != NULL && strcmp(commands[i]->verb, verb) == 0)))
            return commands[i];
    return NULL;
}

int cmd_main(int argc, char **argv)
{
    const char *args[16];
    struct cmd_args a = {.arg = args};
    if (argc > 1 && strcmp(argv[1], "help") == 0)
        return usage(stdout);
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return usage(stdout);
    const struct cmd *c = argc > 1 ? find(argv[1], argv[2]) : NULL;
    if (c == NULL)
        return usage(stderr);
    for (int i = c->verb != NULL ? 3 : 2; i < argc; i++) {
        if (strcmp(argv[i], "prod") == 0)
            a.prod = true;
        else if (a.n < (int)COUNT_OF(args))
            args[a.n++] = argv[i];
    }
    if (a.n < c->args_min || a.n > c->args_max) {
        fprintf(stderr, "usage: cruddur %s %s %s%s[prod]\n", c->noun,
                c->verb != NULL ? c->verb : "", c->args, *c->args != '\0' ? " " : "");
        return 2;
    }
    return c->run(&a);
}

struct ddb *cmd_ddb(const struct cmd_args *a)
{
    struct ddb_error err = {0};
    const char *url = getenv("AWS_ENDPOINT_URL_DYNAMODB");
    if (url == NULL || *url == '\0')
        url = getenv("AWS_ENDPOINT_URL");
    if (url == NULL || *url == '\0')
        url = endpoint_local;
    struct ddb *ddb = ddb_new(
        &(struct ddb_options){.endpoint = a->prod ? NULL : url, .any_credentials = !a->prod}, &err);
    if (ddb == NULL)
        cmd_fail(a->prod ? "prod" : "local", &err);
    return ddb;
}

int cmd_fail(const char *what, const struct ddb_error *err)
{
    fflush(stdout);
    fprintf(stderr, "cruddur: %s: %s%s%s\n", what, err->type, *err->type != '\0' ? ": " : "",
            err->message);
    return 1;
}

void cmd_print(const struct ddb_doc *doc)
{
    char *text = ddb_doc_text(doc, 2);
    puts(text != NULL ? text : "(out of memory)");
    free(text);
}

void cmd_heading(const char *label)
{
    bool colour = isatty(STDOUT_FILENO);
    printf("%s== %s%s\n", colour ? "\033[1;36m" : "", label, colour ? "\033[0m" : "");
}
