/* load_requests.c - the bodies of the measured operations, and their signing.
 *
 * Items: 12 attributes, about 400 bytes; 20 items per partition. */
#include <stdio.h>

#include "auth/sigv4.h"
#include "base/env.h"
#include "load.h"

enum { ITEM_REPLY = 560 };

static void key(struct buf *out, size_t i)
{
    buf_printf(out, "\"pk\":{\"S\":\"user#%08zu\"},\"sk\":{\"S\":\"item#%04zu\"}", i / LOAD_SORTED,
               i % LOAD_SORTED);
}

/* `telling` makes another text for the same key: writing an item as it is already
 * changes nothing and would measure nothing. */
static void item(struct buf *out, size_t i, size_t telling)
{
    uint64_t x = (i + telling * 0x10001) * 0x9E3779B97F4A7C15u;
    buf_byte(out, '{');
    key(out, i);
    buf_printf(out, ",\"name\":{\"S\":\"Person %zu\"},\"n\":{\"N\":\"%zu\"},\"ok\":{\"BOOL\":true}",
               i, i % 1000);
    buf_printf(out, ",\"tags\":{\"SS\":[\"blue\",\"green\",\"red\"]},\"score\":{\"N\":\"%zu.25\"}",
               i % 977);
    for (int a = 0; a < 5; a++, x = x * 6364136223846793005u + 1442695040888963407u)
        buf_printf(out, ",\"text%d\":{\"S\":\"%016llx%016llx%016llx\"}", a, (unsigned long long)x,
                   (unsigned long long)(x >> 7), (unsigned long long)(x << 9));
    buf_byte(out, '}');
}

static size_t scattered(size_t i, size_t items)
{
    return (size_t)(i * 2654435761u % items);
}

static void get_item(struct buf *out, size_t i, size_t items)
{
    buf_printf(out, "{\"TableName\":\"load\",\"Key\":{");
    key(out, scattered(i, items));
    buf_printf(out, "}}");
}

static void put_to(struct buf *out, const char *table, size_t i, size_t items)
{
    buf_printf(out, "{\"TableName\":\"%s\",\"Item\":", table);
    item(out, scattered(i % LOAD_KEYS, items), 1 + i / LOAD_KEYS);
    buf_byte(out, '}');
}

static void put_item(struct buf *out, size_t i, size_t items)
{
    put_to(out, "load", i, items);
}

static void put_streamed(struct buf *out, size_t i, size_t items)
{
    put_to(out, "streamed", i, items);
}

/* They expire a moment after they were written. */
static void batch_expiring(struct buf *out, size_t i, size_t items)
{
    long long at = env_now_ms(env_system()) / 1000 + 2;
    (void)items;
    buf_printf(out, "{\"RequestItems\":{\"expiring\":[");
    for (size_t k = 0; k < 25; k++) {
        buf_printf(out, "%s{\"PutRequest\":{\"Item\":{", k > 0 ? "," : "");
        key(out, i * 25 + k);
        buf_printf(out, ",\"ttl\":{\"N\":\"%lld\"}}}}", at);
    }
    buf_printf(out, "]}}");
}

static void update_item(struct buf *out, size_t i, size_t items)
{
    buf_printf(out, "{\"TableName\":\"load\",\"Key\":{");
    key(out, scattered(i, items));
    buf_printf(out, "},\"UpdateExpression\":\"SET #n = #n + :one\",\"ConditionExpression\":"
                    "\"attribute_exists(pk) AND #n >= :zero\",\"ExpressionAttributeNames\":{\"#n\":"
                    "\"n\"},\"ExpressionAttributeValues\":{\":one\":{\"N\":\"1\"},\":zero\":{\"N\":"
                    "\"0\"}}}");
}

static void query(struct buf *out, size_t i, size_t items)
{
    buf_printf(out,
               "{\"TableName\":\"load\",\"KeyConditionExpression\":\"pk = :p\",\"Limit\":20,"
               "\"ExpressionAttributeValues\":{\":p\":{\"S\":\"user#%08zu\"}}}",
               scattered(i, items) / LOAD_SORTED);
}

/* 25 items in a row from `first`: never one item twice in a request. */
static void batch(struct buf *out, size_t first, size_t items, size_t telling)
{
    buf_printf(out, "{\"RequestItems\":{\"load\":[");
    for (size_t k = 0; k < 25; k++) {
        buf_printf(out, "%s{\"PutRequest\":{\"Item\":", k > 0 ? "," : "");
        item(out, (first + k) % items, telling);
        buf_printf(out, "}}");
    }
    buf_printf(out, "]}}");
}

static void batch_scattered(struct buf *out, size_t i, size_t items)
{
    batch(out, scattered(i % LOAD_KEYS, items), items, 1 + i / LOAD_KEYS);
}

static void batch_in_order(struct buf *out, size_t i, size_t items)
{
    batch(out, i * 25, items, 0);
}

static void batch_of_4(struct buf *out, size_t i, size_t items)
{
    size_t first = scattered(i % LOAD_KEYS, items);
    buf_printf(out, "{\"RequestItems\":{\"load\":[");
    for (size_t k = 0; k < 4; k++) {
        buf_printf(out, "%s{\"PutRequest\":{\"Item\":", k > 0 ? "," : "");
        item(out, (first + k) % items, 1 + i / LOAD_KEYS);
        buf_printf(out, "}}");
    }
    buf_printf(out, "]}}");
}

