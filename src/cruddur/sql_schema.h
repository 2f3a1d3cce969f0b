/* sql_schema.h - the tables, as a list of steps that lead there.
 *
 * schema_information (one row, id 1) says in last_successful_run which step was
 * the last; each step and that number change in one transaction.  A statement is
 * written once; @UUID and @NOW stand for what the database spells in its own way. */
#ifndef CRUDDUR_SQL_SCHEMA_H
#define CRUDDUR_SQL_SCHEMA_H

#include "cruddur/sql.h"

struct sql_schema_step {
    int version; /* 1, 2, 3 ... */
    const char *name, *up, *down;
};
extern const struct sql_schema_step sql_schema_steps[];
extern const size_t sql_schema_steps_n;

typedef void (*sql_schema_told)(void *arg, const struct sql_schema_step *step);

/* All steps that are missing, in order; `told` (may be NULL) hears of each. */
MUST_CHECK bool sql_schema_migrate(struct sql *s, sql_schema_told told, void *arg, struct err *e);
/* The last step undone; *out NULL: there was none. */
MUST_CHECK bool sql_schema_rollback(struct sql *s, const struct sql_schema_step **out,
                                    struct err *e);
/* How many are missing. */
MUST_CHECK bool sql_schema_pending(struct sql *s, int *out, struct err *e);
/* Everything dropped, then made anew. */
MUST_CHECK bool sql_schema_load(struct sql *s, sql_schema_told told, void *arg, struct err *e);
/* The three people and the first post.  They are told apart by handle: nobody comes twice. */
MUST_CHECK bool sql_schema_seed(struct sql *s, int *users, int *activities, struct err *e);

#endif
