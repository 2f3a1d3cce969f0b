/* pool_user.c - finding pools, clients and users, and changing users.
 *
 * (1) A user's document and its aliases change in one transaction.
 * (2) An alias leads to one user; a user keeps an alias that was taken away in his
 *     attributes only.
 * (3) The number of users of a pool changes with its users. */
#include <stdio.h>
#include <stdlib.h>

#include "cloud/pool_attribute.h"
#include "cloud/user_pools.h"

struct str pool_short_id(struct str pool_id)
{
    const char *last = memrchr(pool_id.p, '_', pool_id.n);
    return last != NULL ? str_from(pool_id, (size_t)(last - pool_id.p) + 1) : pool_id;
}

struct str pool_uuid(struct pool_rq *rq)
{
    unsigned char r[16];
    pool_random(r, sizeof(r));
    r[6] = (unsigned char)((r[6] & 0x0F) | 0x40);
    r[8] = (unsigned char)((r[8] & 0x3F) | 0x80);
    return arena_printf(
        rq->mem, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", r[0], r[1],
        r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10], r[11], r[12], r[13], r[14], r[15]);
}

struct str pool_fold(const struct pool_rq *rq, struct str name)
{
    const struct username_config *u = rq->pool.username;
    if (u != NULL && u->case_sensitive == TRI_TRUE)
        return name;
    char *p = arena_bytes(rq->mem, name.n + 1);
    for (size_t i = 0; i < name.n; i++)
        p[i] = (char)(name.p[i] >= 'A' && name.p[i] <= 'Z' ? name.p[i] + 32 : name.p[i]);
    return (struct str){p, name.n};
}

bool pool_hides_users(const struct pool_rq *rq)
{
    return str_eq(rq->client.existence_errors, STR("ENABLED"));
}

struct str pool_limit_name(struct pool_rq *rq, struct str name)
{
    return pool_key2(rq->mem, rq->pool.id, rq->found ? rq->user.name : pool_fold(rq, name));
}

bool pool_limit_source(struct pool_rq *rq, enum pool_limit kind)
{
    return pool_limits_take(rq->pools->limits, kind, rq->source, rq->now_ms) ||
           err_set(rq->e, ERR_TOO_MANY_REQUESTS, "Too many requests");
}

struct load {
    struct pool_rq *rq;
    struct str id;
};

static bool load_pool(void *arg, struct db_txn *t, struct err *e)
{
    struct load *l = arg;
    struct pool_rq *rq = l->rq;
    bool found, has_key;
    rq->pool = (struct pool){0};
    if (!pool_doc_load(t, rq->mem, STR("pool"), l->id, &pool_doc_shape, &rq->pool, &found, e) ||
        !pool_doc_load(t, rq->mem, STR("pool-key"), l->id, &pool_key_shape, &rq->key, &has_key, e))
        return false;
    if (!found || !has_key || rq->key.seal.n != POOL_SEAL_KEY_BYTES)
        return err_set(e, ERR_RESOURCE_NOT_FOUND, "User pool " STR_FMT " does not exist.",
                       STR_ARG(l->id));
    return true;
}

bool pool_load(struct pool_rq *rq, struct str pool_id)
{
    struct load l = {rq, pool_id};
    return cloud_read(rq->cloud, load_pool, &l, rq->e);
}

static bool load_client(void *arg, struct db_txn *t, struct err *e)
{
    struct load *l = arg;
    struct pool_rq *rq = l->rq;
    struct str pool_id;
    bool found = false;
    if (!db_doc_get(t, STR("pool-of-client"), l->id, &pool_id, e))
        return false;
    pool_id = arena_dup(rq->mem, pool_id);
    rq->client = (struct pool_client){0};
    if (pool_id.n > 0 &&
        !pool_doc_load(t, rq->mem, STR("pool-client"), pool_key2(rq->mem, pool_id, l->id),
                       &pool_client_doc_shape, &rq->client, &found, e))
        return false;
    if (!found)
        return err_set(e, ERR_RESOURCE_NOT_FOUND, "User pool client " STR_FMT " does not exist.",
                       STR_ARG(l->id));
    struct load pool = {rq, pool_id};
    return load_pool(&pool, t, e);
}

bool pool_load_client(struct pool_rq *rq, struct str client_id)
{
    struct load l = {rq, client_id};
    return cloud_read(rq->cloud, load_client, &l, rq->e);
}

