/* ddb_doc.c - documents of libddb over jansson.
 *
 * A failed allocation must not go unnoticed, and checking every line of request
 * building would bury it: so the failure is kept per thread until the next
 * ddb_call(), which then sends nothing. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "client/ddb_int.h"
#include "codec/base64.h"

static _Thread_local enum ddb_error_kind failure;

enum ddb_error_kind ddb_doc_take_failure(void)
{
    enum ddb_error_kind kind = failure;
    failure = DDB_OK;
    return kind;
}

static struct ddb_doc *put(struct ddb_doc *object, const char *name, json_t *value)
{
    if (value == NULL || json_object_set_new(ddb_json(object), name, value) != 0) {
        failure = DDB_ERR_MEMORY;
        return NULL;
    }
    return ddb_doc_of(value);
}

static struct ddb_doc *append(struct ddb_doc *array, json_t *value)
{
    if (value == NULL || json_array_append_new(ddb_json(array), value) != 0) {
        failure = DDB_ERR_MEMORY;
        return NULL;
    }
    return ddb_doc_of(value);
}

static json_t *string(const char *value)
{
    json_t *s = json_string(value);
    if (s == NULL)
        failure = DDB_ERR_CONFIG; /* not UTF-8; or no memory, which the set reports */
    return s;
}

struct ddb_doc *ddb_doc_new(void)
{
    json_t *object = json_object();
    if (object == NULL)
        failure = DDB_ERR_MEMORY;
    return ddb_doc_of(object);
}

void ddb_doc_free(struct ddb_doc *doc)
{
    json_decref(ddb_json(doc));
}

struct ddb_doc *ddb_doc_parse(const char *json, size_t n, struct ddb_error *err)
{
    json_error_t why;
    json_t *j = json_loadb(json, n, JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
    if (j == NULL)
        ddb_fail(err, DDB_ERR_REPLY, "not JSON: %s", why.text);
    return ddb_doc_of(j);
}

char *ddb_doc_text(const struct ddb_doc *doc, int indent)
{
    size_t flags = JSON_SORT_KEYS | JSON_ENCODE_ANY;
    return json_dumps(ddb_json(doc),
                      flags | (indent > 0 ? JSON_INDENT((size_t)indent) : JSON_COMPACT));
}

void ddb_set_string(struct ddb_doc *object, const char *name, const char *value)
{
    put(object, name, string(value));
}

void ddb_set_int(struct ddb_doc *object, const char *name, int64_t value)
{
    put(object, name, json_integer(value));
}

void ddb_set_bool(struct ddb_doc *object, const char *name, bool value)
{
    put(object, name, json_boolean(value));
}

void ddb_set_copy(struct ddb_doc *object, const char *name, const struct ddb_doc *value)
{
    put(object, name, json_deep_copy(ddb_json(value)));
}

struct ddb_doc *ddb_set_object(struct ddb_doc *object, const char *name)
{
    return put(object, name, json_object());
}

struct ddb_doc *ddb_set_array(struct ddb_doc *object, const char *name)
{
    return put(object, name, json_array());
}

void ddb_add_string(struct ddb_doc *array, const char *value)
{
    append(array, string(value));
}

struct ddb_doc *ddb_add_object(struct ddb_doc *array)
{
    return append(array, json_object());
}

const struct ddb_doc *ddb_get(const struct ddb_doc *object, const char *name)
{
    return ddb_doc_of(json_object_get(ddb_json(object), name));
}

const char *ddb_as_string(const struct ddb_doc *doc)
{
    return json_string_value(ddb_json(doc));
}

const char *ddb_get_string(const struct ddb_doc *object, const char *name)
{
    return ddb_as_string(ddb_get(object, name));
}

int64_t ddb_get_int(const struct ddb_doc *object, const char *name, int64_t otherwise)
{
    const json_t *v = ddb_json(ddb_get(object, name));
    return json_is_integer(v) ? json_integer_value(v) : otherwise;
}

double ddb_get_double(const struct ddb_doc *object, const char *name, double otherwise)
{
    const json_t *v = ddb_json(ddb_get(object, name));
    return json_is_number(v) ? json_number_value(v) : otherwise;
}

bool ddb_get_bool(const struct ddb_doc *object, const char *name, bool otherwise)
{
    const json_t *v = ddb_json(ddb_get(object, name));
    return json_is_boolean(v) ? json_is_true(v) : otherwise;
}

size_t ddb_count(const struct ddb_doc *doc)
{
    const json_t *j = ddb_json(doc);
    return json_is_array(j) ? json_array_size(j) : json_object_size(j);
}

const struct ddb_doc *ddb_at(const struct ddb_doc *array, size_t index)
{
    return ddb_doc_of(json_array_get(ddb_json(array), index));
}

const char *ddb_name_at(const struct ddb_doc *object, size_t index)
{
    json_t *j = ddb_json(object);
    void *it = json_object_iter(j);
    while (it != NULL && index-- > 0)
        it = json_object_iter_next(j, it);
    return it != NULL ? json_object_iter_key(it) : NULL;
}

static void put_typed(struct ddb_doc *item, const char *name, const char *type, json_t *value)
{
    put(ddb_set_object(item, name), type, value);
}

void ddb_item_s(struct ddb_doc *item, const char *name, const char *value)
{
    put_typed(item, name, "S", string(value));
}

void ddb_item_n(struct ddb_doc *item, const char *name, const char *number)
{
    put_typed(item, name, "N", string(number));
}

void ddb_item_b(struct ddb_doc *item, const char *name, const void *bytes, size_t n)
{
    struct buf text = {0};
    base64_encode(&text, (struct str){bytes, n});
    put_typed(item, name, "B", json_stringn(text.n > 0 ? text.p : "", text.n));
    buf_free(&text);
}

void ddb_item_bool(struct ddb_doc *item, const char *name, bool value)
{
    put_typed(item, name, "BOOL", json_boolean(value));
}

void ddb_item_null(struct ddb_doc *item, const char *name)
{
    put_typed(item, name, "NULL", json_true());
}

const char *ddb_item_get_s(const struct ddb_doc *item, const char *name)
{
    return ddb_get_string(ddb_get(item, name), "S");
}

const char *ddb_item_get_n(const struct ddb_doc *item, const char *name)
{
    return ddb_get_string(ddb_get(item, name), "N");
}
