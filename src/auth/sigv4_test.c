/* sigv4_test.c - other people's signatures verify, ours are the same, and
 * everything that can be wrong is said in the service's words. */
#include <stdlib.h>

#include "auth/credentials.h"
#include "auth/sigv4_vectors_int.h"
#include "base/tap.h"

enum { HEADERS_MAX = 12 };

/* A request that a test may bend before it is verified. */
struct fixture {
    struct arena mem;
    struct sigv4_header headers[HEADERS_MAX];
    struct sigv4_request rq;
    struct sigv4_identity who;
    struct err e;
};

static struct credentials *with_token, *without_token;

static struct credentials *load(const char *token)
{
    struct credentials *c = NULL;
    struct err e = {0};
    char text[256];
    int n = snprintf(text, sizeof(text),
                     "[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n%s%s\n",
                     VECTOR_KEY, VECTOR_SECRET, token != NULL ? "aws_session_token = " : "",
                     token != NULL ? token : "");
    if (!credentials_parse("test", (struct str){text, (size_t)n}, &c, &e))
        abort();
    return c;
}

static void add_header(struct fixture *f, const char *name, const char *value)
{
    assert(f->rq.headers_n < HEADERS_MAX);
    f->headers[f->rq.headers_n++] = (struct sigv4_header){str_from_c(name), str_from_c(value)};
}

static void replace_header(struct fixture *f, const char *name, const char *value)
{
    for (size_t i = 0; i < f->rq.headers_n; i++)
        if (str_eq_nocase(f->headers[i].name, str_from_c(name))) {
            f->headers[i].value = str_from_c(value);
            return;
        }
    add_header(f, name, value);
}

static void init(struct fixture *f, const struct vector *v)
{
    *f = (struct fixture){0};
    f->rq = (struct sigv4_request){.method = str_from_c(v->method),
                                   .path = str_from_c(v->path),
                                   .query = str_from_c(v->query),
                                   .headers = f->headers,
                                   .body = str_from_c(v->body)};
    for (size_t i = 0; i < COUNT_OF(v->headers) && v->headers[i][0] != NULL; i++)
        add_header(f, v->headers[i][0], v->headers[i][1]);
}

static void add_authorization(struct fixture *f, const struct vector *v)
{
    add_header(f, "X-Amz-Date", VECTOR_DATE);
    if (v->token != NULL)
        add_header(f, "X-Amz-Security-Token", v->token);
    add_header(f, "Authorization",
               arena_printf(&f->mem,
                            "AWS4-HMAC-SHA256 Credential=" VECTOR_KEY
                            "/20261122/%s/%s/aws4_request, SignedHeaders=%s, Signature=%s%c",
                            v->region, v->service, v->signed_names, v->signature, 0)
                   .p);
}

static bool verify_at(struct fixture *f, struct credentials *c, int64_t now_ms)
{
    err_clear(&f->e);
    return sigv4_verify(&f->rq, c, now_ms, &f->mem, &f->who, &f->e);
}

static bool verify(struct fixture *f, struct credentials *c)
{
    return verify_at(f, c, VECTOR_NOW_MS);
}

static struct credentials *keys_for(const struct vector *v)
{
    return v->token != NULL ? load(v->token) : without_token;
}

