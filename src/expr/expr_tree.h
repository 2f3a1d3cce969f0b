/* expr_tree.h - what expressions are once they are parsed. */
#ifndef EXPR_EXPR_TREE_H
#define EXPR_EXPR_TREE_H

#include "base/str.h"
#include "model/attr.h"

/* a.b[0].#c with placeholders resolved.  At least one step, the first a name. */
struct expr_step {
    struct str name; /* p == NULL: an index */
    uint32_t index;
};
struct expr_path {
    uint32_t n;
    const struct expr_step *step;
};

enum expr_operand_type {
    EXPR_PATH,
    EXPR_VALUE,
    EXPR_SIZE, /* size(path or value) */
    /* only in updates */
    EXPR_IF_NOT_EXISTS, /* path, arg[0] */
    EXPR_LIST_APPEND,   /* arg[0], arg[1] */
    EXPR_PLUS,          /* arg[0], arg[1] */
    EXPR_MINUS,
};
struct expr_operand {
    enum expr_operand_type type;
    struct expr_path path;             /* PATH, IF_NOT_EXISTS */
    struct attr value;                 /* VALUE */
    struct str placeholder;            /* VALUE: ":v", for dumps; empty in trees made by hand */
    const struct expr_operand *arg[2]; /* SIZE: [0] */
};

enum expr_op {
    EXPR_AND, /* child[0..n) */
    EXPR_OR,
    EXPR_NOT, /* child[0] */
    EXPR_EQ,  /* operand[0], operand[1] */
    EXPR_NE,
    EXPR_LT,
    EXPR_LE,
    EXPR_GT,
    EXPR_GE,
    EXPR_BETWEEN, /* operand[0..3) */
    EXPR_IN,      /* operand[0] in operand[1..n) */
    EXPR_ATTRIBUTE_EXISTS,
    EXPR_ATTRIBUTE_NOT_EXISTS,
    EXPR_ATTRIBUTE_TYPE,
    EXPR_BEGINS_WITH,
    EXPR_CONTAINS,
    /* Other rules for missing attributes than the functions above have. */
    EXPR_LEGACY_NOT_CONTAINS, /* false when the attribute is missing */
    EXPR_STRICT_NE,           /* PartiQL <>: false when an operand is missing */
};
struct expr_cond {
    enum expr_op op;
    uint32_t n; /* children or operands */
    const struct expr_cond *const *child;
    const struct expr_operand *const *operand;
};

/* One or two (with multi-attribute keys up to eight) conditions, AND-ed, on
 * different attributes.  Whether more than two are allowed depends on the
 * schema: not checked here ("Conditions can be of length 1 or 2 only").
 * BETWEEN has its bounds in value[0] and value[1]. */
struct expr_key_term {
    struct str name;
    enum expr_op op; /* EQ LT LE GT GE BETWEEN BEGINS_WITH */
    struct attr value[2];
};
struct expr_key_cond {
    uint32_t n;
    const struct expr_key_term *term;
};

enum expr_action { EXPR_SET, EXPR_REMOVE, EXPR_ADD, EXPR_DELETE };
struct expr_update_action {
    enum expr_action action;
    struct expr_path path;
    const struct expr_operand *value; /* NULL for REMOVE */
};
struct expr_update {
    uint32_t n;
    const struct expr_update_action *action; /* in the order of the text */
    /* AttributeUpdates: ADD appends to lists, and a clash of types at run time is
     * "Type mismatch for attribute to update". */
    bool legacy_types;
    /* PartiQL: REMOVE of what is in nothing removes nothing. */
    bool lenient_remove;
};

/* Evaluation is fastest when the paths are in the order of expr_projection_sort(),
 * as the parser and expr_projection_of_names() leave them. */
struct expr_projection {
    uint32_t n;
    const struct expr_path *path;
};

/* Sorts paths of a tree made by hand. */
void expr_projection_sort(struct expr_path *path, uint32_t n);

/* Walks a tree's paths, for checks against a schema: calls visit for each path
 * and stops when it returns false. */
bool expr_cond_paths(const struct expr_cond *c, bool (*visit)(void *, const struct expr_path *),
                     void *arg);

/* What a test of the condition may have to look at besides the item, in bytes: all its literals,
 * each as often as it is named. */
uint64_t expr_cond_bytes(const struct expr_cond *c);

/* The value at a path of an item; false when there is none. */
bool expr_path_find(struct str item, const struct expr_path *p, struct attr *out);

/* No two targets of an update, no two paths of a projection may overlap (one is
 * a prefix of the other) or conflict (one goes into a map where the other goes
 * into a list).  The parsers refuse such trees; whoever builds one by hand
 * checks it with this. */
enum expr_path_relation { EXPR_PATHS_APART, EXPR_PATHS_OVERLAP, EXPR_PATHS_CONFLICT };
enum expr_path_relation expr_path_relation(const struct expr_path *a, const struct expr_path *b);

/* "[a, b, [1]]", as in texts of errors. */
struct buf;
void expr_path_text(struct buf *out, const struct expr_path *p);

#endif
