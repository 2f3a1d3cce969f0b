/* Query, Scan and the batches, as JSON in and out. */
#include "op/op_steps_test.h"

#define T         "'TableName':'ttt'"
#define INVALID   "ValidationException: "
#define ENVELOPED INVALID "1 validation error detected: "
#define WRONG     INVALID "One or more parameter values were invalid: "
#define VALUES(a) "'ExpressionAttributeValues':{" a "}"
#define P_IS(a)   "'KeyConditionExpression':'p = :p'," VALUES("':p':{'S':'" a "'}")
#define P_AND(cond, values)                                                                        \
    "'KeyConditionExpression':'p = :p AND " cond "'," VALUES("':p':{'S':'a'}," values)

static const char tables[][1024] = {
    STEPS_TABLE,
    "{'TableName':'hhh','BillingMode':'PAY_PER_REQUEST',"
    "'AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'}],"
    "'KeySchema':[{'AttributeName':'p','KeyType':'HASH'}]}",
    "{'TableName':'mmm','BillingMode':'PAY_PER_REQUEST',"
    "'AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'},"
    "{'AttributeName':'a','AttributeType':'S'},{'AttributeName':'b','AttributeType':'S'},"
    "{'AttributeName':'c','AttributeType':'N'},{'AttributeName':'d','AttributeType':'N'}],"
    "'KeySchema':[{'AttributeName':'p','KeyType':'HASH'}],"
    "'GlobalSecondaryIndexes':[{'IndexName':'multi','KeySchema':["
    "{'AttributeName':'a','KeyType':'HASH'},{'AttributeName':'b','KeyType':'HASH'},"
    "{'AttributeName':'c','KeyType':'RANGE'},{'AttributeName':'d','KeyType':'RANGE'}],"
    "'Projection':{'ProjectionType':'KEYS_ONLY'}}]}",
};

