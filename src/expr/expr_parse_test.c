#include "expr/expr.h"

#include "base/tap.h"
#include "expr/expr_fixture_int.h"
#include "expr/expr_parse_int.h"

#define NAMES "{n:\"name\",p:\"a.b\",z:\"zone\"}"
#define VALUES                                                                                     \
    "{v:1,w:2,s:\"x\",t:\"S\",b:b\"y\",f:true,z:null,l:[1],m:{a:1},ss:<\"a\">,ns:<1>,bs:<b\"a\">}"

/* The tree, or the error behind "Invalid <kind>Expression: ". */
static const char *parse(struct arena *mem, struct expr_params *p, enum expr_kind kind,
                         struct str text)
{
    struct err e = {0};
    struct str dump = {NULL, 0};
    if (kind == EXPR_KIND_UPDATE) {
        const struct expr_update *u;
        if (expr_parse_update(mem, p, text, &u, &e))
            dump = expr_update_dump(mem, u);
    } else if (kind == EXPR_KIND_PROJECTION) {
        const struct expr_projection *pr;
        if (expr_parse_projection(mem, p, text, &pr, &e))
            dump = expr_projection_dump(mem, pr);
    } else if (kind == EXPR_KIND_KEY_CONDITION) {
        const struct expr_key_cond *k;
        if (expr_parse_key_condition(mem, p, text, &k, &e))
            dump = expr_key_cond_dump(mem, k);
    } else {
        const struct expr_cond *c;
        if (expr_parse_condition(mem, p, kind, text, &c, &e))
            dump = expr_cond_dump(mem, c);
    }
    if (e.code == ERR_NONE)
        return arena_cstr(mem, dump);
    static const char *const prefix[] = {
        [EXPR_KIND_UPDATE] = "Invalid UpdateExpression: ",
        [EXPR_KIND_CONDITION] = "Invalid ConditionExpression: ",
        [EXPR_KIND_FILTER] = "Invalid FilterExpression: ",
        [EXPR_KIND_KEY_CONDITION] = "Invalid KeyConditionExpression: ",
        [EXPR_KIND_PROJECTION] = "Invalid ProjectionExpression: ",
    };
    size_t skip = strlen(prefix[kind]);
    return arena_cstr(mem,
                      str_from_c(e.msg + (strncmp(e.msg, prefix[kind], skip) == 0 ? skip : 0)));
}

struct row {
    const char *text, *want;
};

static void check(enum expr_kind kind, const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct arena mem = {0};
        struct expr_params p = fixture_params(&mem, NAMES, VALUES);
        is_str(parse(&mem, &p, kind, str_from_c(rows[i].text)), rows[i].want, "%s", rows[i].text);
        arena_free(&mem);
    }
}

static const struct row conditions[] = {
    {"a = :v", "(= a :v)"},
    {"a = :v OR b = :w AND c = :v", "(OR (= a :v) (AND (= b :w) (= c :v)))"},
    {"NOT a = :v AND b = :v", "(AND (NOT (= a :v)) (= b :v))"},
    {"NOT NOT a <> :v", "(NOT (NOT (<> a :v)))"},
    {"a < :v and b <= :v or c > :v", "(OR (AND (< a :v) (<= b :v)) (> c :v))"},
    {"(a = :v OR b >= :v) AND c = :v", "(AND (OR (= a :v) (>= b :v)) (= c :v))"},
    {"((a = :v) AND b = :v)", "(AND (= a :v) (= b :v))"},
    {"(a) = (:v)", "(= a :v)"},
    {"(size(a)) > :v", "(> (size a) :v)"},
    {"a . b [ 0 ] [1].#p=:v", "(= a.b[0][1].a.b :v)"},
    {"#n.x = :v", "(= name.x :v)"},
    {"a BETWEEN :v AND :w AND b = :v", "(AND (BETWEEN a :v :w) (= b :v))"},
    {":v between a and b", "(BETWEEN :v a b)"},
    {"a IN (:v, b, size(c))", "(IN a :v b (size c))"},
    {"attribute_exists(a) AND attribute_not_exists (b)",
     "(AND (attribute_exists a) (attribute_not_exists b))"},
    {"(attribute_exists(a))", "(attribute_exists a)"},
    {"attribute_type(a, :t)", "(attribute_type a :t)"},
    {"begins_with(a, :s) OR contains(:s, b)", "(OR (begins_with a :s) (contains :s b))"},
    {"size(:s) = :v", "(= (size :s) :v)"},
    {"set = :v", "Attribute name is a reserved keyword; reserved keyword: set"},
    {"remove = :v", "(= remove :v)"},
};

