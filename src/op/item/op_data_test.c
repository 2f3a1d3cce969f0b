/* The operations on single items, as JSON in and out. */
#include "op/op_common.h"
#include "op/op_steps_test.h"

#define T         "'TableName':'ttt'"
#define KEY(a)    "'Key':{'p':{'S':'" a "'},'s':{'N':'1'}}"
#define INVALID   "ValidationException: "
#define ENVELOPED INVALID "1 validation error detected: "
#define WRONG     INVALID "One or more parameter values were invalid: "
#define NAMES(a)  "'ExpressionAttributeNames':{" a "}"
#define VALUES(a) "'ExpressionAttributeValues':{" a "}"

static const struct step put_steps[] = {
    {"PutItem", "{" T ",'Item':{'p':{'S':'a'},'s':{'N':'1.0'},'x':{'S':'old'}}}", "{}"},
    {"GetItem", "{" T "," KEY("a") "}", "{'Item':{'p':{'S':'a'},'s':{'N':'1'},'x':{'S':'old'}}}"},
    {"GetItem", "{" T "," KEY("zz") "}", "{}"},
    {"GetItem", "{" T "," KEY("zz") ",'ReturnConsumedCapacity':'TOTAL'}",
     "{'ConsumedCapacity':{'TableName':'ttt','CapacityUnits':0.5}}"},
    {"GetItem",
     "{" T "," KEY("a") ",'ConsistentRead':true,'ReturnConsumedCapacity':'INDEXES',"
                        "'ProjectionExpression':'x'}",
     "{'Item':{'x':{'S':'old'}},'ConsumedCapacity':{'TableName':'ttt','CapacityUnits':1.0,'Table':{"
     "'CapacityUnits':1.0}}}"},
    {"GetItem", "{" T "," KEY("a") ",'AttributesToGet':['x','nope']}",
     "{'Item':{'x':{'S':'old'}}}"},
    {"GetItem", "{" T "," KEY("a") ",'AttributesToGet':['x','x']}",
     WRONG "Duplicate value in attribute name: x"},
    {"GetItem", "{" T "," KEY("a") ",'AttributesToGet':['x'],'ProjectionExpression':'x'}",
     INVALID "Can not use both expression and non-expression parameters in the same request: "
             "Non-expression parameters: {AttributesToGet} Expression parameters: "
             "{ProjectionExpression}"},
    {"GetItem", "{" T "," KEY("a") "," NAMES("'#x':'x'") "}",
     INVALID "ExpressionAttributeNames can only be specified when using expressions"},
    {"GetItem", "{" T "," KEY("a") ",'ProjectionExpression':'x'," NAMES("") "}",
     INVALID "ExpressionAttributeNames must not be empty"},
    {"GetItem", "{" T "," KEY("a") ",'ProjectionExpression':'x'," NAMES("'#x':'x'") "}",
     INVALID "Value provided in ExpressionAttributeNames unused in expressions: keys: {#x}"},
    {"GetItem", "{" T "," KEY("a") ",'ProjectionExpression':'p.x'}",
     INVALID "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
             "allowed: Key: p"},
    {"GetItem", "{" T ",'Key':{'p':{'S':'a'}}}",
     INVALID "The provided key element does not match the schema"},
    {"GetItem", "{'TableName':'nope'," KEY("a") "}",
     "ResourceNotFoundException: Requested resource not found"},
    {"GetItem", "{'TableName':'arn:aws:dynamodb:local:000000000000:table/ttt'," KEY("zz") "}",
     "{}"},

    {"PutItem",
     "{" T ",'Item':{'p':{'S':'a'},'s':{'N':'1'},'x':{'S':'new'}},"
     "'ReturnValues':'ALL_OLD'}",
     "{'Attributes':{'p':{'S':'a'},'s':{'N':'1'},'x':{'S':'old'}}}"},
    {"PutItem", "{" T ",'Item':{'p':{'S':'b'},'s':{'N':'1'}},'ReturnValues':'ALL_OLD'}", "{}"},
    {"PutItem", "{" T ",'Item':{'p':{'S':'b'},'s':{'N':'1'}},'ReturnValues':'ALL_NEW'}",
     ENVELOPED "ReturnValues can only be ALL_OLD or NONE"},
    {"PutItem", "{" T ",'Item':{'p':{'S':'b'},'s':{'N':'1'},'x':{'SS':[]}}}",
     ENVELOPED "One or more parameter values were invalid: An string set  may not be empty"},
    {"PutItem", "{" T ",'Item':{'p':{'S':'b'},'s':{'N':'1'},'x':{'N':'1x'}}}",
     INVALID "The parameter cannot be converted to a numeric value: 1x"},
    {"PutItem", "{" T ",'Item':{'p':{'S':'b'}}}", WRONG "Missing the key s in the item"},
    {"PutItem", "{" T ",'Item':{'p':{'N':'1'},'s':{'N':'1'}}}",
     WRONG "Type mismatch for key p expected: S actual: N"},
    {"PutItem", "{" T ",'Item':{'p':{'S':'b'},'s':{'N':'1'},'g':{'N':'1'}}}",
     WRONG "Type mismatch for Index Key g Expected: S Actual: N IndexName: glo"},
    {"PutItem",
     "{" T ",'Item':{'p':{'S':'b'},'s':{'N':'1'}},'ReturnItemCollectionMetrics':'SIZE',"
     "'ReturnConsumedCapacity':'INDEXES'}",
     "{'ConsumedCapacity':{'TableName':'ttt','CapacityUnits':1.0,'Table':{'CapacityUnits':1.0}},"
     "'ItemCollectionMetrics':{'ItemCollectionKey':{'p':{'S':'b'}},'SizeEstimateRangeGB':[0.0,1.0]"
     "}}"},
    {"PutItem",
     "{" T ",'Item':{'p':{'S':'b'},'s':{'N':'1'},'g':{'S':'x'},'l':{'S':'y'}},"
     "'ReturnConsumedCapacity':'INDEXES'}",
     "{'ConsumedCapacity':{'TableName':'ttt','CapacityUnits':3.0,'Table':{'CapacityUnits':1.0},"
     "'LocalSecondaryIndexes':{'loc':{'CapacityUnits':1.0}},'GlobalSecondaryIndexes':{'glo':{"
     "'CapacityUnits':1.0}}}}"},

    {"PutItem",
     "{" T ",'Item':{'p':{'S':'b'},'s':{'N':'1'}},"
     "'ConditionExpression':'attribute_not_exists(p)'}",
     "ConditionalCheckFailedException: The conditional request failed"},
    {"PutItem",
     "{" T ",'Item':{'p':{'S':'a'},'s':{'N':'1'}},"
     "'ConditionExpression':'attribute_not_exists(p)',"
     "'ReturnValuesOnConditionCheckFailure':'ALL_OLD'}",
     "ConditionalCheckFailedException: The conditional request failed + "
     "'Item':{'p':{'S':'a'},'s':{'N':'1'},'x':{'S':'new'}}"},
    {"PutItem",
     "{" T ",'Item':{'p':{'S':'a'},'s':{'N':'1'}},'ConditionExpression':'x = :v'," VALUES(
         "':v':{'S':'old'}") "}",
     "ConditionalCheckFailedException: The conditional request failed"},
    {"PutItem",
     "{" T ",'Item':{'p':{'S':'a'},'s':{'N':'1'}},'ConditionExpression':'x.y = :v'," VALUES(
         "':v':{'NULL':false}") "}",
     ENVELOPED "ExpressionAttributeValues contains invalid value: One or more parameter values "
               "were invalid: Null attribute value types must have the value of true for key :v"},
    {"PutItem", "{" T ",'Item':{'p':{'S':'a'},'s':{'N':'1'}}," VALUES("':v':{'S':'old'}") "}",
     ENVELOPED "ExpressionAttributeValues can only be specified when using expressions: "
               "ConditionExpression is null"},
    {"PutItem", "{" T ",'Item':{'p':{'S':'a'},'s':{'N':'1'}},'ConditionExpression':''}",
     ENVELOPED "Invalid ConditionExpression: The expression can not be empty;"},
    {"PutItem", "{" T ",'Item':{'p':{'S':'a'},'s':{'N':'1'}},'ConditionExpression':'x = :v'}",
     INVALID "Invalid ConditionExpression: An expression attribute value used in expression is "
             "not defined; attribute value: :v"},
    {"PutItem",
     "{" T ",'Item':{'p':{'S':'a'},'s':{'N':'1'}},'ConditionExpression':'p.x = :v'," VALUES(
         "':v':{'S':'old'}") "}",
     INVALID "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
             "allowed: Key: p"},
    {"PutItem",
     "{" T ",'Item':{'p':{'S':'a'},'s':{'N':'1'}},'ConditionExpression':'g[0] = :v'," VALUES(
         "':v':{'S':'old'}") "}",
     INVALID "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
             "allowed: IndexKey: g"},
    {"PutItem",
     "{" T ",'Item':{'p':{'S':'a'},'s':{'N':'1'}},'Expected':{},"
     "'ConditionExpression':'x = :v'," VALUES("':v':{'S':'old'}") "}",
     ENVELOPED "Can not use both expression and non-expression parameters in the same request: "
               "Non-expression parameters: {Expected} Expression parameters: "
               "{ConditionExpression}"},

    {"DeleteItem", "{" T "," KEY("a") ",'ReturnValues':'ALL_OLD'}",
     "{'Attributes':{'p':{'S':'a'},'s':{'N':'1'},'x':{'S':'new'}}}"},
    {"DeleteItem", "{" T "," KEY("a") ",'ReturnValues':'ALL_OLD','ReturnConsumedCapacity':'TOTAL'}",
     "{'ConsumedCapacity':{'TableName':'ttt','CapacityUnits':1.0}}"},
    {"DeleteItem", "{" T "," KEY("a") ",'ReturnValues':'ALL_NEW'}",
     INVALID "ReturnValues can only be ALL_OLD or NONE"},
    {"DeleteItem",
     "{" T "," KEY("a") ",'ConditionExpression':'attribute_exists(p)',"
                        "'ReturnValuesOnConditionCheckFailure':'ALL_OLD'}",
     "ConditionalCheckFailedException: The conditional request failed"},
    {"GetItem", "{" T "," KEY("a") "}", "{}"},
};

