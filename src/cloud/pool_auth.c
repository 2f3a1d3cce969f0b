/* pool_auth.c - see pool_auth.h. */
#include "cloud/pool_auth.h"

#include "cloud/pool_op.h"
#include "cloud/pool_token.h"
#include "codec/base64.h"

static const struct field session_fields[] = {
    FIELD(struct pool_session, kind, "K", &shape_string, OPTIONAL),
    FIELD(struct pool_session, pool, "P", &shape_string, OPTIONAL),
    FIELD(struct pool_session, client, "C", &shape_string, OPTIONAL),
    FIELD(struct pool_session, user, "U", &shape_string, OPTIONAL),
    FIELD(struct pool_session, name, "N", &shape_string, OPTIONAL),
    FIELD(struct pool_session, id, "I", &shape_string, OPTIONAL),
    FIELD(struct pool_session, a, "A", &shape_blob, OPTIONAL),
    FIELD(struct pool_session, b, "B", &shape_blob, OPTIONAL),
    FIELD(struct pool_session, expires_ms, "E", &shape_long, OPTIONAL),
    {0},
};
static const struct shape session_shape = {
    .kind = SHAPE_STRUCT,
    .name = "Session",
    .size = sizeof(struct pool_session),
    .fields = session_fields,
};

struct str pool_session_seal(struct pool_rq *rq, struct pool_session *s)
{
    struct buf plain = {.mem = rq->mem}, sealed = {.mem = rq->mem}, text = {.mem = rq->mem};
    struct json_out o = {.to = &plain};
    int64_t minutes = rq->client.session_minutes.set ? rq->client.session_minutes.v : 3;
    s->pool = rq->pool.id;
    s->client = rq->client.id;
    s->id = pool_uuid(rq);
    s->expires_ms = (struct opt_int){true, rq->now_ms + minutes * 60 * 1000};
    op_encode(&o, &session_shape, s);
    pool_seal(rq->pools->session_key, STR("session"), buf_str(&plain), &sealed);
    base64_encode(&text, buf_str(&sealed));
    return buf_str(&text);
}

bool pool_session_open(struct pool_rq *rq, const char *kind, struct str sealed,
                       struct pool_session *out)
{
    struct buf bytes = {.mem = rq->mem}, plain = {.mem = rq->mem};
    struct err ignored = {0};
    *out = (struct pool_session){0};
    if (!base64_decode(&bytes, sealed) ||
        !pool_unseal(rq->pools->session_key, STR("session"), buf_str(&bytes), &plain) ||
        !op_decode_doc(rq->mem, &session_shape, buf_str(&plain), out, &ignored) ||
        !str_eq(out->kind, str_from_c(kind)) || !str_eq(out->pool, rq->pool.id) ||
        !str_eq(out->client, rq->client.id))
        return err_set(rq->e, ERR_NOT_AUTHORIZED, "Invalid session for the user.");
    if (out->expires_ms.v <= rq->now_ms)
        return err_set(rq->e, ERR_NOT_AUTHORIZED,
                       "Invalid session for the user, session is expired.");
    return true;
}

bool pool_session_use(struct pool_rq *rq, const struct pool_session *s)
{
    return pool_limits_take(rq->pools->limits, POOL_LIMIT_SESSION, s->id, rq->now_ms) ||
           err_set(rq->e, ERR_NOT_AUTHORIZED,
                   "Invalid session for the user, session can only be used once.");
}

struct str pool_auth_parameter(const struct map *m, const char *name)
{
    const struct str *v = m->v;
    for (uint32_t i = 0; i < m->n; i++)
        if (str_eq(m->key[i], str_from_c(name)))
            return v[i];
    return (struct str){0};
}

bool pool_auth_need(struct pool_rq *rq, const struct map *m, const char *name, struct str *out)
{
    *out = pool_auth_parameter(m, name);
    return out->n > 0 ||
           err_set(rq->e, ERR_INVALID_PARAMETER, "Missing required parameter %s", name);
}

bool pool_auth_wrong(struct pool_rq *rq)
{
    return err_set(rq->e, ERR_NOT_AUTHORIZED, "Incorrect username or password.");
}

bool pool_auth_may_try(struct pool_rq *rq, struct str name)
{
    return pool_limits_password(rq->pools->limits, pool_limit_name(rq, name), rq->now_ms) ||
           err_set(rq->e, ERR_NOT_AUTHORIZED, "Password attempts exceeded");
}

static void member(struct json_out *o, const char *name, struct str value)
{
    json_out_name(o, str_from_c(name));
    json_out_str(o, value);
}

static struct str attributes_json(struct pool_rq *rq)
{
    struct buf b = {.mem = rq->mem};
    struct json_out o = {.to = &b};
    const struct attribute *a = rq->user.attributes.v;
    json_out_open(&o, '{');
    for (uint32_t i = 0; i < rq->user.attributes.n; i++)
        if (!str_eq(a[i].name, STR("sub"))) {
            json_out_name(&o, a[i].name);
            json_out_str(&o, a[i].value);
        }
    json_out_close(&o, '}');
    return buf_str(&b);
}

static void ask_for_new_password(struct pool_rq *rq, struct str name)
{
    struct pool_session s = {
        .kind = STR(POOL_SESSION_NEW_PASSWORD), .user = rq->user.name, .name = name};
    struct json_out *o = &rq->out;
    member(o, "ChallengeName", STR("NEW_PASSWORD_REQUIRED"));
    member(o, "Session", pool_session_seal(rq, &s));
    json_out_name(o, STR("ChallengeParameters"));
    json_out_open(o, '{');
    member(o, "USER_ID_FOR_SRP", rq->user.name);
    member(o, "requiredAttributes", STR("[]"));
    member(o, "userAttributes", attributes_json(rq));
    json_out_close(o, '}');
}

bool pool_auth_proceed(struct pool_rq *rq, struct str name)
{
    const struct user *u = &rq->user;
    pool_limits_password_right(rq->pools->limits, pool_limit_name(rq, name));
    if (u->enabled == TRI_FALSE)
        return err_set(rq->e, ERR_NOT_AUTHORIZED, "User is disabled.");
    if (str_eq(u->status, STR("UNCONFIRMED")))
        return err_set(rq->e, ERR_USER_NOT_CONFIRMED, "User is not confirmed.");
    if (str_eq(u->status, STR("RESET_REQUIRED")))
        return err_set(rq->e, ERR_PASSWORD_RESET_REQUIRED, "Password reset required for the user");
    if (str_eq(u->status, STR("FORCE_CHANGE_PASSWORD"))) {
        if (u->temporary_until_ms.set && u->temporary_until_ms.v <= rq->now_ms)
            return err_set(rq->e, ERR_NOT_AUTHORIZED,
                           "Temporary password has expired and must be reset by an administrator.");
        ask_for_new_password(rq, name);
        return true;
    }
    json_out_name(&rq->out, STR("ChallengeParameters"));
    json_out_open(&rq->out, '{');
    json_out_close(&rq->out, '}');
    return pool_token_write(rq, NULL);
}
