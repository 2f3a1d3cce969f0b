/* sg_api.c - the EC2 query API: a form in, XML out. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "cloud/sg_int.h"
#include "codec/sha256.h"
#include "codec/utf8.h"
#include "codec/xml.h"

#define NAMESPACE "http://ec2.amazonaws.com/doc/2016-11-15/"

static const struct action {
    struct str name;
    bool write;
    bool (*run)(struct sg_call *c, struct err *e);
} actions[] = {
    {STR("CreateSecurityGroup"), true, sg_create_group},
    {STR("DescribeSecurityGroups"), false, sg_describe_groups},
    {STR("DeleteSecurityGroup"), true, sg_delete_group},
    {STR("AuthorizeSecurityGroupIngress"), true, sg_authorize},
    {STR("RevokeSecurityGroupIngress"), true, sg_revoke},
    {STR("ModifySecurityGroupRules"), true, sg_modify_rules},
    {STR("DescribeSecurityGroupRules"), false, sg_describe_rules},
};

bool sg_refuse(struct sg_call *c, const char *code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(c->message, sizeof(c->message), fmt, ap);
    va_end(ap);
    c->status = 400;
    c->code = code;
    return false;
}

void sg_new_id(struct sg_call *c, const char *prefix, char out[SG_ID_BYTES])
{
    unsigned long long a = env_random(c->cloud->env), b = env_random(c->cloud->env);
    snprintf(out, SG_ID_BYTES, "%s-%09llx%08llx", prefix, a >> 28, b >> 32);
}

struct str sg_param(const struct sg_call *c, const char *fmt, ...)
{
    char name[256];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(name, sizeof(name), fmt, ap);
    va_end(ap);
    return sg_form_get(&c->form, name);
}

bool sg_param_has(const struct sg_call *c, const char *fmt, ...)
{
    char name[256];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(name, sizeof(name), fmt, ap);
    va_end(ap);
    return sg_form_has(&c->form, name);
}

json_t *sg_tags(struct sg_call *c, const char *type)
{
    json_t *tags = json_array();
    for (int i = 1; sg_param_has(c, "TagSpecification.%d", i); i++) {
        struct str of = sg_param(c, "TagSpecification.%d.ResourceType", i);
        if (!str_eq(of, str_from_c(type))) {
            json_decref(tags);
            sg_refuse(c, "InvalidParameterValue",
                      "'" STR_FMT "' is not a valid taggable resource type for this operation.",
                      STR_ARG(of));
            return NULL;
        }
        for (int k = 1; sg_param_has(c, "TagSpecification.%d.Tag.%d", i, k); k++) {
            struct str key = sg_param(c, "TagSpecification.%d.Tag.%d.Key", i, k),
                       value = sg_param(c, "TagSpecification.%d.Tag.%d.Value", i, k);
            json_array_append_new(tags,
                                  json_pack("{s:s%, s:s%}", "Key", key.n > 0 ? key.p : "", key.n,
                                            "Value", value.n > 0 ? value.p : "", value.n));
        }
    }
    return tags;
}

void sg_show_tags(struct sg_call *c, const json_t *tags)
{
    size_t i;
    json_t *tag;
    xml_open(&c->out, "tagSet");
    json_array_foreach (tags, i, tag) {
        xml_open(&c->out, "item");
        xml_text(&c->out, "key", sg_text(tag, "Key"));
        xml_text(&c->out, "value", sg_text(tag, "Value"));
        xml_close(&c->out, "item");
    }
    xml_close(&c->out, "tagSet");
}

bool sg_filter(const struct sg_call *c, const char *name, struct str value)
{
    for (int i = 1; sg_param_has(c, "Filter.%d", i); i++) {
        bool match = !str_eq(sg_param(c, "Filter.%d.Name", i), str_from_c(name));
        for (int k = 1; !match && sg_param_has(c, "Filter.%d.Value.%d", i, k); k++)
            match = str_eq(sg_param(c, "Filter.%d.Value.%d", i, k), value);
        if (!match)
            return false;
    }
    return true;
}

bool sg_check_filters(struct sg_call *c, const char *const *known)
{
    for (int i = 1; sg_param_has(c, "Filter.%d", i); i++) {
        struct str name = sg_param(c, "Filter.%d.Name", i);
        const char *const *k = known;
        while (*k != NULL && !str_eq(str_from_c(*k), name))
            k++;
        if (*k == NULL)
            return sg_refuse(c, "InvalidParameterValue", "The filter '" STR_FMT "' is invalid",
                             STR_ARG(name));
    }
    if (sg_param(c, "MaxResults").p != NULL || sg_param(c, "NextToken").p != NULL)
        return sg_refuse(c, "UnsupportedOperation",
                         "answers in parts (MaxResults, NextToken) are not supported");
    return true;
}

struct run {
    struct sg_call *call;
    const struct action *action;
};

static bool run_action(void *arg, struct db_txn *t, struct err *e)
{
    struct run *r = arg;
    struct sg_call *c = r->call;
    c->txn = t;
    c->out.n = 0;
    c->code = NULL;
    c->changed[0] = '\0';
    if (r->action->run(c, e))
        return true;
    /* So that nothing stays of it. */
    return e->code != ERR_NONE ? false : err_set(e, ERR_VALIDATION, "%s", c->message);
}