#define SET_X(v) "'UpdateExpression':'SET x = :v'," VALUES("':v':" v)

static const struct step update_steps[] = {
    {"UpdateItem", "{" T "," KEY("u") "}", "{}"},
    {"GetItem", "{" T "," KEY("u") "}", "{'Item':{'p':{'S':'u'},'s':{'N':'1'}}}"},
    {"UpdateItem", "{" T "," KEY("u") "," SET_X("{'N':'1'}") ",'ReturnValues':'ALL_NEW'}",
     "{'Attributes':{'p':{'S':'u'},'s':{'N':'1'},'x':{'N':'1'}}}"},
    {"UpdateItem",
     "{" T "," KEY("u") ",'UpdateExpression':'ADD x :v SET y = :v'," VALUES(
         "':v':{'N':'2'}") ",'ReturnValues':'UPDATED_NEW'}",
     "{'Attributes':{'x':{'N':'3'},'y':{'N':'2'}}}"},
    {"UpdateItem", "{" T "," KEY("u") "," SET_X("{'N':'9'}") ",'ReturnValues':'UPDATED_OLD'}",
     "{'Attributes':{'x':{'N':'3'}}}"},
    {"UpdateItem", "{" T "," KEY("u") ",'UpdateExpression':'REMOVE x','ReturnValues':'ALL_OLD'}",
     "{'Attributes':{'p':{'S':'u'},'s':{'N':'1'},'x':{'N':'9'},'y':{'N':'2'}}}"},
    {"UpdateItem",
     "{" T "," KEY("u") ",'UpdateExpression':'REMOVE x','ReturnValues':'UPDATED_OLD'}", "{}"},
    {"UpdateItem",
     "{" T "," KEY("none") ",'UpdateExpression':'REMOVE x','ReturnValues':'ALL_NEW',"
                           "'ReturnConsumedCapacity':'TOTAL'}",
     "{'ConsumedCapacity':{'TableName':'ttt','CapacityUnits':1.0}}"},
    {"GetItem", "{" T "," KEY("none") "}", "{}"},
    {"UpdateItem",
     "{" T "," KEY("u") ",'UpdateExpression':'SET p = :v'," VALUES("':v':{'S':'u'}") "}",
     WRONG "Cannot update attribute p. This attribute is part of the key"},
    {"UpdateItem",
     "{" T "," KEY("u") ",'UpdateExpression':'SET g = :v'," VALUES("':v':{'N':'1'}") "}",
     WRONG "Type mismatch for Index Key g Expected: S Actual: N IndexName: glo"},
    {"UpdateItem",
     "{" T "," KEY("u") ",'UpdateExpression':'SET g = :v'," VALUES("':v':{'S':''}") "}",
     INVALID "One or more parameter values are not valid. The update expression attempted to "
             "update a secondary index key to a value that is not supported. The AttributeValue "
             "for a key attribute cannot contain an empty string value."},
    {"UpdateItem", "{" T "," KEY("u") ",'UpdateExpression':'SET g = y'}",
     INVALID "The update expression attempted to update the secondary index key to unsupported "
             "type"},
    {"UpdateItem", "{" T "," KEY("u") ",'UpdateExpression':'SET x = nope'}",
     INVALID "The provided expression refers to an attribute that does not exist in the item"},
    {"UpdateItem", "{" T "," KEY("u") ",'UpdateExpression':'SET x ='}",
     ENVELOPED "Invalid UpdateExpression: Syntax error; token: '<EOF>', near: '='"},
    {"UpdateItem", "{" T "," KEY("u") "," VALUES("':v':{'N':'1'}") "}",
     ENVELOPED "ExpressionAttributeValues can only be specified when using expressions: "
               "UpdateExpression and ConditionExpression are null"},
    {"UpdateItem", "{" T "," KEY("u") "," SET_X("{'N':'1'}") ",'ConditionExpression':'y = :v'}",
     "ConditionalCheckFailedException: The conditional request failed"},
    {"UpdateItem", "{" T "," KEY("u") ",'ReturnValues':'BAD','ReturnConsumedCapacity':'BAD'}",
     ENVELOPED "Value 'BAD' at 'returnValues' failed to satisfy constraint: Member must satisfy "
               "enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]"},
};

