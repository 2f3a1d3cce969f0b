/* sg.h - security groups: rules that decide, by its address, who may connect.
 *
 * The groups are documents, changed over the EC2 query API (sg_api.c).  The group
 * of `stator serve --ingress-group` is also kept in memory, for the listeners to
 * ask; a change holds from the moment it is acknowledged. */
#ifndef CLOUD_SG_H
#define CLOUD_SG_H

#include "cloud/cloud.h"
#include "cloud/sg_rule.h"

struct sg;

/* Loads cloud->ingress_group (an id or a name), if that is set.  Fails when there is
 * no such group. */
MUST_CHECK bool sg_start(struct cloud *c, struct sg **out, struct err *e);
void sg_stop(struct sg **s); /* NULL is fine */

/* May this peer connect to our listener on `port`?  Without a group everybody may. */
bool sg_allows(struct sg *s, const struct sockaddr *peer, int port);

void sg_api_serve(struct cloud_request *rq);

#endif
