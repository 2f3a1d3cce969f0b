/* Client request tokens: found for ten minutes, kept over a restart, removed later. */
#include "db/db_fixture_int.h"

#include "db/db_doc.h"
#include "db/db_token.h"

struct clock {
    struct env env;
    int64_t ms;
    uint64_t dice;
};
static int64_t clock_ms(struct env *e)
{
    return container_of(e, struct clock, env)->ms;
}
static uint64_t clock_random(struct env *e)
{
    return container_of(e, struct clock, env)->dice++;
}

static struct db *open_at(struct clock *c, struct store *s)
{
    struct err e = {0};
    struct db *db = NULL;
    struct db_options o = {.store = s,
                           .env = &c->env,
                           .cache_bytes = 1 << 20,
                           .region = "local",
                           .account = "000000000000"};
    if (!db_open(&o, &db, &e))
        printf("# db_open: %s\n", e.msg);
    return db;
}

static void digest_of(int i, unsigned char digest[DB_TOKEN_DIGEST_BYTES])
{
    memset(digest, i, DB_TOKEN_DIGEST_BYTES);
}

static bool put(struct db *db, const char *token, int i)
{
    struct err e = {0};
    struct db_txn *t;
    unsigned char digest[DB_TOKEN_DIGEST_BYTES];
    digest_of(i, digest);
    bool good = db_begin(db, DB_WRITE, false, &t, &e) &&
                db_token_put(t, str_from_c(token), digest, &e) && db_commit(&t, &e);
    if (!good)
        printf("# put: %s\n", e.msg);
    db_end(&t);
    return good;
}

/* The first byte of the digest, or -1. */
static int find(struct db *db, const char *token)
{
    struct err e = {0};
    struct db_txn *t;
    unsigned char digest[DB_TOKEN_DIGEST_BYTES];
    bool found = false;
    bool good = db_begin(db, DB_READ, false, &t, &e) &&
                db_token_find(t, str_from_c(token), &found, digest, &e);
    db_end(&t);
    return good && found ? digest[0] : -1;
}

static bool count_one(void *arg, struct str key, struct str value)
{
    (void)key;
    (void)value;
    ++*(int *)arg;
    return true;
}

static int count(struct db *db, const char *collection)
{
    struct err e = {0};
    struct db_txn *t;
    int n = 0;
    bool good = db_begin(db, DB_READ, false, &t, &e) &&
                db_doc_scan(t, str_from_c(collection), STR(""), count_one, &n, &e);
    db_end(&t);
    return good ? n : -1;
}

static void test_trim(struct clock *c, struct db *db)
{
    char name[16];
    bool good = true;
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof(name), "n%d", i);
        good = good && put(db, name, 1);
        c->ms += 1000;
    }
    ok(good, "300 tokens in five minutes");
    ok(count(db, "token") >= 300, "all are there");
    c->ms += DB_TOKEN_MS;
    for (int i = 0; i < 200; i++) {
        snprintf(name, sizeof(name), "m%d", i);
        good = good && put(db, name, 2);
    }
    int left = count(db, "token");
    ok(good && left == 200, "the old ones go when new ones come: %d", left);
    ok(count(db, "token-age") == 200, "from the order by age as well");
    c->ms -= 2 * DB_TOKEN_MS;
    good = good && put(db, "back", 3);
    for (int i = 0; i < 40; i++)
        good = good && put(db, "back", 3);
    c->ms += DB_TOKEN_MS + 1;
    for (int i = 0; i < 40; i++)
        good = good && put(db, "again", 3);
    ok(good && find(db, "back") < 0, "a clock that was put back");
    ok(count(db, "token") == 201, "and tokens of that time go too: %d", count(db, "token"));
}

int main(void)
{
    char dir[] = "/tmp/db_token_test_XXXXXX";
    struct clock c = {.env = {clock_ms, clock_random}, .ms = 1700000000000};
    if (mkdtemp(dir) == NULL)
        return 1;
    struct db *db = open_at(&c, fix_store(dir));
    ok(find(db, "t") < 0, "no token");
    ok(put(db, "t", 7) && find(db, "t") == 7, "a token and its digest");
    ok(find(db, "") < 0 && find(db, "tt") < 0, "others are unknown");
    c.ms += DB_TOKEN_MS - 1;
    db_close(&db);
    db = open_at(&c, fix_store(dir));
    ok(find(db, "t") == 7, "known just before ten minutes are over, after a restart");
    c.ms += 1;
    ok(find(db, "t") < 0, "forgotten then");
    ok(put(db, "t", 8) && find(db, "t") == 8, "and may be used again");
    test_trim(&c, db);
    db_close(&db);
    char command[64];
    snprintf(command, sizeof(command), "rm -rf %s", dir);
    ok(system(command) == 0, "cleaned up");
    return tap_done();
}
