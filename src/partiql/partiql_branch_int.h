/* partiql_branch_int.h - a condition spread over its alternatives.  Private to
 * partiql/.
 *
 * What the condition says of keys in one of them: a conjunction of parts.
 *
 *   p IN ['a', 'b'] AND (s = 1 OR s > 5) AND x = 2
 *   ->  p = 'a' AND s = 1 AND x = 2        p = 'a' AND s > 5 AND x = 2
 *       p = 'b' AND s = 1 AND x = 2        p = 'b' AND s > 5 AND x = 2
 *
 * Only alternatives of key attributes are spread; all others are parts as they
 * stand. */
#ifndef PARTIQL_PARTIQL_BRANCH_INT_H
#define PARTIQL_PARTIQL_BRANCH_INT_H

#include "partiql/partiql_int.h"
#include "partiql/partiql_plan.h"

/* The values that a sort attribute may have; NULL: without end on that side. */
struct pq_range {
    const struct attr *low, *high;
    bool low_in, high_in; /* is the end itself one of them? */
};

struct pq_branch {
    struct ptr_list part; /* struct expr_cond */
    /* Set by pq_branch_bind(). */
    const struct attr *hash[LIMIT_INDEX_HASH_ATTRIBUTES];
    struct pq_range range[LIMIT_INDEX_RANGE_ATTRIBUTES];
};
struct pq_branches {
    uint32_t n;    /* at least one */
    bool too_many; /* more than PARTIQL_READS_MAX: what is here is not all */
    struct pq_branch *branch;
};

struct pq_spread {
    struct arena *mem;
    const struct key_schema *key;
    struct err *e;
};

/* Fails when the condition holds a key attribute against a value that no key has. */
MUST_CHECK bool pq_spread(const struct pq_spread *s, const struct expr_cond *where,
                          struct pq_branches *out);
/* What the branch says about keys.  False: it is not about one partition. */
bool pq_branch_bind(const struct pq_spread *s, struct pq_branch *b);
/* Could an item be in both?  Branches that are bound. */
bool pq_branches_overlap(const struct key_schema *k, const struct pq_branch *a,
                         const struct pq_branch *b);
bool pq_same_partition(const struct key_schema *k, const struct pq_branch *a,
                       const struct pq_branch *b);
/* Is the attribute one value in this branch? */
bool pq_is_point(const struct pq_range *r);
/* Does the condition in all its alternatives fix all hash attributes? */
bool pq_pins_partition(const struct key_schema *k, const struct expr_cond *where);

/* Can a key condition say this about the attribute? */
bool pq_key_term(const struct expr_cond *c, const struct key_attr *k, struct expr_key_term *out);
/* name = literal, either way round; NULL: not this. */
const struct attr *pq_equal_to(const struct expr_cond *c, struct str name);

#endif
