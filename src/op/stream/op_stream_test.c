/* Streams and time to live through their operations, with a clock moved by hand: what
 * takes minutes, hours and days. */
#include "base/tap.h"
#include "db/db_work.h"
#include "op/op_fixture_test.h"

enum { MINUTE_MS = 60 * 1000, HOUR_MS = 60 * MINUTE_MS };

struct world {
    struct env env; /* first */
    int64_t now_ms;
    uint64_t seed;
    struct op_fixture f;
};

static int64_t world_now(struct env *e)
{
    return ((struct world *)(void *)e)->now_ms;
}

static uint64_t world_random(struct env *e)
{
    return ++((struct world *)(void *)e)->seed * 0x9E3779B97F4A7C15ULL;
}

static bool world_open(struct world *w, int64_t shard_ms)
{
    struct err e = {0};
    struct store_rocks_options rocks = {.cache_bytes = 1 << 20};
    struct db_options o = {
        .env = &w->env, .region = "local", .account = "000000000000", .stream_shard_ms = shard_ms};
    return store_rocks_open(&rocks, &o.store, &e) && db_open(&o, &w->f.db, &e);
}

static void work(struct world *w)
{
    while (db_work_pending(w->f.db)) {
        struct err e = {0};
        struct db_txn *t = NULL;
        if (!db_begin(w->f.db, DB_WRITE, false, &t, &e) || !db_work_step(t, &e) ||
            !db_commit(&t, &e)) {
            ok(false, "work: %s", e.msg);
            db_end(&t);
            return;
        }
    }
}

static void later(struct world *w, int64_t ms)
{
    w->now_ms += ms;
    work(w);
}

static const char *run(struct world *w, const char *op, const char *body)
{
    return op_fixture_run(&w->f, op, body);
}

static void is_run(struct world *w, const char *op, const char *body, const char *want)
{
    const char *got = run(w, op, body);
    is_str(got, want, "%s %s", op, body);
}

static void has(const char *answer, const char *part, bool want)
{
    bool found = strstr(answer, part) != NULL;
    ok(found == want, "%s %s", want ? "has" : "has not", part);
    if (found != want)
        printf("# %s\n", answer);
}

/* The text of the n-th member of this name, from 0; "" when there is none. */
static const char *text_of(struct world *w, const char *answer, const char *name, int n)
{
    struct str mark = arena_printf(&w->f.mem, "'%s':'", name);
    const char *at = strstr(answer, arena_cstr(&w->f.mem, mark));
    for (; at != NULL && n > 0; n--)
        at = strstr(at + 1, arena_cstr(&w->f.mem, mark));
    if (at == NULL)
        return "";
    at += mark.n;
    return arena_cstr(&w->f.mem, (struct str){at, strcspn(at, "'")});
}

static const char *print(struct world *w, const char *fmt, const char *a, const char *b,
                         const char *c)
{
    struct buf out = {.mem = &w->f.mem};
    const char *arg[] = {a, b, c};
    for (int n = 0; *fmt != '\0'; fmt++) {
        if (*fmt == '@')
            buf_add(&out, str_from_c(arg[n++]));
        else
            buf_byte(&out, *fmt);
    }
    buf_byte(&out, '\0');
    return out.p;
}

static const char *iterator(struct world *w, const char *arn, const char *shard, const char *how)
{
    const char *body =
        print(w, "{'StreamArn':'@','ShardId':'@','ShardIteratorType':@}", arn, shard, how);
    return run(w, "GetShardIterator", body);
}

static const char *get_records(struct world *w, const char *it)
{
    return run(w, "GetRecords", print(w, "{'ShardIterator':'@'}", it, "", ""));
}

static const char *create(struct world *w, const char *table)
{
    const char *answer =
        run(w, "CreateTable",
            print(w,
                  "{'TableName':'@','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':[{"
                  "'AttributeName':'p','AttributeType':'S'}],'KeySchema':[{'AttributeName':'p',"
                  "'KeyType':'HASH'}],'StreamSpecification':{'StreamEnabled':true,"
                  "'StreamViewType':'NEW_IMAGE'}}",
                  table, "", ""));
    return text_of(w, answer, "LatestStreamArn", 0);
}

static void put(struct world *w, const char *table, const char *x)
{
    is_run(w, "PutItem",
           print(w, "{'TableName':'@','Item':{'p':{'S':'a'},'x':{'S':'@'}}}", table, x, ""), "{}");
}

