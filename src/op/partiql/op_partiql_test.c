/* ExecuteStatement, BatchExecuteStatement and ExecuteTransaction, as JSON in and out. */
#include "model/limits.h"
#include "op/op_steps_test.h"

#define INVALID "ValidationException: "
#define FORMED  INVALID "Statement wasn't well formed, can't be processed: "
#define CANCELLED                                                                                  \
    "TransactionCanceledException: Transaction cancelled, please refer "                           \
    "cancellation reasons for specific reasons "
/* Inside a statement ` is a single quote and ~ a double one. */
#define X(s)     "ExecuteStatement", "{'Statement':'" s "'}"
#define XP(s, p) "ExecuteStatement", "{'Statement':'" s "','Parameters':[" p "]}"
#define XM(s, m) "ExecuteStatement", "{'Statement':'" s "'," m "}"
#define ST(s)    "{'Statement':'" s "'}"
#define STC(s)   ST(s) "," /* another one follows */
#define B(...)   "BatchExecuteStatement", "{'Statements':[" __VA_ARGS__ "]}"
#define TX(...)  "ExecuteTransaction", "{'TransactStatements':[" __VA_ARGS__ "]}"
#define S(v)     "{'S':'" v "'}"
#define N(v)     "{'N':'" v "'}"
#define K(p, s)  "'p':" S(p) ",'s':" N(s)
#define FAILED   "ConditionalCheckFailedException: The conditional request failed"

