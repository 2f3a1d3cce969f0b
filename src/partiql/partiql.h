/* partiql.h - PartiQL for DynamoDB: a statement's text and its parameters in, a
 * checked tree out.
 *
 *   statement -> ( select | insert | update | delete | EXISTS ( select ) ) [ ; ]
 *   select    -> SELECT ( * | path { , path } ) FROM name [ . name ] [ WHERE cond ]
 *                [ ORDER BY name [ ASC | DESC ] { , name [ ASC | DESC ] } ]
 *   insert    -> INSERT INTO name VALUE tuple
 *   update    -> UPDATE name clause { clause } [ WHERE cond ] [ returning ]
 *   clause    -> SET path = rhs { , path = rhs } | REMOVE path { , path }
 *   delete    -> DELETE FROM name [ WHERE cond ] [ returning ]
 *   returning -> RETURNING ( ALL | MODIFIED ) ( OLD | NEW ) *
 *
 * Conditions, updates and values become the trees and the stored forms that the
 * operations on items use; what a statement does with a table is partiql_plan.h.
 *
 * A tree borrows from the text, the parameters and the arena.  Nesting is bounded,
 * and with it the recursion of the parser and of all that walks a tree.
 *
 * Knows nothing of tables or requests.  All errors are ERR_VALIDATION. */
#ifndef PARTIQL_PARTIQL_H
#define PARTIQL_PARTIQL_H

#include "base/arena.h"
#include "base/err.h"
#include "expr/expr_tree.h"
#include "model/limits.h"

enum partiql_kind {
    PARTIQL_SELECT,
    PARTIQL_EXISTS, /* with the parts of a SELECT */
    PARTIQL_INSERT,
    PARTIQL_UPDATE,
    PARTIQL_DELETE,
};

enum partiql_returning {
    PARTIQL_RETURNING_NOTHING,
    PARTIQL_ALL_OLD,
    PARTIQL_ALL_NEW,
    PARTIQL_MODIFIED_OLD,
    PARTIQL_MODIFIED_NEW,
};

struct partiql_order {
    struct str name;
    bool descending;
};

struct partiql_statement {
    enum partiql_kind kind;
    struct str table, index; /* index.p == NULL: none */
    uint32_t columns_n;      /* SELECT; 0: all attributes */
    const struct expr_path *column;
    struct str *column_name;       /* in the result; p == NULL: one before it has that name */
    const struct expr_cond *where; /* NULL: none */
    uint32_t order_n;
    struct partiql_order order[LIMIT_KEY_ATTRIBUTES];
    struct str item;                  /* INSERT: item.h form */
    const struct expr_update *update; /* UPDATE */
    enum partiql_returning returning;
};

/* The text is UTF-8.  The parameters stand for `?` in the order of the text; they were checked as
 * values. */
MUST_CHECK bool partiql_parse(struct arena *mem, struct str text, const struct attr *params,
                              uint32_t params_n, struct partiql_statement *out, struct err *e);

/* Whether the statement changes anything, or belongs with those that do. */
static inline bool partiql_writes(const struct partiql_statement *s)
{
    return s->kind != PARTIQL_SELECT;
}

#endif