bool pool_load_both(struct pool_rq *rq, struct str pool_id, struct str client_id)
{
    if (!pool_load(rq, pool_id) || !pool_load_client(rq, client_id))
        return false;
    return str_eq(rq->client.pool_id, pool_id) ||
           err_set(rq->e, ERR_RESOURCE_NOT_FOUND, "User pool client " STR_FMT " does not exist.",
                   STR_ARG(client_id));
}

static struct str alias_key(struct pool_rq *rq, struct str kind, struct str value)
{
    return arena_printf(rq->mem, STR_FMT "/" STR_FMT ":" STR_FMT, STR_ARG(rq->pool.id),
                        STR_ARG(kind), STR_ARG(pool_fold(rq, value)));
}

static bool load_user(struct pool_rq *rq, struct db_txn *t, struct str name, struct user *u,
                      bool *found, struct err *e)
{
    *u = (struct user){0};
    return pool_doc_load(t, rq->mem, STR("pool-user"), pool_key2(rq->mem, rq->pool.id, name),
                         &user_doc_shape, u, found, e);
}

static bool look_for_user(void *arg, struct db_txn *t, struct err *e)
{
    static const struct str kinds[] = {STR("email"), STR("phone_number"), STR("preferred_username"),
                                       STR("sub")};
    struct load *l = arg;
    struct pool_rq *rq = l->rq;
    if (!load_user(rq, t, pool_fold(rq, l->id), &rq->user, &rq->found, e))
        return false;
    for (size_t i = 0; i < COUNT_OF(kinds) && !rq->found; i++) {
        struct str name;
        if (!db_doc_get(t, STR("pool-alias"), alias_key(rq, kinds[i], l->id), &name, e))
            return false;
        if (name.n > 0 && !load_user(rq, t, arena_dup(rq->mem, name), &rq->user, &rq->found, e))
            return false;
    }
    return true;
}

bool pool_look_for_user(struct pool_rq *rq, struct str name)
{
    struct load l = {rq, name};
    return cloud_read(rq->cloud, look_for_user, &l, rq->e);
}

bool pool_load_user(struct pool_rq *rq, struct str pool_id, struct str name)
{
    return pool_load(rq, pool_id) && pool_look_for_user(rq, name) &&
           (rq->found || err_set(rq->e, ERR_USER_NOT_FOUND, "User does not exist."));
}

/* The keys of the aliases that a document asks for; returns how many. */
static size_t aliases_of(struct pool_rq *rq, const struct user *u, struct str key[4])
{
    static const struct {
        struct str name, verified;
    } kinds[] = {
        {STR("email"), STR("email_verified")},
        {STR("phone_number"), STR("phone_number_verified")},
        {STR("preferred_username"), {0}},
    };
    size_t n = 0;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct str value = pool_attribute_get(&u->attributes, kinds[i].name);
        bool by_alias =
            pool_list_has(&rq->pool.aliases, kinds[i].name) &&
            (kinds[i].verified.n == 0 ||
             str_eq(pool_attribute_get(&u->attributes, kinds[i].verified), STR("true")));
        if (value.n > 0 &&
            (pool_list_has(&rq->pool.username_attributes, kinds[i].name) || by_alias))
            key[n++] = alias_key(rq, kinds[i].name, value);
    }
    if (!str_eq(u->name, u->sub))
        key[n++] = alias_key(rq, STR("sub"), u->sub);
    return n;
}

static bool has_key(const struct str *key, size_t n, struct str k)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(key[i], k))
            return true;
    return false;
}

/* Moves the aliases from those of `was` (NULL: none) to those of `is` (NULL: none). */
static bool move_aliases(struct pool_rq *rq, struct db_txn *t, const struct user *was,
                         const struct user *is, bool force, struct err *e)
{
    struct str old[4], new[4], owner;
    size_t old_n = was != NULL ? aliases_of(rq, was, old) : 0;
    size_t new_n = is != NULL ? aliases_of(rq, is, new) : 0;
    struct str name = was != NULL ? was->name : is->name;
    for (size_t i = 0; i < new_n; i++) {
        if (!db_doc_get(t, STR("pool-alias"), new[i], &owner, e))
            return false;
        if (owner.n > 0 && !str_eq(owner, name) && !force)
            return err_set(e, ERR_ALIAS_EXISTS,
                           "An account with the given email or phone_number already exists.");
        if (!db_doc_put(t, STR("pool-alias"), new[i], name, e))
            return false;
    }
    for (size_t i = 0; i < old_n; i++) {
        if (has_key(new, new_n, old[i]))
            continue;
        if (!db_doc_get(t, STR("pool-alias"), old[i], &owner, e) ||
            (str_eq(owner, name) && !db_doc_del(t, STR("pool-alias"), old[i], e)))
            return false;
    }
    return true;
}

