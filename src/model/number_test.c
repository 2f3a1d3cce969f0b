/* number_test.c - numbers against tables and against a slow fixed-point row. */
#include <stdlib.h>

#include "base/tap.h"
#include "model/number.h"

#define NOT    "The parameter cannot be converted to a numeric value"
#define DIGITS "Attempting to store more than 38 significant digits in a Number"
#define OVER                                                                                       \
    "Number overflow. Attempting to store a number with magnitude larger than supported range"
#define UNDER                                                                                      \
    "Number underflow. Attempting to store a number with magnitude smaller than supported range"
#define NINES38 "99999999999999999999999999999999999999"
#define ZEROS20 "00000000000000000000"
#define ZEROS88 ZEROS20 ZEROS20 ZEROS20 ZEROS20 "00000000"

static const struct {
    const char *in, *out; /* canonical text or error */
} texts[] = {
    {"0", "0"},
    {"-0", "0"},
    {"+0.00", "0"},
    {"000", "0"},
    {"1", "1"},
    {"+1", "1"},
    {"-42", "-42"},
    {"007", "7"},
    {"5.", "5"},
    {".5", "0.5"},
    {"-.5", "-0.5"},
    {"1.50", "1.5"},
    {"1e3", "1000"},
    {"1E+3", "1000"},
    {"1000.0", "1000"},
    {"12.5e-1", "1.25"},
    {"0.001e3", "1"},
    {"-123.456e2", "-12345.6"},
    {"100", "100"},
    {"1e-3", "0.001"},
    {NINES38, NINES38},
    {NINES38 "000", NINES38 "000"},
    {"0.000" NINES38, "0.000" NINES38},
    {NINES38 "9", DIGITS},
    {"1" NINES38, DIGITS},
    {"1." NINES38, DIGITS},
    {"1e125", "1" ZEROS88 ZEROS20 "00000000000000000"},
    {"9.9999999999999999999999999999999999999E+125", NINES38 ZEROS88},
    {"1e126", OVER},
    {"-1e126", OVER},
    {"10e125", OVER},
    {"0.1e126", "1" ZEROS88 ZEROS20 "00000000000000000"},
    {"1e99999999999999999999", OVER},
    {"1e-130", "0." ZEROS88 ZEROS20 ZEROS20 "01"},
    {"-1e-130", "-0." ZEROS88 ZEROS20 ZEROS20 "01"},
    {"1e-131", UNDER},
    {"0.1e-130", UNDER},
    {"1e-99999999999999999999", UNDER},
    {"0e125", "0"},
    {"0e126", OVER},
    {"0.0e126", "0"},
    {"0e-200", "0"},
    {"", NOT},
    {"-", NOT ": -"},
    {".", NOT ": ."},
    {"e5", NOT ": e5"},
    {"1e", NOT ": 1e"},
    {"1e+", NOT ": 1e+"},
    {"1e5.0", NOT ": 1e5.0"},
    {" 1", NOT ":  1"},
    {"1 ", NOT ": 1 "},
    {"1.2.3", NOT ": 1.2.3"},
    {"--1", NOT ": --1"},
    {"NaN", NOT ": NaN"},
    {"Infinity", NOT ": Infinity"},
    {"0x10", NOT ": 0x10"},
    {"1_000", NOT ": 1_000"},
    {"-a", NOT ": -a"},
};

static struct str printed(const struct number *x, char text[NUMBER_TEXT_MAX])
{
    return (struct str){text, number_format(x, text)};
}

static void test_texts(void)
{
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct err e = {0};
        struct number x;
        char text[NUMBER_TEXT_MAX], scratch[NUMBER_TEXT_MAX];
        struct str out = {0}, in = str_from_c(texts[i].in), want = str_from_c(texts[i].out);
        bool good = number_canonical(in, scratch, &out, &e);
        if (good == (e.code == ERR_VALIDATION))
            ok(false, "result and error agree");
        is_bytes(good ? out : str_from_c(e.msg), want, "'%s'", texts[i].in);
        struct err again = {0};
        if (number_parse(in, &x, &again) != good)
            ok(false, "both readers agree about '%s'", texts[i].in);
        if (good)
            is_bytes(printed(&x, text), want, "  parsed and printed");
    }
}

/* --- the reference: 700 places, the point in the middle --------------------- */

enum { PLACES = 700, POINT = 350 };
struct slow {
    int place[PLACES]; /* from the most significant; all of one sign or zero */
};

static struct slow slow_parse(const char *s)
{
    struct slow x = {0};
    int sign = *s == '-' ? -1 : 1;
    s += *s == '-';
    size_t whole = strcspn(s, ".");
    for (size_t i = 0, at = POINT - whole; s[i] != '\0'; i++)
        if (s[i] != '.')
            x.place[at++] = sign * (s[i] - '0');
    return x;
}

