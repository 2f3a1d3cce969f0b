/* expr_parse.c - what the grammars share: tokens, faults, placeholders, paths. */
#include "expr/expr_parse_int.h"

#include <stdarg.h>

#include "base/buf.h"
#include "base/hash.h"

static const struct {
    const char *name;
    unsigned words;
} kinds[] = {
    [EXPR_KIND_UPDATE] = {"Update", LEX_UPDATE_WORDS},
    [EXPR_KIND_CONDITION] = {"Condition", LEX_CONDITION_WORDS},
    [EXPR_KIND_FILTER] = {"Filter", LEX_CONDITION_WORDS},
    [EXPR_KIND_KEY_CONDITION] = {"KeyCondition", LEX_CONDITION_WORDS},
    [EXPR_KIND_PROJECTION] = {"Projection", 0},
};

/* Which fault is reported first. */
static const enum fault_class condition_order[] = {
    FAULT_PARENS, FAULT_UNKNOWN_FUNCTION, FAULT_MISUSED_FUNCTION, FAULT_RESERVED, FAULT_INDEX,
    FAULT_DEPTH,  FAULT_CONDITION,        FAULT_OPERATORS,
};
static const enum fault_class update_order[] = {
    FAULT_PARENS,    FAULT_RESERVED, FAULT_UNKNOWN_FUNCTION,
    FAULT_SECTION,   FAULT_INDEX,    FAULT_DEPTH,
    FAULT_NAME,      FAULT_VALUE,    FAULT_OVERLAP,
    FAULT_CONFLICT,  FAULT_OPERANDS, FAULT_TYPE,
    FAULT_OPERATORS,
};
static const enum fault_class projection_order[] = {
    FAULT_RESERVED, FAULT_INDEX, FAULT_DEPTH, FAULT_NAME, FAULT_OVERLAP, FAULT_CONFLICT,
};

static void order_of(enum expr_kind kind, const enum fault_class **order, size_t *n)
{
    *order = condition_order;
    *n = COUNT_OF(condition_order);
    if (kind == EXPR_KIND_UPDATE) {
        *order = update_order;
        *n = COUNT_OF(update_order);
    } else if (kind == EXPR_KIND_PROJECTION) {
        *order = projection_order;
        *n = COUNT_OF(projection_order);
    }
}

bool parse_begin(struct parser *p, struct arena *mem, struct expr_params *params,
                 enum expr_kind kind, struct str text, struct err *e)
{
    *p = (struct parser){.mem = mem, .params = params, .kind = kind, .e = e};
    params->enveloped = true;
    const char *name = kinds[kind].name;
    if (text.n == 0)
        return err_set(e, ERR_VALIDATION, "Invalid %sExpression: The expression can not be empty;",
                       name);
    if (text.n > LIMIT_EXPRESSION_BYTES)
        return err_set(e, ERR_VALIDATION,
                       "Invalid %sExpression: Expression size has exceeded the maximum allowed "
                       "size; expression size: %zu",
                       name, text.n);
    p->lex = (struct lexer){.text = text, .words = kinds[kind].words};
    p->tok = lex_next(&p->lex);
    return true;
}

bool parse_end(struct parser *p)
{
    if (p->tok.type != TOK_EOF)
        parse_syntax_error(p);
    if (p->failed)
        return false;
    if (p->operators > LIMIT_EXPRESSION_OPERATORS)
        parse_fault(p, FAULT_OPERATORS,
                    "The expression contains too many operators; operator count: %u", p->operators);
    const enum fault_class *order;
    size_t n;
    order_of(p->kind, &order, &n);
    for (size_t i = 0; i < n; i++) {
        const struct fault *f = &p->fault[order[i]];
        if (f->text.p == NULL)
            continue;
        p->params->enveloped = !f->bare;
        return err_set(p->e, ERR_VALIDATION, "Invalid %sExpression: " STR_FMT, kinds[p->kind].name,
                       STR_ARG(f->text));
    }
    return true;
}

bool parse_wants(const struct parser *p, enum fault_class c)
{
    bool of_condition = c >= FAULT_NAME && c < FAULT_CONDITION;
    return !p->failed && p->fault[c].text.p == NULL &&
           !(of_condition && p->fault[FAULT_CONDITION].text.p != NULL);
}

void parse_fault(struct parser *p, enum fault_class c, const char *fmt, ...)
{
    if (!parse_wants(p, c))
        return;
    va_list ap;
    va_start(ap, fmt);
    p->fault[c].text = arena_vprintf(p->mem, fmt, ap);
    va_end(ap);
}

static void fail(struct parser *p)
{
    p->failed = true;
    p->tok = (struct token){TOK_EOF, {p->lex.text.p + p->lex.text.n, 0}};
    p->lex.at = p->lex.text.n;
}

