/* xml_test.c - documents are read and printed in a form that shows every token. */
#include "base/tap.h"
#include "codec/xml.h"

static struct str tokens(struct arena *mem, struct str in)
{
    struct buf out = {.mem = mem};
    struct xml x;
    xml_init(&x, mem, in);
    for (enum xml_token t; (t = xml_next(&x)) != XML_DONE;) {
        if (t == XML_ERROR)
            return STR("error");
        if (t == XML_OPEN)
            buf_printf(&out, "(" STR_FMT " ", STR_ARG(x.name));
        else if (t == XML_CLOSE)
            buf_byte(&out, ')');
        else
            buf_add(&out, x.text);
    }
    return buf_str(&out);
}

static const struct {
    const char *in, *want;
} cases[] = {
    {"<a/>", "(a )"},
    {"<a></a>", "(a )"},
    {"<?xml version=\"1.0\"?>\n<a x=\"1>2\"><!-- <b> --><b>t</b> <c>x y</c></a>\n",
     "(a (b t)(c x y))"},
    {"<a>&amp;&lt;&gt;&quot;&apos;&#65;&#x42;&#xe9;</a>", "(a &<>\"'AB\xc3\xa9)"},
    {"<a><b/><b /></a>", "(a (b )(b ))"},
    {"", "error"},
    {"text", "error"},
    {"<a>", "error"},
    {"<a></b>", "error"},
    {"<a/><b/>", "error"},
    {"<a/>x", "error"},
    {"</a>", "error"},
    {"<a>&nope;</a>", "error"},
    {"<a>&amp</a>", "error"},
    {"<a>&#0;</a>", "error"},
    {"<a>&#xD800;</a>", "error"},
    {"<a>&;</a>", "error"},
    {"<!DOCTYPE a><a/>", "error"},
    {"<a b=\"></a>", "error"},
    {"<a", "error"},
    {"<!-- x", "error"},
    {"< a/>", "error"},
};

int main(void)
{
    struct arena mem = {0};
    struct buf out = {.mem = &mem};
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        is_bytes(tokens(&mem, str_from_c(cases[i].in)), str_from_c(cases[i].want), "%s",
                 cases[i].in);
    xml_text(&out, "t", STR("a<b>&\"c\"\1\r\n"));
    is_bytes(buf_str(&out), STR("<t>a&lt;b&gt;&amp;&quot;c&quot;?&#13;\n</t>"), "escapes");
    is_bytes(tokens(&mem, buf_str(&out)), STR("(t a<b>&\"c\"?\r\n)"), "and back");
    arena_free(&mem);
    return tap_done();
}
