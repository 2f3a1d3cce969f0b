/* sigv4.c - verification: one function per thing that can be wrong, in the
 * order in which the service finds it. */
#include "auth/sigv4.h"

#include <openssl/crypto.h>

#include "auth/credentials.h"
#include "auth/sigv4_int.h"
#include "codec/time_iso.h"
#include "codec/utf8.h"

enum { WINDOW_S = 15 * 60, EXPIRES_S_MAX = 7 * 24 * 3600 };

struct authorization {
    struct str algorithm, credential, signed_headers, signature, date, token;
    struct str expires; /* of a query; absent otherwise */
};

struct verification {
    const struct sigv4_request *rq;
    struct credentials *credentials;
    int64_t now_ms;
    struct arena *mem;
    struct sigv4_params query;
    struct authorization a;
    struct str part[5]; /* of the credential: key, date, region, service, terminator */
    size_t parts;       /* as many as it has, even beyond five */
    int64_t date_ms;
};

/* What a client sent, fit to be shown in an error. */
static struct str shown(struct verification *v, struct str s)
{
    if (utf8_valid(s))
        return s;
    char *p = arena_bytes(v->mem, s.n);
    for (size_t i = 0; i < s.n; i++)
        p[i] = (unsigned char)s.p[i] < 0x80 ? s.p[i] : '?';
    return (struct str){p, s.n};
}

static struct str param(const struct verification *v, struct str name)
{
    for (size_t i = 0; i < v->query.n; i++)
        if (str_eq(v->query.p[i].name, name))
            return v->query.p[i].value;
    return (struct str){0};
}

/* Up to the next separator.  Three searches over few bytes: a loop byte by byte is dearer. */
static struct str first_word(struct str s)
{
    static const char separators[] = {',', ' ', '\t'};
    for (size_t i = 0; i < sizeof(separators) && s.n > 0; i++) {
        const char *end = memchr(s.p, separators[i], s.n);
        if (end != NULL)
            s.n = (size_t)(end - s.p);
    }
    return s;
}

/* algorithm { ( "," | " " ) name "=" value } */
static void split_header(struct authorization *a, struct str s)
{
    while (s.n > 0) {
        struct str word = first_word(s);
        const char *equals = word.n > 0 ? memchr(word.p, '=', word.n) : NULL;
        if (a->algorithm.p == NULL) {
            a->algorithm = word;
        } else if (equals != NULL) {
            struct str name = {word.p, (size_t)(equals - word.p)},
                       value = str_from(word, name.n + 1);
            if (str_eq(name, STR("Credential")))
                a->credential = value;
            else if (str_eq(name, STR("SignedHeaders")))
                a->signed_headers = value;
            else if (str_eq(name, STR("Signature")))
                a->signature = value;
        }
        s = str_from(s, word.n < s.n ? word.n + 1 : word.n);
    }
}

static bool from_header(struct verification *v, struct str header, struct err *e)
{
    struct authorization *a = &v->a;
    split_header(a, header);
    a->date = sigv4_find_header(v->rq, STR("X-Amz-Date"));
    if (a->date.p == NULL)
        a->date = sigv4_find_header(v->rq, STR("Date"));
    a->token = sigv4_find_header(v->rq, STR("X-Amz-Security-Token"));
    if (a->credential.n > 0 && a->signature.n > 0 && a->signed_headers.n > 0 && a->date.n > 0)
        return true;
    header = shown(v, header);
    return err_set(
        e, ERR_INCOMPLETE_SIGNATURE, "%s%s%s%sAuthorization=" STR_FMT,
        a->credential.n > 0 ? "" : "Authorization header requires 'Credential' parameter. ",
        a->signature.n > 0 ? "" : "Authorization header requires 'Signature' parameter. ",
        a->signed_headers.n > 0 ? "" : "Authorization header requires 'SignedHeaders' parameter. ",
        a->date.n > 0 ? ""
                      : "Authorization header requires existence of either a 'X-Amz-Date' or a "
                        "'Date' header. ",
        STR_ARG(header));
}

static bool from_query(struct verification *v, struct err *e)
{
    struct authorization *a = &v->a;
    struct {
        const char *name;
        struct str *to;
    } wanted[] = {
        {"X-Amz-Algorithm", &a->algorithm}, {"X-Amz-Credential", &a->credential},
        {"X-Amz-Signature", &a->signature}, {"X-Amz-SignedHeaders", &a->signed_headers},
        {"X-Amz-Date", &a->date},
    };
    bool missing[COUNT_OF(wanted)], any = false;
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        *wanted[i].to = param(v, str_from_c(wanted[i].name));
        missing[i] = wanted[i].to->n == 0;
        any = any || missing[i];
    }
    a->token = param(v, STR("X-Amz-Security-Token"));
    a->expires = param(v, STR("X-Amz-Expires"));
    if (!any)
        return true;
    struct str text = STR("");
    for (size_t i = 0; i < COUNT_OF(wanted); i++)
        if (missing[i])
            text = arena_printf(v->mem, STR_FMT "AWS query-string parameters must include '%s'. ",
                                STR_ARG(text), wanted[i].name);
    return err_set(e, ERR_INCOMPLETE_SIGNATURE, STR_FMT "Re-examine the query-string parameters.",
                   STR_ARG(text));
}

