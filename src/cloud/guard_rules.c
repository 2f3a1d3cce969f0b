/* guard_rules.c - see guard_rules.h. */
#include "cloud/guard_rules.h"

#include <stdlib.h>
#include <time.h>

#include "base/lock.h"
#include "base/log.h"
#include "cloud/cloud_call.h"
#include "codec/xml.h"

struct guard_rules {
    const char *endpoint, *group;
    pthread_t thread;
    struct lock lock;
    pthread_cond_t wake;
    /* under the lock */
    struct sg_rule_list rules;
    bool stop;
};

/* A number as it stands in an answer: perhaps negative. */
static int number(struct arena *mem, struct str text)
{
    return (int)strtol(arena_cstr(mem, text), NULL, 10);
}

/* One member of a rule. */
static bool take_member(struct arena *mem, struct str name, struct str text, struct sg_rule *r,
                        bool *egress)
{
    if (str_eq(name, STR("ipProtocol")))
        return sg_protocol_parse(text, &r->protocol);
    if (str_eq(name, STR("fromPort")))
        r->from = number(mem, text);
    else if (str_eq(name, STR("toPort")))
        r->to = number(mem, text);
    else if (str_eq(name, STR("isEgress")))
        *egress = str_eq(text, STR("true"));
    else if (str_eq(name, STR("cidrIpv4")))
        return sg_cidr_parse(text, AF_INET, r);
    else if (str_eq(name, STR("cidrIpv6")))
        return sg_cidr_parse(text, AF_INET6, r);
    return true;
}

bool guard_rules_parse(struct arena *mem, struct str text, struct sg_rule_list *out)
{
    enum { RULE_DEPTH = 3 }; /* response, set, item */
    struct xml x;
    struct sg_rule rule = {0};
    struct str root = {0};
    bool egress = false;
    out->n = 0;
    xml_init(&x, mem, text);
    for (enum xml_token t; (t = xml_next(&x)) != XML_DONE;) {
        if (t == XML_ERROR)
            return false;
        if (t == XML_OPEN && x.depth == 1)
            root = x.name;
        if (t == XML_OPEN && x.depth == RULE_DEPTH) {
            rule = (struct sg_rule){.from = -1, .to = -1};
            egress = false;
        }
        if (t == XML_TEXT && x.depth == RULE_DEPTH + 1 &&
            !take_member(mem, x.open[x.depth - 1], x.text, &rule, &egress))
            return false;
        /* A rule that names no address is one for others. */
        if (t == XML_CLOSE && x.depth == RULE_DEPTH - 1 && rule.family != 0 && !egress) {
            if (out->n == SG_RULES_MAX)
                return false;
            out->rule[out->n++] = rule;
            rule.family = 0;
        }
    }
    return str_eq(root, STR("DescribeSecurityGroupRulesResponse"));
}

/* Asks for the group, so that one that is gone is noticed, and for its rules. */
static bool ask(struct guard_rules *g, struct arena *mem, const char *action, const char *how,
                struct cloud_call *c)
{
    struct err e;
    *c = (struct cloud_call){
        .endpoint = g->endpoint,
        .service = "ec2",
        .method = "POST",
        .path = "/",
        .content_type = "application/x-www-form-urlencoded",
        .body = arena_printf(mem, "Action=%s&Version=2016-11-15&%s=%s", action, how, g->group),
    };
    err_clear(&e);
    if (cloud_call(mem, c, &e))
        return true;
    log_warn("guard: %s; the rules known so far hold", e.msg);
    return false;
}

static void refresh(struct guard_rules *g)
{
    struct arena mem = {0};
    struct cloud_call group, rules;
    struct sg_rule_list *list = calloc(1, sizeof(*list));
    if (list == NULL)
        abort();
    bool good = ask(g, &mem, "DescribeSecurityGroups", "GroupId.1", &group);
    if (good && group.status != 200) {
        log_error("guard: group %s: the server refuses: " STR_FMT, g->group, STR_ARG(group.reply));
        good = memmem(group.reply.p, group.reply.n, "InvalidGroup.NotFound", 21) != NULL;
    } else if (good) {
        good = ask(g, &mem, "DescribeSecurityGroupRules", "Filter.1.Name=group-id&Filter.1.Value.1",
                   &rules) &&
               rules.status == 200 && guard_rules_parse(&mem, rules.reply, list);
    }
    if (good) {
        lock_take(&g->lock);
        g->rules = *list;
        lock_drop(&g->lock);
    }
    free(list);
    arena_free(&mem);
}

static void *run(void *arg)
{
    struct guard_rules *g = arg;
    for (bool stop = false; !stop;) {
        struct timespec until;
        refresh(g);
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec++;
        lock_take(&g->lock);
        if (!g->stop)
            pthread_cond_timedwait(&g->wake, &g->lock.mutex, &until);
        stop = g->stop;
        lock_drop(&g->lock);
    }
    return NULL;
}

struct guard_rules *guard_rules_start(const char *endpoint, const char *group)
{
    struct guard_rules *g = calloc(1, sizeof(*g));
    if (g == NULL)
        abort();
    g->endpoint = endpoint;
    g->group = group;
    lock_init(&g->lock, LOCK_CLOUD);
    pthread_cond_init(&g->wake, NULL);
    refresh(g);
    if (pthread_create(&g->thread, NULL, run, g) != 0)
        abort();
    return g;
}

bool guard_rules_allow(struct guard_rules *g, const struct sockaddr *peer, int port)
{
    lock_take(&g->lock);
    bool yes = sg_rules_allow(g->rules.rule, g->rules.n, peer, port);
    lock_drop(&g->lock);
    return yes;
}

void guard_rules_stop(struct guard_rules **at)
{
    struct guard_rules *g = *at;
    lock_take(&g->lock);
    g->stop = true;
    lock_drop(&g->lock);
    pthread_cond_signal(&g->wake);
    pthread_join(g->thread, NULL);
    pthread_cond_destroy(&g->wake);
    lock_deinit(&g->lock);
    free(g);
    *at = NULL;
}