/* a/1 a/2 a/3 with x = 1 2 3; a/1 and a/3 in loc; a/2 and b/1 in glo. */
#define PUT(item) "{'PutRequest':{'Item':{" item "}}}"
static const struct step fill_steps[] = {
    {"BatchWriteItem",
     "{'RequestItems':{'ttt':[" PUT(
         "'p':{'S':'a'},'s':{'N':'1'},'x':{'N':'1'},'l':{'S':'"
         "z'}") "," PUT("'p':{'S':'a'},'s':{'N':'2'},'x':{'N':"
                        "'2'},'g':{'S':'k'}") "," PUT("'p':{'"
                                                      "S':'a'}"
                                                      ",'s':{'"
                                                      "N':'3'}"
                                                      ",'x':{'"
                                                      "N':'3'}"
                                                      ",'l':{'"
                                                      "S':'y'"
                                                      "}") "," PUT("'p':{'S':'b'},'s':{"
                                                                   "'N':'1'},'g':{'S':'"
                                                                   "k'}") "],'hhh':"
                                                                          "[" PUT("'p':"
                                                                                  "{'S'"
                                                                                  ":'q'"
                                                                                  "}") "]"
                                                                                       "}"
                                                                                       ","
                                                                                       "'"
                                                                                       "R"
                                                                                       "e"
                                                                                       "t"
                                                                                       "u"
                                                                                       "r"
                                                                                       "n"
                                                                                       "C"
                                                                                       "o"
                                                                                       "n"
                                                                                       "s"
                                                                                       "u"
                                                                                       "m"
                                                                                       "e"
                                                                                       "d"
                                                                                       "C"
                                                                                       "a"
                                                                                       "p"
                                                                                       "a"
                                                                                       "c"
                                                                                       "i"
                                                                                       "t"
                                                                                       "y"
                                                                                       "'"
                                                                                       ":"
                                                                                       "'"
                                                                                       "T"
                                                                                       "O"
                                                                                       "T"
                                                                                       "A"
                                                                                       "L"
                                                                                       "'"
                                                                                       ","
                                                                                       "'"
                                                                                       "R"
                                                                                       "e"
                                                                                       "t"
                                                                                       "u"
                                                                                       "r"
                                                                                       "n"
                                                                                       "I"
                                                                                       "t"
                                                                                       "e"
                                                                                       "m"
                                                                                       "C"
                                                                                       "o"
                                                                                       "l"
                                                                                       "l"
                                                                                       "e"
                                                                                       "c"
                                                                                       "t"
                                                                                       "i"
                                                                                       "o"
                                                                                       "n"
                                                                                       "M"
                                                                                       "e"
                                                                                       "t"
                                                                                       "r"
                                                                                       "i"
                                                                                       "c"
                                                                                       "s"
                                                                                       "'"
                                                                                       ":"
                                                                                       "'"
                                                                                       "S"
                                                                                       "I"
                                                                                       "Z"
                                                                                       "E"
                                                                                       "'"
                                                                                       "}",
     "{'UnprocessedItems':{},'ConsumedCapacity':[{'TableName':'ttt','CapacityUnits':8."
     "0},"
     "{'TableName':'hhh','CapacityUnits':1.0}],'ItemCollectionMetrics':{'ttt':["
     "{'ItemCollectionKey':{'p':{'S':'a'}},'SizeEstimateRangeGB':[0.0,1.0]},"
     "{'ItemCollectionKey':{'p':{'S':'b'}},'SizeEstimateRangeGB':[0.0,1.0]}]}}"},
    {"BatchWriteItem", "{'RequestItems':{}}",
     INVALID "The requestItems parameter is required for BatchWriteItem"},
    {"BatchWriteItem", "{'RequestItems':{'ttt':[{}]}}",
     INVALID "Supplied AttributeValue has more than one datatypes set, must contain "
             "exactly one "
             "of the supported datatypes"},
    {"BatchWriteItem",
     "{'RequestItems':{'hhh':[" PUT("'p':{'S':'new'}") "],'ttt':[" PUT("'p':{'S':'a'}") "]}}",
     INVALID "The provided key element does not match the schema"},
    {"GetItem", "{'TableName':'hhh','Key':{'p':{'S':'new'}}}", "{}"},
    {"BatchWriteItem",
     "{'RequestItems':{'ttt':[" PUT("'p':{'S':'a'},'s':{'N':'1'}") ",{'DeleteRequest':{'Key':{'p':{"
                                                                   "'S':'a'},'s':{'N':'1.0'}}}}]}}",
     INVALID "Provided list of item keys contains duplicates"},
    {"BatchWriteItem", "{'RequestItems':{'nope':[" PUT("'p':{'S':'a'}") "]}}",
     "ResourceNotFoundException: Requested resource not found"},
};

