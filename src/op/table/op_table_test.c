/* Operations on tables, from the body of a request to the body of the answer,
 * on a database in memory with a clock that stands still. */
#include <stdlib.h>

#include "base/tap.h"
#include "db/db_work.h"
#include "model/limits.h"
#include "op/op_list.h"
#include "store/store_rocks.h"

struct world {
    struct env env; /* first */
    int64_t now_ms;
    uint64_t seed;
    struct db *db;
};

static int64_t world_now(struct env *e)
{
    return ((struct world *)(void *)e)->now_ms;
}

static uint64_t world_random(struct env *e)
{
    struct world *w = (struct world *)(void *)e;
    return ++w->seed * 0x9E3779B97F4A7C15ULL;
}

static void world_open(struct world *w)
{
    struct err e = {0};
    struct store *store = NULL;
    *w = (struct world){.env = {world_now, world_random}, .now_ms = 1700000000123};
    bool good = store_rocks_open(&(struct store_rocks_options){.cache_bytes = 1 << 20}, &store, &e);
    struct db_options o = {
        .store = store, .env = &w->env, .region = "eu-west-1", .account = "123456789012"};
    good = good && db_open(&o, &w->db, &e);
    if (!good)
        printf("Bail out! %s\n", e.msg);
    assert(good);
}

static bool run(struct world *w, struct req *rq)
{
    struct db_txn *txn = NULL;
    bool write = (rq->op->flags & OP_WRITE) != 0;
    if ((rq->op->flags & OP_NO_TXN) != 0)
        return rq->op->run(rq, NULL);
    if (!db_begin(w->db, write ? DB_WRITE : DB_READ, false, &txn, &rq->err))
        return false;
    bool good = rq->op->run(rq, txn);
    if (good && write)
        return db_commit(&txn, &rq->err);
    db_end(&txn);
    return good;
}

/* The body of the answer, or "Exception: text". */
static void call(struct world *w, const char *name, const char *body, struct buf *out)
{
    struct req rq = {.db = w->db, .op = op_find(str_from_c(name)), .host = STR("here:8000")};
    assert(rq.op != NULL);
    rq.out.to = out;
    out->n = 0;
    if (!op_decode(&rq, str_from_c(body)) || (rq.op->prepare != NULL && !rq.op->prepare(&rq)) ||
        !run(w, &rq)) {
        out->n = 0;
        buf_printf(out, "%s: %s", err_name(rq.err.code), rq.err.msg);
    }
    arena_free(&rq.mem);
}

static void work(struct world *w)
{
    struct err e = {0};
    while (db_work_pending(w->db)) {
        struct db_txn *txn = NULL;
        bool good = db_begin(w->db, DB_WRITE, false, &txn, &e) && db_work_step(txn, &e) &&
                    db_commit(&txn, &e);
        db_end(&txn);
        if (!good) {
            ok(false, "work: %s", e.msg);
            return;
        }
    }
}

#define WORK   "-work"  /* not operations: background work is done; time goes on */
#define LATER  "-later" /* so many ms */
#define P      "ValidationException: One or more parameter values were invalid: "
#define V      "ValidationException: "
#define IN_USE "ResourceInUseException: Attempt to change a resource which is still in use: "

struct step {
    const char *op, *body;
    const char *want;  /* the whole answer */
    const char *parts; /* or: parts that the answer has (or with '!' has not), each ended by \n */
};

static void has_parts(struct str got, const char *parts, const char *what)
{
    while (*parts != '\0') {
        size_t n = strcspn(parts, "\n");
        bool want = parts[0] != '!';
        struct str part = want ? (struct str){parts, n} : (struct str){parts + 1, n - 1};
        bool found = memmem(got.p, got.n, part.p, part.n) != NULL;
        ok(found == want, "%s has%s " STR_FMT, what, want ? "" : " not", STR_ARG(part));
        if (found != want)
            printf("#  got: " STR_FMT "\n", STR_ARG(got));
        parts += n + (parts[n] == '\n');
    }
}

static void steps(struct world *w, const struct step *s, size_t n)
{
    struct buf out = {0};
    for (size_t i = 0; i < n; i++) {
        if (strcmp(s[i].op, WORK) == 0) {
            work(w);
            continue;
        }
        if (strcmp(s[i].op, LATER) == 0) {
            w->now_ms += strtoll(s[i].body, NULL, 10);
            continue;
        }
        call(w, s[i].op, s[i].body, &out);
        if (s[i].want != NULL)
            is_bytes(buf_str(&out), str_from_c(s[i].want), "%s %s", s[i].op, s[i].body);
        if (s[i].parts != NULL)
            has_parts(buf_str(&out), s[i].parts, s[i].op);
    }
    buf_free(&out);
}

#define S(n)              "{\"AttributeName\":\"" n "\",\"AttributeType\":\"S\"}"
#define HASH(n)           "{\"AttributeName\":\"" n "\",\"KeyType\":\"HASH\"}"
#define RANGE(n)          "{\"AttributeName\":\"" n "\",\"KeyType\":\"RANGE\"}"
#define PPR               "\"BillingMode\":\"PAY_PER_REQUEST\""
#define UNITS(n)          "{\"ReadCapacityUnits\":" n ",\"WriteCapacityUnits\":" n "}"
#define DEFS(d)           "\"AttributeDefinitions\":[" d "]"
#define KEYS(k)           "\"KeySchema\":[" k "]"
#define ALL               "\"Projection\":{\"ProjectionType\":\"ALL\"}"
#define T(n, more)        "{\"TableName\":\"" n "\"," DEFS(S("p")) "," KEYS(HASH("p")) more "}"
#define INDEX(n, k, more) "{\"IndexName\":\"" n "\"," KEYS(k) "," ALL more "}"
#define GSI(list)         ",\"GlobalSecondaryIndexes\":[" list "]"
#define UPDATE(n, more)   "{\"TableName\":\"" n "\"," more "}"
#define INDEXES(list)     "\"GlobalSecondaryIndexUpdates\":[" list "]"
#define ARN               "arn:aws:dynamodb:eu-west-1:123456789012:table/"

