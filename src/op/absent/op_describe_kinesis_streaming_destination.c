/* op_describe_kinesis_streaming_destination.c - DescribeKinesisStreamingDestination. There
 * are none. */
#include "op/absent/op_control.h"
#include "op/op_list.h"

static const struct field fields[] = {
    FIELD(struct control_in, table, "TableName", &shape_table_name_ctrl, FIELD_PARAMETER),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct control_in), .fields = fields};

static bool describe_kinesis_streaming_destination_run(struct req *rq, struct db_txn *txn)
{
    const struct control_in *in = rq->in;
    struct json_out *o = &rq->out;
    if (op_table_made(rq, txn, in->table) == NULL)
        return false;
    json_out_open(o, '{');
    control_member(o, STR("TableName"), in->table);
    json_out_name(o, STR("KinesisDataStreamDestinations"));
    json_out_raw(o, STR("[]"));
    json_out_close(o, '}');
    return true;
}

const struct op op_describe_kinesis_streaming_destination = {
    .name = "DescribeKinesisStreamingDestination",
    .action = "dynamodb:DescribeKinesisStreamingDestination",
    .flags = OP_READ,
    .in = &in_shape,
    .prepare = control_prepare,
    .run = describe_kinesis_streaming_destination_run,
};