static const struct row condition_errors[] = {
    {"", "The expression can not be empty;"},
    {"foo", "Syntax error; token: \"<EOF>\", near: \"foo\""},
    {"!!", "Syntax error; token: \"!\", near: \"!!\""},
    {"a = :v )", "Syntax error; token: \")\", near: \":v )\""},
    {"a = :v extra stuff", "Syntax error; token: \"extra\", near: \":v extra stuff\""},
    {"a = = :v", "Syntax error; token: \"=\", near: \"= = :v\""},
    {"a == :v", "Syntax error; token: \"=\", near: \"== :v\""},
    {"a AND b = :v", "Syntax error; token: \"AND\", near: \"a AND b\""},
    {"(a AND b = :v)", "Syntax error; token: \"AND\", near: \"a AND b\""},
    {"(b = :v AND a)", "Syntax error; token: \")\", near: \"a)\""},
    {"NOT a", "Syntax error; token: \"<EOF>\", near: \"a\""},
    {"_a = :v", "Syntax error; token: \"_\", near: \"_a\""},
    {"a.0 = :v", "Syntax error; token: \"0\", near: \".0 =\""},
    {"a[:v] = :v", "Syntax error; token: \":v\", near: \"[:v]\""},
    {"a[-1] = :v", "Syntax error; token: \"-\", near: \"[-1\""},
    {"a[] = :v", "Syntax error; token: \"]\", near: \"[] =\""},
    {"a = #", "Syntax error; token: \"#\", near: \"= #\""},
    {"a \xC3\xA9 b", "Syntax error; token: \"\xC3\xA9\", near: \"a \xC3\xA9 b\""},
    {"a IN ()", "Syntax error; token: \")\", near: \"()\""},
    {"attribute_exists()", "Syntax error; token: \")\", near: \"()\""},
    {"a = :v AND", "Syntax error; token: \"<EOF>\", near: \"AND\""},
    {"   ", "Syntax error; token: \"<EOF>\", near: \"\""},
    {"a BETWEEN :v OR :w", "Syntax error; token: \"OR\", near: \":v OR :w\""},
    {"((a = :v))", "The expression has redundant parentheses;"},
    {"((a)) = :v", "The expression has redundant parentheses;"},
    {"foo(((a))) = :v", "The expression has redundant parentheses;"},
    {"foo(a)", "Invalid function name; function: foo"},
    {"foo(a) AND size(b)", "Invalid function name; function: foo"},
    {"Size(a) = :v", "Invalid function name; function: Size"},
    {"if_not_exists(a, :v) = :v",
     "The function is not allowed in a condition expression; function: if_not_exists"},
    {"size(a) AND abort = :v",
     "The function is not allowed to be used this way in an expression; function: size"},
    {"attribute_exists(a) = :v",
     "The function is not allowed to be used this way in an expression; function: "
     "attribute_exists"},
    {"a = :nope AND abort = :v", "Attribute name is a reserved keyword; reserved keyword: abort"},
    {"a.Name = :v", "Attribute name is a reserved keyword; reserved keyword: Name"},
    {"#no = :nope",
     "An expression attribute name used in the document path is not defined; attribute name: "
     "#no"},
    {":nope = #no",
     "An expression attribute value used in expression is not defined; attribute value: :nope"},
    {"a = a AND #no = :v",
     "The first operand must be distinct from the remaining operands for this operator or "
     "function; operator: =, first operand: [a]"},
    {"a.b[1].c <> a.b[1].c",
     "The first operand must be distinct from the remaining operands for this operator or "
     "function; operator: <>, first operand: [a, b, [1], c]"},
    {"a IN (:v, a)",
     "The first operand must be distinct from the remaining operands for this operator or "
     "function; operator: IN, first operand: [a]"},
    {"a BETWEEN :v AND a",
     "The first operand must be distinct from the remaining operands for this operator or "
     "function; operator: BETWEEN, first operand: [a]"},
    {":v = :v",
     "The first operand must be distinct from the remaining operands for this operator or "
     "function; operator: =, first operand: AttributeValue: {N:1}"},
    {"contains(a, a)",
     "The first operand must be distinct from the remaining operands for this operator or "
     "function; operator: contains, first operand: [a]"},
    {"attribute_exists(a, b)",
     "Incorrect number of operands for operator or function; operator or function: "
     "attribute_exists, number of operands: 2"},
    {"contains(a, b, c)",
     "Incorrect number of operands for operator or function; operator or function: contains, "
     "number of operands: 3"},
    {"a < :f",
     "Incorrect operand type for operator or function; operator or function: <, operand type: "
     "BOOL"},
    {"a BETWEEN :l AND :v",
     "Incorrect operand type for operator or function; operator or function: BETWEEN, operand "
     "type: L"},
    {"a BETWEEN :v AND :s",
     "The BETWEEN operator requires same data type for lower and upper bounds; lower bound "
     "operand: AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:x}"},
    {"a BETWEEN :w AND :v",
     "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; "
     "lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}"},
    {"attribute_type(a, :v)",
     "Incorrect operand type for operator or function; operator or function: attribute_type, "
     "operand type: N"},
    {"attribute_type(a, b)",
     "Incorrect operand type for operator or function; operator or function: attribute_type, "
     "operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}"},
    {"attribute_type(a, :s)", "Invalid attribute type name found; type: x, valid types: "
                              "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}"},
    {"attribute_exists(:v)",
     "Operator or function requires a document path; operator or function: attribute_exists"},
    {"begins_with(a, :v)",
     "Incorrect operand type for operator or function; operator or function: begins_with, "
     "operand type: N"},
    {"size(:v) = :v",
     "Incorrect operand type for operator or function; operator or function: size, operand type: "
     "N"},
    {"size(size(a)) = :v",
     "Incorrect operand type for operator or function; operator or function: size, operand type: "
     "N"},
    {"a[99999999999999] = :v",
     "List index is not within the allowable range; index: [99999999999999]"},
};