static const struct step life_steps[] = {
    {"ListTables", "{}", "{\"TableNames\":[]}", NULL},
    {"DescribeLimits", "{}",
     "{\"AccountMaxReadCapacityUnits\":80000,\"AccountMaxWriteCapacityUnits\":80000,"
     "\"TableMaxReadCapacityUnits\":40000,\"TableMaxWriteCapacityUnits\":40000}",
     NULL},
    {"DescribeEndpoints", "{}",
     "{\"Endpoints\":[{\"Address\":\"here:8000\",\"CachePeriodInMinutes\":1440}]}", NULL},
    {"CreateTable", T("life", "," PPR), NULL,
     "{\"TableDescription\":{\"AttributeDefinitions\":[" S(
         "p") "],\"BillingModeSummary\":{"
              "\"BillingMode\":\"PAY_PER_REQUEST\"},\"CreationDateTime\":1.700000000123E9,"
              "\"DeletionProtectionEnabled\":false,\"ItemCount\":0,\"KeySchema\":[" HASH(
                  "p") "],"
                       "\"ProvisionedThroughput\":{\"NumberOfDecreasesToday\":0,"
                       "\"ReadCapacityUnits\":0,"
                       "\"WriteCapacityUnits\":0},\"TableArn\":\"" ARN "life\",\"TableId\":\"\n"
                       "\",\"TableName\":\"life\",\"TableSizeBytes\":0,\"TableStatus\":"
                       "\"CREATING\"}}\n"},
    {"CreateTable", T("life", "," PPR), "ResourceInUseException: Table already exists: life", NULL},
    {"DescribeTable", "{\"TableName\":\"life\"}", NULL,
     "{\"Table\":{\"AttributeDefinitions\":[" S(
         "p") "],\"BillingModeSummary\":{\"BillingMode\":"
              "\"PAY_PER_REQUEST\",\"LastUpdateToPayPerRequestDateTime\":1.700000000123E9},"
              "\"CreationDateTime\":\n"
              "\"TableStatus\":\"ACTIVE\",\"WarmThroughput\":{\"ReadUnitsPerSecond\":12000,"
              "\"Status\":"
              "\"ACTIVE\",\"WriteUnitsPerSecond\":4000}}}\n!GlobalSecondaryIndexes\n"
              "!StreamSpecification\n!SSEDescription\n!TableClassSummary\n!OnDemandThroughput\n"},
    {"DescribeTable", "{\"TableName\":\"" ARN "life\"}", NULL, "\"TableName\":\"life\"\n"},
    {"DescribeTable", "{\"TableName\":\"arn:aws:dynamodb:us-east-1:123456789012:table/life\"}",
     V "1 validation error detected: Invalid AWS region in "
       "'arn:aws:dynamodb:us-east-1:123456789012:table/life'",
     NULL},
    {"DescribeTable", "{\"TableName\":\"arn:aws:dynamodb:eu-west-1:1:table/life\"}",
     "AccessDeniedException: Access is denied", NULL},
    {"DescribeTable", "{\"TableName\":\"" ARN "life/index/abc\"}",
     V "1 validation error detected: Invalid resource type in '" ARN "life/index/abc'", NULL},
    {"DescribeTable", "{\"TableName\":\"none\"}",
     "ResourceNotFoundException: Requested resource not found: Table: none not found", NULL},
    {"CreateTable", T("also", ",\"ProvisionedThroughput\":" UNITS("5")), NULL,
     "\"TableStatus\":\"CREATING\"\n!BillingModeSummary\n"},
    {"DescribeTable", "{\"TableName\":\"also\"}", NULL,
     "\"WarmThroughput\":{\"ReadUnitsPerSecond\":5,\"Status\":\"ACTIVE\",\"WriteUnitsPerSecond\":5}"
     "\n"},
    {"ListTables", "{\"Limit\":1}",
     "{\"LastEvaluatedTableName\":\"also\",\"TableNames\":[\"also\"]}", NULL},
    {"ListTables", "{\"Limit\":1,\"ExclusiveStartTableName\":\"also\"}",
     "{\"TableNames\":[\"life\"]}", NULL},
    {"ListTables", "{\"ExclusiveStartTableName\":\"basic\"}", "{\"TableNames\":[\"life\"]}", NULL},
    {"DeleteTable", "{\"TableName\":\"life\"}", NULL,
     "\"TableStatus\":\"DELETING\"\n!KeySchema\n!AttributeDefinitions\n!CreationDateTime\n"},
    {"DeleteTable", "{\"TableName\":\"life\"}",
     "ResourceNotFoundException: Requested resource not found: Table: life not found", NULL},
    {"ListTables", "{}", "{\"TableNames\":[\"also\"]}", NULL},
    {"DeleteTable", "{\"TableName\":\"also\"}", NULL, "DELETING\n"},
    {WORK, "", NULL, NULL},
};

#define NEVER(more, want)                                                                          \
    {                                                                                              \
        "CreateTable", T("never", more), want, NULL                                                \
    }
#define NEVER2(defs, keys, more, want)                                                             \
    {                                                                                              \
        "CreateTable", "{\"TableName\":\"never\"," DEFS(defs) "," KEYS(keys) "," PPR more "}",     \
            want, NULL                                                                             \
    }

