/* fn_zip.c - see fn_zip.h.
 *
 *   entries, each: local header (30 bytes) | name | extra | data
 *   central directory, one record per entry: 46 bytes | name | extra | comment
 *   end of central directory: 22 bytes | comment
 *
 * All integers are little-endian.  The central directory counts; of the local
 * headers only the length is looked at. */
#include "cloud/fn_zip.h"

#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    LOCAL_BYTES = 30,
    CENTRAL_BYTES = 46,
    END_BYTES = 22,
    COMMENT_BYTES_MAX = 65535,
    STORED = 0,
    DEFLATED = 8,
    ENCRYPTED = 1, /* a flag */
};

struct central {
    unsigned flags, method, mode;
    uint32_t crc;
    size_t packed, size, local;
    struct str name;
    size_t bytes; /* of this record */
};

static unsigned get16(const char *p)
{
    return (unsigned)(unsigned char)p[0] | (unsigned)(unsigned char)p[1] << 8;
}

static uint32_t get32(const char *p)
{
    return get16(p) | (uint32_t)get16(p + 2) << 16;
}

static bool bad(struct err *e, const char *why)
{
    return err_set(e, ERR_VALIDATION, "Could not unzip uploaded file: %s", why);
}

/* Where the end record begins; zip.n: there is none. */
static size_t find_end(struct str zip)
{
    if (zip.n < END_BYTES)
        return zip.n;
    size_t first = zip.n - END_BYTES, tries = size_min(first, COMMENT_BYTES_MAX);
    for (size_t k = 0; k <= tries; k++) {
        const char *p = zip.p + first - k;
        if (memcmp(p, "PK\5\6", 4) == 0 && get16(p + 20) == k)
            return first - k;
    }
    return zip.n;
}

static bool read_central(struct str zip, size_t at, struct central *out, struct err *e)
{
    if (at > zip.n || zip.n - at < CENTRAL_BYTES || memcmp(zip.p + at, "PK\1\2", 4) != 0)
        return bad(e, "its directory is damaged");
    const char *p = zip.p + at;
    size_t name_n = get16(p + 28);
    *out = (struct central){
        .flags = get16(p + 8),
        .method = get16(p + 10),
        .crc = get32(p + 16),
        .packed = get32(p + 20),
        .size = get32(p + 24),
        .mode = get16(p + 4) >> 8 == 3 ? get32(p + 38) >> 16 : 0, /* made on Unix */
        .local = get32(p + 42),
        .name = {p + CENTRAL_BYTES, name_n},
        .bytes = CENTRAL_BYTES + name_n + get16(p + 30) + get16(p + 32),
    };
    if (zip.n - at < out->bytes)
        return bad(e, "its directory is damaged");
    if ((out->flags & ENCRYPTED) != 0)
        return bad(e, "it is encrypted");
    if (out->packed == UINT32_MAX || out->size == UINT32_MAX || out->local == UINT32_MAX)
        return bad(e, "64-bit archives are not supported");
    if (S_ISLNK(out->mode))
        return bad(e, "it contains a link");
    return true;
}

/* Each part is a name, none is "." or ".."; one slash at the end is a directory's. */
static bool path_is_safe(struct str path)
{
    if (path.n == 0 || path.n > FN_ZIP_PATH_BYTES_MAX || path.p[0] == '/')
        return false;
    if (memchr(path.p, '\0', path.n) != NULL || memchr(path.p, '\\', path.n) != NULL)
        return false;
    for (size_t at = 0; at < path.n;) {
        const char *slash = memchr(path.p + at, '/', path.n - at);
        size_t n = slash != NULL ? (size_t)(slash - path.p) - at : path.n - at;
        if (n == 0 || str_eq((struct str){path.p + at, n}, STR(".")) ||
            str_eq((struct str){path.p + at, n}, STR("..")))
            return false;
        at += n + 1;
    }
    return true;
}

