/* pool_page.h - a page of documents of one collection, by key. */
#ifndef CLOUD_POOL_PAGE_H
#define CLOUD_POOL_PAGE_H

#include "cloud/user_pools.h"

struct pool_page {
    struct pool_rq *rq;
    struct str collection, prefix; /* prefix: "" or the pool's id and a slash */
    const struct shape *shape;
    int64_t limit;
    struct str token; /* of the request; absent: the first page */
    const char *token_name;
    /* Writes the document into rq->out, or returns false: it does not count. */
    bool (*write)(struct pool_rq *rq, const void *doc);
};

/* Writes the array `name` and, when there may be more, the token of the next page. */
MUST_CHECK bool pool_page_write(struct pool_page *p, const char *name);

#endif
