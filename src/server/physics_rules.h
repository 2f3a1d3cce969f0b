/* physics_rules.h - what goes wrong with which request: rules from a file or a
 * header, matched against decoded requests.  Nothing here does anything to a
 * request; see physics.h.  docs/physics.md describes the rules.
 *
 * Whether a rule with a probability hits depends on the seed, the rule's place in
 * the file and how many requests have matched it before: not on time or threads. */
#ifndef SERVER_PHYSICS_RULES_H
#define SERVER_PHYSICS_RULES_H

#include <stdatomic.h>

#include "op/op.h"

enum physics_effect {
    PHYSICS_LATENCY,
    PHYSICS_THROTTLE,
    PHYSICS_CONFLICT,
    PHYSICS_ERROR,
    PHYSICS_UNPROCESSED,
    PHYSICS_STALE_READS,
    PHYSICS_STREAM_DELAY,
    PHYSICS_TABLE_STATES,
};

struct physics_rule { /* strings live in the arena it was parsed into */
    enum physics_effect effect;
    struct str *operation, *table; /* none: all that the effect is for; all tables */
    uint32_t operation_n, table_n;
    double probability, share;
    int64_t after, times;   /* of the requests that match: let pass; then at most (0: all) */
    int64_t ms_from, ms_to; /* latency; others have one */
    enum err_code error;
    _Atomic uint64_t seen;
};

struct physics_rules {
    struct arena mem;
    uint64_t seed;
    int64_t history_ms; /* how far back stale reads and delayed streams may go */
    uint32_t n;
    struct physics_rule *rule;
    _Atomic uint64_t requests; /* with rules of their own */
};

/* The file; and a rule, or an array of them, from a request's header. */
MUST_CHECK bool physics_rules_parse(struct str text, struct physics_rules *out, struct err *e);
MUST_CHECK bool physics_header_parse(struct arena *mem, struct str text, struct physics_rules *out,
                                     struct err *e);
void physics_rules_free(struct physics_rules *r);

struct physics_plan {
    struct req_physics op; /* first */
    bool any;
    bool conflict;
    enum err_code error; /* ERR_NONE: none */
    int64_t latency_ms, lag_ms;
};

/* Adds what the rules have for the request, decoded and prepared, to *plan. */
void physics_rules_apply(struct physics_rules *r, const struct req *rq, struct physics_plan *plan);

/* A top-level member of the decoded request, or NULL: `kind` is what it must be. */
const void *physics_member(const struct req *rq, const char *name, enum shape_kind kind);

#endif