static bool find_authorization(struct verification *v, struct err *e)
{
    struct str header = sigv4_find_header(v->rq, STR("Authorization"));
    bool in_query = param(v, STR("X-Amz-Algorithm")).p != NULL;
    if (header.p != NULL && in_query)
        return err_set(e, ERR_INVALID_SIGNATURE,
                       "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' "
                       "as HTTP header.");
    if (in_query)
        return from_query(v, e);
    if (!str_starts_with(header, STR("AWS4-")))
        return err_set(e, ERR_MISSING_AUTHENTICATION_TOKEN,
                       "Request is missing Authentication Token");
    return from_header(v, header, e);
}

static void split_credential(struct verification *v)
{
    struct str s = v->a.credential;
    for (;;) {
        const char *slash = s.n > 0 ? memchr(s.p, '/', s.n) : NULL;
        struct str part = {s.p, slash != NULL ? (size_t)(slash - s.p) : s.n};
        if (v->parts < COUNT_OF(v->part))
            v->part[v->parts] = part;
        v->parts++;
        if (slash == NULL)
            return;
        s = str_from(s, part.n + 1);
    }
}

static bool check_key(struct verification *v, struct err *e)
{
    switch (credentials_match(v->credentials, v->part[0], v->a.token)) {
    case CREDENTIALS_MATCH:
        return true;
    case CREDENTIALS_WRONG_TOKEN:
        if (v->a.token.p != NULL)
            return err_set(e, ERR_UNRECOGNIZED_CLIENT,
                           "The security token included in the request is invalid");
        break;
    case CREDENTIALS_UNKNOWN_KEY:
        break;
    }
    return err_set(e, ERR_UNRECOGNIZED_CLIENT,
                   "The security token included in the request is invalid.");
}

static bool parse_expires(struct str s, int64_t *seconds)
{
    int64_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9' || n > EXPIRES_S_MAX)
            return false;
        n = n * 10 + (s.p[i] - '0');
    }
    *seconds = n;
    return n > 0 && n <= EXPIRES_S_MAX;
}

static bool too_late(struct verification *v, int64_t window_s, struct err *e)
{
    char now[17], edge[17];
    bool minutes = window_s % 60 == 0;
    time_iso_basic(v->now_ms, now);
    time_iso_basic(v->now_ms - window_s * 1000, edge);
    return err_set(e, ERR_INVALID_SIGNATURE,
                   "Signature expired: " STR_FMT " is now earlier than %s (%s - %d %s)",
                   STR_ARG(v->a.date), edge, now, (int)(minutes ? window_s / 60 : window_s),
                   minutes ? "min." : "sec.");
}

static bool too_early(struct verification *v, struct err *e)
{
    char now[17], edge[17];
    time_iso_basic(v->now_ms, now);
    time_iso_basic(v->now_ms + WINDOW_S * 1000, edge);
    return err_set(e, ERR_INVALID_SIGNATURE,
                   "Signature not yet current: " STR_FMT " is still later than %s (%s + 15 min.)",
                   STR_ARG(v->a.date), edge, now);
}

static bool check_date(struct verification *v, struct err *e)
{
    struct str date = v->a.date;
    int64_t window_s = WINDOW_S;
    if (!time_iso_basic_parse(date, &v->date_ms)) {
        date = shown(v, date);
        return err_set(e, ERR_INCOMPLETE_SIGNATURE,
                       "Date must be in ISO-8601 'basic format'. Got '" STR_FMT
                       "'. See http://en.wikipedia.org/wiki/ISO_8601",
                       STR_ARG(date));
    }
    if (v->a.expires.p != NULL && !parse_expires(v->a.expires, &window_s))
        return err_set(e, ERR_INCOMPLETE_SIGNATURE,
                       "X-Amz-Expires must be a number of seconds from 1 to %d", EXPIRES_S_MAX);
    int64_t late_ms = v->now_ms - v->date_ms;
    if (late_ms > window_s * 1000)
        return too_late(v, window_s, e);
    return late_ms >= -WINDOW_S * 1000 || too_early(v, e);
}

static bool host_is_signed(struct str names)
{
    while (names.n > 0) {
        const char *end = memchr(names.p, ';', names.n);
        struct str name = {names.p, end != NULL ? (size_t)(end - names.p) : names.n};
        if (str_eq_nocase(name, STR("host")))
            return true;
        names = str_from(names, end != NULL ? name.n + 1 : name.n);
    }
    return false;
}

