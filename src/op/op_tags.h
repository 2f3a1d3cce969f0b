/* op_tags.h - tags of tables: their rules, and adding and removing them. */
#ifndef OP_OP_TAGS_H
#define OP_OP_TAGS_H

#include "op/op_common.h"
#include "op/op_table_in.h"

/* Each key and value in order, no key twice. */
MUST_CHECK bool tags_check(struct req *rq, const struct tag_in *tags, uint32_t n);
MUST_CHECK bool tag_key_check(struct req *rq, struct str key);

/* Changes def->tag (sorted by key); checked tags. */
MUST_CHECK bool tags_put(struct req *rq, struct table_def *def, const struct tag_in *tags,
                         uint32_t n);
void tags_remove(struct table_def *def, const struct str *keys, uint32_t n);

/* ResourceArn -> name of the table. */
MUST_CHECK bool tags_resolve(struct req *rq, struct str arn, struct str *table);
const struct table *tags_table(struct req *rq, struct db_txn *txn, struct str arn,
                               struct str table);

#endif
