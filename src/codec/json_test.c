/* json_test.c - documents are read and printed in a form that shows every token. */
#include "base/tap.h"
#include "codec/json.h"

enum { DEPTH = 5 };

static void print(struct json *j, struct buf *out)
{
    struct str name;
    enum json_type type = json_next(j);
    switch (type) {
    case JSON_ERROR:
        break;
    case JSON_NULL:
    case JSON_TRUE:
    case JSON_FALSE:
        buf_byte(out, "ntf"[type - JSON_NULL]);
        break;
    case JSON_NUMBER:
        buf_printf(out, "#" STR_FMT, STR_ARG(j->text));
        break;
    case JSON_STRING:
        buf_byte(out, '<');
        buf_add(out, j->text);
        buf_byte(out, '>');
        break;
    case JSON_ARRAY:
        buf_byte(out, '[');
        while (json_element(j))
            print(j, out);
        buf_byte(out, ']');
        break;
    case JSON_OBJECT:
        buf_byte(out, '{');
        while (json_member(j, &name)) {
            buf_add(out, name);
            buf_byte(out, '=');
            print(j, out);
        }
        buf_byte(out, '}');
        break;
    }
}

static const struct {
    struct str in, want;
} good[] = {
    {STR("null"), STR("n")},
    {STR(" \t\r\ntrue \n"), STR("t")},
    {STR("[false]"), STR("[f]")},
    {STR("0"), STR("#0")},
    {STR("-0"), STR("#-0")},
    {STR("-12.50e+03"), STR("#-12.50e+03")},
    {STR("1E-400"), STR("#1E-400")},
    {STR("123456789012345678901234567890"), STR("#123456789012345678901234567890")},
    {STR("{}"), STR("{}")},
    {STR("{ }"), STR("{}")},
    {STR("[ ]"), STR("[]")},
    {STR("[[],{},[[]]]"), STR("[[]{}[[]]]")},
    {STR("{\"a\":1,\"b\":[1,\"x\"],\"a\":{\"c\":null}}"), STR("{a=#1b=[#1<x>]a={c=n}}")},
    {STR("{ \"a\" : 1 , \"b\" : 2 }"), STR("{a=#1b=#2}")},
    {STR("\"\""), STR("<>")},
    {STR("\"sixteen and more plain characters here\""),
     STR("<sixteen and more plain characters here>")},
    {STR("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), STR("<\"\\/\b\f\n\r\t>")},
    {STR("\"a long enough head\\u0041 and \\u00e9 tail\""),
     STR("<a long enough headA and \xc3\xa9 tail>")},
    {STR("\"\\u0000\""), STR("<\0>")},
    {STR("\"\\ud83D\\uDe00\""), STR("<\xf0\x9f\x98\x80>")},
    {STR("\"\\uffff\""), STR("<\xef\xbf\xbf>")},
    {STR("\"\x7f\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z\""),
     STR("<\x7f\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z>")},
    {STR("{\"\\u0061\\n\":0}"), STR("{a\n=#0}")},
    {STR("[[[[[1]]]]]"), STR("[[[[[#1]]]]]")},
};