static void slow_normalise(struct slow *x)
{
    int sign = 0;
    for (int i = PLACES - 1; i > 0; i--) { /* digits 0..9 below a signed first place */
        while (x->place[i] < 0)
            x->place[i] += 10, x->place[i - 1]--;
        while (x->place[i] > 9)
            x->place[i] -= 10, x->place[i - 1]++;
    }
    sign = x->place[0] < 0 ? -1 : 1;
    if (sign < 0) { /* ten's complement */
        for (int i = 0; i < PLACES; i++)
            x->place[i] = -x->place[i];
        slow_normalise(x);
        for (int i = 0; i < PLACES; i++)
            x->place[i] = -x->place[i];
    }
}

/* Plain text, or the text of the error. */
static void slow_print(const struct slow *x, char *out)
{
    int first = 0, last = PLACES - 1, sign = 1;
    while (first < PLACES && x->place[first] == 0)
        first++;
    if (first == PLACES) {
        memcpy(out, "0", 2);
        return;
    }
    while (x->place[last] == 0)
        last--;
    if (x->place[first] < 0)
        sign = -1;
    const char *error = NULL;
    if (POINT - 1 - first < -130)
        error = UNDER;
    else if (POINT - 1 - first > 125 || last - first + 1 > 38)
        error = OVER;
    if (error != NULL) {
        memcpy(out, error, strlen(error) + 1);
        return;
    }
    if (sign < 0)
        *out++ = '-';
    if (first >= POINT)
        *out++ = '0';
    for (int i = first < POINT ? first : POINT; i <= last || i < POINT; i++) {
        if (i == POINT)
            *out++ = '.';
        *out++ = (char)('0' + sign * x->place[i]);
    }
    *out = '\0';
}

static uint64_t seed = 88172645463325252ull;
static unsigned below(unsigned n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)((seed >> 11) % n);
}

static void random_number(struct number *x)
{
    static const int16_t near[] = {-130, -129, -93, -92, 124, 125, 0, 1, -1, 37, 38};
    memset(x, 0, sizeof(*x));
    if (below(20) == 0)
        return;
    x->sign = below(2) != 0 ? 1 : -1;
    x->digits = (uint8_t)(below(2) != 0 ? 1 + below(38) : 1 + below(4));
    for (int i = 0; i < x->digits; i++)
        x->d[i] = (uint8_t)(below(3) == 0 ? 9 * below(2) : below(10));
    x->d[0] = (uint8_t)(1 + below(9));
    x->d[x->digits - 1] = (uint8_t)(1 + below(9));
    x->exponent =
        (int16_t)(below(3) == 0 ? near[below(COUNT_OF(near))]
                                : (below(2) != 0 ? (int)below(256) - 130 : (int)below(40) - 20));
}

static struct str slow_sum(const char *a, const char *b, int sign_b, char *out)
{
    struct slow x = slow_parse(a), y = slow_parse(b);
    for (int i = 0; i < PLACES; i++)
        x.place[i] += sign_b * y.place[i];
    slow_normalise(&x);
    slow_print(&x, out);
    return str_from_c(out);
}

/* One pair through every operation; false at the first difference. */
static bool pair_agrees(const struct number *a, const struct number *b)
{
    char ta[NUMBER_TEXT_MAX + 1], tb[NUMBER_TEXT_MAX + 1], got[NUMBER_TEXT_MAX], want[2 * PLACES];
    ta[number_format(a, ta)] = '\0';
    tb[number_format(b, tb)] = '\0';
    for (int sign = -1; sign <= 1; sign += 2) {
        struct err e = {0};
        struct number sum;
        bool good = sign > 0 ? number_add(a, b, &sum, &e) : number_sub(a, b, &sum, &e);
        struct str out = good ? (struct str){got, number_format(&sum, got)} : str_from_c(e.msg);
        if (!str_eq(out, slow_sum(ta, tb, sign, want))) {
            printf("# %s %c %s = " STR_FMT ", not %s\n", ta, sign > 0 ? '+' : '-', tb, STR_ARG(out),
                   want);
            return false;
        }
    }
    struct slow diff = slow_parse(ta), y = slow_parse(tb);
    int order = 0;
    for (int i = 0; i < PLACES && order == 0; i++)
        order = (diff.place[i] > y.place[i]) - (diff.place[i] < y.place[i]);
    unsigned char ka[NUMBER_KEY_MAX], kb[NUMBER_KEY_MAX];
    struct str sa = {(char *)ka, number_key_encode(a, ka)};
    struct str sb = {(char *)kb, number_key_encode(b, kb)};
    struct number back, parsed;
    struct str rest = sa;
    struct err e = {0};
    int c = number_cmp(a, b), t = number_cmp_text(str_from_c(ta), str_from_c(tb));
    int k = str_cmp(sa, sb);
    bool prefix = order != 0 && (str_starts_with(sa, sb) || str_starts_with(sb, sa));
    bool fine = (c > 0) - (c < 0) == order && (t > 0) - (t < 0) == order &&
                (k > 0) - (k < 0) == order && !prefix && number_key_decode(&rest, &back) &&
                rest.n == 0 && memcmp(&back, a, sizeof(back)) == 0 &&
                number_parse(str_from_c(ta), &parsed, &e) &&
                memcmp(&parsed, a, sizeof(parsed)) == 0;
    if (!fine)
        printf("# %s and %s: order %d, cmp %d, text %d, key %d\n", ta, tb, order, c, t, k);
    return fine;
}

