#include "expr/expr.h"

#include "base/tap.h"
#include "expr/expr_fixture_int.h"
#include "model/limits.h"

#define PATH_ERROR "The document path provided in the update expression is invalid for update"
#define TYPE_ERROR "An operand in the update expression has an incorrect data type"
#define MISSING_ERROR                                                                              \
    "The provided expression refers to an attribute that does not exist in the item"
#define OVERFLOW_ERROR                                                                             \
    "Number overflow. Attempting to store a number with magnitude larger than supported range"
#define DEEP_ERROR                                                                                 \
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "    \
    "beyond supported limit"

static const char values_text[] =
    "{one:1, two:2, big:99999999999999999999999999999999999999, tiny:0.1, s:\"s\", l:[7], "
    "l2:[8,9], "
    "ss:<\"b\",\"c\">, ns:<2,3>, m:{y:1}, e:[], all:<\"a\",\"b\">, t:true}";

static const struct {
    const char *old, *text, *want; /* want: the new item or the error */
} rows[] = {
    /* SET */
    {"{k:1}", "SET a = :one", "{a:1,k:1}"},
    {"{a:\"x\",k:1}", "SET a = :one, z = :s, b = :t", "{a:1,b:true,k:1,z:\"s\"}"},
    {"{a:1,b:2,k:1}", "SET a = b, b = a", "{a:2,b:1,k:1}"},
    {"{k:1}", "SET a = nope", MISSING_ERROR},
    {"{k:1}", "SET a = k.x", MISSING_ERROR},
    {"{k:1,m:{a:1}}", "SET m.b = :two, m.a = :s", "{k:1,m:{a:\"s\",b:2}}"},
    {"{k:1,m:{a:{b:{c:1}}}}", "SET m.a.b.c = m.a.b.c + :one, m.a.x = m.a",
     "{k:1,m:{a:{b:{c:2},x:{b:{c:1}}}}}"},
    {"{k:1}", "SET a.b = :one", PATH_ERROR},
    {"{k:1,a:1}", "SET a.b = :one", PATH_ERROR},
    {"{k:1,a:[1]}", "SET a.b = :one", PATH_ERROR},
    {"{k:1,a:{b:1}}", "SET a[0] = :one", PATH_ERROR},
    {"{k:1,a:{b:1}}", "SET a.x.y = :one", PATH_ERROR},
    {"{k:1,l:[1,2,3]}", "SET l[1] = :s", "{k:1,l:[1,\"s\",3]}"},
    {"{k:1,l:[1]}", "SET l[9] = :s, l[5] = :two, l[0] = :t", "{k:1,l:[true,2,\"s\"]}"},
    {"{k:1,l:[1]}", "SET l[3].a = :s", PATH_ERROR},
    {"{k:1,l:[{a:1}]}", "SET l[0].b = :s", "{k:1,l:[{a:1,b:\"s\"}]}"},
    {"{k:1,l:[]}", "SET l[0] = :one", "{k:1,l:[1]}"},
    /* arithmetic */
    {"{n:5}", "SET n = n + :one", "{n:6}"},
    {"{n:5}", "SET n = :one - n", "{n:-4}"},
    {"{n:0.2}", "SET n = n + :tiny", "{n:0.3}"},
    {"{n:5}", "SET n = n + :big", OVERFLOW_ERROR},
    {"{n:1}", "SET n = n + (n - :two)", "{n:0}"},
    {"{n:\"5\"}", "SET n = n + :one", TYPE_ERROR},
    {"{k:1}", "SET n = n + :one", MISSING_ERROR},
    {"{k:1}", "SET n = if_not_exists(n, :two) + :one", "{k:1,n:3}"},
    /* functions */
    {"{k:1}", "SET a = if_not_exists(b, :one)", "{a:1,k:1}"},
    {"{b:\"x\"}", "SET a = if_not_exists(b, nope)", "{a:\"x\",b:\"x\"}"},
    {"{m:{b:2}}", "SET a = if_not_exists(m.b, :one), c = if_not_exists(m.c, if_not_exists(x, :s))",
     "{a:2,c:\"s\",m:{b:2}}"},
    {"{l:[1]}", "SET l = list_append(l, :l2)", "{l:[1,8,9]}"},
    {"{l:[1]}", "SET l = list_append(:l2, l)", "{l:[8,9,1]}"},
    {"{l:[1]}", "SET l = list_append(list_append(:l, l), :e)", "{l:[7,1]}"},
    {"{l:[1]}", "SET l = list_append(list_append(:l2, :l), list_append(l, :l2))",
     "{l:[8,9,7,1,8,9]}"},
    {"{l:[1]}", "SET l = list_append(if_not_exists(x, list_append(l, :l)), :l2)", "{l:[1,7,8,9]}"},
    {"{l:[1]}", "SET l = list_append(if_not_exists(l, :s), if_not_exists(x, :s))", TYPE_ERROR},
    {"{k:1}", "SET l = list_append(if_not_exists(l, :e), :l)", "{k:1,l:[7]}"},
    {"{l:1}", "SET l = list_append(l, :l)", TYPE_ERROR},
    {"{k:1}", "SET l = list_append(l, :l)", MISSING_ERROR},
    /* REMOVE */
    {"{a:1,b:2,k:1}", "REMOVE a, nope", "{b:2,k:1}"},
    {"{k:1,l:[0,1,2,3]}", "REMOVE l[0], l[2], l[9]", "{k:1,l:[1,3]}"},
    {"{k:1,l:[0,1,2]}", "REMOVE l[0] SET l[1] = :s, l[7] = :t", "{k:1,l:[\"s\",2,true]}"},
    {"{k:1,m:{a:1,b:2}}", "REMOVE m.a, m.x", "{k:1,m:{b:2}}"},
    {"{k:1,m:{a:1}}", "REMOVE m.a", "{k:1,m:{}}"},
    {"{k:1}", "REMOVE m.a", PATH_ERROR},
    {"{k:1,m:1}", "REMOVE m.a", PATH_ERROR},
    {"{k:1,m:[1]}", "REMOVE m.a", PATH_ERROR},
    /* ADD */
    {"{k:1}", "ADD n :two", "{k:1,n:2}"},
    {"{n:5}", "ADD n :two", "{n:7}"},
    {"{k:1}", "ADD s :ss", "{k:1,s:<\"b\",\"c\">}"},
    {"{s:<\"a\",\"c\">}", "ADD s :ss", "{s:<\"a\",\"b\",\"c\">}"},
    {"{s:<1,10>}", "ADD s :ns", "{s:<1,10,2,3>}"},
    {"{s:<1>}", "ADD s :ss", TYPE_ERROR},
    {"{s:\"x\"}", "ADD s :one", TYPE_ERROR},
    {"{m:{n:1}}", "ADD m.n :one, m.x :two", "{m:{n:2,x:2}}"},
    {"{l:[1]}", "ADD l[0] :one, l[4] :two", "{l:[2,2]}"},
    {"{k:1}", "ADD m.n :one", PATH_ERROR},
    /* DELETE */
    {"{s:<\"a\",\"b\">}", "DELETE s :ss", "{s:<\"a\">}"},
    {"{k:1,s:<\"a\",\"b\">}", "DELETE s :all", "{k:1}"},
    {"{k:1,m:{s:<\"a\">}}", "DELETE m.s :all", "{k:1,m:{}}"},
    {"{k:1}", "DELETE s :all", "{k:1}"},
    {"{s:<1>}", "DELETE s :all", TYPE_ERROR},
    {"{s:\"a\"}", "DELETE s :all", TYPE_ERROR},
    {"{k:1}", "DELETE m.s :all", PATH_ERROR},
    /* without an item: the key is {k:1} */
    {NULL, "SET a = :one", "{a:1,k:1}"},
    {NULL, "ADD n :two REMOVE x.y", "{k:1,n:2}"},
    {NULL, "REMOVE a, b.c", "none"},
    {NULL, "DELETE s :ss REMOVE x", "none"},
    {NULL, "SET a = if_not_exists(a, :one) DELETE b.c :ss", "{a:1,k:1}"},
    {NULL, "SET a = nope", MISSING_ERROR},
    {NULL, "SET a.b = :one", PATH_ERROR},
};

