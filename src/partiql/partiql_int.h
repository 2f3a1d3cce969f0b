/* partiql_int.h - what the parts of the parser share.  Private to partiql/.
 *
 * The first error is kept in *e; from then on the parser sees only the end of the
 * text and builds nodes that nobody will look at. */
#ifndef PARTIQL_PARTIQL_INT_H
#define PARTIQL_PARTIQL_INT_H

#include "base/ptr_list.h"
#include "model/attr_build.h"
#include "partiql/partiql.h"

enum { PARTIQL_DEPTH_MAX = 100 };

#define PQ_NOT_WELL_FORMED "Statement wasn't well formed, can't be processed: "

/* Punctuation of one character is its own type. */
enum partiql_token_type {
    PQ_END = 256,
    PQ_BAD,
    PQ_NAME,        /* a bare identifier that is no keyword */
    PQ_QUOTED_NAME, /* "..." */
    PQ_STRING,      /* '...' */
    PQ_NUMBER,
    PQ_NE, /* <> != */
    PQ_LE,
    PQ_GE,
    PQ_OPEN_BAG,  /* << */
    PQ_CLOSE_BAG, /* >> */
    PQ_AND,
    PQ_BETWEEN,
    PQ_BY,
    PQ_DELETE,
    PQ_EXISTS,
    PQ_FALSE,
    PQ_FROM,
    PQ_IN,
    PQ_INSERT,
    PQ_INTO,
    PQ_IS,
    PQ_MISSING,
    PQ_NOT,
    PQ_NULL,
    PQ_OR,
    PQ_ORDER,
    PQ_REMOVE,
    PQ_RETURNING,
    PQ_SELECT,
    PQ_SET,
    PQ_TRUE,
    PQ_UPDATE,
    PQ_VALUE,
    PQ_WHERE,
};
struct pq_token {
    int type;
    struct str raw;  /* as written */
    struct str text; /* names and strings: without quotes and escapes */
};

struct pq {
    struct arena *mem;
    struct str text;
    const char *at;
    struct pq_token tok; /* not yet taken */
    const struct attr *params;
    uint32_t params_n, params_used;
    uint32_t depth;
    bool failed;
    struct err *e;
};

/* partiql_lex.c */
void pq_next(struct pq *p); /* into p->tok */
/* The token that comes after p->tok. */
struct pq_token pq_peek(const struct pq *p);
bool pq_accept(struct pq *p, int type); /* takes the token if it is of this type */
void pq_expect(struct pq *p, int type);
/* A name that is a keyword only where it stands: ASC, OLD ... */
bool pq_accept_word(struct pq *p, struct str word);
bool pq_is_name(const struct pq *p);

/* The first error is kept. */
void pq_fail(struct pq *p, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Not well-formed: this token is not what may stand here. */
void pq_unexpected(struct pq *p);
/* "1:8:5": line, column and length of a token, in characters. */
struct str pq_place(const struct pq *p, const struct pq_token *t);
/* One level deeper; false, as an error, when that is too deep. */
bool pq_enter(struct pq *p);
void pq_leave(struct pq *p);

/* partiql_value.c */
bool pq_is_value(const struct pq *p); /* does a value start here? */
struct attr pq_value(struct pq *p);   /* type ATTR_NONE after an error */
struct str pq_item(struct pq *p);     /* a tuple as an item */

/* partiql_path.c: path -> name { . name | [ integer ] | [ string ] } */
void pq_path(struct pq *p, struct expr_path *out);
/* No two of these may overlap or conflict. */
void pq_paths_apart(struct pq *p, const struct expr_path *const *path, uint32_t n);

/* partiql_where.c */
struct pq_term { /* one of the two */
    const struct expr_cond *cond;
    const struct expr_operand *operand;
};
const struct expr_cond *pq_cond(struct pq *p);
const struct expr_operand *pq_operand(struct pq *p); /* a value, a path or size() */
/* What the parser goes on with after an error: an operand that is nothing. */
struct pq_term pq_no_term(struct pq *p);
const struct expr_cond *pq_node(struct pq *p, enum expr_op op, const struct ptr_list *operands);
/* Refuses a value that is not of one of these types (a set of bits). */
void pq_operand_types(struct pq *p, struct str operator, const struct expr_operand * o,
                      unsigned types);
#define PQ_TYPE(t) (1u << (t))

/* partiql_function.c: name ( args ), of which nothing failed yet */
struct pq_term pq_call(struct pq *p, struct str name, const struct ptr_list *args);

/* partiql_update.c */
const struct expr_update *pq_update(struct pq *p);

#endif
