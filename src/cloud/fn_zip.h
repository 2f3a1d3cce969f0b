/* fn_zip.h - reading zip archives: the code of functions.
 *
 * Takes what ordinary tools make: entries that are stored or deflated.  Refused
 * are encrypted and 64-bit archives, paths that lead outside, links, and more than
 * FN_ZIP_FILES_MAX files or FN_ZIP_BYTES_MAX bytes. */
#ifndef CLOUD_FN_ZIP_H
#define CLOUD_FN_ZIP_H

#include "base/buf.h"
#include "base/err.h"

enum { FN_ZIP_FILES_MAX = 10000, FN_ZIP_PATH_BYTES_MAX = 1024 };
#define FN_ZIP_BYTES_MAX ((size_t)250 * 1024 * 1024)

/* One file or directory; valid during the call.  False ends the walk with *e set. */
struct fn_zip_entry {
    struct str path; /* relative, without "." and ".." */
    bool directory, executable;
    struct str bytes;
};
typedef bool fn_zip_visit(void *arg, const struct fn_zip_entry *entry, struct err *e);
MUST_CHECK bool fn_zip_read(struct str zip, fn_zip_visit *visit, void *arg, struct err *e);

/* Makes the directory and puts all files into it. */
MUST_CHECK bool fn_zip_unpack(struct str zip, const char *dir, struct err *e);

#endif
