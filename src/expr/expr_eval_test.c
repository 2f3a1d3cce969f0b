#include "expr/expr.h"

#include "base/tap.h"
#include "expr/expr_fixture_int.h"

static const char item_text[] =
    "{pk:\"k\", s:\"hello\", u:\"h\xC3\xA9\xF0\x9F\x98\x80\", e:\"\", n:5, neg:-2.5, "
    "bin:b\"abc\", "
    "t:true, z:null, l:[1,\"x\",[2]], m:{a:{b:[10,20]},c:1}, ss:<\"a\",\"b\">, ns:<1,2>, "
    "bs:<b\"q\">, lset:[<\"b\",\"a\">]}";

static const char values_text[] =
    "{n5:5, n1:1, n9:9, n10:10, n25:-2.5, hello:\"hello\", he:\"he\", ll:\"ll\", x:\"x\", a:\"a\", "
    "zz:\"zz\", empty:\"\", bc:b\"bc\", ab:b\"ab\", q:b\"q\", t:true, f:false, z:null, "
    "l:[1,\"x\",[2]], "
    "l2:[2], m:{c:1,a:{b:[10,20]}}, ss:<\"b\",\"a\">, ss1:<\"a\">, ns:<2,1>, lset:[<\"a\",\"b\">], "
    "S:\"S\", N:\"N\", L:\"L\", NULL:\"NULL\", n2:2, n3:3, n0:0, n4:4}";

/* Conditions on the item above. */
static const struct {
    const char *text;
    bool want;
} rows[] = {
    /* equality */
    {"s = :hello", true},
    {"s = :he", false},
    {"n = :n5", true},
    {"neg = :n25", true},
    {"n = :hello", false},
    {"n <> :hello", true},
    {"t = :t", true},
    {"t = :f", false},
    {"z = :z", true},
    {"e = :empty", true},
    {"l = :l", true},
    {"m = :m", true},
    {"ss = :ss", true},
    {"ns = :ns", true},
    {"lset = :lset", true},
    {"ss = :ss1", false},
    {"m.a.b[1] = :n2", false},
    {"l[0] = :n1", true},
    {"l[2][0] = :n2", true},
    /* what is missing */
    {"nope = :n1", false},
    {"nope <> :n1", true},
    {"nope <> nope2", true},
    {"nope = nope2", false},
    {"nope < :n1", false},
    {"NOT nope < :n1", true},
    {"nope BETWEEN :n1 AND :n5", false},
    {"nope IN (:n1, nope2)", false},
    {"l[9] = :n1", false},
    {"s.a = :n1", false},
    {"m[0] = :n1", false},
    {"l.a = :n1", false},
    /* order */
    {"n < :n9", true},
    {"n < :n10", true},
    {"neg < :n1", true},
    {"n >= :n5", true},
    {"n > :n5", false},
    {"n <= :n5", true},
    {"s < :zz", true},
    {"s > :he", true},
    {"n < :hello", false},
    {"n > :hello", false},
    {"ss < ns", false},
    {"t < pk", false},
    {"bin > :ab", true},
    {"n BETWEEN :n1 AND :n9", true},
    {"n BETWEEN :n9 AND :n10", false},
    {":n5 BETWEEN :n1 AND n", true},
    {"s BETWEEN :he AND :zz", true},
    {"s BETWEEN n AND :zz", false},
    {"n IN (:n1, :n5)", true},
    {"n IN (:n1, :hello, nope)", false},
    {":x IN (s, l[1])", true},
    /* logic */
    {"n = :n5 AND s = :he", false},
    {"n = :n5 OR s = :he", true},
    {"NOT (n = :n5 AND s = :he)", true},
    {"NOT n = :n5 OR s = :hello", true},
    {"NOT NOT n = :n5", true},
    /* functions */
    {"attribute_exists(m.a.b[1])", true},
    {"attribute_exists(m.a.x)", false},
    {"attribute_not_exists(m.a.b[2])", true},
    {"attribute_not_exists(z)", false},
    {"attribute_type(s, :S)", true},
    {"attribute_type(s, :N)", false},
    {"attribute_type(z, :NULL)", true},
    {"attribute_type(nope, :NULL)", false},
    {"attribute_type(:n1, :N)", true},
    {"begins_with(s, :he)", true},
    {"begins_with(s, :ll)", false},
    {"begins_with(s, :empty)", true},
    {"begins_with(n, :he)", false},
    {"begins_with(nope, :he)", false},
    {"begins_with(bin, :ab)", true},
    {"begins_with(bin, :a)", false},
    {"begins_with(:hello, s)", true},
    {"contains(s, :ll)", true},
    {"contains(s, :empty)", true},
    {"contains(s, :zz)", false},
    {"contains(s, :n1)", false},
    {"contains(bin, :bc)", true},
    {"contains(ss, :a)", true},
    {"contains(ss, :ll)", false},
    {"contains(ss, :n1)", false},
    {"contains(ns, :n1)", true},
    {"contains(ns, :n9)", false},
    {"contains(bs, :q)", true},
    {"contains(l, :x)", true},
    {"contains(l, :l2)", true},
    {"contains(l, :n2)", false},
    {"contains(m, :a)", false},
    {"contains(nope, :a)", false},
    {"contains(s, nope)", false},
    {"contains(:hello, s)", true},
    {"size(s) = :n5", true},
    {"size(u) = :n4", true}, /* h, e acute, and two units for the emoji */
    {"size(e) = :n0", true},
    {"size(bin) = :n3", true},
    {"size(ss) = :n2", true},
    {"size(l) = :n3", true},
    {"size(m) < :n3", true},
    {"size(m) BETWEEN :n1 AND :n2", true},
    {"size(l) IN (:n2, :n3)", true},
    {"size(n) = :n1", false},
    {"size(n) <> :n1", false},
    {"size(t) > :n0", false},
    {"size(nope) = :n0", false},
    {"size(nope) <> :n0", false},
    {":n3 = size(bin)", true},
    {"size(s) = n", true},
    {"contains(l, size(e))", false},
    {"contains(ns, size(ss))", true},
};

