/* op_disable_kinesis_streaming_destination.c - DisableKinesisStreamingDestination. There
 * is never one to disable. */
#include "op/absent/op_control.h"
#include "op/op_list.h"

static const struct field fields[] = {
    FIELD(struct control_in, table, "TableName", &shape_table_name_ctrl, FIELD_PARAMETER),
    FIELD(struct control_in, stream_arn, "StreamArn", &shape_arn, REQUIRED),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct control_in), .fields = fields};

static bool disable_kinesis_streaming_destination_run(struct req *rq, struct db_txn *txn)
{
    const struct control_in *in = rq->in;
    return op_table_made(rq, txn, in->table) != NULL &&
           err_set(&rq->err, ERR_VALIDATION,
                   "Table is not in a valid state to enable Kinesis Streaming Destination: "
                   "KinesisStreamingDestination must be ACTIVE to perform DISABLE operation.");
}

const struct op op_disable_kinesis_streaming_destination = {
    .name = "DisableKinesisStreamingDestination",
    .action = "dynamodb:DisableKinesisStreamingDestination",
    .flags = OP_READ,
    .in = &in_shape,
    .prepare = control_prepare,
    .run = disable_kinesis_streaming_destination_run,
};