static const struct expr_update *parse(struct arena *mem, const char *text)
{
    struct expr_params p = fixture_params(mem, NULL, values_text);
    struct err e = {0};
    const struct expr_update *u;
    if (expr_parse_update(mem, &p, str_from_c(text), &u, &e))
        return u;
    ok(false, "%s: %s", text, e.msg);
    return NULL;
}

/* The new item or the error; checks that the bytes are canonical. */
static const char *run(struct arena *mem, const struct expr_update *u, const char *old)
{
    struct err e = {0};
    struct str out;
    if (!expr_update(mem, u, fixture_item(mem, old), fixture_item(mem, "{k:1}"), &out, &e))
        return arena_cstr(mem, str_from_c(e.msg));
    if (out.p != NULL && !item_check(out, &e))
        return arena_cstr(mem, str_from_c(e.msg));
    return fixture_text(mem, out);
}

static void test_rows(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena mem = {0};
        const struct expr_update *u = parse(&mem, rows[i].text);
        if (u != NULL)
            is_str(run(&mem, u, rows[i].old), rows[i].want, "%s", rows[i].text);
        arena_free(&mem);
    }
}

static void test_touched(void)
{
    static const struct {
        const char *old, *text, *was, *is;
    } touched[] = {
        {"{a:1,b:2,k:1}", "SET a = :two", "{a:1}", "{a:2}"},
        {"{a:1,k:1}", "SET a = :one", "{a:1}", "{a:1}"},
        {"{k:1}", "SET a = :two", "none", "{a:2}"},
        {"{a:1,k:1}", "REMOVE a", "{a:1}", "none"},
        {"{k:1,m:{a:1,b:2}}", "SET m.b = :s, m.c = :t", "{m:{b:2}}", "{m:{b:\"s\",c:true}}"},
        {"{k:1,l:[1,2,3]}", "SET l[2] = :s, l[0] = :t", "{l:[1,3]}", "{l:[true,\"s\"]}"},
        {"{k:1,l:[1]}", "SET l[100] = :s", "none", "none"},
        {"{k:1,l:[1,2,3]}", "REMOVE l[1]", "{l:[2]}", "{l:[3]}"},
        {NULL, "SET a = :two", "none", "{a:2}"},
        {NULL, "REMOVE a", "none", "none"},
    };
    for (size_t i = 0; i < COUNT_OF(touched); i++) {
        struct arena mem = {0};
        struct err e = {0};
        const struct expr_update *u = parse(&mem, touched[i].text);
        struct str old = fixture_item(&mem, touched[i].old), now = {NULL, 0};
        ok(expr_update(&mem, u, old, fixture_item(&mem, "{k:1}"), &now, &e), "%s", touched[i].text);
        is_str(fixture_text(&mem, expr_update_touched(&mem, u, old)), touched[i].was,
               "what it was");
        is_str(fixture_text(&mem, expr_update_touched(&mem, u, now)), touched[i].is, "what it is");
        arena_free(&mem);
    }
}

