/* outbox.h - messages to users: each is a file in a directory, and goes to a mail
 * server as well when there is one.
 *
 * The directory is readable by the server's user alone.  A line in the log says that
 * there is a message, never what is in it. */
#ifndef CLOUD_OUTBOX_H
#define CLOUD_OUTBOX_H

#include "base/env.h"
#include "base/err.h"

struct outbox;

struct outbox_options { /* strings must live as long as the outbox */
    struct env *env;
    const char *data; /* directory; NULL: data is in memory */
    const char *dir;  /* NULL: outbox/ in `data`, or else a new temporary directory */
    const char *smtp; /* host:port, or NULL */
    const char *from;
};
struct outbox *outbox_new(const struct outbox_options *o);
void outbox_free(struct outbox **o);

/* `to` is an address or a telephone number; blocks while the mail server takes it. */
MUST_CHECK bool outbox_send(struct outbox *o, bool is_mail, struct str to, struct str subject,
                            struct str text, struct err *e);

#endif
