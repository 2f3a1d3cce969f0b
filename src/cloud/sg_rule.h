/* sg_rule.h - one rule of a security group: who may connect to which ports. */
#ifndef CLOUD_SG_RULE_H
#define CLOUD_SG_RULE_H

#include <sys/socket.h>

#include "base/err.h"

enum { SG_PROTOCOL_ANY = -1, SG_PROTOCOL_TCP = 6, SG_CIDR_TEXT_MAX = 64, SG_RULES_MAX = 1000 };

struct sg_rule {  /* transparent value */
    int protocol; /* -1: any; or its number */
    int from, to; /* ports (or ICMP type and code); -1, -1 when the protocol is any */
    int family;   /* AF_INET or AF_INET6 */
    unsigned char net[16];
    int bits;
};

/* Protocols by name or number, "-1" or "all": any. */
bool sg_protocol_parse(struct str text, int *out);
/* As it is shown: tcp, udp, icmp, icmpv6, -1 or a number. */
const char *sg_protocol_text(int protocol, char out[12]);
/* ADDRESS/BITS; what is beyond the bits becomes 0. */
bool sg_cidr_parse(struct str text, int family, struct sg_rule *out);
void sg_cidr_text(const struct sg_rule *r, char out[SG_CIDR_TEXT_MAX]);
bool sg_rule_same(const struct sg_rule *a, const struct sg_rule *b);

/* May this peer open a TCP connection to the port?  No rule, no connection. */
bool sg_rules_allow(const struct sg_rule *rules, size_t n, const struct sockaddr *peer, int port);

#endif
