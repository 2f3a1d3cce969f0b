/* static_files.c - the pages: files of one directory, index.html for every path
 * that a person may have typed or kept.
 *
 * Read anew at each request: the system's cache is fast, and who edits a page
 * sees it.  A file that has not changed (ETag) is not sent again. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cruddur/app.h"

enum { FILE_BYTES_MAX = 8 * 1024 * 1024, PATH_BYTES_MAX = 512 };

static const struct {
    const char *suffix, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
};

const char *static_headers(struct arena *mem, const struct settings *set)
{
    struct str h = arena_printf(
        mem,
        "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
        "img-src 'self' data:; font-src 'self'; manifest-src 'self'; connect-src 'self' %s; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'\r\n"
        "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
        "Cross-Origin-Opener-Policy: same-origin\r\nX-Frame-Options: DENY\r\n"
        "Cache-Control: no-cache\r\n",
        set->pool_public_endpoint);
    return arena_cstr(mem, h);
}

static const char *type_of(struct str path)
{
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct str s = str_from_c(types[i].suffix);
        if (path.n >= s.n && str_eq(str_from(path, path.n - s.n), s))
            return types[i].type;
    }
    return NULL;
}

/* Only names of plain characters, none beginning with a dot: nothing leads out. */
static bool plain(struct str path)
{
    if (path.n == 0 || path.n > PATH_BYTES_MAX || path.p[0] != '/')
        return false;
    for (size_t i = 0; i < path.n; i++) {
        char c = path.p[i];
        bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '-' || c == '_' || c == '.' || c == '/';
        if (!fine || (c == '.' && path.p[i - 1] == '/'))
            return false;
    }
    return true;
}

static void refuse(const struct app *app, struct http_request *rq, int status, const char *text)
{
    const char *allow = status == 405 ? "Allow: GET\r\n" : "";
    bool head = str_eq(rq->head.method, STR("HEAD"));
    if (!head)
        buf_printf(http_response_body(rq),
                   "<!doctype html><html lang=\"en\"><title>%s</title><h1>%s</h1></html>\n", text,
                   text);
    http_respond(rq, &(struct http_response){
                         .status = status,
                         .content_type = types[0].type,
                         .extra_headers = arena_printf(rq->mem, "%s%s", app->page_headers, allow),
                         .close = head});
}

static bool read_all(int fd, size_t size, struct buf *to)
{
    char *p = buf_room(to, size + 1);
    size_t n = 0;
    while (p != NULL && n < size) {
        ssize_t r = read(fd, p + n, size - n);
        if (r < 0 && errno == EINTR)
            continue;
        if (r <= 0)
            return false;
        n += (size_t)r;
    }
    to->n += n;
    return p != NULL;
}

static int open_file(const struct app *app, struct arena *mem, struct str path, struct stat *st)
{
    const char *name =
        arena_cstr(mem, arena_printf(mem, "%s" STR_FMT, app->set.web, STR_ARG(path)));
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0 && (fstat(fd, st) != 0 || !S_ISREG(st->st_mode) || st->st_size > FILE_BYTES_MAX)) {
        close(fd);
        return -1;
    }
    return fd;
}

static void send_file(const struct app *app, struct http_request *rq, int fd, const struct stat *st,
                      const char *type)
{
    struct str etag = arena_printf(rq->mem, "\"%" PRIx64 "-%" PRIx64 "-%" PRIx64 "\"",
                                   (uint64_t)st->st_mtim.tv_sec, (uint64_t)st->st_mtim.tv_nsec,
                                   (uint64_t)st->st_size);
    struct http_response res = {.status = 200, .content_type = type, .may_compress = true};
    res.extra_headers =
        arena_printf(rq->mem, "%sETag: " STR_FMT "\r\n", app->page_headers, STR_ARG(etag));
    struct buf *body = http_response_body(rq);
    if (str_eq(http_header(&rq->head, STR("If-None-Match")), etag))
        res.status = 304;
    else if (!read_all(fd, (size_t)st->st_size, body))
        res = (struct http_response){.status = 500, .close = true};
    close(fd);
    http_respond(rq, &res);
}

/* A person's browser asks for a page; a script or a picture that is not there is missing. */
static bool wants_page(const struct http_request *rq)
{
    struct str accept = http_header(&rq->head, STR("Accept"));
    return accept.n > 0 && memmem(accept.p, accept.n, "text/html", 9) != NULL;
}

void static_serve(const struct app *app, struct http_request *rq)
{
    struct stat st;
    struct str path = rq->head.path;
    const char *type = plain(path) ? type_of(path) : NULL;
    int fd = -1;
    if (!str_eq(rq->head.method, STR("GET"))) {
        refuse(app, rq, 405, "Method Not Allowed");
        return;
    }
    if (app->set.web != NULL && type != NULL)
        fd = open_file(app, rq->mem, path, &st);
    if (app->set.web != NULL && fd < 0 && (type == NULL || wants_page(rq)) &&
        (wants_page(rq) || str_eq(path, STR("/")))) {
        type = types[0].type;
        fd = open_file(app, rq->mem, STR("/index.html"), &st);
    }
    if (fd < 0)
        refuse(app, rq, 404, "Not Found");
    else
        send_file(app, rq, fd, &st, type);
}
