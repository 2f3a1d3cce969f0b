/* guard_rules_test.c - the rules in an answer. */
#include <stdlib.h>
#include <sys/socket.h>

#include "base/tap.h"
#include "cloud/guard_rules.h"

#define HEAD "<?xml version=\"1.0\"?>\n<DescribeSecurityGroupRulesResponse><requestId>r</requestId>"
#define TAIL "</DescribeSecurityGroupRulesResponse>"
#define RULE(egress, where)                                                                        \
    "<item><isEgress>" egress "</isEgress><ipProtocol>tcp</ipProtocol><fromPort>1</fromPort>"      \
    "<toPort>2</toPort>" where "<tagSet><item><key>cidrIpv4</key></item></tagSet></item>"
#define FOUR "<cidrIpv4>1.2.3.0/24</cidrIpv4>"

static const struct {
    const char *xml;
    int want; /* rules; -1: it is refused */
} cases[] = {
    {HEAD "<securityGroupRuleSet/>" TAIL, 0},
    {HEAD "<securityGroupRuleSet>" RULE("false", FOUR) "</securityGroupRuleSet>" TAIL, 1},
    {HEAD "<securityGroupRuleSet>" RULE("false", FOUR)
         RULE("false", "<cidrIpv6>::/0</cidrIpv6>") "</securityGroupRuleSet>" TAIL,
     2},
    {HEAD "<securityGroupRuleSet>" RULE("true", FOUR) "</securityGroupRuleSet>" TAIL, 0},
    {HEAD "<securityGroupRuleSet>" RULE("false", "") "</securityGroupRuleSet>" TAIL, 0},
    {HEAD "<securityGroupRuleSet>" RULE("false",
                                        "<cidrIpv4>x</cidrIpv4>") "</securityGroupRuleSet>" TAIL,
     -1},
    {"<Response/>", -1},
    {"", -1},
};

int main(void)
{
    struct arena mem = {0};
    struct sg_rule_list *list = calloc(1, sizeof(*list));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bool good = guard_rules_parse(&mem, str_from_c(cases[i].xml), list);
        ok((good ? (int)list->n : -1) == cases[i].want, "answer %zu", i);
    }
    ok(guard_rules_parse(&mem, str_from_c(cases[1].xml), list) && list->rule[0].from == 1 &&
           list->rule[0].to == 2 && list->rule[0].bits == 24 && list->rule[0].protocol == 6,
       "all of a rule");
    free(list);
    arena_free(&mem);
    return tap_done();
}