static void answer_error(struct sg_call *c, const char *request_id)
{
    struct buf *to = c->rq->body;
    struct str message = str_from_c(c->message);
    c->rq->status = c->status;
    xml_open(to, "Response");
    xml_open(to, "Errors");
    xml_open(to, "Error");
    xml_text(to, "Code", str_from_c(c->code));
    xml_text(to, "Message", utf8_valid(message) ? message : STR("(not UTF-8)"));
    xml_close(to, "Error");
    xml_close(to, "Errors");
    xml_text(to, "RequestID", str_from_c(request_id));
    xml_close(to, "Response");
}

/* Before the action: may it be asked for? */
static const struct action *find_action(struct sg_call *c)
{
    struct sigv4_identity who;
    struct str name = sg_form_get(&c->form, "Action"), version = sg_form_get(&c->form, "Version");
    bool good = cloud_authenticate(c->rq, STR("ec2"), &who);
    if (!good || (c->cloud->credentials == NULL &&
                  http_header(&c->rq->http->head, STR("origin")).p != NULL)) {
        sg_refuse(c, "AuthFailure", "%s",
                  good ? "as long as signatures are not verified (--credentials), pages in a "
                         "browser may not call this service"
                       : c->rq->err.msg);
        c->status = 401;
        return NULL;
    }
    for (size_t i = 0; i < COUNT_OF(actions); i++)
        if (str_eq(name, actions[i].name)) {
            if (str_eq(sg_form_get(&c->form, "DryRun"), STR("true"))) {
                sg_refuse(c, "DryRunOperation",
                          "Request would have succeeded, but DryRun flag is set.");
                c->status = 412;
                return NULL;
            }
            return &actions[i];
        }
    sg_refuse(c, "InvalidAction", "The action " STR_FMT " is not valid for this web service.",
              STR_ARG(name.n > 0 ? name : version));
    return NULL;
}

static void default_vpc(struct sg_call *c)
{
    unsigned char hash[SHA256_BYTES];
    char hex[18];
    sha256(arena_printf(c->rq->mem, "vpc %s %s", c->cloud->region, c->cloud->account), hash);
    hex_encode(hash, 8, hex);
    snprintf(c->vpc, sizeof(c->vpc), "vpc-%.16s%d", hex, hash[8] % 10);
}

static void run(struct sg_call *c)
{
    struct err e;
    const struct action *a = find_action(c);
    struct run r = {c, a};
    if (a == NULL)
        return;
    err_clear(&e);
    bool good = a->write ? cloud_write(c->cloud, run_action, &r, &e)
                         : cloud_read(c->cloud, run_action, &r, &e);
    if (good && c->changed[0] != '\0')
        sg_changed(c->cloud->sg, c->changed);
    if (good || (c->code != NULL && e.code == ERR_VALIDATION))
        return;
    log_error("security groups: %s", e.msg);
    sg_refuse(c, "InternalError", "%s", e.msg);
    c->status = 500;
}

void sg_api_serve(struct cloud_request *rq)
{
    struct sg_call c = {.rq = rq, .cloud = rq->cloud, .out = {.mem = rq->mem}};
    const struct http_request *h = rq->http;
    bool get = str_eq(h->head.method, STR("GET"));
    char id[37];
    env_uuid(rq->cloud->env, id);
    default_vpc(&c);
    rq->content_type = "text/xml;charset=UTF-8";
    buf_add(rq->body, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"));
    if (!sg_form_parse(rq->mem, get ? h->head.query : h->body, &c.form))
        sg_refuse(&c, "MalformedQueryString", "The query string is malformed");
    else
        run(&c);
    if (c.code != NULL) {
        answer_error(&c, id);
        return;
    }
    struct str name = sg_form_get(&c.form, "Action");
    buf_printf(rq->body, "<" STR_FMT "Response xmlns=\"" NAMESPACE "\">", STR_ARG(name));
    xml_text(rq->body, "requestId", str_from_c(id));
    buf_add(rq->body, buf_str(&c.out));
    buf_printf(rq->body, "</" STR_FMT "Response>", STR_ARG(name));
}
