/* db_token.c - see db_token.h.
 *
 * Documents (db_doc.h), integers big-endian:
 *
 *   "token"      token           version:u8 = 1 | expires_ms:u64 | digest
 *   "token-age"  expires_ms:u64 | token       empty
 *   "token-trim" -               the last key of token-age that was removed
 *
 * The second orders tokens by age.  Removal goes on behind the third, so that it
 * never walks over what it removed before. */
#include "db/db_token.h"

#include "base/arena.h"
#include "base/buf.h"
#include "db/db_doc.h"

enum {
    VERSION = 1,
    TIME_BYTES = 8,
    VALUE_BYTES = 1 + TIME_BYTES + DB_TOKEN_DIGEST_BYTES,
    TRIM_EVERY = 16, /* one in so many new tokens removes old ones */
    TRIM_MOST = 4 * TRIM_EVERY,
};

static void put_time(char *p, uint64_t ms)
{
    for (int i = TIME_BYTES - 1; i >= 0; i--, ms >>= 8)
        p[i] = (char)ms;
}

static uint64_t get_time(const char *p)
{
    uint64_t ms = 0;

    for (int i = 0; i < TIME_BYTES; i++)
        ms = ms << 8 | (unsigned char)p[i];
    return ms;
}

static uint64_t now_ms(struct db_txn *t)
{
    return (uint64_t)env_now_ms(db_env(db_txn_db(t)));
}

bool db_token_find(struct db_txn *t, struct str token, bool *found,
                   unsigned char digest[DB_TOKEN_DIGEST_BYTES], struct err *e)
{
    struct str v;

    if (!db_doc_get(t, STR("token"), token, &v, e))
        return false;
    if (v.p != NULL && (v.n != VALUE_BYTES || v.p[0] != VERSION))
        return err_set(e, ERR_IO, "the data are damaged: a client request token");
    *found = v.p != NULL && get_time(v.p + 1) > now_ms(t);
    if (*found)
        memcpy(digest, v.p + 1 + TIME_BYTES, DB_TOKEN_DIGEST_BYTES);
    return true;
}

struct trim {
    struct db_txn *t;
    struct arena mem;
    uint64_t now;
    uint32_t n;
    struct str last;
    struct err *e;
};

/* A token that was used again since is younger than this entry: it stays. */
static bool remove_token(struct trim *r, struct str token)
{
    struct str v;

    if (!db_doc_get(r->t, STR("token"), token, &v, r->e))
        return false;
    if (v.p == NULL || v.n != VALUE_BYTES || get_time(v.p + 1) > r->now)
        return true;
    return db_doc_del(r->t, STR("token"), token, r->e);
}

static bool trim_one(void *arg, struct str key, struct str value)
{
    struct trim *r = arg;

    (void)value;
    if (key.n < TIME_BYTES || get_time(key.p) > r->now || r->n == TRIM_MOST)
        return false;
    r->n++;
    r->last = arena_dup(&r->mem, key);
    return remove_token(r, str_from(r->last, TIME_BYTES)) &&
           db_doc_del(r->t, STR("token-age"), r->last, r->e);
}

static bool trim(struct db_txn *t, struct err *e)
{
    struct trim r = {.t = t, .now = now_ms(t), .e = e};
    struct str after;

    if (!db_doc_get(t, STR("token-trim"), STR(""), &after, e))
        return false;
    if (after.n >= TIME_BYTES && get_time(after.p) > r.now)
        after.n = 0; /* the clock was put back */
    bool good =
        db_doc_scan_after(t, STR("token-age"), after, trim_one, &r, e) && e->code == ERR_NONE;
    if (good && r.last.p != NULL)
        good = db_doc_put(t, STR("token-trim"), STR(""), r.last, e);
    arena_free(&r.mem);
    return good;
}

bool db_token_put(struct db_txn *t, struct str token,
                  const unsigned char digest[DB_TOKEN_DIGEST_BYTES], struct err *e)
{
    char value[VALUE_BYTES] = {VERSION};
    struct buf age = {0};

    put_time(value + 1, now_ms(t) + DB_TOKEN_MS);
    memcpy(value + 1 + TIME_BYTES, digest, DB_TOKEN_DIGEST_BYTES);
    buf_add(&age, (struct str){value + 1, TIME_BYTES});
    buf_add(&age, token);
    bool good = db_doc_put(t, STR("token"), token, (struct str){value, sizeof(value)}, e) &&
                db_doc_put(t, STR("token-age"), buf_str(&age), STR(""), e);
    buf_free(&age);
    if (good && env_random(db_env(db_txn_db(t))) % TRIM_EVERY == 0)
        good = trim(t, e);
    return good;
}
