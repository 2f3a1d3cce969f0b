/* fuzz_number.c - two numbers, a line each: all ways to read, print, order and add them agree. */
#include <stdlib.h>

#include "model/number.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool x)
{
    if (!x)
        abort();
}

static int sign_of(int c)
{
    return (c > 0) - (c < 0);
}

/* Reads `text`; the printed form reads back as the same, and so does the key. */
static bool read_number(struct str text, struct number *x, char printed[NUMBER_TEXT_MAX],
                        struct str *canonical)
{
    struct err e = {0}, e2 = {0};
    struct str again;
    struct number back;
    char scratch[NUMBER_TEXT_MAX];
    unsigned char key[NUMBER_KEY_MAX];
    bool good = number_parse(text, x, &e);
    must(number_canonical(text, scratch, &again, &e2) == good);
    must(e.code == e2.code && strcmp(e.msg, e2.msg) == 0);
    if (!good)
        return false;
    *canonical = (struct str){printed, number_format(x, printed)};
    must(str_eq(*canonical, again));
    must(number_parse(*canonical, &back, &e) && memcmp(&back, x, sizeof(back)) == 0);
    struct str rest = {(char *)key, number_key_encode(x, key)};
    must(number_key_decode(&rest, &back) && rest.n == 0 && memcmp(&back, x, sizeof(back)) == 0);
    return true;
}

static void check_key_bytes(struct str in)
{
    struct number x;
    unsigned char key[NUMBER_KEY_MAX];
    struct str rest = in;
    if (!number_key_decode(&rest, &x))
        return;
    struct str again = {(char *)key, number_key_encode(&x, key)};
    must(str_eq(again, (struct str){in.p, in.n - rest.n}));
}

static void check_pair(const struct number *a, const struct number *b, struct str ta, struct str tb)
{
    unsigned char ka[NUMBER_KEY_MAX], kb[NUMBER_KEY_MAX];
    struct str sa = {(char *)ka, number_key_encode(a, ka)};
    struct str sb = {(char *)kb, number_key_encode(b, kb)};
    int order = sign_of(number_cmp(a, b));
    must(order == sign_of(number_cmp_text(ta, tb)));
    must(order == sign_of(str_cmp(sa, sb)));
    must((order == 0) == str_eq(ta, tb));
    struct number sum, swapped, back;
    struct err e = {0}, e2 = {0}, e3 = {0}, e4 = {0};
    bool good = number_add(a, b, &sum, &e);
    must(number_add(b, a, &swapped, &e2) == good);
    if (good) {
        must(memcmp(&sum, &swapped, sizeof(sum)) == 0);
        must(sign_of(number_cmp(&sum, a)) == b->sign);
        must(number_sub(&sum, b, &back, &e3) && memcmp(&back, a, sizeof(back)) == 0);
    }
    if (number_sub(a, b, &sum, &e4))
        must(sum.sign == order);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str in = {(const char *)data, size};
    const char *line = size > 0 ? memchr(data, '\n', size) : NULL;
    struct str first = {in.p, line != NULL ? (size_t)(line - in.p) : size};
    struct str second = line != NULL ? str_from(in, first.n + 1) : (struct str){0};
    struct number a, b;
    char ta[NUMBER_TEXT_MAX], tb[NUMBER_TEXT_MAX];
    struct str ca, cb;
    check_key_bytes(in);
    bool good = read_number(first, &a, ta, &ca);
    if (read_number(second, &b, tb, &cb) && good)
        check_pair(&a, &b, ca, cb);
    return 0;
}