static const struct row updates[] = {
    {"SET a = :v", "(SET a :v)"},
    {"set a=:v,b = a remove c, d[0] add e :v delete f :ss",
     "(SET a :v) (SET b a) (REMOVE c) (REMOVE d[0]) (ADD e :v) (DELETE f :ss)"},
    {"SET a = a + :v, b = b - c", "(SET a (+ a :v)) (SET b (- b c))"},
    {"SET a = (c - :v)", "(SET a (- c :v))"},
    {"SET a = b + (c - :v)", "(SET a (+ b (- c :v)))"},
    {"SET a = if_not_exists(b.c, :v) + :w", "(SET a (+ (if_not_exists b.c :v) :w))"},
    {"SET a = list_append(if_not_exists(a, :l), :l)",
     "(SET a (list_append (if_not_exists a :l) :l))"},
    {"SET a = and, #n = :v", "Attribute name is a reserved keyword; reserved keyword: and"},
    {"ADD a :ns REMOVE b", "(ADD a :ns) (REMOVE b)"},
    {"SET a[1] = :v, a[0] = :w", "(SET a[1] :v) (SET a[0] :w)"},
};

static const struct row update_errors[] = {
    {"", "The expression can not be empty;"},
    {"SET", "Syntax error; token: \"<EOF>\", near: \"SET\""},
    {"a = :v", "Syntax error; token: \"a\", near: \"a =\""},
    {"SET _123 = :v", "Syntax error; token: \"_\", near: \"SET _123\""},
    {"SET a = :v + :v + :v", "Syntax error; token: \"+\", near: \":v + :v\""},
    {"SET a = if_not_exists(a, b + :v)", "Syntax error; token: \"+\", near: \"b + :v\""},
    {"SET a :v", "Syntax error; token: \":v\", near: \"a :v\""},
    {"ADD a b", "Syntax error; token: \"b\", near: \"a b\""},
    {"SET a = :v,", "Syntax error; token: \"<EOF>\", near: \",\""},
    {"SET a = :v SET b = foo(c), abort = :v",
     "Attribute name is a reserved keyword; reserved keyword: abort"},
    {"SET a = :v SET b = foo(c)", "Invalid function name; function: foo"},
    {"SET a = size(b)", "The function is not allowed in an update expression; function: size"},
    {"SET a = :v SET b = #no",
     "The \"SET\" section can only be used once in an update expression;"},
    {"REMOVE a ADD b :v REMOVE c",
     "The \"REMOVE\" section can only be used once in an update expression;"},
    {"SET a = :nope, b = #no",
     "An expression attribute name used in the document path is not defined; attribute name: "
     "#no"},
    {"SET a = :nope, a.b = :v",
     "An expression attribute value used in expression is not defined; attribute value: :nope"},
    {"SET a.b = :v REMOVE a",
     "Two document paths overlap with each other; must remove or rewrite one of these paths; path "
     "one: [a, b], path two: [a]"},
    {"SET a = :v, a = :w",
     "Two document paths overlap with each other; must remove or rewrite one of these paths; path "
     "one: [a], path two: [a]"},
    {"SET a.b = :v, a[1] = :w ADD c :s",
     "Two document paths conflict with each other; must remove or rewrite one of these paths; "
     "path one: [a, b], path two: [a, [1]]"},
    {"ADD a :s", "Incorrect operand type for operator or function; operator: ADD, operand type: "
                 "STRING"},
    {"ADD a :l", "Incorrect operand type for operator or function; operator: ADD, operand type: "
                 "LIST"},
    {"DELETE a :v", "Incorrect operand type for operator or function; operator: DELETE, operand "
                    "type: NUMBER"},
    {"DELETE a :f", "Incorrect operand type for operator or function; operator: DELETE, operand "
                    "type: BOOLEAN"},
    {"SET a = b + :s", "Incorrect operand type for operator or function; operator or function: +, "
                       "operand type: S"},
    {"SET a = list_append(:l, :s)",
     "Incorrect operand type for operator or function; operator or function: list_append, operand "
     "type: S"},
    {"SET a = if_not_exists(:v, :v)",
     "Operator or function requires a document path; operator or function: if_not_exists"},
    {"SET a = list_append(:l)",
     "Incorrect number of operands for operator or function; operator or function: list_append, "
     "number of operands: 1"},
    {"SET a = ((b))", "The expression has redundant parentheses;"},
};