static const struct step write_steps[] = {
    {X("INSERT INTO ttt VALUE {`p`:`a`,`s`:1,`x`:`it``s`,`m`:{`l`:[1,-2.50,true,null]},`ss`:<<`b`,"
       "`a`>>}"),
     "{'Items':[]}"},
    {X("SELECT * FROM ttt WHERE p=`a` AND s=1"),
     "{'Items':[{'m':{'M':{'l':{'L':[{'N':'1'},{'N':'-2.5'},{'BOOL':true},{'NULL':true}]}}}," K(
         "a", "1") ",'ss':{'SS':['a','b']},'x':{'S':'it`s'}}]}"},
    {X("INSERT INTO ttt VALUE {`p`:`a`,`s`:1}"),
     "DuplicateItemException: Duplicate primary key exists in table"},
    {XP("INSERT INTO ~ttt~ VALUE {`p`:?,`s`:?,`li`:[?,{`x`:?}]}",
        S("a") "," N("2") ",{'BOOL':true},{'SS':['q']}"),
     "{'Items':[]}"},
    {XP("select li from ttt where s=? and p=?", N("2") "," S("a")),
     "{'Items':[{'li':{'L':[{'BOOL':true},{'M':{'x':{'SS':['q']}}}]}}]}"},
    {XP("INSERT INTO ttt VALUE ?", "{'M':{" K("a", "3") "}}"), "{'Items':[]}"},
    {X("INSERT INTO ttt VALUE {`p`:`a`}"),
     INVALID "One or more parameter values were invalid: Missing the key s in the item"},

    {X("UPDATE ttt SET n=1 SET m.l[1]=5, y=`z` REMOVE x WHERE p=`a` AND s=1 RETURNING ALL NEW *"),
     "{'Items':[{'m':{'M':{'l':{'L':[{'N':'1'},{'N':'5'},{'BOOL':true},{'NULL':true}]}}},'n':"
     "{'N':'1'}," K("a", "1") ",'ss':{'SS':['a','b']},'y':{'S':'z'}}]}"},
    {X("UPDATE ttt SET n=n+2 WHERE p=`a` AND s=1 AND n=1 RETURNING MODIFIED OLD *"),
     "{'Items':[{'n':{'N':'1'}}]}"},
    {X("UPDATE ttt SET n=n-1 WHERE p=`a` AND s=1 AND n=1"), FAILED},
    {X("UPDATE ttt SET n=1 WHERE p=`none` AND s=1"), FAILED},
    {X("UPDATE ttt SET ss=set_add(ss,<<`c`>>) REMOVE no.such.path WHERE p=`a` AND s=1 RETURNING "
       "MODIFIED NEW *"),
     "{'Items':[{'ss':{'SS':['a','b','c']}}]}"},
    {X("UPDATE ttt SET ss=SET_DELETE(ss,<<`c`,`b`>>), m.l=list_append(m.l,[9]) WHERE p=`a` AND "
       "s=1 RETURNING MODIFIED NEW *"),
     "{'Items':[{'m':{'M':{'l':{'L':[{'N':'1'},{'N':'5'},{'BOOL':true},{'NULL':true},{'N':'9'}]}}},"
     "'ss':{'SS':['a']}}]}"},
    {X("UPDATE ttt REMOVE zz WHERE p=`a` AND s=1 RETURNING MODIFIED NEW *"), "{'Items':[]}"},
    {X("UPDATE ttt SET p=`b` WHERE p=`a` AND s=1"),
     INVALID "One or more parameter values were invalid: Cannot update attribute p. This attribute "
             "is part of the key"},
    {X("UPDATE ttt SET n=q WHERE p=`a` AND s=1"),
     INVALID "The provided expression refers to an attribute that does not exist in the item"},
    {X("UPDATE ttt SET n=1 WHERE p=`a`"),
     INVALID "Where clause does not contain a mandatory equality on all key attributes"},
    {X("UPDATE ttt SET n=1"),
     INVALID "Where clause does not contain a mandatory equality on all key attributes"},
    {X("UPDATE ttt SET n=1 WHERE p=`a` AND s=1 OR n=2"),
     INVALID "Where clause does not contain a mandatory equality on all key attributes"},
    {X("UPDATE ttt SET n=1 WHERE p=1 AND s=1"),
     INVALID "The provided key element does not match the schema"},

    {X("DELETE FROM ttt WHERE p=`none` AND s=1 AND n=3"), "{'Items':[]}"},
    {X("DELETE FROM ttt WHERE p=`none` AND s=1 RETURNING ALL OLD *"), "{'Items':[]}"},
    {X("DELETE FROM ttt WHERE p=`a` AND s=3 AND n=3"), FAILED},
    {XM("DELETE FROM ttt WHERE p=`a` AND s=3 AND n=3",
        "'ReturnValuesOnConditionCheckFailure':'ALL_OLD'"),
     FAILED " + 'Item':{" K("a", "3") "}"},
    {X("DELETE FROM ttt WHERE p=`a` AND s=3 RETURNING ALL OLD *"), "{'Items':[{" K("a", "3") "}]}"},
    {XM("DELETE FROM ttt WHERE p=`a` AND s=3", "'ReturnConsumedCapacity':'TOTAL'"),
     "{'Items':[],'ConsumedCapacity':{'TableName':'ttt','CapacityUnits':1.0}}"},
    {X("DELETE FROM ttt WHERE p=`a` RETURNING MODIFIED OLD *"),
     INVALID "Invalid returning clause: RETURNING MODIFIED OLD *. Only RETURNING ALL OLD * is "
             "allowed in DELETE statements."},
    {X("DELETE FROM ttt WHERE p=`a` AND s=1"), "{'Items':[]}"},
    {X("DELETE FROM ttt WHERE p=`a` AND s=2"), "{'Items':[]}"},
};

/* p=a: s 1 2 3 with n = s, and x = only with 2; p=b: s 1. */
static const struct step fill_steps[] = {
    {X("INSERT INTO ttt VALUE {`p`:`a`,`s`:1,`n`:1,`g`:`g1`,`l`:`z`,`d`:{`e`:[7,8]}}"),
     "{'Items':[]}"},
    {X("INSERT INTO ttt VALUE {`p`:`a`,`s`:2,`n`:2,`g`:`g1`,`l`:`y`,`x`:`w`}"), "{'Items':[]}"},
    {X("INSERT INTO ttt VALUE {`p`:`a`,`s`:3,`n`:3,`l`:`x`,`nul`:null}"), "{'Items':[]}"},
    {X("INSERT INTO ttt VALUE {`p`:`b`,`s`:1,`n`:4,`g`:`g2`,`tags`:<<`t1`,`t2`>>}"),
     "{'Items':[]}"},
};

