#include "server/physics_rules.h"

#include "base/tap.h"

static const struct {
    const char *file, *error; /* NULL: fine */
} files[] = {
    {"{}", NULL},
    {"{\"seed\":7,\"history_ms\":2000,\"rules\":[]}", NULL},
    {"{\"rules\":[{\"effect\":\"latency\",\"ms\":5}]}", NULL},
    {"{\"rules\":[{\"effect\":\"latency\",\"ms\":[5, 50],\"tables\":[\"a\",\"b*\"]}]}", NULL},
    {"{\"rules\":[{\"effect\":\"throttle\",\"operations\":[\"PutItem\"],\"probability\":0.5}]}",
     NULL},
    {"{\"rules\":[{\"effect\":\"throttle\",\"error\":\"ThrottlingException\"}]}", NULL},
    {"{\"rules\":[{\"effect\":\"conflict\",\"after\":1,\"times\":2}]}", NULL},
    {"{\"rules\":[{\"effect\":\"error\",\"error\":\"InternalServerError\"}]}", NULL},
    {"{\"rules\":[{\"effect\":\"unprocessed\",\"share\":0.25}]}", NULL},
    {"{\"rules\":[{\"effect\":\"stale-reads\",\"ms\":100}]}", NULL},
    {"{\"rules\":[{\"effect\":\"stream-delay\",\"ms\":100}]}", NULL},
    {"{\"rules\":[{\"effect\":\"table-states\",\"ms\":100}]}", NULL},
    {"", "not a JSON object"},
    {"[]", "not a JSON object"},
    {"{\"rules\":[]", "not JSON"},
    {"{\"rules\":[{\"effect\":\"conflict\"", "not JSON"},
    {"{\"rules\":{}}", "rule: \"rules\" takes an array of rules"},
    {"{\"rules\":[1]}", "a rule is an object"},
    {"{\"rules\":[{}]}", "rule: \"effect\" is missing"},
    {"{\"rule\":[]}", "there is no member \"rule\""},
    {"{\"seed\":-1}", "rule: \"seed\" takes a number that is not so big"},
    {"{\"seed\":0.5}", "rule: \"seed\" takes a whole number"},
    {"{\"rules\":[{\"effect\":\"gravity\"}]}", "rule: there is no effect \"gravity\""},
    {"{\"rules\":[{\"effect\":\"conflict\",\"odds\":1}]}", "rule: there is no member \"odds\""},
    {"{\"rules\":[{\"effect\":\"conflict\",\"probability\":1.5}]}",
     "rule: \"probability\" takes a number from 0 to 1"},
    {"{\"rules\":[{\"effect\":\"conflict\",\"operations\":[\"Put\"]}]}",
     "rule: there is no operation \"Put\""},
    {"{\"rules\":[{\"effect\":\"conflict\",\"operations\":[\"Scan\"]}]}",
     "rule: conflict is nothing for Scan"},
    {"{\"rules\":[{\"effect\":\"conflict\",\"operations\":[]}]}",
     "rule: \"operations\" takes at least one string"},
    {"{\"rules\":[{\"effect\":\"conflict\",\"ms\":1}]}", "rule: conflict takes no \"ms\""},
    {"{\"rules\":[{\"effect\":\"latency\"}]}", "rule: latency needs \"ms\""},
    {"{\"rules\":[{\"effect\":\"latency\",\"ms\":[2,1]}]}",
     "rule: \"ms\" takes a number or [from, to]"},
    {"{\"rules\":[{\"effect\":\"latency\",\"ms\":[1]}]}",
     "rule: \"ms\" takes a number or [from, to]"},
    {"{\"rules\":[{\"effect\":\"latency\",\"ms\":60001}]}",
     "rule: \"ms\" takes a number that is not so big"},
    {"{\"rules\":[{\"effect\":\"table-states\",\"ms\":[1,2]}]}",
     "rule: table-states takes one number of \"ms\""},
    {"{\"rules\":[{\"effect\":\"error\"}]}", "rule: error needs \"error\""},
    {"{\"rules\":[{\"effect\":\"error\",\"error\":\"Oops\"}]}", "rule: there is no error \"Oops\""},
    {"{\"rules\":[{\"effect\":\"unprocessed\"}]}", "rule: unprocessed needs \"share\""},
    {"{\"rules\":[{\"effect\":\"stream-delay\",\"ms\":1,\"tables\":[\"t\"]}]}",
     "rule: GetRecords names no table"},
};

static void test_files(void)
{
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct physics_rules r;
        struct err e = {0};
        bool good = physics_rules_parse(str_from_c(files[i].file), &r, &e);
        is_str(e.msg, files[i].error != NULL ? files[i].error : "", "%s", files[i].file);
        ok(good == (files[i].error == NULL), "and says so");
        if (good)
            physics_rules_free(&r);
    }
}

/* A decoded request; its memory is the caller's. */
static void decode(struct req *rq, const char *op, const char *body)
{
    rq->op = op_find(str_from_c(op));
    bool good = op_decode(rq, str_from_c(body));
    assert(good);
    (void)good;
}

