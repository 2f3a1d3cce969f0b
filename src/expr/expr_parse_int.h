/* expr_parse_int.h - what the grammars of conditions, updates and projections
 * share.  Private to expr/.
 *
 * A syntax error ends the parse: the parser remembers it, sees only the end of
 * the text from then on, and builds nodes that nobody will look at.  Everything
 * else that is wrong is a fault: the parse goes on, because which of several
 * faults is reported depends on their class, not on their place.  parse_end()
 * reports. */
#ifndef EXPR_EXPR_PARSE_INT_H
#define EXPR_EXPR_PARSE_INT_H

#include "base/ptr_list.h"
#include "expr/expr.h"
#include "expr/expr_lex_int.h"
#include "model/limits.h"

/* Levels of parentheses and calls.  No expression within the limit on operators
 * needs more (an operator accounts for at most two levels: a call and parentheses
 * around its argument); it bounds the recursion of everything that walks a tree. */
enum { PARSE_DEPTH_MAX = 640 };

enum fault_class {
    FAULT_PARENS,
    FAULT_UNKNOWN_FUNCTION,
    FAULT_MISUSED_FUNCTION,
    FAULT_RESERVED,
    FAULT_INDEX,
    FAULT_DEPTH,
    FAULT_SECTION,
    FAULT_NAME,     /* undefined */
    FAULT_VALUE,    /* undefined */
    FAULT_OPERANDS, /* their number */
    FAULT_DISTINCT,
    FAULT_TYPE,      /* of an operand */
    FAULT_CONDITION, /* the first of the four above in the first condition that has one */
    FAULT_OVERLAP,
    FAULT_CONFLICT,
    FAULT_OPERATORS,
    FAULT_COUNT
};
struct fault {
    struct str text; /* p == NULL: none */
    bool bare;       /* outside of the envelope: see expr.h */
};

struct parser {
    struct arena *mem;
    struct expr_params *params;
    uint32_t *name_slots, *value_slots; /* hash tables, made when first needed */
    enum expr_kind kind;
    struct lexer lex;
    struct token tok;  /* not yet taken */
    struct token last; /* taken before it; text.p == NULL: none */
    uint32_t depth, operators;
    bool failed; /* a syntax error, in *e */
    struct err *e;
    struct fault fault[FAULT_COUNT];
};

/* False, with *e set: the text is empty or too long. */
MUST_CHECK bool parse_begin(struct parser *p, struct arena *mem, struct expr_params *params,
                            enum expr_kind kind, struct str text, struct err *e);
/* The whole text must have been taken; the gravest fault goes to *e. */
MUST_CHECK bool parse_end(struct parser *p);

/* The first fault of a class is kept; of conditions, only what is wrong with the first that has
 * a fault.  parse_wants() is for texts that are long to make: is one of this class of use? */
bool parse_wants(const struct parser *p, enum fault_class c);
void parse_fault(struct parser *p, enum fault_class c, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* The first syntax error is kept: the current token is not what may stand here. */
void parse_syntax_error(struct parser *p);

void parse_advance(struct parser *p);
bool parse_accept(struct parser *p, int type); /* takes the token if it is of this type */
void parse_expect(struct parser *p, int type);

/* One level deeper; false, as a syntax error, when that is too deep. */
bool parse_enter(struct parser *p);
void parse_leave(struct parser *p);

/* path -> name { . name | [ int ] }, name -> IDENT | NAME */
void parse_path(struct parser *p, struct expr_path *out);
/* The same, when the IDENT that begins it was taken already. */
void parse_path_rest(struct parser *p, struct token first, struct expr_path *out);
/* A VALUE that is the current token. */
const struct expr_operand *parse_value(struct parser *p);

/* Faults if two of the paths overlap or conflict. */
void parse_check_paths(struct parser *p, const struct expr_path *const *path, uint32_t n);

/* What is known of an operand before there is an item; ATTR_NONE: nothing. */
enum attr_type parse_static_type(const struct expr_operand *o);

/* Without regard to case. */
bool expr_is_reserved(struct str name);

/* Functions ------------------------------------------------------------- */

enum function_use { FUNCTION_CONDITION, FUNCTION_OPERAND, FUNCTION_UPDATE };
struct function {
    struct str name;
    enum function_use use;
    uint32_t arity;
    enum expr_op op;             /* FUNCTION_CONDITION */
    enum expr_operand_type type; /* the other two */
};
/* NULL when there is none of this name. */
const struct function *parse_function_find(struct str name);

/* A call whose place decides what it becomes. */
struct call {
    struct str name;
    const struct function *function;
    const struct expr_operand *arg[2]; /* never NULL, if need be a dummy */
    uint32_t n;                        /* as written: may be more than two */
};
/* Rules for the number and the types of the arguments. */
void parse_check_call(struct parser *p, const struct call *c);

/* Faults if the first operand, a path or a placeholder, is one of the others. */
void parse_check_distinct(struct parser *p, struct str operator,
                          const struct expr_operand * const * operand, uint32_t n);

/* Paths ----------------------------------------------------------------- */

bool expr_step_eq(const struct expr_step *a, const struct expr_step *b);
bool expr_path_eq(const struct expr_path *a, const struct expr_path *b);
/* An order in which a path precedes all that it is a prefix of, and siblings
 * are sorted: names by bytes, indexes by value. */
int expr_path_cmp(const struct expr_path *a, const struct expr_path *b);

/* Item against a path from the step `depth` on. */
bool expr_path_find_in(const struct attr *root, const struct expr_path *p, uint32_t depth,
                       struct attr *out);

#endif
