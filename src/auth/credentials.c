/* credentials.c - the keys that may sign.
 *
 * (1) The keys are sorted by access key and never change after loading; only the
 *     derived keys do, under the lock.
 * (2) Whoever knows an access key can make us derive keys before the signature is
 *     looked at, so a key keeps at most SLOTS of them, the oldest making room. */
#include "auth/credentials.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#include "auth/auth_file_int.h"
#include "auth/ini.h"
#include "auth/sigv4_int.h"
#include "base/lock.h"

enum { SLOTS = 8, SCOPE_BYTES_MAX = 96 };

struct slot {
    char scope[SCOPE_BYTES_MAX]; /* date/region/service */
    size_t scope_n;
    struct hmac_key key;
};

struct entry {
    struct str access_key, secret_key, session_token;
    unsigned line;
    struct slot *slots; /* NULL until the first is needed */
    size_t used;        /* ever; the next goes to used % SLOTS */
};

struct credentials {
    struct arena mem;
    struct entry *entries;
    size_t n;
    struct lock lock;
};

static void take_setting(struct entry *to, const struct ini *i)
{
    if (i->value.n == 0)
        return;
    if (str_eq(i->key, STR("aws_access_key_id")))
        to->access_key = i->value;
    else if (str_eq(i->key, STR("aws_secret_access_key")))
        to->secret_key = i->value;
    else if (str_eq(i->key, STR("aws_session_token")))
        to->session_token = i->value;
}

/* Printable, and none of what separates the parts of an Authorization header. */
static bool can_be_sent(struct str access_key)
{
    for (size_t i = 0; i < access_key.n; i++) {
        char c = access_key.p[i];
        if (c <= ' ' || c > '~' || c == '/' || c == ',' || c == '=')
            return false;
    }
    return true;
}

/* A profile is complete: is it a key, nothing of the kind, or half of one? */
static bool finish_profile(struct credentials *c, const char *file, struct err *e)
{
    const struct entry *k = &c->entries[c->n];
    if (k->access_key.p == NULL && k->secret_key.p == NULL)
        return true;
    if (k->secret_key.p == NULL)
        return err_set(e, ERR_VALIDATION, "%s:%u: no aws_secret_access_key in this profile", file,
                       k->line);
    if (k->access_key.p == NULL)
        return err_set(e, ERR_VALIDATION, "%s:%u: no aws_access_key_id in this profile", file,
                       k->line);
    if (!can_be_sent(k->access_key))
        return err_set(e, ERR_VALIDATION,
                       "%s:%u: an access key of this profile's form cannot be sent", file, k->line);
    c->n++;
    return true;
}

static size_t count_sections(struct str text)
{
    struct ini i;
    size_t n = 0;
    ini_init(&i, text);
    while (ini_next(&i))
        n += i.key.p == NULL;
    return n;
}

static bool parse(struct credentials *c, const char *file, struct str text, struct err *e)
{
    struct ini i;
    c->entries = NEW_ARRAY(&c->mem, struct entry, count_sections(text) + 1);
    ini_init(&i, text);
    while (ini_next(&i)) {
        if (i.key.p == NULL) {
            if (!finish_profile(c, file, e))
                return false;
            c->entries[c->n] = (struct entry){.line = i.line};
        } else {
            take_setting(&c->entries[c->n], &i);
        }
    }
    if (i.problem != NULL)
        return err_set(e, ERR_VALIDATION, "%s:%u: %s", file, i.line, i.problem);
    return finish_profile(c, file, e);
}

static int by_access_key(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return str_cmp(x->access_key, y->access_key);
}

/* The same key under two profiles is one key; with two secrets it is a mistake. */
static bool unite(struct credentials *c, const char *file, struct err *e)
{
    size_t n = 0;
    if (c->n == 0)
        return err_set(e, ERR_VALIDATION, "%s: no profile has keys", file);
    qsort(c->entries, c->n, sizeof(*c->entries), by_access_key);
    for (size_t i = 0; i < c->n; i++) {
        const struct entry *k = &c->entries[i], *last = n > 0 ? &c->entries[n - 1] : NULL;
        if (last == NULL || !str_eq(last->access_key, k->access_key))
            c->entries[n++] = *k;
        else if (!str_eq(last->secret_key, k->secret_key) ||
                 !str_eq(last->session_token, k->session_token))
            return err_set(e, ERR_VALIDATION,
                           "%s:%u: the access key of this profile has another secret in line %u",
                           file, k->line > last->line ? k->line : last->line,
                           k->line > last->line ? last->line : k->line);
    }
    c->n = n;
    return true;
}

