/* sg_groups.c - actions on security groups. */
#include <stdio.h>

#include "cloud/sg_int.h"
#include "codec/xml.h"

enum { TEXT_BYTES_MAX = 255 };

void sg_group_arn(struct sg_call *c, const json_t *group, char out[128])
{
    snprintf(out, 128, "arn:aws:ec2:%s:%s:security-group/" STR_FMT, c->cloud->region,
             c->cloud->account, STR_ARG(sg_text(group, "GroupId")));
}

json_t *sg_find(struct sg_call *c, struct err *e)
{
    struct str id = sg_param(c, "GroupId"), name = sg_param(c, "GroupName");
    json_t *found = NULL, *g;
    size_t i;
    if (id.p == NULL && name.p == NULL) {
        sg_refuse(c, "MissingParameter",
                  "The request must contain the parameter groupName or groupId");
        return NULL;
    }
    json_t *all = sg_all(c->txn, e);
    json_array_foreach (all, i, g)
        if (id.p != NULL ? str_eq(sg_text(g, "GroupId"), id)
                         : str_eq(sg_text(g, "GroupName"), name))
            found = json_incref(g);
    json_decref(all);
    if (found == NULL && e->code == ERR_NONE)
        sg_refuse(c, "InvalidGroup.NotFound", "The security group '" STR_FMT "' does not exist",
                  STR_ARG(id.p != NULL ? id : name));
    return found;
}

static bool check_new(struct sg_call *c, struct str name, struct str description, struct str vpc,
                      struct err *e)
{
    size_t i;
    json_t *g;
    bool taken = false;
    if (name.n == 0 || description.n == 0)
        return sg_refuse(c, "MissingParameter", "The request must contain the parameter %s",
                         name.n == 0 ? "GroupName" : "GroupDescription");
    if (name.n > TEXT_BYTES_MAX || description.n > TEXT_BYTES_MAX ||
        str_starts_with(name, STR("sg-")))
        return sg_refuse(c, "InvalidParameterValue",
                         "Value (" STR_FMT ") for parameter GroupName is invalid. Names and "
                         "descriptions have up to 255 characters, names do not begin with sg-",
                         STR_ARG(name));
    if (!str_starts_with(vpc, STR("vpc-")))
        return sg_refuse(c, "InvalidVpcID.NotFound", "The vpc ID '" STR_FMT "' does not exist",
                         STR_ARG(vpc));
    json_t *all = sg_all(c->txn, e);
    json_array_foreach (all, i, g)
        taken |= str_eq(sg_text(g, "GroupName"), name) && str_eq(sg_text(g, "VpcId"), vpc);
    json_decref(all);
    return all != NULL && (!taken || sg_refuse(c, "InvalidGroup.Duplicate",
                                               "The security group '" STR_FMT
                                               "' already exists for VPC '" STR_FMT "'",
                                               STR_ARG(name), STR_ARG(vpc)));
}

bool sg_create_group(struct sg_call *c, struct err *e)
{
    struct str name = sg_param(c, "GroupName"), description = sg_param(c, "GroupDescription"),
               vpc = sg_param(c, "VpcId");
    char id[SG_ID_BYTES], arn[128];
    if (vpc.p == NULL)
        vpc = str_from_c(c->vpc);
    if (!check_new(c, name, description, vpc, e))
        return false;
    json_t *tags = sg_tags(c, "security-group");
    if (tags == NULL)
        return false;
    sg_new_id(c, "sg", id);
    json_t *group = json_pack("{s:s s:s% s:s% s:s% s:o s:[]}", "GroupId", id, "GroupName", name.p,
                              name.n, "Description", description.p, description.n, "VpcId", vpc.p,
                              vpc.n, "Tags", tags, "Rules");
    bool good = sg_save(c->txn, group, e);
    sg_group_arn(c, group, arn);
    xml_text(&c->out, "return", STR("true"));
    xml_text(&c->out, "groupId", str_from_c(id));
    sg_show_tags(c, tags);
    xml_text(&c->out, "securityGroupArn", str_from_c(arn));
    json_decref(group);
    return good;
}