#define A(s, rest) "{'p':{'S':'a'},'s':{'N':'" s "'}" rest "}"
static const struct step query_steps[] = {
    {"Query", "{" T "," P_IS("a") ",'ProjectionExpression':'x'}",
     "{'Items':[{'x':{'N':'1'}},{'x':{'N':'2'}},{'x':{'N':'3'}}],'Count':3,'ScannedCount':3}"},
    {"Query", "{" T "," P_IS("a") ",'Select':'COUNT','ScanIndexForward':false,'Limit':2}",
     "{'Count':2,'ScannedCount':2,'LastEvaluatedKey':" A("2", "") "}"},
    {"Query", "{" T "," P_IS("none") ",'ReturnConsumedCapacity':'INDEXES'}",
     "{'Items':[],'Count':0,'ScannedCount':0,'ConsumedCapacity':{'TableName':'ttt','CapacityUnits':"
     "0.5,'Table':{'CapacityUnits':0.5}}}"},
    {"Query",
     "{" T "," P_AND("s BETWEEN :l AND :h",
                     "':l':{'N':'2'},':h':{'N':'9'}") ",'FilterExpression':'x > "
                                                      ":l','ProjectionExpression':'s'}",
     "{'Items':[{'s':{'N':'3'}}],'Count':1,'ScannedCount':2}"},
    {"Query", "{" T "," P_AND("s > :l", "':l':{'N':'1'}") ",'Limit':1,'ProjectionExpression':'s'}",
     "{'Items':[{'s':{'N':'2'}}],'Count':1,'ScannedCount':1,'LastEvaluatedKey':" A("2", "") "}"},
    {"Query",
     "{" T "," P_AND(
         "s > :l",
         "':l':{'N':'1'}") ",'Limit':1,'ProjectionExpression':'s','ExclusiveStartKey':" A("2",
                                                                                          "") "}",
     "{'Items':[{'s':{'N':'3'}}],'Count':1,'ScannedCount':1,'LastEvaluatedKey':" A("3", "") "}"},
    {"Query", "{" T "," P_AND("s > :l", "':l':{'N':'1'}") ",'ExclusiveStartKey':" A("3", "") "}",
     "{'Items':[],'Count':0,'ScannedCount':0}"},
    {"Query", "{" T "," P_AND("s > :l", "':l':{'N':'1'}") ",'ExclusiveStartKey':" A("1", "") "}",
     INVALID "The provided starting key does not match the range key predicate"},
    {"Query", "{" T "," P_AND("s = :l", "':l':{'N':'1'}") ",'ExclusiveStartKey':" A("1", "") "}",
     INVALID "The query can return at most one row and cannot be restarted"},
    {"Query", "{" T "," P_IS("b") ",'ExclusiveStartKey':" A("1", "") "}",
     INVALID "The provided starting key is outside query boundaries based on provided conditions"},
    {"Query", "{" T "," P_IS("b") ",'ExclusiveStartKey':{'p':{'S':'b'}}}",
     INVALID "The provided starting key is invalid"},
    {"Query", "{" T "," P_IS("b") ",'ExclusiveStartKey':{'p':{'S':'b'},'s':{'N':'x'}}}",
     INVALID "The parameter cannot be converted to a numeric value: x"},
    {"Query", "{'TableName':'hhh'," P_IS("q") ",'ExclusiveStartKey':{'p':{'S':'q'}}}",
     INVALID "The provided exclusive start key is invalid: ExclusiveStartKey: {p=AttributeValue: "
             "{S:q}}"},
    {"Query", "{" T "}",
     INVALID "Either the KeyConditions or KeyConditionExpression parameter must be specified in "
             "the request."},
    {"Query", "{" T "," P_IS("a") ",'Limit':0}",
     ENVELOPED "Value at 'Limit' failed to satisfy constraint: Member must have value greater "
               "than or equal to 1"},
    {"Query", "{" T ",'KeyConditionExpression':'s = :s'," VALUES("':s':{'N':'1'}") "}",
     INVALID "Query condition missed key schema element: p"},
    {"Query", "{" T ",'KeyConditionExpression':'p > :p'," VALUES("':p':{'S':'1'}") "}",
     INVALID "Query key condition not supported"},
    {"Query", "{" T "," P_AND("x = :x", "':x':{'N':'1'}") "}",
     INVALID "Query condition missed key schema element: s"},
    {"Query", "{'TableName':'hhh'," P_AND("x = :x", "':x':{'N':'1'}") "}",
     INVALID "Query key condition not supported"},
    {"Query", "{" T "," P_AND("s = :x", "':x':{'S':'1'}") "}",
     WRONG "Condition parameter type does not match schema type"},
    {"Query", "{" T "," P_IS("") "}",
     INVALID "One or more parameter values are not valid. The AttributeValue for a key attribute "
             "cannot contain an empty string value. Key: p"},
    {"Query", "{" T "," P_IS("a") ",'FilterExpression':'s > :p'}",
     INVALID "Filter Expression can only contain non-primary key attributes: Primary key "
             "attribute: s"},
    {"Query", "{" T "," P_IS("a") ",'Select':'SPECIFIC_ATTRIBUTES'}",
     ENVELOPED "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
               "SPECIFIC_ATTRIBUTES"},
    {"Query", "{" T "," P_IS("a") ",'Select':'COUNT','ProjectionExpression':'x'}",
     INVALID "Cannot specify the ProjectionExpression when choosing to get only the Count"},
    {"Query", "{" T "," P_IS("a") ",'Select':'ALL_PROJECTED_ATTRIBUTES'}",
     INVALID "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName"},
    {"Query", "{" T "," P_IS("a") ",'IndexName':'nope'}",
     INVALID "The table does not have the specified index: nope"},
    {"Query", "{'TableName':'hhh'," VALUES("':p':{'S':'1'}") "}",
     INVALID "ExpressionAttributeValues can only be specified when using expressions: "
             "FilterExpression and KeyConditionExpression are null"},
};