static void test_header_vectors(void)
{
    for (size_t i = 0; i < COUNT_OF(header_vectors); i++) {
        const struct vector *v = &header_vectors[i];
        struct credentials *keys = keys_for(v);
        struct fixture f;
        struct sigv4_signed out;
        init(&f, v);
        struct sigv4_signer signer = {STR(VECTOR_KEY), STR(VECTOR_SECRET), str_from_c(v->token),
                                      str_from_c(v->region), str_from_c(v->service)};
        sigv4_sign(&signer, &f.rq, VECTOR_NOW_MS, &f.mem, &out);
        add_authorization(&f, v);
        struct sigv4_header theirs = f.headers[f.rq.headers_n - 1];
        is_bytes(out.header[out.n - 1].value, theirs.value, "signed: %s", v->name);
        ok(out.n == (v->token != NULL ? 3 : 2), "headers to add");
        is_bytes(out.header[0].value, STR(VECTOR_DATE), "the date");
        ok(verify(&f, keys), "verified: %s", v->name);
        is_str(f.e.msg, "", "no error");
        is_bytes(f.who.access_key, STR(VECTOR_KEY), "who");
        is_bytes(f.who.service, str_from_c(v->service), "service");
        is_bytes(f.who.region, str_from_c(v->region), "region");
        is_bytes(sigv4_scope_service(theirs.value), str_from_c(v->service), "service of the scope");
        f.rq.body = STR("another");
        ok(!verify(&f, keys) && f.e.code == ERR_INVALID_SIGNATURE, "another body: %s", v->name);
        if (keys != without_token)
            credentials_free(keys);
        arena_free(&f.mem);
    }
}

static void test_query_vectors(void)
{
    for (size_t i = 0; i < COUNT_OF(query_vectors); i++) {
        const struct vector *v = &query_vectors[i];
        struct credentials *keys = keys_for(v);
        struct fixture f;
        init(&f, v);
        ok(verify(&f, keys), "verified: %s", v->name);
        is_str(f.e.msg, "", "no error");
        is_bytes(f.who.service, str_from_c(v->service), "service");
        ok(verify(&f, NULL), "its shape: %s", v->name);
        f.rq.method = STR("PUT");
        ok(!verify(&f, keys) && f.e.code == ERR_INVALID_SIGNATURE, "another method: %s", v->name);
        if (keys != without_token)
            credentials_free(keys);
        arena_free(&f.mem);
    }
    struct fixture f;
    init(&f, &query_vectors[0]); /* 60 seconds */
    ok(verify_at(&f, without_token, VECTOR_NOW_MS + 60000), "the last moment");
    ok(!verify_at(&f, without_token, VECTOR_NOW_MS + 61000), "a second later");
    is_str(f.e.msg,
           "Signature expired: 20261122T103855Z is now earlier than 20261122T103856Z "
           "(20261122T103956Z - 1 min.)",
           "its text");
    arena_free(&f.mem);
}

#define AUTH "AWS4-HMAC-SHA256 "
#define CRED "Credential=" VECTOR_KEY "/20261122/us-east-1/dynamodb/aws4_request"
#define REST ", SignedHeaders=host, Signature=0"

