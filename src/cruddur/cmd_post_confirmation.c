/* cmd_post_confirmation.c - the function that the user pool calls when a person has
 * confirmed: it gives them an account here.  Called again for the same person it
 * changes nothing; a confirmed new password is none of its business. */
#include <stdio.h>

#include "cruddur/cmd.h"
#include "cruddur/lambda_runtime.h"
#include "cruddur/settings.h"
#include "cruddur/users.h"

struct state {
    struct sql *sql; /* kept from one event to the next */
};

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

static bool read_person(const struct ddb_doc *event, struct users_new *u, const char **type,
                        struct err *e)
{
    const struct ddb_doc *at = ddb_get(ddb_get(event, "request"), "userAttributes");
    if (!attribute(at, "sub", &u->cognito_user_id, type, e) ||
        !attribute(at, "email", &u->email, type, e) ||
        !attribute(at, "preferred_username", &u->handle, type, e))
        return false;
    u->display_name = str_from_c(ddb_get_string(at, "name"));
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

static bool insert(struct state *s, const struct users_new *u, struct err *e)
{
    struct arena mem = {0};
    bool made, good = (s->sql != NULL || sql_open(settings_db_url(false), &s->sql, e)) &&
                      users_insert(s->sql, &mem, u, &made, e);
    if (good)
        printf("%s " STR_FMT "\n", made ? "account made for" : "account was there for",
               STR_ARG(u->cognito_user_id));
    if (!good)
        sql_close(&s->sql);
    arena_free(&mem);
    return good;
}

static bool handle(void *arg, struct str text, struct buf *reply, const char **type, struct err *e)
{
    struct ddb_error why;
    struct users_new u;
    struct ddb_doc *event = ddb_doc_parse(text.p != NULL ? text.p : "", text.n, &why);
    *type = "MalformedEvent";
    if (event == NULL)
        return err_set(e, ERR_VALIDATION, "%s", why.message);
    const char *trigger = ddb_get_string(event, "triggerSource");
    bool good = true;
    if (trigger != NULL && strcmp(trigger, "PostConfirmation_ConfirmSignUp") == 0) {
        good = read_person(event, &u, type, e);
        if (good) {
            *type = "DatabaseError";
            good = insert(arg, &u, e);
        }
    }
    ddb_doc_free(event);
    if (good)
        buf_add(reply, text);
    return good;
}

static int run(const struct cmd_args *a)
{
    struct state s = {0};
    (void)a;
    int status = lambda_runtime_run(handle, &s);
    sql_close(&s.sql);
    return status;
}

const struct cmd cmd_post_confirmation = {
    .noun = "post-confirmation",
    .args = "",
    .help = "function: make an account for who has signed up",
    .run = run,
};