static const char *describe(struct world *w, const char *arn, const char *more)
{
    return run(w, "DescribeStream", print(w, "{'StreamArn':'@'@}", arn, more, ""));
}

/* The shard that has records; all writes here are to one item. */
static const char *home(struct world *w, const char *arn)
{
    const char *all = describe(w, arn, "");
    for (int i = 0;; i++) {
        const char *shard = text_of(w, all, "ShardId", i);
        if (*shard == '\0')
            return "";
        const char *it = text_of(w, iterator(w, arn, shard, "'TRIM_HORIZON'"), "ShardIterator", 0);
        if (strstr(get_records(w, it), "INSERT") != NULL)
            return shard;
    }
}

static void test_expiry_of_iterators(struct world *w)
{
    const char *arn = create(w, "iter");
    put(w, "iter", "1");
    const char *shard = home(w, arn);
    const char *it = text_of(w, iterator(w, arn, shard, "'TRIM_HORIZON'"), "ShardIterator", 0);
    later(w, 14 * MINUTE_MS);
    const char *page = get_records(w, it);
    has(page, "'eventName':'INSERT'", true);
    const char *next = text_of(w, page, "NextShardIterator", 0);
    later(w, 2 * MINUTE_MS);
    is_str(get_records(w, it),
           "ExpiredIteratorException: The provided iterator exceeds the maximum age allowed.",
           "after a quarter of an hour");
    has(get_records(w, next), "'Records':[]", true);
}

/* A reader that polls a shard where nothing happens is never told that it is late. */
static void test_quiet_reader(struct world *w)
{
    const char *arn = create(w, "quiet");
    put(w, "quiet", "1");
    const char *shard = home(w, arn);
    const char *it = text_of(w, iterator(w, arn, shard, "'LATEST'"), "ShardIterator", 0);
    for (int i = 0; i < 23 && *it != '\0'; i++) {
        later(w, 10 * MINUTE_MS);
        it = text_of(w, get_records(w, it), "NextShardIterator", 0);
    }
    ok(*it != '\0', "until the shard goes over to the next");
    later(w, 11 * MINUTE_MS);
    is_str(get_records(w, it), "{'Records':[]}", "then it ends");
}

static void test_trimming(struct world *w)
{
    const char *arn = create(w, "trim");
    put(w, "trim", "1");
    const char *shard = home(w, arn);
    const char *page =
        get_records(w, text_of(w, iterator(w, arn, shard, "'TRIM_HORIZON'"), "ShardIterator", 0));
    const char *number = text_of(w, page, "SequenceNumber", 0);
    const char *at = print(w, "'AT_SEQUENCE_NUMBER','SequenceNumber':'@'", number, "", "");
    later(w, 24 * HOUR_MS - 5 * MINUTE_MS);
    const char *it = text_of(w, iterator(w, arn, shard, at), "ShardIterator", 0);
    has(get_records(w, it), "'eventName':'INSERT'", true);
    later(w, 10 * MINUTE_MS);
    const char *trimmed =
        "TrimmedDataAccessException: The data you are trying to access has been trimmed.";
    is_str(get_records(w, it), trimmed, "the position is gone before it was read");
    is_str(iterator(w, arn, shard, at), trimmed, "and cannot be asked for");
    it = text_of(w, iterator(w, arn, shard, "'TRIM_HORIZON'"), "ShardIterator", 0);
    is_str(get_records(w, it), "{'Records':[]}", "from the oldest on there is none");
}

/* The values of x that are read from a time on. */
static struct str since(struct world *w, const char *arn, const char *shard, int64_t ms)
{
    struct buf seen = {.mem = &w->f.mem};
    const char *how = arena_printf(&w->f.mem, "'AT_TIMESTAMP','Timestamp':%lld.%03d",
                                   (long long)(ms / 1000), (int)(ms % 1000))
                          .p;
    const char *page = get_records(w, text_of(w, iterator(w, arn, shard, how), "ShardIterator", 0));
    for (const char *p = page; (p = strstr(p, "'x':{'S':'")) != NULL; p++)
        buf_byte(&seen, p[10]);
    return buf_str(&seen);
}

