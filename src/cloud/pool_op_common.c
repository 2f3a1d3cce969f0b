/* pool_op_common.c - what several operations on user pools do. */
#include <openssl/crypto.h>

#include "cloud/pool_attribute.h"
#include "cloud/pool_op.h"
#include "cloud/trigger.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "codec/sha256.h"

static const struct field user_fields[] = {
    FIELD(struct pool_user_in, pool_id, "UserPoolId", &pool_shape_id, REQUIRED),
    FIELD(struct pool_user_in, username, "Username", &pool_shape_username, REQUIRED),
    FIELD(struct pool_user_in, context, "ClientMetadata", &pool_shape_context, OPTIONAL),
    {0},
};
const struct shape pool_user_shape = {
    .kind = SHAPE_STRUCT,
    .name = "User",
    .size = sizeof(struct pool_user_in),
    .fields = user_fields,
};

bool pool_check_secret(struct pool_rq *rq, struct str username, struct str given)
{
    struct hmac_key key;
    unsigned char digest[SHA256_BYTES];
    struct buf text = {.mem = rq->mem}, want = {.mem = rq->mem};
    struct str client = rq->client.id;
    if (rq->client.secret.n == 0 && given.p == NULL)
        return true;
    if (given.p == NULL)
        return err_set(rq->e, ERR_NOT_AUTHORIZED,
                       "Client " STR_FMT " is configured with secret but SECRET_HASH was not "
                       "received",
                       STR_ARG(client));
    hmac_key_init(&key, rq->client.secret);
    buf_add(&text, username);
    buf_add(&text, client);
    hmac_sha256(&key, buf_str(&text), digest);
    base64_encode(&want, (struct str){(const char *)digest, sizeof(digest)});
    if (rq->client.secret.n > 0 && want.n == given.n &&
        CRYPTO_memcmp(want.p, given.p, given.n) == 0)
        return true;
    return err_set(rq->e, ERR_NOT_AUTHORIZED, "Unable to verify secret hash for client " STR_FMT,
                   STR_ARG(client));
}

void pool_write_attributes(struct json_out *o, const struct list *attributes,
                           const struct list *only)
{
    const struct attribute *a = attributes->v;
    json_out_open(o, '[');
    for (uint32_t i = 0; i < attributes->n; i++) {
        if (only != NULL && !pool_list_has(only, a[i].name))
            continue;
        json_out_open(o, '{');
        json_out_name(o, STR("Name"));
        json_out_str(o, a[i].name);
        json_out_name(o, STR("Value"));
        json_out_str(o, a[i].value);
        json_out_close(o, '}');
    }
    json_out_close(o, ']');
}

void pool_write_user(struct json_out *o, const struct user *u, const char *attributes_name,
                     const struct list *only)
{
    json_out_name(o, STR("Username"));
    json_out_str(o, u->name);
    json_out_name(o, str_from_c(attributes_name));
    pool_write_attributes(o, &u->attributes, only);
    json_out_name(o, STR("UserCreateDate"));
    json_out_seconds(o, u->created_ms.v);
    json_out_name(o, STR("UserLastModifiedDate"));
    json_out_seconds(o, u->modified_ms.v);
    json_out_name(o, STR("Enabled"));
    json_out_bool(o, u->enabled != TRI_FALSE);
    json_out_name(o, STR("UserStatus"));
    json_out_str(o, u->status);
}

static void member(struct json_out *o, const char *name, struct str value)
{
    json_out_name(o, str_from_c(name));
    json_out_str(o, value);
}

static struct str event(struct pool_rq *rq, const char *source, struct str client_id)
{
    struct buf b = {.mem = rq->mem};
    struct json_out o = {.to = &b};
    const struct attribute *a = rq->user.attributes.v;
    json_out_open(&o, '{');
    member(&o, "version", STR("1"));
    member(&o, "region", str_from_c(rq->cloud->region));
    member(&o, "userPoolId", rq->pool.id);
    member(&o, "userName", rq->user.name);
    json_out_name(&o, STR("callerContext"));
    json_out_open(&o, '{');
    member(&o, "awsSdkVersion", STR("aws-sdk-unknown-unknown"));
    member(&o, "clientId", client_id.n > 0 ? client_id : STR("CLIENT_ID_NOT_APPLICABLE"));
    json_out_close(&o, '}');
    member(&o, "triggerSource", str_from_c(source));
    json_out_name(&o, STR("request"));
    json_out_open(&o, '{');
    json_out_name(&o, STR("userAttributes"));
    json_out_open(&o, '{');
    for (uint32_t i = 0; i < rq->user.attributes.n; i++) {
        json_out_name(&o, a[i].name);
        json_out_str(&o, a[i].value);
    }
    member(&o, "cognito:user_status", rq->user.status);
    json_out_close(&o, '}');
    json_out_close(&o, '}');
    json_out_name(&o, STR("response"));
    json_out_open(&o, '{');
    json_out_close(&o, '}');
    json_out_close(&o, '}');
    return buf_str(&b);
}

bool pool_post_confirmation(struct pool_rq *rq, const char *source, struct str client_id)
{
    struct buf reply = {.mem = rq->mem};
    struct err failed;
    struct json j;
    err_init(&failed, rq->mem);
    if (rq->pool.lambda == NULL || rq->pool.lambda->post_confirmation.n == 0)
        return true;
    const char *arn = arena_cstr(rq->mem, rq->pool.lambda->post_confirmation);
    if (!trigger_invoke(rq->cloud, arn, event(rq, source, client_id), &reply, &failed)) {
        struct str why = err_text(&failed);
        bool stop = why.n > 0 && why.p[why.n - 1] == '.';
        return err_set(rq->e, ERR_USER_LAMBDA_VALIDATION,
                       "PostConfirmation failed with error " STR_FMT "%s", STR_ARG(why),
                       stop ? "" : ".");
    }
    json_init(&j, rq->mem, buf_str(&reply), 64);
    enum json_type type = json_next(&j);
    json_skip_rest(&j, type);
    return (type == JSON_OBJECT && json_end(&j)) ||
           err_set(rq->e, ERR_INVALID_LAMBDA_RESPONSE, "Unrecognizable lambda output");
}
