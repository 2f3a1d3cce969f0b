/* op_schema_build.c - key schemas and indexes from the words of a request. */
#include "op/table/op_schema_build.h"

#include <stdlib.h>

static const struct attribute_in *element(const struct list *l, uint32_t i)
{
    return (const struct attribute_in *)l->v + i;
}

static int key_attr_cmp(const void *a, const void *b)
{
    return str_cmp(((const struct key_attr *)a)->name, ((const struct key_attr *)b)->name);
}

bool schema_definitions(struct req *rq, const struct list *in, struct definitions *out)
{
    struct key_attr *attr = NEW_ARRAY(&rq->mem, struct key_attr, in->n);
    for (uint32_t i = 0; i < in->n; i++) {
        attr[i].name = element(in, i)->name;
        bool known = attr_type_from_name(element(in, i)->type, &attr[i].type);
        assert(known); /* an enum */
    }
    qsort(attr, in->n, sizeof(*attr), key_attr_cmp);
    for (uint32_t i = 1; i < in->n; i++)
        if (str_eq(attr[i - 1].name, attr[i].name))
            return err_set(&rq->err, ERR_VALIDATION, "Attribute Name is duplicated: " STR_FMT,
                           STR_ARG(attr[i].name));
    *out = (struct definitions){.n = in->n, .attr = attr, .in = in};
    return true;
}

static const struct key_attr *defined(const struct definitions *d, struct str name)
{
    struct key_attr wanted = {.name = name};
    return d->n == 0 ? NULL : bsearch(&wanted, d->attr, d->n, sizeof(wanted), key_attr_cmp);
}

/* "[a, b]" of names, in the order of the request; not more than the text of an error holds. */
static struct str names_text(struct req *rq, const struct list *l)
{
    struct buf text = {.mem = &rq->mem};
    buf_byte(&text, '[');
    for (uint32_t i = 0; i < l->n && text.n < sizeof(rq->err.msg); i++)
        buf_printf(&text, "%s" STR_FMT, i > 0 ? ", " : "", STR_ARG(element(l, i)->name));
    buf_byte(&text, ']');
    return buf_str(&text);
}

bool schema_keys_defined(struct req *rq, const struct definitions *d, const struct list *key)
{
    for (uint32_t i = 0; i < key->n; i++) {
        if (defined(d, element(key, i)->name) != NULL)
            continue;
        struct str keys = names_text(rq, key), have = names_text(rq, d->in);
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "Some index key attributes are not defined in "
                                  "AttributeDefinitions. Keys: " STR_FMT
                                  ", AttributeDefinitions: " STR_FMT,
                       STR_ARG(keys), STR_ARG(have));
    }
    return true;
}

static int name_cmp(const void *a, const void *b)
{
    return str_cmp(((const struct attribute_in *)a)->name, ((const struct attribute_in *)b)->name);
}

/* How many names a key has; up to `enough` it is not looked for repeated ones. */
static uint32_t names_count(struct req *rq, const struct list *key, uint32_t enough)
{
    if (key->n <= enough)
        return key->n;
    struct attribute_in *sorted = NEW_ARRAY(&rq->mem, struct attribute_in, key->n);
    memcpy(sorted, key->v, key->n * sizeof(*sorted));
    qsort(sorted, key->n, sizeof(*sorted), name_cmp);
    uint32_t n = 1;
    for (uint32_t i = 1; i < key->n; i++)
        n += name_cmp(&sorted[i - 1], &sorted[i]) != 0;
    return n;
}

/* Each schema by itself: one with more names than are defined has words of its own. */
static bool key_fits(struct req *rq, const struct definitions *d, const struct list *key)
{
    if (names_count(rq, key, d->n) > d->n)
        return err_set(&rq->err, ERR_VALIDATION,
                       "Invalid KeySchema: Some index key attribute have no definition");
    return schema_keys_defined(rq, d, key);
}

/* The defined names that keys have, each once, in the order in which they come. */
struct used_names {
    bool *seen;        /* of definitions.attr */
    struct list names; /* struct attribute_in */
};