static const struct step create_refused_steps[] = {
    {"CreateTable", "{}",
     V "The parameter 'TableName' is required but was not present in the request", NULL},
    NEVER("", P "ReadCapacityUnits and WriteCapacityUnits must both be specified when "
                "BillingMode is PROVISIONED"),
    NEVER("," PPR ",\"ProvisionedThroughput\":" UNITS("1"),
          P "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode "
            "is PAY_PER_REQUEST"),
    NEVER(",\"ProvisionedThroughput\":" UNITS("1000000000001"),
          V "Given value 1000000000001 for ReadCapacityUnits is out of bounds"),
    NEVER(",\"ProvisionedThroughput\":" UNITS("40001"),
          "LimitExceededException: The requested ReadCapacityUnits, 40001, is above the per "
          "table maximum for the account in eu-west-1. Per table maximum: 40000. Refer to the "
          "Amazon DynamoDB Developer Guide for current limits and how to request higher "
          "limits."),
    NEVER("," PPR ",\"TableClass\":\"CHEAP\"",
          V "Invalid table-class parameter provided. Please try again with a valid table-class "
            "value: [STANDARD, STANDARD_INFREQUENT_ACCESS]."),
    NEVER("," PPR ",\"ResourcePolicy\":\"{}\"", P "ResourcePolicy is not supported by this server"),
    NEVER(
        ",\"OnDemandThroughput\":{\"MaxReadRequestUnits\":1},\"ProvisionedThroughput\":" UNITS("1"),
        P "MaxReadRequestUnits for OnDemandThroughput cannot be specified when table "
          "BillingMode is PROVISIONED."),
    NEVER("," PPR ",\"OnDemandThroughput\":{\"MaxWriteRequestUnits\":0}",
          P "Requested MaxWriteRequestUnits for OnDemandThroughput for table is outside of "
            "valid range"),
    NEVER(",\"ProvisionedThroughput\":" UNITS("9") ",\"WarmThroughput\":{\"ReadUnitsPerSecond\""
                                                   ":8}",
          P "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than "
            "ReadCapacityUnits of ProvisionedThroughput"),
    NEVER2(S("p") "," S("p"), HASH("p"), "", V "Attribute Name is duplicated: p"),
    NEVER2(S("p") "," S("q"), HASH("p"), "",
           P "Number of attributes in KeySchema does not exactly match number of attributes "
             "defined in AttributeDefinitions"),
    NEVER2(S("p") "," S("q"), HASH("x"), "",
           P "Some index key attributes are not defined in AttributeDefinitions. Keys: [x], "
             "AttributeDefinitions: [p, q]"),
    NEVER2(S("p"), HASH("p") "," RANGE("s"), "",
           V "Invalid KeySchema: Some index key attribute have no definition"),
    NEVER2(S("p") "," S("q") "," S("r"), HASH("p"), GSI(INDEX("abc", HASH("q"), "")),
           P "Some AttributeDefinitions are not used. AttributeDefinitions: [p, q, r], keys "
             "used: [p, q]"),
    NEVER2(S("p"), RANGE("p"), "",
           V "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"),
    NEVER2(S("p") "," S("q"), HASH("p") "," HASH("q"), "",
           V "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type"),
    NEVER2(S("p"), HASH("p") "," RANGE("p"), "",
           V "Both the Hash Key and the Range Key element in the KeySchema have the same name"),
    NEVER2(S("p"), HASH("p"), GSI(""), P "List of GlobalSecondaryIndexes is empty"),
    NEVER2(S("p"), HASH("p"), GSI(INDEX("abc", HASH("p"), "") "," INDEX("abc", HASH("p"), "")),
           P "Duplicate index name: abc"),
    NEVER2(S("p"), HASH("p"), GSI(INDEX("abc", HASH("p") "," HASH("p"), "")),
           V "The KeySchema contains multiple key attributes with the same name"),
    NEVER2(S("p") "," S("q"), HASH("p"),
           GSI(INDEX("abc", HASH("p") "," RANGE("q") "," HASH("q"), "")),
           P "All HASH key attributes must precede RANGE key attributes in the KeySchema"),
    NEVER2(S("p") "," S("a") "," S("b") "," S("c") "," S("d"), HASH("p"),
           GSI(INDEX("abc", HASH("p") "," HASH("a") "," HASH("b") "," HASH("c") "," HASH("d"), "")),
           P "The KeySchema exceeds the maximum allowed number of HASH key attributes"),
    NEVER2(S("p"), HASH("p"),
           GSI(INDEX("abc", HASH("p"), ",\"ProvisionedThroughput\":" UNITS("1"))),
           P "ProvisionedThroughput should not be specified for index: abc when BillingMode is "
             "PAY_PER_REQUEST"),
    NEVER2(S("p"), HASH("p"), ",\"LocalSecondaryIndexes\":[" INDEX("abc", HASH("p"), "") "]",
           P "Table KeySchema does not have a range key, which is required when specifying a "
             "LocalSecondaryIndex"),
    NEVER2(S("p") "," S("s"), HASH("p") "," RANGE("s"),
           ",\"LocalSecondaryIndexes\":[" INDEX("abc", HASH("s") "," RANGE("p"), "") "]",
           P "Index KeySchema does not have the same leading hash key as table KeySchema for "
             "index: abc. index hash key: s, table hash key: p"),
    NEVER2(S("p"), HASH("p"), ",\"StreamSpecification\":{\"StreamEnabled\":true}",
           P "Table is being created with a stream enabled, UpdateViewType is required"),
    NEVER2(S("p"), HASH("p"), ",\"SSESpecification\":{\"Enabled\":false,\"SSEType\":\"KMS\"}",
           P "SSEType can not be specified if Enabled is false"),
    NEVER2(S("p"), HASH("p"), ",\"SSESpecification\":{\"Enabled\":true,\"SSEType\":\"AES256\"}",
           P "SSEType AES256 is not supported"),
    NEVER2(S("p"), HASH("p"), ",\"SSESpecification\":{\"Enabled\":true}",
           P "SSESpecification with SSEType KMS is not supported by this server"),
    NEVER2(S("p"), HASH("p"), ",\"Tags\":[{\"Key\":\"aws:a\",\"Value\":\"\"}]",
           V "Tag Key cannot be prefixed with aws:, Key: aws:a"),
    {"ListTables", "{}", "{\"TableNames\":[]}", NULL},
};

