/* messages.c - requests and rows of the messaging table; see messages.h. */
#include "cruddur/messages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CAPACITY_UNITS = 5, KEY_MAX = 64 };

const char messages_index[] = "message-group-sk-index";

const char *messages_table(void)
{
    const char *name = getenv("DDB_MESSAGE_TABLE");
    return name != NULL && *name != '\0' ? name : "cruddur-messages";
}

void messages_time(int64_t us, char out[MESSAGES_TIME_MAX])
{
    time_t s = (time_t)(us / 1000000);
    struct tm tm;
    gmtime_r(&s, &tm);
    size_t n = strftime(out, MESSAGES_TIME_MAX, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(out + n, MESSAGES_TIME_MAX - n, ".%06d+00:00", (int)(us % 1000000));
}

static void key_element(struct ddb_doc *schema, const char *name, const char *type)
{
    struct ddb_doc *e = ddb_add_object(schema);
    ddb_set_string(e, "AttributeName", name);
    ddb_set_string(e, "KeyType", type);
}

static void throughput(struct ddb_doc *in)
{
    struct ddb_doc *t = ddb_set_object(in, "ProvisionedThroughput");
    ddb_set_int(t, "ReadCapacityUnits", CAPACITY_UNITS);
    ddb_set_int(t, "WriteCapacityUnits", CAPACITY_UNITS);
}

struct ddb_doc *messages_schema(void)
{
    static const char *const attributes[] = {"message_group_uuid", "pk", "sk"};
    struct ddb_doc *in = ddb_doc_new();
    ddb_set_string(in, "TableName", messages_table());
    struct ddb_doc *defs = ddb_set_array(in, "AttributeDefinitions");
    for (size_t i = 0; i < COUNT_OF(attributes); i++) {
        struct ddb_doc *d = ddb_add_object(defs);
        ddb_set_string(d, "AttributeName", attributes[i]);
        ddb_set_string(d, "AttributeType", "S");
    }
    struct ddb_doc *schema = ddb_set_array(in, "KeySchema");
    key_element(schema, "pk", "HASH");
    key_element(schema, "sk", "RANGE");
    struct ddb_doc *index = ddb_add_object(ddb_set_array(in, "GlobalSecondaryIndexes"));
    ddb_set_string(index, "IndexName", messages_index);
    schema = ddb_set_array(index, "KeySchema");
    key_element(schema, "message_group_uuid", "HASH");
    key_element(schema, "sk", "RANGE");
    ddb_set_string(ddb_set_object(index, "Projection"), "ProjectionType", "ALL");
    throughput(index);
    ddb_set_string(in, "BillingMode", "PROVISIONED");
    throughput(in);
    return in;
}

/* Newest first.  There is no condition on the year: what was said last year stays. */
static struct ddb_doc *query(const char *prefix, const char *uuid)
{
    char pk[KEY_MAX];
    struct ddb_doc *in = ddb_doc_new();
    snprintf(pk, sizeof(pk), "%s#%s", prefix, uuid);
    ddb_set_string(in, "TableName", messages_table());
    ddb_set_string(in, "KeyConditionExpression", "pk = :pk");
    ddb_item_s(ddb_set_object(in, "ExpressionAttributeValues"), ":pk", pk);
    ddb_set_bool(in, "ScanIndexForward", false);
    ddb_set_string(in, "ReturnConsumedCapacity", "TOTAL");
    return in;
}

struct ddb_doc *messages_query_conversation(const char *group_uuid, int limit)
{
    struct ddb_doc *in = query("MSG", group_uuid);
    ddb_set_int(in, "Limit", limit);
    return in;
}

struct ddb_doc *messages_query_groups(const char *user_uuid)
{
    return query("GRP", user_uuid);
}

static void person(struct ddb_doc *item, const struct messages_user *u)
{
    ddb_item_s(item, "user_uuid", u->uuid);
    ddb_item_s(item, "user_display_name", u->display_name);
    ddb_item_s(item, "user_handle", u->handle);
}

static void key(struct ddb_doc *item, const char *prefix, const char *uuid, const char *time)
{
    char pk[KEY_MAX];
    snprintf(pk, sizeof(pk), "%s#%s", prefix, uuid);
    ddb_item_s(item, "pk", pk);
    ddb_item_s(item, "sk", time);
}

void messages_group_row(struct ddb_doc *item, const char *group_uuid, const char *my_uuid,
                        const struct messages_user *other, const char *time, const char *message)
{
    key(item, "GRP", my_uuid, time);
    ddb_item_s(item, "message_group_uuid", group_uuid);
    ddb_item_s(item, "message", message);
    person(item, other);
}

void messages_row(struct ddb_doc *item, const char *group_uuid, const char *message_uuid,
                  const struct messages_user *sender, const char *time, const char *message)
{
    key(item, "MSG", group_uuid, time);
    ddb_item_s(item, "message_uuid", message_uuid);
    ddb_item_s(item, "message", message);
    person(item, sender);
}