/* AttributeUpdates: one action on one attribute, with a value made by hand. */
static void test_legacy(void)
{
    static const struct {
        const char *old;
        enum expr_action action;
        const char *value, *want;
    } legacy[] = {
        {"{a:[1],k:1}", EXPR_ADD, "{v:[2]}", "{a:[1,2],k:1}"},
        {"{k:1}", EXPR_ADD, "{v:[2]}", "{a:[2],k:1}"},
        {"{a:1,k:1}", EXPR_ADD, "{v:2}", "{a:3,k:1}"},
        {"{a:\"x\",k:1}", EXPR_ADD, "{v:2}", "Type mismatch for attribute to update"},
        {"{a:<1>,k:1}", EXPR_DELETE, "{v:<\"x\">}", "Type mismatch for attribute to update"},
        {"{a:<1>,k:1}", EXPR_DELETE, "{v:<1>}", "{k:1}"},
        {NULL, EXPR_SET, "{v:2}", "{a:2,k:1}"},
    };
    for (size_t i = 0; i < COUNT_OF(legacy); i++) {
        struct arena mem = {0};
        struct expr_step step = {.name = STR("a")};
        struct expr_operand value = {.type = EXPR_VALUE};
        item_find(fixture_item(&mem, legacy[i].value), STR("v"), &value.value);
        struct expr_update_action action = {legacy[i].action, {1, &step}, &value};
        struct expr_update u = {.n = 1, .action = &action, .legacy_types = true};
        is_str(run(&mem, &u, legacy[i].old), legacy[i].want, STR_FMT,
               STR_ARG(expr_update_dump(&mem, &u)));
        arena_free(&mem);
    }
    struct arena mem = {0};
    struct expr_update none = {0};
    is_str(run(&mem, &none, NULL), "{k:1}", "an update of nothing creates the key");
    is_str(run(&mem, &none, "{b:1,k:1}"), "{b:1,k:1}", "or leaves the item");
    arena_free(&mem);
}