static const struct {
    struct str in;
    const char *what;
} bad[] = {
    {STR(""), "empty"},
    {STR("  "), "only space"},
    {STR("nul"), "cut literal"},
    {STR("nulll"), "long literal"},
    {STR("True"), "case"},
    {STR("NaN"), "NaN"},
    {STR("01"), "leading zero"},
    {STR("-"), "only a sign"},
    {STR("+1"), "plus"},
    {STR(".5"), "no digit in front"},
    {STR("1."), "no digit behind"},
    {STR("1.e5"), "no digit behind, exponent"},
    {STR("1e"), "no exponent"},
    {STR("1e+"), "no exponent after the sign"},
    {STR("-01"), "leading zero after the sign"},
    {STR("0x1"), "hexadecimal"},
    {STR("1 2"), "two values"},
    {STR("[1 2]"), "no comma"},
    {STR("[1,]"), "trailing comma"},
    {STR("[,1]"), "leading comma"},
    {STR("[1,,2]"), "two commas"},
    {STR("[1"), "open array"},
    {STR("[1}"), "wrong bracket"},
    {STR("{\"a\":1]"), "wrong brace"},
    {STR("]"), "only a bracket"},
    {STR("[]]"), "one bracket more"},
    {STR("{\"a\"}"), "no value"},
    {STR("{\"a\":}"), "no value after the colon"},
    {STR("{\"a\" 1}"), "no colon"},
    {STR("{\"a\":1,}"), "trailing comma in an object"},
    {STR("{,}"), "leading comma in an object"},
    {STR("{1:1}"), "a number as name"},
    {STR("{a:1}"), "no quotes"},
    {STR("{\"a\":1 \"b\":2}"), "no comma in an object"},
    {STR("{"), "open object"},
    {STR("'a'"), "wrong quotes"},
    {STR("\"abc"), "open string"},
    {STR("\""), "lone quote"},
    {STR("\"\\"), "ends in a backslash"},
    {STR("\"\\\""), "ends in an escaped quote"},
    {STR("\"\\x41\""), "unknown escape"},
    {STR("\"\\u12\""), "short \\u"},
    {STR("\"\\u12G4\""), "no hex"},
    {STR("\"\\u 123\""), "space in \\u"},
    {STR("\"\\ud800\""), "lone high surrogate"},
    {STR("\"\\ud800x\""), "high surrogate and a letter"},
    {STR("\"\\ud800\\n\""), "high surrogate and an escape"},
    {STR("\"\\ud800\\ud800\""), "two high surrogates"},
    {STR("\"\\udc00\""), "lone low surrogate"},
    {STR("\"a\nb\""), "newline in a string"},
    {STR("\"0123456789abcdef\x1f\""), "control character after sixteen"},
    {STR("\"01234567\x01\""), "control character after eight"},
    {STR("\"\0\""), "NUL in a string"},
    {STR("\"\\\n\""), "escaped newline"},
    {STR("\"\xff\""), "no UTF-8"},
    {STR("\"\xc0\x80\""), "overlong"},
    {STR("\"\xed\xa0\x80\""), "surrogate in UTF-8"},
    {STR("\"\xe2\x82\""), "cut UTF-8"},
    {STR("{\"\xff\":1}"), "no UTF-8 in a name"},
    {STR("\xef\xbb\xbf[]"), "byte order mark"},
    {STR("[1]\0"), "NUL behind"},
    {STR("[\xc2\xa0 1]"), "no-break space"},
    {STR("[1]//"), "comment"},
    {STR("[[[[[[1]]]]]]"), "too deep"},
    {STR("{\"a\":[{\"a\":[{\"a\":[]}]}]}"), "too deep, mixed"},
};

static void test_documents(void)
{
    struct arena mem = {0};
    struct buf out = {0};
    struct json j;
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        out.n = 0;
        json_init(&j, &mem, good[i].in, DEPTH);
        print(&j, &out);
        ok(json_end(&j), "accepted: %zu", i);
        is_bytes(buf_str(&out), good[i].want, "its content");
        json_init(&j, &mem, good[i].in, DEPTH);
        json_skip(&j);
        ok(json_end(&j), "skipped: %zu", i);
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        out.n = 0;
        json_init(&j, &mem, bad[i].in, DEPTH);
        print(&j, &out);
        bool end = json_end(&j);
        ok(!end && json_failed(&j), "rejected: %s", bad[i].what);
        json_init(&j, &mem, bad[i].in, DEPTH);
        json_skip(&j);
        ok(!json_end(&j), "rejected by skipping: %s", bad[i].what);
    }
    buf_free(&out);
    arena_free(&mem);
}