/* First what is wrong in shape: found with and without keys. */
static const struct {
    const char *authorization, *date, *query;
    enum err_code code;
    const char *msg;
} shapes[] = {
    {NULL, NULL, "", ERR_MISSING_AUTHENTICATION_TOKEN, "Request is missing Authentication Token"},
    {"", NULL, "", ERR_MISSING_AUTHENTICATION_TOKEN, "Request is missing Authentication Token"},
    {"Bearer x", NULL, "", ERR_MISSING_AUTHENTICATION_TOKEN,
     "Request is missing Authentication Token"},
    {"AWS4", NULL, "", ERR_MISSING_AUTHENTICATION_TOKEN, "Request is missing Authentication Token"},
    {AUTH CRED REST, VECTOR_DATE, "X-Amz-Algorithm=AWS4-HMAC-SHA256", ERR_INVALID_SIGNATURE,
     "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."},
    {"AWS4-", NULL, "", ERR_INCOMPLETE_SIGNATURE,
     "Authorization header requires 'Credential' parameter. Authorization header requires "
     "'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. "
     "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
     "Authorization=AWS4-"},
    {AUTH "Credential=a,Signature=b", VECTOR_DATE, "", ERR_INCOMPLETE_SIGNATURE,
     "Authorization header requires 'SignedHeaders' parameter. "
     "Authorization=AWS4-HMAC-SHA256 Credential=a,Signature=b"},
    {AUTH "Credential=a,SignedHeaders=b", VECTOR_DATE, "", ERR_INCOMPLETE_SIGNATURE,
     "Authorization header requires 'Signature' parameter. "
     "Authorization=AWS4-HMAC-SHA256 Credential=a,SignedHeaders=b"},
    {AUTH "Credential=,SignedHeaders=b,Signature=c", VECTOR_DATE, "", ERR_INCOMPLETE_SIGNATURE,
     "Authorization header requires 'Credential' parameter. "
     "Authorization=AWS4-HMAC-SHA256 Credential=,SignedHeaders=b,Signature=c"},
    {AUTH "Credential=\xff,SignedHeaders=b", VECTOR_DATE, "", ERR_INCOMPLETE_SIGNATURE,
     "Authorization header requires 'Signature' parameter. "
     "Authorization=AWS4-HMAC-SHA256 Credential=?,SignedHeaders=b"},
    {NULL, NULL, "X-Amz-Algorithm", ERR_INCOMPLETE_SIGNATURE,
     "AWS query-string parameters must include 'X-Amz-Algorithm'. AWS query-string parameters must "
     "include 'X-Amz-Credential'. AWS query-string parameters must include 'X-Amz-Signature'. AWS "
     "query-string parameters must include 'X-Amz-SignedHeaders'. AWS query-string parameters must "
     "include 'X-Amz-Date'. Re-examine the query-string parameters."},
    {NULL, VECTOR_DATE,
     "X-Amz-Algorithm=x&X-Amz-Credential=a&X-Amz-Signature=b&X-Amz-SignedHeaders=c",
     ERR_INCOMPLETE_SIGNATURE,
     "AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string "
     "parameters."},
};

static void test_shapes(void)
{
    for (size_t i = 0; i < COUNT_OF(shapes); i++) {
        struct fixture f;
        init(&f, &header_vectors[0]);
        f.rq.query = str_from_c(shapes[i].query);
        if (shapes[i].authorization != NULL)
            add_header(&f, "authorization", shapes[i].authorization);
        if (shapes[i].date != NULL)
            add_header(&f, "x-amz-date", shapes[i].date);
        ok(!verify(&f, NULL) && f.e.code == shapes[i].code, "shape %zu", i);
        is_str(f.e.msg, shapes[i].msg, "its text");
        ok(!verify(&f, without_token) && f.e.code == shapes[i].code, "the same with keys");
        arena_free(&f.mem);
    }
    static const char *const accepted[] = {
        AUTH CRED REST,
        AUTH "Credential=a,Signature=b,SignedHeaders=c",
        AUTH "  SignedHeaders=host,,Signature=x  Credential=anyone/1/local/dynamodb/x",
        AUTH "\tSignedHeaders=host\tSignature=x,\tCredential=anyone/1/local/dynamodb/x\t",
        "AWS4-OTHER " CRED REST,
    };
    for (size_t i = 0; i < COUNT_OF(accepted); i++) {
        struct fixture f;
        init(&f, &header_vectors[0]);
        add_header(&f, "Authorization", accepted[i]);
        add_header(&f, "Date", "whenever");
        ok(verify(&f, NULL), "without keys anyone is welcome: %s", accepted[i]);
        arena_free(&f.mem);
    }
    ok(sigv4_scope_service(STR(AUTH "Credential=a/b,Signature=c")).p == NULL, "no service");
    ok(sigv4_scope_service(STR("")).p == NULL, "no authorization");
}

