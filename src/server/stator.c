/* stator.c - the program `stator`: a table of commands. */
#include <stdio.h>
#include <string.h>

#include "cloud/fn_cmd.h"
#include "cloud/fn_exec.h"
#include "cloud/guard.h"
#include "server/check.h"
#include "server/config.h"
#include "server/server.h"

enum { EXIT_OK, EXIT_FAILED, EXIT_USAGE };

static int cmd_serve(int argc, char **argv);
static int cmd_check(int argc, char **argv);
static int cmd_version(int argc, char **argv);
static int cmd_help(int argc, char **argv);

/* `stator NOUN VERB ...`, or with a verb of NULL: `stator NOUN ...`. */
static const struct command {
    const char *noun, *verb, *summary;
    int (*run)(int argc, char **argv); /* what follows the command's name */
} commands[] = {
    {"serve", NULL, "run the server", cmd_serve},
    {"check", NULL, "walk the data directory (--data DIR) and check that all of it agrees",
     cmd_check},
    {"function", "add", "have the server run a program for events", fn_cmd_add},
    {"function", "list", "list the functions", fn_cmd_list},
    {"function", "remove", "remove a function", fn_cmd_remove},
    {"function", "invoke", "give a function an event, print its answer", fn_cmd_invoke},
    {"guard", NULL, "let only those through whom a security group allows", guard_main},
    {"version", NULL, "print the version", cmd_version},
    {"help", NULL, "print this, and the flags of serve", cmd_help},
};

static bool wants_help(int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

static int cmd_serve(int argc, char **argv)
{
    struct config config;
    struct err e;
    err_clear(&e);
    if (wants_help(argc, argv))
        return cmd_help(0, NULL);
    if (!config_parse(argc, argv, &config, &e)) {
        fprintf(stderr, "stator: %s\n", e.msg);
        return EXIT_USAGE;
    }
    if (!server_run(&config, &e)) {
        fprintf(stderr, "stator: %s\n", e.msg);
        return EXIT_FAILED;
    }
    return EXIT_OK;
}

static int cmd_check(int argc, char **argv)
{
    uint64_t problems = 0;
    struct config config;
    struct err e;
    err_clear(&e);
    if (wants_help(argc, argv))
        return cmd_help(0, NULL);
    if (!config_parse(argc, argv, &config, &e)) {
        fprintf(stderr, "stator: %s\n", e.msg);
        return EXIT_USAGE;
    }
    if (!check_run(config.data, &problems, &e)) {
        fprintf(stderr, "stator: %s\n", e.msg);
        return EXIT_FAILED;
    }
    return problems == 0 ? EXIT_OK : EXIT_FAILED;
}

static int cmd_version(int argc, char **argv)
{
    (void)argc, (void)argv;
    puts("stator " STATOR_VERSION);
    return EXIT_OK;
}

static int cmd_help(int argc, char **argv)
{
    (void)argc, (void)argv;
    puts("Usage: stator COMMAND [FLAGS]\n\nCommands:");
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        const struct command *c = &commands[i];
        char name[32];
        snprintf(name, sizeof(name), "%s%s%s", c->noun, c->verb != NULL ? " " : "",
                 c->verb != NULL ? c->verb : "");
        printf("  %-15s  %s\n", name, c->summary);
    }
    puts("\nFlags of serve, each also an environment variable:");
    config_help(stdout);
    return EXIT_OK;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        cmd_help(0, NULL);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return cmd_help(0, NULL);
    if (strcmp(argv[1], "--version") == 0)
        return cmd_version(0, NULL);
    if (strcmp(argv[1], "function-exec") == 0) /* in the process of a function: not for people */
        return fn_exec(argc - 2, argv + 2);
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        const struct command *c = &commands[i];
        int words = c->verb != NULL ? 2 : 1;
        if (strcmp(argv[1], c->noun) == 0 &&
            (c->verb == NULL || (argc > 2 && strcmp(argv[2], c->verb) == 0)))
            return c->run(argc - 1 - words, argv + 1 + words);
    }
    fprintf(stderr, "stator: there is no command \"%s\"; see stator help\n", argv[1]);
    return EXIT_USAGE;
}