#define UPDATES(a)  "'AttributeUpdates':{" a "}"
#define EXPECTED(a) "'Expected':{" a "}"

static const struct step legacy_steps[] = {
    {"UpdateItem",
     "{" T "," KEY("q") "," UPDATES("'a':{'Value':{'N':'1'}},'n':{'Action':'ADD',"
                                    "'Value':{'N':'5'}}") ",'ReturnValues':'ALL_NEW'}",
     "{'Attributes':{'a':{'N':'1'},'n':{'N':'5'},'p':{'S':'q'},'s':{'N':'1'}}}"},
    {"UpdateItem", "{" T "," KEY("q") "," UPDATES("'a':{'Action':'DELETE'}") "}", "{}"},
    {"UpdateItem", "{" T "," KEY("q") "," UPDATES("'a':{}") "}",
     WRONG "Only DELETE action is allowed when no attribute value is specified"},
    {"UpdateItem", "{" T "," KEY("q") "," UPDATES("'a':{'Action':'ADD','Value':{'S':'x'}}") "}",
     WRONG "ADD action is not supported for the type S"},
    {"UpdateItem", "{" T "," KEY("q") "," UPDATES("'a':{'Action':'DELETE','Value':{'S':'x'}}") "}",
     WRONG "DELETE action with value is not supported for the type S"},
    {"UpdateItem", "{" T "," KEY("q") "," UPDATES("'n':{'Action':'ADD','Value':{'SS':['x']}}") "}",
     INVALID "Type mismatch for attribute to update"},
    {"UpdateItem", "{" T "," KEY("q") "," UPDATES("'p':{'Value':{'S':'x'}}") "}",
     WRONG "Cannot update attribute p. This attribute is part of the key"},
    {"DeleteItem", "{" T "," KEY("q") "," EXPECTED("'n':{'Value':{'N':'4'}}") "}",
     "ConditionalCheckFailedException: The conditional request failed"},
    {"DeleteItem", "{" T "," KEY("q") "," EXPECTED("'n':{'Exists':false}") "}",
     "ConditionalCheckFailedException: The conditional request failed"},
    {"DeleteItem", "{" T "," KEY("q") ",'ConditionalOperator':'OR'}",
     WRONG "ConditionalOperator cannot be used without Filter or Expected"},
    {"DeleteItem", "{" T "," KEY("q") "," EXPECTED("'n':{}") "}",
     WRONG "Value must be provided when Exists is null for Attribute: n"},
    {"DeleteItem", "{" T "," KEY("q") "," EXPECTED("'n':{'ComparisonOperator':'LT'}") "}",
     WRONG "Value or AttributeValueList must be used with ComparisonOperator: LT for Attribute: n"},
    {"DeleteItem",
     "{" T "," KEY("q") "," EXPECTED(
         "'n':{'ComparisonOperator':'LT','AttributeValueList':[{'SS':['a']}]}") "}",
     WRONG "ComparisonOperator LT is not valid for SS AttributeValue type"},
    {"DeleteItem",
     "{" T "," KEY("q") "," EXPECTED("'n':{'ComparisonOperator':'BETWEEN',"
                                     "'AttributeValueList':[{'N':'2'},{'N':'1'}]}") "}",
     INVALID "The BETWEEN condition was provided a range where the lower bound is greater than the "
             "upper bound"},
    {"DeleteItem",
     "{" T "," KEY("q") "," EXPECTED(
         "'n':{'ComparisonOperator':'EQ','AttributeValueList':[{'N':'2'},{'N':'1'}]}") "}",
     WRONG "Invalid number of argument(s) for the EQ ComparisonOperator"},
    {"DeleteItem",
     "{" T "," KEY("q") "," EXPECTED("'zz':{'ComparisonOperator':'NOT_CONTAINS',"
                                     "'AttributeValueList':[{'S':'x'}]}") "}",
     "ConditionalCheckFailedException: The conditional request failed"},
    {"DeleteItem",
     "{" T "," KEY("q") ",'ConditionalOperator':'OR'," EXPECTED(
         "'zz':{'ComparisonOperator':'NE','Value':{'S':'x'}},'n':{'Value':{'N':'4'}}") "}",
     "{}"},
    {"GetItem", "{" T "," KEY("q") "}", "{}"},
};