#define ROWS(a) "{'Items':[" a "]}"
#define R(n)    "{'n':{'N':'" n "'}}"

static const struct step read_steps[] = {
    {X("SELECT n FROM ttt WHERE p=`a`"), ROWS(R("1") "," R("2") "," R("3"))},
    {X("SELECT n FROM ttt WHERE p=`a` ORDER BY s DESC"), ROWS(R("3") "," R("2") "," R("1"))},
    {X("SELECT n FROM ttt WHERE p=`a` ORDER BY p ASC, s ASC"), ROWS(R("1") "," R("2") "," R("3"))},
    {X("SELECT n FROM ttt WHERE p=`a` AND s>1"), ROWS(R("2") "," R("3"))},
    {X("SELECT n FROM ttt WHERE 2>=s AND p=`a`"), ROWS(R("1") "," R("2"))},
    {X("SELECT n FROM ttt WHERE p=`a` AND s BETWEEN 2 AND 3 AND n<>2"), ROWS(R("3"))},
    {X("SELECT n FROM ttt WHERE p=`a` AND s=9"), ROWS("")},
    {X("SELECT n FROM ttt WHERE p=`a` AND s=1 AND n=9"), ROWS("")},
    {X("SELECT n FROM ttt WHERE p IN [`b`,`a`]"), ROWS(R("4") "," R("1") "," R("2") "," R("3"))},
    {X("SELECT n FROM ttt WHERE p IN (`b`,`a`) ORDER BY p DESC, s DESC"),
     ROWS(R("4") "," R("3") "," R("2") "," R("1"))},
    {X("SELECT n FROM ttt WHERE p IN (`b`,`a`) ORDER BY p"),
     ROWS(R("1") "," R("2") "," R("3") "," R("4"))},
    {X("SELECT n FROM ttt WHERE p=`b` OR p=`zz`"), ROWS(R("4"))},
    {XP("SELECT n FROM ttt WHERE p IN ?", "{'L':[" S("b") "]}"), ROWS(R("4"))},
    {X("SELECT n FROM ttt WHERE n=4"), ROWS(R("4"))},
    {X("SELECT n FROM ttt WHERE n=4 OR p=`none`"), ROWS(R("4"))},
    {X("SELECT d.e[1], d.e FROM ttt WHERE p=`a` AND s=1"),
     ROWS("{'e[1]':{'N':'8'},'e':{'L':[{'N':'7'},{'N':'8'}]}}")},
    {X("SELECT x,q FROM ttt WHERE p=`a` AND s<3"), ROWS("{},{'x':{'S':'w'}}")},

    {X("SELECT n FROM ttt WHERE p=`a` AND x<>`v`"), ROWS(R("2"))},
    {X("SELECT n FROM ttt WHERE p=`a` AND NOT (x=`v`)"), ROWS(R("1") "," R("2") "," R("3"))},
    {X("SELECT n FROM ttt WHERE p=`a` AND x IS MISSING"), ROWS(R("1") "," R("3"))},
    {X("SELECT n FROM ttt WHERE p=`a` AND x IS NOT MISSING"), ROWS(R("2"))},
    {X("SELECT n FROM ttt WHERE p=`a` AND nul IS NULL"), ROWS(R("3"))},
    {X("SELECT n FROM ttt WHERE p=`a` AND x IS STRING"), ROWS(R("2"))},
    {X("SELECT n FROM ttt WHERE p=`a` AND begins_with(x,`w`)"), ROWS(R("2"))},
    {X("SELECT n FROM ttt WHERE contains(tags,`t2`) AND SIZE(tags)=2"), ROWS(R("4"))},
    {X("SELECT n FROM ttt WHERE p=`a` AND attribute_type(d,`M`)"), ROWS(R("1"))},
    {X("SELECT n FROM ttt WHERE p=`a` AND (n=1 OR (n)=3)"), ROWS(R("1") "," R("3"))},
    {X("SELECT n FROM ttt WHERE p=`a` AND d.e[0]=7 -- a comment"), ROWS(R("1"))},
    {X("SELECT n FROM ttt WHERE p=`a` AND n NOT IN (1,2)"), ROWS(R("3"))},

    {X("SELECT s FROM ~ttt~.~glo~ WHERE g=`g1`"), ROWS("{'s':{'N':'1'}},{'s':{'N':'2'}}")},
    {X("SELECT n FROM ttt.loc WHERE p=`a` AND l>=`y` ORDER BY l DESC"), ROWS(R("1") "," R("2"))},
    {XM("SELECT s FROM ttt.glo WHERE g=`g2`", "'ReturnConsumedCapacity':'INDEXES'"),
     "{'Items':[{'s':{'N':'1'}}],'ConsumedCapacity':{'TableName':'ttt','CapacityUnits':0.5,'Table':"
     "{'CapacityUnits':0.0},'GlobalSecondaryIndexes':{'glo':{'CapacityUnits':0.5}}}}"},
    {XM("SELECT n FROM ttt WHERE p=`a` AND s=1",
        "'ConsistentRead':true,'ReturnConsumedCapacity':'TOTAL'"),
     "{'Items':[{'n':{'N':'1'}}],'ConsumedCapacity':{'TableName':'ttt','CapacityUnits':1.0}}"},
};

