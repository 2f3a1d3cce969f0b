/* config.c - the table of flags. */
#include "server/config.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"

enum kind { TEXT, SWITCH, NUMBER, CHOICE };

struct flag {
    const char *name, *value, *fallback, *help; /* value: what --help calls it */
    enum kind kind;
    size_t offset; /* in struct config */
    int min, max;  /* of a NUMBER */
    bool (*choose)(struct config *c, const char *value);
};

static bool choose_durability(struct config *c, const char *value)
{
    c->sync = strcmp(value, "commit") == 0;
    return c->sync || strcmp(value, "none") == 0;
}

static bool choose_log_level(struct config *c, const char *value)
{
    enum log_level level;
    if (!log_level_parse(str_from_c(value), &level))
        return false;
    c->log_level = (int)level;
    return true;
}

static bool choose_throttling(struct config *c, const char *value)
{
    c->throttling = strcmp(value, "on") == 0;
    return c->throttling || strcmp(value, "off") == 0;
}

#define AT(member) .offset = offsetof(struct config, member)

static const struct flag flags[] = {
    {"data", "DIR", "./stator-data", "keep the data in this directory", TEXT, AT(data)},
    {"memory", NULL, NULL, "keep the data in memory; nothing survives", SWITCH, AT(memory)},
    {"host", "ADDRESS", "127.0.0.1", "listen on this IP address", TEXT, AT(host)},
    {"port", "PORT", "8000", "listen on this port; 0: any free one", NUMBER, AT(port), 0, 65535},
    {"threads", "N", "0", "event loops; 0: one per processor", NUMBER, AT(threads), 0, 256},
    {"durability", "commit|none", "commit",
     "commit: on disk before the answer; none: a crash of\n"
     "the machine may lose the last seconds",
     CHOICE, .choose = choose_durability},
    {"region", "NAME", "us-east-1", "the region in ARNs", TEXT, AT(region)},
    {"account", "NUMBER", "000000000000", "the account in ARNs", TEXT, AT(account)},
    {"credentials", "FILE", NULL,
     "verify signatures with the keys of this file (the AWS\n"
     "CLI's format); without it any well-formed signature will do",
     TEXT, AT(credentials)},
    {"insecure", NULL, NULL, "listen beyond loopback without verifying signatures", SWITCH,
     AT(insecure)},
    {"ttl-interval", "SECONDS", "30", "how often expired items are looked for and deleted", NUMBER,
     AT(ttl_interval_s), 1, 86400},
    {"stream-shard", "SECONDS", "14400",
     "how long a shard of a stream takes records before another\n"
     "follows it; for streams that are switched on from now on",
     NUMBER, AT(stream_shard_s), 1, 86400},
    {"throttling", "on|off", "off",
     "on: tables, indexes and partitions give no more throughput\n"
     "than DynamoDB would; off: as much as the machine can",
     CHOICE, .choose = choose_throttling},
    {"item-collection-limit", "MIB", "10240",
     "the limit of the items with one partition key in a table\n"
     "with local indexes; DynamoDB's, and the most, is 10 GB",
     NUMBER, AT(item_collection_mb), 1, 10240},
    {"ingress-group", "GROUP", NULL,
     "let only those connect whom this security group (its id or\nname) allows", TEXT,
     AT(ingress_group)},
    {"functions", NULL, NULL,
     "run functions: whoever may use the Lambda API may run\n"
     "programs on this machine",
     SWITCH, AT(functions)},
    {"functions-user", "NAME", NULL, "run functions as this user; only possible as root", TEXT,
     AT(functions_user)},
    {"physics", "FILE", NULL, "for tests: what goes wrong on purpose, by the rules of this file",
     TEXT, AT(physics)},
    {"outbox", "DIR", NULL,
     "write messages to users (confirmation codes) into this\n"
     "directory instead of outbox/ in the data directory",
     TEXT, AT(outbox)},
    {"smtp", "HOST:PORT", NULL, "also send messages to users through this mail server", TEXT,
     AT(smtp)},
    {"mail-from", "ADDRESS", "no-reply@localhost", "the sender of these messages", TEXT,
     AT(mail_from)},
    {"log-level", "error|warn|info|debug", "info", "how much to say on stderr", CHOICE,
     .choose = choose_log_level},
};

static void env_name(const struct flag *f, char *out, size_t room)
{
    size_t n = (size_t)snprintf(out, room, "STATOR_%s", f->name);
    assert(n < room);
    for (size_t i = 0; i < n; i++)
        out[i] = (char)(out[i] == '-' ? '_' : toupper((unsigned char)out[i]));
}

void config_help(FILE *to)
{
    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        const struct flag *f = &flags[i];
        char env[64], left[64];
        env_name(f, env, sizeof(env));
        snprintf(left, sizeof(left), "--%s%s%s", f->name, f->value != NULL ? " " : "",
                 f->value != NULL ? f->value : "");
        fprintf(to, "  %s\n", left);
        for (const char *p = f->help; p != NULL;) {
            const char *end = strchr(p, '\n');
            fprintf(to, "        %.*s\n", end != NULL ? (int)(end - p) : (int)strlen(p), p);
            p = end != NULL ? end + 1 : NULL;
        }
        fprintf(to, "        (%s; default: %s)\n", env,
                f->kind == SWITCH     ? "off"
                : f->fallback != NULL ? f->fallback
                                      : "none");
    }
}

static bool set_number(const struct flag *f, const char *value, int *out, struct err *e)
{
    char *end;
    errno = 0;
    long n = strtol(value, &end, 10);
    if (end == value || *end != '\0' || errno != 0 || n < f->min || n > f->max)
        return err_set(e, ERR_VALIDATION, "--%s takes a number from %d to %d, not \"%s\"", f->name,
                       f->min, f->max, value);
    *out = (int)n;
    return true;
}

