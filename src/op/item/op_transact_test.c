/* TransactWriteItems and TransactGetItems, as JSON in and out. */
#include "model/limits.h"
#include "op/op_steps_test.h"

#define CANCELLED                                                                                  \
    "TransactionCanceledException: Transaction cancelled, please refer "                           \
    "cancellation reasons for specific reasons "
#define INVALID    "ValidationException: "
#define ITEM(a, x) "{'p':{'S':'" a "'},'x':{'N':'" x "'}}"
#define PUT(a, x)  "{'Put':{'TableName':'ttt','Item':" ITEM(a, x) "}}"
#define KEY(a)     "'TableName':'ttt','Key':{'p':{'S':'" a "'}}"
#define UPDATE(a, u, v)                                                                            \
    "{'Update':{" KEY(a) ",'UpdateExpression':'" u "','ExpressionAttributeValues':{" v "}}}"
#define CHECK(a, c) "{'ConditionCheck':{" KEY(a) ",'ConditionExpression':'" c "'}}"
#define GET(a)      "{'Get':{" KEY(a) "}}"
#define WRITE(...)  "TransactWriteItems", "{'TransactItems':[" __VA_ARGS__ "]}"
#define READ(...)   "TransactGetItems", "{'TransactItems':[" __VA_ARGS__ "]}"

static const char table[] =
    "{'TableName':'ttt','BillingMode':'PAY_PER_REQUEST',"
    "'AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'},"
    "{'AttributeName':'g','AttributeType':'S'}],"
    "'KeySchema':[{'AttributeName':'p','KeyType':'HASH'}],"
    "'GlobalSecondaryIndexes':[{'IndexName':'glo','KeySchema':[{'AttributeName':'g','KeyType':"
    "'HASH'}],'Projection':{'ProjectionType':'KEYS_ONLY'}}]}";
static const char local[] =
    "{'TableName':'lll','BillingMode':'PAY_PER_REQUEST',"
    "'AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'},"
    "{'AttributeName':'s','AttributeType':'N'},{'AttributeName':'l','AttributeType':'S'}],"
    "'KeySchema':[{'AttributeName':'p','KeyType':'HASH'},{'AttributeName':'s','KeyType':'RANGE'}],"
    "'LocalSecondaryIndexes':[{'IndexName':'loc','KeySchema':[{'AttributeName':'p','KeyType':"
    "'HASH'},{'AttributeName':'l','KeyType':'RANGE'}],'Projection':{'ProjectionType':"
    "'KEYS_ONLY'}}]}";

static const struct step write_steps[] = {
    {WRITE(PUT("a", "1") "," PUT("b", "2")), "{}"},
    {READ(GET("b") "," GET("none") "," GET("a")),
     "{'Responses':[{'Item':" ITEM("b", "2") "},{},{'Item':" ITEM("a", "1") "}]}"},
    {WRITE(UPDATE("a", "SET x = x - :n", "':n':{'N':'1'}") "," UPDATE("c", "ADD x :n",
                                                                      "':n':{'N':'5'}")),
     "{}"},
    {READ(GET("a") "," GET("c")),
     "{'Responses':[{'Item':" ITEM("a", "0") "},{'Item':" ITEM("c", "5") "}]}"},
    {WRITE("{'Delete':{" KEY("a") "}}," CHECK("b", "x > p OR attribute_exists(x)")), "{}"},
    {READ(GET("a") ",{'Get':{" KEY("b") ",'ProjectionExpression':'y'}}"), "{'Responses':[{},{}]}"},

    /* What cancels: nothing of it happens. */
    {WRITE(PUT("n", "1") "," CHECK("b", "attribute_not_exists(p)") "," CHECK(
         "zz", "attribute_exists(p)")),
     CANCELLED
     "[None, ConditionalCheckFailed, ConditionalCheckFailed] + 'CancellationReasons':[{'Code':"
     "'None'},{'Code':'ConditionalCheckFailed','Message':'The conditional request failed'},"
     "{'Code':'ConditionalCheckFailed','Message':'The conditional request failed'}]"},
    {READ(GET("n")), "{'Responses':[{}]}"},
    {WRITE("{'Delete':{" KEY("b") ",'ConditionExpression':'attribute_exists(y)',"
                                  "'ReturnValuesOnConditionCheckFailure':'ALL_OLD'}}"),
     CANCELLED "[ConditionalCheckFailed] + 'CancellationReasons':[{'Code':'ConditionalCheckFailed',"
               "'Message':'The conditional request failed','Item':" ITEM("b", "2") "}]"},
    {WRITE(CHECK("zz", "attribute_exists(p)") "," UPDATE(
         "b", "SET x = x + :s",
         "':s':{'N':'1'}") ","
                           "{'Update':{" KEY("q") ",'UpdateExpression':'SET x = y'}}"),
     CANCELLED "[None, None, ValidationError] + 'CancellationReasons':[{'Code':'None'},{'Code':"
               "'None'},{'Code':'ValidationError','Message':'The provided expression refers to an "
               "attribute that does not exist in the item'}]"},
    {READ(GET("b")), "{'Responses':[{'Item':" ITEM("b", "2") "}]}"},
    {WRITE("{'Put':{'TableName':'ttt','Item':{'p':{'N':'1'}}}}," PUT("n", "1")),
     CANCELLED "[ValidationError, None] + 'CancellationReasons':[{'Code':'ValidationError',"
               "'Message':'One or more parameter values were invalid: Type mismatch for key p "
               "expected: S actual: N'},{'Code':'None'}]"},
    {WRITE("{'Delete':{'TableName':'ttt','Key':{'q':{'S':'1'}}}}"), CANCELLED
     "[ValidationError] + 'CancellationReasons':[{'Code':'ValidationError','Message':'The "
     "provided key element does not match the schema'}]"},
    {READ(GET("")), CANCELLED
     "[ValidationError] + 'CancellationReasons':[{'Code':'ValidationError','Message':'One "
     "or more parameter values are not valid. The AttributeValue for a key attribute "
     "cannot contain an empty string value. Key: p'}]"},
};

