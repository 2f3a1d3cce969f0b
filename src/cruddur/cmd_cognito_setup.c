/* cmd_cognito_setup.c - the user pool that the application needs: the pool, the
 * client of the web page, and the two people of the sample, confirmed.
 *
 * What is there already stays as it is, so the command may be run again.
 * Prints the two ids as assignments for a shell:
 *
 *     eval "$(cruddur cognito setup)"
 *
 * The arguments: the password of the sample's people, and optionally the ARN of
 * the function that runs when a sign-up is confirmed. */
#include <stdio.h>
#include <string.h>

#include "cruddur/cmd.h"
#include "cruddur/settings.h"

enum { ID_MAX = 128 };

static const char pool_name[] = "cruddur", client_name[] = "cruddur-web";

static const struct {
    const char *email, *name, *handle;
} people[] = {
    {"afrolatino@test.com", "AfroLatino", "AfroLatino"},
    {"lmollari@centari.com", "londo", "londo"},
};

static bool call(struct ddb *ddb, const char *operation, const struct ddb_doc *in,
                 struct ddb_doc **out, struct ddb_error *err)
{
    return ddb_call_service(ddb, "cognito-idp", "AWSCognitoIdentityProviderService", operation, in,
                            out, err);
}

/* The id of the thing of that name in a list, or "". */
static void find(const struct ddb_doc *list, const char *name_member, const char *name,
                 const char *id_member, char id[ID_MAX])
{
    *id = '\0';
    for (size_t i = 0; i < ddb_count(list); i++) {
        const char *n = ddb_get_string(ddb_at(list, i), name_member);
        const char *v = ddb_get_string(ddb_at(list, i), id_member);
        if (n != NULL && v != NULL && strcmp(n, name) == 0)
            snprintf(id, ID_MAX, "%s", v);
    }
}

static bool find_pool(struct ddb *ddb, char id[ID_MAX], struct ddb_error *err)
{
    struct ddb_doc *in = ddb_doc_new(), *out = NULL;
    ddb_set_int(in, "MaxResults", 60);
    bool good = call(ddb, "ListUserPools", in, &out, err);
    find(ddb_get(out, "UserPools"), "Name", pool_name, "Id", id);
    ddb_doc_free(out);
    ddb_doc_free(in);
    return good;
}

static bool make_pool(struct ddb *ddb, const char *function, char id[ID_MAX], struct ddb_error *err)
{
    struct ddb_doc *in = ddb_doc_new(), *out = NULL;
    ddb_set_string(in, "PoolName", pool_name);
    ddb_add_string(ddb_set_array(in, "UsernameAttributes"), "email");
    ddb_add_string(ddb_set_array(in, "AutoVerifiedAttributes"), "email");
    if (function != NULL)
        ddb_set_string(ddb_set_object(in, "LambdaConfig"), "PostConfirmation", function);
    bool good = call(ddb, "CreateUserPool", in, &out, err);
    const char *made = ddb_get_string(ddb_get(out, "UserPool"), "Id");
    snprintf(id, ID_MAX, "%s", made != NULL ? made : "");
    ddb_doc_free(out);
    ddb_doc_free(in);
    return good;
}

static bool find_client(struct ddb *ddb, const char *pool, char id[ID_MAX], struct ddb_error *err)
{
    struct ddb_doc *in = ddb_doc_new(), *out = NULL;
    ddb_set_string(in, "UserPoolId", pool);
    ddb_set_int(in, "MaxResults", 60);
    bool good = call(ddb, "ListUserPoolClients", in, &out, err);
    find(ddb_get(out, "UserPoolClients"), "ClientName", client_name, "ClientId", id);
    ddb_doc_free(out);
    ddb_doc_free(in);
    return good;
}

