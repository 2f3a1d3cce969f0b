/* trigger.c - see trigger.h. */
#include "cloud/trigger.h"

#include "cloud/fn_int.h"

/* What the function said went wrong. */
static bool report(const struct fn_job *job, struct err *e)
{
    json_t *reply = fn_json_or_text(buf_str(&job->reply));
    const char *text = json_string_value(json_object_get(reply, "errorMessage"));
    bool answer = err_set(e, ERR_VALIDATION, "%s",
                          text != NULL ? text : "the function failed without saying why");
    json_decref(reply);
    return answer;
}

bool trigger_invoke(struct cloud *c, const char *function_arn, struct str event_json,
                    struct buf *reply, struct err *e)
{
    char name[FN_NAME_MAX + 1];
    struct arena mem = {0};
    struct fn_job job = {.event = event_json};
    if (c->fn == NULL)
        return err_set(e, ERR_ACCESS_DENIED,
                       "functions are switched off; stator serve --functions runs them");
    if (!fn_name_parse(str_from_c(function_arn), name))
        return err_set(e, ERR_RESOURCE_NOT_FOUND, "\"%s\" is not a function's ARN", function_arn);
    bool good = fn_invoke(c->fn, name, &job, &mem, e);
    if (good && job.outcome == FN_ANSWERED)
        buf_add(reply, buf_str(&job.reply));
    else if (good && job.outcome == FN_ERROR)
        good = report(&job, e);
    else if (good)
        good = err_set(e, ERR_THROTTLING,
                       job.outcome == FN_STOPPED ? "the server stops" : "Rate Exceeded.");
    buf_free(&job.reply);
    buf_free(&job.log);
    arena_free(&mem);
    return good;
}