static void test_random(void)
{
    int rounds = 20000, good = 0;
    for (int i = 0; i < rounds; i++) {
        struct number a, b;
        random_number(&a);
        random_number(&b);
        if (below(8) == 0) {
            b = a;
            if (b.digits > 1 && below(2) != 0) { /* nearly the same: most digits cancel */
                b.d[b.digits - 1] = (uint8_t)(b.d[b.digits - 1] % 9 + 1);
            }
        }
        good += pair_agrees(&a, &b);
    }
    ok(good == rounds, "%d of %d random pairs: sum, difference, order, key", good, rounds);
}

static const struct {
    const char *a, *b, *sum;
} sums[] = {
    {"0.1", "0.2", "0.3"},
    {"1", "-1", "0"},
    {"1e50", "1", OVER},
    {"9.9999999999999999999999999999999999999E+125", "1e88", OVER},
    {"9.9999999999999999999999999999999999998E+125", "1e88", NINES38 ZEROS88},
    {"1e37", "1", "10000000000000000000000000000000000001"},
    {"1e38", "1", OVER},
    {"1.1e-130", "-1e-130", UNDER},
    {"0", "-7.5", "-7.5"},
    {"-7.5", "0", "-7.5"},
};

static void test_sums(void)
{
    for (size_t i = 0; i < COUNT_OF(sums); i++) {
        struct err e = {0};
        struct number a, b, x;
        char text[NUMBER_TEXT_MAX];
        if (!number_parse(str_from_c(sums[i].a), &a, &e) ||
            !number_parse(str_from_c(sums[i].b), &b, &e)) {
            ok(false, "parses");
            continue;
        }
        bool good = number_add(&a, &b, &x, &e);
        struct str got = good ? printed(&x, text) : str_from_c(e.msg);
        is_bytes(got, str_from_c(sums[i].sum), "%s + %s", sums[i].a, sums[i].b);
    }
}

static const struct {
    const char *bytes;
    size_t n;
} bad_keys[] = {
    {"", 0},
    {"\x00", 1},
    {"\xC0\x82\x0B", 3},         /* no end */
    {"\xC0\x82\x00\x00", 4},     /* no digits */
    {"\xC0\x82\x02\x00", 4},     /* 01: a leading zero */
    {"\xC0\x82\x0B\x01\x00", 5}, /* 10 00: superfluous zeros */
    {"\xC0\x82\x65\x00", 4},     /* 100 is no pair */
    {"\x40\x7D\xF4\x00", 4},     /* the end is not inverted */
    {"\xC0\x82\x0C\x0C\x0C\x0C\x0C\x0C\x0C\x0C\x0C\x0C\x0C\x0C\x0C\x0C\x0C\x0C\x0C\x0C\x0C\x0C\x00",
     23}, /* 40 digits */
};

static void test_bad_keys(void)
{
    for (size_t i = 0; i < COUNT_OF(bad_keys); i++) {
        struct number x;
        struct str in = {bad_keys[i].bytes, bad_keys[i].n};
        ok(!number_key_decode(&in, &x) && in.n == bad_keys[i].n, "bad key %zu", i);
    }
}

int main(void)
{
    test_texts();
    test_sums();
    test_random();
    test_bad_keys();
    struct err e = {0};
    struct number x;
    char *huge = malloc(1 << 20);
    if (huge == NULL)
        abort();
    memset(huge, '7', 1 << 20);
    ok(!number_parse((struct str){huge, 1 << 20}, &x, &e), "a megabyte of digits");
    is_str(e.msg, OVER, "  is too large");
    free(huge);
    return tap_done();
}