static void test_times(struct world *w)
{
    const char *arn = create(w, "time");
    later(w, 10);
    int64_t first = w->now_ms;
    for (char x[] = "1"; x[0] <= '4'; x[0]++, later(w, 500))
        put(w, "time", x);
    const char *shard = home(w, arn);
    is_bytes(since(w, arn, shard, first), STR("1234"), "from the first one's time");
    is_bytes(since(w, arn, shard, first + 1), STR("234"), "a millisecond later");
    is_bytes(since(w, arn, shard, first + 999), STR("34"), "before the third");
    is_bytes(since(w, arn, shard, first + 1500), STR("4"), "from the last one's");
    is_bytes(since(w, arn, shard, first + 1501), STR(""), "behind it");
    is_bytes(since(w, arn, shard, 0), STR("1234"), "from long ago");
    const char *now = arena_printf(&w->f.mem, "'AT_TIMESTAMP','Timestamp':%lld.%03d",
                                   (long long)(w->now_ms / 1000), (int)(w->now_ms % 1000))
                          .p;
    const char *it = text_of(w, iterator(w, arn, shard, now), "ShardIterator", 0);
    put(w, "time", "5");
    has(get_records(w, it), "'x':{'S':'5'}", true);
    later(w, 5 * HOUR_MS);
    is_bytes(since(w, arn, shard, first + 999), STR("345"), "of a closed shard");
    is_bytes(since(w, arn, shard, w->now_ms), STR(""), "what was after it");
    later(w, 21 * HOUR_MS);
    is_run(w, "DeleteItem", "{'TableName':'time','Key':{'p':{'S':'a'}}}", "{}");
    put(w, "time", "6");
    is_bytes(since(w, arn, home(w, arn), first), STR("6"), "from what is trimmed");
}

/* As the clients of the Kinesis-style protocol do it: a shard, then its children. */
static void test_lineage(struct world *w)
{
    const char *arn = create(w, "line");
    put(w, "line", "1");
    const char *shard = home(w, arn);
    for (char x[] = "2"; x[0] <= '4'; x[0]++) {
        later(w, 5 * HOUR_MS);
        put(w, "line", x);
    }
    struct buf seen = {.mem = &w->f.mem};
    int shards = 0;
    while (*shard != '\0' && shards++ < 10) {
        const char *all = describe(w, arn, "");
        has(all, shard, true);
        const char *page = get_records(
            w, text_of(w, iterator(w, arn, shard, "'TRIM_HORIZON'"), "ShardIterator", 0));
        for (const char *p = page; (p = strstr(p, "'x':{'S':'")) != NULL; p++)
            buf_byte(&seen, p[10]);
        bool open = strstr(page, "NextShardIterator") != NULL;
        const char *children = describe(
            w, arn,
            print(w, ",'ShardFilter':{'Type':'CHILD_SHARDS','ShardId':'@'}", shard, "", ""));
        const char *child = text_of(w, children, "ShardId", 0);
        ok(open == (*child == '\0'), "a closed shard has a child, an open one has none");
        ok(open || strcmp(text_of(w, children, "ParentShardId", 0), shard) == 0, "  of its own");
        ok(*text_of(w, children, "ShardId", 1) == '\0', "  and only one");
        shard = child;
    }
    is_bytes(buf_str(&seen), STR("1234"), "all changes, in order, through %d shards", shards);
    ok(shards == 4, "of four hours each");
}

/* A shard a second: pages of shards, and their lineage over a day. */
static void test_short_shards(struct world *w)
{
    const char *arn = create(w, "short"), *after = "", *last = "";
    int shards = 0, pages = 0;
    put(w, "short", "1");
    const char *first = text_of(w, describe(w, arn, ""), "ShardId", 0);
    later(w, 30 * 1000);
    do {
        const char *page = describe(w, arn, after);
        for (int i = 0; *text_of(w, page, "ShardId", i) != '\0'; i++, shards++) {
            ok(strcmp(text_of(w, page, "ShardId", i), last) > 0, "in order");
            last = text_of(w, page, "ShardId", i);
        }
        pages++;
        after = text_of(w, page, "LastEvaluatedShardId", 0);
        ok(*after == '\0' || strcmp(after, last) == 0, "goes on behind the last");
        if (*after != '\0')
            after = print(w, ",'ExclusiveStartShardId':'@'", after, "", "");
    } while (*after != '\0');
    ok(shards == 4 * 31 && pages == 2, "%d shards on %d pages", shards, pages);
    const char *child =
        print(w, ",'ShardFilter':{'Type':'CHILD_SHARDS','ShardId':'@'}", first, "", "");
    has(describe(w, arn, child), print(w, "'ParentShardId':'@'", first, "", ""), true);
    ok(*text_of(w, describe(w, arn, child), "ShardId", 1) == '\0', "one child");
    later(w, 24 * HOUR_MS);
    has(describe(w, arn, ""), first, false);
    has(describe(w, arn, print(w, ",'ExclusiveStartShardId':'@','Limit':2", first, "", "")),
        "'LastEvaluatedShardId'", true);
    has(iterator(w, arn, first, "'TRIM_HORIZON'"), "Shard does not exist", true);
    has(describe(w, arn, ",'ExclusiveStartShardId':'shardId-99999999999999999999-00000000'"),
        "'Shards':[]", true);
    has(describe(w, arn,
                 print(w, ",'ShardFilter':{'Type':'CHILD_SHARDS','ShardId':'@'}",
                       "shardId-99999999999999999999-c0000000", "", "")),
        "'Shards':[]", true);
}

