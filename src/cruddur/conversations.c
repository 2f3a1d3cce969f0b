/* conversations.c - reading, and writing of messages; see conversations.h.
 * Moving group rows is in conversations_move.c. */
#include "cruddur/conversations.h"

#include <stdio.h>
#include <string.h>

#include "base/env.h"
#include "codec/sha256.h"
#include "cruddur/conversations_int.h"
#include "cruddur/times.h"

enum { PK_MAX = 64, SAME_TIME_MAX = 50 };

static void start_after(struct ddb_doc *in, const char *prefix, const char *uuid, const char *sk)
{
    char pk[PK_MAX];
    if (sk == NULL || *sk == '\0')
        return;
    snprintf(pk, sizeof(pk), "%s#%s", prefix, uuid);
    struct ddb_doc *key = ddb_set_object(in, "ExclusiveStartKey");
    ddb_item_s(key, "pk", pk);
    ddb_item_s(key, "sk", sk);
}

static bool query(struct ddb *ddb, struct ddb_doc *in, struct ddb_doc **out, struct ddb_error *err)
{
    bool good = ddb_call(ddb, "Query", in, out, err);
    ddb_doc_free(in);
    if (!good) {
        ddb_doc_free(*out);
        *out = NULL;
    }
    return good;
}

bool conversations_groups(struct ddb *ddb, const char *user_uuid, const char *before,
                          struct ddb_doc **out, struct ddb_error *err)
{
    struct ddb_doc *in = messages_query_groups(user_uuid);
    ddb_set_int(in, "Limit", CONVERSATIONS_PAGE);
    start_after(in, "GRP", user_uuid, before);
    return query(ddb, in, out, err);
}

bool conversations_messages(struct ddb *ddb, const char *group_uuid, const char *before,
                            struct ddb_doc **out, struct ddb_error *err)
{
    struct ddb_doc *in = messages_query_conversation(group_uuid, CONVERSATIONS_PAGE);
    start_after(in, "MSG", group_uuid, before);
    return query(ddb, in, out, err);
}

bool conversations_after(struct ddb *ddb, const char *group_uuid, const char *after, int limit,
                         struct ddb_doc **out, struct ddb_error *err)
{
    struct ddb_doc *in = messages_query_conversation(group_uuid, limit);
    ddb_set_bool(in, "ScanIndexForward", true);
    start_after(in, "MSG", group_uuid, after);
    return query(ddb, in, out, err);
}

bool conversations_rows(struct ddb *ddb, const char *group_uuid, struct ddb_doc **out,
                        struct ddb_error *err)
{
    struct ddb_doc *in = ddb_doc_new();
    ddb_set_string(in, "TableName", messages_table());
    ddb_set_string(in, "IndexName", messages_index);
    ddb_set_string(in, "KeyConditionExpression", "message_group_uuid = :g");
    ddb_item_s(ddb_set_object(in, "ExpressionAttributeValues"), ":g", group_uuid);
    return query(ddb, in, out, err);
}

static void add_person(struct conversation_people *p, const char *uuid)
{
    if (uuid == NULL || strlen(uuid) != CONVERSATIONS_UUID_MAX - 1 || conversations_has(p, uuid) ||
        p->n == CONVERSATIONS_PEOPLE_MAX)
        return;
    memcpy(p->uuid[p->n++], uuid, CONVERSATIONS_UUID_MAX);
}

bool conversations_has(const struct conversation_people *p, const char *user_uuid)
{
    for (int i = 0; i < p->n; i++)
        if (strcmp(p->uuid[i], user_uuid) == 0)
            return true;
    return false;
}

static void pair_key(struct ddb_doc *key, const char *group_uuid)
{
    char pk[PK_MAX];
    snprintf(pk, sizeof(pk), "PAIR#%s", group_uuid);
    ddb_item_s(key, "pk", pk);
    ddb_item_s(key, "sk", "PAIR");
}

/* *out: the pair row's answer to GetItem. */
static bool get_pair(struct ddb *ddb, const char *group_uuid, struct ddb_doc **out,
                     struct ddb_error *err)
{
    struct ddb_doc *in = ddb_doc_new();
    ddb_set_string(in, "TableName", messages_table());
    pair_key(ddb_set_object(in, "Key"), group_uuid);
    ddb_set_bool(in, "ConsistentRead", true);
    bool good = ddb_call(ddb, "GetItem", in, out, err);
    ddb_doc_free(in);
    return good;
}

