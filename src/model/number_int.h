/* number_int.h - what number.c and number_sum.c share: the range of numbers and the
 * service's words for what is outside. */
#ifndef MODEL_NUMBER_INT_H
#define MODEL_NUMBER_INT_H

#include "model/limits.h"
#include "model/number.h"

enum { DIGITS_MAX = LIMIT_NUMBER_DIGITS, EXPONENT_MIN = -130, EXPONENT_MAX = 125 };

/* Set *e; return false. */
bool number_overflow(struct err *e);
bool number_underflow(struct err *e);

/* Without regard to the signs: <0, 0, >0. */
int number_cmp_magnitude(const struct number *a, const struct number *b);

#endif
