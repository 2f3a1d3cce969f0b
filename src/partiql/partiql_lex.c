/* partiql_lex.c - a statement's tokens.
 *
 *   name      letter or _ or $, then also digits; keywords in any case
 *   "name"    with "" for "
 *   'string'  with '' for '
 *   number    digits [ . digits ] [ e [+-] digits ]
 *   comments  -- to the end of the line, and those of C */
#include "partiql/partiql_int.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
    struct str word;
    int type;
} keywords[] = {
    {STR("AND"), PQ_AND},       {STR("BETWEEN"), PQ_BETWEEN}, {STR("BY"), PQ_BY},
    {STR("DELETE"), PQ_DELETE}, {STR("EXISTS"), PQ_EXISTS},   {STR("FALSE"), PQ_FALSE},
    {STR("FROM"), PQ_FROM},     {STR("IN"), PQ_IN},           {STR("INSERT"), PQ_INSERT},
    {STR("INTO"), PQ_INTO},     {STR("IS"), PQ_IS},           {STR("MISSING"), PQ_MISSING},
    {STR("NOT"), PQ_NOT},       {STR("NULL"), PQ_NULL},       {STR("OR"), PQ_OR},
    {STR("ORDER"), PQ_ORDER},   {STR("REMOVE"), PQ_REMOVE},   {STR("RETURNING"), PQ_RETURNING},
    {STR("SELECT"), PQ_SELECT}, {STR("SET"), PQ_SET},         {STR("TRUE"), PQ_TRUE},
    {STR("UPDATE"), PQ_UPDATE}, {STR("VALUE"), PQ_VALUE},     {STR("WHERE"), PQ_WHERE},
};

static const struct {
    char first, second;
    int type;
} pairs[] = {
    {'<', '>', PQ_NE}, {'!', '=', PQ_NE},       {'<', '=', PQ_LE},
    {'>', '=', PQ_GE}, {'<', '<', PQ_OPEN_BAG}, {'>', '>', PQ_CLOSE_BAG},
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}

static const char *text_end(const struct pq *p)
{
    return p->text.p + p->text.n;
}

static bool starts(const char *at, const char *end, const char two[2])
{
    return end - at >= 2 && at[0] == two[0] && at[1] == two[1];
}

/* Behind the comment that begins here; `at` itself when none does, or none that ends. */
static const char *skip_comment(const char *at, const char *end)
{
    if (starts(at, end, "--")) {
        const char *line = memchr(at, '\n', (size_t)(end - at));
        return line != NULL ? line : end;
    }
    if (!starts(at, end, "/*"))
        return at;
    const char *mark = memmem(at + 2, (size_t)(end - at - 2), "*/", 2);
    return mark != NULL ? mark + 2 : at;
}

static const char *skip_space(const char *at, const char *end)
{
    for (const char *from = NULL; at < end && at != from;) {
        from = at;
        while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
            at++;
        at = skip_comment(at, end);
    }
    return at;
}

static int word_type(struct str word)
{
    for (size_t i = 0; i < COUNT_OF(keywords); i++)
        if (str_eq_nocase(word, keywords[i].word))
            return keywords[i].type;
    return PQ_NAME;
}

/* Behind the opening quote; NULL when there is no closing one.  A doubled quote stands for one. */
static const char *quoted(struct arena *mem, const char *at, const char *end, struct str *text)
{
    char quote = *at++;
    const char *start = at;
    size_t doubled = 0;

    for (; at < end; at++) {
        if (*at != quote)
            continue;
        if (end - at < 2 || at[1] != quote)
            break;
        doubled++;
        at++;
    }
    if (at >= end)
        return NULL;
    *text = (struct str){start, (size_t)(at - start)};
    if (doubled > 0) {
        char *copy = arena_bytes(mem, text->n), *to = copy;
        for (const char *from = start; from < at; from++) {
            *to++ = *from;
            from += *from == quote;
        }
        *text = (struct str){copy, (size_t)(to - copy)};
    }
    return at + 1;
}

static const char *digits(const char *at, const char *end)
{
    while (at < end && is_digit(*at))
        at++;
    return at;
}

static const char *number(const char *at, const char *end)
{
    at = digits(at, end);
    if (at < end && *at == '.')
        at = digits(at + 1, end);
    if (at < end && (*at == 'e' || *at == 'E')) {
        const char *exponent = at + 1;
        if (exponent < end && (*exponent == '+' || *exponent == '-'))
            exponent++;
        if (exponent < end && is_digit(*exponent))
            at = digits(exponent, end);
    }
    return at;
}