static const struct row projections[] = {
    {"a", "a"},
    {"b, a.c, a.b[1], a.b[0]", "a.b[0], a.b[1], a.c, b"},
    {"#n.#p", "name.a.b"},
    {"", "The expression can not be empty;"},
    {"a,", "Syntax error; token: \"<EOF>\", near: \",\""},
    {"a b", "Syntax error; token: \"b\", near: \"a b\""},
    {"abort, #no", "Attribute name is a reserved keyword; reserved keyword: abort"},
    {"a, a, #no",
     "An expression attribute name used in the document path is not defined; attribute name: "
     "#no"},
    {"a, a.b",
     "Two document paths overlap with each other; must remove or rewrite one of these paths; path "
     "one: [a], path two: [a, b]"},
    {"a.b, a[1]",
     "Two document paths conflict with each other; must remove or rewrite one of these paths; "
     "path one: [a, b], path two: [a, [1]]"},
};

static const struct row keys[] = {
    {"a = :v", "(= a {N:1})"},
    {"(a = :v)", "(= a {N:1})"},
    {"a = :v AND b > :s", "(= a {N:1}) (> b {S:x})"},
    {":s < b AND a = :v", "(> b {S:x}) (= a {N:1})"},
    {"a = :v AND :v >= b", "(= a {N:1}) (<= b {N:1})"},
    {"(a = :v) AND (b BETWEEN :v AND :w)", "(= a {N:1}) (BETWEEN b {N:1} {N:2})"},
    {"a = :v AND begins_with(b, :s)", "(= a {N:1}) (begins_with b {S:x})"},
    {"a = :v AND b = :v AND c = :v", "(= a {N:1}) (= b {N:1}) (= c {N:1})"},
    {"a = :v OR b = :v", "Invalid operator used in KeyConditionExpression: OR"},
    {"NOT a = :v", "Invalid operator used in KeyConditionExpression: NOT"},
    {"a <> :v", "Invalid operator used in KeyConditionExpression: <>"},
    {"a = :v AND b IN (:v)", "Invalid operator used in KeyConditionExpression: IN"},
    {"attribute_exists(a)", "Invalid operator used in KeyConditionExpression: attribute_exists"},
    {"contains(a, :s)", "Invalid operator used in KeyConditionExpression: contains"},
    {"size(a) = :v", "KeyConditionExpressions cannot contain nested operations"},
    {":v BETWEEN a AND :w", "Invalid condition in KeyConditionExpression: BETWEEN operator must "
                            "have the key attribute as its first operand"},
    {"begins_with(:s, a)", "Invalid condition in KeyConditionExpression: begins_with operator "
                           "must have the key attribute as its first operand"},
    {"a = b", "Invalid condition in KeyConditionExpression: Multiple attribute names used in one "
              "condition"},
    {":v = :w", "Invalid condition in KeyConditionExpression: No key attribute specified"},
    {"a.b = :v", "KeyConditionExpressions cannot have conditions on nested attributes"},
    {"a = :v AND a > :v", "KeyConditionExpressions must only contain one condition per key"},
    {"a = :v AND hash = :v", "Attribute name is a reserved keyword; reserved keyword: hash"},
    {"a=:v AND b=:v AND c=:v AND d=:v AND e=:v AND f=:v AND g=:v AND h=:v AND i=:v",
     "Conditions can be of length 1 or 2 only"},
};

