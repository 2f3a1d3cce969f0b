/* sg_int.h - what the files of security groups share.
 *
 *   sg.c        the documents, and the group that guards our own listeners
 *   sg_api.c    the EC2 query API: which action, errors, answers
 *   sg_groups.c actions on groups
 *   sg_rules.c  actions on rules
 *   sg_form.h, sg_rule.h
 *
 * Document: "sg" GROUP-ID -> JSON {"GroupId", "GroupName", "Description", "VpcId",
 * "Tags": [{"Key", "Value"}], "Rules": [{"SecurityGroupRuleId", "Protocol", "FromPort",
 * "ToPort", "CidrIpv4" or "CidrIpv6", "Description"}]} */
#ifndef CLOUD_SG_INT_H
#define CLOUD_SG_INT_H

#include <jansson.h>

#include "cloud/sg.h"
#include "cloud/sg_form.h"

enum { SG_ID_BYTES = 32 };

struct sg_call { /* one request */
    struct cloud_request *rq;
    struct cloud *cloud;
    struct sg_form form;
    char vpc[SG_ID_BYTES]; /* the one there is */
    struct buf out;        /* what the answer says; written anew by each run */
    struct db_txn *txn;
    /* Why it failed, if it did. */
    int status;
    const char *code;
    char message[1024];
    char changed[SG_ID_BYTES]; /* the group whose rules are others now */
};

/* Returns false.  */
bool sg_refuse(struct sg_call *c, const char *code, const char *fmt, ...) PRINTF_LIKE(3, 4);
void sg_new_id(struct sg_call *c, const char *prefix, char out[SG_ID_BYTES]);
struct str sg_param(const struct sg_call *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
bool sg_param_has(const struct sg_call *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The tags for resources of this type; NULL: it has answered. */
json_t *sg_tags(struct sg_call *c, const char *type);
void sg_show_tags(struct sg_call *c, const json_t *tags);

MUST_CHECK bool sg_save(struct db_txn *t, const json_t *group, struct err *e);
/* By GroupId or GroupName in the request; NULL: refused, or *e is set. */
json_t *sg_find(struct sg_call *c, struct err *e);
/* All groups, by id, as an array. */
json_t *sg_all(struct db_txn *t, struct err *e);
bool sg_rule_load(const json_t *rule, struct sg_rule *out);
void sg_show_rule(struct sg_call *c, const json_t *group, const json_t *rule);
void sg_group_arn(struct sg_call *c, const json_t *group, char out[128]);

/* Does the value pass one of the request's filters?  Filters of other names pass. */
bool sg_filter(const struct sg_call *c, const char *name, struct str value);
bool sg_check_filters(struct sg_call *c, const char *const *known);
static inline struct str sg_text(const json_t *object, const char *name)
{
    return str_from_c(json_string_value(json_object_get(object, name)));
}

/* The actions: in a transaction; false with *e clear: c->code is set. */
bool sg_create_group(struct sg_call *c, struct err *e);
bool sg_describe_groups(struct sg_call *c, struct err *e);
bool sg_delete_group(struct sg_call *c, struct err *e);
bool sg_authorize(struct sg_call *c, struct err *e);
bool sg_revoke(struct sg_call *c, struct err *e);
bool sg_modify_rules(struct sg_call *c, struct err *e);
bool sg_describe_rules(struct sg_call *c, struct err *e);

/* sg.c */
void sg_changed(struct sg *s, const char *group_id);
bool sg_in_use(struct sg *s, const char *group_id);

#endif
