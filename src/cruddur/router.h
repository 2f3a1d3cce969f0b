/* router.h - which handler a method and a path belong to: one table.
 *
 * A pattern is a path whose segments are literal, or `:uuid` (a UUID), or
 * `@:name` (an @ and at least one character, percent-decoded).  Literal segments
 * win over the others because they stand first in the table. */
#ifndef CRUDDUR_ROUTER_H
#define CRUDDUR_ROUTER_H

#include "base/arena.h"

enum { ROUTE_PARAMS_MAX = 2, ROUTE_METHODS_MAX = 64 };

struct ask;

enum route_auth {
    ROUTE_OPEN,     /* a token is not looked at */
    ROUTE_OPTIONAL, /* a good token says who asks; a bad one counts as none */
    ROUTE_USER,     /* a good token of a person with an account */
};

struct route {
    const char *method, *pattern;
    enum route_auth auth;
    void (*run)(struct ask *a); /* on a worker thread */
};

enum route_found { ROUTE_FOUND, ROUTE_NO_PATH, ROUTE_NO_METHOD };
struct route_match {
    const struct route *route;
    struct str param[ROUTE_PARAMS_MAX];
    char methods[ROUTE_METHODS_MAX]; /* ROUTE_NO_METHOD: "GET, POST" */
};

/* `routes` ends with a route without method. */
enum route_found router_find(const struct route *routes, struct str method, struct str path,
                             struct arena *mem, struct route_match *out);

bool router_is_uuid(struct str s); /* 36 characters, any case */

/* The value of a query parameter, decoded; absent: p == NULL. */
struct str router_query(struct str query, struct str name, struct arena *mem);
/* %xx, and + as a space where asked for.  A broken escape stands for itself. */
struct str router_decode(struct str s, bool plus, struct arena *mem);

#endif