/* `near` reaches from the token before to the token after. */
void parse_syntax_error(struct parser *p)
{
    if (p->failed)
        return;
    struct token next = lex_next(&p->lex);
    const char *from = p->last.text.p != NULL ? p->last.text.p : p->tok.text.p;
    const char *to = next.text.p + next.text.n;
    struct str shown = p->tok.text;
    if (next.type == TOK_EOF)
        to = p->tok.text.p + p->tok.text.n;
    if (p->tok.type == TOK_EOF) {
        shown = STR("<EOF>");
        to = p->last.text.p != NULL ? p->last.text.p + p->last.text.n : from;
    }
    err_set(p->e, ERR_VALIDATION,
            "Invalid %sExpression: Syntax error; token: \"" STR_FMT "\", near: \"" STR_FMT "\"",
            kinds[p->kind].name, STR_ARG(shown), (int)(to - from), from);
    fail(p);
}

void parse_advance(struct parser *p)
{
    if (p->tok.type == TOK_EOF)
        return;
    p->last = p->tok;
    p->tok = lex_next(&p->lex);
}

bool parse_accept(struct parser *p, int type)
{
    if (p->tok.type != type || p->failed)
        return false;
    parse_advance(p);
    return true;
}

void parse_expect(struct parser *p, int type)
{
    if (!parse_accept(p, type))
        parse_syntax_error(p);
}

bool parse_enter(struct parser *p)
{
    if (p->depth < PARSE_DEPTH_MAX) {
        p->depth++;
        return true;
    }
    if (!p->failed) {
        err_set(p->e, ERR_VALIDATION,
                "Invalid %sExpression: The expression has redundant parentheses;",
                kinds[p->kind].name);
        fail(p);
    }
    return false;
}

void parse_leave(struct parser *p)
{
    assert(p->depth > 0);
    p->depth--;
}

/* Placeholders ------------------------------------------------------------ */

/* A request may bring half a million names.  Beyond a few, they are found by
 * hash: slots[] holds index + 1, open addressing, at most half full. */
enum { LINEAR_SEARCH_MAX = 16 };

static struct str key_at(const struct expr_params *params, bool is_value, uint32_t i)
{
    return is_value ? params->values[i].key : params->names[i].key;
}

static uint32_t *make_slots(struct parser *p, bool is_value, uint32_t n, uint32_t mask)
{
    uint32_t *slots = NEW_ARRAY(p->mem, uint32_t, (size_t)mask + 1);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = (uint32_t)hash_bytes(key_at(p->params, is_value, i)) & mask;
        while (slots[at] != 0)
            at = (at + 1) & mask;
        slots[at] = i + 1;
    }
    return slots;
}

/* The index of a placeholder, or n. */
static uint32_t find(struct parser *p, bool is_value, struct str key)
{
    uint32_t n = is_value ? p->params->values_n : p->params->names_n;
    if (n <= LINEAR_SEARCH_MAX) {
        uint32_t i = 0;
        while (i < n && !str_eq(key_at(p->params, is_value, i), key))
            i++;
        return i;
    }
    uint32_t mask = 2 * LINEAR_SEARCH_MAX - 1;
    while (mask / 2 < n)
        mask = 2 * mask + 1;
    uint32_t **slots = is_value ? &p->value_slots : &p->name_slots;
    if (*slots == NULL)
        *slots = make_slots(p, is_value, n, mask);
    uint32_t at = (uint32_t)hash_bytes(key) & mask;
    for (; (*slots)[at] != 0; at = (at + 1) & mask)
        if (str_eq(key_at(p->params, is_value, (*slots)[at] - 1), key))
            return (*slots)[at] - 1;
    return n;
}

static struct str resolve_name(struct parser *p, struct str key)
{
    uint32_t i = find(p, false, key);
    if (i < p->params->names_n) {
        p->params->names[i].used = true;
        return p->params->names[i].name;
    }
    if (parse_wants(p, FAULT_NAME)) {
        parse_fault(p, FAULT_NAME,
                    "An expression attribute name used in the document path is not defined; "
                    "attribute name: " STR_FMT,
                    STR_ARG(key));
        p->fault[FAULT_NAME].bare = true;
    }
    return key;
}

const struct expr_operand *parse_value(struct parser *p)
{
    struct expr_operand *o = NEW(p->mem, struct expr_operand);
    struct str key = p->tok.text;
    *o = (struct expr_operand){.type = EXPR_VALUE, .placeholder = key};
    uint32_t i = find(p, true, key);
    /* In updates undefined names are reported before undefined values; in
     * conditions whichever comes first. */
    enum fault_class c = p->kind == EXPR_KIND_UPDATE ? FAULT_VALUE : FAULT_NAME;
    if (i < p->params->values_n) {
        p->params->values[i].used = true;
        o->value = p->params->values[i].value;
    } else if (parse_wants(p, c)) {
        parse_fault(p, c,
                    "An expression attribute value used in expression is not defined; attribute "
                    "value: " STR_FMT,
                    STR_ARG(key));
        p->fault[c].bare = true;
    }
    parse_advance(p);
    return o;
}

