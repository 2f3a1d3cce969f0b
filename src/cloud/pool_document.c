/* pool_document.c - what a pool publishes: its keys and its OpenID configuration. */
#include "cloud/pool_jwt.h"
#include "cloud/pool_op.h"

static bool write_keys(struct pool_rq *rq)
{
    buf_add(rq->out.to, STR("{\"keys\":["));
    if (!pool_jwt_public(rq->key.der, rq->key.kid, rq->out.to, rq->e))
        return false;
    buf_add(rq->out.to, STR("]}"));
    return true;
}

static void write_configuration(struct pool_rq *rq, struct str host)
{
    struct json_out *o = &rq->out;
    struct str id = rq->pool.id;
    static const struct {
        const char *name, *value;
    } lists[] = {
        {"id_token_signing_alg_values_supported", "[\"RS256\"]"},
        {"response_types_supported", "[\"token\"]"},
        {"subject_types_supported", "[\"public\"]"},
        {"scopes_supported", "[\"openid\",\"email\",\"phone\",\"profile\"]"},
    };
    json_out_open(o, '{');
    json_out_name(o, STR("issuer"));
    json_out_str(o, arena_printf(rq->mem, "https://cognito-idp.%s.amazonaws.com/" STR_FMT,
                                 rq->cloud->region, STR_ARG(id)));
    json_out_name(o, STR("jwks_uri"));
    json_out_str(o, arena_printf(rq->mem, "http://" STR_FMT "/" STR_FMT "/.well-known/jwks.json",
                                 STR_ARG(host), STR_ARG(id)));
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        json_out_name(o, str_from_c(lists[i].name));
        json_out_raw(o, str_from_c(lists[i].value));
    }
    json_out_close(o, '}');
}

bool pool_document(struct cloud_request *rq)
{
    static const struct str middle = STR("/.well-known/");
    const struct http_head *h = &rq->http->head;
    const char *at = memmem(h->path.p, h->path.n, middle.p, middle.n);
    struct str id = {h->path.p + 1, (size_t)(at - h->path.p)};
    struct str name = str_from(h->path, (size_t)(at - h->path.p) + middle.n);
    struct pool_rq prq = {
        .cloud = rq->cloud,
        .pools = rq->cloud->pools,
        .mem = rq->mem,
        .out = {.to = rq->body},
        .e = &rq->err,
        .now_ms = env_now_ms(rq->cloud->env),
    };
    bool keys = str_eq(name, STR("jwks.json"));
    if (id.n == 0 || (!keys && !str_eq(name, STR("openid-configuration"))))
        return err_set(&rq->err, ERR_RESOURCE_NOT_FOUND, "There is no such document.");
    id.n--; /* the slash in front */
    if (!pool_load(&prq, id))
        return false;
    if (keys)
        return write_keys(&prq);
    write_configuration(&prq, http_header(h, STR("host")));
    return true;
}
