/* cmd_ddb_get_conversation.c - pattern A: the latest 20 messages of a group. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "codec/time_iso.h"
#include "cruddur/cmd.h"
#include "cruddur/messages.h"
#include "cruddur/seed_conversation.h"

enum { MESSAGES = 20, PREVIEW_CHARS = 40 };

/* Bytes of the first n characters, so that a line never ends inside one. */
static int preview_bytes(const char *s, size_t n)
{
    size_t i = 0;
    for (; s[i] != '\0'; i++)
        if (((unsigned char)s[i] & 0xC0) != 0x80 && n-- == 0)
            break;
    return (int)i;
}

/* "londo       2026-11-22 10:24 AM   One thing that really stands out about B..." */
static void print_line(const struct ddb_doc *item)
{
    const char *handle = ddb_item_get_s(item, "user_handle");
    const char *sk = ddb_item_get_s(item, "sk"), *text = ddb_item_get_s(item, "message");
    char when[64];
    int64_t ms;
    struct tm tm;
    if (handle == NULL || sk == NULL || text == NULL)
        return;
    snprintf(when, sizeof(when), "%s", sk);
    if (time_iso_extended_parse(str_from_c(sk), &ms)) {
        time_t s = (time_t)(ms / 1000);
        gmtime_r(&s, &tm);
        strftime(when, sizeof(when), "%Y-%m-%d %I:%M %p", &tm);
    }
    printf("%-12s%-22s%.*s...\n", handle, when, preview_bytes(text, PREVIEW_CHARS), text);
}

static int run(const struct cmd_args *a)
{
    struct ddb *ddb = cmd_ddb(a);
    if (ddb == NULL)
        return 1;
    struct ddb_error err;
    struct ddb_doc *out = NULL;
    struct ddb_doc *in =
        messages_query_conversation(a->n > 0 ? a->arg[0] : seed_group_uuid, MESSAGES);
    int status = 0;
    if (ddb_call(ddb, "Query", in, &out, &err)) {
        const struct ddb_doc *items = ddb_get(out, "Items");
        cmd_print(out);
        cmd_print(ddb_get(out, "ConsumedCapacity"));
        for (size_t i = ddb_count(items); i-- > 0;) /* read newest first, shown oldest first */
            print_line(ddb_at(items, i));
    } else {
        status = cmd_fail("get-conversation", &err);
    }
    ddb_doc_free(out);
    ddb_doc_free(in);
    ddb_free(ddb);
    return status;
}

const struct cmd cmd_ddb_get_conversation = {
    .noun = "ddb",
    .verb = "get-conversation",
    .args = "[GROUP_UUID]",
    .help = "print the latest 20 messages of a conversation (the seeded one)",
    .args_max = 1,
    .run = run,
};