/* "head" + n times "unit" + "tail". */
static struct str repeat(struct arena *mem, const char *head, const char *unit, size_t n,
                         const char *tail)
{
    struct buf b = {.mem = mem};
    buf_printf(&b, "%s", head);
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s", unit);
    buf_printf(&b, "%s", tail);
    return buf_str(&b);
}

static void test_limits(void)
{
    static const struct {
        const char *name, *head, *unit;
        size_t n;
        const char *tail, *want; /* want == NULL: parses */
        enum expr_kind kind;
    } rows[] = {
        {"4096 bytes", "a=:v", " ", 4092, "", NULL, EXPR_KIND_CONDITION},
        {"4097 bytes", "a=:v", " ", 4093, "",
         "Expression size has exceeded the maximum allowed size; expression size: 4097",
         EXPR_KIND_CONDITION},
        {"300 operators", "", "NOT ", 299, "a=:v", NULL, EXPR_KIND_CONDITION},
        {"301 operators", "", "NOT ", 300, "a=:v",
         "The expression contains too many operators; operator count: 301", EXPR_KIND_CONDITION},
        {"301 operators of two kinds", "a=:v", " OR a=:v", 150, "",
         "The expression contains too many operators; operator count: 301", EXPR_KIND_FILTER},
        {"99 listed", "a IN(:v", ",:v", 98, ")", NULL, EXPR_KIND_CONDITION},
        {"100 listed", "a IN(:v", ",:v", 99, ")",
         "The IN operator is provided with too many operands; number of operands: 101",
         EXPR_KIND_CONDITION},
        {"depth 32", "a", ".b", 31, "", NULL, EXPR_KIND_PROJECTION},
        {"depth 33", "a", ".b", 32, "",
         "The document path has too many nesting levels; nesting levels: 33", EXPR_KIND_PROJECTION},
        {"4000 parentheses", "", "(", 4000, "a", "The expression has redundant parentheses;",
         EXPR_KIND_CONDITION},
        {"4000 parentheses in an update", "SET a=", "(", 4000, "a",
         "The expression has redundant parentheses;", EXPR_KIND_UPDATE},
        {"nested calls", "", "size(", 800, "a", "The expression has redundant parentheses;",
         EXPR_KIND_CONDITION},
        {"index 2147483647", "a[214748364", "7", 1, "]", NULL, EXPR_KIND_PROJECTION},
        {"index 2147483648", "a[214748364", "8", 1, "]",
         "List index is not within the allowable range; index: [2147483648]", EXPR_KIND_PROJECTION},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena mem = {0};
        struct expr_params p = fixture_params(&mem, NAMES, VALUES);
        const char *got = parse(&mem, &p, rows[i].kind,
                                repeat(&mem, rows[i].head, rows[i].unit, rows[i].n, rows[i].tail));
        if (rows[i].want == NULL)
            ok(got[0] == '(' || got[0] == 'a', "%s: parses", rows[i].name);
        else
            is_str(got, rows[i].want, "%s", rows[i].name);
        arena_free(&mem);
    }
}

