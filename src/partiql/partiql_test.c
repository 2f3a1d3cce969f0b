/* PartiQL: statements to trees, and trees to plans. */
#include "partiql/partiql_plan.h"

#include "base/buf.h"
#include "base/tap.h"
#include "expr/expr.h"
#include "model/item.h"

#define FORMED "Statement wasn't well formed, can't be processed: "

static void dump_paths(struct buf *out, const struct partiql_statement *s)
{
    for (uint32_t i = 0; i < s->columns_n; i++) {
        expr_path_text(out, &s->column[i]);
        buf_printf(out, " as " STR_FMT " ", STR_ARG(s->column_name[i]));
    }
}

/* What a statement became: "select t.i [a] as a where (= a {N:1}) order s desc". */
static const char *dump(struct arena *mem, const struct partiql_statement *s)
{
    static const char *const kinds[] = {"select", "exists", "insert", "update", "delete"};
    static const char *const returns[] = {"", " all old", " all new", " modified old",
                                          " modified new"};
    struct buf out = {.mem = mem};

    buf_printf(&out, "%s " STR_FMT, kinds[s->kind], STR_ARG(s->table));
    if (s->index.p != NULL)
        buf_printf(&out, "." STR_FMT, STR_ARG(s->index));
    buf_byte(&out, ' ');
    dump_paths(&out, s);
    if (s->item.p != NULL)
        buf_printf(&out, "%u bytes ", item_size(s->item));
    if (s->update != NULL)
        buf_printf(&out, STR_FMT " ", STR_ARG(expr_update_dump(mem, s->update)));
    if (s->where != NULL)
        buf_printf(&out, "where " STR_FMT, STR_ARG(expr_cond_dump(mem, s->where)));
    for (uint32_t i = 0; i < s->order_n; i++)
        buf_printf(&out, " order " STR_FMT "%s", STR_ARG(s->order[i].name),
                   s->order[i].descending ? " desc" : "");
    buf_printf(&out, "%s%c", returns[s->returning], '\0');
    return out.p;
}

static bool parse(struct arena *mem, const char *text, struct partiql_statement *s, struct err *e)
{
    static const char bytes[] = {ATTR_S, 1, 'q', ATTR_N, 1, '7'};
    struct str in = {bytes, sizeof(bytes)};
    struct attr params[2];
    uint32_t n = 0;

    for (const char *p = text; *p != '\0'; p++)
        n += *p == '?';
    params[0] = attr_read(&in);
    params[1] = attr_read(&in);
    return partiql_parse(mem, str_from_c(text), params, n > 2 ? 2 : n, s, e);
}