static void test_use(void)
{
    struct arena mem = {0};
    struct json j;
    struct str name,
        in = STR("{\"keep\" : \"borrowed\", \"s\": {\"x\":[1,2]} , \"raw\": [ 1, {} ] }");
    json_init(&j, &mem, in, DEPTH);
    ok(json_next(&j) == JSON_OBJECT, "an object");
    ok(json_member(&j, &name) && str_eq(name, STR("keep")), "first member");
    struct json ahead = j;
    ok(json_next(&ahead) == JSON_STRING, "a copy looks ahead");
    ok(json_next(&j) == JSON_STRING && j.text.p > in.p && j.text.p < in.p + in.n, "it borrows");
    ok(json_member(&j, &name), "second member");
    ok(json_next(&j) == JSON_OBJECT && json_member(&j, &name), "inside");
    json_skip(&j);
    json_skip_rest(&j, JSON_OBJECT);
    ok(json_member(&j, &name) && str_eq(name, STR("raw")), "the rest was skipped");
    is_bytes(json_raw(&j), STR("[ 1, {} ]"), "the text of a value");
    ok(!json_member(&j, &name) && !json_failed(&j), "the end");
    ok(json_end(&j), "well-formed");

    json_init(&j, &mem, STR("[nope]"), DEPTH);
    ok(json_raw(&j).p == NULL && json_failed(&j), "no text of a broken value");
    ok(json_next(&j) == JSON_ERROR && !json_element(&j) && !json_member(&j, &name), "errors stick");
    json_skip(&j);
    ok(!json_end(&j), "to the end");

    json_init(&j, &mem, STR("[1,2]"), DEPTH);
    ok(json_next(&j) == JSON_ARRAY && !json_end(&j), "the end is not before the end");
    ok(json_is_integer(STR("-12")) && !json_is_integer(STR("1.0")) &&
           !json_is_integer(STR("1e5")) && !json_is_integer(STR("1E5")),
       "integers");
    arena_free(&mem);
}

/* Each byte at each place of a string that is longer than the widest step of the scan. */
static void test_places(void)
{
    struct arena mem = {0};
    bool fine = true;
    for (size_t n = 1; n < 40; n++)
        for (size_t at = 0; at < n; at++)
            for (unsigned c = 0; c < 256; c++) {
                char text[48];
                memset(text, 'a', sizeof(text));
                text[0] = text[n + 1] = '"';
                text[at + 1] = (char)c;
                struct json j;
                json_init(&j, &mem, (struct str){text, n + 2}, 1);
                json_skip(&j);
                /* After a backslash an "a" follows, or the end. */
                bool plain = c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
                fine = fine && json_end(&j) == plain;
            }
    ok(fine, "a byte that may not stand in a string is seen at every place");
    arena_free(&mem);
}

static void test_member_char(void)
{
    static const char *const others[] = {"{ \"S\":1}", "{\"S\" :1}", "{\"s\":1}",      "{\"SS\":1}",
                                         "{}",         "{\"S\"",     "{\"\\u0053\":1}"};
    struct arena mem = {0};
    struct json j;
    struct str name;
    json_init(&j, &mem, STR("{\"S\":1,\"N\":2}"), 1);
    ok(json_next(&j) == JSON_OBJECT && json_member_char(&j) == 'S' && json_next(&j) == JSON_NUMBER,
       "a first name of one character");
    ok(json_member_char(&j) == 0, "a second one is not taken");
    ok(json_member(&j, &name) && str_eq(name, STR("N")) && json_next(&j) == JSON_NUMBER &&
           !json_member(&j, &name) && json_end(&j),
       "but there");
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        json_init(&j, &mem, str_from_c(others[i]), 1);
        json_next(&j);
        const char *at = j.at;
        ok(json_member_char(&j) == 0 && j.at == at, "nothing taken of %s", others[i]);
    }
    arena_free(&mem);
}

int main(void)
{
    test_member_char();
    test_documents();
    test_use();
    test_places();
    return tap_done();
}
