/* pool_token.c - see pool_token.h. */
#include "cloud/pool_token.h"

#include <stdio.h>
#include <stdlib.h>

#include "cloud/pool_attribute.h"
#include "cloud/pool_jwt.h"
#include "codec/base64.h"

#define SCOPE "aws.cognito.signin.user.admin"

enum { SWEEP_MAX = 64, REFRESH_DAYS_DEFAULT = 30 };

/* What is in a refresh token. */
struct refresh {
    struct str user, client, id;
    struct opt_int at_ms, expires_ms;
};
static const struct field refresh_fields[] = {
    FIELD(struct refresh, user, "U", &shape_string, OPTIONAL),
    FIELD(struct refresh, client, "C", &shape_string, OPTIONAL),
    FIELD(struct refresh, id, "J", &shape_string, OPTIONAL),
    FIELD(struct refresh, at_ms, "T", &shape_long, OPTIONAL),
    FIELD(struct refresh, expires_ms, "E", &shape_long, OPTIONAL),
    {0},
};
static const struct shape refresh_shape = {
    .kind = SHAPE_STRUCT,
    .name = "Refresh",
    .size = sizeof(struct refresh),
    .fields = refresh_fields,
};

/* What we look at of an access token. */
struct claims {
    struct str iss, client, use, user, id;
    struct opt_int exp;
};
static const struct field claims_fields[] = {
    FIELD(struct claims, iss, "iss", &shape_string, OPTIONAL),
    FIELD(struct claims, client, "client_id", &shape_string, OPTIONAL),
    FIELD(struct claims, use, "token_use", &shape_string, OPTIONAL),
    FIELD(struct claims, user, "username", &shape_string, OPTIONAL),
    FIELD(struct claims, id, "origin_jti", &shape_string, OPTIONAL),
    FIELD(struct claims, exp, "exp", &shape_long, OPTIONAL),
    {0},
};
static const struct shape claims_shape = {
    .kind = SHAPE_STRUCT,
    .name = "Claims",
    .size = sizeof(struct claims),
    .fields = claims_fields,
};

static int64_t seconds(const struct opt_int *validity, struct str unit, int64_t default_s,
                       const char *default_unit)
{
    static const struct {
        struct str name;
        int64_t s;
    } units[] = {
        {STR("seconds"), 1}, {STR("minutes"), 60}, {STR("hours"), 3600}, {STR("days"), 86400}};
    if (!validity->set || validity->v == 0)
        return default_s;
    if (unit.n == 0)
        unit = str_from_c(default_unit);
    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (str_eq(units[i].name, unit))
            return validity->v * units[i].s;
    return default_s;
}

static const struct validity_units *units_of(const struct pool_client *c)
{
    static const struct validity_units none = {0};
    return c->units != NULL ? c->units : &none;
}

static struct str sign_in_id(struct pool_rq *rq, int64_t at_ms)
{
    struct str id = pool_uuid(rq);
    char head[15];
    unsigned long long ms = (unsigned long long)at_ms & 0xFFFFFFFFFFFF;
    snprintf(head, sizeof(head), "%08llx-%04llx-", ms >> 16, ms & 0xFFFF);
    char *p = arena_bytes(rq->mem, id.n);
    memcpy(p, id.p, id.n);
    memcpy(p, head, sizeof(head) - 1);
    p[sizeof(head) - 1] = '7';
    return (struct str){p, id.n};
}

static int64_t sign_in_ms(struct str id)
{
    int64_t ms = 0;
    for (size_t i = 0; i < 13 && i < id.n; i++) {
        char c = id.p[i];
        if (c == '-')
            continue;
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0)
            return 0;
        ms = ms << 4 | digit;
    }
    return ms;
}

static void claim(struct json_out *o, const char *name, struct str value)
{
    json_out_name(o, str_from_c(name));
    json_out_str(o, value);
}

static void claim_int(struct json_out *o, const char *name, int64_t v)
{
    json_out_name(o, str_from_c(name));
    json_out_int(o, v);
}

