/* expr_fixture_int.h - for tests and fuzzing: items and placeholders in a short
 * notation.
 *
 *     {s:"text", n:-1.5, b:b"bytes", t:true, z:null, l:[1,"x"], m:{a:1},
 *      ss:<"a","b">, ns:<1,2>, bs:<b"x">}
 *
 * Names are letters, digits and underscores; there are no escapes.  Printed,
 * members come in stored order, without spaces. */
#ifndef EXPR_EXPR_FIXTURE_INT_H
#define EXPR_EXPR_FIXTURE_INT_H

#include <stdlib.h>

#include "expr/expr.h"
#include "expr/expr_lex_int.h"
#include "model/item.h"

struct fixture {
    const char *at;
    struct attr_build b;
};

static inline void fixture_value(struct fixture *f);

/* The fixtures are ours: a mistake in one is a bug of the test. */
static inline void fixture_need(bool what)
{
    if (!what)
        abort();
}

static inline bool fixture_take(struct fixture *f, char c)
{
    while (*f->at == ' ' || *f->at == ',')
        f->at++;
    if (*f->at != c)
        return false;
    f->at++;
    return true;
}

/* The bytes of a scalar and its type. */
static inline enum attr_type fixture_scalar(struct fixture *f, struct str *out)
{
    enum attr_type t = fixture_take(f, 'b') ? ATTR_B : ATTR_S;
    if (fixture_take(f, '"')) {
        const char *end = strchr(f->at, '"');
        fixture_need(end != NULL);
        *out = (struct str){f->at, (size_t)(end - f->at)};
        f->at = end + 1;
        return t;
    }
    *out = (struct str){f->at, strspn(f->at, "-.0123456789")};
    fixture_need(out->n > 0);
    f->at += out->n;
    return ATTR_N;
}

static inline void fixture_members(struct fixture *f, char end, bool named)
{
    while (!fixture_take(f, end)) {
        if (named) {
            struct str name = {f->at, 0};
            while (lex_is_word_char(f->at[name.n]))
                name.n++;
            f->at += name.n;
            attr_build_name(&f->b, name);
            fixture_need(fixture_take(f, ':'));
        }
        fixture_value(f);
    }
}

static inline void fixture_set(struct fixture *f)
{
    struct str member;
    enum attr_type t = fixture_scalar(f, &member);
    attr_build_open(&f->b, (enum attr_type)(t - ATTR_S + ATTR_SS));
    attr_build_member(&f->b, member);
    while (!fixture_take(f, '>')) {
        fixture_need(fixture_scalar(f, &member) == t);
        attr_build_member(&f->b, member);
    }
    fixture_need(attr_build_close(&f->b));
}

static inline bool fixture_word(struct fixture *f, const char *word)
{
    if (strncmp(f->at, word, strlen(word)) != 0)
        return false;
    f->at += strlen(word);
    return true;
}

static inline void fixture_collection(struct fixture *f, enum attr_type t, char end)
{
    attr_build_open(&f->b, t);
    fixture_members(f, end, t == ATTR_M);
    attr_build_close(&f->b);
}

static inline void fixture_value(struct fixture *f)
{
    if (fixture_take(f, '[')) {
        fixture_collection(f, ATTR_L, ']');
    } else if (fixture_take(f, '{')) {
        fixture_collection(f, ATTR_M, '}');
    } else if (fixture_take(f, '<')) {
        fixture_set(f);
    } else if (fixture_word(f, "true")) {
        attr_build_bool(&f->b, true);
    } else if (fixture_word(f, "false")) {
        attr_build_bool(&f->b, false);
    } else if (fixture_word(f, "null")) {
        attr_build_null(&f->b);
    } else {
        struct str bytes;
        enum attr_type t = fixture_scalar(f, &bytes);
        attr_build_scalar(&f->b, t, bytes);
    }
}

/* NULL text: no item. */
static inline struct str fixture_item(struct arena *mem, const char *text)
{
    if (text == NULL)
        return (struct str){NULL, 0};
    struct fixture f = {.at = text};
    struct buf out = {.mem = mem};
    item_begin(&f.b, &out);
    fixture_need(fixture_take(&f, '{'));
    fixture_members(&f, '}', true);
    item_end(&f.b);
    return buf_str(&out);
}

/* The string attributes of one item become names, the attributes of the other
 * values; either text may be NULL. */
static inline struct expr_params fixture_params(struct arena *mem, const char *names,
                                                const char *values)
{
    struct expr_params p = {0};
    struct attr map[2] = {item_map(fixture_item(mem, names)), item_map(fixture_item(mem, values))};
    struct attr_iter it = attr_iter(&map[0]);
    struct str name;
    struct attr v;
    p.names = NEW_ARRAY(mem, struct expr_name, map[0].count + 1);
    p.values = NEW_ARRAY(mem, struct expr_value, map[1].count + 1);
    while (attr_next(&it, &name, &v))
        p.names[p.names_n++] = (struct expr_name){
            .key = arena_printf(mem, "#" STR_FMT, STR_ARG(name)), .name = v.body};
    it = attr_iter(&map[1]);
    while (attr_next(&it, &name, &v))
        p.values[p.values_n++] =
            (struct expr_value){.key = arena_printf(mem, ":" STR_FMT, STR_ARG(name)), .value = v};
    return p;
}

static inline void fixture_print(struct buf *out, const struct attr *v)
{
    static const char open[] = "<<<[{", close[] = ">>>]}";
    if (v->type == ATTR_S || v->type == ATTR_B || v->type == ATTR_N) {
        const char *quote = v->type == ATTR_N ? "" : "\"";
        buf_printf(out, "%s%s" STR_FMT "%s", v->type == ATTR_B ? "b" : "", quote, STR_ARG(v->body),
                   quote);
        return;
    }
    if (v->type == ATTR_BOOL || v->type == ATTR_NULL) {
        buf_printf(out, "%s", v->type == ATTR_NULL ? "null" : v->count != 0 ? "true" : "false");
        return;
    }
    struct attr_iter it = attr_iter(v);
    struct str name;
    struct attr child;
    buf_byte(out, open[v->type - ATTR_SS]);
    for (bool first = true; attr_next(&it, &name, &child); first = false) {
        if (!first)
            buf_byte(out, ',');
        if (v->type == ATTR_M)
            buf_printf(out, STR_FMT ":", STR_ARG(name));
        fixture_print(out, &child);
    }
    buf_byte(out, close[v->type - ATTR_SS]);
}

/* NUL-terminated; "none" for no item. */
static inline const char *fixture_text(struct arena *mem, struct str item)
{
    if (item.p == NULL)
        return "none";
    struct attr map = item_map(item);
    struct buf out = {.mem = mem};
    fixture_print(&out, &map);
    buf_byte(&out, '\0');
    return out.p;
}

#endif