/* The entry's bytes, unpacked into `to` where they are packed. */
static bool read_data(struct str zip, const struct central *c, struct buf *to, struct str *out,
                      struct err *e)
{
    if (c->local > zip.n || zip.n - c->local < LOCAL_BYTES ||
        memcmp(zip.p + c->local, "PK\3\4", 4) != 0)
        return bad(e, "an entry is damaged");
    const char *p = zip.p + c->local;
    size_t head = LOCAL_BYTES + get16(p + 26) + get16(p + 28), room = zip.n - c->local;
    if (head > room || c->packed > room - head)
        return bad(e, "an entry is damaged");
    struct str packed = {p + head, c->packed};
    if (c->method == STORED && c->packed == c->size) {
        *out = packed;
    } else if (c->method == DEFLATED) {
        struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
        to->n = 0;
        char *space = d != NULL ? buf_room(to, c->size + 1) : NULL;
        bool good = space != NULL &&
                    libdeflate_deflate_decompress(d, packed.p, packed.n, space, c->size, NULL) ==
                        LIBDEFLATE_SUCCESS;
        if (d != NULL)
            libdeflate_free_decompressor(d);
        if (!good)
            return bad(e, "an entry is damaged");
        to->n = c->size;
        *out = buf_str(to);
    } else {
        return bad(e, "an entry is packed in a way that is not supported");
    }
    return libdeflate_crc32(0, out->p, out->n) == c->crc || bad(e, "an entry is damaged");
}

static bool visit_entry(struct str zip, const struct central *c, struct buf *space,
                        fn_zip_visit *visit, void *arg, struct err *e)
{
    struct fn_zip_entry entry = {.path = c->name, .executable = (c->mode & 0111) != 0};
    if (!path_is_safe(c->name))
        return bad(e, "the path of an entry is not allowed");
    if (c->name.p[c->name.n - 1] == '/') {
        entry.directory = true;
        entry.path.n--;
    } else if (!read_data(zip, c, space, &entry.bytes, e)) {
        return false;
    }
    return visit(arg, &entry, e);
}

bool fn_zip_read(struct str zip, fn_zip_visit *visit, void *arg, struct err *e)
{
    size_t end = find_end(zip), total = 0;
    if (end == zip.n)
        return bad(e, "it is not a zip archive");
    size_t n = get16(zip.p + end + 10), at = get32(zip.p + end + 16);
    struct buf space = {0};
    bool good = n <= FN_ZIP_FILES_MAX || bad(e, "it has too many entries");
    for (size_t i = 0; i < n && good; i++) {
        struct central c = {0};
        good = read_central(zip, at, &c, e);
        if (!good)
            break;
        /* Each size is below 4 GiB and there are few: no overflow. */
        total += c.size;
        good = (total <= FN_ZIP_BYTES_MAX || bad(e, "unzipped it is larger than 250 MB")) &&
               visit_entry(zip, &c, &space, visit, arg, e);
        at += c.bytes;
    }
    buf_free(&space);
    return good;
}

static bool make_parents(char *path, size_t from)
{
    for (char *p = path + from; *p != '\0'; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        bool good = mkdir(path, 0755) == 0 || errno == EEXIST;
        *p = '/';
        if (!good)
            return false;
    }
    return true;
}

static bool put_file(const char *path, const struct fn_zip_entry *entry)
{
    /* Not through a link: nothing in this directory is one. */
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return false;
    struct str left = entry->bytes;
    while (left.n > 0) {
        ssize_t n = write(fd, left.p, left.n);
        if (n <= 0)
            break;
        left = str_from(left, (size_t)n);
    }
    bool good = left.n == 0 && fchmod(fd, entry->executable ? 0755 : 0644) == 0;
    return close(fd) == 0 && good;
}

static bool unpack_entry(void *arg, const struct fn_zip_entry *entry, struct err *e)
{
    const char *dir = arg;
    char path[4096 + FN_ZIP_PATH_BYTES_MAX + 2];
    int n = snprintf(path, sizeof(path), "%s/" STR_FMT, dir, STR_ARG(entry->path));
    if (n < 0 || (size_t)n >= sizeof(path))
        return bad(e, "a path is too long");
    bool good = make_parents(path, strlen(dir) + 1);
    if (good && entry->directory)
        good = mkdir(path, 0755) == 0 || errno == EEXIST;
    else if (good)
        good = put_file(path, entry);
    return good || err_set(e, ERR_IO, "cannot write %s: %s", path, strerror(errno));
}

bool fn_zip_unpack(struct str zip, const char *dir, struct err *e)
{
    if (mkdir(dir, 0755) != 0 && errno != EEXIST)
        return err_set(e, ERR_IO, "cannot make the directory %s: %s", dir, strerror(errno));
    char copy[4096];
    snprintf(copy, sizeof(copy), "%s", dir);
    return fn_zip_read(zip, unpack_entry, copy, e);
}