static const struct step refused_steps[] = {
    {X("CREATE TABLE x"), FORMED "Expected data manipulation"},
    {X("SELEC * FROM ttt"), FORMED "Expected data manipulation"},
    {X("SELECT * FROM ttt WHERE"), FORMED "Unexpected end of statement at 1:24:0"},
    {X("SELECT * FROM ttt WHERE p"), FORMED "Unexpected end of statement at 1:26:0"},
    {X("SELECT * FROM ttt LIMIT 1"), FORMED "Unexpected token after expression"},
    {X("SELECT * FROM ttt WHERE p=`a"), FORMED "Unexpected token at 1:27:2"},
    {X("SELECT COUNT(*) FROM ttt"), INVALID "Unexpected path component at 1:8:5"},
    {X("SELECT * FROM ~~"), INVALID "Path component cannot be an empty string"},
    {X("SELECT * FROM a.b.c"),
     INVALID "A path may contain at most 2 components in the FROM clause"},
    {X("INSERT INTO ttt.glo VALUE {`p`:`a`}"),
     INVALID "FROM clause may only contain a single table name in data manipulation statements at "
             "1:13:7"},
    {X("UPDATE ttt.glo SET a=1 WHERE p=`a`"),
     INVALID "This operation is not supported on an index"},
    {X("DELETE FROM ttt.glo WHERE p=`a`"), INVALID "This operation is not supported on an index"},
    {X("SELECT * FROM ttt.zzz"), INVALID "The table does not have the specified index"},
    {X("SELECT * FROM none"), "ResourceNotFoundException: Requested resource not found"},
    {X("SELECT * FROM none WHERE a<true"),
     INVALID "Incorrect operand type for operator or function; operator or function: <, operand "
             "type: BOOL"},
    {XM("SELECT * FROM ttt.glo WHERE g=`a`", "'ConsistentRead':true"),
     INVALID "Strongly consistent read is not supported on Global Secondary Indexes"},
    {X("SELECT g FROM ttt.glo WHERE g=`a` AND x=1"),
     INVALID "One or more parameter values were invalid: Secondary index glo does not project one "
             "or more filter attributes: [x]"},
    {X("SELECT * FROM ttt ORDER BY p"),
     INVALID "Must have WHERE clause in the statement when using ORDER BY clause."},
    {X("SELECT * FROM ttt WHERE n=1 ORDER BY p"),
     INVALID "Must have at least one non-optional hash key condition in WHERE clause when using "
             "ORDER BY clause."},
    {X("SELECT * FROM ttt WHERE p=`a` ORDER BY n"),
     INVALID "Attribute n in ORDER BY clause must be part of the primary key"},
    {X("SELECT * FROM ttt WHERE p=1"),
     INVALID "Key attribute`s data type should match its data type in table`s schema: Key p"},
    {X("SELECT p FROM ttt.loc WHERE p=`a` AND x=1"),
     INVALID "One or more parameter values were invalid: Secondary index loc does not project one "
             "or more filter attributes: [x]"},
    {X("UPDATE ttt SET n=1 WHERE p=`a` AND s=1 AND p=`b`"),
     INVALID "Multiple conditions on same key p. Only single item Update/Insert/Delete are "
             "supported"},
    {X("DELETE FROM ttt WHERE p=`a` AND s=1 AND s=2 AND n=1"),
     INVALID "Multiple conditions on same key s. Only single item Update/Insert/Delete are "
             "supported"},
    {XM("DELETE FROM ttt WHERE p=`a` AND s=1", "'Limit':1"),
     INVALID "The Limit parameter can only be used with SELECT statements"},
    {XM("DELETE FROM ttt WHERE p=`a` AND s=1", "'NextToken':'abc'"),
     INVALID "NextToken does not match request"},
    {X("SELECT * FROM ttt WHERE p=?"),
     INVALID "Number of parameters in request and statement don't match."},
    {XP("SELECT * FROM ttt WHERE p=`a`", S("a")),
     INVALID "Number of parameters in request and statement don't match."},
    {"ExecuteStatement", "{'Statement':'SELECT * FROM ttt','Parameters':[]}",
     INVALID "1 validation error detected: Value `[]` at `parameters` failed to satisfy "
             "constraint: Member must have length greater than or equal to 1"},
    {XM("SELECT * FROM ttt", "'Limit':0"),
     INVALID "1 validation error detected: Value `0` at `limit` failed to satisfy constraint: "
             "Member must have value greater than or equal to 1"},
    {XM("SELECT * FROM ttt", "'NextToken':'xyz'"), INVALID "Invalid NextToken"},
    {X("EXISTS(SELECT * FROM ttt WHERE p=`a`)"),
     INVALID "EXISTS can only be used in ExecuteTransaction write requests."},
    {X("INSERT INTO ttt VALUE {`p`:`a`,`s`:1,`x`:<<`a`,`a`>>}"),
     INVALID "One or more parameter values were invalid: Input collection [a, a] contains "
             "duplicates."},
    {X("UPDATE ttt SET a.b=1, a=2 WHERE p=`a` AND s=1"),
     INVALID "Two document paths overlap with each other; must remove or rewrite one of these "
             "paths; path one: [a], path two: [a, b]"},
};

