/* sg_rule.c - see sg_rule.h. */
#include "cloud/sg_rule.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

static const struct {
    struct str name;
    int number;
} protocols[] = {{STR("tcp"), 6},
                 {STR("udp"), 17},
                 {STR("icmp"), 1},
                 {STR("icmpv6"), 58},
                 {STR("all"), SG_PROTOCOL_ANY},
                 {STR("-1"), SG_PROTOCOL_ANY}};

/* Digits only, from 0 to max. */
static bool parse_number(struct str text, int max, int *out)
{
    int n = 0;
    if (text.n == 0 || text.n > 5)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
        n = n * 10 + (text.p[i] - '0');
    }
    *out = n;
    return n <= max;
}

bool sg_protocol_parse(struct str text, int *out)
{
    for (size_t i = 0; i < COUNT_OF(protocols); i++)
        if (str_eq_nocase(text, protocols[i].name)) {
            *out = protocols[i].number;
            return true;
        }
    return parse_number(text, 255, out);
}

const char *sg_protocol_text(int protocol, char out[12])
{
    snprintf(out, 12, "%d", protocol);
    for (size_t i = 0; i < COUNT_OF(protocols); i++)
        if (protocols[i].number == protocol && protocol != SG_PROTOCOL_ANY)
            return protocols[i].name.p;
    return out;
}

static void clear_beyond(unsigned char *net, int bits, int bytes)
{
    for (int i = 0; i < bytes; i++) {
        int left = bits - 8 * i;
        if (left <= 0)
            net[i] = 0;
        else if (left < 8)
            net[i] &= (unsigned char)(0xFF << (8 - left));
    }
}

bool sg_cidr_parse(struct str text, int family, struct sg_rule *out)
{
    char address[SG_CIDR_TEXT_MAX];
    const char *slash = text.n > 0 ? memchr(text.p, '/', text.n) : NULL;
    size_t n = slash != NULL ? (size_t)(slash - text.p) : 0;
    int max = family == AF_INET ? 32 : 128;
    if (n == 0 || n >= sizeof(address) || !parse_number(str_from(text, n + 1), max, &out->bits))
        return false;
    memcpy(address, text.p, n);
    address[n] = '\0';
    memset(out->net, 0, sizeof(out->net));
    out->family = family;
    if (inet_pton(family, address, out->net) != 1)
        return false;
    clear_beyond(out->net, out->bits, max / 8);
    return true;
}

void sg_cidr_text(const struct sg_rule *r, char out[SG_CIDR_TEXT_MAX])
{
    char address[INET6_ADDRSTRLEN] = "";
    inet_ntop(r->family, r->net, address, sizeof(address));
    snprintf(out, SG_CIDR_TEXT_MAX, "%s/%d", address, r->bits);
}

bool sg_rule_same(const struct sg_rule *a, const struct sg_rule *b)
{
    return a->protocol == b->protocol && a->from == b->from && a->to == b->to &&
           a->family == b->family && a->bits == b->bits &&
           memcmp(a->net, b->net, sizeof(a->net)) == 0;
}

static bool net_contains(const struct sg_rule *r, const unsigned char *address, int bytes)
{
    unsigned char masked[16] = {0};
    memcpy(masked, address, (size_t)bytes);
    clear_beyond(masked, r->bits, bytes);
    return memcmp(masked, r->net, (size_t)bytes) == 0;
}

bool sg_rules_allow(const struct sg_rule *rules, size_t n, const struct sockaddr *peer, int port)
{
    const unsigned char *address;
    int family = peer->sa_family;
    if (family == AF_INET) {
        address =
            (const unsigned char *)&((const struct sockaddr_in *)(const void *)peer)->sin_addr;
    } else if (family == AF_INET6) {
        const struct in6_addr *six = &((const struct sockaddr_in6 *)(const void *)peer)->sin6_addr;
        bool mapped = IN6_IS_ADDR_V4MAPPED(six); /* IPv4 that came to an IPv6 listener */
        address = six->s6_addr + (mapped ? 12 : 0);
        family = mapped ? AF_INET : AF_INET6;
    } else {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        const struct sg_rule *r = &rules[i];
        bool ports = r->protocol == SG_PROTOCOL_ANY ||
                     (r->protocol == SG_PROTOCOL_TCP && port >= r->from && port <= r->to);
        if (ports && r->family == family && net_contains(r, address, family == AF_INET ? 4 : 16))
            return true;
    }
    return false;
}
