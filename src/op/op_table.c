/* op_table.c - all operations, by name. */
#include "op/op_list.h"

/* Sorted by name, one in a line. */
/* clang-format off */
static const struct op *const ops[] = {
    &op_batch_execute_statement,
    &op_batch_get_item,
    &op_batch_write_item,
    &op_create_global_table,
    &op_create_table,
    &op_delete_backup,
    &op_delete_item,
    &op_delete_resource_policy,
    &op_delete_table,
    &op_describe_backup,
    &op_describe_continuous_backups,
    &op_describe_contributor_insights,
    &op_describe_endpoints,
    &op_describe_export,
    &op_describe_global_table,
    &op_describe_global_table_settings,
    &op_describe_import,
    &op_describe_kinesis_streaming_destination,
    &op_describe_limits,
    &op_describe_stream,
    &op_describe_table,
    &op_describe_table_replica_auto_scaling,
    &op_describe_time_to_live,
    &op_disable_kinesis_streaming_destination,
    &op_enable_kinesis_streaming_destination,
    &op_execute_statement,
    &op_execute_transaction,
    &op_get_item,
    &op_get_records,
    &op_get_resource_policy,
    &op_get_shard_iterator,
    &op_list_backups,
    &op_list_contributor_insights,
    &op_list_exports,
    &op_list_global_tables,
    &op_list_imports,
    &op_list_streams,
    &op_list_tables,
    &op_list_tags_of_resource,
    &op_put_item,
    &op_put_resource_policy,
    &op_query,
    &op_scan,
    &op_tag_resource,
    &op_transact_get_items,
    &op_transact_write_items,
    &op_untag_resource,
    &op_update_continuous_backups,
    &op_update_contributor_insights,
    &op_update_global_table,
    &op_update_global_table_settings,
    &op_update_item,
    &op_update_kinesis_streaming_destination,
    &op_update_table,
    &op_update_table_replica_auto_scaling,
    &op_update_time_to_live,
};
/* clang-format on */

/* Every operation of the DynamoDB and the DynamoDB Streams API, sorted. */
static const char *const api[] = {
    "BatchExecuteStatement",
    "BatchGetItem",
    "BatchWriteItem",
    "CancelBulkOperation",
    "CreateBackup",
    "CreateGlobalTable",
    "CreateTable",
    "DeleteBackup",
    "DeleteItem",
    "DeleteResourcePolicy",
    "DeleteTable",
    "DescribeBackup",
    "DescribeBulkOperation",
    "DescribeContinuousBackups",
    "DescribeContributorInsights",
    "DescribeEndpoints",
    "DescribeExport",
    "DescribeGlobalTable",
    "DescribeGlobalTableSettings",
    "DescribeImport",
    "DescribeKinesisStreamingDestination",
    "DescribeLimits",
    "DescribeStream",
    "DescribeTable",
    "DescribeTableReplicaAutoScaling",
    "DescribeTimeToLive",
    "DisableKinesisStreamingDestination",
    "EnableKinesisStreamingDestination",
    "ExecuteStatement",
    "ExecuteTransaction",
    "ExportTableToPointInTime",
    "GetItem",
    "GetRecords",
    "GetResourcePolicy",
    "GetShardIterator",
    "ImportTable",
    "ListBackups",
    "ListBulkOperations",
    "ListContributorInsights",
    "ListExports",
    "ListGlobalTables",
    "ListImports",
    "ListStreams",
    "ListTables",
    "ListTagsOfResource",
    "PutItem",
    "PutResourcePolicy",
    "Query",
    "RestoreTableFromBackup",
    "RestoreTableToPointInTime",
    "Scan",
    "SearchVectors",
    "StartBulkPutItems",
    "TagResource",
    "TransactGetItems",
    "TransactWriteItems",
    "UntagResource",
    "UpdateContinuousBackups",
    "UpdateContributorInsights",
    "UpdateGlobalTable",
    "UpdateGlobalTableSettings",
    "UpdateItem",
    "UpdateKinesisStreamingDestination",
    "UpdateTable",
    "UpdateTableReplicaAutoScaling",
    "UpdateTimeToLive",
};

static int name_cmp(struct str name, const char *other)
{
    return str_cmp(name, str_from_c(other));
}

const struct op *op_find(struct str name)
{
    size_t from = 0, to = COUNT_OF(ops);
    while (from < to) {
        size_t mid = (from + to) / 2;
        int c = name_cmp(name, ops[mid]->name);
        if (c == 0)
            return ops[mid];
        if (c < 0)
            to = mid;
        else
            from = mid + 1;
    }
    return NULL;
}

bool op_known_unsupported(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(api); i++)
        if (name_cmp(name, api[i]) == 0)
            return op_find(name) == NULL;
    return false;
}
