/* physics_rules_int.h - what reading and matching rules share. */
#ifndef SERVER_PHYSICS_RULES_INT_H
#define SERVER_PHYSICS_RULES_INT_H

#include "server/physics_rules.h"

/* Is the effect anything for this operation? */
bool physics_for(enum physics_effect effect, struct str operation);

#endif