static bool set_switch(const struct flag *f, const char *value, bool *out, struct err *e)
{
    static const char *const yes[] = {"1", "true", "yes", "on"}, *const no[] = {"0", "false", "no",
                                                                                "off", ""};
    for (size_t i = 0; i < COUNT_OF(yes); i++)
        if (strcmp(value, yes[i]) == 0)
            return *out = true;
    for (size_t i = 0; i < COUNT_OF(no); i++)
        if (strcmp(value, no[i]) == 0)
            return !(*out = false);
    return err_set(e, ERR_VALIDATION, "--%s is on or off, not \"%s\"", f->name, value);
}

static bool set(struct config *c, const struct flag *f, const char *value, struct err *e)
{
    void *at = (char *)c + f->offset;
    switch (f->kind) {
    case TEXT:
        if (value[0] == '\0')
            return err_set(e, ERR_VALIDATION, "--%s needs a value", f->name);
        *(const char **)at = value;
        return true;
    case SWITCH:
        return set_switch(f, value, at, e);
    case NUMBER:
        return set_number(f, value, at, e);
    case CHOICE:
        break;
    }
    return f->choose(c, value) ||
           err_set(e, ERR_VALIDATION, "--%s is %s, not \"%s\"", f->name, f->value, value);
}

static bool from_environment(struct config *c, struct err *e)
{
    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        char name[64];
        env_name(&flags[i], name, sizeof(name));
        const char *value = getenv(name);
        if (value == NULL)
            value = flags[i].fallback;
        if (value != NULL && !set(c, &flags[i], value, e)) {
            char prefix[80];
            snprintf(prefix, sizeof(prefix), "%s: ", name);
            err_prefix(e, prefix);
            return false;
        }
    }
    return true;
}

/* --name, --name=value, --name value; *i moves over what was taken. */
static bool from_argument(struct config *c, int argc, char **argv, int *i, struct err *e)
{
    const char *arg = argv[*i];
    const char *equals = strchr(arg, '=');
    size_t n = equals != NULL ? (size_t)(equals - arg) : strlen(arg);
    for (size_t k = 0; k < COUNT_OF(flags); k++) {
        const struct flag *f = &flags[k];
        if (n != strlen(f->name) + 2 || strncmp(arg, "--", 2) != 0 ||
            strncmp(arg + 2, f->name, n - 2) != 0)
            continue;
        const char *value = equals != NULL ? equals + 1 : NULL;
        if (value == NULL && f->kind == SWITCH)
            value = "on";
        if (value == NULL && *i + 1 < argc)
            value = argv[++*i];
        if (value == NULL)
            return err_set(e, ERR_VALIDATION, "--%s needs a value", f->name);
        return set(c, f, value, e);
    }
    return err_set(e, ERR_VALIDATION, "unknown argument \"%s\"; see stator help", arg);
}

static bool is_loopback(const char *host)
{
    struct in_addr four;
    struct in6_addr six;
    if (inet_pton(AF_INET, host, &four) == 1)
        return ntohl(four.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, host, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

static bool is_host_and_port(const char *s)
{
    const char *colon = strrchr(s, ':');
    char *end;
    if (colon == NULL || colon == s || !isdigit((unsigned char)colon[1]))
        return false;
    long port = strtol(colon + 1, &end, 10);
    return *end == '\0' && port >= 1 && port <= 65535;
}

/* What would have no effect is refused, not ignored. */
static bool check_companions(const struct config *c, struct err *e)
{
    if (c->functions_user != NULL && !c->functions)
        return err_set(e, ERR_VALIDATION, "--functions-user means nothing without --functions");
    if (c->smtp != NULL && !is_host_and_port(c->smtp))
        return err_set(e, ERR_VALIDATION, "--smtp takes HOST:PORT, not \"%s\"", c->smtp);
    return true;
}

static bool check(struct config *c, struct err *e)
{
    size_t n = strlen(c->account);
    if (n != 12 || strspn(c->account, "0123456789") != n)
        return err_set(e, ERR_VALIDATION, "--account takes 12 digits, not \"%s\"", c->account);
    if (strspn(c->region, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(c->region))
        return err_set(e, ERR_VALIDATION, "--region: \"%s\" is not the name of a region",
                       c->region);
    if (strcmp(c->host, "localhost") == 0)
        c->host = "127.0.0.1";
    if (!is_loopback(c->host) && c->credentials == NULL && !c->insecure)
        return err_set(e, ERR_VALIDATION,
                       "listening on %s needs --credentials FILE, so that signatures are verified "
                       "(or --insecure, if everybody there may read and change everything)",
                       c->host);
    if (!check_companions(c, e))
        return false;
    if (c->threads == 0) {
        long processors = sysconf(_SC_NPROCESSORS_ONLN);
        c->threads = processors < 1 ? 1 : processors > 256 ? 256 : (int)processors;
    }
    return true;
}

bool config_parse(int argc, char **argv, struct config *out, struct err *e)
{
    struct config c = {0};
    if (!from_environment(&c, e))
        return false;
    const char *data = c.data; /* the environment's: --memory beats it */
    for (int i = 0; i < argc; i++)
        if (!from_argument(&c, argc, argv, &i, e))
            return false;
    if (c.memory && c.data != data)
        return err_set(e, ERR_VALIDATION, "--data and --memory exclude each other");
    if (!check(&c, e))
        return false;
    *out = c;
    return true;
}