static const struct step batch_steps[] = {
    {B(ST("SELECT n FROM ttt WHERE p=`a` AND s=1") "," ST(
         "SELECT n FROM ttt WHERE p=`a` AND "
         "s=77") "," ST("SELECT n FROM ttt "
                        "WHERE p=`a`") "," ST("SELECT * FROM none WHERE p=`a`") "," ST("SELECT")),
     "{'Responses':[{'TableName':'ttt','Item':{'n':{'N':'1'}}},{'TableName':'ttt'},{'Error':{'"
     "Code'"
     ":'ValidationError','Message':'Select statements within BatchExecuteStatement must "
     "specify the "
     "primary key in the where "
     "clause.'}},{'Error':{'Code':'ResourceNotFound','Message':'Requested "
     "resource not found'}},{'Error':{'Code':'ValidationError','Message':'Statement wasn't "
     "well "
     "formed, can't be processed: Unexpected end of statement at 1:7:0'}}]}"},
    {B(ST("INSERT INTO ttt VALUE {`p`:`a`,`s`:1}") "," ST(
         "UPDATE ttt SET q=1 WHERE p=`a` AND "
         "s=2 AND n=2") "," ST("DELETE FROM ttt WHERE p=`a` AND "
                               "s=3 AND n=99")),
     "{'Responses':[{'Error':{'Code':'DuplicateItem','Message':'Duplicate primary key exists "
     "in "
     "table'},'TableName':'ttt'},{'TableName':'ttt'},{'Error':{'Code':'ConditionalCheckFailed',"
     "'Message':'The conditional request failed'},'TableName':'ttt'}]}"},
    {X("SELECT q FROM ttt WHERE p=`a` AND s=2"), ROWS("{'q':{'N':'1'}}")},
    {B(ST("SELECT n FROM ttt WHERE p=`a` AND s=1") "," ST("DELETE FROM ttt WHERE p=`a` AND s=1")),
     INVALID "Read and write requests together in the same batch is not supported."},
    {B(ST("SELECT n FROM ttt WHERE p=`a` AND s=1") "," ST("SELECT * FROM ttt WHERE s=1.0 AND "
                                                          "p=`a`")),
     INVALID "Provided list of item keys contains duplicates"},
    {B(""), INVALID "1 validation error detected: Value `[]` at `statements` failed to satisfy "
                    "constraint: Member must have length greater than or equal to 1"},
    {"BatchExecuteStatement",
     "{'ReturnConsumedCapacity':'TOTAL','Statements':[" ST(
         "UPDATE ttt SET q=1 WHERE p=`b` AND s=1") "," ST("UPDATE ttt SET q=1 WHERE p=`b` AND "
                                                          "s=2") "]}",
     "{'Responses':[{'TableName':'ttt'},{'Error':{'Code':'ConditionalCheckFailed','Message':'"
     "The "
     "conditional request failed'},'TableName':'ttt'}],'ConsumedCapacity':[{'TableName':'ttt',"
     "'CapacityUnits':2.0}]}"},
};