static struct str issuer(struct pool_rq *rq)
{
    return arena_printf(rq->mem, "https://cognito-idp.%s.amazonaws.com/" STR_FMT, rq->cloud->region,
                        STR_ARG(rq->pool.id));
}

static void common_claims(struct pool_rq *rq, struct json_out *o, const struct pool_sign_in *s,
                          struct str event, const char *use, int64_t life_s)
{
    claim(o, "sub", rq->user.sub);
    claim(o, "iss", issuer(rq));
    claim(o, "origin_jti", s->id);
    claim(o, "event_id", event);
    claim(o, "token_use", str_from_c(use));
    claim_int(o, "auth_time", s->at_ms / 1000);
    claim_int(o, "exp", rq->now_ms / 1000 + life_s);
    claim_int(o, "iat", rq->now_ms / 1000);
    claim(o, "jti", pool_uuid(rq));
}

static bool sign(struct pool_rq *rq, const struct buf *claims, struct str name)
{
    struct buf token = {.mem = rq->mem};
    pool_calculate(rq);
    bool good = pool_jwt_sign(rq->key.der, rq->key.kid, buf_str(claims), &token, rq->e);
    pool_calculated(rq);
    if (!good)
        return false;
    json_out_name(&rq->out, name);
    json_out_str(&rq->out, buf_str(&token));
    return true;
}

static bool write_access(struct pool_rq *rq, const struct pool_sign_in *s, struct str event,
                         int64_t life_s)
{
    struct buf b = {.mem = rq->mem};
    struct json_out o = {.to = &b};
    json_out_open(&o, '{');
    common_claims(rq, &o, s, event, "access", life_s);
    claim(&o, "client_id", rq->client.id);
    claim(&o, "scope", STR(SCOPE));
    claim(&o, "username", rq->user.name);
    json_out_close(&o, '}');
    return sign(rq, &b, STR("AccessToken"));
}

static bool write_id(struct pool_rq *rq, const struct pool_sign_in *s, struct str event,
                     int64_t life_s)
{
    struct buf b = {.mem = rq->mem};
    struct json_out o = {.to = &b};
    const struct attribute *a = rq->user.attributes.v;
    json_out_open(&o, '{');
    common_claims(rq, &o, s, event, "id", life_s);
    claim(&o, "aud", rq->client.id);
    claim(&o, "cognito:username", rq->user.name);
    for (uint32_t i = 0; i < rq->user.attributes.n; i++) {
        bool is_bool = str_eq(a[i].name, STR("email_verified")) ||
                       str_eq(a[i].name, STR("phone_number_verified"));
        if (str_eq(a[i].name, STR("sub")) ||
            (rq->client.read.set && !pool_list_has(&rq->client.read, a[i].name)))
            continue;
        json_out_name(&o, a[i].name);
        if (is_bool)
            json_out_bool(&o, str_eq(a[i].value, STR("true")));
        else
            json_out_str(&o, a[i].value);
    }
    json_out_close(&o, '}');
    return sign(rq, &b, STR("IdToken"));
}

static void write_refresh(struct pool_rq *rq, const struct pool_sign_in *s)
{
    int64_t life_s = seconds(&rq->client.refresh_validity, units_of(&rq->client)->refresh,
                             (int64_t)REFRESH_DAYS_DEFAULT * 86400, "days");
    struct refresh r = {
        .user = rq->user.name,
        .client = rq->client.id,
        .id = s->id,
        .at_ms = {true, s->at_ms},
        .expires_ms = {true, s->at_ms + life_s * 1000},
    };
    struct buf plain = {.mem = rq->mem}, sealed = {.mem = rq->mem}, text = {.mem = rq->mem};
    struct json_out o = {.to = &plain};
    op_encode(&o, &refresh_shape, &r);
    pool_seal((const unsigned char *)rq->key.seal.p, STR("refresh"), buf_str(&plain), &sealed);
    base64url_encode(&text, buf_str(&sealed));
    json_out_name(&rq->out, STR("RefreshToken"));
    json_out_str(&rq->out, buf_str(&text));
}

