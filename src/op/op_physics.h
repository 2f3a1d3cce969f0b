/* op_physics.h - what a test wants to go wrong with one request.  Rules and
 * headers that ask for it, and what can be done without the operation's help,
 * belong to the server (server/physics.h). */
#ifndef OP_OP_PHYSICS_H
#define OP_OP_PHYSICS_H

#include "base/base.h"

struct req_physics {
    uint64_t seed;      /* of this request */
    double unprocessed; /* the share of a batch's members that are left unprocessed */
    int64_t states_ms;  /* for so long a new table is CREATING */
};

/* Is member `i` of a batch to be left unprocessed?  NULL: nothing is. */
static inline bool op_physics_unprocessed(const struct req_physics *p, uint32_t i)
{
    if (p == NULL || p->unprocessed <= 0)
        return false;
    uint64_t z = p->seed + (i + 1ULL) * 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    z ^= z >> 31;
    return (double)(z >> 11) / 9007199254740992.0 < p->unprocessed;
}

#endif