#define G_IS "'IndexName':'glo','KeyConditionExpression':'g = :g'," VALUES("':g':{'S':'k'}")
static const struct step index_steps[] = {
    {"Query", "{" T ",'IndexName':'loc'," P_IS("a") "}",
     "{'Items':[{'l':{'S':'y'},'p':{'S':'a'},'s':{'N':'3'}},{'l':{'S':'z'},'p':{'S':'a'},'s':{"
     "'N':'1'}}],'Count':2,'ScannedCount':2}"},
    {"Query",
     "{" T ",'IndexName':'loc'," P_IS("a") ",'ProjectionExpression':'x','Limit':1,"
                                           "'ReturnConsumedCapacity':'INDEXES'}",
     "{'Items':[{'x':{'N':'3'}}],'Count':1,'ScannedCount':1,'LastEvaluatedKey':"
     "{'l':{'S':'y'},'p':{'S':'a'},'s':{'N':'3'}},'ConsumedCapacity':{'TableName':'ttt',"
     "'CapacityUnits':1.0,'Table':{'CapacityUnits':0.5},'LocalSecondaryIndexes':{'loc':{"
     "'CapacityUnits':0.5}}}}"},
    {"Query", "{" T "," G_IS ",'Select':'COUNT','ReturnConsumedCapacity':'INDEXES'}",
     "{'Count':2,'ScannedCount':2,'ConsumedCapacity':{'TableName':'ttt','CapacityUnits':0.5,'Table'"
     ":"
     "{'CapacityUnits':0.0},'GlobalSecondaryIndexes':{'glo':{'CapacityUnits':0.5}}}}"},
    {"Query", "{" T "," G_IS ",'ConsistentRead':true}",
     INVALID "Consistent reads are not supported on global secondary indexes"},
    {"Query", "{" T "," G_IS ",'Select':'ALL_ATTRIBUTES'}",
     WRONG "Select type ALL_ATTRIBUTES is not supported for global secondary index glo because "
           "its projection type is not ALL"},
    {"Query", "{" T "," G_IS ",'ProjectionExpression':'p, x.y, z, x.w'}",
     WRONG "Global secondary index glo does not project [x, z]"},
    {"Query", "{" T "," G_IS ",'ExclusiveStartKey':" A("2", "") "}",
     INVALID "The provided starting key is invalid"},
    {"Query", "{" T "," G_IS ",'ExclusiveStartKey':" A("2", ",'g':{'N':'1'}") "}",
     INVALID "The provided key element does not match the schema"},
    {"Query", "{" T "," G_IS ",'FilterExpression':'s = :g','Select':'COUNT'}",
     "{'Count':0,'ScannedCount':2}"},

    {"PutItem",
     "{'TableName':'mmm','Item':{'p':{'S':'1'},'a':{'S':'a'},'b':{'S':'b'},'c':{'N':'1'},"
     "'d':{'N':'10'}}}",
     "{}"},
    {"PutItem",
     "{'TableName':'mmm','Item':{'p':{'S':'2'},'a':{'S':'a'},'b':{'S':'b'},'c':{'N':'1'},"
     "'d':{'N':'9'}}}",
     "{}"},
    {"PutItem",
     "{'TableName':'mmm','Item':{'p':{'S':'3'},'a':{'S':'a'},'b':{'S':'b'},'c':{'N':'1'}}}", "{}"},
#define AB(cond, values)                                                                           \
    "{'TableName':'mmm','IndexName':'multi','ProjectionExpression':'p','KeyConditionExpression':"  \
    "'a = :a AND b = :b" cond "'," VALUES("':a':{'S':'a'},':b':{'S':'b'}" values) "}"
    {"Query", AB("", ""), "{'Items':[{'p':{'S':'2'}},{'p':{'S':'1'}}],'Count':2,'ScannedCount':2}"},
    {"Query", AB(" AND c = :c AND d > :d", ",':c':{'N':'1'},':d':{'N':'9'}"),
     "{'Items':[{'p':{'S':'1'}}],'Count':1,'ScannedCount':1}"},
    {"Query", AB(" AND d = :d", ",':d':{'N':'9'}"),
     INVALID "Query condition missed key schema element: c"},
    {"Query", AB(" AND c > :d AND d = :d", ",':d':{'N':'9'}"),
     INVALID "Query key condition not supported"},
    {"Query",
     "{'TableName':'mmm','IndexName':'multi','KeyConditionExpression':'a = :a'," VALUES(
         "':a':{'S':'a'}") "}",
     INVALID "Query condition missed key schema element: b"},
};

