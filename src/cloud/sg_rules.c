/* sg_rules.c - actions on the rules of a security group. */
#include <stdio.h>
#include <stdlib.h>

#include "cloud/sg_int.h"
#include "codec/xml.h"

enum { DESCRIPTION_BYTES_MAX = 255, PORT_MAX = 65535, ITEMS_MAX = 1000 };

/* A rule as the request spells it: names of parameters differ from place to place. */
struct given {
    struct str protocol, from, to, cidr, description;
    int family;
};

static bool parse_port(struct str text, int min, int *out)
{
    char number[12], *end;
    if (text.n == 0 || text.n >= sizeof(number))
        return false;
    memcpy(number, text.p, text.n);
    number[text.n] = '\0';
    long n = strtol(number, &end, 10);
    *out = (int)n;
    return *end == '\0' && n >= min && n <= PORT_MAX;
}

static bool check_given(struct sg_call *c, const struct given *g, struct sg_rule *out)
{
    memset(out, 0, sizeof(*out));
    if (g->protocol.n == 0)
        return sg_refuse(c, "MissingParameter",
                         "The request must contain the parameter ipProtocol");
    if (!sg_protocol_parse(g->protocol, &out->protocol))
        return sg_refuse(c, "InvalidParameterValue",
                         "Invalid value '" STR_FMT "' for IP protocol. Unknown protocol.",
                         STR_ARG(g->protocol));
    if (!sg_cidr_parse(g->cidr, g->family, out))
        return sg_refuse(c, "InvalidParameterValue", "CIDR block " STR_FMT " is malformed",
                         STR_ARG(g->cidr));
    if (g->description.n > DESCRIPTION_BYTES_MAX)
        return sg_refuse(c, "InvalidParameterValue",
                         "Invalid rule description. Rule descriptions may have up to 255 "
                         "characters");
    out->from = out->to = -1;
    if (out->protocol == SG_PROTOCOL_ANY)
        return true;
    bool icmp = out->protocol == 1 || out->protocol == 58,
         ports = out->protocol == 6 || out->protocol == 17;
    if (!ports && !icmp)
        return true;
    if (!parse_port(g->from, icmp ? -1 : 0, &out->from) ||
        !parse_port(g->to, icmp ? -1 : 0, &out->to) || (ports && out->from > out->to))
        return sg_refuse(c, "InvalidParameterValue",
                         "Invalid value for portRange. Must specify both from and to ports with "
                         "TCP/UDP, from 0 to 65535, the first not above the second.");
    return true;
}

static const char *describe(const struct sg_rule *r, char out[160])
{
    char cidr[SG_CIDR_TEXT_MAX], protocol[12];
    sg_cidr_text(r, cidr);
    const char *name = sg_protocol_text(r->protocol, protocol);
    snprintf(out, 160, "peer: %s, %s, from port: %d, to port: %d, ALLOW", cidr,
             r->protocol == SG_PROTOCOL_TCP ? "TCP" : name, r->from, r->to);
    return out;
}

static json_t *rule_doc(const char *id, const struct sg_rule *r, struct str description)
{
    char cidr[SG_CIDR_TEXT_MAX];
    sg_cidr_text(r, cidr);
    return json_pack("{s:s s:i s:i s:i s:s s:s%}", "SecurityGroupRuleId", id, "Protocol",
                     r->protocol, "FromPort", r->from, "ToPort", r->to,
                     r->family == AF_INET ? "CidrIpv4" : "CidrIpv6", cidr, "Description",
                     description.n > 0 ? description.p : "", description.n);
}

/* Where the same rule is in the group; the number of rules: nowhere. */
static size_t find_same(const json_t *rules, const struct sg_rule *r)
{
    size_t i;
    json_t *rule;
    struct sg_rule have;
    json_array_foreach (rules, i, rule)
        if (sg_rule_load(rule, &have) && sg_rule_same(&have, r))
            return i;
    return json_array_size(rules);
}

