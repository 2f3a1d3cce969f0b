/* rocks_wal.c - is a write-ahead log damaged, or only cut short?
 *
 * Each commit is synced before the next one begins.  So a power loss can spoil
 * the bytes of the last commit only, and everything acknowledged lies before
 * them.  If a record cannot be read and another commit begins after it, then
 * acknowledged commits are affected, and nobody may drop them in silence.
 *
 * The log is blocks of 32 KiB; a block holds fragments, and less than 7 bytes
 * of zeros at its end:
 *
 *     crc:u32 | n:u16 | type:u8 | n bytes           little-endian
 *
 * crc is the masked CRC-32C of type and bytes; type says whether the fragment is
 * a whole record (1) or its first (2), middle (3) or last (4) part.  One record
 * is one commit. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/rocks_int.h"

enum { WAL_BLOCK = 32768, WAL_HEADER = 7, WAL_FULL = 1, WAL_FIRST = 2, WAL_LAST = 4 };

static uint32_t crc32c(const unsigned char *p, size_t n)
{
    uint32_t crc = ~0U;
    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (0x82f63b78U & -(crc & 1));
    }
    return ~crc;
}

static uint32_t read_u32(const unsigned char *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static bool fragment_is_good(const unsigned char *p, size_t n)
{
    uint32_t crc = crc32c(p + 6, n + 1), masked = (crc >> 15 | crc << 17) + 0xa282ead8U;
    return p[6] >= WAL_FULL && p[6] <= WAL_LAST && read_u32(p) == masked;
}

/* Walks one block.  False: a commit begins after damage. */
static bool block_check(const unsigned char *p, size_t size, bool *damaged)
{
    for (size_t at = 0; at + WAL_HEADER <= size;) {
        size_t n = p[at + 4] | (size_t)p[at + 5] << 8;
        if (p[at + 6] == 0 && n == 0)
            return true; /* preallocated zeros */
        if (at + WAL_HEADER + n > size) {
            *damaged = true;
            return true;
        }
        if (!fragment_is_good(p + at, n))
            *damaged = true;
        else if (*damaged && (p[at + 6] == WAL_FULL || p[at + 6] == WAL_FIRST))
            return false;
        at += WAL_HEADER + n;
    }
    return true;
}

static bool file_check(const char *dir, const char *name, bool *damaged, struct err *e)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    FILE *f = fopen(path, "re");
    if (f == NULL)
        return err_set(e, ERR_IO, "cannot read the log %s", name);
    unsigned char *block = malloc(WAL_BLOCK);
    if (block == NULL)
        abort();
    bool good = true;
    for (size_t n; good && (n = fread(block, 1, WAL_BLOCK, f)) > 0;)
        good = block_check(block, n, damaged);
    free(block);
    fclose(f);
    return good || err_set(e, ERR_IO, "commits in the log %s cannot be read", name);
}

static int is_log(const struct dirent *f)
{
    size_t n = strlen(f->d_name);
    return n > 4 && strcmp(f->d_name + n - 4, ".log") == 0;
}

bool rocks_wal_check(const char *path, struct err *e)
{
    struct dirent **name;
    int n = scandir(path, &name, is_log, alphasort); /* six digits and more: order of age */
    if (n < 0)
        return err_set(e, ERR_IO, "cannot read the directory of the log");
    bool good = true, damaged = false;
    for (int i = 0; i < n; i++) {
        good = good && file_check(path, name[i]->d_name, &damaged, e);
        free(name[i]);
    }
    free(name);
    if (good && !damaged) /* then it was something else that could not be read */
        good = err_set(e, ERR_IO, "files other than the log cannot be read");
    return good;
}
