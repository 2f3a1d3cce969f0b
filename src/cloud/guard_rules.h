/* guard_rules.h - the rules of a group as the server has them now: asked for once a
 * second, on a thread of its own.
 *
 * Until they are known for the first time nobody may connect, and nobody may when
 * the group is gone.  While the server does not answer, the last ones hold. */
#ifndef CLOUD_GUARD_RULES_H
#define CLOUD_GUARD_RULES_H

#include "base/arena.h"
#include "cloud/sg_rule.h"

struct guard_rules;
struct guard_rules *guard_rules_start(const char *endpoint, const char *group);
bool guard_rules_allow(struct guard_rules *g, const struct sockaddr *peer, int port);
void guard_rules_stop(struct guard_rules **g);

/* From the answer to DescribeSecurityGroupRules; false: it is not one. */
struct sg_rule_list {
    struct sg_rule rule[SG_RULES_MAX];
    size_t n;
};
MUST_CHECK bool guard_rules_parse(struct arena *mem, struct str xml, struct sg_rule_list *out);

#endif
