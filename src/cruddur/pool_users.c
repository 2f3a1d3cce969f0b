/* pool_users.c - see pool_users.h. */
#include "cruddur/pool_users.h"

#include <stdio.h>
#include <string.h>

#include "cruddur/settings.h"

enum { TOKEN_MAX = 4096 };

const struct ddb_doc *pool_users_of(const struct ddb_doc *list)
{
    return ddb_get(list, "Users");
}

const char *pool_users_attribute(const struct ddb_doc *user, const char *name)
{
    const struct ddb_doc *all = ddb_get(user, "Attributes");
    for (size_t i = 0; i < ddb_count(all); i++) {
        const char *n = ddb_get_string(ddb_at(all, i), "Name");
        if (n != NULL && strcmp(n, name) == 0)
            return ddb_get_string(ddb_at(all, i), "Value");
    }
    return NULL;
}

static void add_all(struct ddb_doc *to, const struct ddb_doc *page)
{
    const struct ddb_doc *users = ddb_get(page, "Users");
    for (size_t i = 0; i < ddb_count(users); i++) {
        struct ddb_doc *copy = ddb_add_object(to);
        const struct ddb_doc *user = ddb_at(users, i);
        for (size_t m = 0; m < ddb_count(user); m++)
            ddb_set_copy(copy, ddb_name_at(user, m), ddb_get(user, ddb_name_at(user, m)));
    }
}

static bool list_all(struct ddb *ddb, struct ddb_doc *to, struct ddb_error *err)
{
    char token[TOKEN_MAX] = "";
    do {
        struct ddb_doc *in = ddb_doc_new(), *out = NULL;
        ddb_set_string(in, "UserPoolId", settings_pool_id());
        struct ddb_doc *wanted = ddb_set_array(in, "AttributesToGet");
        ddb_add_string(wanted, "preferred_username");
        ddb_add_string(wanted, "sub");
        if (*token != '\0')
            ddb_set_string(in, "PaginationToken", token);
        bool good = ddb_call_service(ddb, "cognito-idp", "AWSCognitoIdentityProviderService",
                                     "ListUsers", in, &out, err);
        if (good)
            add_all(to, out);
        const char *next = good ? ddb_get_string(out, "PaginationToken") : NULL;
        snprintf(token, sizeof(token), "%s", next != NULL ? next : "");
        ddb_doc_free(out);
        ddb_doc_free(in);
        if (!good)
            return false;
    } while (*token != '\0');
    return true;
}

struct ddb_doc *pool_users_list(const struct cmd_args *a, const char *what)
{
    struct ddb_error err;
    if (*settings_pool_id() == '\0') {
        fprintf(stderr, "cruddur: AWS_COGNITO_USER_POOL_ID is not set\n");
        return NULL;
    }
    struct ddb *ddb = ddb_new(
        &(struct ddb_options){.service = "cognito-idp",
                              .endpoint = settings_endpoint("COGNITO_IDENTITY_PROVIDER", a->prod),
                              .any_credentials = !a->prod},
        &err);
    struct ddb_doc *all = ddb_doc_new();
    struct ddb_doc *users = ddb_set_array(all, "Users");
    if (ddb == NULL || !list_all(ddb, users, &err)) {
        cmd_fail(what, &err);
        ddb_doc_free(all);
        all = NULL;
    }
    ddb_free(ddb);
    return all;
}