static void test_params(void)
{
    static const struct {
        const char *names, *values, *want;
    } rows[] = {
        {"{a:\"x\"}", "{a:1}", ""},
        {"{a:\"\"}", NULL,
         "ExpressionAttributeNames contains invalid value: Empty attribute name for key #a"},
    };
    struct arena mem = {0};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct expr_params p = fixture_params(&mem, rows[i].names, rows[i].values);
        struct err e = {0};
        ok(expr_params_check(&p, &e) == (rows[i].want[0] == '\0'), "checked");
        is_str(e.msg, rows[i].want, "params %zu", i);
    }
    static const struct {
        const char *key, *want;
    } keys_rows[] = {
        {"a", "ExpressionAttributeNames contains invalid key: Syntax error; key: \"a\""},
        {"#", "ExpressionAttributeNames contains invalid key: Syntax error; key: \"#\""},
        {"#a-b", "ExpressionAttributeNames contains invalid key: Syntax error; key: \"#a-b\""},
        {":a", "ExpressionAttributeNames contains invalid key: Syntax error; key: \":a\""},
    };
    for (size_t i = 0; i < COUNT_OF(keys_rows); i++) {
        struct expr_name name = {.key = str_from_c(keys_rows[i].key), .name = STR("x")};
        struct expr_params p = {.names = &name, .names_n = 1};
        struct err e = {0};
        ok(!expr_params_check(&p, &e), "refused");
        is_str(e.msg, keys_rows[i].want, "key %s", keys_rows[i].key);
    }
    struct expr_name name = {.key = repeat(&mem, "#", "a", 255, ""), .name = STR("x")};
    struct expr_params p = {.names = &name, .names_n = 1};
    struct err e = {0};
    ok(!expr_params_check(&p, &e), "key of 256 bytes");
    is_str(e.msg,
           "ExpressionAttributeNames contains invalid key: The expression attribute map contains a "
           "key that is too long; size of key: 256",
           "its text");
    struct expr_value huge = {
        .key = STR(":v"),
        .value = {.type = ATTR_S, .body = repeat(&mem, "", "x", 2 * 1024 * 1024, "")}};
    p = (struct expr_params){.values = &huge, .values_n = 1};
    err_clear(&e);
    ok(!expr_params_check(&p, &e), "more than 2 MB of placeholders");
    arena_free(&mem);
}

