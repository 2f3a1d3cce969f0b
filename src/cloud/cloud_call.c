/* cloud_call.c - see cloud_call.h. */
#include "cloud/cloud_call.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "auth/credentials.h"
#include "auth/sigv4.h"
#include "base/buf.h"
#include "base/env.h"

enum { DEFAULT_TIMEOUT_S = 10 };

struct place {
    bool tls;
    const char *authority; /* for the header Host */
    char *connect;         /* HOST:PORT */
    char *host;
};

const char *cloud_call_endpoint(const char *given, const char *service_variable)
{
    const char *variables[] = {service_variable, "AWS_ENDPOINT_URL"};
    for (size_t i = 0; given == NULL && i < COUNT_OF(variables); i++) {
        given = getenv(variables[i]);
        if (given != NULL && given[0] == '\0')
            given = NULL;
    }
    return given != NULL ? given : "http://127.0.0.1:8000";
}

static bool parse_endpoint(struct arena *mem, const char *url, struct place *out, struct err *e)
{
    struct str left = str_from_c(url), http = STR("http://"), https = STR("https://");
    out->tls = str_starts_with(left, https);
    if (!out->tls && !str_starts_with(left, http))
        return err_set(e, ERR_VALIDATION, "\"%s\" is not an http:// or https:// address", url);
    left = str_from(left, out->tls ? https.n : http.n);
    while (left.n > 0 && left.p[left.n - 1] == '/')
        left.n--;
    if (left.n == 0 || memchr(left.p, '/', left.n) != NULL)
        return err_set(e, ERR_VALIDATION, "\"%s\" is not the address of a server", url);
    out->authority = arena_cstr(mem, left);
    const char *bracket = memchr(left.p, ']', left.n), *colon = strrchr(out->authority, ':');
    bool has_port = colon != NULL && (left.p[0] != '[' || (bracket != NULL && bracket[1] == ':'));
    size_t host_n = has_port ? (size_t)(colon - out->authority) : left.n;
    out->connect =
        has_port
            ? arena_cstr(mem, left)
            : arena_cstr(mem, arena_printf(mem, "%s:%s", out->authority, out->tls ? "443" : "80"));
    bool six = left.p[0] == '[';
    out->host = arena_cstr(mem, (struct str){left.p + six, host_n - (six ? 2 : 0)});
    return true;
}

static void add_headers(struct arena *mem, struct buf *to, const struct cloud_call *c,
                        const struct place *at, const struct credentials_profile *who)
{
    const char *question = strchr(c->path, '?');
    struct sigv4_header sent[] = {
        {STR("Content-Type"), str_from_c(c->content_type)},
        {STR("Host"), str_from_c(at->authority)},
    };
    struct sigv4_request rq = {
        .method = str_from_c(c->method),
        .path = {c->path, question != NULL ? (size_t)(question - c->path) : strlen(c->path)},
        .query = str_from_c(question != NULL ? question + 1 : ""),
        .headers = sent,
        .headers_n = COUNT_OF(sent),
        .body = c->body,
    };
    struct sigv4_signer signer = {
        .access_key = who->access_key.n > 0 ? who->access_key : STR("stator"),
        .secret_key = who->access_key.n > 0 ? who->secret_key : STR("stator"),
        .session_token = who->session_token,
        .region = who->region.n > 0 ? who->region : STR("us-east-1"),
        .service = str_from_c(c->service),
    };
    struct sigv4_signed added;
    sigv4_sign(&signer, &rq, env_now_ms(env_system()), mem, &added);
    for (size_t i = 0; i < COUNT_OF(sent); i++)
        buf_printf(to, STR_FMT ": " STR_FMT "\r\n", STR_ARG(sent[i].name), STR_ARG(sent[i].value));
    for (size_t i = 0; i < added.n; i++)
        buf_printf(to, STR_FMT ": " STR_FMT "\r\n", STR_ARG(added.header[i].name),
                   STR_ARG(added.header[i].value));
    buf_printf(to, "Content-Length: %zu\r\nConnection: close\r\n%s\r\n", c->body.n,
               c->extra != NULL ? c->extra : "");
}

static bool fail(struct err *e, const char *what, const struct place *at)
{
    char why[256];
    unsigned long code = ERR_get_error();
    ERR_error_string_n(code, why, sizeof(why));
    const char *reason = ERR_reason_error_string(code);
    return err_set(e, ERR_IO, "cannot %s %s: %s", what, at->connect,
                   reason != NULL ? reason : "the connection broke");
}

