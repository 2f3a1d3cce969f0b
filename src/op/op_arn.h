/* op_arn.h - resource names: arn:aws:dynamodb:REGION:ACCOUNT:table/NAME */
#ifndef OP_OP_ARN_H
#define OP_OP_ARN_H

#include "db/db.h"

struct arn { /* borrows */
    struct str partition, service, region, account, resource;
};
MUST_CHECK bool arn_split(struct str text, struct arn *out); /* six parts, the first is "arn" */

/* "aws", or that of the region's part of the world. */
const char *arn_partition(const char *region);

struct str arn_table(struct arena *mem, struct db *db, struct str table);
struct str arn_index(struct arena *mem, struct db *db, struct str table, struct str index);
struct str arn_stream(struct arena *mem, struct db *db, struct str table, int64_t label_ms);

#endif
