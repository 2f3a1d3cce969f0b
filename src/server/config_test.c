#include <stdlib.h>

#include "base/log.h"
#include "base/tap.h"
#include "server/config.h"

static const struct {
    const char *argv[8];
    const char *error; /* NULL: fine */
} lines[] = {
    {{NULL}, NULL},
    {{"--port", "0"}, NULL},
    {{"--port=65535", "--memory", "--threads", "3"}, NULL},
    {{"--memory=off"}, NULL},
    {{"--host", "::1"}, NULL},
    {{"--host", "localhost"}, NULL},
    {{"--host", "127.1.2.3"}, NULL},
    {{"--host", "0.0.0.0", "--insecure"}, NULL},
    {{"--host", "0.0.0.0", "--credentials", "f"}, NULL},
    {{"--host", "0.0.0.0"},
     "listening on 0.0.0.0 needs --credentials FILE, so that signatures are verified (or "
     "--insecure, if everybody there may read and change everything)"},
    {{"--host", "::"},
     "listening on :: needs --credentials FILE, so that signatures are verified (or --insecure, "
     "if everybody there may read and change everything)"},
    {{"--port", "65536"}, "--port takes a number from 0 to 65535, not \"65536\""},
    {{"--port", "8x"}, "--port takes a number from 0 to 65535, not \"8x\""},
    {{"--port", ""}, "--port takes a number from 0 to 65535, not \"\""},
    {{"--port"}, "--port needs a value"},
    {{"--data", ""}, "--data needs a value"},
    {{"--memory=maybe"}, "--memory is on or off, not \"maybe\""},
    {{"--durability", "some"}, "--durability is commit|none, not \"some\""},
    {{"--log-level", "x"}, "--log-level is error|warn|info|debug, not \"x\""},
    {{"--memory", "--data", "d"}, "--data and --memory exclude each other"},
    {{"--memory=off", "--data", "d"}, NULL},
    {{"--functions", "--functions-user", "u"}, NULL},
    {{"--functions-user", "u"}, "--functions-user means nothing without --functions"},
    {{"--smtp", "mail.example.org:25"}, NULL},
    {{"--smtp", "[::1]:25"}, NULL},
    {{"--smtp", "mail.example.org"}, "--smtp takes HOST:PORT, not \"mail.example.org\""},
    {{"--smtp", "h:0"}, "--smtp takes HOST:PORT, not \"h:0\""},
    {{"--smtp", ":25"}, "--smtp takes HOST:PORT, not \":25\""},
    {{"--throttling", "on"}, NULL},
    {{"--throttling", "1"}, "--throttling is on|off, not \"1\""},
    {{"--account", "123"}, "--account takes 12 digits, not \"123\""},
    {{"--region", "a b"}, "--region: \"a b\" is not the name of a region"},
    {{"--nothing"}, "unknown argument \"--nothing\"; see stator help"},
    {{"port", "1"}, "unknown argument \"port\"; see stator help"},
    {{"--por", "1"}, "unknown argument \"--por\"; see stator help"},
};

static bool parse(const char *const *argv, struct config *c, struct err *e)
{
    char copy[8][64], *args[8];
    int argc = 0;
    for (; argv[argc] != NULL; argc++) {
        snprintf(copy[argc], sizeof(copy[0]), "%s", argv[argc]);
        args[argc] = copy[argc];
    }
    err_clear(e);
    return config_parse(argc, args, c, e);
}

int main(void)
{
    struct config c;
    struct err e;
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        bool good = parse(lines[i].argv, &c, &e);
        is_str(good ? "" : e.msg, lines[i].error != NULL ? lines[i].error : "", "line %zu", i);
    }
    static const char *const none[] = {NULL}, *const port[] = {"--port", "2", NULL},
                             *const durability[] = {"--durability=none", "--log-level=debug", NULL};
    ok(parse(none, &c, &e) && c.port == 8000 && c.sync && !c.memory && c.threads >= 1, "defaults");
    is_str(c.data, "./stator-data", "the default directory");
    ok(parse(durability, &c, &e) && !c.sync && c.log_level == LOG_DEBUG, "choices");
    setenv("STATOR_PORT", "1", 1);
    setenv("STATOR_LOG_LEVEL", "warn", 1);
    ok(parse(none, &c, &e) && c.port == 1 && c.log_level == LOG_WARN, "from the environment");
    ok(parse(port, &c, &e) && c.port == 2, "the command line wins");
    setenv("STATOR_PORT", "x", 1);
    ok(!parse(port, &c, &e), "%s", e.msg);
    return tap_done();
}
