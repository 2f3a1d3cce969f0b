/* rocks_dir.c - the data directory.
 *
 *   DIR/lock       held with flock() for the life of the store
 *   DIR/FORMAT     one line: the number of the format that wrote the directory
 *   DIR/unsynced   there while the store runs without syncing each commit
 *   DIR/rocks/     RocksDB's files
 *
 * FORMAT is written, synced and renamed into place before RocksDB makes its
 * first file: data without FORMAT is therefore damage, and is refused. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/rocks_int.h"

enum { PROBE_SPARE_BYTES = 16 << 20 };

static char *join(const char *dir, const char *name)
{
    char *path = NULL;
    if (asprintf(&path, "%s/%s", dir, name) < 0)
        abort();
    return path;
}

static bool dir_error(struct err *e, const char *dir, const char *doing)
{
    return err_set(e, ERR_IO, "data directory '%s': cannot %s: %s", dir, doing, strerror(errno));
}

static bool make_dirs(const char *dir, struct err *e)
{
    char *path = strdup(dir);
    if (path == NULL)
        abort();
    bool good = true;
    for (char *slash = path; good && slash != NULL;) {
        slash = strchr(slash + 1, '/');
        if (slash != NULL)
            *slash = '\0';
        good = mkdir(path, 0700) == 0 || errno == EEXIST;
        if (slash != NULL)
            *slash = '/';
    }
    free(path);
    return good || dir_error(e, dir, "create it");
}

static bool sync_dir(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return good;
}

static bool take_lock(struct rocks *r, struct err *e)
{
    char *path = join(r->dir, "lock");
    r->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    free(path);
    if (r->lock_fd < 0)
        return dir_error(e, r->dir, "open its lock file");
    if (flock(r->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return true;
    if (errno == EWOULDBLOCK)
        return err_set(e, ERR_IO, "data directory '%s' is in use by another process", r->dir);
    return dir_error(e, r->dir, "lock it");
}

static bool write_format(struct rocks *r, const char *path, struct err *e)
{
    char *fresh = join(r->dir, "FORMAT.new");
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool good = fd >= 0 && dprintf(fd, "%d\n", ROCKS_FORMAT) > 0 && fsync(fd) == 0;
    if (fd >= 0)
        good = close(fd) == 0 && good;
    good = good && rename(fresh, path) == 0 && sync_dir(r->dir);
    free(fresh);
    return good || dir_error(e, r->dir, "write FORMAT");
}

static bool read_format(struct rocks *r, const char *path, struct err *e)
{
    char text[32] = {0}, *end;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;
    if (fd >= 0)
        close(fd);
    if (n < 0)
        return dir_error(e, r->dir, "read FORMAT");
    long format = strtol(text, &end, 10);
    if (end == text || *end != '\n' || format < 1)
        return err_set(e, ERR_IO, "data directory '%s' is damaged: FORMAT is not a number", r->dir);
    if (format > ROCKS_FORMAT)
        return err_set(e, ERR_IO,
                       "data directory '%s' was written by a newer version (format %ld, this "
                       "program knows up to %d)",
                       r->dir, format, ROCKS_FORMAT);
    return true;
}

static bool check_format(struct rocks *r, struct err *e)
{
    char *path = join(r->dir, "FORMAT");
    bool good;
    if (access(path, F_OK) == 0)
        good = read_format(r, path, e);
    else if (access(r->path, F_OK) == 0)
        good = err_set(e, ERR_IO, "data directory '%s' is damaged: FORMAT is missing", r->dir);
    else
        good = write_format(r, path, e);
    free(path);
    return good;
}

bool rocks_dir_take(struct rocks *r, const char *dir, struct err *e)
{
    if (dir == NULL) {
        r->env = rocksdb_create_mem_env();
        r->path = join("", "memory"); /* the memory file system knows absolute paths only */
        return true;
    }
    r->dir = strdup(dir);
    if (r->dir == NULL)
        abort();
    r->path = join(dir, "rocks");
    return make_dirs(dir, e) && take_lock(r, e) && check_format(r, e);
}

bool rocks_dir_unsynced(struct rocks *r)
{
    char *path = join(r->dir, "unsynced");
    bool unsynced = access(path, F_OK) == 0;
    free(path);
    return unsynced;
}

bool rocks_dir_mark_unsynced(struct rocks *r, bool unsynced, struct err *e)
{
    if (unsynced == rocks_dir_unsynced(r))
        return true;
    char *path = join(r->dir, "unsynced");
    int fd = unsynced ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;
    bool good = unsynced ? fd >= 0 : unlink(path) == 0;
    if (fd >= 0)
        close(fd);
    free(path);
    return (good && sync_dir(r->dir)) || dir_error(e, r->dir, "mark it");
}

static bool ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);
    return n >= m && strcmp(name + n - m, end) == 0;
}

/* RocksDB makes an empty database when CURRENT is missing, and then removes all
 * files that do not belong to it: so only where there are no data it may. */
bool rocks_dir_is_new(struct rocks *r, bool *is_new, struct err *e)
{
    *is_new = true;
    DIR *d = opendir(r->path);
    if (d == NULL)
        return errno == ENOENT || dir_error(e, r->dir, "read it");
    bool current = false, data = false;
    for (struct dirent *f; (f = readdir(d)) != NULL;) {
        current |= strcmp(f->d_name, "CURRENT") == 0;
        data |= ends_with(f->d_name, ".sst");
        struct stat st;
        data |= ends_with(f->d_name, ".log") && fstatat(dirfd(d), f->d_name, &st, 0) == 0 &&
                st.st_size > 0;
    }
    closedir(d);
    *is_new = !current;
    if (!current && data)
        return err_set(e, ERR_IO, "data directory '%s' is damaged: rocks/CURRENT is missing",
                       r->dir);
    return true;
}

static int64_t log_bytes(const char *path)
{
    int64_t sum = 0;
    DIR *d = opendir(path);
    if (d == NULL)
        return 0;
    for (struct dirent *f; (f = readdir(d)) != NULL;) {
        struct stat st;
        if (ends_with(f->d_name, ".log") && fstatat(dirfd(d), f->d_name, &st, 0) == 0)
            sum += st.st_size;
    }
    closedir(d);
    return sum;
}

bool rocks_dir_probe(struct rocks *r, struct err *e)
{
    char *path = join(r->dir, "probe");
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int fault = fd < 0 ? errno : posix_fallocate(fd, 0, log_bytes(r->path) + PROBE_SPARE_BYTES);
    if (fault == 0 && (pwrite(fd, "probe", 5, 0) != 5 || fsync(fd) != 0))
        fault = errno;
    if (fd >= 0)
        close(fd);
    unlink(path);
    free(path);
    if (fault == 0)
        return true;
    return err_set(e, ERR_IO, "data directory '%s' cannot be written: %s", r->dir, strerror(fault));
}
