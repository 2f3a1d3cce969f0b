/* format.h - printf texts in which a run of bytes stays whole.
 *
 * The conversions of printf() with their arguments, but that STR_FMT puts in all bytes
 * of a str, NULs too, where printf() would stop at the first one. */
#ifndef BASE_FORMAT_H
#define BASE_FORMAT_H

#include <stdarg.h>

#include "base/base.h"

/* Writes at most `room` bytes, the last of them a NUL when room > 0; returns how many bytes the
 * whole text has, without the NUL. */
size_t format_text(char *out, size_t room, const char *fmt, va_list ap) PRINTF_LIKE(3, 0);

#endif