static void test_unused(void)
{
    struct arena mem = {0};
    struct expr_params p = fixture_params(&mem, "{a:\"x\",b:\"y\",c:\"z\"}", "{v:1,w:2}");
    struct err e = {0};
    parse(&mem, &p, EXPR_KIND_CONDITION, STR("#b = :v OR :v = :w"));
    ok(!expr_params_unused(&p, &e), "two names are unused");
    is_str(e.msg,
           "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #c}",
           "and named");
    parse(&mem, &p, EXPR_KIND_PROJECTION, STR("#a, #c"));
    err_clear(&e);
    ok(expr_params_unused(&p, &e), "now all are used");
    p.values[0].used = false;
    ok(!expr_params_unused(&p, &e), "an unused value");
    is_str(e.msg, "Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}",
           "is named");
    arena_free(&mem);
}

static void test_white_space(void)
{
    struct arena mem = {0};
    struct expr_params p = fixture_params(&mem, NAMES, VALUES);
    is_str(parse(&mem, &p, EXPR_KIND_FILTER, STR("\ta\r\n.\tb\n[\n0 ]=\r\n:v\n")), "(= a.b[0] :v)",
           "white space stands anywhere between tokens");
    is_str(parse(&mem, &p, EXPR_KIND_FILTER, STR("a\v=:v")),
           "Syntax error; token: \"\v\", near: \"a\v=\"", "but not every control character");
    arena_free(&mem);
}

static void test_many_names(void)
{
    struct arena mem = {0};
    enum { N = 5000 };
    struct expr_params p = {.names = NEW_ARRAY(&mem, struct expr_name, N), .names_n = N};
    for (int i = 0; i < N; i++)
        p.names[i] = (struct expr_name){.key = arena_printf(&mem, "#k%d", i),
                                        .name = arena_printf(&mem, "n%d", i)};
    is_str(parse(&mem, &p, EXPR_KIND_PROJECTION, STR("#k4999, #k0, #k17")), "n0, n17, n4999",
           "names are found among many");
    is_str(parse(&mem, &p, EXPR_KIND_PROJECTION, STR("#k5000")),
           "An expression attribute name used in the document path is not defined; attribute name: "
           "#k5000",
           "and missed");
    arena_free(&mem);
}

