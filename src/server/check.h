/* check.h - `stator check`: does the data directory hold what it should? */
#ifndef SERVER_CHECK_H
#define SERVER_CHECK_H

#include "base/err.h"

/* Opens the directory's database, walks all of it and prints a line for each
 * problem and one with the sums.  False with *e set when the walk could not be
 * made; *problems is written when it could.  No server may be running on it. */
MUST_CHECK bool check_run(const char *dir, uint64_t *problems, struct err *e);

#endif
