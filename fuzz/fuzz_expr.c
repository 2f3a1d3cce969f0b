/* fuzz_expr.c - the first byte chooses the grammar, the second an item, the
 * rest is the text.  What parses is printed and run; what an update or a
 * projection makes must be a well-formed item. */
#include <stdint.h>
#include <stdlib.h>

#include "expr/expr_fixture_int.h"

static const char names[] = "{n:\"name\",a:\"a\",m:\"m\",k:\"k\",long:\"a.b c\"}";
static const char values[] =
    "{v:1,w:2.5,s:\"x\",t:\"S\",b:b\"y\",f:true,z:null,l:[1,\"x\"],m:{a:1},"
    "ss:<\"a\",\"x\">,ns:<1,2>,bs:<b\"a\">}";
static const char *const items[] = {
    NULL,
    "{k:1}",
    "{k:1,a:5,b:\"x\",m:{a:{b:[1,2,{c:3}]},x:<1,2>},l:[0,[1,{a:2}],\"x\"],ss:<\"a\",\"b\">,s:"
    "\"text\"}",
    "{k:1,a:[[[1]]],m:{m:{m:{m:1}}},b:b\"bytes\",n:null,t:false}",
};

static void need(bool what)
{
    if (!what)
        abort();
}

static void run_condition(struct arena *mem, struct expr_params *p, enum expr_kind kind,
                          struct str text, struct str item, struct err *e)
{
    const struct expr_cond *c;
    if (!expr_parse_condition(mem, p, kind, text, &c, e))
        return;
    need(expr_cond_dump(mem, c).n > 0);
    /* A condition and its negation never agree. */
    const struct expr_cond *child[] = {c};
    struct expr_cond not = {.op = EXPR_NOT, .n = 1, .child = child};
    need(expr_true(c, item) != expr_true(&not, item));
}

static void run_update(struct arena *mem, struct expr_params *p, struct str text, struct str item,
                       struct err *e)
{
    const struct expr_update *u;
    struct str out;
    if (!expr_parse_update(mem, p, text, &u, e))
        return;
    need(expr_update_dump(mem, u).n > 0);
    if (!expr_update(mem, u, item, fixture_item(mem, items[1]), &out, e))
        return;
    struct str touched = expr_update_touched(mem, u, out);
    need(out.p == NULL || item_check(out, e));
    need(touched.p == NULL || item_check(touched, e));
    need(touched.p == NULL || item_size(touched) <= item_size(out));
}

static void run_projection(struct arena *mem, struct expr_params *p, struct str text,
                           struct str item, struct err *e)
{
    const struct expr_projection *pr;
    if (!expr_parse_projection(mem, p, text, &pr, e))
        return;
    need(expr_projection_dump(mem, pr).n > 0);
    struct str part = expr_project(mem, pr, item);
    need(item_check(part, e));
    need(item_size(part) <= item_size(item));
}

static void run_key_condition(struct arena *mem, struct expr_params *p, struct str text,
                              struct err *e)
{
    const struct expr_key_cond *k;
    if (expr_parse_key_condition(mem, p, text, &k, e))
        need(k->n > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct arena mem = {0};
    struct err e = {0};
    struct expr_params p = fixture_params(&mem, names, values);
    struct str item = fixture_item(&mem, items[data[1] % COUNT_OF(items)]);
    struct str text = {(const char *)data + 2, size - 2};
    enum expr_kind kind = (enum expr_kind)(data[0] % (EXPR_KIND_PROJECTION + 1));
    if (kind == EXPR_KIND_UPDATE)
        run_update(&mem, &p, text, item, &e);
    else if (kind == EXPR_KIND_PROJECTION)
        run_projection(&mem, &p, text, item, &e);
    else if (kind == EXPR_KIND_KEY_CONDITION)
        run_key_condition(&mem, &p, text, &e);
    else
        run_condition(&mem, &p, kind, text, item, &e);
    need(e.code == ERR_NONE || e.code == ERR_VALIDATION);
    need(e.code == ERR_NONE || e.msg[0] != '\0');
    arena_free(&mem);
    return 0;
}
