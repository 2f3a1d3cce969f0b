/* limits.h - every documented limit of the service and of this server, once.
 *
 * Source of the service's limits: the DynamoDB developer guide, "Service,
 * account, and table quotas". */
#ifndef MODEL_LIMITS_H
#define MODEL_LIMITS_H

enum {
    /* items and keys */
    LIMIT_ITEM_BYTES = 400 * 1024,
    LIMIT_PARTITION_KEY_BYTES = 2048,
    LIMIT_SORT_KEY_BYTES = 1024,
    LIMIT_ATTRIBUTE_NAME_BYTES = 65535,
    LIMIT_KEY_NAME_BYTES = 255, /* names of key, projected and TTL attributes */
    LIMIT_NESTING_LEVELS = 32,
    LIMIT_NUMBER_DIGITS = 38,

    /* expressions */
    LIMIT_EXPRESSION_BYTES = 4096,
    LIMIT_EXPRESSION_OPERATORS = 300,
    LIMIT_EXPRESSION_IN_OPERANDS = 100, /* the first operand counts */
    LIMIT_PATH_DEPTH = 32,
    LIMIT_PLACEHOLDER_NAME_BYTES = 255,
    LIMIT_PLACEHOLDER_TOTAL_BYTES = 2 * 1024 * 1024,
    LIMIT_STATEMENT_BYTES = 8192, /* PartiQL, in characters */

    /* requests */
    LIMIT_BODY_BYTES = 16 * 1024 * 1024,
    LIMIT_HEADER_BYTES = 16 * 1024,
    /* {"M":{"a":...}} is two levels of JSON; values that are somewhat too deep are refused as
     * such, and only what is deeper than this as malformed. */
    LIMIT_JSON_DEPTH = 512,
    /* One value in the text of an error about a constraint: the longest name or value that an item
     * can have is shown whole, a list of thousands is not.  All texts together: ERR_TEXT_MAX. */
    LIMIT_SHOWN_VALUE_BYTES = 64 * 1024,
    LIMIT_PAGE_BYTES = 1024 * 1024,
    LIMIT_LOOP_BYTES = 64 * 1024, /* what one request may read on a loop; more: on the pool */
    /* A filter may compare each item with hundreds of megabytes: so much of that in a page, in
     * expr_cond_bytes() a test, or on a loop. */
    LIMIT_PAGE_FILTER_BYTES = 1024 * 1024 * 1024,
    LIMIT_LOOP_FILTER_BYTES = 4 * 1024 * 1024,
    LIMIT_BATCH_GET_KEYS = 100,
    LIMIT_BATCH_GET_BYTES = 16 * 1024 * 1024,
    LIMIT_BATCH_GET_PARTITION_BYTES = 1024 * 1024, /* the item that reaches it is included */
    LIMIT_BATCH_WRITE_REQUESTS = 25,
    LIMIT_BATCH_STATEMENTS = 25,
    LIMIT_TRANSACT_ACTIONS = 100,
    LIMIT_TRANSACT_BYTES = 4 * 1024 * 1024,
    LIMIT_SCAN_SEGMENTS = 1000000,
    LIMIT_LIST_TABLES = 100,

    /* tables */
    LIMIT_TABLES = 2500,
    LIMIT_TABLE_NAME_MIN = 3,
    LIMIT_TABLE_NAME_MAX = 255,
    LIMIT_ARN_CHARS = 1024,
    LIMIT_GLOBAL_INDEXES = 20,
    LIMIT_LOCAL_INDEXES = 5,
    LIMIT_INDEXES = LIMIT_GLOBAL_INDEXES + LIMIT_LOCAL_INDEXES,
    LIMIT_INDEX_HASH_ATTRIBUTES = 4,
    LIMIT_INDEX_RANGE_ATTRIBUTES = 4,
    LIMIT_KEY_ATTRIBUTES = LIMIT_INDEX_HASH_ATTRIBUTES + LIMIT_INDEX_RANGE_ATTRIBUTES,
    LIMIT_NON_KEY_ATTRIBUTES = 20,
    LIMIT_NON_KEY_ATTRIBUTES_ALL_INDEXES = 100,
    LIMIT_TAGS = 50,
    LIMIT_TAGS_BYTES = 10 * 1024, /* of all tags of a table or stream */
    LIMIT_TAG_KEY_CHARS = 128,
    LIMIT_TAG_VALUE_CHARS = 256,
    LIMIT_TABLE_CAPACITY_UNITS = 40000,
    LIMIT_ACCOUNT_CAPACITY_UNITS = 80000,
};
/* Items and entries of local indexes with one partition key. */
#define LIMIT_GIGABYTE         ((int64_t)1 << 30)
#define LIMIT_COLLECTION_BYTES (10 * LIMIT_GIGABYTE)
_Static_assert(LIMIT_PARTITION_KEY_BYTES + LIMIT_SORT_KEY_BYTES < LIMIT_ITEM_BYTES, "keys fit");

#endif
