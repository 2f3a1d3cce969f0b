/* conversations_move.c - pattern E: the group rows of a conversation follow its
 * last message.  The time is part of a row's key, so a row moves by being deleted
 * and written anew, both in one transaction.
 *
 * (1) A row never moves back in time, and a row is never lost.
 * (2) Of two rows of one person the older goes (two servers may have raced).
 * (3) The index may show what is no more: then the transaction is cancelled, and
 *     we look again after a pause. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/env.h"
#include "cruddur/conversations.h"
#include "cruddur/conversations_int.h"

enum { TRIES_MAX = 10, PAUSE_MS = 20, ROWS_MAX = 12 };

static void pause_before(int attempt)
{
    uint64_t ms = env_random(env_system()) % ((uint64_t)PAUSE_MS << attempt);
    struct timespec t = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};
    while (nanosleep(&t, &t) != 0 && errno == EINTR)
        continue;
}

static void delete_row(struct ddb_doc *actions, const char *pk, const char *sk)
{
    struct ddb_doc *d = ddb_set_object(ddb_add_object(actions), "Delete");
    ddb_set_string(d, "TableName", messages_table());
    struct ddb_doc *key = ddb_set_object(d, "Key");
    ddb_item_s(key, "pk", pk);
    ddb_item_s(key, "sk", sk);
    ddb_set_string(d, "ConditionExpression", "attribute_exists(pk)");
}

/* The row as it is, at another time and with another text. */
static void put_row(struct ddb_doc *actions, const struct ddb_doc *row, const char *group_uuid,
                    const char *time, const char *text)
{
    struct ddb_doc *p = ddb_set_object(ddb_add_object(actions), "Put");
    ddb_set_string(p, "TableName", messages_table());
    struct ddb_doc *item = ddb_set_object(p, "Item");
    for (size_t i = 0; i < ddb_count(row); i++) {
        const char *name = ddb_name_at(row, i);
        if (strcmp(name, "sk") != 0 && strcmp(name, "message") != 0)
            ddb_set_copy(item, name, ddb_get(row, name));
    }
    ddb_item_s(item, "sk", time);
    ddb_item_s(item, "message", text);
    /* Another conversation of that person may be at this very microsecond. */
    ddb_set_string(p, "ConditionExpression", "attribute_not_exists(pk) OR message_group_uuid = :g");
    ddb_item_s(ddb_set_object(p, "ExpressionAttributeValues"), ":g", group_uuid);
}

/* Is there a later row of the same person (or the same row further on)? */
static bool is_surpassed(const struct ddb_doc *rows, size_t at)
{
    const char *pk = ddb_item_get_s(ddb_at(rows, at), "pk");
    const char *sk = ddb_item_get_s(ddb_at(rows, at), "sk");
    for (size_t i = 0; i < ddb_count(rows); i++) {
        const char *other = ddb_item_get_s(ddb_at(rows, i), "pk");
        const char *later = ddb_item_get_s(ddb_at(rows, i), "sk");
        if (i != at && other != NULL && later != NULL && strcmp(pk, other) == 0 &&
            strcmp(later, sk) > 0)
            return true;
    }
    return false;
}

/* How many rows have to change; their actions are added. */
static int plan(struct ddb_doc *actions, const struct ddb_doc *rows, const char *group_uuid,
                const char *time, const char *text)
{
    int n = 0;
    for (size_t i = 0; i < ddb_count(rows) && n < ROWS_MAX; i++) {
        const struct ddb_doc *row = ddb_at(rows, i);
        const char *pk = ddb_item_get_s(row, "pk"), *sk = ddb_item_get_s(row, "sk");
        if (pk == NULL || sk == NULL || strncmp(pk, "GRP#", 4) != 0)
            continue;
        bool surpassed = is_surpassed(rows, i);
        if (!surpassed && strcmp(sk, time) >= 0)
            continue;
        n++;
        delete_row(actions, pk, sk);
        if (!surpassed)
            put_row(actions, row, group_uuid, time, text);
    }
    return n;
}

/* 1: done; 0: again; -1: failed. */
static int try_once(struct ddb *ddb, const char *group_uuid, const char *time, const char *text,
                    struct ddb_error *err)
{
    struct ddb_doc *answer = NULL, *in = ddb_doc_new(), *reply = NULL;
    char token[CONVERSATIONS_UUID_MAX];
    int result = -1;
    if (conversations_rows(ddb, group_uuid, &answer, err)) {
        struct ddb_doc *actions = ddb_set_array(in, "TransactItems");
        env_uuid(env_system(), token);
        ddb_set_string(in, "ClientRequestToken", token);
        if (plan(actions, ddb_get(answer, "Items"), group_uuid, time, text) == 0 ||
            ddb_call(ddb, "TransactWriteItems", in, &reply, err))
            result = 1;
        else if (err->kind == DDB_ERR_SERVICE &&
                 strcmp(err->type, "TransactionCanceledException") == 0)
            result = 0;
    }
    ddb_doc_free(reply);
    ddb_doc_free(in);
    ddb_doc_free(answer);
    return result;
}

/* The same instant some microseconds later, for who cannot have that key. */
static void later(const char *time, int by, char out[MESSAGES_TIME_MAX])
{
    int us;
    snprintf(out, MESSAGES_TIME_MAX, "%s", time);
    if (by == 0 || strlen(time) != 32 || sscanf(time + 20, "%6d", &us) != 1 || us + by > 999999)
        return;
    snprintf(out + 20, MESSAGES_TIME_MAX - 20, "%06d%s", us + by, time + 26);
}

bool conversations_move(struct ddb *ddb, const char *group_uuid, const char *time, const char *text,
                        struct ddb_error *err)
{
    char at[MESSAGES_TIME_MAX];
    for (int attempt = 0;; attempt++) {
        later(time, attempt / 4, at);
        int r = try_once(ddb, group_uuid, at, text, err);
        if (r != 0 || attempt == TRIES_MAX)
            return r == 1;
        pause_before(attempt < 6 ? attempt : 6);
    }
}
