/* cmd_post_confirmation.c - the function that the user pool calls when a person has
 * confirmed: it gives them an account here.  Called again for the same person it
 * changes nothing; a confirmed new password is none of its business. */
#include <stdio.h>

#include "cruddur/cmd.h"
#include "cruddur/lambda_runtime.h"
#include "cruddur/settings.h"
#include "cruddur/sign_up.h"

struct state {
    struct sql *sql; /* kept from one event to the next */
};

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
        const struct ddb_doc *request = ddb_get(event, "request");
        good = sign_up_read(ddb_get(request, "userAttributes"), &u, type, e);
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