/* One rule as a permission; rules are not put together by protocol and ports. */
static void show_permission(struct sg_call *c, const json_t *rule)
{
    struct sg_rule r;
    char text[SG_CIDR_TEXT_MAX];
    if (!sg_rule_load(rule, &r))
        return;
    bool six = r.family == AF_INET6;
    struct str description = sg_text(rule, "Description");
    xml_open(&c->out, "item");
    xml_text(&c->out, "ipProtocol", str_from_c(sg_protocol_text(r.protocol, text)));
    if (r.protocol != SG_PROTOCOL_ANY)
        buf_printf(&c->out, "<fromPort>%d</fromPort><toPort>%d</toPort>", r.from, r.to);
    buf_printf(&c->out, "<groups/><prefixListIds/>%s",
               six ? "<ipRanges/><ipv6Ranges><item>" : "<ipv6Ranges/><ipRanges><item>");
    sg_cidr_text(&r, text);
    xml_text(&c->out, six ? "cidrIpv6" : "cidrIp", str_from_c(text));
    if (description.n > 0)
        xml_text(&c->out, "description", description);
    xml_close(&c->out, "item");
    xml_close(&c->out, six ? "ipv6Ranges" : "ipRanges");
    xml_close(&c->out, "item");
}

static void show_group(struct sg_call *c, const json_t *g)
{
    size_t i;
    json_t *rule;
    char arn[128];
    sg_group_arn(c, g, arn);
    xml_open(&c->out, "item");
    xml_text(&c->out, "ownerId", str_from_c(c->cloud->account));
    xml_text(&c->out, "groupId", sg_text(g, "GroupId"));
    xml_text(&c->out, "groupName", sg_text(g, "GroupName"));
    xml_text(&c->out, "groupDescription", sg_text(g, "Description"));
    xml_text(&c->out, "vpcId", sg_text(g, "VpcId"));
    xml_open(&c->out, "ipPermissions");
    json_array_foreach (json_object_get(g, "Rules"), i, rule)
        show_permission(c, rule);
    xml_close(&c->out, "ipPermissions");
    buf_add(&c->out, STR("<ipPermissionsEgress/>"));
    sg_show_tags(c, json_object_get(g, "Tags"));
    xml_text(&c->out, "securityGroupArn", str_from_c(arn));
    xml_close(&c->out, "item");
}

/* Is it one of NAME.1, NAME.2 ...?  Then *seen marks it.  Without any, everything is. */
static bool is_asked_for(struct sg_call *c, const char *name, struct str value)
{
    bool any = false;
    for (int i = 1; sg_param_has(c, "%s.%d", name, i); i++) {
        any = true;
        if (str_eq(sg_param(c, "%s.%d", name, i), value))
            return true;
    }
    return !any;
}

/* Each that was asked for by id or name must be there. */
static bool check_asked(struct sg_call *c, const json_t *all, const char *param, const char *member)
{
    for (int i = 1; sg_param_has(c, "%s.%d", param, i); i++) {
        struct str want = sg_param(c, "%s.%d", param, i);
        size_t k;
        json_t *g;
        bool found = false;
        json_array_foreach (all, k, g)
            found |= str_eq(sg_text(g, member), want);
        if (!found)
            return sg_refuse(c, "InvalidGroup.NotFound",
                             "The security group '" STR_FMT "' does not exist", STR_ARG(want));
    }
    return true;
}

bool sg_describe_groups(struct sg_call *c, struct err *e)
{
    static const char *const filters[] = {"group-id", "group-name", "vpc-id", "description", NULL};
    size_t i;
    json_t *g;
    if (!sg_check_filters(c, filters))
        return false;
    json_t *all = sg_all(c->txn, e);
    bool good = all != NULL && check_asked(c, all, "GroupId", "GroupId") &&
                check_asked(c, all, "GroupName", "GroupName");
    xml_open(&c->out, "securityGroupInfo");
    json_array_foreach (all, i, g)
        if (is_asked_for(c, "GroupId", sg_text(g, "GroupId")) &&
            is_asked_for(c, "GroupName", sg_text(g, "GroupName")) &&
            sg_filter(c, "group-id", sg_text(g, "GroupId")) &&
            sg_filter(c, "group-name", sg_text(g, "GroupName")) &&
            sg_filter(c, "vpc-id", sg_text(g, "VpcId")) &&
            sg_filter(c, "description", sg_text(g, "Description")))
            show_group(c, g);
    xml_close(&c->out, "securityGroupInfo");
    json_decref(all);
    return good;
}

bool sg_delete_group(struct sg_call *c, struct err *e)
{
    json_t *g = sg_find(c, e);
    if (g == NULL)
        return false;
    struct str id = sg_text(g, "GroupId");
    bool good = sg_in_use(c->cloud->sg, id.p)
                    ? sg_refuse(c, "DependencyViolation",
                                "resource " STR_FMT " has a dependent object: the server's own "
                                "listeners",
                                STR_ARG(id))
                    : db_doc_del(c->txn, STR("sg"), id, e);
    xml_text(&c->out, "return", STR("true"));
    xml_text(&c->out, "groupId", id);
    json_decref(g);
    return good;
}
