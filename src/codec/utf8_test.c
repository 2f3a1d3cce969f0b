/* utf8_test.c */
#include "base/tap.h"
#include "codec/utf8.h"

static const struct {
    struct str s;
    bool valid;
    const char *what;
} validity[] = {
    {STR(""), true, "empty"},
    {STR("plain, longer than a word of eight"), true, "ASCII"},
    {STR("a\0b"), true, "NUL"},
    {STR("\x7f\xc2\x80\xdf\xbf"), true, "edges of one and two bytes"},
    {STR("\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf"), true, "edges of three bytes"},
    {STR("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"), true, "edges of four bytes"},
    {STR("\xc0\x80"), false, "overlong NUL"},
    {STR("\xc1\xbf"), false, "overlong two bytes"},
    {STR("\xe0\x9f\xbf"), false, "overlong three bytes"},
    {STR("\xf0\x8f\xbf\xbf"), false, "overlong four bytes"},
    {STR("\xed\xa0\x80"), false, "surrogate U+D800"},
    {STR("\xed\xbf\xbf"), false, "surrogate U+DFFF"},
    {STR("\xf4\x90\x80\x80"), false, "U+110000"},
    {STR("\xf5\x80\x80\x80"), false, "F5"},
    {STR("\x80"), false, "lone continuation"},
    {STR("12345678\xff"), false, "FF after a whole word"},
    {STR("1234\xff"), false, "FF inside a word"},
    {STR("\xe2\x82"), false, "cut short: three"},
    {STR("\xf0\x9f\x98"), false, "cut short: four"},
    {STR("\xc3"), false, "cut short: two"},
    {STR("\xe2\x28\xa1"), false, "second is no continuation"},
    {STR("\xe2\x82\x28"), false, "third is no continuation"},
    {STR("\xf0\x90\x80\x28"), false, "fourth is no continuation"},
};

int main(void)
{
    for (size_t i = 0; i < COUNT_OF(validity); i++)
        ok(utf8_valid(validity[i].s) == validity[i].valid, "%s", validity[i].what);
    ok(utf8_valid((struct str){0}), "absent");
    bool back = true;
    for (uint32_t c = 0; c < 0x110000; c++) {
        char p[4];
        if (c >= 0xD800 && c <= 0xDFFF)
            continue;
        size_t n = utf8_put(c, p);
        back = back && utf8_sequence(p, p + n) == n && utf8_valid((struct str){p, n}) &&
               utf8_utf16_units((struct str){p, n}) == (c > 0xFFFF ? 2 : 1);
    }
    ok(back, "every scalar value is written, valid and counted");
    ok(utf8_utf16_units(STR("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80")) == 5, "UTF-16 units");
    return tap_done();
}
