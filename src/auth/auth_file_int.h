/* auth_file_int.h - a small file as a whole. */
#ifndef AUTH_FILE_INT_H
#define AUTH_FILE_INT_H

#include "base/arena.h"
#include "base/err.h"

/* At most CREDENTIALS_FILE_BYTES_MAX.  A file that does not exist is an error,
 * unless `missing` is given: then it is set, and the text is empty. */
MUST_CHECK bool auth_file_read(struct arena *mem, const char *path, bool *missing, struct str *out,
                               struct err *e);

#endif
