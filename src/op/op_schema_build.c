/* op_schema_build.c - key schemas and indexes from the words of a request. */
#include "op/op_schema_build.h"

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

/* "[a, b]" of names, in the order of the request. */
static struct str names_text(struct req *rq, const struct list *l)
{
    struct str text = STR("[");
    for (uint32_t i = 0; i < l->n; i++)
        text = arena_printf(&rq->mem, STR_FMT "%s" STR_FMT, STR_ARG(text), i > 0 ? ", " : "",
                            STR_ARG(element(l, i)->name));
    return arena_printf(&rq->mem, STR_FMT "]", STR_ARG(text));
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

/* The names of all keys, each once. */
struct key_set {
    struct list names; /* struct attribute_in */
    uint32_t cap;
};

static void key_set_add(struct req *rq, struct key_set *set, const struct list *key)
{
    for (uint32_t i = 0; i < key->n; i++) {
        uint32_t at = 0;
        while (at < set->names.n && !str_eq(element(&set->names, at)->name, element(key, i)->name))
            at++;
        if (at < set->names.n)
            continue;
        if (set->names.n == set->cap) {
            set->cap = set->cap == 0 ? 8 : 2 * set->cap;
            struct attribute_in *more = NEW_ARRAY(&rq->mem, struct attribute_in, set->cap);
            if (set->names.n > 0)
                memcpy(more, set->names.v, set->names.n * sizeof(*more));
            set->names.v = more;
        }
        ((struct attribute_in *)set->names.v)[set->names.n++] = *element(key, i);
    }
}

/* Each schema by itself: one with more names than are defined has words of its own. */
static bool key_fits(struct req *rq, const struct definitions *d, const struct list *key)
{
    struct key_set names = {0};
    key_set_add(rq, &names, key);
    if (names.names.n > d->n)
        return err_set(&rq->err, ERR_VALIDATION,
                       "Invalid KeySchema: Some index key attribute have no definition");
    return schema_keys_defined(rq, d, key);
}

static bool too_many_definitions(struct req *rq, const struct definitions *d,
                                 const struct key_set *keys, bool indexes)
{
    if (!indexes)
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "Number of attributes in KeySchema does not exactly match number "
                                  "of attributes defined in AttributeDefinitions");
    struct str have = names_text(rq, d->in), used = names_text(rq, &keys->names);
    return err_set(&rq->err, ERR_VALIDATION,
                   OP_INVALID
                   "Some AttributeDefinitions are not used. AttributeDefinitions: " STR_FMT
                   ", keys used: " STR_FMT,
                   STR_ARG(have), STR_ARG(used));
}

bool schema_definitions_fit(struct req *rq, const struct definitions *d, const struct list *key,
                            const struct list *local, const struct list *global)
{
    struct key_set keys = {0};
    key_set_add(rq, &keys, key);
    const struct index_in *l = local->v, *g = global->v;
    for (uint32_t i = 0; i < local->n; i++)
        key_set_add(rq, &keys, &l[i].key);
    for (uint32_t i = 0; i < global->n; i++)
        key_set_add(rq, &keys, &g[i].key);
    bool indexes = local->n + global->n > 0;
    if (!key_fits(rq, d, key))
        return false;
    for (uint32_t i = 0; i < local->n; i++)
        if (!key_fits(rq, d, &l[i].key))
            return false;
    for (uint32_t i = 0; i < global->n; i++)
        if (!key_fits(rq, d, &g[i].key))
            return false;
    return d->n == keys.names.n || too_many_definitions(rq, d, &keys, indexes);
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