static const struct {
    const char *text, *want; /* want: the dump, or the text of the error */
} statements[] = {
    {"SELECT * FROM t", "select t "},
    {"select a, b.c[1][2], \"x y\".z from \"t-1\".i",
     "select t-1.i [a] as a [b, c, [1], [2]] as c[1][2] [x y, z] as z "},
    {"SELECT a['b'] FROM t", "select t [a, b] as b "},
    {"SELECT * FROM t WHERE a=1 AND b<>'x' OR NOT c>=2.50",
     "select t where (OR (AND (= a {N:1}) (!= b {S:x})) (NOT (>= c {N:2.5})))"},
    {"SELECT * FROM t WHERE a=1 AND (b=2 OR c=3) AND (d)=4",
     "select t where (AND (= a {N:1}) (OR (= b {N:2}) (= c {N:3})) (= d {N:4}))"},
    {"SELECT * FROM t WHERE NOT NOT a = -1e2", "select t where (NOT (NOT (= a {N:-100})))"},
    {"SELECT * FROM t WHERE a BETWEEN ? AND ?", "select t where (BETWEEN a {S:q} {N:7})"},
    {"SELECT * FROM t WHERE a NOT IN (1, ?)", "select t where (NOT (IN a {N:1} {S:q}))"},
    {"SELECT * FROM t WHERE Begins_With(a,'x') AND size(b)>1 ORDER BY a, b DESC, c ASC",
     "select t where (AND (begins_with a {S:x}) (> (size b) {N:1})) order a order b desc order "
     "c"},
    {"SELECT * FROM t WHERE a IS MISSING AND b IS NOT NULL AND c IS LIST",
     "select t where (AND (attribute_not_exists a) (NOT (attribute_type b {S:NULL})) "
     "(attribute_type c {S:L}))"},
    {"INSERT INTO t VALUE {'a':'it''s', 'b':[1,{'c':<<1,2>>}]} -- end", "insert t 22 bytes "},
    {"UPDATE t SET a=a+1, b.c=? SET d=list_append(d,[1]) REMOVE e, f[0] WHERE p='x' RETURNING ALL "
     "NEW *",
     "update t (SET a (+ a {N:1})) (SET b.c {S:q}) (SET d (list_append d {L:[{N:1}]})) (REMOVE e) "
     "(REMOVE f[0]) where (= p {S:x}) all new"},
    {"UPDATE t SET s=set_add(s,<<'a'>>) SET r=set_delete(r,<<1>>)",
     "update t (ADD s {SS:[a]}) (DELETE r {NS:[1]}) "},
    {"DELETE FROM t WHERE p='x' RETURNING ALL OLD *", "delete t where (= p {S:x}) all old"},
    {"EXISTS(SELECT * FROM t WHERE p='x');", "exists t where (= p {S:x})"},
    {"/**/SELECT/* a\n */*--\n--*\nFROM t/*-*/ ;--", "select t "},
    {"SELECT * FROM t WHERE attribute_exists(a) AND Attribute_Not_Exists(b.c)",
     "select t where (AND (attribute_exists a) (attribute_not_exists b.c))"},
    {"SELECT * FROM t WHERE contains(a,1)=true AND false=(b=2) AND (c=3)<>true AND (d=4)=5",
     "select t where (AND (contains a {N:1}) (NOT (= b {N:2})) (NOT (= c {N:3})) (= {:[]} {:[]}))"},
    {"UPDATE t SET a = if_not_exists(a, 0) + 1, b = list_append(list_append(b, c), [1])",
     "update t (SET a (+ (if_not_exists a {N:0}) {N:1})) (SET b (list_append (list_append b c) "
     "{L:[{N:1}]})) "},

    {"", FORMED "Expected data manipulation"},
    {"SELECT * FROM t WHERE a = ?, b", FORMED "Unexpected token after expression"},
    {"SELECT * FROM t;;", FORMED "Unexpected token after expression"},
    {"SELECT * FROM t /* no end", FORMED "Unexpected token after expression"},
    {"SELECT *\nFROM t\n  WHERE ?", FORMED "Unexpected end of statement at 3:10:0"},
    {"SELECT * FROM t WHERE \"\xC3\xA4\" = 1 1", FORMED "Unexpected token after expression"},
    {"SELECT * FROM t WHERE a = 'x", FORMED "Unexpected token at 1:27:2"},
    {"SELECT * FROM t WHERE a & 1", FORMED "Unexpected token at 1:25:1"},
    {"SELECT * /* FROM t", FORMED "Unexpected token at 1:10:1"},
    {"SELECT a.0 FROM t", FORMED "Unexpected token at 1:9:2"},
    {"SELECT a[1.5] FROM t", FORMED "Unexpected token at 1:10:3"},
    {"SELECT a[99999999999] FROM t",
     "List index is not within the allowable range; index: [99999999999] at 1:10:11"},
    {"SELECT * FROM t\nWHERE a[2147483648] = 1",
     "List index is not within the allowable range; index: [2147483648] at 2:9:10"},
    {"SELECT a[-1] FROM t", "List index is not within the allowable range; index: [-1] at 1:11:1"},
    {"SELECT a[-x] FROM t", FORMED "Unexpected token at 1:11:1"},
    {"SELECT sum(a) FROM t", "Unexpected path component at 1:8:3"},
    {"SELECT * FROM t WHERE f(a)", "Invalid function name; function: f"},
    {"SELECT * FROM t WHERE size(a,b) = 1",
     "Incorrect number of operands for operator or function; operator or function: size, number of "
     "operands: 2"},
    {"SELECT * FROM t WHERE a = ? AND b = ? AND c = ?",
     "Number of parameters in request and statement don't match."},
    {"INSERT INTO t VALUE {'a': <<>>}", "Empty bags are not supported"},
    {"INSERT INTO t VALUE {'a': <<1, 'b'>>}",
     "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags"},
    {"INSERT INTO t VALUE {'a': <<true>>}",
     "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags"},
    {"INSERT INTO t VALUE {'a': <<'x','y','x'>>}",
     "One or more parameter values were invalid: Input collection [x, y, x] contains duplicates."},
    {"INSERT INTO t VALUE {'a': <<1, 1.0>>}",
     "One or more parameter values were invalid: Input collection [1, 1] contains duplicates! "
     "under root"},
    {"INSERT INTO t VALUE {'a': 1e200}", "Number overflow. Attempting to store a number with "
                                         "magnitude larger than supported range"},
    {"UPDATE t SET a = b + 'x'", "Incorrect operand type for operator or function; operator or "
                                 "function: +, operand type: S"},
    {"UPDATE t SET a = set_add(b, <<1>>)",
     "The first argument to SET_ADD must equal the assignment value at 1:18:7"},
    {"UPDATE t SET a =\n Set_Delete( a, 'x')",
     "The second argument to SET_DELETE must be a value with type SET at 2:14:1"},
    {"UPDATE t SET a = set_add(a, b)",
     "The second argument to SET_ADD must be a value with type SET at 1:26:1"},
    {"UPDATE t SET a = if_not_exists(1, 2)",
     "Operator or function requires a document path; operator or function: if_not_exists"},
    {"UPDATE t SET a = list_append(b, list_append(c, 1))",
     "Incorrect operand type for operator or function; operator or function: list_append, operand "
     "type: N"},
    {"UPDATE t SET a = set_add(a, <<1>>) + 1", FORMED "Unexpected token after expression"},
    {"SELECT * FROM t WHERE attribute_type(a, 'DOG')",
     "Invalid attribute type name found; type: DOG, valid types: "
     "{N,BS,L,B,NULL,M,S,SS,NS,BOOL}"},
    {"SELECT * FROM t WHERE attribute_exists('a')",
     "Operator or function requires a document path; operator or function: attribute_exists"},
    {"SELECT * FROM t WHERE contains(a,1) < true",
     "Incorrect operand type for operator or function; operator or function: <, operand type: "
     "BOOL"},
    {"SELECT * FROM t WHERE (a=1) = b", FORMED "Unexpected end of statement at 1:32:0"},
    {"SELECT * FROM t WHERE (a=1) IN [true]", FORMED "Unexpected token after expression"},
    {"UPDATE t SET a.b = 1 REMOVE a[0]",
     "Two document paths conflict with each other; must remove or rewrite one of these paths; path "
     "one: [a, [0]], path two: [a, b]"},
};