static const struct step refused_steps[] = {
    {WRITE(""),
     INVALID "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy "
             "constraint: Member must have length greater than or equal to 1"},
    {READ(""), INVALID "1 validation error detected: Value '[]' at 'transactItems' failed to "
                       "satisfy constraint: Member must have length greater than or equal to 1"},
    {WRITE("{}"), INVALID "TransactItems can only contain one of Check, Put, Update or Delete"},
    {WRITE("null"), INVALID "TransactItems can only contain one of Check, Put, Update or Delete"},
    {READ("null"), INVALID "1 validation error detected: Value null at "
                           "'transactItems.1.member.get' failed to satisfy constraint: Member must "
                           "not be null"},
    {WRITE(PUT("a", "1") "," PUT("a", "2")),
     INVALID "Transaction request cannot include multiple operations on one item"},
    {READ(GET("a") "," GET("b") "," GET("a")),
     INVALID "Transaction request cannot include multiple operations on one item"},
    {WRITE(PUT("", "1")),
     INVALID "One or more parameter values are not valid. The AttributeValue for a key attribute "
             "cannot contain an empty string value. Key: p"},
    {WRITE("{'ConditionCheck':{" KEY("a") "}}"),
     INVALID "1 validation error detected: Value null at "
             "'transactItems.1.member.conditionCheck.conditionExpression' failed to satisfy "
             "constraint: Member must not be null"},
    {WRITE(CHECK("a", "x")), INVALID "Invalid ConditionExpression: Syntax error; token: "
                                     "'<EOF>', near: 'x'"},
    {WRITE(CHECK("a", "x = :v")),
     INVALID "Invalid ConditionExpression: An expression attribute value used in expression is not "
             "defined; attribute value: :v"},
    {WRITE("{'Delete':{" KEY("a") ",'ExpressionAttributeValues':{':v':{'N':'1'}}}}"),
     INVALID "ExpressionAttributeValues can only be specified when using expressions: "
             "ConditionExpression is null"},
    {WRITE("{'Delete':{'TableName':'none','Key':{'p':{'S':'1'}}}}"),
     "ResourceNotFoundException: Requested resource not found"},
    {READ("{'Get':{'TableName':'none','Key':{'p':{'S':'1'}}}}"),
     "ResourceNotFoundException: Requested resource not found"},
};

#define TOKEN(t, a, x, more)                                                                       \
    "TransactWriteItems",                                                                          \
        "{'ClientRequestToken':'" t "'," more "'TransactItems':[{'Update':{" KEY(                  \
            a) ",'UpdateExpression':'ADD #x :n','ExpressionAttributeNames':{'#x':'x'},"            \
               "'ExpressionAttributeValues':{':n':{'N':'" x "'}}}}]}"
#define FAILING(t)                                                                                 \
    "TransactWriteItems", "{'ClientRequestToken':'" t                                              \
                          "','TransactItems':[" CHECK("later", "attribute_exists(p)") "]}"