/* One letter per request that the rules hit. */
static void hits(const char *file, const char *op, const char *body, int n, char *out)
{
    struct physics_rules r;
    struct err e = {0};
    bool good = physics_rules_parse(str_from_c(file), &r, &e);
    assert(good);
    (void)good;
    for (int i = 0; i < n; i++) {
        struct req rq = {0};
        struct physics_plan plan = {0};
        decode(&rq, op, body);
        physics_rules_apply(&r, &rq, &plan);
        out[i] = plan.any ? 'x' : '.';
        arena_free(&rq.mem);
    }
    out[n] = '\0';
    physics_rules_free(&r);
}

static const struct {
    const char *rule, *op, *body, *hits;
} matches[] = {
    {"\"effect\":\"conflict\"", "DeleteTable", "{\"TableName\":\"things\"}", "....."},
    {"\"effect\":\"latency\",\"ms\":1", "DeleteTable", "{\"TableName\":\"things\"}", "xxxxx"},
    {"\"effect\":\"conflict\"", "DeleteItem", "{\"TableName\":\"t\",\"Key\":{}}", "xxxxx"},
    {"\"effect\":\"conflict\",\"operations\":[\"PutItem\"]", "DeleteItem",
     "{\"TableName\":\"t\",\"Key\":{}}", "....."},
    {"\"effect\":\"conflict\",\"after\":1", "DeleteItem", "{\"TableName\":\"t\",\"Key\":{}}",
     ".xxxx"},
    {"\"effect\":\"conflict\",\"times\":2", "DeleteItem", "{\"TableName\":\"t\",\"Key\":{}}",
     "xx..."},
    {"\"effect\":\"conflict\",\"after\":2,\"times\":2", "DeleteItem",
     "{\"TableName\":\"t\",\"Key\":{}}", "..xx."},
    {"\"effect\":\"conflict\",\"probability\":0", "DeleteItem", "{\"TableName\":\"t\",\"Key\":{}}",
     "....."},
    {"\"effect\":\"conflict\",\"tables\":[\"u\",\"t\"]", "DeleteItem",
     "{\"TableName\":\"t\",\"Key\":{}}", "xxxxx"},
    {"\"effect\":\"conflict\",\"tables\":[\"u*\"]", "DeleteItem",
     "{\"TableName\":\"t\",\"Key\":{}}", "....."},
    {"\"effect\":\"conflict\",\"tables\":[\"t*\"]", "DeleteItem",
     "{\"TableName\":\"arn:aws:dynamodb:us-east-1:000000000000:table/things\",\"Key\":{}}",
     "xxxxx"},
    {"\"effect\":\"unprocessed\",\"share\":1,\"tables\":[\"two\"]", "BatchGetItem",
     "{\"RequestItems\":{\"one\":{\"Keys\":[{}]},\"two\":{\"Keys\":[{}]}}}", "xxxxx"},
    {"\"effect\":\"conflict\",\"tables\":[\"two\"]", "TransactWriteItems",
     "{\"TransactItems\":[{\"Delete\":{\"TableName\":\"one\",\"Key\":{}}},"
     "{\"Delete\":{\"TableName\":\"two\",\"Key\":{}}}]}",
     "xxxxx"},
    {"\"effect\":\"conflict\",\"tables\":[\"three\"]", "TransactWriteItems",
     "{\"TransactItems\":[{\"Delete\":{\"TableName\":\"one\",\"Key\":{}}}]}", "....."},
};

static void test_matches(void)
{
    for (size_t i = 0; i < COUNT_OF(matches); i++) {
        char file[512], got[8];
        snprintf(file, sizeof(file), "{\"rules\":[{%s}]}", matches[i].rule);
        hits(file, matches[i].op, matches[i].body, 5, got);
        is_str(got, matches[i].hits, "%s for %s", matches[i].rule, matches[i].op);
    }
}

static void test_seed(void)
{
    static const char rule[] = "\"rules\":[{\"effect\":\"conflict\",\"probability\":0.5}]}";
    static const char body[] = "{\"TableName\":\"t\",\"Key\":{}}";
    char one[128], again[128], other[128], file[256];
    int n = 0;
    snprintf(file, sizeof(file), "{\"seed\":1,%s", rule);
    hits(file, "DeleteItem", body, 100, one);
    hits(file, "DeleteItem", body, 100, again);
    snprintf(file, sizeof(file), "{\"seed\":2,%s", rule);
    hits(file, "DeleteItem", body, 100, other);
    for (int i = 0; i < 100; i++)
        n += one[i] == 'x';
    is_str(again, one, "a seed decides");
    ok(strcmp(one, other) != 0, "another seed decides otherwise");
    ok(n > 30 && n < 70, "half of the requests, more or less (%d)", n);
}

int main(void)
{
    test_files();
    test_matches();
    test_seed();
    return tap_done();
}
