/* sg_rule_test.c - addresses against rules. */
#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/tap.h"
#include "cloud/sg_form.h"
#include "cloud/sg_rule.h"

static bool allows(const char *cidr, int protocol, int from, int to, const char *peer, int port)
{
    struct sg_rule r = {.protocol = protocol, .from = from, .to = to};
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    int family = strchr(cidr, ':') != NULL ? AF_INET6 : AF_INET;
    if (!sg_cidr_parse(str_from_c(cidr), family, &r))
        return false;
    if (inet_pton(AF_INET, peer, &four.sin_addr) == 1)
        return sg_rules_allow(&r, 1, (const struct sockaddr *)&four, port);
    return inet_pton(AF_INET6, peer, &six.sin6_addr) == 1 &&
           sg_rules_allow(&r, 1, (const struct sockaddr *)&six, port);
}

static const struct {
    const char *cidr;
    int protocol, from, to;
    const char *peer;
    int port;
    bool want;
} cases[] = {
    {"10.1.2.3/32", 6, 80, 80, "10.1.2.3", 80, true},
    {"10.1.2.3/32", 6, 80, 80, "10.1.2.4", 80, false},
    {"10.1.2.3/32", 6, 80, 80, "10.1.2.3", 81, false},
    {"10.1.2.3/32", 6, 80, 90, "10.1.2.3", 90, true},
    {"10.1.2.3/32", 6, 80, 90, "10.1.2.3", 79, false},
    {"10.1.2.3/32", 17, 80, 90, "10.1.2.3", 80, false},
    {"10.1.2.3/32", -1, -1, -1, "10.1.2.3", 65535, true},
    {"10.255.0.0/9", 6, 1, 1, "10.128.0.0", 1, true},
    {"10.255.0.0/9", 6, 1, 1, "10.127.255.255", 1, false},
    {"0.0.0.0/0", 6, 1, 1, "255.1.2.3", 1, true},
    {"0.0.0.0/0", 6, 1, 1, "::1", 1, false},
    {"::/0", 6, 1, 1, "::1", 1, true},
    {"::/0", 6, 1, 1, "1.2.3.4", 1, false},
    {"2001:db8::/33", 6, 1, 1, "2001:db8:7fff::1", 1, true},
    {"2001:db8::/33", 6, 1, 1, "2001:db8:8000::1", 1, false},
    {"10.0.0.0/8", 6, 1, 1, "::ffff:10.1.1.1", 1, true},
    {"::/0", 6, 1, 1, "::ffff:10.1.1.1", 1, false},
};

static const char *const bad_cidrs[] = {"",        "1.2.3.4",    "1.2.3.4/",  "1.2.3.4/33", "/8",
                                        "1.2.3/8", "1.2.3.4/-1", "1.2.3.4/a", "1.2.3.4/8 ", "::/0"};

static void test_texts(void)
{
    struct sg_rule r = {.protocol = 6};
    char text[SG_CIDR_TEXT_MAX], protocol[12];
    int n;
    ok(sg_cidr_parse(STR("192.168.77.99/20"), AF_INET, &r), "a range");
    sg_cidr_text(&r, text);
    is_str(text, "192.168.64.0/20", "loses what is beyond its bits");
    ok(sg_cidr_parse(STR("2001:DB8::1/64"), AF_INET6, &r), "a range of six");
    sg_cidr_text(&r, text);
    is_str(text, "2001:db8::/64", "loses what is beyond its bits");
    ok(sg_protocol_parse(STR("6"), &n) && n == 6, "6 is tcp");
    is_str(sg_protocol_text(n, protocol), "tcp", "and is shown so");
    ok(sg_protocol_parse(STR("ALL"), &n) && n == -1, "all");
    is_str(sg_protocol_text(n, protocol), "-1", "is shown as -1");
    ok(sg_protocol_parse(STR("47"), &n) && n == 47, "a number");
    is_str(sg_protocol_text(n, protocol), "47", "is shown as a number");
    ok(!sg_protocol_parse(STR("256"), &n), "256 is none");
    ok(!sg_protocol_parse(STR("tc"), &n), "tc is none");
}

static void test_forms(void)
{
    struct arena mem = {0};
    struct sg_form f;
    ok(sg_form_parse(&mem, STR("Action=a+b&X.1.Y=%26%3d%C3%A9&empty=&&alone"), &f), "a form");
    ok(f.n == 4, "four fields");
    is_bytes(sg_form_get(&f, "Action"), STR("a b"), "a plus is a space");
    is_bytes(sg_form_get(&f, "X.1.Y"), STR("&=\xc3\xa9"), "percent codes");
    ok(sg_form_get(&f, "empty").p != NULL && sg_form_get(&f, "alone").n == 0, "empty ones");
    ok(sg_form_get(&f, "none").p == NULL, "absent is absent");
    ok(sg_form_has(&f, "X.1") && sg_form_has(&f, "X") && !sg_form_has(&f, "X.1.Z"), "prefixes");
    ok(!sg_form_has(&f, "X.1.Y.") && !sg_form_has(&f, "Actio"), "whole parts only");
    ok(!sg_form_parse(&mem, STR("a=%4"), &f), "a code that is cut off");
    ok(!sg_form_parse(&mem, STR("a=%zz"), &f), "a code that is none");
    ok(!sg_form_parse(&mem, STR("a=%00"), &f), "NUL");
    ok(!sg_form_parse(&mem, STR("a=%ff"), &f), "not UTF-8");
    arena_free(&mem);
}

int main(void)
{
    struct sg_rule r;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        ok(allows(cases[i].cidr, cases[i].protocol, cases[i].from, cases[i].to, cases[i].peer,
                  cases[i].port) == cases[i].want,
           "%s %d-%d: %s to %d", cases[i].cidr, cases[i].from, cases[i].to, cases[i].peer,
           cases[i].port);
    for (size_t i = 0; i < COUNT_OF(bad_cidrs); i++)
        ok(!sg_cidr_parse(str_from_c(bad_cidrs[i]), AF_INET, &r), "\"%s\"", bad_cidrs[i]);
    struct sockaddr_in nobody = {.sin_family = AF_INET};
    ok(!sg_rules_allow(NULL, 0, (const struct sockaddr *)&nobody, 1), "no rule, no connection");
    test_texts();
    test_forms();
    return tap_done();
}