/* The same four as a transaction.  Without a token, because requests are sent again and
 * again: with one all but the first would do nothing. */
static void transaction_of_4(struct buf *out, size_t i, size_t items)
{
    size_t first = scattered(i % LOAD_KEYS, items);
    buf_printf(out, "{\"TransactItems\":[");
    for (size_t k = 0; k < 4; k++) {
        buf_printf(out, "%s{\"Put\":{\"TableName\":\"load\",\"Item\":", k > 0 ? "," : "");
        item(out, (first + k) % items, 1 + i / LOAD_KEYS);
        buf_printf(out, "}}");
    }
    buf_printf(out, "]}");
}

static void select_by_key(struct buf *out, size_t i, size_t items)
{
    size_t at = scattered(i, items);
    buf_printf(out,
               "{\"Statement\":\"SELECT * FROM load WHERE pk=? AND sk=?\",\"Parameters\":[{\"S\":"
               "\"user#%08zu\"},{\"S\":\"item#%04zu\"}]}",
               at / LOAD_SORTED, at % LOAD_SORTED);
}

/* Reads first: after the writes, versions of the overwritten items lie about in the memtable. */
const struct load_op load_ops[] = {
    {"GetItem", "GetItem", ITEM_REPLY, get_item},
    {"Query", "Query of 20 items", 20 * ITEM_REPLY, query},
    {"PutItem", "PutItem, fsynced", 2, put_item},
    {"UpdateItem", "UpdateItem with condition", 2, update_item},
    {"BatchWriteItem", "BatchWriteItem of 25", 23, batch_scattered},
    {"BatchWriteItem", "BatchWriteItem of 4", 23, batch_of_4},
    {"TransactWriteItems", "TransactWriteItems of 4", 2, transaction_of_4},
    {"ExecuteStatement", "PartiQL SELECT by key", ITEM_REPLY, select_by_key},
};
const size_t load_ops_n = COUNT_OF(load_ops);
const struct load_op load_put = {"PutItem", "PutItem", 2, put_item};
const struct load_op load_put_streamed = {"PutItem", "PutItem, with a stream", 2, put_streamed};
const struct load_op load_fill_expiring = {"BatchWriteItem", "fill", 23, batch_expiring};
const struct load_bound load_bounds[] = {
    {"TransactWriteItems of 4", "BatchWriteItem of 4", 3.0},
    {"PartiQL SELECT by key", "GetItem", 1.3},
};
const size_t load_bounds_n = COUNT_OF(load_bounds);
const struct load_op load_fill = {"BatchWriteItem", "fill", 23, batch_in_order};

struct str load_request(struct arena *mem, const char *operation, struct str body,
                        size_t reply_bytes, int port)
{
    struct str host = arena_printf(mem, "127.0.0.1:%d", port);
    struct sigv4_header signed_headers[] = {
        {STR("content-type"), STR("application/x-amz-json-1.0")},
        {STR("host"), host},
        {STR("x-amz-target"), arena_printf(mem, "DynamoDB_20120810.%s", operation)},
    };
    struct sigv4_request rq = {.method = STR("POST"),
                               .path = STR("/"),
                               .query = STR(""),
                               .headers = signed_headers,
                               .headers_n = COUNT_OF(signed_headers),
                               .body = body};
    struct sigv4_signer signer = {.access_key = STR("load"),
                                  .secret_key = STR("load-secret"),
                                  .region = STR("us-east-1"),
                                  .service = STR("dynamodb")};
    struct sigv4_signed added;
    sigv4_sign(&signer, &rq, env_now_ms(env_system()), mem, &added);

    struct buf out = {0};
    buf_printf(&out, "POST / HTTP/1.1\r\ncontent-length: %zu\r\nx-floor-bytes: %zu\r\n", body.n,
               reply_bytes);
    for (size_t i = 0; i < COUNT_OF(signed_headers); i++)
        buf_printf(&out, STR_FMT ": " STR_FMT "\r\n", STR_ARG(signed_headers[i].name),
                   STR_ARG(signed_headers[i].value));
    for (size_t i = 0; i < added.n; i++)
        buf_printf(&out, STR_FMT ": " STR_FMT "\r\n", STR_ARG(added.header[i].name),
                   STR_ARG(added.header[i].value));
    buf_printf(&out, "\r\n");
    buf_add(&out, body);
    struct str all = arena_dup(mem, buf_str(&out));
    buf_free(&out);
    return all;
}

struct load_pool load_pool_make(struct arena *mem, const struct load_op *op, size_t n, int port,
                                size_t first, size_t items)
{
    struct load_pool pool = {NEW_ARRAY(mem, struct str, n), n};
    struct buf body = {0};
    for (size_t i = 0; i < n; i++) {
        body.n = 0;
        op->body(&body, first + i, items);
        pool.request[i] = load_request(mem, op->name, buf_str(&body), op->reply_bytes, port);
    }
    buf_free(&body);
    return pool;
}