static void test_statements(void)
{
    for (size_t i = 0; i < COUNT_OF(statements); i++) {
        struct arena mem = {0};
        struct err e = {0};
        struct partiql_statement s;
        bool good = parse(&mem, statements[i].text, &s, &e);
        is_str(good ? dump(&mem, &s) : e.msg, statements[i].want, "%s", statements[i].text);
        arena_free(&mem);
    }
}

/* Plans: p S, s N; index "x" on g S, h N | r S, q N. */
static struct table_def *schema(struct arena *mem)
{
    struct table_def *t = NEW(mem, struct table_def);

    t->key = (struct key_schema){1, 1, {{STR("p"), ATTR_S}, {STR("s"), ATTR_N}}};
    t->index_n = 1;
    t->index = NEW(mem, struct index_def);
    t->index[0].name = STR("x");
    t->index[0].key = (struct key_schema){
        2, 2, {{STR("g"), ATTR_S}, {STR("h"), ATTR_N}, {STR("r"), ATTR_S}, {STR("q"), ATTR_N}}};
    return t;
}

static const char *dump_plan(struct arena *mem, const struct partiql_read *r)
{
    struct buf out = {.mem = mem};

    if (r->key.p != NULL)
        buf_printf(&out, "get ");
    else if (r->queries_n == 0)
        buf_printf(&out, "scan ");
    for (uint32_t i = 0; i < r->queries_n; i++) {
        const struct partiql_query *q = &r->query[i];
        bool several = q->key.n > 1;
        buf_printf(&out, "%s" STR_FMT "%s%s ", several ? "(AND " : "",
                   STR_ARG(expr_key_cond_dump(mem, &q->key)), several ? ")" : "",
                   r->reverse ? " reverse" : "");
        if (q->filter != NULL)
            buf_printf(&out, "filter " STR_FMT " ", STR_ARG(expr_cond_dump(mem, q->filter)));
    }
    if (r->filter != NULL)
        buf_printf(&out, "filter " STR_FMT " ", STR_ARG(expr_cond_dump(mem, r->filter)));
    if (out.n > 0)
        out.n--;
    buf_byte(&out, '\0');
    return out.p;
}