#define TOKEN(st) "ExecuteTransaction", "{'ClientRequestToken':'tok','TransactStatements':[" st "]}"

static const struct step transaction_steps[] = {
    {TX(STC("INSERT INTO ttt VALUE {`p`:`t`,`s`:1,`n`:1}")
            STC("UPDATE ttt SET n=n+1 WHERE p=`b` AND s=1")
                STC("EXISTS(SELECT * FROM ttt WHERE p=`a` AND s=2 AND n=2)")
                    ST("DELETE FROM ttt WHERE p=`none` AND s=1")),
     "{'Responses':[]}"},
    {TX(STC("SELECT n FROM ttt WHERE p=`b` AND s=1") STC("SELECT * FROM ttt WHERE p=`x` AND s=1")
            ST("SELECT zz FROM ttt WHERE p=`t` AND s=1")),
     "{'Responses':[{'Item':{'n':{'N':'5'}}},{},{'Item':{}}]}"},
    {TX(STC("SELECT * FROM ttt WHERE p=`t` AND s=1")
            ST("SELECT * FROM ttt WHERE p=`a` AND s=1 AND n=9")),
     INVALID "Select statements within "
             "ExecuteTransaction must specify the primary key in the where clause."},
    {TX(ST("SELECT * FROM ttt WHERE p=`t`")),
     INVALID "Select statements within "
             "ExecuteTransaction must specify the primary key in the where clause."},
    {TX(STC("DELETE FROM ttt WHERE p=`c` AND s=1")
            ST("EXISTS(SELECT * FROM ttt WHERE p=`a` AND s=2)")),
     INVALID "EXISTS() must contain a single item read "
             "with additional condition"},
    {TX(ST("EXISTS(SELECT * FROM ttt WHERE p=`a` AND n=2)")),
     INVALID "EXISTS() must contain a single item read "
             "with additional condition"},
    {TX(STC("INSERT INTO ttt VALUE {`p`:`t`,`s`:1}")
            STC("EXISTS(SELECT * FROM ttt WHERE p=`a` AND s=2 AND n=3)")
                ST("UPDATE ttt SET n=77 WHERE p=`b` AND s=1")),
     CANCELLED
     "[DuplicateItem, ConditionalCheckFailed, None] + "
     "'CancellationReasons':[{'Code':'DuplicateItem'"
     ",'Message':'Duplicate primary key exists in table'},{'Code':'ConditionalCheckFailed',"
     "'Message':'The conditional request failed'},{'Code':'None'}]"},
    {X("SELECT n FROM ttt WHERE p=`b` AND s=1"), ROWS(R("5"))},
    {TX(ST("SELECT n FROM ttt WHERE p=`b` AND s=1") "," ST("DELETE FROM ttt WHERE p=`c` AND s=1")),
     INVALID "ExecuteTransaction API does not support both read and write operations in the same "
             "request."},
    {TX(ST("DELETE FROM ttt WHERE p=`c` AND s=1") "," ST(
         "DELETE FROM ttt WHERE p=`c` AND s=2 RETURNING ALL OLD *")),
     INVALID "Validation failed in TransactStatements[1]: RETURNING clause is not supported in "
             "ExecuteTransaction."},
    {TX(ST("SELECT * FROM ttt.glo WHERE g=`c`")),
     INVALID "Validation failed in TransactStatements[0]: Reads on indices are not supported "
             "within transactions."},
    {TX(ST("DELETE FROM ttt WHERE p=`c` AND s=1") "," ST("DELETE FROM ttt WHERE s=1 AND p=`c`")),
     INVALID "Transaction request cannot include multiple operations on one item"},
    {TOKEN(ST("UPDATE ttt SET n=n+1 WHERE p=`b` AND s=1")), "{'Responses':[]}"},
    {TOKEN(ST("UPDATE ttt SET n=n+1 WHERE p=`b` AND s=1")), "{'Responses':[]}"},
    {X("SELECT n FROM ttt WHERE p=`b` AND s=1"), ROWS(R("6"))},
    {TOKEN(ST("UPDATE ttt SET n=n+2 WHERE p=`b` AND s=1")),
     "IdempotentParameterMismatchException: The client request token belongs to a transaction with "
     "other parameters"},
};