static bool make_client(struct ddb *ddb, const char *pool, char id[ID_MAX], struct ddb_error *err)
{
    struct ddb_doc *in = ddb_doc_new(), *out = NULL;
    ddb_set_string(in, "UserPoolId", pool);
    ddb_set_string(in, "ClientName", client_name);
    struct ddb_doc *flows = ddb_set_array(in, "ExplicitAuthFlows");
    ddb_add_string(flows, "ALLOW_USER_SRP_AUTH");
    ddb_add_string(flows, "ALLOW_REFRESH_TOKEN_AUTH");
    ddb_set_string(in, "PreventUserExistenceErrors", "ENABLED");
    bool good = call(ddb, "CreateUserPoolClient", in, &out, err);
    const char *made = ddb_get_string(ddb_get(out, "UserPoolClient"), "ClientId");
    snprintf(id, ID_MAX, "%s", made != NULL ? made : "");
    ddb_doc_free(out);
    ddb_doc_free(in);
    return good;
}

static void attribute(struct ddb_doc *list, const char *name, const char *value)
{
    struct ddb_doc *a = ddb_add_object(list);
    ddb_set_string(a, "Name", name);
    ddb_set_string(a, "Value", value);
}

static bool make_person(struct ddb *ddb, const char *pool, size_t i, const char *password,
                        struct ddb_error *err)
{
    struct ddb_doc *in = ddb_doc_new();
    ddb_set_string(in, "UserPoolId", pool);
    ddb_set_string(in, "Username", people[i].email);
    ddb_set_string(in, "MessageAction", "SUPPRESS");
    struct ddb_doc *list = ddb_set_array(in, "UserAttributes");
    attribute(list, "email", people[i].email);
    attribute(list, "email_verified", "true");
    attribute(list, "name", people[i].name);
    attribute(list, "preferred_username", people[i].handle);
    bool good = call(ddb, "AdminCreateUser", in, NULL, err);
    ddb_doc_free(in);
    if (!good)
        return strcmp(err->type, "UsernameExistsException") == 0; /* and keeps the password */
    in = ddb_doc_new();
    ddb_set_string(in, "UserPoolId", pool);
    ddb_set_string(in, "Username", people[i].email);
    ddb_set_string(in, "Password", password);
    ddb_set_bool(in, "Permanent", true);
    good = call(ddb, "AdminSetUserPassword", in, NULL, err);
    ddb_doc_free(in);
    return good;
}

static bool set_up(struct ddb *ddb, const struct cmd_args *a, struct ddb_error *err)
{
    char pool[ID_MAX], client[ID_MAX];
    const char *function = a->n > 1 ? a->arg[1] : NULL;
    if (!find_pool(ddb, pool, err) || (*pool == '\0' && !make_pool(ddb, function, pool, err)) ||
        !find_client(ddb, pool, client, err) ||
        (*client == '\0' && !make_client(ddb, pool, client, err)))
        return false;
    for (size_t i = 0; i < COUNT_OF(people); i++)
        if (!make_person(ddb, pool, i, a->arg[0], err))
            return false;
    printf("export AWS_COGNITO_USER_POOL_ID=%s\n", pool);
    printf("export AWS_COGNITO_USER_POOL_CLIENT_ID=%s\n", client);
    return true;
}

static int run(const struct cmd_args *a)
{
    struct ddb_error err;
    struct ddb *ddb = ddb_new(
        &(struct ddb_options){.service = "cognito-idp",
                              .endpoint = settings_endpoint("COGNITO_IDENTITY_PROVIDER", a->prod),
                              .any_credentials = !a->prod},
        &err);
    int status = ddb != NULL && set_up(ddb, a, &err) ? 0 : cmd_fail("setup", &err);
    ddb_free(ddb);
    return status;
}

const struct cmd cmd_cognito_setup = {
    .noun = "cognito",
    .verb = "setup",
    .args = "PASSWORD [FUNCTION]",
    .help = "make the user pool, its client and the two people of the sample",
    .args_min = 1,
    .args_max = 2,
    .run = run,
};