static const struct step settings_steps[] = {
    {"CreateTable",
     T("set", ",\"ProvisionedThroughput\":" UNITS(
                  "5") ",\"TableClass\":\"STANDARD\","
                       "\"StreamSpecification\":{\"StreamEnabled\":true,\"StreamViewType\":\"NEW_"
                       "IMAGE\""
                       "},\"DeletionProtectionEnabled\":true,"
                       "\"WarmThroughput\":{\"ReadUnitsPerSecond\":50}"),
     NULL,
     "\"DeletionProtectionEnabled\":true\n"
     "\"LatestStreamArn\":\"" ARN "set/stream/2023-11-14T22:13:20.123\","
     "\"LatestStreamLabel\":\"2023-11-14T22:13:20.123\",\"ProvisionedThroughput\":\n"
     "},\"StreamSpecification\":{\"StreamEnabled\":true,\"StreamViewType\":\"NEW_IMAGE\"},"
     "\"TableArn\":\n\",\"TableClassSummary\":{\"TableClass\":\"STANDARD\"},\"TableId\":\n"
     "!SSEDescription\n"
     "\"WarmThroughput\":{\"ReadUnitsPerSecond\":50,\"Status\":\"CREATING\","
     "\"WriteUnitsPerSecond\":5}\n"},
    {"DeleteTable", "{\"TableName\":\"set\"}",
     V "Resource cannot be deleted as it is currently protected against deletion. Disable "
       "deletion protection first.",
     NULL},
    {"UpdateTable", UPDATE("set", "\"DeletionProtectionEnabled\":false"), NULL,
     "\"TableStatus\":\"ACTIVE\"\n\"DeletionProtectionEnabled\":false\n"},
    {"UpdateTable", UPDATE("set", "\"DeletionProtectionEnabled\":true"),
     "ThrottlingException: Deletion protection setting for table set modified within the "
     "previous 15000 milliseconds. Please try again after 2023-11-14T22:13:35.123Z",
     NULL},
    {LATER, "16000", NULL, NULL},
    {"UpdateTable", UPDATE("set", "\"DeletionProtectionEnabled\":\"1\""), NULL,
     "\"DeletionProtectionEnabled\":true\n"},
    {LATER, "16000", NULL, NULL},
    {"UpdateTable", UPDATE("set", "\"DeletionProtectionEnabled\":false"), NULL, "false\n"},
    {"UpdateTable", UPDATE("set", "\"ProvisionedThroughput\":" UNITS("5")),
     V "The provisioned throughput for the table will not change. The requested value equals "
       "the current value. Current ReadCapacityUnits provisioned for the table: 5. Requested "
       "ReadCapacityUnits: 5. Current WriteCapacityUnits provisioned for the table: 5. "
       "Requested WriteCapacityUnits: 5. Refer to the Amazon DynamoDB Developer Guide for "
       "current limits and how to request higher limits.",
     NULL},
    {"UpdateTable", UPDATE("set", "\"ProvisionedThroughput\":" UNITS("9")), NULL,
     "\"TableStatus\":\"UPDATING\"\n\"ReadCapacityUnits\":5\n"},
    {"DescribeTable", "{\"TableName\":\"set\"}", NULL,
     "\"LastIncreaseDateTime\":1.700000032123E9,\"NumberOfDecreasesToday\":0,"
     "\"ReadCapacityUnits\":9\n\"TableStatus\":\"ACTIVE\"\n"},
    {"UpdateTable", UPDATE("set", "\"ProvisionedThroughput\":" UNITS("8")), NULL, "UPDATING\n"},
    {"UpdateTable", UPDATE("set", "\"ProvisionedThroughput\":" UNITS("7")), NULL, "UPDATING\n"},
    {"UpdateTable", UPDATE("set", "\"ProvisionedThroughput\":" UNITS("6")), NULL, "UPDATING\n"},
    {"UpdateTable", UPDATE("set", "\"ProvisionedThroughput\":" UNITS("5")), NULL, "UPDATING\n"},
    {"UpdateTable", UPDATE("set", "\"ProvisionedThroughput\":" UNITS("4")),
     "LimitExceededException: Subscriber limit exceeded: Provisioned throughput decreases are "
     "limited within a given UTC day. After the first 4 decreases, each subsequent decrease in "
     "the same UTC day can be performed at most once every 3600 seconds. Number of decreases "
     "today: 4. Last decrease at Tuesday, November 14, 2023 at 10:13:52 PM Coordinated Universal "
     "Time. Next decrease can be made at Tuesday, November 14, 2023 at 11:13:52 PM Coordinated "
     "Universal Time",
     NULL},
    {"UpdateTable", UPDATE("set", PPR), NULL,
     "\"TableStatus\":\"UPDATING\"\n\"BillingModeSummary\":{\"BillingMode\":"
     "\"PAY_PER_REQUEST\"}\n\"NumberOfDecreasesToday\":0,\"ReadCapacityUnits\":0\n"},
    {"UpdateTable", UPDATE("set", PPR), NULL, "\"TableStatus\":\"UPDATING\"\n"},
    {"UpdateTable", UPDATE("set", "\"OnDemandThroughput\":{\"MaxReadRequestUnits\":7}"), NULL,
     "\"TableStatus\":\"ACTIVE\"\n\"OnDemandThroughput\":{\"MaxReadRequestUnits\":7}\n"},
    {"UpdateTable", UPDATE("set", "\"OnDemandThroughput\":{\"MaxReadRequestUnits\":-1}"), NULL,
     "\"OnDemandThroughput\":{\"MaxReadRequestUnits\":-1}\n"},
    {"DescribeTable", "{\"TableName\":\"set\"}", NULL,
     "!OnDemandThroughput\n\"LastUpdateToPayPerRequestDateTime\":1.700000032123E9\n"
     "\"WarmThroughput\":{\"ReadUnitsPerSecond\":12000\n"},
    {"UpdateTable", UPDATE("set", "\"OnDemandThroughput\":{}"), "InternalFailure: ", NULL},
    {"UpdateTable", UPDATE("set", "\"WarmThroughput\":{\"ReadUnitsPerSecond\":1}"),
     P "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than current "
       "WarmThroughput, decreasing WarmThroughput is not supported",
     NULL},
    {"UpdateTable",
     UPDATE("set", "\"StreamSpecification\":{\"StreamEnabled\":true,"
                   "\"StreamViewType\":\"KEYS_ONLY\"}"),
     V "Table already has an enabled stream: TableName: set", NULL},
    {"UpdateTable", UPDATE("set", "\"StreamSpecification\":{\"StreamEnabled\":false}"), NULL,
     "!StreamSpecification\n\"LatestStreamLabel\":\"2023-11-14T22:13:20.123\"\n"},
    {"UpdateTable", UPDATE("set", "\"StreamSpecification\":{\"StreamEnabled\":false}"),
     V "Table has no stream to disable: TableName: set", NULL},
    {"UpdateTable", UPDATE("set", "\"SSESpecification\":{\"Enabled\":true}"),
     P "SSESpecification with SSEType KMS is not supported by this server", NULL},
    {"UpdateTable", UPDATE("set", "\"SSESpecification\":{\"Enabled\":false}"),
     P "Table is already encrypted by default", NULL},
    {"UpdateTable", UPDATE("set", "\"TableClass\":\"STANDARD_INFREQUENT_ACCESS\""), NULL,
     "\"TableClass\":\"STANDARD\"\n\"TableStatus\":\"UPDATING\"\n"},
    {"DescribeTable", "{\"TableName\":\"set\"}", NULL, "STANDARD_INFREQUENT_ACCESS\n"},
    {"DeleteTable", "{\"TableName\":\"set\"}", NULL, "DELETING\n"},
    {WORK, "", NULL, NULL},
};