void sg_show_rule(struct sg_call *c, const json_t *group, const json_t *rule)
{
    struct sg_rule r;
    char text[SG_CIDR_TEXT_MAX];
    if (!sg_rule_load(rule, &r))
        return;
    struct str id = sg_text(rule, "SecurityGroupRuleId"),
               description = sg_text(rule, "Description");
    xml_open(&c->out, "item");
    xml_text(&c->out, "securityGroupRuleId", id);
    xml_text(&c->out, "groupId", sg_text(group, "GroupId"));
    xml_text(&c->out, "groupOwnerId", str_from_c(c->cloud->account));
    xml_text(&c->out, "isEgress", STR("false"));
    xml_text(&c->out, "ipProtocol", str_from_c(sg_protocol_text(r.protocol, text)));
    buf_printf(&c->out, "<fromPort>%d</fromPort><toPort>%d</toPort>", r.from, r.to);
    sg_cidr_text(&r, text);
    xml_text(&c->out, r.family == AF_INET ? "cidrIpv4" : "cidrIpv6", str_from_c(text));
    if (description.n > 0)
        xml_text(&c->out, "description", description);
    sg_show_tags(c, json_object_get(rule, "Tags"));
    xml_text(&c->out, "securityGroupRuleArn",
             arena_printf(c->rq->mem, "arn:aws:ec2:%s:%s:security-group-rule/" STR_FMT,
                          c->cloud->region, c->cloud->account, STR_ARG(id)));
    xml_close(&c->out, "item");
}

/* What to do with each rule that the request names. */
typedef bool on_rule(struct sg_call *c, json_t *group, const struct sg_rule *r,
                     struct str description);

static bool refuse_other_sources(struct sg_call *c, int i)
{
    static const char *const others[] = {"Groups", "UserIdGroupPairs", "PrefixListIds"};
    for (size_t k = 0; k < COUNT_OF(others); k++)
        if (sg_param_has(c, "IpPermissions.%d.%s", i, others[k]))
            return sg_refuse(c, "UnsupportedOperation",
                             "rules name addresses here; %s are not supported", others[k]);
    return true;
}

/* IpPermissions.i, all its ranges of one family. */
static bool each_range(struct sg_call *c, json_t *group, int i, int family, int *count, on_rule *f)
{
    const char *list = family == AF_INET ? "IpRanges" : "Ipv6Ranges",
               *cidr = family == AF_INET ? "CidrIp" : "CidrIpv6";
    for (int k = 1; k < ITEMS_MAX && sg_param_has(c, "IpPermissions.%d.%s.%d", i, list, k); k++) {
        struct given g = {
            .protocol = sg_param(c, "IpPermissions.%d.IpProtocol", i),
            .from = sg_param(c, "IpPermissions.%d.FromPort", i),
            .to = sg_param(c, "IpPermissions.%d.ToPort", i),
            .cidr = sg_param(c, "IpPermissions.%d.%s.%d.%s", i, list, k, cidr),
            .description = sg_param(c, "IpPermissions.%d.%s.%d.Description", i, list, k),
            .family = family,
        };
        struct sg_rule r;
        if (!check_given(c, &g, &r) || !f(c, group, &r, g.description))
            return false;
        ++*count;
    }
    return true;
}

static bool each_rule(struct sg_call *c, json_t *group, on_rule *f)
{
    int count = 0;
    struct sg_rule r;
    struct given plain = {
        .protocol = sg_param(c, "IpProtocol"),
        .from = sg_param(c, "FromPort"),
        .to = sg_param(c, "ToPort"),
        .cidr = sg_param(c, "CidrIp"),
        .family = AF_INET,
    };
    if (sg_param_has(c, "SourceSecurityGroupName"))
        return sg_refuse(c, "UnsupportedOperation",
                         "rules name addresses here; other groups are not supported");
    if (plain.cidr.p != NULL || plain.protocol.p != NULL) {
        if (!check_given(c, &plain, &r) || !f(c, group, &r, (struct str){0}))
            return false;
        count++;
    }
    for (int i = 1; i < ITEMS_MAX && sg_param_has(c, "IpPermissions.%d", i); i++) {
        int before = count;
        if (!refuse_other_sources(c, i) || !each_range(c, group, i, AF_INET, &count, f) ||
            !each_range(c, group, i, AF_INET6, &count, f))
            return false;
        if (count == before)
            return sg_refuse(c, "MissingParameter",
                             "The request must contain an address range in each of ipPermissions");
    }
    return count > 0 || sg_refuse(c, "MissingParameter",
                                  "Either 'ipPermissions' or 'securityGroupRuleIds' should be "
                                  "provided.");
}

