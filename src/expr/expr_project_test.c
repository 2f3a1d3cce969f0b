#include "expr/expr.h"

#include "base/tap.h"
#include "expr/expr_fixture_int.h"

static const char item_text[] = "{a:1,b:\"x\",k:1,l:[0,{p:1,q:2},[5,6,7],3],m:{a:{x:1,y:2},b:[1]}}";

static const struct {
    const char *text, *want;
} rows[] = {
    {"a", "{a:1}"},
    {"k, b, a", "{a:1,b:\"x\",k:1}"},
    {"nope", "{}"},
    {"a, nope, zzz", "{a:1}"},
    {"m", "{m:{a:{x:1,y:2},b:[1]}}"},
    {"m.a.x", "{m:{a:{x:1}}}"},
    {"m.a.x, m.b[0], b", "{b:\"x\",m:{a:{x:1},b:[1]}}"},
    {"m.a.nope", "{}"},
    {"m.a.nope, m.a.y", "{m:{a:{y:2}}}"},
    {"m.nope.x, a", "{a:1}"},
    {"l[3], l[0]", "{l:[0,3]}"},
    {"l[1].q, l[1].p", "{l:[{p:1,q:2}]}"},
    {"l[2][2], l[2][0], l[1].q", "{l:[{q:2},[5,7]]}"},
    {"l[9]", "{}"},
    {"l[9], l[1].nope, l[0]", "{l:[0]}"},
    {"a.x, b[0], m[0], l.x", "{}"},
};

static void test_rows(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena mem = {0};
        struct err e = {0};
        struct expr_params none = {0};
        const struct expr_projection *p;
        ok(expr_parse_projection(&mem, &none, str_from_c(rows[i].text), &p, &e), "%s",
           rows[i].text);
        struct str part = expr_project(&mem, p, fixture_item(&mem, item_text));
        ok(item_check(part, &e), "is an item");
        is_str(fixture_text(&mem, part), rows[i].want, "%s", rows[i].text);
        arena_free(&mem);
    }
}

static void test_by_hand(void)
{
    struct arena mem = {0};
    static const struct str names[] = {{"k", 1}, {"nope", 4}, {"a", 1}};
    struct str item = fixture_item(&mem, item_text);
    const struct expr_projection *p = expr_projection_of_names(&mem, names, COUNT_OF(names));
    is_str(fixture_text(&mem, expr_project(&mem, p, item)), "{a:1,k:1}", "names");
    struct expr_step step[] = {{.name = STR("k")}, {.name = STR("a")}};
    struct expr_path path[] = {{1, &step[0]}, {1, &step[1]}};
    struct expr_projection unsorted = {2, path};
    is_str(fixture_text(&mem, expr_project(&mem, &unsorted, item)), "{a:1,k:1}", "any order");
    ok(str_eq(path[0].step[0].name, STR("k")), "and the tree is left alone");
    struct expr_projection empty = {0};
    is_str(fixture_text(&mem, expr_project(&mem, &empty, item)), "{}", "nothing");
    is_str(fixture_text(&mem, expr_project(&mem, p, (struct str){NULL, 0})), "{}", "of nothing");
    arena_free(&mem);
}

int main(void)
{
    test_rows();
    test_by_hand();
    return tap_done();
}
