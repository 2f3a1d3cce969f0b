/* cmd_messaging_stream.c - the function that the messaging table's stream calls:
 * the group rows of a conversation follow its last message (pattern E).
 *
 * Every record of a batch is looked at, in order.  Of several messages of one
 * conversation only the last needs work.  What fails is reported as the first
 * failed record, from which on the batch comes again; what was done before that
 * stays done, and doing it again changes nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cruddur/cmd.h"
#include "cruddur/conversations.h"
#include "cruddur/lambda_runtime.h"

static const char *message_key(const struct ddb_doc *record)
{
    const char *what = ddb_get_string(record, "eventName");
    const char *pk = ddb_item_get_s(ddb_get(ddb_get(record, "dynamodb"), "Keys"), "pk");
    bool message = what != NULL && strcmp(what, "INSERT") == 0 && pk != NULL &&
                   strncmp(pk, "MSG#", 4) == 0 && strlen(pk) == 4 + CONVERSATIONS_UUID_MAX - 1;
    return message ? pk : NULL;
}

static const char *message_time(const struct ddb_doc *record)
{
    const char *sk = ddb_item_get_s(ddb_get(ddb_get(record, "dynamodb"), "Keys"), "sk");
    return sk != NULL ? sk : "";
}

/* Is there a later message of the same conversation in the rest of the batch? */
static bool is_overtaken(const struct ddb_doc *records, size_t at)
{
    const char *pk = message_key(ddb_at(records, at));
    for (size_t i = at + 1; i < ddb_count(records); i++) {
        const char *other = message_key(ddb_at(records, i));
        if (other != NULL && strcmp(pk, other) == 0 &&
            strcmp(message_time(ddb_at(records, i)), message_time(ddb_at(records, at))) > 0)
            return true;
    }
    return false;
}

static bool move(struct ddb *ddb, const struct ddb_doc *record, struct err *e)
{
    struct ddb_error err;
    const struct ddb_doc *change = ddb_get(record, "dynamodb");
    const char *pk = message_key(record);
    const char *text = ddb_item_get_s(ddb_get(change, "NewImage"), "message");
    if (text == NULL)
        return err_set(e, ERR_VALIDATION,
                       "a record without the new image's message: the stream "
                       "must have view type NEW_IMAGE or NEW_AND_OLD_IMAGES");
    return conversations_move(ddb, pk + 4, message_time(record), text, &err) ||
           err_set(e, ERR_IO, "%s: %s %s", pk, err.type, err.message);
}

static void report(struct buf *reply, const struct ddb_doc *record, const struct err *e)
{
    const char *number = ddb_get_string(ddb_get(record, "dynamodb"), "SequenceNumber");
    fprintf(stderr, "[ERROR] %s\n", e->msg);
    buf_printf(reply, "{\"batchItemFailures\":[{\"itemIdentifier\":\"%s\"}]}",
               number != NULL ? number : "");
}

static bool handle(void *arg, struct str text, struct buf *reply, const char **type, struct err *e)
{
    struct ddb_error why;
    struct ddb_doc *event = ddb_doc_parse(text.p != NULL ? text.p : "", text.n, &why);
    const struct ddb_doc *records = ddb_get(event, "Records");
    *type = "MalformedEvent";
    if (event == NULL)
        return err_set(e, ERR_VALIDATION, "%s", why.message);
    for (size_t i = 0; reply->n == 0 && i < ddb_count(records); i++) {
        const struct ddb_doc *record = ddb_at(records, i);
        struct err failed = {0};
        if (message_key(record) != NULL && !is_overtaken(records, i) && !move(arg, record, &failed))
            report(reply, record, &failed);
    }
    ddb_doc_free(event);
    if (reply->n == 0)
        buf_add(reply, STR("{\"batchItemFailures\":[]}"));
    return true;
}

static int run(const struct cmd_args *a)
{
    struct ddb_error err;
    /* Where an endpoint is named it is ours, and any credentials will do if none are set. */
    bool local = getenv("AWS_ENDPOINT_URL") != NULL || getenv("AWS_ENDPOINT_URL_DYNAMODB") != NULL;
    struct ddb *ddb = ddb_new(&(struct ddb_options){.any_credentials = local}, &err);
    (void)a;
    if (ddb == NULL)
        return cmd_fail("messaging-stream", &err);
    int status = lambda_runtime_run(handle, ddb);
    ddb_free(ddb);
    return status;
}

const struct cmd cmd_messaging_stream = {
    .noun = "messaging-stream",
    .args = "",
    .help = "function: conversations follow their last message",
    .run = run,
};
