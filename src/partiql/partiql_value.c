/* partiql_value.c - values in a statement, straight into stored form.
 *
 *   value -> 'string' | [+-] number | TRUE | FALSE | NULL | ?
 *          | '[' [ value { , value } ] ']'
 *          | '{' [ 'name' : value { , 'name' : value } ] '}'
 *          | << [ value { , value } ] >>        strings, numbers or binary: a set */
#include "partiql/partiql_int.h"

#include "base/buf.h"
#include "model/attr_json.h"
#include "model/item.h"
#include "model/number.h"

#define INVALID "One or more parameter values were invalid: "

static void build(struct pq *p, struct attr_build *b, uint32_t level);
static struct attr value_at(struct pq *p, uint32_t level);

bool pq_is_value(const struct pq *p)
{
    switch (p->tok.type) {
    case PQ_STRING:
    case PQ_NUMBER:
    case PQ_TRUE:
    case PQ_FALSE:
    case PQ_NULL:
    case PQ_OPEN_BAG:
    case '?':
    case '[':
    case '{':
    case '+':
    case '-':
        return true;
    default:
        return false;
    }
}

static void too_deep(struct pq *p)
{
    pq_fail(p, ATTR_TEXT_TOO_DEEP);
}

/* The next parameter; all zero when there are not enough of them, which is reported at the end. */
static struct attr parameter(struct pq *p)
{
    struct attr none = {0};
    uint32_t i = p->params_used++;

    pq_next(p);
    return i < p->params_n ? p->params[i] : none;
}

static void build_parameter(struct pq *p, struct attr_build *b, uint32_t level)
{
    struct attr v = parameter(p);
    struct err e = {0};

    if (v.type == ATTR_NONE) {
        attr_build_null(b);
        return;
    }
    if ((v.type == ATTR_L || v.type == ATTR_M) && level > 1 &&
        !attr_check_levels(v.raw, LIMIT_NESTING_LEVELS - (level - 1), &e))
        too_deep(p);
    attr_build_raw(b, v.raw);
}

static struct str number_text(struct pq *p, bool minus)
{
    char *text = arena_bytes(p->mem, p->tok.raw.n + 1);
    char scratch[NUMBER_TEXT_MAX];
    struct str canonical = STR("0");
    struct err e;

    err_init(&e, p->mem);
    if (p->tok.type != PQ_NUMBER) {
        pq_unexpected(p);
        return canonical;
    }
    text[0] = '-';
    memcpy(text + 1, p->tok.raw.p, p->tok.raw.n);
    struct str whole = {text, p->tok.raw.n + 1};
    if (!number_canonical(str_from(whole, minus ? 0 : 1), scratch, &canonical, &e)) {
        pq_fail(p, STR_FMT, STR_ARG(err_text(&e)));
        return STR("0");
    }
    pq_next(p);
    return arena_dup(p->mem, canonical);
}

static void build_number(struct pq *p, struct attr_build *b)
{
    bool minus = p->tok.type == '-';

    if (minus || p->tok.type == '+')
        pq_next(p);
    attr_build_scalar(b, ATTR_N, number_text(p, minus));
}

static void build_list(struct pq *p, struct attr_build *b, uint32_t level)
{
    attr_build_open(b, ATTR_L);
    if (!pq_accept(p, ']')) {
        do {
            build(p, b, level + 1);
        } while (pq_accept(p, ','));
        pq_expect(p, ']');
    }
    attr_build_close(b);
}

/* 'name' : value { , 'name' : value } } */
static void build_members(struct pq *p, struct attr_build *b, uint32_t level)
{
    if (pq_accept(p, '}'))
        return;
    do {
        struct str name = p->tok.text;
        if (name.n == 0 && p->tok.type == PQ_STRING)
            pq_fail(p, INVALID "Attribute name must not be empty");
        pq_expect(p, PQ_STRING);
        pq_expect(p, ':');
        attr_build_name(b, name);
        build(p, b, level);
    } while (pq_accept(p, ','));
    pq_expect(p, '}');
}

static void build_tuple(struct pq *p, struct attr_build *b, uint32_t level)
{
    attr_build_open(b, ATTR_M);
    build_members(p, b, level + 1);
    attr_build_close(b);
}

/* Binary values have no literal, they come as parameters. */
static void check_members(struct pq *p, const struct attr *v, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (!attr_is_scalar(v[i].type) || v[i].type != v[0].type)
            pq_fail(p, "Unsupported data type in Bag. DynamoDB only supports either numbers or "
                       "strings in bags");
}