static void test_envelope(void)
{
    static const struct {
        const char *text;
        bool enveloped;
    } rows[] = {
        {"a =", true},       {"((a = :v))", true}, {"a = a", true},
        {"#no = :v", false}, {"a = :no", false},   {"a = :no AND b = b", false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena mem = {0};
        struct expr_params p = fixture_params(&mem, NAMES, VALUES);
        parse(&mem, &p, EXPR_KIND_CONDITION, str_from_c(rows[i].text));
        ok(p.enveloped == rows[i].enveloped, "envelope of %s", rows[i].text);
        arena_free(&mem);
    }
}

static void test_reserved(void)
{
    static const char *const yes[] = {"abort", "ABORT", "zone", "Status", "localtimestamp"};
    static const char *const no[] = {"", "a", "abor", "aborts", "zones", "metadata", "remove"};
    for (size_t i = 0; i < COUNT_OF(yes); i++)
        ok(expr_is_reserved(str_from_c(yes[i])), "%s is reserved", yes[i]);
    for (size_t i = 0; i < COUNT_OF(no); i++)
        ok(!expr_is_reserved(str_from_c(no[i])), "%s is not", no[i]);
}

struct paths {
    struct buf text;
    int left;
};

static bool visit(void *arg, const struct expr_path *p)
{
    struct paths *x = arg;
    expr_path_text(&x->text, p);
    return --x->left > 0;
}

static void test_paths(void)
{
    struct arena mem = {0};
    struct err e = {0};
    struct expr_params p = fixture_params(&mem, NAMES, VALUES);
    const struct expr_cond *c;
    struct paths x = {.left = 9};
    ok(expr_parse_condition(&mem, &p, EXPR_KIND_FILTER,
                            STR("NOT (a.b = :v OR size(c[1]) IN (d, :v))"), &c, &e),
       "parses");
    ok(expr_cond_paths(c, visit, &x), "all paths are visited");
    is_bytes(buf_str(&x.text), STR("[a, b][c, [1]][d]"), "in order");
    x.text.n = 0;
    x.left = 2;
    ok(!expr_cond_paths(c, visit, &x), "the visit stops when told to");
    is_bytes(buf_str(&x.text), STR("[a, b][c, [1]]"), "there");
    buf_free(&x.text);
    arena_free(&mem);
}

enum { LONG_BYTES = 1 << 20 };

/* Placeholders that stand for long things: the name #l and the value :l. */
static struct expr_params long_params(struct arena *mem)
{
    struct expr_params p = fixture_params(mem, "{l:\"\"}", "{l:\"\",n:1}");
    struct str text = {memset(arena_bytes(mem, LONG_BYTES), 'x', LONG_BYTES), LONG_BYTES};
    struct buf raw = {.mem = mem};
    struct attr_build b;
    attr_build_init(&b, &raw);
    attr_build_scalar(&b, ATTR_S, text);
    struct str in = buf_str(&raw);
    p.values[0].value = attr_read(&in);
    p.names[0].name = (struct str){text.p, LIMIT_ATTRIBUTE_NAME_BYTES};
    return p;
}

/* Only one of many faults is told, so only one text is made. */
static void test_long_faults(void)
{
    static const struct {
        enum expr_kind kind;
        const char *first, *again, *fault;
    } rows[] = {
        {EXPR_KIND_CONDITION, ":l = :l", " OR :l = :l AND :l <> x", "The first operand must be"},
        {EXPR_KIND_FILTER, "a BETWEEN :l AND :n", " OR a BETWEEN :l AND :n AND :l <> x",
         "The BETWEEN operator requires"},
        {EXPR_KIND_PROJECTION, "#l[0]", ",#l.a", "Two document paths conflict"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena mem = {0};
        struct buf text = {.mem = &mem};
        struct expr_params p = long_params(&mem);
        buf_printf(&text, "%s", rows[i].first);
        for (int n = 0; text.n + 40 < LIMIT_EXPRESSION_BYTES; n++)
            buf_printf(&text, "%s%d", rows[i].again, n);
        size_t before = arena_taken(&mem);
        const char *got = parse(&mem, &p, rows[i].kind, buf_str(&text));
        ok(strncmp(got, rows[i].fault, strlen(rows[i].fault)) == 0, "%s: %.60s", rows[i].first,
           got);
        ok(arena_taken(&mem) - before < 16 * LONG_BYTES, "and do not fill the memory");
        arena_free(&mem);
    }
}

int main(void)
{
    check(EXPR_KIND_CONDITION, conditions, COUNT_OF(conditions));
    check(EXPR_KIND_FILTER, condition_errors, COUNT_OF(condition_errors));
    check(EXPR_KIND_UPDATE, updates, COUNT_OF(updates));
    check(EXPR_KIND_UPDATE, update_errors, COUNT_OF(update_errors));
    check(EXPR_KIND_PROJECTION, projections, COUNT_OF(projections));
    check(EXPR_KIND_KEY_CONDITION, keys, COUNT_OF(keys));
    test_limits();
    test_params();
    test_unused();
    test_white_space();
    test_many_names();
    test_envelope();
    test_reserved();
    test_paths();
    test_long_faults();
    return tap_done();
}