#define ONE(op, value) "{'ComparisonOperator':'" op "','AttributeValueList':[" value "]}"
#define P_LEGACY       "'KeyConditions':{'p':" ONE("EQ", "{'S':'a'}")
static const struct step legacy_steps[] = {
    {"Query",
     "{" T "," P_LEGACY
     ",'s':" ONE("GE", "{'N':'2'}") "},'AttributesToGet':['x'],"
                                    "'QueryFilter':{'x':" ONE("NE", "{'N':'2'}") "}}",
     "{'Items':[{'x':{'N':'3'}}],'Count':1,'ScannedCount':2}"},
    {"Query", "{" T "," P_LEGACY "},'QueryFilter':{'s':" ONE("NE", "{'N':'2'}") "}}",
     INVALID "QueryFilter can only contain non-primary key attributes: Primary key attribute: s"},
    {"Query", "{" T "," P_LEGACY ",'s':" ONE("NE", "{'N':'2'}") "}}",
     INVALID "Attempted conditional constraint is not an indexable operation"},
    {"Query", "{" T "," P_LEGACY ",'s':" ONE("EQ", "{'N':'2'}") ",'x':" ONE("EQ", "{'N':'2'}") "}}",
     INVALID "Conditions can be of length 1 or 2 only"},
    {"Query", "{" T "," P_LEGACY "},'ConditionalOperator':'AND'}",
     WRONG "ConditionalOperator cannot be used without Filter or Expected"},
    {"Query", "{" T "," P_LEGACY "}," P_IS("a") "}",
     INVALID "Can not use both expression and non-expression parameters in the same request: "
             "Non-expression parameters: {KeyConditions} Expression parameters: "
             "{KeyConditionExpression}"},
    {"Query",
     "{" T "," P_LEGACY
     "},'FilterExpression':'x = :x'," VALUES("':x':{'N':'3'}") ",'ProjectionExpression':'x'}",
     "{'Items':[{'x':{'N':'3'}}],'Count':1,'ScannedCount':3}"},
    {"Scan",
     "{" T ",'ConditionalOperator':'OR','Select':'COUNT','ScanFilter':{'x':" ONE(
         "IN", "{'N':'2'},{'N':'3'}") ",'p':" ONE("BEGINS_WITH", "{'S':'b'}") "}}",
     "{'Count':3,'ScannedCount':4}"},
};

