/* op_list.h - the operations, each defined at the end of its own file; listed
 * in op_table.c. */
#ifndef OP_OP_LIST_H
#define OP_OP_LIST_H

#include "op/op.h"

extern const struct op op_batch_get_item;
extern const struct op op_batch_write_item;
extern const struct op op_create_table;
extern const struct op op_delete_item;
extern const struct op op_delete_table;
extern const struct op op_describe_endpoints;
extern const struct op op_describe_limits;
extern const struct op op_describe_table;
extern const struct op op_get_item;
extern const struct op op_list_tables;
extern const struct op op_list_tags_of_resource;
extern const struct op op_put_item;
extern const struct op op_query;
extern const struct op op_scan;
extern const struct op op_tag_resource;
extern const struct op op_transact_get_items;
extern const struct op op_transact_write_items;
extern const struct op op_untag_resource;
extern const struct op op_update_item;
extern const struct op op_update_table;

#endif