static void test_end(struct world *w)
{
    const char *arn = create(w, "end");
    put(w, "end", "1");
    has(run(w, "DeleteTable", "{'TableName':'end'}"), "DELETING", true);
    later(w, 23 * HOUR_MS);
    has(describe(w, arn, ""), "'StreamStatus':'DISABLED'", true);
    has(run(w, "ListStreams", "{'TableName':'end'}"), arn, true);
    later(w, 2 * HOUR_MS);
    is_str(describe(w, arn, ""),
           print(w, "ResourceNotFoundException: Requested resource not found: Stream: @ not found",
                 arn, "", ""),
           "a day after its table");
    is_run(w, "ListStreams", "{'TableName':'end'}", "{'Streams':[]}");
}

#define SET(on)                                                                                    \
    "{'TableName':'ttl','TimeToLiveSpecification':{'Enabled':" on ",'AttributeName':'t'}}"
#define SET_DONE(on) "{'TimeToLiveSpecification':{'Enabled':" on ",'AttributeName':'t'}}"

static void test_time_to_live(struct world *w)
{
    const char *often = "ValidationException: Time to live has been modified multiple times within "
                        "a fixed interval";
    create(w, "ttl");
    is_run(w, "UpdateTimeToLive", SET("true"), SET_DONE("true"));
    is_run(w, "UpdateTimeToLive", SET("false"), often);
    is_run(w, "PutItem", "{'TableName':'ttl','Item':{'p':{'S':'a'},'t':{'N':'1700000000'}}}", "{}");
    is_run(w, "GetItem", "{'TableName':'ttl','Key':{'p':{'S':'a'}}}",
           "{'Item':{'p':{'S':'a'},'t':{'N':'1700000000'}}}");
    later(w, 31 * MINUTE_MS);
    is_run(w, "GetItem", "{'TableName':'ttl','Key':{'p':{'S':'a'}}}", "{}");
    is_run(w, "UpdateTimeToLive", SET("false"), SET_DONE("false"));
    is_run(w, "DescribeTimeToLive", "{'TableName':'ttl'}",
           "{'TimeToLiveDescription':{'TimeToLiveStatus':'DISABLED'}}");
    is_run(w, "UpdateTimeToLive", SET("true"), often);
    is_run(w, "PutItem", "{'TableName':'ttl','Item':{'p':{'S':'a'},'t':{'N':'1700000000'}}}", "{}");
    later(w, 31 * MINUTE_MS);
    has(run(w, "GetItem", "{'TableName':'ttl','Key':{'p':{'S':'a'}}}"), "'a'", true);
    is_run(w, "UpdateTimeToLive", SET("true"), SET_DONE("true"));
    later(w, 0);         /* indexed */
    later(w, MINUTE_MS); /* and looked for */
    is_run(w, "GetItem", "{'TableName':'ttl','Key':{'p':{'S':'a'}}}", "{}");
}

int main(void)
{
    struct world w = {.env = {world_now, world_random}, .now_ms = 1700000000123}, quick = w;
    if (!world_open(&w, 0) || !world_open(&quick, 1000))
        return 1;
    test_expiry_of_iterators(&w);
    test_quiet_reader(&w);
    test_trimming(&w);
    test_times(&w);
    test_lineage(&w);
    test_end(&w);
    test_time_to_live(&w);
    test_short_shards(&quick);
    op_fixture_close(&w.f);
    op_fixture_close(&quick.f);
    return tap_done();
}