#define DECREASE(n) "UpdateTable", UPDATE("time", "\"ProvisionedThroughput\":" UNITS(n))
#define CLASS(c)    "UpdateTable", UPDATE("time", "\"TableClass\":\"" c "\"")
#define CHEAP       CLASS("STANDARD_INFREQUENT_ACCESS")
#define TOO_OFTEN                                                                                  \
    "LimitExceededException: Subscriber limit exceeded: Updates to TableClass are limited to 2 "   \
    "times in 30 day(s)."

#define ON_DEMAND "UpdateTable", UPDATE("time", PPR)
#define PROVISIONED                                                                                \
    "UpdateTable",                                                                                 \
        UPDATE("time", "\"BillingMode\":\"PROVISIONED\",\"ProvisionedThroughput\":" UNITS("1"))
#define SWITCHED_TOO_OFTEN                                                                         \
    "LimitExceededException: Subscriber limit exceeded: Updates to PayPerRequest mode are "        \
    "limited "                                                                                     \
    "to 4 times in 1 day(s)."

/* What may be done only so many times.  It is 22:13 when they begin. */
static const struct step time_steps[] = {
    {"CreateTable", T("time", ",\"ProvisionedThroughput\":" UNITS("20")), NULL, "CREATING\n"},
    {DECREASE("19"), NULL, "UPDATING\n"},
    {DECREASE("18"), NULL, "UPDATING\n"},
    {DECREASE("17"), NULL, "UPDATING\n"},
    {DECREASE("16"), NULL, "UPDATING\n"},
    {LATER, "3599999", NULL, NULL},
    {DECREASE("15"), NULL,
     "LimitExceededException\nNumber of decreases today: 4. Last decrease at Tuesday, November 14, "
     "2023 at 10:13:52 PM Coordinated Universal Time. Next decrease can be made at Tuesday, "
     "November 14, 2023 at 11:13:52 PM Coordinated Universal Time\n"},
    {LATER, "1", NULL, NULL},
    {DECREASE("15"), NULL, "UPDATING\n"},
    {DECREASE("14"), NULL,
     "LimitExceededException\nNumber of decreases today: 5. Last decrease at Tuesday, November 14, "
     "2023 at 11:13:52 PM Coordinated Universal Time. Next decrease can be made at Wednesday, "
     "November 15, 2023 at 12:00:00 AM Coordinated Universal Time\n"},
    {DECREASE("30"), NULL, "UPDATING\n"}, /* more is always possible */
    {"DescribeTable", "{\"TableName\":\"time\"}", NULL,
     "\"NumberOfDecreasesToday\":5,\"ReadCapacityUnits\":30\n"},
    {LATER, "3600000", NULL, NULL}, /* the next day */
    {"DescribeTable", "{\"TableName\":\"time\"}", NULL, "\"NumberOfDecreasesToday\":0\n"},
    {DECREASE("29"), NULL, "UPDATING\n"},
    {DECREASE("28"), NULL, "UPDATING\n"},
    {DECREASE("27"), NULL, "UPDATING\n"},
    {DECREASE("26"), NULL, "UPDATING\n"},
    {DECREASE("25"), NULL, "LimitExceededException\n"},
    {CLASS("STANDARD"), NULL, "\"TableStatus\":\"UPDATING\"\n!TableClassSummary\n"},
    {"DescribeTable", "{\"TableName\":\"time\"}", NULL, "!TableClassSummary\n"},
    {CHEAP, NULL, "\"TableStatus\":\"UPDATING\"\n"},
    {LATER, "16000", NULL, NULL},
    {CLASS("STANDARD"), NULL, "\"TableStatus\":\"UPDATING\"\n"},
    {CLASS("STANDARD"), TOO_OFTEN, NULL}, /* though it is that already */
    {CHEAP, TOO_OFTEN, NULL},
    {LATER, "2591983999", NULL, NULL}, /* 30 days after the first, but for 1 ms */
    {CHEAP, TOO_OFTEN, NULL},
    {LATER, "1", NULL, NULL},
    {CHEAP, NULL, "\"TableStatus\":\"UPDATING\"\n"},
    {"DescribeTable", "{\"TableName\":\"time\"}", NULL,
     "{\"LastUpdateDateTime\":1.702599232123E9,\"TableClass\":\"STANDARD_INFREQUENT_ACCESS\"}\n"},
    {CLASS("STANDARD"), TOO_OFTEN, NULL},
    {LATER, "16000", NULL, NULL}, /* 30 days after the second */
    {CLASS("STANDARD"), NULL, "\"TableStatus\":\"UPDATING\"\n"},
    {ON_DEMAND, NULL, "UPDATING\n"},
    {LATER, "1000", NULL, NULL},
    {ON_DEMAND, NULL, "UPDATING\n"}, /* no switch: it is that already */
    {PROVISIONED, NULL, "UPDATING\n"},
    {ON_DEMAND, NULL, "UPDATING\n"},
    {PROVISIONED, NULL, "UPDATING\n"},
    {ON_DEMAND, NULL, "UPDATING\n"},
    {PROVISIONED, NULL, "UPDATING\n"},
    {ON_DEMAND, NULL, "UPDATING\n"},
    {PROVISIONED, NULL, "UPDATING\n"},
    {ON_DEMAND, SWITCHED_TOO_OFTEN, NULL},
    {LATER, "86398999", NULL, NULL}, /* 24 hours after the first, but for 1 ms */
    {ON_DEMAND, SWITCHED_TOO_OFTEN, NULL},
    {LATER, "1", NULL, NULL},
    {ON_DEMAND, NULL, "UPDATING\n"},
    {PROVISIONED, NULL, "UPDATING\n"},
    {ON_DEMAND, SWITCHED_TOO_OFTEN, NULL}, /* the second was a second later */
    {LATER, "1000", NULL, NULL},
    {ON_DEMAND, NULL, "UPDATING\n"},
    {"DeleteTable", "{\"TableName\":\"time\"}", NULL, "DELETING\n"},
    {WORK, "", NULL, NULL},
};