/* A tree made by hand that the parsers would refuse does no harm. */
static void test_overlap(void)
{
    struct arena mem = {0};
    struct expr_step a = {.name = STR("a")}, ab[] = {{.name = STR("a")}, {.name = STR("b")}};
    struct expr_operand value = {.type = EXPR_VALUE};
    item_find(fixture_item(&mem, "{v:2}"), STR("v"), &value.value);
    struct expr_update_action action[] = {{EXPR_SET, {2, ab}, &value}, {EXPR_SET, {1, &a}, &value}};
    struct expr_update u = {.n = 2, .action = action};
    is_str(run(&mem, &u, "{a:{b:1},k:1}"), "{a:2,k:1}", "the shorter path wins");
    arena_free(&mem);
}

static void test_depth(void)
{
    struct arena mem = {0};
    struct buf nested = {.mem = &mem}, path = {.mem = &mem};
    buf_printf(&nested, "{k:1,");
    for (int i = 0; i < 31; i++)
        buf_printf(&nested, "m:{");
    for (int i = 0; i < 32; i++)
        buf_byte(&nested, '}');
    buf_byte(&nested, '\0');
    for (int i = 0; i < 31; i++)
        buf_printf(&path, "m.");
    buf_printf(&path, "x");
    struct str set = arena_printf(&mem, "SET " STR_FMT " = :one", STR_ARG(buf_str(&path)));
    const struct expr_update *u = parse(&mem, arena_cstr(&mem, set));
    ok(strncmp(run(&mem, u, nested.p), "{k:1,m:{m:", 10) == 0, "32 levels");
    set = arena_printf(&mem, "SET " STR_FMT " = :l", STR_ARG(buf_str(&path)));
    u = parse(&mem, arena_cstr(&mem, set));
    is_str(run(&mem, u, nested.p), DEEP_ERROR, "33 levels");
    arena_free(&mem);
}

/* What cannot become an item is refused before it is made, however often a large value is
 * named. */
static void test_large(void)
{
    static const char *const texts[] = {
        "SET a = :v, b = :v, c = :v",
        "SET a = list_append(:v, list_append(:v, :v))",
        "SET a = list_append(if_not_exists(x, list_append(:v, :v)), :v)",
        "ADD m.s :s, s :s",
    };
    struct arena mem = {0};
    struct buf list = {.mem = &mem}, set = {.mem = &mem};
    buf_printf(&list, "{k:1,v:[");
    buf_printf(&set, "],s:<");
    for (int i = 0; i < 60000; i++) {
        buf_printf(&list, "12345,");
        buf_printf(&set, "%d.12345678,", i);
    }
    struct str values = arena_printf(&mem, STR_FMT STR_FMT ">}%c", STR_ARG(buf_str(&list)),
                                     STR_ARG(buf_str(&set)), 0);
    struct expr_params p = fixture_params(&mem, NULL, values.p);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        const struct expr_update *u;
        struct err e = {0};
        ok(expr_parse_update(&mem, &p, str_from_c(texts[i]), &u, &e), "%s", e.msg);
        size_t before = arena_taken(&mem);
        is_str(run(&mem, u, "{k:1,m:{}}"), EXPR_UPDATE_TOO_LARGE, "%s", texts[i]);
        ok(arena_taken(&mem) - before < 4 * LIMIT_ITEM_BYTES * 2, "is not made");
    }
    arena_free(&mem);
}

int main(void)
{
    test_rows();
    test_touched();
    test_legacy();
    test_overlap();
    test_depth();
    test_large();
    return tap_done();
}