static bool holds(struct arena *mem, struct str item, const char *text)
{
    struct expr_params p = fixture_params(mem, NULL, values_text);
    struct err e = {0};
    const struct expr_cond *c;
    if (!expr_parse_condition(mem, &p, EXPR_KIND_CONDITION, str_from_c(text), &c, &e)) {
        ok(false, "%s: %s", text, e.msg);
        return false;
    }
    return expr_true(c, item);
}

static void test_rows(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena mem = {0};
        struct str item = fixture_item(&mem, item_text);
        ok(holds(&mem, item, rows[i].text) == rows[i].want, "%s", rows[i].text);
        arena_free(&mem);
    }
}

static void test_no_item(void)
{
    struct arena mem = {0};
    struct str none = {NULL, 0};
    ok(holds(&mem, none, "attribute_not_exists(pk)"), "nothing has no attributes");
    ok(!holds(&mem, none, "attribute_exists(pk)"), "not even keys");
    ok(holds(&mem, none, "pk <> :n1"), "and all of them differ");
    ok(!holds(&mem, none, "size(pk) = :n0"), "and have no size");
    arena_free(&mem);
}

/* Operators that only trees made by hand have. */
static void test_by_hand(void)
{
    static const struct {
        enum expr_op op;
        const char *attribute, *value;
        bool want;
    } hand[] = {
        {EXPR_LEGACY_NOT_CONTAINS, "s", "{v:\"zz\"}", true},
        {EXPR_LEGACY_NOT_CONTAINS, "s", "{v:\"ll\"}", false},
        {EXPR_LEGACY_NOT_CONTAINS, "ss", "{v:\"a\"}", false},
        {EXPR_LEGACY_NOT_CONTAINS, "l", "{v:7}", true},
        {EXPR_LEGACY_NOT_CONTAINS, "n", "{v:7}", true},
        {EXPR_LEGACY_NOT_CONTAINS, "nope", "{v:7}", false},
        {EXPR_STRICT_NE, "n", "{v:7}", true},
        {EXPR_STRICT_NE, "n", "{v:5}", false},
        {EXPR_STRICT_NE, "nope", "{v:5}", false},
        {EXPR_CONTAINS, "l", "{v:\"x\"}", true},
    };
    for (size_t i = 0; i < COUNT_OF(hand); i++) {
        struct arena mem = {0};
        struct expr_step step = {.name = str_from_c(hand[i].attribute)};
        struct expr_operand path = {.type = EXPR_PATH, .path = {1, &step}};
        struct expr_operand value = {.type = EXPR_VALUE};
        item_find(fixture_item(&mem, hand[i].value), STR("v"), &value.value);
        const struct expr_operand *both[] = {&path, &value};
        struct expr_cond c = {.op = hand[i].op, .n = 2, .operand = both};
        ok(expr_true(&c, fixture_item(&mem, item_text)) == hand[i].want, STR_FMT,
           STR_ARG(expr_cond_dump(&mem, &c)));
        arena_free(&mem);
    }
}

int main(void)
{
    test_rows();
    test_no_item();
    test_by_hand();
    return tap_done();
}
