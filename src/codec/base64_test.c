/* base64_test.c */
#include "base/tap.h"
#include "codec/base64.h"

static const struct {
    struct str bytes, text, url;
} pairs[] = {
    {STR(""), STR(""), STR("")},
    {STR("f"), STR("Zg=="), STR("Zg")},
    {STR("fo"), STR("Zm8="), STR("Zm8")},
    {STR("foo"), STR("Zm9v"), STR("Zm9v")},
    {STR("foob"), STR("Zm9vYg=="), STR("Zm9vYg")},
    {STR("fooba"), STR("Zm9vYmE="), STR("Zm9vYmE")},
    {STR("foobar"), STR("Zm9vYmFy"), STR("Zm9vYmFy")},
    {STR("\xfb\xff\xbf\0"), STR("+/+/AA=="), STR("-_-_AA")},
};

static const struct {
    struct str text;
    const char *what;
} bad[] = {
    {STR("Zg="), "length"},          {STR("Zg"), "no padding"},
    {STR("A==="), "three pads"},     {STR("===="), "only pads"},
    {STR("Zg==Zg=="), "pad inside"}, {STR("Z=g="), "pad before"},
    {STR("Zm9v\n"), "newline"},      {STR("Zm 9"), "space"},
    {STR("-_-_"), "URL alphabet"},   {STR("Zm9\xff"), "a high byte"},
    {STR("Zm\0v"), "NUL"},           {STR("Zm9vZ\x80=="), "in the rest"},
    {STR("Zh=="), "bits after 8"},   {STR("Zm9="), "bits after 16"},
};

static const struct {
    struct str text;
} bad_url[] = {{STR("Z")}, {STR("Zg==")}, {STR("+/+/")}, {STR("Zm9vZ")}};

static void test_random(void)
{
    uint32_t seed = 1;
    bool same = true;
    for (size_t n = 0; n < 300; n++) {
        unsigned char bytes[300];
        for (size_t i = 0; i < n; i++)
            bytes[i] = (unsigned char)((seed = seed * 1664525 + 1013904223) >> 24);
        struct str in = {(char *)bytes, n};
        struct buf a = {0}, b = {0}, c = {0}, d = {0};
        base64_encode(&a, in);
        base64url_encode(&b, in);
        same = same && base64_decode(&c, buf_str(&a)) && base64url_decode(&d, buf_str(&b)) &&
               str_eq(buf_str(&c), in) && str_eq(buf_str(&d), in);
        buf_free(&a), buf_free(&b), buf_free(&c), buf_free(&d);
    }
    ok(same, "random bytes of 0 to 299 come back");
}

int main(void)
{
    struct buf b = {0};
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        b.n = 0, base64_encode(&b, pairs[i].bytes);
        is_bytes(buf_str(&b), pairs[i].text, "encode %s", pairs[i].text.p);
        b.n = 0, base64url_encode(&b, pairs[i].bytes);
        is_bytes(buf_str(&b), pairs[i].url, "encode for URLs %s", pairs[i].url.p);
        b.n = 0;
        ok(base64_decode(&b, pairs[i].text), "decode %s", pairs[i].text.p);
        is_bytes(buf_str(&b), pairs[i].bytes, "its bytes");
        b.n = 0;
        ok(base64url_decode(&b, pairs[i].url), "decode for URLs %s", pairs[i].url.p);
        is_bytes(buf_str(&b), pairs[i].bytes, "its bytes");
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        b.n = 0, buf_add(&b, STR("kept"));
        ok(!base64_decode(&b, bad[i].text), "rejected: %s", bad[i].what);
        is_bytes(buf_str(&b), STR("kept"), "nothing appended");
    }
    for (size_t i = 0; i < COUNT_OF(bad_url); i++)
        ok(!base64url_decode(&b, bad_url[i].text), "rejected: %s", bad_url[i].text.p);
    b.n = 0;
    ok(base64url_decode(&b, STR("Zh")), "in URLs bits beyond the last byte are ignored");
    is_bytes(buf_str(&b), STR("f"), "the byte before them");
    buf_free(&b);
    test_random();
    return tap_done();
}
