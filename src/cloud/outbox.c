/* outbox.c - see outbox.h. */
#include "cloud/outbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/lock.h"
#include "base/log.h"
#include "cloud/smtp.h"
#include "codec/time_iso.h"

enum { PATH_BYTES = 1024 };

struct outbox {
    struct outbox_options o;
    struct lock lock;
    char dir[PATH_BYTES]; /* under the lock; empty until the first message */
    struct smtp *smtp;    /* NULL: none is wanted, or it cannot be had */
};

struct outbox *outbox_new(const struct outbox_options *options)
{
    struct outbox *o = calloc(1, sizeof(*o));
    if (o == NULL)
        abort();
    o->o = *options;
    lock_init(&o->lock, LOCK_CLOUD);
    struct err e;
    err_clear(&e);
    if (o->o.smtp != NULL && !smtp_new(&o->smtp, &e))
        log_error("outbox: %s", e.msg);
    return o;
}

void outbox_free(struct outbox **o)
{
    if (*o == NULL)
        return;
    smtp_free(&(*o)->smtp);
    lock_deinit(&(*o)->lock);
    free(*o);
    *o = NULL;
}

static bool make_dir(struct outbox *o)
{
    int n;
    if (o->o.dir != NULL) {
        n = snprintf(o->dir, sizeof(o->dir), "%s", o->o.dir);
    } else if (o->o.data != NULL) {
        n = snprintf(o->dir, sizeof(o->dir), "%s/outbox", o->o.data);
    } else {
        const char *tmp = getenv("TMPDIR");
        n = snprintf(o->dir, sizeof(o->dir), "%s/stator-outbox-XXXXXX", tmp != NULL ? tmp : "/tmp");
        if (n > 0 && (size_t)n < sizeof(o->dir) && mkdtemp(o->dir) == NULL)
            n = -1;
    }
    bool good =
        n > 0 && (size_t)n < sizeof(o->dir) && (mkdir(o->dir, 0700) == 0 || errno == EEXIST);
    if (!good)
        o->dir[0] = '\0';
    return good;
}

static bool write_all(int fd, struct str s)
{
    while (s.n > 0) {
        ssize_t n = write(fd, s.p, s.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        s = str_from(s, (size_t)n);
    }
    return true;
}

/* Under a name that sorts by time, complete as soon as it is there. */
static bool write_file(struct outbox *o, struct str message, char *path, size_t room)
{
    char hidden[PATH_BYTES + 64];
    lock_take(&o->lock);
    bool have = o->dir[0] != '\0' || make_dir(o);
    lock_drop(&o->lock);
    if (!have)
        return false;
    long long now_ms = (long long)env_now_ms(o->o.env);
    unsigned serial = (unsigned)env_random(o->o.env);
    snprintf(path, room, "%s/%013lld-%08x.eml", o->dir, now_ms, serial);
    snprintf(hidden, sizeof(hidden), "%s/.%013lld-%08x", o->dir, now_ms, serial);
    int fd = open(hidden, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    bool good = write_all(fd, message);
    good = close(fd) == 0 && good && rename(hidden, path) == 0;
    if (!good)
        unlink(hidden);
    return good;
}

static bool send_mail(struct outbox *o, const char *to, struct str message)
{
    struct err e;
    err_clear(&e);
    if (o->smtp == NULL)
        return false;
    if (smtp_send(o->smtp, o->o.smtp, o->o.from, to, message, &e))
        return true;
    log_warn("outbox: %s", e.msg);
    return false;
}

/* One line: what users and pools write must not add headers. */
static void add_header(struct buf *b, const char *name, struct str value)
{
    buf_printf(b, "%s: ", name);
    for (size_t i = 0; i < value.n; i++)
        buf_byte(b, (unsigned char)value.p[i] < ' ' ? ' ' : value.p[i]);
    buf_add(b, STR("\r\n"));
}

bool outbox_send(struct outbox *o, bool is_mail, struct str to, struct str subject, struct str text,
                 struct err *e)
{
    char path[PATH_BYTES + 64], date[30], address[256];
    struct buf b = {0};
    time_http(env_now_ms(o->o.env), date);
    add_header(&b, "From", str_from_c(o->o.from));
    add_header(&b, "To", to);
    add_header(&b, "Date", str_from_c(date));
    add_header(&b, "Subject", subject);
    add_header(&b, "X-Delivery-Medium", is_mail ? STR("EMAIL") : STR("SMS"));
    add_header(&b, "MIME-Version", STR("1.0"));
    add_header(&b, "Content-Type", STR("text/plain; charset=utf-8"));
    buf_add(&b, STR("\r\n"));
    buf_add(&b, text);
    buf_add(&b, STR("\r\n"));
    bool good = write_file(o, buf_str(&b), path, sizeof(path));
    if (good)
        log_info("outbox: a message to a user is in %s", path);
    else
        log_error("outbox: cannot write a message: %s", strerror(errno));
    if (good && is_mail && o->o.smtp != NULL) {
        int n = snprintf(address, sizeof(address), "<" STR_FMT ">", STR_ARG(to));
        good = n > 0 && (size_t)n < sizeof(address) && send_mail(o, address, buf_str(&b));
    }
    buf_free(&b);
    return good || err_set(e, ERR_CODE_DELIVERY_FAILURE, "Unable to deliver the message.");
}