static bool count(struct pool_rq *rq, struct db_txn *t, int change, struct err *e)
{
    struct str text;
    char out[32];
    if (!db_doc_get(t, STR("pool-count"), rq->pool.id, &text, e))
        return false;
    long long n = 0;
    for (size_t i = 0; i < text.n; i++)
        n = n * 10 + (text.p[i] - '0');
    snprintf(out, sizeof(out), "%lld", n + change > 0 ? n + change : 0);
    return db_doc_put(t, STR("pool-count"), rq->pool.id, str_from_c(out), e);
}

struct change {
    struct pool_rq *rq;
    pool_change *change;
    struct user *user;
    bool force;
};

static bool save(struct pool_rq *rq, struct db_txn *t, const struct user *u, struct err *e)
{
    return pool_doc_save(t, STR("pool-user"), pool_key2(rq->mem, rq->pool.id, u->name),
                         &user_doc_shape, u, e);
}

static bool change_user(void *arg, struct db_txn *t, struct err *e)
{
    struct change *c = arg;
    struct pool_rq *rq = c->rq;
    struct user was, is;
    bool found;
    if (!load_user(rq, t, rq->user.name, &was, &found, e))
        return false;
    if (!found)
        return err_set(e, ERR_USER_NOT_FOUND, "User does not exist.");
    is = was;
    if (!c->change(rq, &is, e))
        return false;
    is.modified_ms = (struct opt_int){true, rq->now_ms};
    if (!move_aliases(rq, t, &was, &is, c->force, e) || !save(rq, t, &is, e))
        return false;
    rq->user = is;
    return true;
}

bool pool_change_user(struct pool_rq *rq, pool_change *change, bool force)
{
    struct change c = {rq, change, NULL, force};
    return cloud_write(rq->cloud, change_user, &c, rq->e);
}

static bool create_user(void *arg, struct db_txn *t, struct err *e)
{
    struct change *c = arg;
    struct pool_rq *rq = c->rq;
    struct str there, pool;
    if (!db_doc_get(t, STR("pool"), rq->pool.id, &pool, e) ||
        !db_doc_get(t, STR("pool-user"), pool_key2(rq->mem, rq->pool.id, c->user->name), &there, e))
        return false;
    if (pool.p == NULL)
        return err_set(e, ERR_RESOURCE_NOT_FOUND, "User pool " STR_FMT " does not exist.",
                       STR_ARG(rq->pool.id));
    if (there.p != NULL)
        return err_set(e, ERR_USERNAME_EXISTS, "User already exists");
    if (!move_aliases(rq, t, NULL, c->user, c->force, e)) {
        if (e->code == ERR_ALIAS_EXISTS && rq->pool.username_attributes.n > 0)
            e->code = ERR_USERNAME_EXISTS;
        return false;
    }
    return count(rq, t, 1, e) && save(rq, t, c->user, e);
}

bool pool_create_user(struct pool_rq *rq, struct user *u, bool force)
{
    struct change c = {rq, NULL, u, force};
    u->created_ms = u->modified_ms = (struct opt_int){true, rq->now_ms};
    return cloud_write(rq->cloud, create_user, &c, rq->e);
}

static bool delete_user(void *arg, struct db_txn *t, struct err *e)
{
    struct change *c = arg;
    struct pool_rq *rq = c->rq;
    struct user was;
    bool found;
    if (!load_user(rq, t, rq->user.name, &was, &found, e))
        return false;
    if (!found)
        return err_set(e, ERR_USER_NOT_FOUND, "User does not exist.");
    return move_aliases(rq, t, &was, NULL, false, e) && count(rq, t, -1, e) &&
           db_doc_del(t, STR("pool-user"), pool_key2(rq->mem, rq->pool.id, was.name), e);
}

bool pool_delete_user(struct pool_rq *rq)
{
    struct change c = {rq, NULL, NULL, false};
    return cloud_write(rq->cloud, delete_user, &c, rq->e);
}