#define OVERLAP "Overlapping conditions with range keys are not supported in where clause"
#define ORDERED                                                                                    \
    "ORDER BY clause must name the sort key attributes in their order and in one direction"

static const struct {
    const char *where, *want; /* behind SELECT * FROM t */
} plans[] = {
    {"", "scan"},
    {" WHERE p='a' AND s=1", "get"},
    {" WHERE 1=s AND a=2 AND 'a'=p", "get filter (= a {N:2})"},
    {" WHERE p='a' AND s=1 AND p='b'", "scan filter (AND (= p {S:a}) (= s {N:1}) (= p {S:b}))"},
    {" WHERE p IN ['a'] AND s IN [1]", "get"},
    {" WHERE p='a'", "(= p {S:a})"},
    {" WHERE p='a' AND s=1 ORDER BY s DESC", "(AND (= p {S:a}) (= s {N:1})) reverse"},
    {" WHERE p='a' AND 5>=s AND s>1", "(AND (= p {S:a}) (<= s {N:5})) filter (> s {N:1})"},
    {" WHERE p='a' AND s>0 AND s=1", "get filter (> s {N:0})"},
    {" WHERE p='a' AND s BETWEEN 1 AND 2", "(AND (= p {S:a}) (BETWEEN s {N:1} {N:2}))"},
    {" WHERE p='a' OR p IN ('b','c')", "(= p {S:a}) (= p {S:b}) (= p {S:c})"},
    {" WHERE p IN ['b','a','c'] ORDER BY p", "(= p {S:a}) (= p {S:b}) (= p {S:c})"},
    {" WHERE p IN ['b','a'] ORDER BY p DESC, s DESC", "(= p {S:b}) reverse (= p {S:a}) reverse"},
    {" WHERE p='a' OR s=1", "scan filter (OR (= p {S:a}) (= s {N:1}))"},
    {" WHERE NOT p='a'", "scan filter (NOT (= p {S:a}))"},
    {" WHERE p=s", "scan filter (= p s)"},
    {" WHERE p.x='a'", "scan filter (= p.x {S:a})"},
    {".x WHERE g='a'", "scan filter (= g {S:a})"},
    {".x WHERE g='a' AND h=1", "(AND (= g {S:a}) (= h {N:1}))"},
    {".x WHERE g IN ('a','b') AND h IN (1,2) AND r='c' AND q<5",
     "(AND (= g {S:a}) (= h {N:1}) (= r {S:c}) (< q {N:5})) "
     "(AND (= g {S:a}) (= h {N:2}) (= r {S:c}) (< q {N:5})) "
     "(AND (= g {S:b}) (= h {N:1}) (= r {S:c}) (< q {N:5})) "
     "(AND (= g {S:b}) (= h {N:2}) (= r {S:c}) (< q {N:5}))"},
    {".x WHERE g='a' AND h=1 AND q=5", "(AND (= g {S:a}) (= h {N:1})) filter (= q {N:5})"},
    {".x WHERE g='a' AND h=1 AND r>'c' AND q=5",
     "(AND (= g {S:a}) (= h {N:1}) (> r {S:c})) filter (= q {N:5})"},

    /* alternatives */
    {" WHERE p='a' AND s IN [5,1]", "(AND (= p {S:a}) (= s {N:1})) (AND (= p {S:a}) (= s {N:5}))"},
    {" WHERE p='a' AND (s=1 OR s>5) AND x=2 ORDER BY s DESC",
     "(AND (= p {S:a}) (> s {N:5})) reverse filter (= x {N:2}) "
     "(AND (= p {S:a}) (= s {N:1})) reverse filter (= x {N:2})"},
    {" WHERE (p='a' AND s=1 AND x=1) OR (p='b' AND y=2)",
     "(AND (= p {S:a}) (= s {N:1})) filter (= x {N:1}) (= p {S:b}) filter (= y {N:2})"},
    {" WHERE p='a' AND (x=1 OR y=2)", "(= p {S:a}) filter (OR (= x {N:1}) (= y {N:2}))"},
    {" WHERE (p='a' OR p='b') AND (s<1 OR s>=1)",
     "(AND (= p {S:a}) (< s {N:1})) (AND (= p {S:a}) (>= s {N:1})) "
     "(AND (= p {S:b}) (< s {N:1})) (AND (= p {S:b}) (>= s {N:1}))"},
    {" WHERE p='a' AND (s>1 AND s<3 OR s BETWEEN 3 AND 4)",
     "(AND (= p {S:a}) (> s {N:1})) filter (< s {N:3}) (AND (= p {S:a}) (BETWEEN s {N:3} {N:4}))"},
    {".x WHERE g='a' AND h=1 AND (begins_with(r,'ab') OR begins_with(r,'ac') OR r='b')",
     "(AND (= g {S:a}) (= h {N:1}) (begins_with r {S:ab})) "
     "(AND (= g {S:a}) (= h {N:1}) (begins_with r {S:ac})) "
     "(AND (= g {S:a}) (= h {N:1}) (= r {S:b}))"},
    {".x WHERE g='a' AND h=1 AND r='c' AND (q=1 OR q=2)",
     "(AND (= g {S:a}) (= h {N:1}) (= r {S:c}) (= q {N:1})) "
     "(AND (= g {S:a}) (= h {N:1}) (= r {S:c}) (= q {N:2}))"},
    {" WHERE p IN ['a','a']", OVERLAP},
    {" WHERE p='a' OR p='a' AND s=1", OVERLAP},
    {" WHERE p='a' AND (s<=1 OR s>=1)", OVERLAP},
    {" WHERE p='a' AND (s=1 OR s IN [2,1])", OVERLAP},
    {" WHERE p='a' AND (s=1 OR x=1)", OVERLAP},
    {".x WHERE g='a' AND h=1 AND (begins_with(r,'ab') OR r='abc')", OVERLAP},
    {".x WHERE g='a' AND h=1 AND (r='c' AND q>1 OR r='c' AND q<3)", OVERLAP},

    /* values that no key has, also where the key is not looked for */
    {" WHERE p='a' AND s='1'",
     "Key attribute's data type should match its data type in table's schema: Key s"},
    {" WHERE s BETWEEN 1 AND '2'",
     "Key attribute's data type should match its data type in table's schema: Key s"},
    {" WHERE p IN ['a',true]", "Key value must be of type S, N, or B. Key name: p, Key type: BOOL"},
    {" WHERE p='a' AND begins_with(s,'1')",
     "Key attribute's data type should match its data type in table's schema: Key s"},
    {" WHERE p<>1 AND p>1", "scan filter (AND (!= p {N:1}) (> p {N:1}))"},

    {" ORDER BY p", "Must have WHERE clause in the statement when using ORDER BY clause."},
    {" WHERE s=1 ORDER BY s", "Must have at least one non-optional hash key condition in WHERE "
                              "clause when using ORDER BY clause."},
    {" WHERE p='a' ORDER BY x", "Attribute x in ORDER BY clause must be part of the primary key"},
    {" WHERE s=1 ORDER BY x", "Attribute x in ORDER BY clause must be part of the primary key"},
    {" WHERE p IN ('a','b') ORDER BY s",
     "Must have hash key in ORDER BY clause when more than one hash key condition specified in "
     "WHERE clause."},
    {" WHERE p IN ('b','a') ORDER BY s DESC, p", "(= p {S:a}) reverse (= p {S:b}) reverse"},
    {" WHERE p='a' AND s IN (1,5) ORDER BY s DESC",
     "(AND (= p {S:a}) (= s {N:5})) reverse (AND (= p {S:a}) (= s {N:1})) reverse"},
    {".x WHERE g='a' AND h=1 ORDER BY r DESC, q DESC", "(AND (= g {S:a}) (= h {N:1})) reverse"},
    {".x WHERE g='a' AND h=1 AND r='c' ORDER BY q DESC",
     "(AND (= g {S:a}) (= h {N:1}) (= r {S:c})) reverse"},
    {".x WHERE g='a' AND h=1 ORDER BY q", ORDERED},
    {".x WHERE g='a' AND h=1 ORDER BY r, q DESC", ORDERED},
    {".x WHERE g='a' AND h IN [2,1] ORDER BY h",
     "Must have hash key in ORDER BY clause when more than one hash key condition specified in "
     "WHERE clause."},
    {".x WHERE g='a' AND h IN [2,1] ORDER BY h, g",
     "(AND (= g {S:a}) (= h {N:1})) (AND (= g {S:a}) (= h {N:2}))"},
};

