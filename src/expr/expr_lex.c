/* expr_lex.c - cuts the text of an expression into tokens. */
#include "expr/expr_lex_int.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool lex_is_word_char(char c)
{
    return is_letter(c) || is_digit(c) || c == '_';
}

static const struct {
    struct str word;
    int type;
    unsigned words;
} keywords[] = {
    {{"AND", 3}, TOK_AND, LEX_CONDITION_WORDS},         {{"OR", 2}, TOK_OR, LEX_CONDITION_WORDS},
    {{"NOT", 3}, TOK_NOT, LEX_CONDITION_WORDS},         {{"IN", 2}, TOK_IN, LEX_CONDITION_WORDS},
    {{"BETWEEN", 7}, TOK_BETWEEN, LEX_CONDITION_WORDS}, {{"SET", 3}, TOK_SET, LEX_UPDATE_WORDS},
    {{"REMOVE", 6}, TOK_REMOVE, LEX_UPDATE_WORDS},      {{"ADD", 3}, TOK_ADD, LEX_UPDATE_WORDS},
    {{"DELETE", 6}, TOK_DELETE, LEX_UPDATE_WORDS},
};

static int word_type(const struct lexer *x, struct str word)
{
    for (size_t i = 0; i < COUNT_OF(keywords); i++)
        if ((keywords[i].words & x->words) != 0 && str_eq_nocase(keywords[i].word, word))
            return keywords[i].type;
    return TOK_IDENT;
}

/* Takes n bytes. */
static struct token take(struct lexer *x, int type, size_t n)
{
    struct token t = {type, {x->text.p + x->at, n}};
    x->at += n;
    return t;
}

/* How many bytes from `from` on satisfy `is`. */
static size_t run(const struct lexer *x, size_t from, bool (*is)(char))
{
    size_t n = from;
    while (n < x->text.n && is(x->text.p[n]))
        n++;
    return n - from;
}

/* # or : and a name; alone, neither is a token. */
static struct token placeholder(struct lexer *x, int type)
{
    size_t n = run(x, x->at + 1, lex_is_word_char);
    return take(x, n > 0 ? type : TOK_BAD, n + 1);
}

static struct token operator(struct lexer *x)
{
    char c = x->text.p[x->at];
    char next = x->at + 1 < x->text.n ? x->text.p[x->at + 1] : '\0';
    if (c == '<' && next == '>')
        return take(x, TOK_NE, 2);
    if (c == '<' && next == '=')
        return take(x, TOK_LE, 2);
    if (c == '>' && next == '=')
        return take(x, TOK_GE, 2);
    return take(x, c, 1);
}

/* A character that begins nothing: all of its UTF-8 bytes, so that the text of
 * the error stays UTF-8. */
static struct token bad(struct lexer *x)
{
    size_t n = 1;
    while (x->at + n < x->text.n && ((unsigned char)x->text.p[x->at + n] & 0xC0) == 0x80)
        n++;
    return take(x, TOK_BAD, n);
}

struct token lex_next(struct lexer *x)
{
    x->at += run(x, x->at, is_space);
    if (x->at == x->text.n)
        return (struct token){TOK_EOF, {x->text.p + x->at, 0}};
    char c = x->text.p[x->at];
    if (is_letter(c)) {
        struct str word = {x->text.p + x->at, run(x, x->at, lex_is_word_char)};
        return take(x, word_type(x, word), word.n);
    }
    if (is_digit(c))
        return take(x, TOK_INT, run(x, x->at, is_digit));
    if (c == '#')
        return placeholder(x, TOK_NAME);
    if (c == ':')
        return placeholder(x, TOK_VALUE);
    if (c != '\0' && memchr("(),.[]=<>+-", c, 11) != NULL)
        return operator(x);
    return bad(x);
}