static const char *punctuation(const char *at, const char *end, int *type)
{
    for (size_t i = 0; i < COUNT_OF(pairs) && end - at >= 2; i++) {
        if (at[0] != pairs[i].first || at[1] != pairs[i].second)
            continue;
        *type = pairs[i].type;
        return at + 2;
    }
    *type = *at != '\0' && strchr("*,.()[]{}:;?=<>+-", *at) != NULL ? *at : PQ_BAD;
    return at + 1;
}

static struct pq_token lex(struct arena *mem, const char **atp, const char *end)
{
    const char *at = skip_space(*atp, end), *start = at;
    struct pq_token t = {.type = PQ_END};

    if (at >= end) {
        t.raw = (struct str){end, 0};
        *atp = end;
        return t;
    }
    if (is_letter(*at)) {
        while (at < end && (is_letter(*at) || is_digit(*at)))
            at++;
        t.text = (struct str){start, (size_t)(at - start)};
        t.type = word_type(t.text);
    } else if (*at == '"' || *at == '\'') {
        t.type = *at == '"' ? PQ_QUOTED_NAME : PQ_STRING;
        at = quoted(mem, at, end, &t.text);
        if (at == NULL) {
            t.type = PQ_BAD;
            at = end;
        }
    } else if (is_digit(*at) || (*at == '.' && end - at >= 2 && is_digit(at[1]))) {
        t.type = PQ_NUMBER;
        at = number(at, end);
    } else {
        at = punctuation(at, end, &t.type);
    }
    t.raw = (struct str){start, (size_t)(at - start)};
    *atp = at;
    return t;
}

void pq_next(struct pq *p)
{
    if (p->failed)
        p->tok = (struct pq_token){.type = PQ_END, .raw = {text_end(p), 0}};
    else
        p->tok = lex(p->mem, &p->at, text_end(p));
}

struct pq_token pq_peek(const struct pq *p)
{
    const char *at = p->at;
    return lex(p->mem, &at, text_end(p));
}

bool pq_accept(struct pq *p, int type)
{
    if (p->tok.type != type)
        return false;
    pq_next(p);
    return true;
}

void pq_expect(struct pq *p, int type)
{
    if (!pq_accept(p, type))
        pq_unexpected(p);
}

bool pq_accept_word(struct pq *p, struct str word)
{
    if (p->tok.type != PQ_NAME || !str_eq_nocase(p->tok.text, word))
        return false;
    pq_next(p);
    return true;
}

bool pq_is_name(const struct pq *p)
{
    return p->tok.type == PQ_NAME || p->tok.type == PQ_QUOTED_NAME;
}

void pq_fail(struct pq *p, const char *fmt, ...)
{
    va_list ap;

    if (p->failed)
        return;
    va_start(ap, fmt);
    struct str text = arena_vprintf(p->mem, fmt, ap);
    va_end(ap);
    err_set(p->e, ERR_VALIDATION, STR_FMT, STR_ARG(text));
    p->failed = true;
    pq_next(p);
}

static uint32_t characters(const char *from, const char *to)
{
    uint32_t n = 0;

    for (; from < to; from++)
        n += ((unsigned char)*from & 0xC0) != 0x80;
    return n;
}

struct str pq_place(const struct pq *p, const struct pq_token *t)
{
    const char *line = p->text.p;
    uint32_t lines = 1;

    for (const char *at = p->text.p; at < t->raw.p; at++) {
        if (*at != '\n')
            continue;
        lines++;
        line = at + 1;
    }
    return arena_printf(p->mem, "%u:%u:%u", lines, 1 + characters(line, t->raw.p),
                        characters(t->raw.p, t->raw.p + t->raw.n));
}

void pq_unexpected(struct pq *p)
{
    struct str place = pq_place(p, &p->tok);

    pq_fail(p, PQ_NOT_WELL_FORMED "Unexpected %s at " STR_FMT,
            p->tok.type == PQ_END ? "end of statement" : "token", STR_ARG(place));
}

bool pq_enter(struct pq *p)
{
    if (++p->depth <= PARTIQL_DEPTH_MAX)
        return true;
    pq_fail(p, PQ_NOT_WELL_FORMED "Nesting is too deep");
    return false;
}

void pq_leave(struct pq *p)
{
    p->depth--;
}