static void test_plans(void)
{
    for (size_t i = 0; i < COUNT_OF(plans); i++) {
        struct arena mem = {0};
        struct err e = {0};
        struct partiql_statement s;
        struct partiql_read r;
        const struct table_def *t = schema(&mem);
        const char *text = arena_printf(&mem, "SELECT * FROM t%s%c", plans[i].where, '\0').p;
        bool good = parse(&mem, text, &s, &e) &&
                    partiql_plan_read(&mem, t, s.index.p != NULL ? &t->index[0] : NULL, &s, &r, &e);
        is_str(good ? dump_plan(&mem, &r) : e.msg, plans[i].want, "%s", text);
        arena_free(&mem);
    }
}

/* As many reads as are documented, and one more. */
static void test_many_reads(void)
{
    for (int n = PARTIQL_READS_MAX; n <= PARTIQL_READS_MAX + 1; n++) {
        struct arena mem = {0};
        struct err e = {0};
        struct buf text = {.mem = &mem};
        struct partiql_statement s;
        struct partiql_read r;
        buf_printf(&text, "SELECT * FROM t WHERE p IN (''");
        for (int i = 1; i < n; i++)
            buf_printf(&text, ",'%d'", i);
        buf_printf(&text, ")%c", '\0');
        bool good =
            parse(&mem, text.p, &s, &e) && partiql_plan_read(&mem, schema(&mem), NULL, &s, &r, &e);
        is_str(good ? "" : e.msg,
               n == PARTIQL_READS_MAX ? ""
                                      : "Too many decomposed read operations for a given query.",
               "%d values", n);
        arena_free(&mem);
    }
}

