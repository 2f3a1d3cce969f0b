/* op_batch_get_item.c - BatchGetItem. */
#include "base/buf.h"
#include "base/hash.h"
#include "op/item/op_capacity.h"
#include "op/item/op_data.h"
#include "op/item/op_expr.h"
#include "op/item/op_legacy.h"
#include "op/item/op_paths.h"
#include "op/op_list.h"

struct keys_in {      /* KeysAndAttributes */
    struct list keys; /* struct item_in */
    struct list attributes_to_get;
    enum tri consistent;
    struct op_expr_in expr;
};
struct batch_get_in {
    struct map tables; /* struct keys_in */
    struct str return_capacity;
};

static const struct shape key_list = {.kind = SHAPE_LIST, .elem = &shape_item};
static const struct field keys_fields[] = {
    FIELD(struct keys_in, keys, "Keys", &key_list, REQUIRED),
    FIELD(struct keys_in, consistent, "ConsistentRead", &shape_bool, OPTIONAL),
    FIELD(struct keys_in, expr.projection, "ProjectionExpression", &shape_string, OPTIONAL),
    FIELD(struct keys_in, expr.names, "ExpressionAttributeNames", &shape_string_map, OPTIONAL),
    FIELD(struct keys_in, attributes_to_get, "AttributesToGet", &shape_attribute_names, OPTIONAL),
    {0},
};
static const struct shape keys_and_attributes = {
    .kind = SHAPE_STRUCT,
    .name = "KeysAndAttributes",
    .size = sizeof(struct keys_in),
    .fields = keys_fields,
};
static const struct shape request_items = {
    .kind = SHAPE_MAP,
    .elem = &keys_and_attributes,
    .key = &shape_table_name,
};
static const struct field batch_get_fields[] = {
    FIELD(struct batch_get_in, tables, "RequestItems", &request_items, REQUIRED),
    FIELD(struct batch_get_in, return_capacity, "ReturnConsumedCapacity", &shape_return_capacity,
          OPTIONAL),
    {0},
};
static const struct shape batch_get_in = {
    .kind = SHAPE_STRUCT,
    .name = "BatchGetItemInput",
    .size = sizeof(struct batch_get_in),
    .fields = batch_get_fields,
};

/* What prepare() leaves for each table of the request. */
struct batch_table {
    struct str name;
    struct op_exprs exprs;
};

static bool check_counts(struct req *rq, const struct map *tables)
{
    const struct keys_in *in = tables->v;
    uint32_t total = 0;

    if (tables->n == 0)
        return err_set(&rq->err, ERR_VALIDATION,
                       "The requestItems parameter is required for BatchGetItem");
    for (uint32_t i = 0; i < tables->n; i++) {
        uint32_t n = in[i].keys.n;
        if (n == 0)
            return err_set(&rq->err, ERR_VALIDATION,
                           OP_ENVELOPE "Value at 'requestItems." STR_FMT
                                       ".member.keys' failed to satisfy constraint: Member must "
                                       "have length greater than or equal to 1",
                           STR_ARG(tables->key[i]));
        if (n > LIMIT_BATCH_GET_KEYS)
            return err_set(&rq->err, ERR_VALIDATION,
                           OP_ENVELOPE "Value at 'RequestItems." STR_FMT
                                       ".member.Keys' failed to satisfy constraint: Member must "
                                       "have length less than or equal to %d",
                           STR_ARG(tables->key[i]), LIMIT_BATCH_GET_KEYS);
        total += n;
    }
    return total <= LIMIT_BATCH_GET_KEYS ||
           err_set(&rq->err, ERR_VALIDATION, "Too many items requested for the BatchGetItem call");
}

/* Old and new parameters must not be mixed, not even between tables. */
static bool check_mixing(struct req *rq, const struct map *tables)
{
    const struct keys_in *in = tables->v;
    struct op_expr_in all = {0};
    unsigned legacy = 0;

    for (uint32_t i = 0; i < tables->n; i++) {
        if (in[i].expr.projection.p != NULL)
            all.projection = in[i].expr.projection;
        if (in[i].attributes_to_get.set)
            legacy = LEGACY_ATTRIBUTES_TO_GET;
    }
    return op_expr_mixing(&all, legacy, false, &rq->err);
}

/* How a number of a key was spelled in the request. */
static struct str literal_number(struct arena *mem, struct str source, struct str attribute)
{
    struct json j;
    struct str name, text = {0};

