/* fn.c - functions as a whole: start, end, where their files are. */
#include "cloud/fn.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "cloud/fn_int.h"
#include "cloud/fn_stream.h"

static bool make_dir(const char *path, mode_t mode, struct err *e)
{
    return mkdir(path, mode) == 0 || errno == EEXIST ||
           err_set(e, ERR_IO, "cannot make the directory %s: %s", path, strerror(errno));
}

static bool make_dirs(struct fn *f, struct err *e)
{
    static const char *const parts[] = {"code", "logs", "dead-letter"};
    char path[1200];
    if (f->cloud->data == NULL) {
        snprintf(f->dir, sizeof(f->dir), "/tmp/stator-functions-XXXXXX");
        if (mkdtemp(f->dir) == NULL)
            return err_set(e, ERR_IO, "cannot make %s: %s", f->dir, strerror(errno));
        f->dir_is_ours = true;
    } else {
        char *data = realpath(f->cloud->data, NULL); /* functions have directories of their own */
        int n = snprintf(f->dir, sizeof(f->dir), "%s/functions", data != NULL ? data : "");
        free(data);
        if (data == NULL || n >= (int)sizeof(f->dir) - 200)
            return err_set(e, ERR_IO, "cannot find the directory %s", f->cloud->data);
        if (!make_dir(f->dir, 0700, e))
            return false;
    }
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        snprintf(path, sizeof(path), "%s/%s", f->dir, parts[i]);
        if (!make_dir(path, 0755, e))
            return false;
    }
    return true;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

void fn_remove_tree(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

bool fn_start(struct cloud *c, struct fn **out, struct err *e)
{
    struct fn *f = calloc(1, sizeof(*f));
    if (f == NULL)
        abort();
    f->cloud = c;
    lock_init(&f->code, LOCK_WRITER_QUEUE);
    *out = f;
    if (c->functions_user != NULL && (geteuid() != 0 || getpwnam(c->functions_user) == NULL))
        return err_set(e, ERR_VALIDATION,
                       "--functions-user %s: only root can run functions as another user, who has "
                       "to exist",
                       c->functions_user);
    return make_dirs(f, e) && fn_run_start(c->env, &f->run, e) && fn_async_start(f, e) &&
           fn_streams_start(f, e);
}

void fn_stopping(struct fn *f)
{
    if (f != NULL)
        fn_streams_stopping(f);
    if (f != NULL && f->run != NULL)
        fn_run_stopping(f->run);
}

void fn_stop(struct fn **at)
{
    struct fn *f = *at;
    if (f == NULL)
        return;
    fn_stopping(f);
    fn_streams_stop(f);
    fn_async_stop(f);
    fn_run_stop(&f->run);
    if (f->dir_is_ours)
        fn_remove_tree(f->dir);
    lock_deinit(&f->code);
    free(f);
    *at = NULL;
}

bool fn_name_parse(struct str text, char out[FN_NAME_MAX + 1])
{
    static const char chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    struct str latest = STR(":$LATEST"), marker = STR("function:");
    if (text.n > latest.n && str_eq(str_from(text, text.n - latest.n), latest))
        text.n -= latest.n;
    /* Behind the last "function:", if there is one. */
    const char *at = text.n > 0 ? memmem(text.p, text.n, marker.p, marker.n) : NULL;
    if (at != NULL && (at == text.p || at[-1] == ':'))
        text = str_from(text, (size_t)(at - text.p) + marker.n);
    if (text.n == 0 || text.n > FN_NAME_MAX)
        return false;
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] == '\0' || strchr(chars, text.p[i]) == NULL)
            return false;
    memcpy(out, text.p, text.n);
    out[text.n] = '\0';
    return true;
}

bool fn_dead_letter(struct fn *f, const char *name, json_t *letter, struct err *e)
{
    char path[1200];
    snprintf(path, sizeof(path), "%s/dead-letter/%s.jsonl", f->dir, name);
    char *text = json_dumps(letter, JSON_COMPACT);
    if (text == NULL)
        abort();
    struct buf line = {0};
    buf_printf(&line, "%s\n", text);
    free(text);
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    bool good = fd >= 0 && write(fd, line.p, line.n) == (ssize_t)line.n && fsync(fd) == 0;
    int error = errno;
    if (fd >= 0)
        close(fd);
    buf_free(&line);
    return good || err_set(e, ERR_IO, "cannot write %s: %s", path, strerror(error));
}

json_t *fn_json_or_text(struct str bytes)
{
    json_t *v = json_loadb(bytes.p != NULL ? bytes.p : "", bytes.n, JSON_DECODE_ANY, NULL);
    if (v == NULL)
        v = json_stringn(bytes.p != NULL ? bytes.p : "", bytes.n);
    return v != NULL ? v : json_null();
}

bool fn_invoke(struct fn *f, const char *name, struct fn_job *job, struct arena *mem, struct err *e)
{
    json_t *def = fn_def_load(f->cloud, name, e);
    if (def == NULL)
        return e->code == ERR_NONE ? err_set(e, ERR_RESOURCE_NOT_FOUND,
                                             "Function not found: arn:aws:lambda:%s:%s:function:%s",
                                             f->cloud->region, f->cloud->account, name)
                                   : false;
    struct fn_spec *spec = NEW(mem, struct fn_spec);
    bool good = fn_spec_make(f, def, mem, spec, e);
    json_decref(def);
    if (!good)
        return false;
    job->spec = spec;
    fn_run_invoke(f->run, job);
    return true;
}