static void used_names_add(struct used_names *u, const struct definitions *d,
                           const struct list *key)
{
    for (uint32_t i = 0; i < key->n; i++) {
        const struct attribute_in *x = element(key, i);
        bool *seen = &u->seen[defined(d, x->name) - d->attr];
        if (!*seen)
            ((struct attribute_in *)u->names.v)[u->names.n++] = *x;
        *seen = true;
    }
}

static bool too_many_definitions(struct req *rq, const struct definitions *d,
                                 const struct list *keys, bool indexes)
{
    if (!indexes)
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "Number of attributes in KeySchema does not exactly match number "
                                  "of attributes defined in AttributeDefinitions");
    struct str have = names_text(rq, d->in), used = names_text(rq, keys);
    return err_set(&rq->err, ERR_VALIDATION,
                   OP_INVALID
                   "Some AttributeDefinitions are not used. AttributeDefinitions: " STR_FMT
                   ", keys used: " STR_FMT,
                   STR_ARG(have), STR_ARG(used));
}

bool schema_definitions_fit(struct req *rq, const struct definitions *d, const struct list *key,
                            const struct list *local, const struct list *global)
{
    const struct index_in *l = local->v, *g = global->v;
    if (!key_fits(rq, d, key))
        return false;
    for (uint32_t i = 0; i < local->n; i++)
        if (!key_fits(rq, d, &l[i].key))
            return false;
    for (uint32_t i = 0; i < global->n; i++)
        if (!key_fits(rq, d, &g[i].key))
            return false;
    struct used_names used = {.seen = NEW_ARRAY(&rq->mem, bool, d->n),
                              .names = {.v = NEW_ARRAY(&rq->mem, struct attribute_in, d->n)}};
    used_names_add(&used, d, key);
    for (uint32_t i = 0; i < local->n; i++)
        used_names_add(&used, d, &l[i].key);
    for (uint32_t i = 0; i < global->n; i++)
        used_names_add(&used, d, &g[i].key);
    return d->n == used.names.n ||
           too_many_definitions(rq, d, &used.names, local->n + global->n > 0);
}

static bool is_hash(const struct list *in, uint32_t i)
{
    return str_eq(element(in, i)->type, STR("HASH"));
}

static void fill_key(const struct definitions *d, const struct list *in, struct key_schema *out)
{
    *out = (struct key_schema){0};
    for (uint32_t i = 0; i < in->n; i++) {
        const struct key_attr *a = defined(d, element(in, i)->name);
        assert(a != NULL);
        out->attr[i] = *a;
        if (is_hash(in, i))
            out->hash_n++;
        else
            out->range_n++;
    }
}

/* HASH, or HASH and RANGE: tables and local indexes. */
bool schema_table_key(struct req *rq, const struct definitions *d, const struct list *in,
                      struct key_schema *out)
{
    assert(in->n == 1 || in->n == 2);
    if (!is_hash(in, 0))
        return err_set(&rq->err, ERR_VALIDATION,
                       "Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
    if (in->n == 2 && is_hash(in, 1))
        return err_set(&rq->err, ERR_VALIDATION,
                       "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
    if (in->n == 2 && str_eq(element(in, 0)->name, element(in, 1)->name))
        return err_set(&rq->err, ERR_VALIDATION,
                       "Both the Hash Key and the Range Key element in the KeySchema have the "
                       "same name");
    fill_key(d, in, out);
    return true;
}

static bool local_key(struct req *rq, const struct definitions *d, const struct index_in *in,
                      const struct key_schema *table, struct key_schema *out)
{
    if (!schema_table_key(rq, d, &in->key, out))
        return false;
    if (out->range_n == 0)
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "Index KeySchema does not have a range key for index: " STR_FMT,
                       STR_ARG(in->name));
    if (!str_eq(out->attr[0].name, table->attr[0].name))
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "Index KeySchema does not have the same leading hash key as "
                                  "table KeySchema for index: " STR_FMT ". index hash key: " STR_FMT
                                  ", table hash key: " STR_FMT,
                       STR_ARG(in->name), STR_ARG(out->attr[0].name), STR_ARG(table->attr[0].name));
    return true;
}

