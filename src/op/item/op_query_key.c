/* op_query_key.c - see op_query_key.h. */
#include "op/item/op_query_key.h"

#include "base/buf.h"
#include "model/attr_json.h"
#include "op/op_common.h"

static const struct expr_key_term *term_of(const struct expr_key_cond *c, struct str name)
{
    for (uint32_t i = 0; i < c->n; i++)
        if (str_eq(c->term[i].name, name))
            return &c->term[i];
    return NULL;
}

static bool missed(struct str name, struct err *e)
{
    return err_set(e, ERR_VALIDATION, "Query condition missed key schema element: " STR_FMT,
                   STR_ARG(name));
}

static bool unsupported(struct err *e)
{
    return err_set(e, ERR_VALIDATION, "Query key condition not supported");
}

static bool value_ok(const struct key_attr *k, const struct attr *v, struct err *e)
{
    if (v->type != k->type)
        return err_set(e, ERR_VALIDATION,
                       OP_INVALID "Condition parameter type does not match schema type");
    if (v->type != ATTR_N && v->body.n == 0)
        return err_set(e, ERR_VALIDATION,
                       "One or more parameter values are not valid. The AttributeValue for a key "
                       "attribute cannot contain an empty %s value. Key: " STR_FMT,
                       v->type == ATTR_S ? "string" : "binary", STR_ARG(k->name));
    return true;
}

/* Types and emptiness of a term's values; *bytes grows by the size of the larger one. */
static bool term_ok(const struct key_attr *k, const struct expr_key_term *t, size_t *bytes,
                    struct err *e)
{
    bool two = t->op == EXPR_BETWEEN;

    if (!value_ok(k, &t->value[0], e) || (two && !value_ok(k, &t->value[1], e)))
        return false;
    *bytes += size_max(attr_size(&t->value[0]), two ? attr_size(&t->value[1]) : 0);
    return true;
}

static bool terms_ok(const struct key_schema *k, const struct expr_key_term *const *hash,
                     const struct db_page *p, struct err *e)
{
    size_t hash_bytes = 0, sort_bytes = 0;

    for (int i = 0; i < k->hash_n; i++)
        if (!term_ok(&k->attr[i], hash[i], &hash_bytes, e))
            return false;
    for (uint32_t i = 0; i < p->sort_n; i++)
        if (!term_ok(&k->attr[k->hash_n + i], p->sort[i], &sort_bytes, e))
            return false;
    if (hash_bytes > LIMIT_PARTITION_KEY_BYTES)
        return err_set(e, ERR_VALIDATION,
                       OP_INVALID "Size of hashkey has exceeded the maximum size limit of%d bytes",
                       LIMIT_PARTITION_KEY_BYTES);
    if (sort_bytes > LIMIT_SORT_KEY_BYTES)
        return err_set(e, ERR_VALIDATION,
                       OP_INVALID "Aggregated size of all range keys has exceeded the size limit "
                                  "of %d bytes",
                       LIMIT_SORT_KEY_BYTES);
    return true;
}

/* Finds the terms of the sort key: from its first attribute on without gaps, all but the last
 * one for equality. */
static bool sort_terms(const struct key_schema *k, const struct expr_key_cond *c, struct db_page *p,
                       struct err *e)
{
    const struct key_attr *range = &k->attr[k->hash_n];

    p->sort_n = 0;
    for (int i = 0; i < k->range_n; i++) {
        const struct expr_key_term *t = term_of(c, range[i].name);
        if (t == NULL)
            break;
        if (p->sort_n > 0 && p->sort[p->sort_n - 1]->op != EXPR_EQ)
            return unsupported(e);
        p->sort[p->sort_n++] = t;
    }
    if ((uint32_t)k->hash_n + p->sort_n == c->n)
        return true;
    return p->sort_n < k->range_n ? missed(range[p->sort_n].name, e) : unsupported(e);
}

bool op_query_key(const struct key_schema *k, const struct expr_key_cond *c, struct db_page *p,
                  struct err *e)
{
    const struct expr_key_term *hash[LIMIT_INDEX_HASH_ATTRIBUTES];

    if (k->hash_n + k->range_n <= 2 && c->n > 2)
        return err_set(e, ERR_VALIDATION, "Conditions can be of length 1 or 2 only");
    for (int i = 0; i < k->hash_n; i++) {
        hash[i] = term_of(c, k->attr[i].name);
        if (hash[i] == NULL)
            return missed(k->attr[i].name, e);
    }
    for (int i = 0; i < k->hash_n; i++) {
        if (hash[i]->op != EXPR_EQ)
            return unsupported(e);
        p->partition[i] = hash[i]->value[0];
    }
    return sort_terms(k, c, p, e) && terms_ok(k, hash, p, e);
}

static bool term_true(const struct expr_key_term *t, const struct attr *v)
{
    int c = attr_cmp_scalar(v, &t->value[0]);

    switch (t->op) {
    case EXPR_EQ:
        return c == 0;
    case EXPR_LT:
        return c < 0;
    case EXPR_LE:
        return c <= 0;
    case EXPR_GT:
        return c > 0;
    case EXPR_GE:
        return c >= 0;
    case EXPR_BETWEEN:
        return c >= 0 && attr_cmp_scalar(v, &t->value[1]) <= 0;
    default:
        assert(t->op == EXPR_BEGINS_WITH);
        return str_starts_with(v->body, t->value[0].body);
    }
}

static bool useless_start(const struct key_schema *k, const struct db_page *p, struct err *e)
{
    struct buf text = {0};
    struct attr v;

    if (item_find(p->start_key, k->attr[0].name, &v))
        attr_text(&text, &v);
    err_set(e, ERR_VALIDATION,
            "The provided exclusive start key is invalid: ExclusiveStartKey: {" STR_FMT
            "=AttributeValue: " STR_FMT "}",
            STR_ARG(k->attr[0].name), STR_ARG(buf_str(&text)));
    buf_free(&text);
    return false;
}

bool op_query_one_row(const struct key_schema *k, const struct db_page *p)
{
    return p->index == NULL && (k->range_n == 0 || (p->sort_n > 0 && p->sort[0]->op == EXPR_EQ));
}

bool op_query_start(const struct key_schema *k, const struct db_page *p, struct err *e)
{
    struct attr v;

    for (int i = 0; i < k->hash_n; i++)
        if (!item_find(p->start_key, k->attr[i].name, &v) || !attr_eq(&v, &p->partition[i]))
            return err_set(e, ERR_VALIDATION,
                           "The provided starting key is outside query boundaries based on "
                           "provided conditions");
    if (op_query_one_row(k, p))
        return k->range_n == 0
                   ? useless_start(k, p, e)
                   : err_set(e, ERR_VALIDATION,
                             "The query can return at most one row and cannot be restarted");
    for (uint32_t i = 0; i < p->sort_n; i++)
        if (!item_find(p->start_key, p->sort[i]->name, &v) || !term_true(p->sort[i], &v))
            return err_set(e, ERR_VALIDATION,
                           "The provided starting key does not match the range key predicate");
    return true;
}
