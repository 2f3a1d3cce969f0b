/* db_keys.c - checks of key attributes, in DynamoDB's words; see db_item.h. */
#include <stdlib.h>

#include "db/db_int.h"
#include "model/item.h"

static bool is_empty(const struct attr *v)
{
    return v->type != ATTR_N && v->body.n == 0;
}

static size_t key_bytes(const struct attr *v)
{
    return v->type == ATTR_N ? attr_number_size(v->body) : v->body.n;
}

static bool too_long(bool hash, struct err *e)
{
    return hash ? err_set(e, ERR_VALIDATION,
                          "One or more parameter values were invalid: Size of hashkey has exceeded "
                          "the maximum size limit of%d bytes",
                          LIMIT_PARTITION_KEY_BYTES)
                : err_set(e, ERR_VALIDATION,
                          "One or more parameter values were invalid: Aggregated size of all range "
                          "keys has exceeded the size limit of %d bytes",
                          LIMIT_SORT_KEY_BYTES);
}

/* Emptiness and sizes of a primary key whose attributes are all there. */
static bool check_values(const struct key_schema *k, struct str item, struct err *e)
{
    size_t sum[2] = {0, 0};
    for (uint32_t i = 0; i < (uint32_t)k->hash_n + k->range_n; i++) {
        struct attr v;
        bool found = item_find(item, k->attr[i].name, &v);
        assert(found && v.type == k->attr[i].type);
        if (!found)
            continue;
        if (is_empty(&v))
            return err_set(e, ERR_VALIDATION,
                           "One or more parameter values are not valid. The AttributeValue for a "
                           "key attribute cannot contain an empty %s value. Key: " STR_FMT,
                           v.type == ATTR_B ? "binary" : "string", STR_ARG(k->attr[i].name));
        sum[i >= k->hash_n] += key_bytes(&v);
    }
    if (sum[0] > LIMIT_PARTITION_KEY_BYTES)
        return too_long(true, e);
    return sum[1] <= LIMIT_SORT_KEY_BYTES || too_long(false, e);
}

bool db_key_check(const struct table_def *t, struct str key, struct err *e)
{
    const struct key_schema *k = &t->key;
    uint32_t n = (uint32_t)k->hash_n + k->range_n;
    bool matches = item_map(key).count == n;
    for (uint32_t i = 0; i < n && matches; i++) {
        struct attr v;
        matches = item_find(key, k->attr[i].name, &v) && v.type == k->attr[i].type;
    }
    if (!matches)
        return err_set(e, ERR_VALIDATION, "The provided key element does not match the schema");
    return check_values(k, key, e);
}

bool db_item_key_check(const struct table_def *t, struct str item, struct err *e)
{
    const struct key_schema *k = &t->key;
    for (uint32_t i = 0; i < (uint32_t)k->hash_n + k->range_n; i++) {
        struct attr v;
        if (!item_find(item, k->attr[i].name, &v))
            return err_set(e, ERR_VALIDATION,
                           "One or more parameter values were invalid: Missing the key " STR_FMT
                           " in the item",
                           STR_ARG(k->attr[i].name));
        if (v.type != k->attr[i].type)
            return err_set(
                e, ERR_VALIDATION,
                "One or more parameter values were invalid: Type mismatch for key " STR_FMT
                " expected: %s actual: %s",
                STR_ARG(k->attr[i].name), attr_type_name(k->attr[i].type), attr_type_name(v.type));
    }
    return check_values(k, item, e);
}

/* --- index keys ---------------------------------------------------------------- */

enum key_fault { KEY_GOOD, KEY_TYPE, KEY_EMPTY, KEY_HASH_LONG, KEY_RANGE_LONG };

/* The first fault of the item's key for this index; *at: of which attribute, *v:
 * its value.  Attributes that are missing are no fault.  With `old`, attributes
 * that it has with the same value are not looked at. */