static const char *run(struct op_fixture *f, const char *op, const char *body)
{
    char *text = arena_cstr(&f->mem, str_from_c(body));
    struct buf real = {0};

    for (char *p = text; *p != '\0'; p++) {
        if (*p == '~')
            buf_add(&real, STR("\\\""));
        else
            buf_byte(&real, *p == '\'' ? '"' : *p == '`' ? '\'' : *p);
    }
    buf_byte(&real, '\0');
    const char *answer = op_fixture_run_exact(f, op, real.p);
    char *kept = arena_cstr(&f->mem, str_from_c(answer));
    buf_free(&real);
    for (char *p = kept; *p != '\0'; p++)
        *p = *p == '\'' ? '`' : *p == '"' ? '\'' : *p;
    /* "wasn't" and "can't" are ours to read as they are */
    for (char *p = kept; (p = strstr(p, "n`t")) != NULL; p++)
        p[1] = '\'';
    return kept;
}

static void run_statements(struct op_fixture *f, const char *what, const struct step *step,
                           size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *got = run(f, step[i].op, step[i].body);
        is_str(got, step[i].want, "%s %zu: %s", what, i, step[i].body);
    }
}

/* All rows by pages of `limit`, as the text of their items; *pages counts. */
static const char *by_pages(struct op_fixture *f, const char *statement, int limit, int *pages)
{
    const char *token = "", *all = "";

    for (*pages = 0; *pages < 20; ++*pages) {
        const char *body =
            arena_printf(&f->mem, "{'Limit':%d,%s'Statement':'%s'}%c", limit, token, statement, 0)
                .p;
        const char *got = run(f, "ExecuteStatement", body);
        const char *items = strchr(got, '['), *end = strchr(got, ']');
        if (items == NULL || end == NULL)
            return got;
        all = arena_printf(&f->mem, "%s%s%.*s%c", all, *all != '\0' && end > items + 1 ? "," : "",
                           (int)(end - items - 1), items + 1, 0)
                  .p;
        const char *next = strstr(got, "'NextToken':'");
        if (next == NULL)
            break;
        next += strlen("'NextToken':'");
        token = arena_printf(&f->mem, "'NextToken':'%.*s',%c", (int)strcspn(next, "'"), next, 0).p;
    }
    return all;
}

