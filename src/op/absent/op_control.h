/* op_control.h - what the operations have in common that tools ask about every
 * table: backups, insights, destinations, policies, replicas.  This server has
 * none of these features, and says so: what can be asked is answered "disabled"
 * or "none", what can be switched on is refused. */
#ifndef OP_OP_CONTROL_H
#define OP_OP_CONTROL_H

#include "op/op_common.h"

struct control_in {
    struct str table, index;
    struct str action, mode; /* contributor insights */
    struct str stream_arn;   /* Kinesis */
    struct list replicas;    /* global tables */
};

/* TableArn of exports and imports. */
extern const struct shape shape_table_arn, shape_global_table_name;
extern const struct shape shape_arn; /* any ARN: at least 37 characters */

/* prepare() of an operation whose input is a struct control_in. */
MUST_CHECK bool control_prepare(struct req *rq);
/* Insights and global tables word the length of names in their own way. */
MUST_CHECK bool control_prepare_index(struct req *rq);
MUST_CHECK bool control_prepare_global(struct req *rq);

/* The table; the backup family has its own exception for a missing one, and for one that
 * is still in the making. */
const struct table *control_table_backup(struct req *rq, struct db_txn *txn, struct str name);

/* "Table" and, if named, the global index must exist. */
MUST_CHECK bool control_index(struct req *rq, struct db_txn *txn, const struct control_in *in);

/* {"<name>":[]} */
void control_empty_list(struct req *rq, struct str name);
/* A member whose value is a string. */
void control_member(struct json_out *o, struct str name, struct str value);

/* "Global table with name: '<t>' does not exist." */
bool control_no_global_table(struct req *rq, enum err_code code, struct str name);

/* Is it a name of a resource of this kind: arn:...:table/NAME/<kind>/ID? */
bool control_is_arn(struct str arn, struct str kind);

/* ContinuousBackupsDescription: both parts disabled. */
void control_backups_answer(struct req *rq);
void control_insights_answer(struct req *rq, const struct control_in *in);

#endif