/* Then what only keys can tell.  The first vector, with one thing changed. */
static const struct {
    const char *authorization, *date, *token;
    int64_t late_ms;
    enum err_code code;
    const char *msg;
} refusals[] = {
    {AUTH "Credential=NOBODY/20261122/us-east-1/dynamodb/aws4_request" REST, VECTOR_DATE, NULL, 0,
     ERR_UNRECOGNIZED_CLIENT, "The security token included in the request is invalid."},
    {AUTH "Credential=NOBODY" REST, "never", NULL, 0, ERR_UNRECOGNIZED_CLIENT,
     "The security token included in the request is invalid."},
    {AUTH CRED REST, VECTOR_DATE, "stolen", 0, ERR_UNRECOGNIZED_CLIENT,
     "The security token included in the request is invalid"},
    {AUTH CRED REST, "2026-11-22T10:38:55Z", NULL, 0, ERR_INCOMPLETE_SIGNATURE,
     "Date must be in ISO-8601 'basic format'. Got '2026-11-22T10:38:55Z'. See "
     "http://en.wikipedia.org/wiki/ISO_8601"},
    {AUTH CRED REST, VECTOR_DATE, NULL, 901000, ERR_INVALID_SIGNATURE,
     "Signature expired: 20261122T103855Z is now earlier than 20261122T103856Z (20261122T105356Z - "
     "15 min.)"},
    {AUTH CRED REST, VECTOR_DATE, NULL, -901000, ERR_INVALID_SIGNATURE,
     "Signature not yet current: 20261122T103855Z is still later than 20261122T103854Z "
     "(20261122T102354Z + 15 min.)"},
    {AUTH CRED ", SignedHeaders=x-amz-date;hosts, Signature=0", VECTOR_DATE, NULL, 0,
     ERR_INVALID_SIGNATURE, "'Host' must be a 'SignedHeader' in the AWS Authorization."},
    {"AWS4-ECDSA-P256-SHA256 " CRED REST, VECTOR_DATE, NULL, 0, ERR_INCOMPLETE_SIGNATURE,
     "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256' (only AWS4-HMAC-SHA256 for now). "},
    {AUTH "Credential=" VECTOR_KEY "/20261122/us-east-1/dynamodb" REST, VECTOR_DATE, NULL, 0,
     ERR_INCOMPLETE_SIGNATURE,
     "Credential must have exactly 5 slash-delimited elements, e.g. "
     "keyid/date/region/service/term, "
     "got 'AKIDEXAMPLE/20261122/us-east-1/dynamodb'"},
    {AUTH CRED "/x" REST, VECTOR_DATE, NULL, 0, ERR_INCOMPLETE_SIGNATURE,
     "Credential must have exactly 5 slash-delimited elements, e.g. "
     "keyid/date/region/service/term, "
     "got 'AKIDEXAMPLE/20261122/us-east-1/dynamodb/aws4_request/x'"},
    {AUTH "Credential=" VECTOR_KEY "/20261121/us_east/s3/aws3" REST, VECTOR_DATE, NULL, 0,
     ERR_INVALID_SIGNATURE,
     "Credential should be scoped to a valid region, not 'us_east'. Credential should be scoped to "
     "correct service: 'dynamodb'. Credential should be scoped with a valid terminator: "
     "'aws4_request', not 'aws3'. Date in Credential scope does not match YYYYMMDD from ISO-8601 "
     "version of date from HTTP: '20261121' != '20261122', from '20261122T103855Z'."},
    {AUTH CRED REST, VECTOR_DATE, NULL, 0, ERR_INVALID_SIGNATURE,
     "The request signature we calculated does not match the signature you provided. Check your "
     "AWS "
     "Secret Access Key and signing method. Consult the service documentation for details.\n\nThe "
     "Canonical String for this request should have been\n'POST\n/\n\n"
     "host:dynamodb.us-east-1.amazonaws.com\n\nhost\n"
     "d41b95fcc88d41c33887945c48d02d5ee7b59359d07092d4f46ac84a5ca1e068'\n\nThe String-to-Sign "
     "should have been\n'AWS4-HMAC-SHA256\n20261122T103855Z\n"
     "20261122/us-east-1/dynamodb/aws4_request\n"
     "7f3b42cf19ab7da04fec7aac14141bfe56a2fcd58644355f14b6cdcd1d27e964'\n"},
};