static void duplicates(struct pq *p, const struct attr *v, uint32_t n)
{
    struct buf text = {.mem = p->mem};
    bool numbers = v[0].type == ATTR_N;

    for (uint32_t i = 0; i < n; i++) {
        buf_add(&text, i > 0 ? STR(", ") : STR(""));
        buf_add(&text, v[i].body);
    }
    pq_fail(p, INVALID "Input collection [" STR_FMT "] contains duplicates%s",
            STR_ARG(buf_str(&text)), numbers ? "! under root" : ".");
}

/* A parameter that is missing is reported at the end: till then it is nothing.  So are members
 * that are collections: till then they are levels like any others. */
static void build_set(struct pq *p, struct attr_build *b, uint32_t level)
{
    struct ptr_list list = {0};
    bool whole = true;

    if (p->tok.type == PQ_CLOSE_BAG)
        pq_fail(p, "Empty bags are not supported");
    do {
        struct attr *v = NEW(p->mem, struct attr);
        bool collection = p->tok.type == '[' || p->tok.type == '{' || p->tok.type == PQ_OPEN_BAG;
        *v = value_at(p, level + collection);
        whole = whole && v->type != ATTR_NONE;
        ptr_list_add(p->mem, &list, v);
    } while (pq_accept(p, ','));
    pq_expect(p, PQ_CLOSE_BAG);
    struct attr *all = NEW_ARRAY(p->mem, struct attr, list.n);
    for (uint32_t i = 0; i < list.n; i++)
        all[i] = *(const struct attr *)list.p[i];
    if (whole)
        check_members(p, all, list.n);
    if (p->failed || !whole) {
        attr_build_null(b);
        return;
    }
    attr_build_open(b, (enum attr_type)(all[0].type - ATTR_S + ATTR_SS));
    for (uint32_t i = 0; i < list.n; i++)
        attr_build_member(b, all[i].body);
    if (!attr_build_close(b))
        duplicates(p, all, list.n);
}

static void build(struct pq *p, struct attr_build *b, uint32_t level)
{
    struct pq_token t = p->tok;

    if (level > LIMIT_NESTING_LEVELS)
        too_deep(p);
    switch (p->tok.type) {
    case '?':
        build_parameter(p, b, level);
        return;
    case PQ_NUMBER:
    case '+':
    case '-':
        build_number(p, b);
        return;
    case '[':
        pq_next(p);
        build_list(p, b, level);
        return;
    case '{':
        pq_next(p);
        build_tuple(p, b, level);
        return;
    case PQ_OPEN_BAG:
        pq_next(p);
        build_set(p, b, level);
        return;
    case PQ_STRING:
        attr_build_scalar(b, ATTR_S, t.text);
        break;
    case PQ_TRUE:
    case PQ_FALSE:
        attr_build_bool(b, t.type == PQ_TRUE);
        break;
    case PQ_NULL:
        attr_build_null(b);
        break;
    default:
        attr_build_null(b);
        pq_unexpected(p);
    }
    pq_next(p);
}

static struct attr value_at(struct pq *p, uint32_t level)
{
    struct attr none = {0};
    struct attr_build b;

    if (p->tok.type == '?')
        return parameter(p);
    struct buf out = {.mem = p->mem};
    attr_build_init(&b, &out);
    build(p, &b, level);
    if (p->failed)
        return none;
    struct str raw = buf_str(&out);
    return attr_read(&raw);
}

struct attr pq_value(struct pq *p)
{
    return value_at(p, 1);
}

static struct str item_of_map(struct pq *p, const struct attr *map)
{
    struct buf out = {.mem = p->mem};
    struct attr_build b;
    struct attr_iter it = attr_iter(map);
    struct str name;
    struct attr v;

    item_begin(&b, &out);
    while (attr_next(&it, &name, &v)) {
        attr_build_name(&b, name);
        attr_build_raw(&b, v.raw);
    }
    item_end(&b);
    return buf_str(&out);
}

struct str pq_item(struct pq *p)
{
    struct buf out = {.mem = p->mem};
    struct attr_build b;

    if (p->tok.type == '?') {
        struct attr v = parameter(p);
        if (v.type != ATTR_M && v.type != ATTR_NONE)
            pq_fail(p, INVALID "The value to insert must be a tuple");
        return p->failed || v.type == ATTR_NONE ? (struct str){0} : item_of_map(p, &v);
    }
    if (!pq_accept(p, '{')) {
        pq_unexpected(p);
        return (struct str){0};
    }
    item_begin(&b, &out);
    build_members(p, &b, 1);
    item_end(&b);
    return p->failed ? (struct str){0} : buf_str(&out);
}