static const struct step scan_steps[] = {
    {"Scan", "{" T ",'Select':'COUNT','FilterExpression':'p = :p'," VALUES("':p':{'S':'a'}") "}",
     "{'Count':3,'ScannedCount':4}"},
    {"Scan", "{'TableName':'hhh'}", "{'Items':[{'p':{'S':'q'}}],'Count':1,'ScannedCount':1}"},
    {"Scan", "{'TableName':'hhh','Limit':1}",
     "{'Items':[{'p':{'S':'q'}}],'Count':1,'ScannedCount':1,'LastEvaluatedKey':{'p':{'S':'q'}}}"},
    {"Scan", "{'TableName':'hhh','ExclusiveStartKey':{'p':{'S':'q'}}}",
     "{'Items':[],'Count':0,'ScannedCount':0}"},
    {"Scan", "{" T ",'IndexName':'glo','Select':'COUNT'}", "{'Count':2,'ScannedCount':2}"},
    {"Scan", "{" T ",'ExclusiveStartKey':{'p':{'S':'q'}}}",
     INVALID "The provided starting key is invalid: The provided key element does not match the "
             "schema"},
    {"Scan", "{" T ",'Segment':0}",
     INVALID "The TotalSegments parameter is required but was not present in the request when "
             "Segment parameter is present"},
    {"Scan", "{" T ",'TotalSegments':1}",
     INVALID "The Segment parameter is required but was not present in the request when "
             "parameter TotalSegments is present"},
    {"Scan", "{" T ",'TotalSegments':1,'Segment':1}",
     INVALID "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
             "Segment: 1 is not less than TotalSegments: 1"},
    {"Scan", "{" T ",'Limit':0}",
     ENVELOPED "Value '0' at 'limit' failed to satisfy constraint: Member must have value greater "
               "than or equal to 1"},
    {"Scan", "{" T ",'Select':'SPECIFIC_ATTRIBUTES'}",
     INVALID "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
             "SPECIFIC_ATTRIBUTES"},
};

static const struct step batch_get_steps[] = {
    {"BatchGetItem",
     "{'RequestItems':{'ttt':{'Keys':[" A("1", "") "," A(
         "9",
         "") "],'ConsistentRead':true,"
             "'ProjectionExpression':'#x','ExpressionAttributeNames':{'#x':'x'}},'hhh':{'Keys':["
             "{'p':{'S':"
             "'zz'}}]}},'ReturnConsumedCapacity':'TOTAL'}",
     "{'Responses':{'ttt':[{'x':{'N':'1'}}],'hhh':[]},'UnprocessedKeys':{},'ConsumedCapacity':[{"
     "'TableName':'ttt','CapacityUnits':2.0},{'TableName':'hhh','CapacityUnits':0.5}]}"},
    {"BatchGetItem", "{'RequestItems':{}}",
     INVALID "The requestItems parameter is required for BatchGetItem"},
    {"BatchGetItem", "{}",
     ENVELOPED
     "Value null at 'requestItems' failed to satisfy constraint: Member must not be null"},
    {"BatchGetItem", "{'RequestItems':{'ttt':{'Keys':[]}}}",
     ENVELOPED "Value at 'requestItems.ttt.member.keys' failed to satisfy constraint: Member must "
               "have length greater than or equal to 1"},
    {"BatchGetItem", "{'RequestItems':{'ttt':{'Keys':[" A("1", "") "," A("1", "") "]}}}",
     INVALID "Provided list of item keys contains duplicates"},
    {"BatchGetItem",
     "{'RequestItems':{'ttt':{'Keys':[" A("1", "") "," A("1.0", "") "],'AttributesToGet':['s']}}}",
     "{'Responses':{'ttt':[{'s':{'N':'1'}},{'s':{'N':'1'}}]},'UnprocessedKeys':{}}"},
    {"BatchGetItem",
     "{'RequestItems':{'ttt':{'Keys':[" A("1.0", "") ",{'s':{'N':'1.0'},'p':{'S':'a'}}]}}}",
     INVALID "Provided list of item keys contains duplicates"},
    {"BatchGetItem", "{'RequestItems':{'ttt':{'Keys':[{'p':{'S':'a'}}]}}}",
     INVALID "The provided key element does not match the schema"},
    {"BatchGetItem",
     "{'RequestItems':{'ttt':{'Keys':[" A("1",
                                          "") "],'AttributesToGet':['x']},'hhh':{'Keys':[{'p':{"
                                              "'S':'q'}}],'ProjectionExpression':'x'}}}",
     INVALID "Can not use both expression and non-expression parameters in the same request: "
             "Non-expression parameters: {AttributesToGet} Expression parameters: "
             "{ProjectionExpression}"},
};