static void test_pages(struct op_fixture *f)
{
    int pages;

    is_str(by_pages(f, "SELECT n FROM ttt WHERE p=`a`", 1, &pages), R("1") "," R("2") "," R("3"),
           "a query by pages of one");
    is_str(by_pages(f, "SELECT n FROM ttt WHERE p IN (`a`,`b`) ORDER BY p DESC,s DESC", 2, &pages),
           R("4") "," R("3") "," R("2") "," R("1"), "two queries by pages of two");
    ok(pages == 2, "full pages, and one that is empty: %d", pages + 1);
    const char *scan = by_pages(f, "SELECT n FROM ttt WHERE n>0", 1, &pages);
    ok(strlen(scan) == strlen(R("1") "," R("2") "," R("3") "," R("4")), "a scan: %s", scan);
    is_str(by_pages(f, "SELECT s FROM ttt.glo WHERE g=`g1`", 1, &pages),
           "{'s':{'N':'1'}},{'s':{'N':'2'}}", "an index by pages");
}

static void test_token(struct op_fixture *f)
{
    const char *got = run(
        f, XM("SELECT n FROM ttt WHERE p=`a`", "'Limit':1")); /* NextToken comes before the key */
    const char *token = strstr(got, "'NextToken':'");

    ok(token != NULL && strstr(got, "'LastEvaluatedKey':{" K("a", "1") "}") != NULL, "%s", got);
    if (token == NULL)
        return;
    token += strlen("'NextToken':'");
    char *text = arena_cstr(&f->mem, (struct str){token, strcspn(token, "'")});
    const char *body = arena_printf(&f->mem,
                                    "{'Statement':'SELECT n FROM ttt WHERE p=`b`','NextToken':'%s'}"
                                    "%c",
                                    text, 0)
                           .p;
    is_str(run(f, "ExecuteStatement", body), INVALID "NextToken does not match request",
           "a token of another statement");
    text[60] = text[60] == 'A' ? 'B' : 'A';
    body = arena_printf(&f->mem, "{'Statement':'SELECT n FROM ttt WHERE p=`a`','NextToken':'%s'}%c",
                        text, 0)
               .p;
    is_str(run(f, "ExecuteStatement", body), INVALID "Invalid NextToken", "a changed token");
}

int main(void)
{
    struct op_fixture f;

    op_fixture_open(&f);
    op_fixture_run(&f, "CreateTable", STEPS_TABLE);
    run_statements(&f, "write", write_steps, COUNT_OF(write_steps));
    run_statements(&f, "fill", fill_steps, COUNT_OF(fill_steps));
    run_statements(&f, "read", read_steps, COUNT_OF(read_steps));
    run_statements(&f, "refused", refused_steps, COUNT_OF(refused_steps));
    test_pages(&f);
    test_token(&f);
    run_statements(&f, "batch", batch_steps, COUNT_OF(batch_steps));
    run_statements(&f, "transaction", transaction_steps, COUNT_OF(transaction_steps));
    op_fixture_close(&f);
    return tap_done();
}
