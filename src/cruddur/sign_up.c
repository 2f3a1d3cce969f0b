/* sign_up.c - see sign_up.h. */
#include "cruddur/sign_up.h"

static size_t chars(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return n;
}

static bool attribute(const struct ddb_doc *attributes, const char *name, struct str *out,
                      const char **type, struct err *e)
{
    *out = str_from_c(ddb_get_string(attributes, name));
    if (out->n > 0)
        return true;
    *type = "MissingAttribute";
    return err_set(e, ERR_VALIDATION, "the user has no attribute %s", name);
}

bool sign_up_read(const struct ddb_doc *attributes, struct users_new *u, const char **type,
                  struct err *e)
{
    if (!attribute(attributes, "sub", &u->cognito_user_id, type, e) ||
        !attribute(attributes, "email", &u->email, type, e) ||
        !attribute(attributes, "preferred_username", &u->handle, type, e))
        return false;
    u->display_name = str_from_c(ddb_get_string(attributes, "name"));
    if (u->display_name.n == 0)
        u->display_name = u->handle;
    if (u->handle.p[0] == '@')
        u->handle = str_from(u->handle, 1);
    *type = "InvalidAttribute";
    if (u->handle.n == 0 || chars(u->handle) > USERS_HANDLE_MAX)
        return err_set(e, ERR_VALIDATION, "preferred_username: 1 to %d characters",
                       USERS_HANDLE_MAX);
    return chars(u->display_name) <= USERS_NAME_MAX ||
           err_set(e, ERR_VALIDATION, "name: at most %d characters", USERS_NAME_MAX);
}

/* [{"Name": n, "Value": v}] as {n: v}. */
static struct ddb_doc *as_object(const struct ddb_doc *list)
{
    struct ddb_doc *object = ddb_doc_new();
    for (size_t i = 0; i < ddb_count(list); i++) {
        const char *name = ddb_get_string(ddb_at(list, i), "Name");
        const char *value = ddb_get_string(ddb_at(list, i), "Value");
        if (name != NULL && value != NULL)
            ddb_set_string(object, name, value);
    }
    return object;
}

static bool ask_pool(struct tools *t, struct arena *mem, struct str token, struct ddb_doc **out,
                     struct err *e)
{
    struct ddb *pool;
    struct ddb_error why;
    struct ddb_doc *in = ddb_doc_new(), *answer = NULL;
    bool good = tools_pool(t, &pool, e);
    ddb_set_string(in, "AccessToken", arena_cstr(mem, token));
    if (good && !ddb_call_service(pool, "cognito-idp", "AWSCognitoIdentityProviderService",
                                  "GetUser", in, &answer, &why))
        good = err_set(e, ERR_IO, "user pool: %s %s", why.type, why.message);
    if (good)
        *out = as_object(ddb_get(answer, "UserAttributes"));
    ddb_doc_free(answer);
    ddb_doc_free(in);
    return good;
}

bool sign_up_late(struct tools *t, struct sql *s, struct arena *mem, struct str token,
                  struct str sub, struct user *out, struct err *e)
{
    struct ddb_doc *attributes = NULL;
    struct users_new u;
    const char *type;
    bool made;
    bool good = ask_pool(t, mem, token, &attributes, e) && sign_up_read(attributes, &u, &type, e);
    if (good && !str_eq(u.cognito_user_id, sub))
        good = err_set(e, ERR_VALIDATION, "user pool: the token is somebody else's");
    good = good && users_insert(s, mem, &u, &made, e) && users_by_cognito_id(s, mem, sub, out, e);
    ddb_doc_free(attributes);
    return good;
}