bool credentials_parse(const char *file, struct str text, struct credentials **out, struct err *e)
{
    struct credentials *c = calloc(1, sizeof(*c));
    if (c == NULL)
        abort();
    lock_init(&c->lock, LOCK_CREDENTIALS);
    if (!parse(c, file, arena_dup(&c->mem, text), e) || !unite(c, file, e)) {
        credentials_free(c);
        return false;
    }
    *out = c;
    return true;
}

bool credentials_load(const char *file, struct credentials **out, struct err *e)
{
    struct arena mem = {0};
    struct str text;
    bool done = auth_file_read(&mem, file, NULL, &text, e) && credentials_parse(file, text, out, e);
    arena_free(&mem);
    return done;
}

void credentials_free(struct credentials *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < c->n; i++) {
        union {
            const char *read;
            char *write;
        } secret = {.read = c->entries[i].secret_key.p};
        OPENSSL_cleanse(secret.write, c->entries[i].secret_key.n);
    }
    arena_free(&c->mem);
    lock_deinit(&c->lock);
    free(c);
}

static struct entry *find(const struct credentials *c, struct str access_key)
{
    struct entry wanted = {.access_key = access_key};
    return bsearch(&wanted, c->entries, c->n, sizeof(*c->entries), by_access_key);
}

enum credentials_match credentials_match(const struct credentials *c, struct str access_key,
                                         struct str session_token)
{
    const struct entry *k = find(c, access_key);
    if (k == NULL)
        return CREDENTIALS_UNKNOWN_KEY;
    if (k->session_token.p == NULL && session_token.p == NULL)
        return CREDENTIALS_MATCH;
    bool same = k->session_token.n == session_token.n && session_token.n > 0 &&
                CRYPTO_memcmp(k->session_token.p, session_token.p, session_token.n) == 0;
    return same ? CREDENTIALS_MATCH : CREDENTIALS_WRONG_TOKEN;
}

static struct slot *slot_of(struct entry *k, struct str scope)
{
    size_t n = k->slots != NULL ? size_min(k->used, SLOTS) : 0;
    for (size_t i = 0; i < n; i++)
        if (str_eq((struct str){k->slots[i].scope, k->slots[i].scope_n}, scope))
            return &k->slots[i];
    return NULL;
}

static void remember(struct credentials *c, struct entry *k, struct str scope,
                     const struct hmac_key *key)
{
    lock_take(&c->lock);
    if (k->slots == NULL)
        k->slots = NEW_ARRAY(&c->mem, struct slot, SLOTS);
    if (slot_of(k, scope) == NULL) {
        struct slot *s = &k->slots[k->used++ % SLOTS];
        memcpy(s->scope, scope.p, scope.n);
        s->scope_n = scope.n;
        s->key = *key;
    }
    lock_drop(&c->lock);
}

bool credentials_signing_key(struct credentials *c, struct str access_key, struct str date,
                             struct str region, struct str service, struct hmac_key *out)
{
    struct entry *k = find(c, access_key);
    char text[SCOPE_BYTES_MAX];
    struct str scope = {text, date.n + region.n + service.n + 2};
    assert(date.p != NULL && region.p != NULL && service.p != NULL);
    if (k == NULL)
        return false;
    bool keep = scope.n <= sizeof(text);
    if (keep) {
        memcpy(text, date.p, date.n);
        text[date.n] = '/';
        memcpy(text + date.n + 1, region.p, region.n);
        text[date.n + 1 + region.n] = '/';
        memcpy(text + date.n + region.n + 2, service.p, service.n);
        lock_take(&c->lock);
        const struct slot *s = slot_of(k, scope);
        if (s != NULL)
            *out = s->key;
        lock_drop(&c->lock);
        if (s != NULL)
            return true;
    }
    sigv4_derive_key(k->secret_key, date, region, service, out);
    if (keep)
        remember(c, k, scope, out);
    return true;
}
