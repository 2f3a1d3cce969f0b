/* auth_file.c - see auth_file_int.h. */
#include "auth/auth_file_int.h"

#include <errno.h>
#include <stdio.h>

#include "auth/credentials.h"

bool auth_file_read(struct arena *mem, const char *path, bool *missing, struct str *out,
                    struct err *e)
{
    FILE *f = fopen(path, "re");
    if (missing != NULL)
        *missing = f == NULL && (errno == ENOENT || errno == ENOTDIR);
    if (f == NULL && missing != NULL && *missing) {
        *out = STR("");
        return true;
    }
    if (f == NULL)
        return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
    char *p = arena_bytes(mem, CREDENTIALS_FILE_BYTES_MAX + 1);
    size_t n = fread(p, 1, CREDENTIALS_FILE_BYTES_MAX + 1, f);
    int failure = ferror(f) ? errno : 0;
    fclose(f);
    if (failure != 0)
        return err_set(e, ERR_IO, "%s: %s", path, strerror(failure));
    if (n > CREDENTIALS_FILE_BYTES_MAX)
        return err_set(e, ERR_IO, "%s: larger than %d bytes", path, CREDENTIALS_FILE_BYTES_MAX);
    *out = (struct str){p, n};
    return true;
}