static bool add_rule(struct sg_call *c, json_t *group, const struct sg_rule *r,
                     struct str description)
{
    json_t *rules = json_object_get(group, "Rules");
    char id[SG_ID_BYTES], text[160];
    if (find_same(rules, r) < json_array_size(rules))
        return sg_refuse(c, "InvalidPermission.Duplicate",
                         "the specified rule \"%s\" already exists", describe(r, text));
    if (json_array_size(rules) >= SG_RULES_MAX)
        return sg_refuse(c, "RulesPerSecurityGroupLimitExceeded",
                         "The maximum number of rules per security group has been reached.");
    sg_new_id(c, "sgr", id);
    json_t *rule = rule_doc(id, r, description);
    json_t *tags = sg_tags(c, "security-group-rule");
    if (tags != NULL)
        json_object_set_new(rule, "Tags", tags);
    json_array_append_new(rules, rule);
    if (tags == NULL)
        return false;
    sg_show_rule(c, group, rule);
    return true;
}

static bool remove_rule(struct sg_call *c, json_t *group, const struct sg_rule *r,
                        struct str description)
{
    json_t *rules = json_object_get(group, "Rules");
    size_t at = find_same(rules, r);
    (void)description;
    if (at == json_array_size(rules))
        return sg_refuse(c, "InvalidPermission.NotFound",
                         "The specified rule does not exist in this security group.");
    sg_show_rule(c, group, json_array_get(rules, at));
    json_array_remove(rules, at);
    return true;
}

static bool save(struct sg_call *c, const json_t *group, struct err *e)
{
    snprintf(c->changed, sizeof(c->changed), STR_FMT, STR_ARG(sg_text(group, "GroupId")));
    return sg_save(c->txn, group, e);
}

bool sg_authorize(struct sg_call *c, struct err *e)
{
    json_t *group = sg_find(c, e);
    if (group == NULL)
        return false;
    xml_text(&c->out, "return", STR("true"));
    xml_open(&c->out, "securityGroupRuleSet");
    bool good = each_rule(c, group, add_rule) && save(c, group, e);
    xml_close(&c->out, "securityGroupRuleSet");
    json_decref(group);
    return good;
}

/* The place of the rule with this id; refuses where there is none. */
static bool find_rule(struct sg_call *c, const json_t *group, struct str id, size_t *at)
{
    json_t *rules = json_object_get(group, "Rules"), *rule;
    size_t i;
    json_array_foreach (rules, i, rule) {
        *at = i;
        if (str_eq(sg_text(rule, "SecurityGroupRuleId"), id))
            return true;
    }
    return sg_refuse(c, "InvalidSecurityGroupRuleId.NotFound",
                     "The security group rule ID '" STR_FMT "' does not exist", STR_ARG(id));
}

static bool revoke_by_id(struct sg_call *c, json_t *group)
{
    size_t at;
    for (int i = 1; sg_param_has(c, "SecurityGroupRuleId.%d", i); i++) {
        json_t *rules = json_object_get(group, "Rules");
        if (!find_rule(c, group, sg_param(c, "SecurityGroupRuleId.%d", i), &at))
            return false;
        sg_show_rule(c, group, json_array_get(rules, at));
        json_array_remove(rules, at);
    }
    return true;
}

bool sg_revoke(struct sg_call *c, struct err *e)
{
    json_t *group = sg_find(c, e);
    if (group == NULL)
        return false;
    xml_text(&c->out, "return", STR("true"));
    xml_open(&c->out, "revokedSecurityGroupRuleSet");
    bool good = (sg_param_has(c, "SecurityGroupRuleId.1") ? revoke_by_id(c, group)
                                                          : each_rule(c, group, remove_rule)) &&
                save(c, group, e);
    xml_close(&c->out, "revokedSecurityGroupRuleSet");
    json_decref(group);
    return good;
}