    json_init(&j, mem, source, LIMIT_JSON_DEPTH);
    if (json_next(&j) != JSON_OBJECT)
        return text;
    while (json_member(&j, &name)) {
        enum json_type type = str_eq(name, attribute) ? json_next(&j) : JSON_NULL;
        if (type == JSON_NULL)
            json_skip(&j);
        while (type == JSON_OBJECT && json_member(&j, &name)) {
            enum json_type value = json_next(&j);
            if (value == JSON_STRING)
                text = j.text;
            else if (value == JSON_ARRAY || value == JSON_OBJECT)
                json_skip_rest(&j, value);
        }
    }
    return text;
}

/* All numbers of a key, as spelled.  What has more attributes than any key is not looked into. */
static struct str literal_numbers(struct arena *mem, const struct item_in *key)
{
    enum { TABLE_KEY_ATTRIBUTES = 2 };
    struct buf all = {.mem = mem};
    struct attr map = item_map(key->item), v;
    struct attr_iter it = attr_iter(&map);
    struct str name;
    buf_byte(&all, ' '); /* which no number has: never absent */
    while (map.count <= TABLE_KEY_ATTRIBUTES && attr_next(&it, &name, &v)) {
        if (v.type != ATTR_N)
            continue;
        buf_add(&all, literal_number(mem, key->source, name));
        buf_byte(&all, ' ');
    }
    return buf_str(&all);
}

/* The service takes keys for the same only when their numbers are spelled alike.  `numbers`:
 * literal_numbers() of each key, as soon as it was asked for. */
static bool same_key(struct arena *mem, const struct item_in *key, struct str *numbers, uint32_t a,
                     uint32_t b)
{
    if (!str_eq(key[a].item, key[b].item))
        return false;
    if (str_eq(key[a].source, key[b].source))
        return true;
    const uint32_t both[] = {a, b};
    for (size_t i = 0; i < COUNT_OF(both); i++)
        if (numbers[both[i]].p == NULL)
            numbers[both[i]] = literal_numbers(mem, &key[both[i]]);
    return str_eq(numbers[a], numbers[b]);
}

static bool check_keys(struct req *rq, const struct list *keys)
{
    const struct item_in *key = keys->v;
    struct str *numbers = NEW_ARRAY(&rq->mem, struct str, keys->n);
    uint64_t hash[LIMIT_BATCH_GET_KEYS]; /* 100 keys are compared 4,950 times */

    assert(keys->n <= LIMIT_BATCH_GET_KEYS);
    for (uint32_t i = 0; i < keys->n; i++) {
        if (!op_item_ok(&key[i], false, &rq->err))
            return false;
        hash[i] = hash_bytes(key[i].item);
    }
    for (uint32_t i = 1; i < keys->n; i++)
        for (uint32_t k = 0; k < i; k++)
            if (hash[i] == hash[k] && same_key(&rq->mem, key, numbers, i, k))
                return err_set(&rq->err, ERR_VALIDATION,
                               "Provided list of item keys contains duplicates");
    return true;
}

static bool prepare_table(struct req *rq, const struct keys_in *in, struct batch_table *t)
{
    static const struct op_expr_rules rules = {0};

    return op_expr_check(&in->expr, 0, &rules, &rq->err) && check_keys(rq, &in->keys) &&
           op_legacy_names(&rq->mem, &in->attributes_to_get, &t->exprs.projection, &rq->err) &&
           op_expr_parse(&rq->mem, &in->expr, &rules, &t->exprs, &rq->err);
}

static bool batch_get_prepare(struct req *rq)
{
    const struct batch_get_in *in = rq->in;
    const struct keys_in *keys = in->tables.v;

    struct str *names;
    if (!check_counts(rq, &in->tables) || !check_mixing(rq, &in->tables) ||
        !op_resolve_tables(rq, &in->tables, &names))
        return false;
    struct batch_table *t = NEW_ARRAY(&rq->mem, struct batch_table, in->tables.n);
    for (uint32_t i = 0; i < in->tables.n; i++) {
        t[i].name = names[i];
        if (!prepare_table(rq, &keys[i], &t[i]))
            return false;
    }
    rq->prepared = t;
    return true;
}

/* One run over the tables. */
struct batch_get {
    struct req *rq;
    struct db_txn *txn;
    const struct table **table;
    struct capacity_use *use;
    struct unprocessed {
        bool *key;
        uint32_t n;
    } * left;            /* per table: keys that were not looked up */
    uint32_t **bytes_of; /* per table and key: of the item that was read */
    uint32_t asked, found;
    uint64_t bytes;
    bool full;
    struct err *throttled; /* the first that was refused */
    struct str throttled_members;
};