static void test_refusals(void)
{
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        struct fixture f;
        init(&f, &header_vectors[0]);
        f.rq.want_service = STR("dynamodb");
        add_header(&f, "Authorization", refusals[i].authorization);
        add_header(&f, "X-Amz-Date", refusals[i].date);
        if (refusals[i].token != NULL)
            add_header(&f, "X-Amz-Security-Token", refusals[i].token);
        ok(!verify_at(&f, without_token, VECTOR_NOW_MS + refusals[i].late_ms) &&
               f.e.code == refusals[i].code,
           "refusal %zu", i);
        is_str(f.e.msg, refusals[i].msg, "its text");
        arena_free(&f.mem);
    }
}

static void test_bent(void)
{
    const struct vector *v = &header_vectors[0];
    struct fixture f;
    init(&f, v);
    add_authorization(&f, v);
    struct str authorization = f.headers[f.rq.headers_n - 1].value;
    ok(verify_at(&f, without_token, VECTOR_NOW_MS + 900000), "15 minutes late");
    ok(verify_at(&f, without_token, VECTOR_NOW_MS - 900000), "15 minutes early");
    add_header(&f, "X-Not-Signed", "what we like");
    ok(verify(&f, without_token), "a header that is not signed");
    replace_header(&f, "X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD");
    ok(verify(&f, without_token), "the hash is the body's own, whatever the header says");
    ok(!verify(&f, with_token), "a key that needs a token");
    is_str(f.e.msg, "The security token included in the request is invalid.", "its text");
    f.rq.want_region = STR("eu-west-1");
    ok(!verify(&f, without_token), "another region is wanted");
    is_str(f.e.msg, "Credential should be scoped to a valid region, not 'us-east-1'. ", "its text");
    f.rq.want_region = (struct str){0};
    replace_header(&f, "X-Amz-Target", "DynamoDB_20120810.DeleteTable");
    ok(!verify(&f, without_token), "a signed header was changed");
    replace_header(&f, "X-Amz-Target", "DynamoDB_20120810.GetItem");
    ok(verify(&f, without_token), "and changed back");
    f.rq.query = STR("a=b");
    ok(!verify(&f, without_token), "a query was added");
    f.rq.query = STR("");
    f.rq.path = STR("/x");
    ok(!verify(&f, without_token), "another path");
    f.rq.path = STR("/");
    bool any = false;
    char *copy = arena_cstr(&f.mem, authorization);
    replace_header(&f, "Authorization", copy);
    for (size_t i = authorization.n - 64; i < authorization.n; i++) {
        copy[i] ^= 1;
        any = any || verify(&f, without_token);
        copy[i] ^= 1;
    }
    ok(!any && verify(&f, without_token), "each character of the signature matters");
    copy[authorization.n - 1] = '\0';
    replace_header(&f, "Authorization", copy);
    ok(!verify(&f, without_token), "a signature cut short");
    arena_free(&f.mem);
}

/* A small list of names must not be made into a large text. */
static void test_repeated_names(void)
{
    struct fixture f;
    init(&f, &header_vectors[0]);
    char *names = arena_bytes(&f.mem, 15001);
    for (size_t i = 0; i < 15000; i++)
        names[i] = "host;"[i % 5];
    names[15000] = '\0';
    char *host = arena_bytes(&f.mem, 15001);
    memset(host, 'h', 15000);
    host[15000] = '\0';
    replace_header(&f, "Host", host);
    add_header(&f, "X-Amz-Date", VECTOR_DATE);
    add_header(&f, "Authorization",
               arena_printf(&f.mem, AUTH CRED ", SignedHeaders=%s, Signature=0%c", names, 0).p);
    ok(!verify(&f, without_token) && f.e.code == ERR_INVALID_SIGNATURE, "names repeated");
    arena_free(&f.mem);
}

int main(void)
{
    with_token = load("token");
    without_token = load(NULL);
    test_header_vectors();
    test_query_vectors();
    test_shapes();
    test_refusals();
    test_bent();
    test_repeated_names();
    credentials_free(with_token);
    credentials_free(without_token);
    return tap_done();
}