static enum key_fault find_fault(const struct index_def *x, const struct str *old, struct str item,
                                 uint32_t *at, struct attr *v)
{
    const struct key_schema *k = &x->key;
    size_t sum[2] = {0, 0};
    bool changed[2] = {false, false};
    for (uint32_t i = 0; i < (uint32_t)k->hash_n + k->range_n; i++) {
        struct attr before;
        if (!item_find(item, k->attr[i].name, v))
            continue;
        bool same = old != NULL && item_find(*old, k->attr[i].name, &before) && attr_eq(&before, v);
        *at = i;
        if (!same && v->type != k->attr[i].type)
            return KEY_TYPE;
        if (!same && is_empty(v))
            return KEY_EMPTY;
        changed[i >= k->hash_n] |= !same;
        if (attr_is_scalar(v->type))
            sum[i >= k->hash_n] += key_bytes(v);
    }
    if (changed[0] && sum[0] > LIMIT_PARTITION_KEY_BYTES)
        return KEY_HASH_LONG;
    return changed[1] && sum[1] > LIMIT_SORT_KEY_BYTES ? KEY_RANGE_LONG : KEY_GOOD;
}

/* The table's active index with the next name after *last, in byte order: faults
 * are reported for the first one by name. */
static const struct index_def *next_by_name(const struct table_def *t, const struct index_def *last)
{
    const struct index_def *best = NULL;
    for (uint32_t i = 0; i < t->index_n; i++) {
        const struct index_def *x = &t->index[i];
        if (last != NULL && str_cmp(x->name, last->name) <= 0)
            continue;
        if (best == NULL || str_cmp(x->name, best->name) < 0)
            best = x;
    }
    return best;
}

static bool whole_item_fault(enum key_fault f, const struct index_def *x, uint32_t at,
                             const struct attr *v, struct err *e)
{
    const struct key_attr *a = &x->key.attr[at];
    switch (f) {
    case KEY_TYPE:
        return err_set(e, ERR_VALIDATION,
                       "One or more parameter values were invalid: Type mismatch for Index "
                       "Key " STR_FMT " Expected: %s Actual: %s IndexName: " STR_FMT,
                       STR_ARG(a->name), attr_type_name(a->type), attr_type_name(v->type),
                       STR_ARG(x->name));
    case KEY_EMPTY:
        return err_set(
            e, ERR_VALIDATION,
            "One or more parameter values are not valid. A value specified for a "
            "secondary index key is not supported. The AttributeValue for a key attribute "
            "cannot contain an empty %s value. IndexName: " STR_FMT ", IndexKey: " STR_FMT,
            v->type == ATTR_B ? "binary" : "string", STR_ARG(x->name), STR_ARG(a->name));
    case KEY_HASH_LONG:
    case KEY_RANGE_LONG:
        return too_long(f == KEY_HASH_LONG, e);
    default:
        return true;
    }
}

static bool update_fault(enum key_fault f, const struct attr *v, struct err *e)
{
    switch (f) {
    case KEY_TYPE:
        return err_set(e, ERR_VALIDATION,
                       "The update expression attempted to update the secondary index key to "
                       "unsupported type");
    case KEY_EMPTY:
        return err_set(
            e, ERR_VALIDATION,
            "One or more parameter values are not valid. The update expression attempted "
            "to update a secondary index key to a value that is not supported. The "
            "AttributeValue for a key attribute cannot contain an empty %s value.",
            v->type == ATTR_B ? "binary" : "string");
    case KEY_HASH_LONG:
    case KEY_RANGE_LONG:
        return err_set(e, ERR_VALIDATION,
                       "The update expression attempted to update the secondary index key beyond "
                       "allowed size limits.");
    default:
        return true;
    }
}

/* An index that is still being filled refuses nothing: such items stay out. */
static bool check_indexes(const struct table_def *t, const struct str *old, struct str item,
                          struct err *e)
{
    const struct index_def *x = NULL;
    while ((x = next_by_name(t, x)) != NULL) {
        uint32_t at = 0;
        struct attr v = {0};
        enum key_fault f =
            x->status == INDEX_CREATING ? KEY_GOOD : find_fault(x, old, item, &at, &v);
        if (f != KEY_GOOD)
            return old != NULL ? update_fault(f, &v, e) : whole_item_fault(f, x, at, &v, e);
    }
    return true;
}

bool db_index_keys_check(const struct table_def *t, struct str item, struct err *e)
{
    return check_indexes(t, NULL, item, e);
}

bool db_index_keys_check_update(const struct table_def *t, struct str old, struct str item,
                                struct err *e)
{
    return check_indexes(t, &old, item, e);
}