static const struct step update_refused_steps[] = {
    {"UpdateTable", "{\"TableName\":\"none\"}",
     V "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
       "GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, "
       "MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, "
       "DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is "
       "required",
     NULL},
    {"UpdateTable", UPDATE("none", PPR),
     "ResourceNotFoundException: Requested resource not found: Table: none not found", NULL},
    {"UpdateTable", UPDATE("none", INDEXES("") "," PPR),
     P "List of GlobalSecondaryIndexUpdates is empty", NULL},
    {"UpdateTable", UPDATE("none", "\"SSESpecification\":{},\"TableClass\":\"STANDARD\""),
     P "Server-Side Encryption modification must be the only operation in the request", NULL},
    {"UpdateTable",
     UPDATE("none", "\"OnDemandThroughput\":{},\"ProvisionedThroughput\":" UNITS("1")),
     P "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request", NULL},
    {"UpdateTable",
     UPDATE("none", "\"StreamSpecification\":{\"StreamEnabled\":false},"
                    "\"ProvisionedThroughput\":" UNITS("1")),
     P "You cannot modify stream status while updating table IOPS", NULL},
    {"UpdateTable",
     UPDATE("none", "\"StreamSpecification\":{\"StreamEnabled\":false}," INDEXES(
                        "{\"Delete\":{\"IndexName\":\"abc\"}}")),
     P "You cannot create or delete index while changing stream status", NULL},
    {"UpdateTable",
     UPDATE("none", INDEXES("{\"Delete\":{\"IndexName\":\"abc\"}},"
                            "{\"Update\":{\"IndexName\":\"abc\"}}")),
     P "Only one global secondary index update per index is allowed simultaneously. Index: abc",
     NULL},
    {"UpdateTable",
     UPDATE("none", INDEXES("{\"Delete\":{\"IndexName\":\"abc\"}},"
                            "{\"Delete\":{\"IndexName\":\"abd\"}}")),
     "LimitExceededException: Subscriber limit exceeded: Only 1 online index can be created or "
     "deleted simultaneously per table",
     NULL},
    {"UpdateTable", UPDATE("none", "\"ReplicaUpdates\":[{\"Create\":{}}]"),
     P "ReplicaUpdates is not supported by this server", NULL},
};

