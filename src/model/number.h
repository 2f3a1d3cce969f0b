/* number.h - DynamoDB numbers: 38 significant decimal digits, exact.
 *
 * Magnitudes are 0 and 1E-130 .. 9.99...E+125.  Errors are the service's
 * texts as ERR_VALIDATION. */
#ifndef MODEL_NUMBER_H
#define MODEL_NUMBER_H

#include "base/buf.h"
#include "base/err.h"

struct number {       /* transparent value: copy it, compare it */
    int8_t sign;      /* -1, 0, +1 */
    int16_t exponent; /* of the first digit, -130..125; 0 for zero */
    uint8_t digits;   /* 0..38 */
    uint8_t d[38]; /* one each, neither first nor last is 0, rest 0: equal numbers, equal bytes */
};

enum { NUMBER_TEXT_MAX = 176 /* "-0." + 129 zeros + 38 digits, and some */, NUMBER_KEY_MAX = 24 };

/* Grammar: [+-] digits [. digits] [e|E [+-] digits], at least one digit before
 * or after the dot. */
MUST_CHECK bool number_parse(struct str text, struct number *out, struct err *e);

/* Canonical text: plain decimal, no exponent, no superfluous zeros, "-0" is "0".
 * Returns its length; out is not NUL-terminated. */
size_t number_format(const struct number *x, char out[NUMBER_TEXT_MAX]);

/* number_parse() + number_format() with a fast way for text that is canonical
 * already, in which case *out borrows `text`; else it points into scratch. */
MUST_CHECK bool number_canonical(struct str text, char scratch[NUMBER_TEXT_MAX], struct str *out,
                                 struct err *e);

int number_cmp(const struct number *a, const struct number *b);

/* Order of two canonical texts by value, without a full parse. */
int number_cmp_text(struct str a, struct str b);

/* Exact; the overflow text when out of range or more than 38 digits are needed. */
MUST_CHECK bool number_add(const struct number *a, const struct number *b, struct number *out,
                           struct err *e);
MUST_CHECK bool number_sub(const struct number *a, const struct number *b, struct number *out,
                           struct err *e);

/* A form whose memcmp order is the numeric order and that ends itself (no
 * encoding is a prefix of another): drawing in number.c. */
size_t number_key_encode(const struct number *x, unsigned char out[NUMBER_KEY_MAX]);
/* Takes one off *in; false on bytes that number_key_encode() cannot have made. */
MUST_CHECK bool number_key_decode(struct str *in, struct number *out);

#endif