/* Every item is in exactly one segment; a starting key belongs to its own. */
static void test_segments(struct op_fixture *f)
{
    enum { ITEMS = 40, SEGMENTS = 7 };
    char body[512];
    int seen = 0, refused = 0;

    for (int i = 0; i < ITEMS; i++) {
        snprintf(body, sizeof(body), "{'TableName':'hhh','Item':{'p':{'S':'seg%d'}}}", i);
        (void)op_fixture_run(f, "PutItem", body);
    }
    for (int i = 0; i < SEGMENTS; i++) {
        int count = -1;
        snprintf(body, sizeof(body),
                 "{'TableName':'hhh','Select':'COUNT','TotalSegments':%d,'Segment':%d}", SEGMENTS,
                 i);
        const char *got = op_fixture_run(f, "Scan", body);
        ok(sscanf(got, "{'Count':%d,", &count) == 1, "segment %d: %s", i, got);
        seen += count;
        snprintf(body, sizeof(body),
                 "{'TableName':'hhh','TotalSegments':%d,'Segment':%d,'ExclusiveStartKey':{'p':{'S':"
                 "'seg3'}}}",
                 SEGMENTS, i);
        got = op_fixture_run(f, "Scan", body);
        refused += strstr(got, "Please use ExclusiveStartKey with correct Segment") != NULL;
    }
    ok(seen == ITEMS + 1, "%d of %d items seen", seen, ITEMS + 1);
    ok(refused == SEGMENTS - 1, "a starting key is good for one segment");
}

/* 50 items of 400 KB do not fit into one answer. */
static void test_batch_get_full(struct op_fixture *f)
{
    enum { ITEMS = 50, FILL = 400 * 1024 - 40 };
    struct buf body = {0}, keys = {0};

    buf_printf(&keys, "{'RequestItems':{'hhh':{'ConsistentRead':true,'Keys':[");
    for (int i = 0; i < ITEMS; i++) {
        body.n = 0;
        buf_printf(&body, "{'TableName':'hhh','Item':{'p':{'S':'big%02d'},'x':{'S':'%*s'}}}", i,
                   FILL, "");
        buf_byte(&body, '\0');
        (void)op_fixture_run(f, "PutItem", body.p);
        buf_printf(&keys, "%s{'p':{'S':'big%02d'}}", i > 0 ? "," : "", i);
    }
    buf_printf(&keys, "]}}}");
    buf_byte(&keys, '\0');
    const char *got = op_fixture_run(f, "BatchGetItem", keys.p);
    const char *rest = strstr(got, "'UnprocessedKeys':");
    ok(rest != NULL, "an answer with UnprocessedKeys");
    ok(strlen(got) <= 17 * 1024 * 1024, "at most 16 MB of items");
    ok(rest != NULL && strstr(rest, "{'hhh':{'Keys':[{'p':{'S':'big40'}}") != NULL, "40 items fit");
    ok(rest != NULL && strstr(rest, "'ConsistentRead':true") != NULL, "options are kept");
    buf_free(&body);
    buf_free(&keys);
}

int main(void)
{
    struct op_fixture f;

    op_fixture_open(&f);
    for (size_t i = 0; i < COUNT_OF(tables); i++)
        ok(strncmp(op_fixture_run(&f, "CreateTable", tables[i]), "{'TableDescription'", 19) == 0,
           "CreateTable %zu", i);
    run_steps(&f, "fill", fill_steps, COUNT_OF(fill_steps));
    run_steps(&f, "query", query_steps, COUNT_OF(query_steps));
    run_steps(&f, "index", index_steps, COUNT_OF(index_steps));
    run_steps(&f, "legacy", legacy_steps, COUNT_OF(legacy_steps));
    run_steps(&f, "scan", scan_steps, COUNT_OF(scan_steps));
    run_steps(&f, "batch get", batch_get_steps, COUNT_OF(batch_get_steps));
    test_segments(&f);
    test_batch_get_full(&f);
    op_fixture_close(&f);
    return tap_done();
}