static const struct step indexes_steps[] = {
    {"CreateTable",
     "{\"TableName\":\"idx\"," DEFS(S("p") "," S("b") "," S("a")) "," KEYS(
         HASH("p") "," RANGE("a")) ",\"ProvisionedThroughput\":" UNITS("1")
         GSI(INDEX("g2", HASH("b") "," HASH("a"),
                   ",\"ProvisionedThroughput\":" UNITS("2")) ","
                                                             "{\"IndexName\":\"no\"}") "}",
     NULL, "ValidationException\nglobalSecondaryIndexes.2.member\n"},
    {"CreateTable",
     "{\"TableName\":\"idx\"," DEFS(S("p") "," S("b") "," S("a")) "," KEYS(
         HASH("p") "," RANGE("a")) ",\"ProvisionedThroughput\":" UNITS("1")
         GSI(INDEX("g22", HASH("b") "," HASH("a"),
                   ",\"ProvisionedThroughput\":" UNITS(
                       "2"))) ","
                              "\"LocalSecondaryIndexes\":[{\"IndexName\":\"l11\"," KEYS(
                                  HASH("p") "," RANGE(
                                      "b")) ","
                                            "\"Projection\":{\"ProjectionType\":\"INCLUDE\","
                                            "\"NonKeyAttributes\":[\"z\",\"y\"]}}]}",
     NULL,
     "\"AttributeDefinitions\":[" S("a") "," S("b") "," S(
         "p") "]\n"
              "\"GlobalSecondaryIndexes\":[{\"IndexArn\":\"" ARN "idx/index/g22\","
              "\"IndexName\":\"g22\",\"IndexSizeBytes\":0,\"IndexStatus\":\"CREATING\","
              "\"ItemCount\":0,\"KeySchema\":[" HASH("b") "," HASH(
                  "a") "],\"Projection\":{"
                       "\"ProjectionType\":\"ALL\"},\"ProvisionedThroughput\":{\n!Backfilling\n"
                       "\"LocalSecondaryIndexes\":[{\"IndexArn\":\"" ARN "idx/index/l11\","
                       "\"IndexName\":\"l11\",\"IndexSizeBytes\":0,\"ItemCount\":0,\"KeySchema\":["
                       "\n"
                       "\"NonKeyAttributes\":[\"y\",\"z\"],\"ProjectionType\":\"INCLUDE\"}\n"},
    {"DescribeTable", "{\"TableName\":\"idx\"}", NULL,
     "\"IndexStatus\":\"ACTIVE\"\n!Backfilling\n"},
    {"UpdateTable", UPDATE("idx", INDEXES("{\"Create\":" INDEX("n33", HASH("c"), "") "}")),
     P "AttributeDefinitions is not specified for index: n33", NULL},
    {"UpdateTable",
     UPDATE("idx", DEFS(S("d")) "," INDEXES("{\"Create\":" INDEX("n33", HASH("c"), "") "}")),
     P "Some index key attributes are not defined in AttributeDefinitions. Keys: [c], "
       "AttributeDefinitions: [d]",
     NULL},
    {"UpdateTable",
     UPDATE("idx", DEFS(S("c")) "," INDEXES("{\"Create\":" INDEX("n33", HASH("c"), "") "}")),
     P "Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: n33", NULL},
    {"UpdateTable",
     UPDATE("idx",
            DEFS(S("c") "," S("p") "," S("unused")) "," INDEXES("{\"Create\":" INDEX(
                "n33", HASH("c") "," RANGE("p"), ",\"ProvisionedThroughput\":" UNITS("3")) "}")),
     NULL,
     "\"TableStatus\":\"UPDATING\"\n{\"Backfilling\":false,\"IndexArn\":\"" ARN
     "idx/index/n33\",\n\"IndexStatus\":\"CREATING\"\n!unused\n" S("c") "\n"},
    {"UpdateTable",
     UPDATE("idx", DEFS(S("c")) "," INDEXES("{\"Create\":" INDEX(
                       "n44", HASH("c"), ",\"ProvisionedThroughput\":" UNITS("3")) "}")),
     "LimitExceededException: Subscriber limit exceeded: Only 1 online index can be created or "
     "deleted simultaneously per table",
     NULL},
    {"UpdateTable", UPDATE("idx", "\"ProvisionedThroughput\":" UNITS("6")),
     IN_USE "Can't change table IOPS when an index is being created. Table: idx Indexes: [n33]",
     NULL},
    {"DeleteTable", "{\"TableName\":\"idx\"}",
     IN_USE "Cannot delete table while indexes are being created, updated, or deleted.", NULL},
    {"DescribeTable", "{\"TableName\":\"idx\"}", NULL,
     "\"TableStatus\":\"ACTIVE\"\n\"Backfilling\":true\n\"IndexStatus\":\"CREATING\"\n"},
    {WORK, "", NULL, NULL},
    {"DescribeTable", "{\"TableName\":\"idx\"}", NULL,
     "!CREATING\n!Backfilling\n\"IndexName\":\"n33\"\n"},
    {"UpdateTable",
     UPDATE("idx", DEFS(S("c")) "," INDEXES("{\"Create\":" INDEX(
                       "n33", HASH("c"), ",\"ProvisionedThroughput\":" UNITS("3")) "}")),
     V "Attempting to create an index which already exists", NULL},
    {"UpdateTable",
     UPDATE("idx", INDEXES("{\"Update\":{\"IndexName\":\"n33\","
                           "\"ProvisionedThroughput\":" UNITS("3") "}}")),
     NULL,
     "ValidationException: The provisioned throughput for the index n33 will not change.\n"
     "Current ReadCapacityUnits provisioned for index n33: 3. Requested\n"},
    {"UpdateTable",
     UPDATE("idx", INDEXES("{\"Update\":{\"IndexName\":\"n33\","
                           "\"ProvisionedThroughput\":" UNITS("4") "}}")),
     NULL, "\"IndexStatus\":\"UPDATING\"\n"},
    {"UpdateTable", UPDATE("idx", INDEXES("{\"Delete\":{\"IndexName\":\"l11\"}}")),
     V "Cannot delete an index that is not a GlobalSecondaryIndex: l11", NULL},
    {"UpdateTable", UPDATE("idx", INDEXES("{\"Delete\":{\"IndexName\":\"none\"}}")),
     "ResourceNotFoundException: Requested resource not found: Index none for table idx", NULL},
    {"UpdateTable", UPDATE("idx", PPR), NULL, "UPDATING\n"},
    {"UpdateTable",
     UPDATE("idx", INDEXES("{\"Update\":{\"IndexName\":\"n33\","
                           "\"ProvisionedThroughput\":" UNITS("4") "}}")),
     P "The only Updates for index: n33 when TableThroughputMode is PAY_PER_REQUEST can be to "
       "OnDemandThroughput, WarmThroughput",
     NULL},
    {"UpdateTable",
     UPDATE("idx", "\"BillingMode\":\"PROVISIONED\",\"ProvisionedThroughput\":" UNITS("4")),
     P "ProvisionedThroughput must be specified for index: g22,n33", NULL},
    {"UpdateTable", UPDATE("idx", INDEXES("{\"Delete\":{\"IndexName\":\"n33\"}}")), NULL,
     "\"IndexStatus\":\"DELETING\"\n\"TableStatus\":\"UPDATING\"\n"},
    {"DescribeTable", "{\"TableName\":\"idx\"}", NULL,
     "!n33\n\"AttributeDefinitions\":[" S("a") "," S("b") "," S("p") "],\n"},
    {WORK, "", NULL, NULL},
    {"DeleteTable", "{\"TableName\":\"idx\"}", NULL, "DELETING\n"},
    {WORK, "", NULL, NULL},
};