static bool check_tables(struct batch_get *b)
{
    const struct batch_get_in *in = b->rq->in;
    const struct batch_table *t = b->rq->prepared;
    const struct keys_in *keys = in->tables.v;

    for (uint32_t i = 0; i < in->tables.n; i++) {
        b->table[i] = op_table(b->rq, b->txn, t[i].name);
        if (b->table[i] == NULL)
            return false;
    }
    for (uint32_t i = 0; i < in->tables.n; i++) {
        const struct table_def *def = table_def(b->table[i]);
        const struct item_in *key = keys[i].keys.v;
        for (uint32_t k = 0; k < keys[i].keys.n; k++)
            if (!db_key_check(def, key[k].item, &b->rq->err))
                return false;
        if (!op_paths_projection(def, t[i].exprs.projection, &b->rq->err))
            return false;
    }
    return true;
}

/* Has the partition key of key `i` already brought what it may?  Most batches are smaller
 * altogether. */
static bool partition_is_full(const struct batch_get *b, uint32_t at, const struct list *keys,
                              uint32_t i)
{
    const struct key_schema *schema = &table_def(b->table[at])->key;
    const struct item_in *key = keys->v;
    struct attr mine, its;
    uint64_t bytes = 0;

    if (b->bytes < LIMIT_BATCH_GET_PARTITION_BYTES || schema->range_n == 0)
        return false;
    bool has = item_find(key[i].item, schema->attr[0].name, &mine);
    assert(has); /* db_key_check() */
    for (uint32_t k = 0; k < i; k++)
        if (item_find(key[k].item, schema->attr[0].name, &its) && attr_eq(&its, &mine))
            bytes += b->bytes_of[at][k];
    return bytes >= LIMIT_BATCH_GET_PARTITION_BYTES;
}

/* Reads one item and pays for it.  Not for a key that has to stay unprocessed: *left. */
static bool get_item(struct batch_get *b, uint32_t at, const struct keys_in *in, uint32_t i,
                     struct str *item, bool *left)
{
    struct req *rq = b->rq;
    struct str key = ((const struct item_in *)in->keys.v)[i].item;
    struct capacity_use use = {0};
    struct capacity_at where = {
        .table = b->table[at],
        .partition = db_capacity_partition(b->txn, b->table[at], key),
        .kind = CAPACITY_READ,
    };

    *left = true;
    if (partition_is_full(b, at, &in->keys, i))
        return true;
    if (!op_capacity_left(rq, b->txn, &where)) {
        if (b->throttled == NULL) {
            b->throttled = NEW(&rq->mem, struct err);
            *b->throttled = rq->err;
            b->throttled_members = rq->error_members;
        }
        err_init(&rq->err, &rq->mem);
        rq->error_members = (struct str){0};
        return true;
    }
    if (!db_item_get(b->txn, b->table[at], key, item, &rq->err))
        return false;
    uint32_t size = item_size(*item);
    b->full = b->bytes + size > LIMIT_BATCH_GET_BYTES;
    if (b->full)
        return true;
    *left = false;
    b->bytes += size;
    b->bytes_of[at][i] = size;
    use.table_halves = capacity_read_halves(size, in->consistent == TRI_TRUE);
    b->use[at].table_halves += use.table_halves;
    db_capacity_spend(b->txn, &where, &use);
    return true;
}

/* The items of one table, until the response is full. */
static bool get_items(struct batch_get *b, uint32_t at, const struct keys_in *in)
{
    struct req *rq = b->rq;
    const struct expr_projection *p =
        ((const struct batch_table *)rq->prepared)[at].exprs.projection;

    for (uint32_t i = 0; i < in->keys.n; i++) {
        struct str item = {0};
        bool left = b->full || op_physics_unprocessed(rq->physics, b->asked++);
        if (!left &&
            (!op_reads_go_on(rq, b->txn, b->bytes) || !get_item(b, at, in, i, &item, &left)))
            return false;
        b->left[at].key[i] = left;
        b->left[at].n += left;
        b->found += !left;
        if (!left && item.p != NULL)
            item_json_write(&rq->out, p != NULL ? expr_project(&rq->mem, p, item) : item);
    }
    return true;
}

