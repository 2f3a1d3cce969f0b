/* number_sum.c - exact addition and subtraction.
 *
 * Both operands are laid out in one row of decimal places that is wide enough
 * for any two numbers: 125 + carry down to -130 - 37. */
#include "model/number_int.h"

enum { PLACES_MAX = (EXPONENT_MAX + 1) - (EXPONENT_MIN - (DIGITS_MAX - 1)) + 1 };

struct row {
    int top; /* exponent of place 0 */
    int n;   /* places in use */
    uint8_t place[PLACES_MAX];
};

/* Place of the digit after x's last one. */
static int place_after(const struct row *r, const struct number *x)
{
    return r->top - x->exponent + x->digits;
}

static void row_init(struct row *r, const struct number *big, const struct number *small)
{
    r->top = big->exponent + 1;
    int a = place_after(r, big), b = place_after(r, small);
    r->n = a > b ? a : b;
    assert(r->n <= PLACES_MAX);
    memset(r->place, 0, (size_t)r->n);
    memcpy(r->place + 1, big->d, big->digits);
}

static void row_add(struct row *r, const struct number *x)
{
    int at = place_after(r, x) - 1;
    unsigned carry = 0;
    for (int i = x->digits - 1; i >= 0 || carry != 0; i--, at--) {
        unsigned sum = r->place[at] + carry + (i >= 0 ? x->d[i] : 0u);
        carry = sum > 9;
        r->place[at] = (uint8_t)(sum - 10 * carry);
    }
}

/* x is not larger than what is in the row. */
static void row_subtract(struct row *r, const struct number *x)
{
    int at = place_after(r, x) - 1;
    int borrow = 0;
    for (int i = x->digits - 1; i >= 0 || borrow != 0; i--, at--) {
        int rest = r->place[at] - borrow - (i >= 0 ? x->d[i] : 0);
        borrow = rest < 0;
        r->place[at] = (uint8_t)(rest + 10 * borrow);
    }
}

static bool row_number(const struct row *r, int8_t sign, struct number *out, struct err *e)
{
    int first = 0, end = r->n;
    while (first < end && r->place[first] == 0)
        first++;
    while (end > first && r->place[end - 1] == 0)
        end--;
    struct number x;
    memset(&x, 0, sizeof(x));
    if (first < end) {
        if (r->top - first < EXPONENT_MIN)
            return number_underflow(e);
        /* The service has no other words for a sum that needs more than 38 digits. */
        if (r->top - first > EXPONENT_MAX || end - first > DIGITS_MAX)
            return number_overflow(e);
        x.sign = sign;
        x.exponent = (int16_t)(r->top - first);
        x.digits = (uint8_t)(end - first);
        memcpy(x.d, r->place + first, x.digits);
    }
    *out = x;
    return true;
}

static bool sum(const struct number *a, const struct number *b, int8_t sign_b, struct number *out,
                struct err *e)
{
    if (b->sign == 0) {
        *out = *a;
        return true;
    }
    if (a->sign == 0) {
        *out = *b;
        out->sign = sign_b;
        return true;
    }
    bool a_bigger = number_cmp_magnitude(a, b) >= 0;
    const struct number *big = a_bigger ? a : b, *small = a_bigger ? b : a;
    struct row r;
    row_init(&r, big, small);
    if (a->sign == sign_b)
        row_add(&r, small);
    else
        row_subtract(&r, small);
    return row_number(&r, a_bigger ? a->sign : sign_b, out, e);
}

bool number_add(const struct number *a, const struct number *b, struct number *out, struct err *e)
{
    return sum(a, b, b->sign, out, e);
}

bool number_sub(const struct number *a, const struct number *b, struct number *out, struct err *e)
{
    return sum(a, b, (int8_t)-b->sign, out, e);
}