enum attr_type parse_static_type(const struct expr_operand *o)
{
    switch (o->type) {
    case EXPR_VALUE:
        return o->value.type;
    case EXPR_SIZE:
    case EXPR_PLUS:
    case EXPR_MINUS:
        return ATTR_N;
    case EXPR_LIST_APPEND:
        return ATTR_L;
    default:
        return ATTR_NONE;
    }
}

/* Paths ------------------------------------------------------------------- */

static struct str ident_name(struct parser *p, struct str word)
{
    if (expr_is_reserved(word))
        parse_fault(p, FAULT_RESERVED,
                    "Attribute name is a reserved keyword; reserved keyword: " STR_FMT,
                    STR_ARG(word));
    return word;
}

/* name -> IDENT | NAME */
static struct expr_step name_step(struct parser *p)
{
    struct expr_step s = {.name = STR("")};
    if (p->tok.type == TOK_IDENT)
        s.name = ident_name(p, p->tok.text);
    else if (p->tok.type == TOK_NAME)
        s.name = resolve_name(p, p->tok.text);
    else
        parse_syntax_error(p);
    parse_advance(p);
    return s;
}

/* index -> INT ] */
static struct expr_step index_step(struct parser *p)
{
    struct expr_step s = {.name = {NULL, 0}};
    struct str digits = p->tok.text;
    parse_expect(p, TOK_INT);
    uint64_t index = 0;
    for (size_t i = 0; i < digits.n && index <= INT32_MAX; i++)
        index = index * 10 + (uint64_t)(digits.p[i] - '0');
    if (!p->failed && index > INT32_MAX)
        parse_fault(p, FAULT_INDEX,
                    "List index is not within the allowable range; index: [" STR_FMT "]",
                    STR_ARG(digits));
    s.index = (uint32_t)index;
    parse_expect(p, ']');
    return s;
}

static void path_steps(struct parser *p, struct expr_step first, struct expr_path *out)
{
    struct expr_step step[LIMIT_PATH_DEPTH];
    uint32_t n = 1;
    step[0] = first;
    for (;; n++) {
        struct expr_step s;
        if (parse_accept(p, '.'))
            s = name_step(p);
        else if (parse_accept(p, '['))
            s = index_step(p);
        else
            break;
        if (n < LIMIT_PATH_DEPTH)
            step[n] = s;
    }
    if (n > LIMIT_PATH_DEPTH)
        parse_fault(p, FAULT_DEPTH,
                    "The document path has too many nesting levels; nesting levels: %u", n);
    n = (uint32_t)size_min(n, LIMIT_PATH_DEPTH);
    struct expr_step *kept = NEW_ARRAY(p->mem, struct expr_step, n);
    memcpy(kept, step, n * sizeof(*kept));
    *out = (struct expr_path){n, kept};
}

void parse_path(struct parser *p, struct expr_path *out)
{
    path_steps(p, name_step(p), out);
}

void parse_path_rest(struct parser *p, struct token first, struct expr_path *out)
{
    path_steps(p, (struct expr_step){.name = ident_name(p, first.text)}, out);
}

static void fault_paths(struct parser *p, enum expr_path_relation r, const struct expr_path *a,
                        const struct expr_path *b)
{
    bool overlap = r == EXPR_PATHS_OVERLAP;
    enum fault_class c = overlap ? FAULT_OVERLAP : FAULT_CONFLICT;
    if (!parse_wants(p, c))
        return;
    struct buf text = {0};
    buf_add(&text, STR("path one: "));
    expr_path_text(&text, a);
    buf_add(&text, STR(", path two: "));
    expr_path_text(&text, b);
    parse_fault(p, c,
                "Two document paths %s with each other; must remove or rewrite one of these "
                "paths; " STR_FMT,
                overlap ? "overlap" : "conflict", STR_ARG(buf_str(&text)));
    buf_free(&text);
}

void parse_check_paths(struct parser *p, const struct expr_path *const *path, uint32_t n)
{
    for (uint32_t b = 1; b < n && p->fault[FAULT_OVERLAP].text.p == NULL; b++) {
        for (uint32_t a = 0; a < b; a++) {
            enum expr_path_relation r = expr_path_relation(path[a], path[b]);
            if (r != EXPR_PATHS_APART)
                fault_paths(p, r, path[a], path[b]);
        }
    }
}