/* Alternatives that multiply: too many of them without a partition are a scan. */
static void test_many_alternatives(void)
{
    struct arena mem = {0};
    struct err e = {0};
    struct buf text = {.mem = &mem};
    struct partiql_statement s;
    struct partiql_read r;

    buf_printf(&text, "SELECT * FROM t WHERE x=1");
    for (int i = 0; i < 60; i++)
        buf_printf(&text, " AND (s<%d OR s>%d)", i, i);
    buf_byte(&text, '\0');
    ok(parse(&mem, text.p, &s, &e) && partiql_plan_read(&mem, schema(&mem), NULL, &s, &r, &e) &&
           r.queries_n == 0 && r.filter == s.where,
       "2^60 alternatives");
    arena_free(&mem);
}

static void test_key(void)
{
    struct arena mem = {0};
    struct err e = {0};
    struct partiql_statement s;
    struct str key = {0};
    const struct expr_cond *rest = NULL;
    const struct key_schema *k = &schema(&mem)->key;

    ok(parse(&mem, "DELETE FROM t WHERE s=1 AND (p='a' AND z=2)", &s, &e) &&
           partiql_key(&mem, k, s.where, &key, &rest) && item_map(key).count == 2,
       "a key in nested conjunctions");
    is_bytes(expr_cond_dump(&mem, rest), STR("(= z {N:2})"), "what is left of the condition");
    ok(partiql_key_again(k, key, rest) == NULL, "no key again");
    ok(parse(&mem, "DELETE FROM t WHERE s=1 AND p='a' AND s=1 AND z=2 AND 'b'=p", &s, &e) &&
           partiql_key(&mem, k, s.where, &key, &rest) &&
           partiql_key_again(k, key, rest) == &k->attr[0],
       "another value for a key attribute");
    ok(parse(&mem, "DELETE FROM t WHERE s=1 AND p='a' AND s=2", &s, &e) &&
           partiql_key(&mem, k, s.where, &key, &rest) &&
           partiql_key_again(k, key, rest) == &k->attr[1],
       "another value for a key attribute, and nothing else");
    ok(parse(&mem, "DELETE FROM t WHERE s=1 OR p='a'", &s, &e) &&
           !partiql_key(&mem, k, s.where, &key, &rest),
       "alternatives are no key");
    ok(parse(&mem, "DELETE FROM t", &s, &e) && !partiql_key(&mem, k, s.where, &key, &rest),
       "nothing is no key");
    arena_free(&mem);
}

int main(void)
{
    test_statements();
    test_plans();
    test_many_reads();
    test_many_alternatives();
    test_key();
    return tap_done();
}
