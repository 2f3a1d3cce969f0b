/* server.h - everything of one running server, made by server_run() and passed
 * down from there. */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include "auth/credentials.h"
#include "cloud/cloud.h"
#include "db/db.h"
#include "server/config.h"
#include "store/store_fault.h"

struct server {
    struct config config;
    struct env *env;
    struct db *db;
    struct credentials *credentials; /* NULL: signatures are not verified */
    struct physics_rules *physics;   /* NULL: without */
    struct writer *writer;
    struct pool *pool;
    struct cloud *cloud;
    struct cloud_pool *cloud_pool;
    struct loop *loops;
    int loops_n; /* that were started */
    size_t connections_per_loop, http_bytes_per_loop;
    struct store_fault fault; /* around the store when a test asks for it */
};

/* Serves until SIGTERM or SIGINT, then finishes what is in flight.  The calling
 * thread must not have started others. */
MUST_CHECK bool server_run(const struct config *config, struct err *e);

#endif
