/* op_tags.h - tags of tables and streams: their rules, and adding and removing them. */
#ifndef OP_OP_TAGS_H
#define OP_OP_TAGS_H

#include "db/db_stream.h"
#include "op/table/op_resource.h"
#include "op/table/op_table_in.h"

/* Each key and value in order, no key twice. */
MUST_CHECK bool tags_check(struct req *rq, const struct tag_in *tags, uint32_t n);
MUST_CHECK bool tag_key_check(struct req *rq, struct str key);

struct tag_set {
    uint32_t n;
    struct tag *tag; /* sorted by key */
};
/* Adds checked tags, and replaces those that are there. */
MUST_CHECK bool tags_put(struct req *rq, struct tag_set *set, const struct tag_in *tags,
                         uint32_t n);
void tags_remove(struct tag_set *set, const struct str *keys, uint32_t n);

/* A table or a stream with its tags. */
struct tagged {
    const struct table *table; /* NULL: a stream */
    struct table_def *def;     /* a copy */
    struct db_stream stream;
    struct tag_set tags; /* to be changed */
};
/* In run(), of the struct resource that is rq->prepared: found, or ERR_RESOURCE_NOT_FOUND. */
MUST_CHECK bool tags_find(struct req *rq, struct db_txn *txn, struct tagged *out);
MUST_CHECK bool tags_store(struct req *rq, struct db_txn *txn, struct tagged *of);

#endif
