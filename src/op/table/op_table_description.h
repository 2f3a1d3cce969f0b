/* op_table_description.h - the TableDescription of the API. */
#ifndef OP_OP_TABLE_DESCRIPTION_H
#define OP_OP_TABLE_DESCRIPTION_H

#include "op/op_common.h"

/* The answers of four operations differ in what they show of a table. */
enum table_view { TABLE_DESCRIBED, TABLE_CREATED, TABLE_UPDATED, TABLE_DELETED };

struct table_description {
    enum table_view view;
    const struct table_def *def; /* with the statuses that are to be shown */
    struct table_counts counts;
    bool warm; /* TABLE_CREATED, TABLE_UPDATED: show WarmThroughput */
    uint32_t
        warming; /* TABLE_UPDATED: of whom it grows; bit i: index i, LIMIT_INDEXES: the table */
};

/* {"Table":{...}} or {"TableDescription":{...}}: the whole body. */
void op_table_description(struct req *rq, const struct table_description *d);

const char *op_stream_view_name(enum stream_view v);

#endif
