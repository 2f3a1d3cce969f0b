/* op_update_int.h - the parts of UpdateTable: op_update_table.c (what may go
 * together), op_update_settings.c (the table's settings), op_update_index.c
 * (global indexes).  They change `def`, a copy of the definition. */
#ifndef OP_OP_UPDATE_INT_H
#define OP_OP_UPDATE_INT_H

#include "op/table/op_table_description.h"
#include "op/table/op_table_settings.h"

struct index_update_in { /* one of three */
    struct index_in *update, *create, *remove;
};

struct update_table_in {
    struct str table, billing, table_class, global_mode, consistency;
    struct list attributes, indexes /* struct index_update_in */, replicas, witnesses, vectors;
    struct units_in *provisioned, *on_demand, *warm;
    struct stream_in *stream;
    struct sse_in *sse;
    enum tri deletion_protection, disassociation_protection;
};

struct update {
    struct req *rq;
    const struct update_table_in *in;
    const struct table_def *old;
    struct table_def *def;   /* what is stored */
    struct table_def *shown; /* what the answer shows */
    bool warm;               /* the answer shows WarmThroughput */
    uint32_t warming;        /* whose: see op_table_description.h */
    int64_t now_ms;
};

static inline bool units_empty(const struct units_in *u)
{
    return u == NULL || (!u->read.set && !u->write.set);
}

/* In prepare(): what is wrong whatever the table is like. */
MUST_CHECK bool update_settings_check(struct req *rq, const struct update_table_in *in);
MUST_CHECK bool update_indexes_check(struct req *rq, const struct update_table_in *in);
bool update_indexes_add_or_remove(const struct list *indexes);
/* WarmThroughput of indexes may go along with that of the table. */
bool update_indexes_only_warm(const struct list *indexes);
/* In run(), after the table's settings. */
MUST_CHECK bool update_indexes(struct update *u);

MUST_CHECK bool update_settings(struct update *u);

/* New capacity of the table (index n == 0) or of an index: the same again,
 * too much and too many decreases are errors.  The answer shows the old one, and when it
 * was changed. */
MUST_CHECK bool update_capacity(struct update *u, const struct units_in *in, struct str index,
                                bool billing_changes, struct throughput *t,
                                struct throughput *shown);
/* Members of OnDemandThroughput and WarmThroughput, each of which may be NULL. */
MUST_CHECK bool update_units(struct update *u, const struct units_in *on_demand,
                             const struct units_in *warm, struct str index, struct throughput *t,
                             struct throughput *shown);

#endif
