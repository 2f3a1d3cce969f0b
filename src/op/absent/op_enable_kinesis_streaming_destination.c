/* op_enable_kinesis_streaming_destination.c - EnableKinesisStreamingDestination. Records
 * are not sent to Kinesis. */
#include "op/absent/op_control.h"
#include "op/op_list.h"
#include "op/table/op_table_settings.h"

static const struct field fields[] = {
    FIELD(struct control_in, table, "TableName", &shape_table_name_ctrl, FIELD_PARAMETER),
    FIELD(struct control_in, stream_arn, "StreamArn", &shape_arn, REQUIRED),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct control_in), .fields = fields};

static bool enable_kinesis_streaming_destination_run(struct req *rq, struct db_txn *txn)
{
    const struct control_in *in = rq->in;
    return op_table_made(rq, txn, in->table) != NULL &&
           settings_unsupported(rq, "EnableKinesisStreamingDestination");
}

const struct op op_enable_kinesis_streaming_destination = {
    .name = "EnableKinesisStreamingDestination",
    .action = "dynamodb:EnableKinesisStreamingDestination",
    .flags = OP_READ,
    .in = &in_shape,
    .prepare = control_prepare,
    .run = enable_kinesis_streaming_destination_run,
};