/* The index says who has a row of the conversation.  It may lag behind a moment,
 * in which the pair row says the same of conversations begun here. */
bool conversations_people(struct ddb *ddb, const char *group_uuid, struct conversation_people *out,
                          struct ddb_error *err)
{
    struct ddb_doc *answer = NULL;
    *out = (struct conversation_people){0};
    if (!conversations_rows(ddb, group_uuid, &answer, err))
        return false;
    const struct ddb_doc *rows = ddb_get(answer, "Items");
    for (size_t i = 0; i < ddb_count(rows); i++) {
        const char *pk = ddb_item_get_s(ddb_at(rows, i), "pk");
        if (pk != NULL && strncmp(pk, "GRP#", 4) == 0)
            add_person(out, pk + 4);
    }
    ddb_doc_free(answer);
    answer = NULL;
    if (out->n >= 2)
        return true;
    if (!get_pair(ddb, group_uuid, &answer, err)) {
        ddb_doc_free(answer);
        return false;
    }
    const struct ddb_doc *pair = ddb_get(answer, "Item");
    add_person(out, ddb_item_get_s(pair, "user_uuid"));
    add_person(out, ddb_item_get_s(pair, "other_user_uuid"));
    ddb_doc_free(answer);
    return true;
}

static bool refused(const struct ddb_error *err, const char *type)
{
    return err->kind == DDB_ERR_SERVICE && strcmp(err->type, type) == 0;
}

/* After a condition failed: was it our own row, written by a try whose answer got lost? */
static bool is_ours(const struct ddb_doc *answer, const char *message_uuid)
{
    const char *there = ddb_item_get_s(ddb_get(answer, "Item"), "message_uuid");
    return there != NULL && strcmp(there, message_uuid) == 0;
}

bool conversations_send(struct ddb *ddb, const struct messages_user *sender,
                        struct conversation_message *m, struct ddb_error *err)
{
    int64_t us = times_now_us();
    env_uuid(env_system(), m->uuid);
    for (int tries = 0;; tries++, us++) {
        struct ddb_doc *in = ddb_doc_new(), *answer = NULL;
        messages_time(us, m->time);
        ddb_set_string(in, "TableName", messages_table());
        messages_row(ddb_set_object(in, "Item"), m->group_uuid, m->uuid, sender, m->time, m->text);
        ddb_set_string(in, "ConditionExpression", "attribute_not_exists(pk)");
        ddb_set_string(in, "ReturnValuesOnConditionCheckFailure", "ALL_OLD");
        bool good = ddb_call(ddb, "PutItem", in, &answer, err);
        bool taken = !good && refused(err, "ConditionalCheckFailedException");
        good = good || (taken && is_ours(answer, m->uuid));
        ddb_doc_free(answer);
        ddb_doc_free(in);
        if (good || !taken || tries == SAME_TIME_MAX)
            return good;
    }
}

/* A UUID (version 8: made by a rule of one's own) that both people lead to. */
static void pair_uuid(const char *a, const char *b, char out[CONVERSATIONS_UUID_MAX])
{
    unsigned char hash[SHA256_BYTES];
    char text[128], hex[32];
    bool swap = strcmp(a, b) > 0;
    snprintf(text, sizeof(text), "conversation %s %s", swap ? b : a, swap ? a : b);
    sha256(str_from_c(text), hash);
    hash[6] = (unsigned char)(0x80 | (hash[6] & 0x0F));
    hash[8] = (unsigned char)(0x80 | (hash[8] & 0x3F));
    hex_encode(hash, 16, hex);
    snprintf(out, CONVERSATIONS_UUID_MAX, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12,
             hex + 16, hex + 20);
}