/* The largest item is allowed, one byte more is not; updates have a rule of their own. */
static void test_sizes(struct op_fixture *f)
{
    enum { FILL = 400 * 1024 - 6 /* names p s x, "z", 1 */ };
    struct buf body = {0};

    for (int extra = 0; extra < 2; extra++) {
        body.n = 0;
        buf_printf(&body, "{" T ",'Item':{'p':{'S':'z'},'s':{'N':'1'},'x':{'S':'%*s'}}}",
                   FILL + extra, "");
        buf_byte(&body, '\0');
        const char *got = op_fixture_run(f, "PutItem", body.p);
        is_str(got, extra == 0 ? "{}" : INVALID "Item size has exceeded the maximum allowed size",
               "item of 400 KB + %d", extra);
    }
    buf_free(&body);
    const char *grown = op_fixture_run(
        f, "UpdateItem",
        "{" T "," KEY("z") ",'UpdateExpression':'SET y = :v'," VALUES("':v':{'N':'1'}") "}");
    is_str(grown, INVALID "Item size to update has exceeded the maximum allowed size",
           "grown too large");
}

/* A request of several reads leaves the loop when it has read much. */
static void test_long_reads(struct op_fixture *f)
{
    static const struct {
        const char *op, *before, *each, *after;
    } requests[] = {
        {"BatchGetItem", "{'RequestItems':{'ttt':{'Keys':[", "{'p':{'S':'big'},'s':{'N':'%d'}}",
         "]}}}"},
        {"TransactGetItems", "{'TransactItems':[",
         "{'Get':{'TableName':'ttt','Key':{'p':{'S':'big'},'s':{'N':'%d'}}}}", "]}"},
        {"BatchExecuteStatement", "{'Statements':[",
         "{'Statement':'SELECT * FROM ttt WHERE p=? AND s=%d','Parameters':[{'S':'big'}]}", "]}"},
        {"ExecuteTransaction", "{'TransactStatements':[",
         "{'Statement':'SELECT * FROM ttt WHERE p=? AND s=%d','Parameters':[{'S':'big'}]}", "]}"},
    };
    enum { BIG = 40000, MOST = 3 };
    char big[BIG + 1];

    memset(big, 'x', BIG);
    big[BIG] = '\0';
    for (int i = 0; i < MOST; i++)
        op_fixture_run(f, "PutItem",
                       arena_printf(&f->mem,
                                    "{" T ",'Item':{'p':{'S':'big'},'s':{'N':'%d'},'x':"
                                    "{'S':'%s'}}}",
                                    i, big)
                           .p);
    for (size_t r = 0; r < COUNT_OF(requests); r++)
        for (int n = MOST - 1; n <= MOST; n++) {
            struct buf body = {.mem = &f->mem};
            buf_add(&body, str_from_c(requests[r].before));
            for (int i = 0; i < n; i++) {
                const char *percent = strchr(requests[r].each, '%');
                buf_printf(&body, "%s%.*s%d%s", i > 0 ? "," : "", (int)(percent - requests[r].each),
                           requests[r].each, i, percent + 2);
            }
            buf_add(&body, str_from_c(requests[r].after));
            const char *text = arena_cstr(&f->mem, buf_str(&body));
            bool whole = strstr(op_fixture_run(f, requests[r].op, text), "several") == NULL;
            f->loop = true;
            bool left = strstr(op_fixture_run(f, requests[r].op, text), "several reads") != NULL;
            f->loop = false;
            ok(whole && left == (n == MOST), "%s of %d large items", requests[r].op, n);
        }
}

static void test_ranges(void)
{
    static const struct {
        int64_t bytes;
        double least;
    } sizes[] = {{0, 0},
                 {LIMIT_GIGABYTE - 1, 0},
                 {LIMIT_GIGABYTE, 1},
                 {LIMIT_COLLECTION_BYTES - 1, 9},
                 {LIMIT_COLLECTION_BYTES, 10}};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        double range[2];
        op_metrics_range(sizes[i].bytes, range);
        ok(range[0] == sizes[i].least && range[1] == sizes[i].least + 1,
           "a collection of %lld bytes", (long long)sizes[i].bytes);
    }
}

int main(void)
{
    struct op_fixture f;

    op_fixture_open(&f);
    ok(strncmp(op_fixture_run(&f, "CreateTable", STEPS_TABLE), "{'TableDescription'", 19) == 0,
       "CreateTable");
    run_steps(&f, "put", put_steps, COUNT_OF(put_steps));
    run_steps(&f, "update", update_steps, COUNT_OF(update_steps));
    run_steps(&f, "legacy", legacy_steps, COUNT_OF(legacy_steps));
    test_sizes(&f);
    test_long_reads(&f);
    test_ranges();
    op_fixture_close(&f);
    return tap_done();
}