static void unprocessed_options(struct json_out *o, const struct keys_in *in)
{
    const struct str *name = in->attributes_to_get.v, *value = in->expr.names.v;

    if (in->consistent != TRI_ABSENT) {
        json_out_name(o, STR("ConsistentRead"));
        json_out_bool(o, in->consistent == TRI_TRUE);
    }
    if (in->expr.projection.p != NULL) {
        json_out_name(o, STR("ProjectionExpression"));
        json_out_str(o, in->expr.projection);
    }
    if (in->attributes_to_get.set) {
        json_out_name(o, STR("AttributesToGet"));
        json_out_open(o, '[');
        for (uint32_t i = 0; i < in->attributes_to_get.n; i++)
            json_out_str(o, name[i]);
        json_out_close(o, ']');
    }
    if (in->expr.names.set) {
        json_out_name(o, STR("ExpressionAttributeNames"));
        json_out_open(o, '{');
        for (uint32_t i = 0; i < in->expr.names.n; i++) {
            json_out_name(o, in->expr.names.key[i]);
            json_out_str(o, value[i]);
        }
        json_out_close(o, '}');
    }
}

/* In the form in which it was asked for, to be sent again: numbers as they were spelled. */
static void write_unprocessed(struct batch_get *b, const struct map *tables)
{
    struct json_out *o = &b->rq->out;
    const struct keys_in *in = tables->v;

    json_out_name(o, STR("UnprocessedKeys"));
    json_out_open(o, '{');
    for (uint32_t i = 0; i < tables->n; i++) {
        const struct item_in *key = in[i].keys.v;
        if (b->left[i].n == 0)
            continue;
        json_out_name(o, tables->key[i]);
        json_out_open(o, '{');
        json_out_name(o, STR("Keys"));
        json_out_open(o, '[');
        for (uint32_t k = 0; k < in[i].keys.n; k++)
            if (b->left[i].key[k])
                json_out_raw(o, key[k].source);
        json_out_close(o, ']');
        unprocessed_options(o, &in[i]);
        json_out_close(o, '}');
    }
    json_out_close(o, '}');
}

static void write_capacity(struct batch_get *b, const struct map *tables, struct str mode)
{
    struct json_out *o = &b->rq->out;

    if (!op_capacity_wanted(mode))
        return;
    json_out_name(o, STR("ConsumedCapacity"));
    json_out_open(o, '[');
    for (uint32_t i = 0; i < tables->n; i++) {
        b->use[i].table_touched = true;
        op_capacity_write(o, tables->key[i], table_def(b->table[i]), &b->use[i], mode,
                          OP_CAPACITY_PLAIN);
    }
    json_out_close(o, ']');
}

static bool batch_get_run(struct req *rq, struct db_txn *txn)
{
    const struct batch_get_in *in = rq->in;
    const struct keys_in *keys = in->tables.v;
    uint32_t n = in->tables.n;
    struct json_out *o = &rq->out;
    struct batch_get b = {
        .rq = rq,
        .txn = txn,
        .table = NEW_ARRAY(&rq->mem, const struct table *, n),
        .use = NEW_ARRAY(&rq->mem, struct capacity_use, n),
        .left = NEW_ARRAY(&rq->mem, struct unprocessed, n),
        .bytes_of = NEW_ARRAY(&rq->mem, uint32_t *, n),
    };

    if (!check_tables(&b))
        return false;
    json_out_open(o, '{');
    json_out_name(o, STR("Responses"));
    json_out_open(o, '{');
    for (uint32_t i = 0; i < n; i++) {
        json_out_name(o, in->tables.key[i]);
        json_out_open(o, '[');
        b.left[i].key = NEW_ARRAY(&rq->mem, bool, keys[i].keys.n);
        b.bytes_of[i] = NEW_ARRAY(&rq->mem, uint32_t, keys[i].keys.n);
        if (!get_items(&b, i, &keys[i]))
            return false;
        json_out_close(o, ']');
    }
    json_out_close(o, '}');
    if (b.found == 0 && b.throttled != NULL) { /* all of them: then it is an error */
        rq->err = *b.throttled;
        rq->error_members = b.throttled_members;
        return false;
    }
    write_unprocessed(&b, &in->tables);
    write_capacity(&b, &in->tables, in->return_capacity);
    json_out_close(o, '}');
    return true;
}

const struct op op_batch_get_item = {
    .name = "BatchGetItem",
    .action = "dynamodb:BatchGetItem",
    .flags = OP_READ,
    .in = &batch_get_in,
    .prepare = batch_get_prepare,
    .run = batch_get_run,
};