/* A conversation of the two that was begun elsewhere (by the seed, say). */
static bool find_older(struct ddb *ddb, const char *me, const char *other, char *group_uuid,
                       struct ddb_error *err)
{
    char after[MESSAGES_TIME_MAX] = "";
    *group_uuid = '\0';
    for (;;) {
        struct ddb_doc *in = messages_query_groups(me), *out = NULL;
        start_after(in, "GRP", me, after);
        ddb_set_string(in, "FilterExpression", "user_uuid = :other");
        ddb_set_string(in, "KeyConditionExpression", "pk = :pk");
        struct ddb_doc *values = ddb_set_object(in, "ExpressionAttributeValues");
        char pk[PK_MAX];
        snprintf(pk, sizeof(pk), "GRP#%s", me);
        ddb_item_s(values, ":pk", pk);
        ddb_item_s(values, ":other", other);
        if (!query(ddb, in, &out, err))
            return false;
        const struct ddb_doc *items = ddb_get(out, "Items");
        const char *g = ddb_item_get_s(ddb_at(items, 0), "message_group_uuid");
        const char *last = ddb_item_get_s(ddb_get(out, "LastEvaluatedKey"), "sk");
        if (g != NULL)
            snprintf(group_uuid, CONVERSATIONS_UUID_MAX, "%s", g);
        snprintf(after, sizeof(after), "%s", last != NULL ? last : "");
        ddb_doc_free(out);
        if (*group_uuid != '\0' || *after == '\0')
            return true;
    }
}

static struct ddb_doc *put(struct ddb_doc *actions)
{
    struct ddb_doc *p = ddb_set_object(ddb_add_object(actions), "Put");
    ddb_set_string(p, "TableName", messages_table());
    return p;
}

/* Both group rows, the message and the pair row, all or none. */
static bool begin(struct ddb *ddb, const struct messages_user *sender,
                  const struct messages_user *receiver, struct conversation_message *m,
                  struct ddb_error *err)
{
    char token[CONVERSATIONS_UUID_MAX];
    struct ddb_doc *in = ddb_doc_new(), *answer = NULL;
    struct ddb_doc *actions = ddb_set_array(in, "TransactItems");
    env_uuid(env_system(), m->uuid);
    env_uuid(env_system(), token);
    messages_time(times_now_us(), m->time);
    struct ddb_doc *pair = put(actions), *item = ddb_set_object(pair, "Item");
    pair_key(item, m->group_uuid);
    ddb_item_s(item, "user_uuid", sender->uuid);
    ddb_item_s(item, "other_user_uuid", receiver->uuid);
    ddb_set_string(pair, "ConditionExpression", "attribute_not_exists(pk)");
    messages_group_row(ddb_set_object(put(actions), "Item"), m->group_uuid, sender->uuid, receiver,
                       m->time, m->text);
    messages_group_row(ddb_set_object(put(actions), "Item"), m->group_uuid, receiver->uuid, sender,
                       m->time, m->text);
    messages_row(ddb_set_object(put(actions), "Item"), m->group_uuid, m->uuid, sender, m->time,
                 m->text);
    /* A repeated try of the same request must not take its own success for another's. */
    ddb_set_string(in, "ClientRequestToken", token);
    bool good = ddb_call(ddb, "TransactWriteItems", in, &answer, err);
    ddb_doc_free(answer);
    ddb_doc_free(in);
    return good;
}

bool conversations_send_to(struct ddb *ddb, const struct messages_user *sender,
                           const struct messages_user *receiver, struct conversation_message *m,
                           bool *begun, struct ddb_error *err)
{
    struct ddb_doc *answer = NULL;
    *begun = false;
    pair_uuid(sender->uuid, receiver->uuid, m->group_uuid);
    bool good = get_pair(ddb, m->group_uuid, &answer, err);
    bool there = good && ddb_get(answer, "Item") != NULL;
    ddb_doc_free(answer);
    if (!good)
        return false;
    if (!there) {
        char older[CONVERSATIONS_UUID_MAX];
        if (!find_older(ddb, sender->uuid, receiver->uuid, older, err))
            return false;
        if (*older != '\0') {
            memcpy(m->group_uuid, older, sizeof(older));
        } else if (begin(ddb, sender, receiver, m, err)) {
            *begun = true;
            return true;
        } else if (!refused(err, "TransactionCanceledException")) {
            return false;
        } /* else the other one was faster, and there is a conversation now */
    }
    return conversations_send(ddb, sender, m, err);
}