bool pool_token_write(struct pool_rq *rq, const struct pool_sign_in *sign_in)
{
    const struct validity_units *u = units_of(&rq->client);
    struct pool_sign_in s;
    struct str event = pool_uuid(rq);
    int64_t access_s = seconds(&rq->client.access_validity, u->access, 3600, "hours");
    int64_t id_s = seconds(&rq->client.id_validity, u->id, 3600, "hours");
    if (sign_in != NULL) {
        s = *sign_in;
    } else {
        /* Not before the moment from which on sign-ins of this user are valid. */
        s.at_ms = rq->now_ms > rq->user.valid_from_ms.v ? rq->now_ms : rq->user.valid_from_ms.v;
        s.id = sign_in_id(rq, s.at_ms);
    }
    json_out_name(&rq->out, STR("AuthenticationResult"));
    json_out_open(&rq->out, '{');
    if (!write_access(rq, &s, event, access_s) || !write_id(rq, &s, event, id_s))
        return false;
    if (sign_in == NULL)
        write_refresh(rq, &s);
    claim_int(&rq->out, "ExpiresIn", access_s);
    claim(&rq->out, "TokenType", STR("Bearer"));
    json_out_close(&rq->out, '}');
    return true;
}

struct revoked {
    struct pool_rq *rq;
    struct str id;
    bool found;
};

static bool read_revoked(void *arg, struct db_txn *t, struct err *e)
{
    struct revoked *r = arg;
    struct str v;
    if (!db_doc_get(t, STR("pool-revoked"), pool_key2(r->rq->mem, r->rq->pool.id, r->id), &v, e))
        return false;
    r->found = v.p != NULL;
    return true;
}

/* NotAuthorizedException with `text` when the sign-in was revoked. */
static bool still_valid(struct pool_rq *rq, struct str id, int64_t at_ms, const char *text)
{
    struct revoked r = {.rq = rq, .id = id};
    if (at_ms < rq->user.valid_from_ms.v)
        return err_set(rq->e, ERR_NOT_AUTHORIZED, "%s", text);
    if (!cloud_read(rq->cloud, read_revoked, &r, rq->e))
        return false;
    return !r.found || err_set(rq->e, ERR_NOT_AUTHORIZED, "%s", text);
}

bool pool_token_load(struct pool_rq *rq, struct str token, struct pool_sign_in *sign_in)
{
    struct pool_jwt jwt;
    struct claims c = {0};
    struct err ignored = {0};
    if (!pool_jwt_parse(rq->mem, token, &jwt) ||
        !op_decode_doc(rq->mem, &claims_shape, jwt.claims, &c, &ignored) || c.client.n == 0 ||
        !str_eq(c.use, STR("access")))
        return err_set(rq->e, ERR_NOT_AUTHORIZED, "Invalid Access Token");
    if (!pool_load_client(rq, c.client)) {
        if (rq->e->code != ERR_RESOURCE_NOT_FOUND)
            return false;
        err_init(rq->e, rq->e->mem);
        return err_set(rq->e, ERR_NOT_AUTHORIZED, "Invalid Access Token");
    }
    if (!str_eq(c.iss, issuer(rq)))
        return err_set(rq->e, ERR_NOT_AUTHORIZED, "Invalid Access Token");
    pool_calculate(rq);
    bool good = pool_jwt_verify(&jwt, rq->key.der);
    pool_calculated(rq);
    if (!good)
        return err_set(rq->e, ERR_NOT_AUTHORIZED, "Invalid Access Token");
    if (c.exp.v <= rq->now_ms / 1000)
        return err_set(rq->e, ERR_NOT_AUTHORIZED, "Access Token has expired");
    if (!pool_look_for_user(rq, c.user))
        return false;
    if (!rq->found)
        return err_set(rq->e, ERR_USER_NOT_FOUND, "User does not exist.");
    if (rq->user.enabled == TRI_FALSE)
        return err_set(rq->e, ERR_NOT_AUTHORIZED, "User is disabled.");
    if (sign_in != NULL)
        *sign_in = (struct pool_sign_in){c.id, sign_in_ms(c.id)};
    return still_valid(rq, c.id, sign_in_ms(c.id), "Access Token has been revoked");
}

