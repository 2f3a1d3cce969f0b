/* sg.c - the documents of security groups, and the group that guards our listeners. */
#include "cloud/sg.h"

#include <stdlib.h>

#include "base/lock.h"
#include "base/log.h"
#include "cloud/sg_int.h"

struct sg {
    struct cloud *cloud;
    bool guarded;         /* there is a group to ask */
    char id[SG_ID_BYTES]; /* its */
    struct lock lock;
    struct sg_rule *rules; /* under the lock */
    size_t rules_n;
};

bool sg_save(struct db_txn *t, const json_t *group, struct err *e)
{
    char *text = json_dumps(group, JSON_COMPACT);
    if (text == NULL)
        abort();
    bool good = db_doc_put(t, STR("sg"), sg_text(group, "GroupId"), str_from_c(text), e);
    free(text);
    return good;
}

static bool add_group(void *arg, struct str key, struct str value)
{
    json_t *group = json_loadb(value.p, value.n, 0, NULL);
    (void)key;
    if (group != NULL)
        json_array_append_new(arg, group);
    return true;
}

json_t *sg_all(struct db_txn *t, struct err *e)
{
    json_t *all = json_array();
    if (db_doc_scan(t, STR("sg"), (struct str){0}, add_group, all, e))
        return all;
    json_decref(all);
    return NULL;
}

bool sg_rule_load(const json_t *rule, struct sg_rule *out)
{
    struct str four = sg_text(rule, "CidrIpv4"), six = sg_text(rule, "CidrIpv6");
    memset(out, 0, sizeof(*out));
    out->protocol = (int)json_integer_value(json_object_get(rule, "Protocol"));
    out->from = (int)json_integer_value(json_object_get(rule, "FromPort"));
    out->to = (int)json_integer_value(json_object_get(rule, "ToPort"));
    return four.p != NULL ? sg_cidr_parse(four, AF_INET, out) : sg_cidr_parse(six, AF_INET6, out);
}

struct reload {
    struct sg *s;
    struct str name; /* or the id */
    json_t *group;
};

static bool read_group(void *arg, struct db_txn *t, struct err *e)
{
    struct reload *r = arg;
    size_t i;
    json_t *g, *all = sg_all(t, e);
    if (all == NULL)
        return false;
    json_array_foreach (all, i, g)
        if (str_eq(sg_text(g, "GroupId"), r->name) || str_eq(sg_text(g, "GroupName"), r->name))
            r->group = json_incref(g);
    json_decref(all);
    return true;
}

static void use_rules(struct sg *s, const json_t *group)
{
    json_t *list = json_object_get(group, "Rules"), *rule;
    struct sg_rule *rules = calloc(json_array_size(list) + 1, sizeof(*rules)), *old;
    size_t n = 0, i;
    if (rules == NULL)
        abort();
    json_array_foreach (list, i, rule)
        if (sg_rule_load(rule, &rules[n]))
            n++;
    lock_take(&s->lock);
    old = s->rules;
    s->rules = rules;
    s->rules_n = n;
    lock_drop(&s->lock);
    free(old);
}

/* What cannot be read lets nobody in. */
void sg_changed(struct sg *s, const char *group_id)
{
    struct err e;
    struct reload r = {.s = s, .name = str_from_c(group_id)};
    if (!s->guarded || strcmp(group_id, s->id) != 0)
        return;
    err_clear(&e);
    if (!cloud_read(s->cloud, read_group, &r, &e))
        log_error("security group %s: %s", group_id, e.msg);
    use_rules(s, r.group);
    json_decref(r.group);
}

bool sg_in_use(struct sg *s, const char *group_id)
{
    return s->guarded && strcmp(group_id, s->id) == 0;
}

bool sg_start(struct cloud *c, struct sg **out, struct err *e)
{
    struct sg *s = calloc(1, sizeof(*s));
    if (s == NULL)
        abort();
    struct reload r = {.s = s, .name = str_from_c(c->ingress_group)};
    s->cloud = c;
    s->guarded = c->ingress_group != NULL;
    lock_init(&s->lock, LOCK_CLOUD);
    *out = s;
    if (!s->guarded)
        return true;
    if (!cloud_read(c, read_group, &r, e))
        return false;
    if (r.group == NULL)
        return err_set(e, ERR_VALIDATION,
                       "--ingress-group: there is no security group \"%s\"; make it while the "
                       "server runs without that flag",
                       c->ingress_group);
    snprintf(s->id, sizeof(s->id), STR_FMT, STR_ARG(sg_text(r.group, "GroupId")));
    use_rules(s, r.group);
    json_decref(r.group);
    return true;
}

void sg_stop(struct sg **at)
{
    struct sg *s = *at;
    if (s == NULL)
        return;
    free(s->rules);
    lock_deinit(&s->lock);
    free(s);
    *at = NULL;
}

bool sg_allows(struct sg *s, const struct sockaddr *peer, int port)
{
    if (s == NULL || !s->guarded)
        return true;
    lock_take(&s->lock);
    bool yes = sg_rules_allow(s->rules, s->rules_n, peer, port);
    lock_drop(&s->lock);
    return yes;
}
