#include "base/tap.h"
#include "net/http_coding.h"

static const struct {
    const char *accept;
    enum http_coding want;
} accepts[] = {
    {"", HTTP_CODING_NONE},
    {"identity", HTTP_CODING_NONE},
    {"gzip", HTTP_CODING_GZIP},
    {"GZip", HTTP_CODING_GZIP},
    {"deflate", HTTP_CODING_DEFLATE},
    {"deflate, gzip", HTTP_CODING_GZIP},
    {"gzip;q=0.5, deflate", HTTP_CODING_DEFLATE},
    {"gzip; q=0.001 , deflate;q=0", HTTP_CODING_GZIP},
    {"gzip;q=0", HTTP_CODING_NONE},
    {"gzip;q=0.000", HTTP_CODING_NONE},
    {"gzip;q=1.000, deflate;q=0.9", HTTP_CODING_GZIP},
    {"x-gzip", HTTP_CODING_NONE},
    {"br, zstd, compress, *", HTTP_CODING_NONE},
    {"br;q=1.0, gzip;q=0.8, *;q=0.1", HTTP_CODING_GZIP},
    {",,;;gzip", HTTP_CODING_NONE},
    {"gzip;q=", HTTP_CODING_NONE},
    {"gzip;level=3", HTTP_CODING_NONE},
};

static void test_names(void)
{
    for (size_t i = 0; i < COUNT_OF(accepts); i++)
        ok(http_coding_accepted(str_from_c(accepts[i].accept)) == accepts[i].want,
           "Accept-Encoding: %s", accepts[i].accept);
    ok(http_coding_parse(STR("Gzip")) == HTTP_CODING_GZIP, "gzip");
    ok(http_coding_parse(STR("identity")) == HTTP_CODING_NONE, "identity");
    ok(http_coding_parse((struct str){0}) == HTTP_CODING_NONE, "absent");
    ok(http_coding_parse(STR("gzip, gzip")) == HTTP_CODING_UNKNOWN, "two codings");
    ok(http_coding_parse(STR("br")) == HTTP_CODING_UNKNOWN, "br");
}

static void test_round_trips(struct libdeflate_compressor **z)
{
    static char text[300000];
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)('a' + (i * i >> 7) % 26);
    for (int coding = HTTP_CODING_GZIP; coding <= HTTP_CODING_DEFLATE; coding++) {
        const char *name = coding == HTTP_CODING_GZIP ? "gzip" : "deflate";
        struct buf packed = {0}, plain = {.max = sizeof(text)}, small = {.max = sizeof(text) - 1};
        http_encode(z, coding, (struct str){text, sizeof(text)}, &packed);
        ok(packed.n > 0 && packed.n < sizeof(text) / 2, "%s gets smaller", name);
        ok(http_decode(coding, buf_str(&packed), &plain) == HTTP_DECODED, "%s is read", name);
        ok(str_eq(buf_str(&plain), (struct str){text, sizeof(text)}), "%s gives the same", name);
        ok(http_decode(coding, buf_str(&packed), &small) == HTTP_DECODE_TOO_BIG, "%s cap", name);
        int bad = 0;
        for (size_t n = 0; n < packed.n; n += 97) {
            struct buf b = {.max = sizeof(text)};
            bad += http_decode(coding, (struct str){packed.p, n}, &b) == HTTP_DECODE_BAD;
            buf_free(&b);
        }
        ok(bad == (int)((packed.n + 96) / 97), "%s cut short is refused", name);
        buf_free(&packed);
        buf_free(&plain);
        buf_free(&small);
    }
}

static void test_members(struct libdeflate_compressor **z)
{
    struct buf two = {0}, out = {.max = 1000}, flood = {0}, none = {.max = 1000};
    http_encode(z, HTTP_CODING_GZIP, STR("one "), &two);
    http_encode(z, HTTP_CODING_GZIP, STR("two"), &two);
    buf_add(&two, STR("junk"));
    ok(http_decode(HTTP_CODING_GZIP, buf_str(&two), &out) == HTTP_DECODED, "two members and junk");
    is_bytes(buf_str(&out), STR("one two"), "are one body");
    two.n = out.n = 0;
    http_encode(z, HTTP_CODING_DEFLATE, STR("one "), &two);
    http_encode(z, HTTP_CODING_DEFLATE, STR("two"), &two);
    ok(http_decode(HTTP_CODING_DEFLATE, buf_str(&two), &out) == HTTP_DECODE_BAD,
       "two zlib streams are not");
    for (int i = 0; i < 1001; i++)
        http_encode(z, HTTP_CODING_GZIP, STR(""), &flood);
    ok(http_decode(HTTP_CODING_GZIP, buf_str(&flood), &none) == HTTP_DECODE_TOO_BIG,
       "a flood of empty members is refused");
    buf_free(&two);
    buf_free(&out);
    buf_free(&flood);
    buf_free(&none);
}

int main(void)
{
    struct libdeflate_compressor *z = NULL;
    test_names();
    test_round_trips(&z);
    test_members(&z);
    http_encoder_free(&z);
    return tap_done();
}