#define TAGS(list) "{\"ResourceArn\":\"" ARN "tag\",\"Tags\":[" list "]}"
#define TAG(k, v)  "{\"Key\":\"" k "\",\"Value\":\"" v "\"}"

static const struct step tags_steps[] = {
    {"CreateTable", T("tag", "," PPR ",\"Tags\":[" TAG("z", "1") "," TAG("a", "") "]"), NULL,
     "CREATING\n!\"Tags\"\n"},
    {"ListTagsOfResource", "{\"ResourceArn\":\"" ARN "tag\",\"NextToken\":\"x\"}",
     "{\"Tags\":[" TAG("a", "") "," TAG("z", "1") "]}", NULL},
    {"TagResource", TAGS(TAG("z", "2") "," TAG("\xC5\xBB 9", "+-=._:/@")), "", NULL},
    {"UntagResource", "{\"ResourceArn\":\"" ARN "tag\",\"TagKeys\":[\"a\",\"b\"]}", "", NULL},
    {"ListTagsOfResource", "{\"ResourceArn\":\"" ARN "tag\"}",
     "{\"Tags\":[" TAG("z", "2") "," TAG("\xC5\xBB 9", "+-=._:/@") "]}", NULL},
    {"TagResource", TAGS(""), V "Atleast one Tag needs to be provided as Input.", NULL},
    {"TagResource", TAGS(TAG("", "")), V "The Tag Key provided is invalid, Key: ", NULL},
    {"TagResource", TAGS("{\"Value\":\"x\"}"), V "The Tag Key provided is invalid, Key: null",
     NULL},
    {"TagResource", TAGS(TAG("a!", "")), V "The Tag Key provided is invalid, Key: a!", NULL},
    {"TagResource", TAGS(TAG("a", "\xF0\x9F\x98\x80")),
     V "The Tag Value provided is invalid, Value: \xF0\x9F\x98\x80", NULL},
    {"TagResource", TAGS(TAG("AWS:a", "")), V "Tag Key cannot be prefixed with aws:, Key: AWS:a",
     NULL},
    {"TagResource", TAGS(TAG("a", "1") "," TAG("a", "2")),
     V "Duplicate Tag Keys provided as input: Duplicate Tag Key found a", NULL},
    {"UntagResource", "{\"ResourceArn\":\"" ARN "tag\",\"TagKeys\":[]}",
     V "Atleast one Tag Key needs to be provided as Input.", NULL},
    {"ListTagsOfResource", "{}", V "Invalid TableArn", NULL},
    {"ListTagsOfResource", "{\"ResourceArn\":\"tag\"}", P "ARNs must start with 'arn:': tag", NULL},
    {"ListTagsOfResource", "{\"ResourceArn\":\"arn:aws:s3:eu-west-1:123456789012:table/tag\"}",
     P "Provided Arn is not a DynamoDB resource arn: "
       "arn:aws:s3:eu-west-1:123456789012:table/tag",
     NULL},
    {"ListTagsOfResource", "{\"ResourceArn\":\"" ARN "tag/index/abc\"}",
     P "Invalid resource arn provided, only table or stream is accepted. Provided resource "
       "arn: " ARN "tag/index/abc",
     NULL},
    {"ListTagsOfResource", "{\"ResourceArn\":\"" ARN "none\"}",
     "ResourceNotFoundException: Requested resource not found: ResourceArn: " ARN "none not found",
     NULL},
    {"DeleteTable", "{\"TableName\":\"tag\"}", NULL, "DELETING\n"},
};

static void test_most_tables(struct world *w)
{
    struct buf name = {0}, out = {0};
    bool good = true;
    for (int i = 0; i <= LIMIT_TABLES && good; i++) {
        name.n = 0;
        buf_printf(&name, T("most%d", "," PPR), i);
        buf_byte(&name, '\0');
        call(w, "CreateTable", name.p, &out);
        good = str_starts_with(buf_str(&out), STR("{")) == (i < LIMIT_TABLES);
    }
    ok(good, "so many tables, and no more");
    is_bytes(buf_str(&out),
             STR("LimitExceededException: Subscriber limit exceeded: There is a limit of 2500 "
                 "tables per subscriber"),
             "the most tables");
    buf_free(&name);
    buf_free(&out);
}

static void test_find(void)
{
    static const char *const names[] = {
        "CreateTable", "DeleteTable",        "DescribeEndpoints", "DescribeLimits", "DescribeTable",
        "ListTables",  "ListTagsOfResource", "TagResource",       "UntagResource",  "UpdateTable"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct op *op = op_find(str_from_c(names[i]));
        ok(op != NULL && strcmp(op->name, names[i]) == 0, "finds %s", names[i]);
        ok(!op_known_unsupported(str_from_c(names[i])), "  and supports it");
    }
    ok(op_find(STR("createTable")) == NULL && op_find(STR("")) == NULL, "no other names");
    ok(op_known_unsupported(STR("CreateBackup")), "one that is not supported");
    ok(!op_known_unsupported(STR("DropTable")), "one that nobody knows");
}

int main(void)
{
    struct world w;
    test_find();
    world_open(&w);
    steps(&w, life_steps, COUNT_OF(life_steps));
    steps(&w, create_refused_steps, COUNT_OF(create_refused_steps));
    steps(&w, settings_steps, COUNT_OF(settings_steps));
    steps(&w, time_steps, COUNT_OF(time_steps));
    steps(&w, update_refused_steps, COUNT_OF(update_refused_steps));
    steps(&w, indexes_steps, COUNT_OF(indexes_steps));
    steps(&w, tags_steps, COUNT_OF(tags_steps));
    test_most_tables(&w);
    db_close(&w.db);
    return tap_done();
}
