/* expr_lex_int.h - the tokens of expressions.  Private to expr/. */
#ifndef EXPR_EXPR_LEX_INT_H
#define EXPR_EXPR_LEX_INT_H

#include "base/str.h"

/* Punctuation of one character is its own token type. */
enum token_type {
    TOK_EOF = 0,
    TOK_BAD = 256, /* one character that begins no token */
    TOK_IDENT,     /* attribute or function */
    TOK_NAME,      /* #name */
    TOK_VALUE,     /* :value */
    TOK_INT,
    TOK_NE, /* <> */
    TOK_LE,
    TOK_GE,
    TOK_AND,
    TOK_OR,
    TOK_NOT,
    TOK_BETWEEN,
    TOK_IN,
    TOK_SET,
    TOK_REMOVE,
    TOK_ADD,
    TOK_DELETE,
};

/* Words are keywords only in the grammar they belong to: `in` may well be the
 * name of a reserved word in a projection, but never an attribute in a condition. */
enum { LEX_CONDITION_WORDS = 1, LEX_UPDATE_WORDS = 2 };

struct token {
    int type;
    struct str text; /* within the expression */
};
struct lexer {
    struct str text;
    size_t at;
    unsigned words; /* LEX_... */
};

/* The next token; at the end TOK_EOF, again and again. */
struct token lex_next(struct lexer *x);

/* Letters, digits and underscore: what follows # or : in a placeholder. */
bool lex_is_word_char(char c);

#endif