static SSL_CTX *make_tls(void)
{
    const char *bundle = getenv("AWS_CA_BUNDLE");
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    if (ctx == NULL)
        abort();
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_set_mode(ctx, SSL_MODE_AUTO_RETRY);
    if (bundle == NULL || SSL_CTX_load_verify_locations(ctx, bundle, NULL) != 1)
        SSL_CTX_set_default_verify_paths(ctx);
    return ctx;
}

static BIO *open_connection(const struct place *at, SSL_CTX *ctx)
{
    SSL *ssl = NULL;
    BIO *b = ctx != NULL ? BIO_new_ssl_connect(ctx) : BIO_new_connect(at->connect);
    if (b == NULL)
        abort();
    if (ctx == NULL)
        return b;
    BIO_set_conn_hostname(b, at->connect);
    BIO_get_ssl(b, &ssl);
    SSL_set_tlsext_host_name(ssl, at->host);
    SSL_set1_host(ssl, at->host);
    return b;
}

static void set_timeout(BIO *b)
{
    int fd = -1;
    struct timeval t = {.tv_sec = CLOUD_CALL_TIMEOUT_S};
    if (BIO_get_fd(b, &fd) >= 0) {
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
        t.tv_sec = DEFAULT_TIMEOUT_S;
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t));
    }
}

static bool exchange(BIO *b, const struct place *at, struct str out, struct buf *in, struct err *e)
{
    char piece[16 * 1024];
    int n;
    if (BIO_do_connect(b) <= 0)
        return fail(e, "connect to", at);
    set_timeout(b);
    while (out.n > 0) {
        n = BIO_write(b, out.p, (int)size_min(out.n, 1 << 20));
        if (n <= 0)
            return fail(e, "write to", at);
        out = str_from(out, (size_t)n);
    }
    while ((n = BIO_read(b, piece, sizeof(piece))) > 0 && !in->overflow)
        buf_add(in, (struct str){piece, (size_t)n});
    return !in->overflow || err_set(e, ERR_IO, "the answer of %s is too long", at->connect);
}

struct str cloud_call_header(const struct cloud_call *c, const char *name)
{
    struct str want = str_from_c(name), left = c->head;
    while (left.n > 0) {
        const char *end = memmem(left.p, left.n, "\r\n", 2);
        struct str line = {left.p, end != NULL ? (size_t)(end - left.p) : left.n};
        left = str_from(left, end != NULL ? line.n + 2 : line.n);
        if (line.n <= want.n || line.p[want.n] != ':' ||
            !str_eq_nocase((struct str){line.p, want.n}, want))
            continue;
        line = str_from(line, want.n + 1);
        while (line.n > 0 && line.p[0] == ' ')
            line = str_from(line, 1);
        return line;
    }
    return (struct str){0};
}

/* The answers of our servers say how long they are. */
static bool parse_answer(struct cloud_call *c, struct str in, const struct place *at, struct err *e)
{
    const char *end = in.n > 0 ? memmem(in.p, in.n, "\r\n\r\n", 4) : NULL;
    if (end == NULL || in.n < 12 || memcmp(in.p, "HTTP/1.", 7) != 0)
        return err_set(e, ERR_IO, "the answer of %s is not HTTP", at->connect);
    c->head = (struct str){in.p, (size_t)(end - in.p)};
    c->reply = str_from(in, c->head.n + 4);
    c->status = (in.p[9] - '0') * 100 + (in.p[10] - '0') * 10 + (in.p[11] - '0');
    struct str length = cloud_call_header(c, "content-length");
    char text[24] = "";
    if (length.n > 0 && length.n < sizeof(text)) {
        memcpy(text, length.p, length.n);
        if (strtoull(text, NULL, 10) != c->reply.n)
            return err_set(e, ERR_IO, "the answer of %s is cut off", at->connect);
    }
    return true;
}

bool cloud_call(struct arena *mem, struct cloud_call *c, struct err *e)
{
    struct place at;
    struct credentials_profile who;
    struct buf out = {.mem = mem}, in = {.mem = mem, .max = CLOUD_CALL_REPLY_BYTES_MAX};
    if (!parse_endpoint(mem, c->endpoint, &at, e) || !credentials_profile_load(mem, &who, e))
        return false;
    buf_printf(&out, "%s %s HTTP/1.1\r\n", c->method, c->path);
    add_headers(mem, &out, c, &at, &who);
    buf_add(&out, c->body);
    ERR_clear_error();
    SSL_CTX *ctx = at.tls ? make_tls() : NULL;
    BIO *b = open_connection(&at, ctx);
    bool good = exchange(b, &at, buf_str(&out), &in, e);
    BIO_free_all(b);
    SSL_CTX_free(ctx);
    return good && parse_answer(c, buf_str(&in), &at, e);
}
