/* op_table_settings.h - throughput, streams, encryption and class of tables:
 * the rules that CreateTable and UpdateTable have in common. */
#ifndef OP_OP_TABLE_SETTINGS_H
#define OP_OP_TABLE_SETTINGS_H

#include "op/op_common.h"
#include "op/table/op_table_in.h"

enum { ON_DEMAND_READ_UNITS = 12000, ON_DEMAND_WRITE_UNITS = 4000 }; /* what new tables sustain */

/* "Given value <n> for ReadCapacityUnits is out of bounds", and the account's
 * limit.  `index` n == 0: the table. */
MUST_CHECK bool settings_units_check(struct req *rq, const struct units_in *in, struct str index);
MUST_CHECK bool settings_limit_check(struct req *rq, const struct units_in *in, struct str index);
/* OnDemandThroughput and WarmThroughput above what a table of the account may have. */
MUST_CHECK bool settings_on_demand_limit(struct req *rq, const struct units_in *in,
                                         struct str index);
MUST_CHECK bool settings_warm_limit(struct req *rq, const struct units_in *in, struct str index);
/* The capacity of all tables together, once `def` is there instead of `old` (or NULL). */
MUST_CHECK bool settings_account_limit(struct req *rq, struct db_txn *txn,
                                       const struct table_def *old, const struct table_def *def);

/* OnDemandThroughput members that are set: allowed with this billing, in range?  -1
 * clears a member where `update`. */
MUST_CHECK bool settings_on_demand_check(struct req *rq, const struct units_in *in,
                                         enum billing_mode billing, struct str index, bool update);

/* Raises the marks of WarmThroughput to what the throughput gives. */
void settings_warm_raise(struct throughput *t, enum billing_mode billing);
/* WarmThroughput that is asked for must not be lower than the marks; `than`
 * tells what they are: of a new table or index settings_warm_initial(), NULL for
 * its ProvisionedThroughput. */
const char *settings_warm_initial(enum billing_mode billing);
MUST_CHECK bool settings_warm_check(struct req *rq, const struct units_in *in,
                                    const struct throughput *t, struct str index, const char *than);
void settings_warm_set(struct throughput *t, const struct units_in *in);

MUST_CHECK bool settings_table_class(struct req *rq, struct str in, enum table_class *out);
enum stream_view settings_stream_view(struct str in);

/* Keys of their own are refused until data is really encrypted with them. */
MUST_CHECK bool settings_sse(struct req *rq, const struct sse_in *in);

/* What the API has and this server does not. */
bool settings_unsupported(struct req *rq, const char *member);

#endif