static const struct step token_steps[] = {
    {TOKEN("t1", "k", "1", ""), "{}"},
    {TOKEN("t1", "k", "1", ""), "{}"},
    {READ(GET("k")), "{'Responses':[{'Item':" ITEM("k", "1") "}]}"},
    {TOKEN("t1", "k", "1", "'ReturnConsumedCapacity':'TOTAL',"),
     "{'ConsumedCapacity':[{'TableName':'ttt','CapacityUnits':2.0,'ReadCapacityUnits':2.0}]}"},
    {TOKEN("t1", "k", "2", ""),
     "IdempotentParameterMismatchException: The client request token belongs to a transaction with "
     "other parameters"},
    {TOKEN("t2", "k", "1", ""), "{}"},
    {READ(GET("k")), "{'Responses':[{'Item':" ITEM("k", "2") "}]}"},
    /* A failed one is not remembered. */
    {FAILING("t3"),
     CANCELLED "[ConditionalCheckFailed] + 'CancellationReasons':[{'Code':'ConditionalCheckFailed',"
               "'Message':'The conditional request failed'}]"},
    {WRITE(PUT("later", "1")), "{}"},
    {FAILING("t3"), "{}"},
};

#define LOCAL(p, s) "{'Put':{'TableName':'lll','Item':{'p':{'S':'" p "'},'s':{'N':'" s "'}}}}"

static const struct step capacity_steps[] = {
    {"TransactWriteItems",
     "{'ReturnConsumedCapacity':'INDEXES','TransactItems':[{'Put':{'TableName':'ttt','Item':{'p':{"
     "'S':'i'},'g':{'S':'1'}}}}," CHECK("b", "attribute_exists(p)") "]}",
     "{'ConsumedCapacity':[{'TableName':'ttt','CapacityUnits':5.0,'WriteCapacityUnits':5.0,'Table':"
     "{'CapacityUnits':4.0,'WriteCapacityUnits':4.0},'GlobalSecondaryIndexes':{'glo':{"
     "'CapacityUnits':1.0,'WriteCapacityUnits':1.0}}}]}"},
    {"TransactGetItems",
     "{'ReturnConsumedCapacity':'TOTAL','TransactItems':[" GET("i") "," GET("zz") "]}",
     "{'Responses':[{'Item':{'g':{'S':'1'},'p':{'S':'i'}}},{}],'ConsumedCapacity':[{'TableName':"
     "'ttt','CapacityUnits':4.0,'ReadCapacityUnits':4.0}]}"},
    {"TransactWriteItems",
     "{'ReturnItemCollectionMetrics':'SIZE','TransactItems':[" PUT("m", "1") "," LOCAL(
         "a", "1") "," LOCAL("b", "1") "," LOCAL("a", "2") "]}",
     "{'ItemCollectionMetrics':{'lll':[{'ItemCollectionKey':{'p':{'S':'a'}},'SizeEstimateRangeGB':"
     "[0.0,1.0]},{'ItemCollectionKey':{'p':{'S':'b'}},'SizeEstimateRangeGB':[0.0,1.0]}]}}"},
};

/* A hundred actions: the text of the cancellation is not cut off. */
static void test_many(struct op_fixture *f)
{
    struct buf body = {0};

    buf_add(&body, STR("{'TransactItems':["));
    for (int i = 0; i < LIMIT_TRANSACT_ACTIONS; i++)
        buf_printf(&body,
                   "%s{'ConditionCheck':{'TableName':'ttt','Key':{'p':{'S':'m%d'}},"
                   "'ConditionExpression':'attribute_exists(p)'}}",
                   i > 0 ? "," : "", i);
    buf_add(&body, STR("]}"));
    buf_byte(&body, '\0');
    const char *answer = op_fixture_run(f, "TransactWriteItems", body.p);
    int n = 0;
    for (const char *p = answer; (p = strstr(p, "ConditionalCheckFailed")) != NULL; p++)
        n++;
    ok(n == 2 * LIMIT_TRANSACT_ACTIONS, "100 reasons, each also in the text: %d", n);
    buf_free(&body);
}

int main(void)
{
    struct op_fixture f;

    op_fixture_open(&f);
    op_fixture_run(&f, "CreateTable", table);
    op_fixture_run(&f, "CreateTable", local);
    run_steps(&f, "write", write_steps, COUNT_OF(write_steps));
    run_steps(&f, "refused", refused_steps, COUNT_OF(refused_steps));
    run_steps(&f, "token", token_steps, COUNT_OF(token_steps));
    run_steps(&f, "capacity", capacity_steps, COUNT_OF(capacity_steps));
    test_many(&f);
    op_fixture_close(&f);
    return tap_done();
}