static bool check_form(struct verification *v, struct err *e)
{
    if (!host_is_signed(v->a.signed_headers))
        return err_set(e, ERR_INVALID_SIGNATURE,
                       "'Host' must be a 'SignedHeader' in the AWS Authorization.");
    if (!str_eq(v->a.algorithm, STR("AWS4-HMAC-SHA256"))) {
        struct str algorithm = shown(v, v->a.algorithm);
        return err_set(e, ERR_INCOMPLETE_SIGNATURE,
                       "Unsupported AWS 'algorithm': '" STR_FMT
                       "' (only AWS4-HMAC-SHA256 for now). ",
                       STR_ARG(algorithm));
    }
    if (v->parts != COUNT_OF(v->part)) {
        struct str credential = shown(v, v->a.credential);
        return err_set(e, ERR_INCOMPLETE_SIGNATURE,
                       "Credential must have exactly 5 slash-delimited elements, e.g. "
                       "keyid/date/region/service/term, got '" STR_FMT "'",
                       STR_ARG(credential));
    }
    return true;
}

static bool is_region(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z') ||
              (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '-'))
            return false;
    return s.n > 0;
}

static bool check_scope(struct verification *v, struct err *e)
{
    struct str date = v->part[1], region = v->part[2], service = v->part[3], term = v->part[4];
    struct str want_region = v->rq->want_region, want_service = v->rq->want_service;
    struct str day = {v->a.date.p, 8}, text = STR("");
    if (!is_region(region) || (want_region.p != NULL && !str_eq(region, want_region)))
        text = arena_printf(v->mem,
                            "Credential should be scoped to a valid region, not '" STR_FMT "'. ",
                            STR_ARG(region));
    if (want_service.p != NULL && !str_eq(service, want_service))
        text = arena_printf(
            v->mem, STR_FMT "Credential should be scoped to correct service: '" STR_FMT "'. ",
            STR_ARG(text), STR_ARG(want_service));
    if (!str_eq(term, STR("aws4_request")))
        text = arena_printf(v->mem,
                            STR_FMT "Credential should be scoped with a valid terminator: "
                                    "'aws4_request', not '" STR_FMT "'. ",
                            STR_ARG(text), STR_ARG(term));
    if (!str_eq(date, day))
        text =
            arena_printf(v->mem,
                         STR_FMT "Date in Credential scope does not match YYYYMMDD from ISO-8601 "
                                 "version of date from HTTP: '" STR_FMT "' != '" STR_FMT
                                 "', from '" STR_FMT "'.",
                         STR_ARG(text), STR_ARG(date), STR_ARG(day), STR_ARG(v->a.date));
    if (text.n == 0)
        return true;
    text = shown(v, text);
    return err_set(e, ERR_INVALID_SIGNATURE, STR_FMT, STR_ARG(text));
}

static bool check_signature(struct verification *v, struct err *e)
{
    const struct authorization *a = &v->a;
    struct hmac_key key;
    char want[SIGV4_SIGNATURE_CHARS];
    struct str scope = str_from(a->credential, v->part[0].n + 1);
    struct str canonical = sigv4_canonical(v->rq, &v->query, a->signed_headers, v->mem);
    struct str to_sign = sigv4_string_to_sign(a->date, scope, canonical, v->mem);
    if (credentials_signing_key(v->credentials, v->part[0], v->part[1], v->part[2], v->part[3],
                                &key)) {
        sigv4_signature(&key, to_sign, want);
        if (a->signature.n == sizeof(want) &&
            CRYPTO_memcmp(want, a->signature.p, sizeof(want)) == 0)
            return true;
    }
    canonical = shown(v, canonical);
    to_sign = shown(v, to_sign);
    return err_set(
        e, ERR_INVALID_SIGNATURE,
        "The request signature we calculated does not match the signature you provided. Check "
        "your AWS Secret Access Key and signing method. Consult the service documentation for "
        "details.\n\nThe Canonical String for this request should have been\n'" STR_FMT
        "'\n\nThe String-to-Sign should have been\n'" STR_FMT "'\n",
        STR_ARG(canonical), STR_ARG(to_sign));
}

bool sigv4_verify(const struct sigv4_request *rq, struct credentials *credentials, int64_t now_ms,
                  struct arena *mem, struct sigv4_identity *out, struct err *e)
{
    struct verification v = {.rq = rq, .credentials = credentials, .now_ms = now_ms, .mem = mem};
    v.query = sigv4_parse_query(mem, rq->query);
    if (!find_authorization(&v, e))
        return false;
    split_credential(&v);
    if (credentials != NULL) {
        if (!check_key(&v, e) || !check_date(&v, e) || !check_form(&v, e) || !check_scope(&v, e) ||
            !check_signature(&v, e))
            return false;
    }
    *out = (struct sigv4_identity){v.part[0], v.part[2], v.part[3]};
    return true;
}

struct str sigv4_scope_service(struct str authorization)
{
    struct verification v = {0};
    split_header(&v.a, authorization);
    split_credential(&v);
    return v.part[3].n > 0 ? v.part[3] : (struct str){0};
}