static bool open_refresh(struct pool_rq *rq, struct str token, struct refresh *r)
{
    struct buf sealed = {.mem = rq->mem}, plain = {.mem = rq->mem};
    struct err ignored = {0};
    *r = (struct refresh){0};
    return base64url_decode(&sealed, token) &&
           pool_unseal((const unsigned char *)rq->key.seal.p, STR("refresh"), buf_str(&sealed),
                       &plain) &&
           op_decode_doc(rq->mem, &refresh_shape, buf_str(&plain), r, &ignored) &&
           str_eq(r->client, rq->client.id);
}

bool pool_token_refresh(struct pool_rq *rq, struct str token, struct pool_sign_in *sign_in)
{
    struct refresh r;
    if (!open_refresh(rq, token, &r))
        return err_set(rq->e, ERR_NOT_AUTHORIZED, "Invalid Refresh Token");
    if (r.expires_ms.v <= rq->now_ms)
        return err_set(rq->e, ERR_NOT_AUTHORIZED, "Refresh Token has expired");
    if (!pool_look_for_user(rq, r.user))
        return false;
    if (!rq->found)
        return err_set(rq->e, ERR_NOT_AUTHORIZED, "Invalid Refresh Token");
    if (rq->user.enabled == TRI_FALSE)
        return err_set(rq->e, ERR_NOT_AUTHORIZED, "User is disabled.");
    *sign_in = (struct pool_sign_in){r.id, r.at_ms.v};
    return still_valid(rq, r.id, r.at_ms.v, "Refresh Token has been revoked");
}

/* Removes a few entries that have become useless. */
struct sweep {
    struct pool_rq *rq;
    struct db_txn *t;
    struct str id;
    int64_t until_ms;
    int left;
    struct err *e;
    bool failed;
};

static int64_t read_ms(struct str s)
{
    int64_t v = 0;
    for (size_t i = 0; i < s.n && i < 18 && s.p[i] >= '0' && s.p[i] <= '9'; i++)
        v = v * 10 + (s.p[i] - '0');
    return v;
}

static bool sweep_one(void *arg, struct str key, struct str value)
{
    struct sweep *s = arg;
    if (read_ms(value) < s->rq->now_ms &&
        !db_doc_del(s->t, STR("pool-revoked"), arena_dup(s->rq->mem, key), s->e))
        s->failed = true;
    return --s->left > 0 && !s->failed;
}

static bool write_revoked(void *arg, struct db_txn *t, struct err *e)
{
    struct sweep *s = arg;
    struct arena *mem = s->rq->mem;
    s->t = t;
    s->e = e;
    s->left = SWEEP_MAX;
    s->failed = false;
    /* Ids begin with their moment, so the oldest are the first of the pool. */
    return db_doc_scan(t, STR("pool-revoked"), pool_key2(mem, s->rq->pool.id, STR("")), sweep_one,
                       s, e) &&
           !s->failed &&
           db_doc_put(t, STR("pool-revoked"), pool_key2(mem, s->rq->pool.id, s->id),
                      arena_printf(mem, "%lld", (long long)s->until_ms), e);
}

bool pool_token_revoke(struct pool_rq *rq, struct str token)
{
    struct refresh r;
    if (memchr(token.p, '.', token.n) != NULL)
        return err_set(rq->e, ERR_UNSUPPORTED_TOKEN_TYPE, "Only refresh tokens can be revoked");
    if (!open_refresh(rq, token, &r))
        return err_set(rq->e, ERR_UNAUTHORIZED, "Invalid refresh token");
    /* Access tokens of this sign-in live a day longer at most. */
    struct sweep s = {.rq = rq, .id = r.id, .until_ms = r.expires_ms.v + (int64_t)86400 * 1000};
    return cloud_write(rq->cloud, write_revoked, &s, rq->e);
}
