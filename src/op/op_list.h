/* op_list.h - the operations, each defined at the end of its own file; listed
 * in op_table.c. */
#ifndef OP_OP_LIST_H
#define OP_OP_LIST_H

#include "op/op.h"

extern const struct op op_batch_execute_statement;
extern const struct op op_batch_get_item;
extern const struct op op_batch_write_item;
extern const struct op op_create_global_table;
extern const struct op op_create_table;
extern const struct op op_delete_backup;
extern const struct op op_delete_item;
extern const struct op op_delete_resource_policy;
extern const struct op op_delete_table;
extern const struct op op_describe_backup;
extern const struct op op_describe_continuous_backups;
extern const struct op op_describe_contributor_insights;
extern const struct op op_describe_endpoints;
extern const struct op op_describe_export;
extern const struct op op_describe_global_table;
extern const struct op op_describe_global_table_settings;
extern const struct op op_describe_import;
extern const struct op op_describe_kinesis_streaming_destination;
extern const struct op op_describe_limits;
extern const struct op op_describe_stream;
extern const struct op op_describe_table;
extern const struct op op_describe_table_replica_auto_scaling;
extern const struct op op_describe_time_to_live;
extern const struct op op_disable_kinesis_streaming_destination;
extern const struct op op_enable_kinesis_streaming_destination;
extern const struct op op_execute_statement;
extern const struct op op_execute_transaction;
extern const struct op op_get_item;
extern const struct op op_get_records;
extern const struct op op_get_resource_policy;
extern const struct op op_get_shard_iterator;
extern const struct op op_list_backups;
extern const struct op op_list_contributor_insights;
extern const struct op op_list_exports;
extern const struct op op_list_global_tables;
extern const struct op op_list_imports;
extern const struct op op_list_streams;
extern const struct op op_list_tables;
extern const struct op op_list_tags_of_resource;
extern const struct op op_put_item;
extern const struct op op_put_resource_policy;
extern const struct op op_query;
extern const struct op op_scan;
extern const struct op op_tag_resource;
extern const struct op op_transact_get_items;
extern const struct op op_transact_write_items;
extern const struct op op_untag_resource;
extern const struct op op_update_continuous_backups;
extern const struct op op_update_contributor_insights;
extern const struct op op_update_global_table;
extern const struct op op_update_global_table_settings;
extern const struct op op_update_item;
extern const struct op op_update_kinesis_streaming_destination;
extern const struct op op_update_table;
extern const struct op op_update_table_replica_auto_scaling;
extern const struct op op_update_time_to_live;

#endif
