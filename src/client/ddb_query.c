/* ddb_query.c - services of the query protocol: a form in, XML out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "client/ddb_int.h"

/* What stands between <name> and </name>; absent: p == NULL.  Only for the two plain
 * texts of an error, whose entities a person can read as they are. */
static struct str element(struct str xml, const char *name)
{
    char open[32], close[32];
    snprintf(open, sizeof(open), "<%s>", name);
    snprintf(close, sizeof(close), "</%s>", name);
    const char *from = memmem(xml.p, xml.n, open, strlen(open));
    if (from == NULL)
        return (struct str){0};
    struct str rest = str_from(xml, (size_t)(from - xml.p) + strlen(open));
    const char *to = memmem(rest.p, rest.n, close, strlen(close));
    return to != NULL ? (struct str){rest.p, (size_t)(to - rest.p)} : (struct str){0};
}

static bool refused(const struct ddb_exchange *x, struct ddb_error *err)
{
    struct str xml = buf_str(x->reply);
    struct str code = xml.n > 0 ? element(xml, "Code") : xml;
    struct str message = xml.n > 0 ? element(xml, "Message") : xml;
    ddb_fail(err, DDB_ERR_SERVICE, STR_FMT, STR_ARG(message));
    err->http_status = (int)x->status;
    snprintf(err->type, sizeof(err->type), STR_FMT,
             STR_ARG(code.n > 0 ? code : STR("UnknownError")));
    return x->status < 500;
}

bool ddb_call_query(struct ddb *ddb, const char *service, const char *form, char **reply,
                    struct ddb_error *err)
{
    struct ddb_error ignored;
    struct buf text = {0};
    struct ddb_exchange x = {.content_type = "application/x-www-form-urlencoded; charset=utf-8",
                             .service = service,
                             .body = str_from_c(form),
                             .reply = &text};
    bool good = false, final = false;
    err = err != NULL ? err : &ignored;
    *err = (struct ddb_error){0};
    for (int attempt = 1; !final; attempt++) {
        enum ddb_sent sent = ddb_http_post(ddb, &x, err);
        good = sent == DDB_SENT && x.status == 200;
        final = good || sent == DDB_REFUSED || (sent == DDB_SENT && refused(&x, err)) ||
                attempt >= ddb->attempts_max;
        if (!final)
            ddb_pause(attempt);
    }
    buf_byte(&text, '\0');
    if (good && !text.overflow)
        *reply = text.p;
    else
        buf_free(&text);
    return good;
}
