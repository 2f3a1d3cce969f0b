/* times.h - instants as the two databases and the API spell them.
 *
 * Instants are microseconds since 1970, UTC.  In SQL a time is 26 characters
 * without a zone, so that SQLite's order of text is the order of time. */
#ifndef CRUDDUR_TIMES_H
#define CRUDDUR_TIMES_H

#include "base/str.h"

enum { TIMES_SQL_MAX = 27 };

int64_t times_now_us(void);
void times_sql(int64_t us, char out[TIMES_SQL_MAX]); /* 2026-11-22T10:38:55.054745 */

#endif