/* SecurityGroupRule.i: an id, and what the rule is from now on. */
static bool modify_one(struct sg_call *c, json_t *group, int i)
{
    json_t *rules = json_object_get(group, "Rules");
    struct str id = sg_param(c, "SecurityGroupRule.%d.SecurityGroupRuleId", i);
    struct str four = sg_param(c, "SecurityGroupRule.%d.SecurityGroupRule.CidrIpv4", i),
               six = sg_param(c, "SecurityGroupRule.%d.SecurityGroupRule.CidrIpv6", i);
    struct given g = {
        .protocol = sg_param(c, "SecurityGroupRule.%d.SecurityGroupRule.IpProtocol", i),
        .from = sg_param(c, "SecurityGroupRule.%d.SecurityGroupRule.FromPort", i),
        .to = sg_param(c, "SecurityGroupRule.%d.SecurityGroupRule.ToPort", i),
        .description = sg_param(c, "SecurityGroupRule.%d.SecurityGroupRule.Description", i),
        .cidr = four.p != NULL ? four : six,
        .family = four.p != NULL ? AF_INET : AF_INET6,
    };
    struct sg_rule r;
    size_t at;
    char text[160];
    if (sg_param_has(c, "SecurityGroupRule.%d.SecurityGroupRule.PrefixListId", i) ||
        sg_param_has(c, "SecurityGroupRule.%d.SecurityGroupRule.ReferencedGroupId", i))
        return sg_refuse(c, "UnsupportedOperation", "rules name addresses here, not other things");
    if ((four.p != NULL) == (six.p != NULL))
        return sg_refuse(c, "InvalidParameterCombination",
                         "Exactly one of CidrIpv4 and CidrIpv6 has to be specified");
    if (!find_rule(c, group, id, &at) || !check_given(c, &g, &r))
        return false;
    size_t same = find_same(rules, &r);
    if (same < json_array_size(rules) && same != at)
        return sg_refuse(c, "InvalidPermission.Duplicate",
                         "the specified rule \"%s\" already exists", describe(&r, text));
    json_t *rule = rule_doc(arena_cstr(c->rq->mem, id), &r, g.description);
    json_t *tags = json_object_get(json_array_get(rules, at), "Tags");
    if (tags != NULL)
        json_object_set(rule, "Tags", tags);
    json_array_set_new(rules, at, rule);
    return true;
}

bool sg_modify_rules(struct sg_call *c, struct err *e)
{
    if (!sg_param_has(c, "SecurityGroupRule.1"))
        return sg_refuse(c, "MissingParameter",
                         "The request must contain the parameter SecurityGroupRules");
    json_t *group = sg_find(c, e);
    bool good = group != NULL;
    for (int i = 1; good && i < ITEMS_MAX && sg_param_has(c, "SecurityGroupRule.%d", i); i++)
        good = modify_one(c, group, i);
    good = good && save(c, group, e);
    xml_text(&c->out, "return", STR("true"));
    json_decref(group);
    return good;
}

static bool is_wanted(struct sg_call *c, const json_t *group, struct str id)
{
    bool any = false, named = false;
    for (int i = 1; sg_param_has(c, "SecurityGroupRuleId.%d", i); i++) {
        any = true;
        named |= str_eq(sg_param(c, "SecurityGroupRuleId.%d", i), id);
    }
    return (!any || named) && sg_filter(c, "group-id", sg_text(group, "GroupId")) &&
           sg_filter(c, "security-group-rule-id", id);
}

bool sg_describe_rules(struct sg_call *c, struct err *e)
{
    static const char *const filters[] = {"group-id", "security-group-rule-id", NULL};
    size_t i, k;
    json_t *g, *rule;
    int shown = 0, asked = 0;
    if (!sg_check_filters(c, filters))
        return false;
    json_t *all = sg_all(c->txn, e);
    xml_open(&c->out, "securityGroupRuleSet");
    json_array_foreach (all, i, g)
        json_array_foreach (json_object_get(g, "Rules"), k, rule)
            if (is_wanted(c, g, sg_text(rule, "SecurityGroupRuleId"))) {
                sg_show_rule(c, g, rule);
                shown++;
            }
    xml_close(&c->out, "securityGroupRuleSet");
    json_decref(all);
    while (sg_param_has(c, "SecurityGroupRuleId.%d", asked + 1))
        asked++;
    if (all != NULL && shown < asked && !sg_param_has(c, "Filter.1"))
        return sg_refuse(c, "InvalidSecurityGroupRuleId.NotFound",
                         "The security group rule ID '" STR_FMT "' does not exist",
                         STR_ARG(sg_param(c, "SecurityGroupRuleId.%d", asked)));
    return all != NULL;
}
