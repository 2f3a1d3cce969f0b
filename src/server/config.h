/* config.h - how a server is to run: flags, environment, defaults.
 *
 * Each flag --some-name VALUE is also the environment variable STATOR_SOME_NAME;
 * the command line wins.  One table (config.c) says all about each of them. */
#ifndef SERVER_CONFIG_H
#define SERVER_CONFIG_H

#include <stdio.h>

#include "base/err.h"

struct config { /* strings borrow from argv, the environment or the table */
    const char *data;
    bool memory;
    const char *host;
    int port;
    int threads; /* of event loops, after defaults: at least 1 */
    bool sync;   /* durability: commit */
    const char *region, *account;
    const char *credentials; /* NULL: any well-formed signature will do */
    bool insecure;
    int ttl_interval_s, stream_shard_s;
    bool throttling;           /* enforce the throughput of tables */
    int item_collection_mb;    /* the limit of item collections */
    const char *physics;       /* file of rules; NULL: none */
    const char *ingress_group; /* NULL: everybody may connect */
    bool functions;
    const char *functions_user;   /* NULL: as who we are */
    const char *outbox;           /* NULL: in the data directory */
    const char *smtp, *mail_from; /* smtp NULL: mail stays in the outbox */
    int log_level;                /* enum log_level */
};

/* argv without the program's and the command's name. */
MUST_CHECK bool config_parse(int argc, char **argv, struct config *out, struct err *e);
void config_help(FILE *to);

#endif