static bool too_many_keys(struct req *rq, const char *type)
{
    return err_set(&rq->err, ERR_VALIDATION,
                   OP_INVALID "The KeySchema exceeds the maximum allowed number of %s key "
                              "attributes",
                   type);
}

static bool global_key(struct req *rq, const struct definitions *d, const struct list *in,
                       struct key_schema *out)
{
    uint32_t hash_n = 0, range_n = 0;
    if (!is_hash(in, 0))
        return err_set(&rq->err, ERR_VALIDATION,
                       "Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
    for (uint32_t i = 0; i < in->n; i++) {
        if (!is_hash(in, i))
            range_n++;
        else if (range_n > 0)
            return err_set(&rq->err, ERR_VALIDATION,
                           OP_INVALID "All HASH key attributes must precede RANGE key attributes "
                                      "in the KeySchema");
        else
            hash_n++;
    }
    if (hash_n > LIMIT_INDEX_HASH_ATTRIBUTES)
        return too_many_keys(rq, "HASH");
    if (range_n > LIMIT_INDEX_RANGE_ATTRIBUTES)
        return too_many_keys(rq, "RANGE");
    for (uint32_t i = 0; i < in->n; i++)
        for (uint32_t k = 0; k < i; k++)
            if (str_eq(element(in, i)->name, element(in, k)->name))
                return err_set(&rq->err, ERR_VALIDATION,
                               "The KeySchema contains multiple key attributes with the same name");
    fill_key(d, in, out);
    return true;
}

static int str_cmp_ptr(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static bool projection(struct req *rq, const struct projection_in *in, struct index_def *out)
{
    bool given = in->non_key.set;
    if (in->type.p == NULL)
        return err_set(&rq->err, ERR_VALIDATION, OP_INVALID "Unknown ProjectionType: null");
    bool include = str_eq(in->type, STR("INCLUDE"));
    if (!include && given)
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "ProjectionType is " STR_FMT ", but NonKeyAttributes is "
                                  "specified",
                       STR_ARG(in->type));
    if (include && !given)
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "ProjectionType is INCLUDE, but NonKeyAttributes is not "
                                  "specified");
    out->projection = include                              ? PROJECTION_INCLUDE
                      : str_eq(in->type, STR("KEYS_ONLY")) ? PROJECTION_KEYS_ONLY
                                                           : PROJECTION_ALL;
    out->non_key_n = in->non_key.n;
    out->non_key = in->non_key.v;
    if (out->non_key_n > 1)
        qsort(out->non_key, out->non_key_n, sizeof(struct str), str_cmp_ptr);
    for (uint32_t i = 1; i < out->non_key_n; i++)
        if (str_eq(out->non_key[i - 1], out->non_key[i]))
            return err_set(&rq->err, ERR_VALIDATION,
                           OP_INVALID "Duplicate element in NonKeyAttributes: " STR_FMT,
                           STR_ARG(out->non_key[i]));
    return true;
}

bool schema_index(struct req *rq, const struct definitions *d, const struct index_in *in,
                  bool global, const struct key_schema *table, struct index_def *out)
{
    *out = (struct index_def){.name = in->name, .global = global, .status = INDEX_ACTIVE};
    bool keys =
        global ? global_key(rq, d, &in->key, &out->key) : local_key(rq, d, in, table, &out->key);
    return keys && projection(rq, in->projection, out);
}

bool schema_projections_fit(struct req *rq, const struct index_def *x, uint32_t n)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += x[i].non_key_n;
    if (sum > LIMIT_NON_KEY_ATTRIBUTES_ALL_INDEXES)
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "Number of NonKeyAttributes in all indexes exceeds the per-table "
                                  "limit of %d",
                       LIMIT_NON_KEY_ATTRIBUTES_ALL_INDEXES);
    return true;
}
