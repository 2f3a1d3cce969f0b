/* number.c - parsing, printing, order and key form of numbers; number_sum.c adds.
 *
 * Key form:
 *
 *     zero       80
 *     positive   C0 | exponent + 130 | 1 + digit pair, ... | 00
 *     negative   40 | the same bytes, all inverted
 *
 * Digits go in pairs (00..99) from the first one; an odd last digit is followed
 * by a 0 that decoding takes away again.  The end byte 00 is less than any pair,
 * so 1.2 comes before 1.23. */
#include "model/number_int.h"

enum { KEY_NEGATIVE = 0x40, KEY_ZERO = 0x80, KEY_POSITIVE = 0xC0 };

/* Beyond any mantissa's length: larger exponents need not be told apart. */
enum { EXPONENT_FAR = 1000000000 };

/* What a text says before it is judged. */
struct scan {
    const char *p, *end;
    int64_t digits;      /* of the mantissa, zeros included */
    int64_t whole;       /* those before the point */
    int64_t first, last; /* positions of the first and last digit other than 0; -1: none */
    int64_t exponent;    /* after the e */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool scan_mantissa(struct scan *s, uint8_t d[DIGITS_MAX])
{
    bool point = false;
    s->first = s->last = -1;
    for (; s->p < s->end; s->p++) {
        char c = *s->p;
        if (c == '.' && !point) {
            point = true;
            s->whole = s->digits;
            continue;
        }
        if (!is_digit(c))
            break;
        if (c != '0') {
            s->last = s->digits;
            if (s->first < 0)
                s->first = s->digits;
        }
        if (s->first >= 0 && s->digits - s->first < DIGITS_MAX)
            d[s->digits - s->first] = (uint8_t)(c - '0');
        s->digits++;
    }
    if (!point)
        s->whole = s->digits;
    return s->digits > 0;
}

static bool scan_exponent(struct scan *s)
{
    if (s->p == s->end)
        return true;
    if (*s->p != 'e' && *s->p != 'E')
        return false;
    s->p++;
    bool negative = s->p < s->end && *s->p == '-';
    if (s->p < s->end && (*s->p == '-' || *s->p == '+'))
        s->p++;
    if (s->p == s->end)
        return false;
    for (; s->p < s->end && is_digit(*s->p); s->p++)
        if (s->exponent < EXPONENT_FAR)
            s->exponent = s->exponent * 10 + (*s->p - '0');
    if (negative)
        s->exponent = -s->exponent;
    return s->p == s->end;
}

bool number_overflow(struct err *e)
{
    return err_set(e, ERR_VALIDATION,
                   "Number overflow. Attempting to store a number with magnitude larger than "
                   "supported range");
}

bool number_underflow(struct err *e)
{
    return err_set(e, ERR_VALIDATION,
                   "Number underflow. Attempting to store a number with magnitude smaller than "
                   "supported range");
}

static bool not_a_number(struct str text, struct err *e)
{
    return err_set(e, ERR_VALIDATION,
                   "The parameter cannot be converted to a numeric value: " STR_FMT, STR_ARG(text));
}

bool number_parse(struct str text, struct number *out, struct err *e)
{
    if (text.n == 0)
        return err_set(e, ERR_VALIDATION, "The parameter cannot be converted to a numeric value");
    struct number x;
    memset(&x, 0, sizeof(x)); /* the padding too: equal numbers, equal bytes */
    struct scan s = {.p = text.p, .end = text.p + text.n};
    bool negative = *s.p == '-';
    if (*s.p == '-' || *s.p == '+')
        s.p++;
    if (!scan_mantissa(&s, x.d) || !scan_exponent(&s))
        return not_a_number(text, e);
    if (s.first < 0) {
        /* The service judges zeros, too, by the exponent of their last digit:
         * 0e126 is too large, 0.0e126 is not. */
        if (s.exponent - (s.digits - s.whole) > EXPONENT_MAX)
            return number_overflow(e);
        *out = x;
        return true;
    }
    int64_t exponent = s.whole - 1 - s.first + s.exponent;
    int64_t digits = s.last - s.first + 1;
    if (exponent > EXPONENT_MAX)
        return number_overflow(e);
    if (exponent < EXPONENT_MIN)
        return number_underflow(e);
    if (digits > DIGITS_MAX)
        return err_set(e, ERR_VALIDATION,
                       "Attempting to store more than 38 significant digits in a Number");
    x.sign = negative ? -1 : 1;
    x.exponent = (int16_t)exponent;
    x.digits = (uint8_t)digits;
    *out = x;
    return true;
}

size_t number_format(const struct number *x, char out[NUMBER_TEXT_MAX])
{
    char *p = out;
    if (x->sign == 0) {
        *p = '0';
        return 1;
    }
    if (x->sign < 0)
        *p++ = '-';
    int i = 0;
    if (x->exponent < 0)
        *p++ = '0';
    for (; i <= x->exponent; i++)
        *p++ = (char)('0' + (i < x->digits ? x->d[i] : 0));
    if (i < x->digits) {
        *p++ = '.';
        for (int zeros = -1 - x->exponent; zeros > 0; zeros--)
            *p++ = '0';
        for (; i < x->digits; i++)
            *p++ = (char)('0' + x->d[i]);
    }
    assert(p - out <= NUMBER_TEXT_MAX);
    return (size_t)(p - out);
}

/* Is it short enough to be in range and already as number_format() prints it? */
static bool is_plain(struct str text)
{
    if (text.n == 0)
        return false;
    const char *p = text.p, *end = text.p + text.n;
    bool negative = *p == '-';
    p += negative;
    if (p == end || end - p > DIGITS_MAX)
        return false;
    const char *whole = p;
    while (p < end && is_digit(*p))
        p++;
    if (p == whole)
        return false;
    bool zero = *whole == '0';
    if (zero && p - whole > 1)
        return false;
    if (p == end)
        return !zero || !negative;
    if (*p++ != '.' || p == end)
        return false;
    while (p < end && is_digit(*p))
        p++;
    return p == end && end[-1] != '0';
}

bool number_canonical(struct str text, char scratch[NUMBER_TEXT_MAX], struct str *out,
                      struct err *e)
{
    if (LIKELY(is_plain(text))) {
        *out = text;
        return true;
    }
    struct number x;
    if (!number_parse(text, &x, e))
        return false;
    *out = (struct str){scratch, number_format(&x, scratch)};
    return true;
}

int number_cmp_magnitude(const struct number *a, const struct number *b)
{
    if (a->exponent != b->exponent)
        return a->exponent < b->exponent ? -1 : 1;
    return memcmp(a->d, b->d, sizeof(a->d));
}

int number_cmp(const struct number *a, const struct number *b)
{
    if (a->sign != b->sign)
        return a->sign < b->sign ? -1 : 1;
    int c = number_cmp_magnitude(a, b);
    return a->sign < 0 ? -c : c;
}

static size_t whole_digits(struct str s)
{
    const char *point = s.n > 0 ? memchr(s.p, '.', s.n) : NULL;
    return point != NULL ? (size_t)(point - s.p) : s.n;
}

int number_cmp_text(struct str a, struct str b)
{
    bool negative = a.n > 0 && a.p[0] == '-';
    if (negative != (b.n > 0 && b.p[0] == '-'))
        return negative ? -1 : 1;
    if (negative) {
        struct str was_a = a;
        a = str_from(b, 1);
        b = str_from(was_a, 1);
    }
    size_t wa = whole_digits(a), wb = whole_digits(b);
    if (wa != wb)
        return wa < wb ? -1 : 1;
    return str_cmp(a, b); /* no superfluous zeros: a prefix is the smaller one */
}

size_t number_key_encode(const struct number *x, unsigned char out[NUMBER_KEY_MAX])
{
    if (x->sign == 0) {
        out[0] = KEY_ZERO;
        return 1;
    }
    size_t n = 0;
    out[n++] = x->sign > 0 ? KEY_POSITIVE : KEY_NEGATIVE;
    unsigned flip = x->sign > 0 ? 0 : 0xFF;
    out[n++] = (unsigned char)((unsigned)(x->exponent - EXPONENT_MIN) ^ flip);
    for (int i = 0; i < x->digits; i += 2) {
        unsigned low = i + 1 < x->digits ? x->d[i + 1] : 0;
        out[n++] = (unsigned char)((1 + 10u * x->d[i] + low) ^ flip);
    }
    out[n++] = (unsigned char)flip;
    assert(n <= NUMBER_KEY_MAX);
    return n;
}

bool number_key_decode(struct str *in, struct number *out)
{
    const unsigned char *p = (const unsigned char *)in->p;
    struct number x;
    memset(&x, 0, sizeof(x));
    if (in->n == 0)
        return false;
    size_t n = 1;
    if (p[0] != KEY_ZERO) {
        if ((p[0] != KEY_POSITIVE && p[0] != KEY_NEGATIVE) || in->n < 4)
            return false;
        unsigned flip = p[0] == KEY_POSITIVE ? 0 : 0xFF;
        x.sign = flip != 0 ? -1 : 1;
        x.exponent = (int16_t)((int)(p[1] ^ flip) + EXPONENT_MIN);
        for (n = 2; n < in->n && (p[n] ^ flip) != 0; n++) {
            unsigned pair = (p[n] ^ flip) - 1;
            if (pair > 99 || x.digits == DIGITS_MAX)
                return false;
            x.d[x.digits++] = (uint8_t)(pair / 10);
            x.d[x.digits++] = (uint8_t)(pair % 10);
        }
        if (n == in->n || x.digits == 0 || x.d[0] == 0)
            return false; /* no end byte, no digits, or a leading zero */
        if (x.d[x.digits - 1] == 0 && x.d[--x.digits - 1] == 0)
            return false; /* a pair 00 at the end */
        n++;
    }
    *in = str_from(*in, n);
    *out = x;
    return true;
}
