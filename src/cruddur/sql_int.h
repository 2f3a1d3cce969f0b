/* sql_int.h - what a database has to offer to stand behind sql.h. */
#ifndef CRUDDUR_SQL_INT_H
#define CRUDDUR_SQL_INT_H

#include "cruddur/sql.h"

struct sql_ops {
    bool (*run)(struct sql *, struct arena *, const char *, const struct str *, size_t,
                struct sql_rows *, struct err *);
    bool (*script)(struct sql *, const char *, struct err *);
    void (*close)(struct sql *);
};
struct sql {
    const struct sql_ops *ops; /* first member of every backend */
    bool postgres;
    bool in_transaction;
};

MUST_CHECK bool sql_sqlite_open(const char *path, struct sql **out, struct err *e);
MUST_CHECK bool sql_pq_open(const char *url, struct sql **out, struct err *e);

#endif
