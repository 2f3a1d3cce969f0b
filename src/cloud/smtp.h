/* smtp.h - handing a message to a mail server, through libcurl.
 *
 * libcurl is loaded when it is first needed, not linked: with what it brings
 * along (GnuTLS, Kerberos, LDAP) it would be a fifth of an idle server's memory,
 * and few servers send mail. */
#ifndef CLOUD_SMTP_H
#define CLOUD_SMTP_H

#include "base/err.h"

struct smtp;

MUST_CHECK bool smtp_new(struct smtp **out, struct err *e); /* libcurl is missing: ERR_IO */
void smtp_free(struct smtp **s);                            /* NULL is fine */

/* `message` has its headers and ends its lines with CRLF.  Waits for the server; any thread. */
MUST_CHECK bool smtp_send(struct smtp *s, const char *server, const char *from, const char *to,
                          struct str message, struct err *e);

#endif
